// Constants stay in the region that they are in, and equal ones outside do not
// take their place: regions see their arguments only.

// RUN: pigeon-opt %s --allow-unregistered-dialect --canonicalize --cse | FileCheck %s

// CHECK-LABEL: kernel.program @p
// CHECK: arith.constant 2.000000e+00 : f32
// CHECK: epilogue {
// CHECK-NEXT: ^bb0(%[[X:.*]]: f32):
// CHECK-NEXT: %[[TWO:.*]] = arith.constant 2.000000e+00 : f32
// CHECK-NEXT: %[[Y:.*]] = arith.mulf %[[X]], %[[TWO]] : f32
// CHECK-NEXT: kernel.yield %[[Y]]
kernel.program @p {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer input "x"[%n] on <kg.node> : memref<?x8xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x8xf32>
  %two = arith.constant 2.0 : f32
  "test.use"(%two) : (f32) -> ()
  kernel.traverse "t" rows(<kg.node>) row_inputs(%x["self"] : memref<?x8xf32>)
      outs(%y : memref<?x8xf32>) message {
  } epilogue {
  ^bb0(%a: f32):
    %c = arith.constant 2.0 : f32
    %0 = arith.mulf %a, %c : f32
    kernel.yield %0 : f32
  }
}

// A template gets the schedule that the tuning file has for it, at its size.

// RUN: pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-select-schedules,kernel-apply-tuning{file=%S/Inputs/tuning.json}))" | FileCheck %s
// RUN: pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-apply-tuning{file=%S/Inputs/tuning.json}))" --remark-format=emitRemark --remarks-filter=kernel 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK
// RUN: pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-apply-tuning{file=%S/Inputs/tuning.json device=other}))" --remark-format=emitRemark --remarks-filter=kernel 2>&1 >/dev/null | count 0

// CHECK-LABEL: kernel.program @fits
// CHECK: #kernel.traverse_schedule<rows = 2, block_n = 16, threads = 32, unroll = 1, chunk = 128>
kernel.program @fits {
  kernel.graph @kg {stats = {node = 1000}}
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x70xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x70xf32>
  // REMARK: [[#@LINE+1]]:3: remark: {{.*}}found by timing: #kernel.traverse_schedule<rows = 2
  kernel.traverse "copy" rows(<kg.node>)
      row_inputs(%x["self"] : memref<?x70xf32>)
      outs(%y : memref<?x70xf32>) message {
  } epilogue {
  ^bb0(%a: f32):
    kernel.yield %a : f32
  }
}

// REMARK-NOT: found by timing

// CHECK-LABEL: kernel.program @other_size
// CHECK: #kernel.traverse_schedule<rows = {{[0-9]+}}, block_n = 64
kernel.program @other_size {
  kernel.graph @kg {stats = {node = 2000}}
  %n = kernel.size <kg.node>
  %x = kernel.buffer workspace "x"[%n] : memref<?x70xf32>
  %y = kernel.buffer workspace "y"[%n] : memref<?x70xf32>
  kernel.traverse "copy" rows(<kg.node>)
      row_inputs(%x["self"] : memref<?x70xf32>)
      outs(%y : memref<?x70xf32>) message {
  } epilogue {
  ^bb0(%a: f32):
    kernel.yield %a : f32
  }
}

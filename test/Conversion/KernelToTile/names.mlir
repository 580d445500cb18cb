// Kernels have names that PTX can spell, each its own; the module of kernels has
// a name that is free.

// RUN: pigeon-opt %s --kernel-to-tile | FileCheck %s

#schedule = #kernel.traverse_schedule<rows = 4, block_n = 16, threads = 32, unroll = 2, chunk = 9>

// CHECK: gpu.module @kernels_ {
// CHECK: tile.func @kernels_0_traverse
// CHECK: tile.func @my_model_0_traverse
// CHECK: tile.func @my_modelx_0_traverse
// CHECK: tile.func @k0_0_traverse

// CHECK: kernel.program @kernels
// CHECK: kernel.launch "copy" @kernels_::@kernels_0_traverse
kernel.program @kernels {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x8xf32>
  kernel.traverse "copy" rows(<kg.node>)
      outs(%y : memref<?x8xf32>) {schedule = #schedule} message {
  } epilogue {
    %0 = arith.constant 1.0 : f32
    kernel.yield %0 : f32
  }
}

// CHECK: kernel.program @"my model"
// CHECK: kernel.launch "copy" @kernels_::@my_model_0_traverse
kernel.program @"my model" {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x8xf32>
  kernel.traverse "copy" rows(<kg.node>)
      outs(%y : memref<?x8xf32>) {schedule = #schedule} message {
  } epilogue {
    %0 = arith.constant 1.0 : f32
    kernel.yield %0 : f32
  }
}

// CHECK: kernel.program @my_model
// CHECK: kernel.launch "copy" @kernels_::@my_modelx_0_traverse
kernel.program @my_model {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x8xf32>
  kernel.traverse "copy" rows(<kg.node>)
      outs(%y : memref<?x8xf32>) {schedule = #schedule} message {
  } epilogue {
    %0 = arith.constant 1.0 : f32
    kernel.yield %0 : f32
  }
}

// CHECK: kernel.program @"0"
// CHECK: kernel.launch "copy" @kernels_::@k0_0_traverse
kernel.program @"0" {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x8xf32>
  kernel.traverse "copy" rows(<kg.node>)
      outs(%y : memref<?x8xf32>) {schedule = #schedule} message {
  } epilogue {
    %0 = arith.constant 1.0 : f32
    kernel.yield %0 : f32
  }
}

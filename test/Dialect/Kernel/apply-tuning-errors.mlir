// Files that are none, and schedules that do not fit.

// RUN: not pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-apply-tuning{file=%t.none}))" 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: cannot be tuned: {{.*}}.none
// RUN: not pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-apply-tuning{file=%s}))" 2>&1 | FileCheck %s --check-prefix=FOREIGN
// FOREIGN: error: cannot be tuned: {{.*}}apply-tuning-errors.mlir: is no JSON
// RUN: sed 's/traverse_schedule/gemm_schedule/' %S/Inputs/tuning.json > %t.kind
// RUN: not pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-apply-tuning{file=%t.kind}))" 2>&1 | FileCheck %s --check-prefix=KIND
// KIND: error: 'kernel.traverse' op cannot have the schedule '#kernel.gemm_schedule<rows
// RUN: sed 's/threads = 32/threads = 33/' %S/Inputs/tuning.json > %t.threads
// RUN: not pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-apply-tuning{file=%t.threads}))" 2>&1 | FileCheck %s --check-prefix=THREADS
// THREADS: threads must be a power of two from 32 (one warp) to 1024 (the largest block), found 33
// RUN: %python -c "import json, sys; d = json.load(open(sys.argv[1])); d['schedules'].append(dict(d['schedules'][0], device='A100')); json.dump(d, open(sys.argv[2], 'w'))" %S/Inputs/tuning.json %t.two
// RUN: not pigeon-opt %s --pass-pipeline="builtin.module(kernel.program(kernel-apply-tuning{file=%t.two}))" 2>&1 | FileCheck %s --check-prefix=TWO
// TWO: error: cannot be tuned: the tuning file has schedules for several devices, name one of: A100, NVIDIA H100

kernel.program @p {
  kernel.graph @kg {stats = {node = 1000}}
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

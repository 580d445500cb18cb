// A sweep over entries is two functions, one for pieces of rows and one for rows
// of several pieces; row-wise work is one.

// RUN: pigeon-opt %s --kernel-to-tile --canonicalize --cse | FileCheck %s
// RUN: pigeon-opt %s --kernel-to-tile | FileCheck %s --check-prefix=GRID

#schedule = #kernel.traverse_schedule<rows = 4, block_n = 16, threads = 32, unroll = 2, chunk = 9>

// Every entry is read through the list, a round ahead: the loop carries the
// accumulator and the numbers of the rows that this round reads. The first entry
// comes alone where the rounds would leave one over. Whole rows are stored,
// pieces of rows are left for the second function.
// CHECK-LABEL: tile.func @sum_0_traverse
// CHECK-SAME: attributes {min_blocks = 16 : i32, threads = 32 : i32}
// CHECK: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<4x16xf32>
// CHECK: %[[LONGEST:.*]] = tile.reduce max
// CHECK: %[[REST:.*]] = arith.remui %[[LONGEST]]
// CHECK: %[[ALONE:.*]] = arith.cmpi eq, %[[REST]]
// CHECK: %[[FROM:.*]] = arith.extui %[[ALONE]]
// CHECK: %[[FIRST:.*]] = tile.load %[[LIST:[a-z0-9]+]]{{.*}} mask
// CHECK: %[[SECOND:.*]] = tile.load %[[LIST]]{{.*}} mask
// CHECK: %[[INIT:.*]] = scf.if %[[ALONE]]
// CHECK: %[[ONE:.*]] = tile.load %[[LIST]]{{.*}} mask
// CHECK: %[[ROW:.*]] = tile.load %{{.*}}[%[[ONE]],
// CHECK: arith.addf %[[ROW]], %[[ZERO]]
// CHECK: else
// CHECK: scf.yield %[[ZERO]]
// CHECK: %[[SUM:.*]]:3 = scf.for %{{.*}} = %[[FROM]] to %[[LONGEST]] {{.*}} iter_args(%{{.*}} = %[[INIT]], %[[A:.*]] = %[[FIRST]], %[[B:.*]] = %[[SECOND]])
// CHECK: %[[ROW_A:.*]] = tile.load %{{.*}}[%[[A]],
// CHECK: %[[ROW_B:.*]] = tile.load %{{.*}}[%[[B]],
// CHECK: %[[NEXT_A:.*]] = tile.load %[[LIST]]
// CHECK: %[[NEXT_B:.*]] = tile.load %[[LIST]]
// CHECK: arith.addf %{{.*}}%[[ROW_A]]
// CHECK: arith.addf %{{.*}}%[[ROW_B]]
// CHECK: scf.yield %{{.*}}, %[[NEXT_A]], %[[NEXT_B]]
// CHECK: tile.store %[[SUM]]#0{{.*}}mask
// CHECK: tile.store %[[SUM]]#0{{.*}}mask
// CHECK: tile.return
// CHECK-LABEL: tile.func @sum_0_traverse_combine
// CHECK: scf.for
// CHECK: tile.store

// Max begins at minus infinity and gives 0 to rows without entries; mean divides
// by the number of entries, at least 1.
// CHECK-LABEL: tile.func @two_reductions_0_traverse
// CHECK-DAG: arith.constant dense<0xFF800000> : tensor<4x16xf32>
// CHECK-DAG: arith.constant dense<0.000000e+00> : tensor<4x16xf32>
// CHECK: scf.for
// CHECK: arith.maximumf
// CHECK: arith.addf
// CHECK: scf.yield
// CHECK-DAG: arith.cmpi eq
// CHECK-DAG: arith.maxsi
// CHECK-DAG: arith.sitofp
// CHECK: arith.divf
// CHECK-LABEL: tile.func @two_reductions_0_traverse_combine

// The epilogue alone, on rows that exist.
// CHECK-LABEL: tile.func @row_wise_0_traverse
// CHECK-SAME: (%[[N:[^:]*]]: i32
// CHECK-NOT: scf.for
// CHECK: %[[MASK:.*]] = arith.cmpi slt
// CHECK: %[[X:.*]] = tile.load {{.*}} mask(%[[MASK]])
// CHECK: %[[C:.*]] = tile.load_scalar
// CHECK: %[[S:.*]] = tile.splat %[[C]] : f32 -> tensor<4x16xf32>
// CHECK: %[[Y:.*]] = arith.mulf %[[X]], %[[S]]
// CHECK: tile.store %[[Y]]{{.*}} mask(%[[MASK]])
// CHECK: tile.return
// CHECK-NOT: tile.func @row_wise_0_traverse_combine

// CHECK-LABEL: kernel.program @sum
// CHECK: %[[SLOTS:.*]] = kernel.array "pieces"(<kg.edge>, "dst", 9) "slots"
// CHECK: %[[LENGTH:.*]] = memref.dim %[[SLOTS]]
// CHECK: %[[PARTIAL:.*]] = kernel.buffer workspace "{{.*}}partial0"[%[[LENGTH]]] : memref<?x24xf32>
// CHECK: kernel.launch "sum" @kernels::@sum_0_traverse {{.*}}threads(32) args({{.*}}%[[PARTIAL]]
// CHECK: kernel.launch "sum, long rows" @kernels::@sum_0_traverse_combine {{.*}}%[[PARTIAL]]
kernel.program @sum {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x24xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x24xf32>
  kernel.traverse "sum" rows(<kg.node>) entries(<kg.edge>, "dst")
      entry_inputs(%h["src"] : memref<?x24xf32>)
      reduce [#kernel.reduction<sum>] outs(%y : memref<?x24xf32>)
      {schedule = #schedule} message {
  ^bb0(%x: f32):
    kernel.yield %x : f32
  } epilogue {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
}

// A second workspace for the second reduction.
// CHECK-LABEL: kernel.program @two_reductions
// CHECK: kernel.buffer workspace "{{.*}}partial0"
// CHECK: kernel.buffer workspace "{{.*}}partial1"
kernel.program @two_reductions {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x16xf32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x16xf32>
  %z = kernel.buffer output "z"[%n] on <kg.node> : memref<?x16xf32>
  kernel.traverse "both" rows(<kg.node>) entries(<kg.edge>, "dst")
      entry_inputs(%h["src"] : memref<?x16xf32>)
      row_inputs(%h["self"] : memref<?x16xf32>)
      reduce [#kernel.reduction<max>, #kernel.reduction<mean>]
      outs(%y, %z : memref<?x16xf32>, memref<?x16xf32>)
      {schedule = #schedule} message {
  ^bb0(%x: f32, %row: f32):
    %d = arith.subf %x, %row : f32
    kernel.yield %x, %d : f32, f32
  } epilogue {
  ^bb0(%max: f32, %mean: f32, %row: f32):
    kernel.yield %max, %mean : f32, f32
  }
}

// The grid covers rows and columns.
// CHECK-LABEL: kernel.program @row_wise
// CHECK: %[[TWO:.*]] = arith.constant 2 : index
// CHECK: %[[N:.*]] = kernel.size <kg.node>
// CHECK: kernel.launch "scale" @kernels::@row_wise_0_traverse grid(%{{.*}}, %[[TWO]], {{.*}} args(%[[N]]
// CHECK-NOT: kernel.launch

// 4 rows and 16 of 24 columns to a block.
// GRID: #[[$BLOCKS:.*]] = affine_map<()[s0] -> (s0 ceildiv 4)>
// GRID-LABEL: kernel.program @row_wise
// GRID: %[[N:.*]] = kernel.size <kg.node>
// GRID: %[[X:.*]] = affine.apply #[[$BLOCKS]]()[%[[N]]]
// GRID: kernel.launch "scale" @kernels::@row_wise_0_traverse grid(%[[X]],
kernel.program @row_wise {
  kernel.graph @kg
  %n = kernel.size <kg.node>
  %x = kernel.buffer input "x"[%n] on <kg.node> : memref<?x24xf32>
  %c = kernel.buffer input "c" : memref<f32>
  %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x24xf32>
  kernel.traverse "scale" rows(<kg.node>)
      row_inputs(%x["self"], %c["none"] : memref<?x24xf32>, memref<f32>)
      outs(%y : memref<?x24xf32>) {schedule = #schedule} message {
  } epilogue {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.mulf %a, %b : f32
    kernel.yield %0 : f32
  }
}

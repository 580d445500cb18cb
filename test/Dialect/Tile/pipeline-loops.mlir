// RUN: pigeon-opt %s -tile-pipeline-loops -cse -split-input-file | FileCheck %s

// A copied tile: rounds 0 and 1 start before the loop, round i + 2 in round i,
// into the slot of round i - 1. One barrier is left.

#in = #layout.layout<[4, 64], [[thread 4:16], [thread 16:1, local 4:1]]>
// CHECK-LABEL: tile.func @copied
// CHECK-SAME: (%[[X:.*]]: !tile.ref<?x4x64xf32, global> {tile.readonly}, %{{.*}}, %[[N:.*]]: i32)
gpu.module @kernels {
  tile.func @copied(%x: !tile.ref<?x4x64xf32, global> {tile.readonly},
                    %y: !tile.ref<4x64xf32, global>, %n: i32) attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %zero = arith.constant dense<0.0> : tensor<4x64xf32, #in>
    // CHECK: %[[RING:.*]] = tile.alloc_shared : !tile.ref<3x4x64xf32, shared>
    %s = tile.alloc_shared : !tile.ref<4x64xf32, shared>
    // CHECK: %[[HAS0:.*]] = arith.cmpi sgt, %[[N]], %c0_i32
    // CHECK: scf.if %[[HAS0]] {
    // CHECK:   %[[X0:.*]] = tile.subview %[[X]][%c0_i32]
    // CHECK:   %[[S0:.*]] = tile.subview %[[RING]][%c0_i32]
    // CHECK:   tile.copy_async %[[X0]][%c0_i32, %c0_i32], %[[S0]] cache(ca) {layout = #{{.*}}}
    // CHECK: }
    // CHECK: tile.commit_async
    // CHECK: scf.if
    // CHECK:   tile.subview %[[RING]][%c1_i32]
    // CHECK:   tile.copy_async
    // CHECK: }
    // CHECK: tile.commit_async
    // CHECK: scf.for %[[I:.*]] = %c0_i32 to %[[N]] step %c1_i32 iter_args(%{{.*}} = %{{.*}}, %[[SLOT:.*]] = %c0_i32)
    // CHECK:   %[[NOW:.*]] = tile.subview %[[RING]][%[[SLOT]]]
    // CHECK-NOT: tile.load %{{.*}} : !tile.ref<4x64xf32, global>
    // CHECK:   tile.wait_async {pending = 1 : i32}
    // CHECK-NEXT: tile.barrier
    // CHECK:   %[[I1:.*]] = arith.addi %[[I]], %c1_i32
    // CHECK:   %[[J:.*]] = arith.addi %[[I1]], %c1_i32
    // CHECK:   %[[BEFORE:.*]] = arith.select %{{.*}}, %c2_i32, %{{.*}}
    // CHECK:   arith.cmpi slt, %[[J]], %[[N]]
    // CHECK:   scf.if
    // CHECK:     tile.subview %[[X]][%[[J]]]
    // CHECK:     %[[NEXT:.*]] = tile.subview %[[RING]][%[[BEFORE]]]
    // CHECK:     tile.copy_async %{{.*}}, %[[NEXT]]
    // CHECK:   }
    // CHECK:   tile.commit_async
    // CHECK-NOT: tile.barrier
    // CHECK:   tile.load %[[NOW]]
    // CHECK-NOT: tile.store %{{.*}}, shared
    %sum = scf.for %i = %c0 to %n step %c1 iter_args(%acc = %zero) -> (tensor<4x64xf32, #in>) : i32 {
      %xi = tile.subview %x[%i] : !tile.ref<?x4x64xf32, global> -> !tile.ref<4x64xf32, global>
      %t = tile.load %xi[%c0, %c0] : !tile.ref<4x64xf32, global>, i32, i32 -> tensor<4x64xf32, #in>
      tile.barrier
      tile.store %t, %s[%c0, %c0] : tensor<4x64xf32, #in>, !tile.ref<4x64xf32, shared>, i32, i32
      tile.barrier
      %u = tile.load %s[%c0, %c0] : !tile.ref<4x64xf32, shared>, i32, i32 -> tensor<4x64xf32, #in>
      %next = arith.addf %acc, %u : tensor<4x64xf32, #in>
      scf.yield %next : tensor<4x64xf32, #in>
    } {tile.stages = 3 : i32}
    tile.store %sum, %y[%c0, %c0] : tensor<4x64xf32, #in>, !tile.ref<4x64xf32, global>, i32, i32
    tile.return
  }
}

// -----

// Through registers: loaded a round ahead, computed and stored in its round.
// The row numbers come a round before that.

#in = #layout.layout<[4, 64], [[thread 4:16], [thread 16:1, local 4:1]]>
#row = #layout.layout<[4], [[thread 4:16]], replicas = [thread 16:1]>
// CHECK-LABEL: tile.func @registers
gpu.module @kernels {
  tile.func @registers(%x: !tile.ref<?x64xf32, global> {tile.readonly}, %p: !tile.ref<?xi32, global> {tile.readonly},
                       %y: !tile.ref<4x64xf32, global>, %n: i32) attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %c4 = arith.constant 4 : i32
    %zero = arith.constant dense<0.0> : tensor<4x64xf32, #in>
    // CHECK: tile.alloc_shared : !tile.ref<2x4x64xf32, shared>
    %s = tile.alloc_shared : !tile.ref<4x64xf32, shared>
    // CHECK: %[[ROWS0:.*]] = scf.if
    // CHECK: %[[ROWS1:.*]] = scf.if
    // CHECK: %[[DATA0:.*]] = scf.if
    // CHECK:   tile.load %{{.*}}[%[[ROWS0]], %{{.*}}]
    // CHECK: scf.for %{{.*}} iter_args(%{{.*}} = %{{.*}}, %[[ROWS:.*]] = %[[ROWS1]], %[[DATA:.*]] = %[[DATA0]],
    // CHECK:   %[[DOUBLE:.*]] = arith.addf %[[DATA]], %[[DATA]]
    // CHECK:   tile.store %[[DOUBLE]]
    // CHECK-NEXT: tile.barrier
    // CHECK:   %[[DATANEXT:.*]] = scf.if
    // CHECK:     tile.load %{{.*}}[%[[ROWS]], %{{.*}}]
    // CHECK:     scf.yield
    // CHECK:   } else {
    // CHECK-NEXT: scf.yield %[[DATA]]
    // CHECK:   %[[ROWSNEXT:.*]] = scf.if
    // CHECK:     tile.load %{{.*}} : !tile.ref<?xi32, global>
    // CHECK:   tile.load %{{.*}} : !tile.ref<4x64xf32, shared>
    // CHECK:   scf.yield %{{.*}}, %[[ROWSNEXT]], %[[DATANEXT]]
    // CHECK-NOT: async
    %sum = scf.for %i = %c0 to %n step %c4 iter_args(%acc = %zero) -> (tensor<4x64xf32, #in>) : i32 {
      %r = tile.load %p[%i] : !tile.ref<?xi32, global>, i32 -> tensor<4xi32, #row>
      %t = tile.load %x[%r, %c0] : !tile.ref<?x64xf32, global>, tensor<4xi32, #row>, i32 -> tensor<4x64xf32, #in>
      %double = arith.addf %t, %t : tensor<4x64xf32, #in>
      tile.barrier
      tile.store %double, %s[%c0, %c0] : tensor<4x64xf32, #in>, !tile.ref<4x64xf32, shared>, i32, i32
      tile.barrier
      %u = tile.load %s[%c0, %c0] : !tile.ref<4x64xf32, shared>, i32, i32 -> tensor<4x64xf32, #in>
      %next = arith.addf %acc, %u : tensor<4x64xf32, #in>
      scf.yield %next : tensor<4x64xf32, #in>
    } {tile.stages = 4 : i32}
    tile.store %sum, %y[%c0, %c0] : tensor<4x64xf32, #in>, !tile.ref<4x64xf32, global>, i32, i32
    tile.return
  }
}

// -----

// Numbers that lead to numbers that lead to rows: each kind a round before the
// next. Two stages: rows of round i + 1 are copied in round i, their numbers
// are loaded for round i + 2, where those begin for round i + 3. What the loop
// itself wants to know of round i + 1 is what it knew of that round before.

#in = #layout.layout<[4, 64], [[thread 4:16], [thread 16:1, local 4:1]]>
#row = #layout.layout<[4], [[thread 4:16]], replicas = [thread 16:1]>
// CHECK-LABEL: tile.func @chain
// CHECK-SAME: (%[[X:.*]]: !tile.ref<?x64xf32, global> {tile.readonly}, %[[LIST:.*]]: !tile.ref<?xi32, global> {tile.readonly}, %[[BEGINS:.*]]: !tile.ref<?xi32, global> {tile.readonly}
gpu.module @kernels {
  tile.func @chain(%x: !tile.ref<?x64xf32, global> {tile.readonly}, %list: !tile.ref<?xi32, global> {tile.readonly},
                   %begins: !tile.ref<?xi32, global> {tile.readonly}, %y: !tile.ref<?x64xf32, global>, %n: i32)
      attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %s = tile.alloc_shared : !tile.ref<4x64xf32, shared>
    // CHECK-COUNT-3: tile.load_scalar %[[BEGINS]]
    // CHECK-COUNT-2: tile.load %[[LIST]]
    // CHECK: tile.copy_async %[[X]]
    // CHECK: scf.for %[[I:.*]] = %{{.*}} iter_args(%[[ROWS:.*]] = %{{.*}}, %[[BEGIN2:.*]] = %{{.*}}, %[[BEGIN:.*]] = %{{.*}}, %[[SLOT:.*]] = %{{.*}})
    // CHECK:   tile.barrier
    // CHECK:   scf.if
    // CHECK:     tile.copy_async %[[X]][%[[ROWS]], %{{.*}}]
    // CHECK:   tile.commit_async
    // CHECK:   %[[ROWS3:.*]] = scf.if
    // CHECK:     %[[AT:.*]] = tile.splat %[[BEGIN2]]
    // CHECK:     tile.load %[[LIST]][%[[AT]]]
    // CHECK:   %[[BEGIN3:.*]] = scf.if
    // CHECK:     tile.load_scalar %[[BEGINS]]
    // CHECK:   %[[BEGIN1:.*]] = scf.if
    // CHECK:     tile.load_scalar %[[BEGINS]]
    // CHECK:   tile.store %{{.*}}, %{{.*}}[%[[BEGIN]], %{{.*}}]
    // CHECK:   scf.yield %[[ROWS3]], %[[BEGIN3]], %[[BEGIN1]]
    scf.for %i = %c0 to %n step %c1 : i32 {
      %b = tile.load_scalar %begins[%i] : !tile.ref<?xi32, global> -> i32
      %p = tile.splat %b : i32 -> tensor<4xi32, #row>
      %r = tile.load %list[%p] : !tile.ref<?xi32, global>, tensor<4xi32, #row> -> tensor<4xi32, #row>
      %t = tile.load %x[%r, %c0] : !tile.ref<?x64xf32, global>, tensor<4xi32, #row>, i32 -> tensor<4x64xf32, #in>
      tile.barrier
      tile.store %t, %s[%c0, %c0] : tensor<4x64xf32, #in>, !tile.ref<4x64xf32, shared>, i32, i32
      tile.barrier
      %u = tile.load %s[%c0, %c0] : !tile.ref<4x64xf32, shared>, i32, i32 -> tensor<4x64xf32, #in>
      tile.store %u, %y[%b, %c0] : tensor<4x64xf32, #in>, !tile.ref<?x64xf32, global>, i32, i32
    } {tile.stages = 2 : i32}
    tile.return
  }
}

// -----

// What is walked stays where it is; what says where it begins and ends comes a
// round early. What is the same in all rounds does not.

#in = #layout.layout<[4, 64], [[thread 4:16], [thread 16:1, local 4:1]]>
// CHECK-LABEL: tile.func @walk
// CHECK-SAME: (%{{.*}}: !tile.ref<?x4x64xf32, global>, %[[ENDS:.*]]: !tile.ref<?xi32, global> {tile.readonly}, %[[Y:.*]]: !tile.ref<?x64xf32, global>
gpu.module @kernels {
  tile.func @walk(%x: !tile.ref<?x4x64xf32, global>, %ends: !tile.ref<?xi32, global> {tile.readonly},
                  %y: !tile.ref<?x64xf32, global>, %n: i32) attributes {threads = 64 : i32} {
    %c0 = arith.constant 0 : i32
    %c1 = arith.constant 1 : i32
    %zero = arith.constant dense<0.0> : tensor<4x64xf32, #in>
    %s = tile.alloc_shared : !tile.ref<4x64xf32, shared>
    // CHECK: %[[FIRST:.*]] = scf.if
    // CHECK:   tile.load_scalar %[[ENDS]]
    // CHECK-NOT: tile.load_scalar
    // CHECK: scf.for %[[I:.*]] = %{{.*}} iter_args(%[[END:.*]] = %[[FIRST]],
    // CHECK:   %[[SAME:.*]] = tile.load_scalar %[[ENDS]][%c0_i32]
    // CHECK:   scf.for %{{.*}} = %c0_i32 to %[[END]]
    // CHECK:   tile.barrier
    // CHECK:   %[[J:.*]] = arith.addi %[[I]], %c1_i32
    // CHECK:   %[[NEXT:.*]] = scf.if
    // CHECK:     tile.load_scalar %[[ENDS]][%[[J]]]
    // CHECK:   tile.store %{{.*}}, %[[Y]][%[[SAME]], %c0_i32]
    // CHECK:   scf.yield %[[NEXT]]
    scf.for %i = %c0 to %n step %c1 : i32 {
      %same = tile.load_scalar %ends[%c0] : !tile.ref<?xi32, global> -> i32
      %end = tile.load_scalar %ends[%i] : !tile.ref<?xi32, global> -> i32
      %sum = scf.for %j = %c0 to %end step %c1 iter_args(%acc = %zero) -> (tensor<4x64xf32, #in>) : i32 {
        %xj = tile.subview %x[%j] : !tile.ref<?x4x64xf32, global> -> !tile.ref<4x64xf32, global>
        %t = tile.load %xj[%c0, %c0] : !tile.ref<4x64xf32, global>, i32, i32 -> tensor<4x64xf32, #in>
        %next = arith.addf %acc, %t : tensor<4x64xf32, #in>
        scf.yield %next : tensor<4x64xf32, #in>
      }
      tile.barrier
      tile.store %sum, %s[%c0, %c0] : tensor<4x64xf32, #in>, !tile.ref<4x64xf32, shared>, i32, i32
      tile.barrier
      %u = tile.load %s[%c0, %c0] : !tile.ref<4x64xf32, shared>, i32, i32 -> tensor<4x64xf32, #in>
      tile.store %u, %y[%same, %c0] : tensor<4x64xf32, #in>, !tile.ref<?x64xf32, global>, i32, i32
    } {tile.stages = 2 : i32}
    tile.return
  }
}

// RUN: pigeon-opt %s --rgnn-verify-domains | FileCheck %s
// RUN: pigeon-opt %docs/examples/rgcn.mlir --rgnn-verify-domains -o /dev/null
// RUN: pigeon-opt %docs/examples/rgcn_basis.mlir --rgnn-verify-domains -o /dev/null
// RUN: pigeon-opt %docs/examples/rgat.mlir --rgnn-verify-domains -o /dev/null
// RUN: pigeon-opt %docs/examples/hgt.mlir --rgnn-verify-domains -o /dev/null
// RUN: pigeon-opt %S/../../Integration/Inputs/compgcn.mlir --rgnn-verify-domains -o /dev/null
// RUN: pigeon-opt %S/../../Integration/Inputs/gatv2.mlir --rgnn-verify-domains -o /dev/null
// RUN: pigeon-opt %S/../../Integration/Inputs/transe.mlir --rgnn-verify-domains -o /dev/null

!edges = tensor<?x64xf32, #rgnn.on<kg.edge>>

rgnn.graph @kg

func.func private @callee(!edges) -> !edges

// CHECK-LABEL: func.func @elementwise
func.func @elementwise(%x: !edges, %one_row: tensor<4x16xf32>) -> !edges {
  %y = math.exp %x : !edges
  %m = arith.cmpf olt, %x, %y : !edges
  %s = arith.select %m, %x, %y
    : tensor<?x64xi1, #rgnn.on<kg.edge>>, !edges
  %h = arith.truncf %s : !edges to tensor<?x64xf16, #rgnn.on<kg.edge>>
  %f = arith.extf %h : tensor<?x64xf16, #rgnn.on<kg.edge>> to !edges
  %c = call @callee(%f) : (!edges) -> !edges
  // Without a domain a tensor is everybody's.
  // CHECK: tensor.collapse_shape
  %t = tensor.collapse_shape %one_row [[0, 1]]
    : tensor<4x16xf32> into tensor<64xf32>
  return %c : !edges
}

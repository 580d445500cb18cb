//===- RGNNDialect.td - The rgnn dialect -------------------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_IR_RGNNDIALECT_TD
#define PIGEON_DIALECT_RGNN_IR_RGNNDIALECT_TD

include "mlir/IR/DialectBase.td"

def RGNN_Dialect : Dialect {
  let name = "rgnn";
  let cppNamespace = "::pigeon::rgnn";
  let summary = "The rgnn dialect";
}

#endif // PIGEON_DIALECT_RGNN_IR_RGNNDIALECT_TD

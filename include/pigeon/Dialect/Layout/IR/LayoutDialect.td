//===- LayoutDialect.td - The layout dialect -------------------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LAYOUT_IR_LAYOUTDIALECT_TD
#define PIGEON_DIALECT_LAYOUT_IR_LAYOUTDIALECT_TD

include "mlir/IR/DialectBase.td"

def Layout_Dialect : Dialect {
  let name = "layout";
  let cppNamespace = "::pigeon::layout";
  let summary = "The layout dialect";
}

#endif // PIGEON_DIALECT_LAYOUT_IR_LAYOUTDIALECT_TD

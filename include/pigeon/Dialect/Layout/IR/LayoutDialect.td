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
  let summary = "who holds which element of a tile";
  let description = [{
    Attributes only: `#layout.layout` says which thread and which of its registers
    hold an element of a tile, `#layout.shared` where an element lies in shared
    memory. The algebra behind them (product, division, reduction, reshape, a
    unique canonical form) is a C++ library; its header
    `pigeon/Dialect/Layout/IR/Layout.h` teaches it with an example.
  }];
  let useDefaultAttributePrinterParser = 1;
  let extraClassDeclaration = [{
    void registerAttributes();
  }];
}

#endif // PIGEON_DIALECT_LAYOUT_IR_LAYOUTDIALECT_TD

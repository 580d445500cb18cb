//===- LowPDialect.td - The lowp dialect -------------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LOWP_IR_LOWPDIALECT_TD
#define PIGEON_DIALECT_LOWP_IR_LOWPDIALECT_TD

include "mlir/IR/DialectBase.td"

def LowP_Dialect : Dialect {
  let name = "lowp";
  let cppNamespace = "::pigeon::lowp";
  let summary = "Numbers in one to eight bits";
  let description = [{
    A *code* is a number in a few bits; the element type of a tensor of codes
    says which number each code is. `pigeon/Support/NumberFormat.h` is the one
    place that defines them:

    | type | numbers | the same builtin type |
    | --- | --- | --- |
    | `!lowp.int<n>`, n = 1..8 | two's complement | `si<n>` |
    | `!lowp.uint<n>`, n = 1..8 | 0 .. 2^n - 1 | `ui<n>` |
    | `!lowp.float<e, m>`, 3 <= 1 + e + m <= 8, e >= 1 | sign, exponent, mantissa | `f4E2M1FN`, `f6E2M3FN`, `f6E3M2FN`, `f8E4M3FN`, `f8E5M2` |
    | `!lowp.ternary` | -1, 0, 1 | |
    | `!lowp.lut<n>`, n = 1..8 | places in a code book of 2^n numbers | |

    A matrix of codes has a *scale* for each group of neighbours along its last
    dimension, and for integers perhaps a *zero point*; the number that is meant
    is `scale * (code - zero)`. The size of the groups, 16, 32, 64, 128 or the
    whole dimension, follows from the shape of the scales.

    In memory codes are packed into 32-bit words (`lowp.pack`), in the order in
    which a matrix instruction wants them.

    A function names its arguments and results for the tools by the attribute
    `lowp.name`, a string: `%x: tensor<16x64xf16> {lowp.name = "x"}`.
  }];
  let useDefaultTypePrinterParser = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let extraClassDeclaration = [{
    void registerTypes();

    /// The attribute of function arguments and results that names them.
    static constexpr llvm::StringLiteral getNameAttrName() {
      return llvm::StringLiteral("lowp.name");
    }
  }];
}

#endif // PIGEON_DIALECT_LOWP_IR_LOWPDIALECT_TD

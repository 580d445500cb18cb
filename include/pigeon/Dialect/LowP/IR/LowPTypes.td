//===- LowPTypes.td - Element types of few bits ------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LOWP_IR_LOWPTYPES_TD
#define PIGEON_DIALECT_LOWP_IR_LOWPTYPES_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/CommonTypeConstraints.td"
include "pigeon/Dialect/LowP/IR/LowPDialect.td"

class LowP_Type<string name, string typeMnemonic>
    : TypeDef<LowP_Dialect, name> {
  let mnemonic = typeMnemonic;
}

/// A type that has a number of bits.
class LowP_WidthType<string name, string typeMnemonic>
    : LowP_Type<name, typeMnemonic> {
  let parameters = (ins "unsigned":$width);
  let assemblyFormat = "`<` $width `>`";
  let genVerifyDecl = 1;
}

def LowP_IntType : LowP_WidthType<"Int", "int"> {
  let summary = "integers in two's complement, of 1 to 8 bits";
  let description = [{
    -2^(n-1) to 2^(n-1) - 1; one bit holds 0 and -1. `si<n>` means the same.

    ```mlir
    !lowp.int<3>
    ```
  }];
}

def LowP_UIntType : LowP_WidthType<"UInt", "uint"> {
  let summary = "integers from 0, of 1 to 8 bits";
  let description = [{
    0 to 2^n - 1. `ui<n>` means the same.

    ```mlir
    !lowp.uint<6>
    ```
  }];
}

def LowP_FloatType : LowP_Type<"Float", "float"> {
  let summary = "a sign, e exponent bits and m mantissa bits, 3 to 8 in all";
  let description = [{
    The bias is 2^(e-1) - 1. Every code is a number: there are no infinities and
    no NaN, except in the two formats of 8 bits that hardware has:
    `!lowp.float<4, 3>` is `f8E4M3FN` and `!lowp.float<5, 2>` is `f8E5M2`.

    ```mlir
    !lowp.float<3, 2>
    !lowp.float<2, 1>
    ```
  }];
  let parameters = (ins "unsigned":$exponent, "unsigned":$mantissa);
  let assemblyFormat = "`<` $exponent `,` $mantissa `>`";
  let genVerifyDecl = 1;
}

def LowP_TernaryType : LowP_Type<"Ternary", "ternary"> {
  let summary = "-1, 0 and 1";
  let description = [{
    The codes are 0, 1 and 2. Five are packed into a byte.

    ```mlir
    !lowp.ternary
    ```
  }];
}

def LowP_LutType : LowP_WidthType<"Lut", "lut"> {
  let summary = "places in a code book of 2^n numbers, n = 1 to 8";
  let description = [{
    The book is an operand of what reads the codes.

    ```mlir
    !lowp.lut<4>
    ```
  }];
}

#endif // PIGEON_DIALECT_LOWP_IR_LOWPTYPES_TD

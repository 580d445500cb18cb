//===- LowPOps.td - Operations of the lowp dialect ---------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LOWP_IR_LOWPOPS_TD
#define PIGEON_DIALECT_LOWP_IR_LOWPOPS_TD

include "pigeon/Dialect/LowP/IR/LowPTypes.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class LowP_Op<string mnemonic, list<Trait> traits = []>
    : Op<LowP_Dialect, mnemonic, traits>;

class LowP_TensorOf<string predicate, string description>
    : Type<And<[CPred<"::llvm::isa<::mlir::RankedTensorType>($_self)">,
                CPred<predicate # "(::mlir::getElementTypeOrSelf($_self))">]>,
           description, "::mlir::RankedTensorType">;

def LowP_Codes : LowP_TensorOf<"::pigeon::lowp::isCode",
    "tensor of codes (of a lowp type, or a builtin type of the same meaning)">;
def LowP_Values : LowP_TensorOf<"::pigeon::lowp::isValue",
    "tensor of f16, bf16, f32 or f64">;
def LowP_Scales : LowP_TensorOf<"::pigeon::lowp::isScale",
    "tensor of scales (f16, bf16, f32, f8E8M0FNU or f8E4M3FN)">;
def LowP_Zeros : LowP_TensorOf<"::pigeon::lowp::isZeroPoint",
    "tensor of zero points (f16, bf16, f32 or integer codes)">;
def LowP_Words : Type<And<[
    CPred<"::llvm::isa<::mlir::RankedTensorType>($_self)">,
    CPred<"::llvm::cast<::mlir::RankedTensorType>($_self).getRank() == 1">,
    CPred<"::llvm::cast<::mlir::RankedTensorType>($_self).getElementType().isSignlessInteger(32)">]>,
    "one-dimensional tensor of i32 words", "::mlir::RankedTensorType">;

//===----------------------------------------------------------------------===//
// Numbers and codes
//===----------------------------------------------------------------------===//

def LowP_QuantizeOp : LowP_Op<"quantize", [Pure, AttrSizedOperandSegments]> {
  let summary = "the nearest code of each number";
  let description = [{
    `code = encode(x / scale + zero)`: the nearest code, ties to the even one.
    What lies beyond the largest finite number of the type becomes that number,
    infinities too; NaN becomes the type's NaN if it has one, else zero. With a
    code book, the nearest entry, of several the first.

    The scales have the shape of the input, but one for each group along the
    last dimension; zero points have the shape of the scales. A code book has
    2^n entries, or that many for each scale.

    ```mlir
    func.func @f(%w: tensor<384x256xf32>, %scales: tensor<384x4xf16>)
        -> tensor<384x256x!lowp.int<3>> {
      %0 = lowp.quantize %w scales(%scales)
        : (tensor<384x256xf32>, tensor<384x4xf16>) -> tensor<384x256x!lowp.int<3>>
      return %0 : tensor<384x256x!lowp.int<3>>
    }
    ```
  }];
  let arguments = (ins
    Arg<LowP_Values, "[rows..., K]">:$input,
    Arg<LowP_Scales, "[rows..., K / group]">:$scales,
    Arg<Optional<LowP_Zeros>, "[rows..., K / group]">:$zeros,
    Arg<Optional<LowP_Values>, "[2^n] or [rows..., K / group, 2^n]">:$book);
  let results = (outs Res<LowP_Codes, "[rows..., K]">:$result);
  let assemblyFormat = [{
    $input `scales` `(` $scales `)` (`zeros` `(` $zeros^ `)`)? (`book` `(` $book^ `)`)?
    attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def LowP_DequantizeOp : LowP_Op<"dequantize", [Pure, AttrSizedOperandSegments]> {
  let summary = "the number that each code stands for";
  let description = [{
    `scale * (decode(code) - zero)`, or `scale * book[code]`. Shapes are those of
    `lowp.quantize`.

    ```mlir
    func.func @f(%w: tensor<384x256x!lowp.uint<6>>, %scales: tensor<384x2xf16>,
                 %zeros: tensor<384x2x!lowp.uint<6>>) -> tensor<384x256xf16> {
      %0 = lowp.dequantize %w scales(%scales) zeros(%zeros)
        : (tensor<384x256x!lowp.uint<6>>, tensor<384x2xf16>, tensor<384x2x!lowp.uint<6>>)
        -> tensor<384x256xf16>
      return %0 : tensor<384x256xf16>
    }
    ```
  }];
  let arguments = (ins
    Arg<LowP_Codes, "[rows..., K]">:$input,
    Arg<LowP_Scales, "[rows..., K / group]">:$scales,
    Arg<Optional<LowP_Zeros>, "[rows..., K / group]">:$zeros,
    Arg<Optional<LowP_Values>, "[2^n] or [rows..., K / group, 2^n]">:$book);
  let results = (outs Res<LowP_Values, "[rows..., K]">:$result);
  let assemblyFormat = [{
    $input `scales` `(` $scales `)` (`zeros` `(` $zeros^ `)`)? (`book` `(` $book^ `)`)?
    attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Codes and words
//===----------------------------------------------------------------------===//

def LowP_PackOp : LowP_Op<"pack", [Pure]> {
  let summary = "codes in 32-bit words, in the order of a matrix instruction";
  let description = [{
    The order is derived from the fragment of the matrix instruction (see
    `pigeon/Dialect/Layout/IR/Packing.h`): the matrix is the A operand of
    `mma.m16n8k16`, in tiles of 16 x 64, ternary codes in tiles of 16 x 80. What
    pads a matrix to whole tiles is the code 0.

    `planes` cuts a code into ranges of bits, low bits first, each of which fills
    words of its own: `[4, 2]` is the default for six bits, `[6]` keeps the codes
    in one piece.

    ```mlir
    func.func @f(%w: tensor<384x256x!lowp.uint<6>>) -> tensor<18432xi32> {
      %0 = lowp.pack %w planes [4, 2]
        : tensor<384x256x!lowp.uint<6>> -> tensor<18432xi32>
      return %0 : tensor<18432xi32>
    }
    ```
  }];
  let arguments = (ins Arg<LowP_Codes, "[N, K]">:$codes,
                       OptionalAttr<DenseI32ArrayAttr>:$planes);
  let results = (outs LowP_Words:$words);
  let assemblyFormat = [{
    $codes (`planes` $planes^)? attr-dict `:` type($codes) `->` type($words)
  }];
  let hasVerifier = 1;
}

def LowP_UnpackOp : LowP_Op<"unpack", [Pure]> {
  let summary = "codes from 32-bit words";
  let description = [{
    The inverse of `lowp.pack`. A weight that is stored packed goes through it
    into the product.

    ```mlir
    func.func @f(%words: tensor<18432xi32>) -> tensor<384x256x!lowp.uint<6>> {
      %0 = lowp.unpack %words : tensor<18432xi32> -> tensor<384x256x!lowp.uint<6>>
      return %0 : tensor<384x256x!lowp.uint<6>>
    }
    ```
  }];
  let arguments = (ins LowP_Words:$words,
                       OptionalAttr<DenseI32ArrayAttr>:$planes);
  let results = (outs Res<LowP_Codes, "[N, K]">:$codes);
  let assemblyFormat = [{
    $words (`planes` $planes^)? attr-dict `:` type($words) `->` type($codes)
  }];
  let hasFolder = 1;
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// The product
//===----------------------------------------------------------------------===//

def LowP_MatmulOp : LowP_Op<"matmul", [Pure, AttrSizedOperandSegments]> {
  let summary = "activations times a weight of codes";
  let description = [{
    `result[m, n] = epilogue(sum over k of input[m, k] * W[n, k])`, where W is
    what `lowp.dequantize` makes of the weight, scales, zero points and code
    book. Sums are f32.

    The epilogue takes the sum, an f32, and one element of each addend, which is
    `[N]` or `[M, N]`; it yields an element of the result. Without one the sum is
    rounded to the type of the result.

    ```mlir
    func.func @f(%x: tensor<16x256xf16>, %w: tensor<384x256x!lowp.int<3>>,
                 %scales: tensor<384x4xf16>, %bias: tensor<384xf16>)
        -> tensor<16x384xf16> {
      %y = lowp.matmul %x, %w scales(%scales) addends(%bias)
        : (tensor<16x256xf16>, tensor<384x256x!lowp.int<3>>, tensor<384x4xf16>,
           tensor<384xf16>) -> tensor<16x384xf16> epilogue {
      ^bb0(%sum: f32, %b: f16):
        %0 = arith.extf %b : f16 to f32
        %1 = arith.addf %sum, %0 : f32
        %2 = arith.truncf %1 : f32 to f16
        lowp.yield %2 : f16
      }
      return %y : tensor<16x384xf16>
    }
    ```
  }];
  let arguments = (ins
    Arg<LowP_Values, "[M, K]">:$input,
    Arg<LowP_Codes, "[N, K]">:$weight,
    Arg<LowP_Scales, "[N, K / group]">:$scales,
    Arg<Optional<LowP_Zeros>, "[N, K / group]">:$zeros,
    Arg<Optional<LowP_Values>, "[2^n] or [N, K / group, 2^n]">:$book,
    Arg<Variadic<LowP_Values>, "[N] or [M, N] each">:$addends);
  let regions = (region MaxSizedRegion<1>:$epilogue);
  let results = (outs Res<LowP_Values, "[M, N]">:$result);
  let assemblyFormat = [{
    $input `,` $weight `scales` `(` $scales `)` (`zeros` `(` $zeros^ `)`)?
    (`book` `(` $book^ `)`)? (`addends` `(` $addends^ `)`)?
    attr-dict `:` functional-type(operands, results) (`epilogue` $epilogue^)?
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def LowP_YieldOp : LowP_Op<"yield", [
    Pure, Terminator, ReturnLike, HasParent<"MatmulOp">]> {
  let summary = "the value of an epilogue for one element";
  let description = [{
    See `lowp.matmul`.
  }];
  let arguments = (ins AnyFloat:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

#endif // PIGEON_DIALECT_LOWP_IR_LOWPOPS_TD

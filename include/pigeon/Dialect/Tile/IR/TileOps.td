//===- TileOps.td - Operations of the tile dialect -------*- tablegen -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// By family: the program, values that come from nowhere, memory, asynchronous
// copies, computation.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_TILE_IR_TILEOPS_TD
#define PIGEON_DIALECT_TILE_IR_TILEOPS_TD

include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/CallInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "pigeon/Dialect/Layout/IR/LayoutAttrs.td"
include "pigeon/Dialect/Tile/IR/TileTypes.td"

class Tile_Op<string mnemonic, list<Trait> traits = []>
    : Op<Tile_Dialect, mnemonic, traits>;

def Tile_Scalar : AnyTypeOf<[AnySignlessInteger, AnyFloat, Index]>;
def Tile_Tensor : Type<
    And<[AnyStaticShapeTensor.predicate,
         CPred<"::llvm::cast<::mlir::ShapedType>($_self).getRank() > 0">,
         CPred<"::llvm::cast<::mlir::ShapedType>($_self).getElementType().isIntOrIndexOrFloat()">,
         CPred<"::pigeon::tile::fitsLayout($_self)">]>,
    "register tile (a tensor of static shape and positive rank)",
    "::mlir::RankedTensorType">;
def Tile_Rows : Type<
    And<[Tile_Tensor.predicate,
         CPred<"::llvm::cast<::mlir::ShapedType>($_self).getRank() == 1">,
         CPred<"::llvm::cast<::mlir::ShapedType>($_self).getElementType().isInteger(32)">]>,
    "one-dimensional register tile of i32", "::mlir::RankedTensorType">;
def Tile_Index : Type<Or<[I32.predicate, Tile_Rows.predicate]>,
    "i32 or a one-dimensional register tile of i32">;
def Tile_Mask : Type<
    And<[Tile_Tensor.predicate,
         CPred<"::llvm::cast<::mlir::ShapedType>($_self).getRank() == 1">,
         CPred<"::llvm::cast<::mlir::ShapedType>($_self).getElementType().isInteger(1)">]>,
    "one-dimensional register tile of i1", "::mlir::RankedTensorType">;

//===----------------------------------------------------------------------===//
// The program
//===----------------------------------------------------------------------===//

def Tile_FuncOp : Tile_Op<"func", [
    FunctionOpInterface, IsolatedFromAbove,
    HasParent<"::mlir::gpu::GPUModuleOp">]> {
  let summary = "The program of one thread block";
  let description = [{
    A kernel without results, launched with `threads` threads per block. Its
    arguments are global refs and scalars. A ref may carry `tile.readonly`, or
    `tile.unwritten`, which says less. `min_blocks` asks the back end to leave
    registers for so many blocks on a multiprocessor. What a tile function
    becomes is the same for every architecture, and `stmatrix` is not on all:
    `stmatrix` says that the function will run on sm_90 or later only, and may
    store by it.

    ```mlir
    gpu.module @kernels {
      tile.func @scale(%x: !tile.ref<?xf32, global> {tile.readonly},
                       %y: !tile.ref<?xf32, global>, %n: i32)
          attributes {threads = 128 : i32} {
        tile.return
      }
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       TypeAttrOf<FunctionType>:$function_type,
                       ConfinedAttr<I32Attr, [IntPositive]>:$threads,
                       OptionalAttr<ConfinedAttr<I32Attr, [IntPositive]>>:$min_blocks,
                       UnitAttr:$stmatrix,
                       OptionalAttr<StrAttr>:$sym_visibility,
                       OptionalAttr<DictArrayAttr>:$arg_attrs,
                       OptionalAttr<DictArrayAttr>:$res_attrs);
  let regions = (region AnyRegion:$body);
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name,
                                 "::mlir::FunctionType":$type,
                                 "int32_t":$threads)>];
  let skipDefaultBuilders = 1;
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::ArrayRef<::mlir::Type> getArgumentTypes() {
      return getFunctionType().getInputs();
    }
    ::mlir::ArrayRef<::mlir::Type> getResultTypes() {
      return getFunctionType().getResults();
    }
    ::mlir::Region *getCallableRegion() { return &getBody(); }
  }];
}

def Tile_ReturnOp : Tile_Op<"return", [
    Pure, Terminator, ReturnLike, HasParent<"FuncOp">]> {
  let summary = "The end of a tile function";
  let description = [{
    ```mlir
    gpu.module @kernels {
      tile.func @nothing() attributes {threads = 32 : i32} {
        tile.return
      }
    }
    ```
  }];
  let assemblyFormat = "attr-dict";
}

def Tile_BlockIdOp : Tile_Op<"block_id", [Pure]> {
  let summary = "The index of this block along an axis of the grid";
  let description = [{
    ```mlir
    %b = tile.block_id x : i32
    ```
  }];
  let arguments = (ins Tile_Axis:$axis);
  let results = (outs I32:$result);
  let assemblyFormat = "$axis attr-dict `:` type($result)";
}

def Tile_BarrierOp : Tile_Op<"barrier", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "All threads of the block meet";
  let description = [{
    What any thread wrote to global or shared memory before is seen by all
    threads of the block after it, and what any thread read before was there
    before they write.

    ```mlir
    tile.barrier
    ```
  }];
  let assemblyFormat = "attr-dict";
}

//===----------------------------------------------------------------------===//
// Tiles from scalars and from smaller tiles
//===----------------------------------------------------------------------===//

def Tile_IotaOp : Tile_Op<"iota", [Pure]> {
  let summary = "0, 1, 2, ... as a one-dimensional tile";
  let description = [{
    ```mlir
    %i = tile.iota : tensor<64xi32>
    ```
  }];
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Tile_SplatOp : Tile_Op<"splat", [Pure]> {
  let summary = "A scalar in every element of a tile";
  let description = [{
    ```mlir
    %s = arith.constant 1.0 : f32
    %t = tile.splat %s : f32 -> tensor<64x64xf32>
    ```
  }];
  let arguments = (ins Tile_Scalar:$scalar);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = "$scalar attr-dict `:` type($scalar) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_ExpandOp : Tile_Op<"expand", [Pure]> {
  let summary = "Insert a dimension and repeat the tile along it";
  let description = [{
    The new dimension stands at position `dim` of the result:
    `result[i, j] = source[i]` for `dim = 1`, `result[j, i] = source[i]` for
    `dim = 0`.

    ```mlir
    %i = tile.iota : tensor<64xi32>
    %t = tile.expand %i {dim = 1 : i32} : tensor<64xi32> -> tensor<64x32xi32>
    ```
  }];
  let arguments = (ins Tile_Tensor:$source,
                       ConfinedAttr<I32Attr, [IntNonNegative]>:$dim);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

def Tile_LoadOp : Tile_Op<"load", [AttrSizedOperandSegments]> {
  let summary = "Read a tile from global or shared memory";
  let description = [{
    There is one index per dimension of the ref:

    - a scalar is the first position of a contiguous range along that
      dimension, as long as the result is there;
    - a one-dimensional tile names the position of each element of the result
      along that dimension (a gather of rows or columns).

    Elements of a range that lie beyond a *static* extent of the ref are masked
    off; a dynamic extent is not known here, so guarding it is what `mask` is
    for. `mask` stands over the first dimension of the result. Elements that are
    masked off touch no memory and are `else`, by default zero.

    Rows 5, 3, 3 and 8 of a table, columns 16 to 31:

    ```mlir
    gpu.module @kernels {
      tile.func @rows(%h: !tile.ref<?x64xf32, global>, %p: !tile.ref<?xi32, global>)
          attributes {threads = 32 : i32} {
        %c0 = arith.constant 0 : i32
        %c16 = arith.constant 16 : i32
        %rows = tile.load %p[%c0] : !tile.ref<?xi32, global>, i32 -> tensor<4xi32>
        %t = tile.load %h[%rows, %c16]
          : !tile.ref<?x64xf32, global>, tensor<4xi32>, i32 -> tensor<4x16xf32>
        tile.return
      }
    }
    ```
  }];
  let arguments = (ins Arg<Tile_RefType, "the array", [MemRead]>:$ref,
                       Variadic<Tile_Index>:$indices,
                       Optional<Tile_Mask>:$mask,
                       Optional<Tile_Scalar>:$other);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = [{
    $ref `[` $indices `]` (`mask` `(` $mask^ `)`)? (`else` `(` $other^ `)`)?
    attr-dict `:` qualified(type($ref)) (`,` type($indices)^)? `->` type($result)
    custom<LoadExtras>(ref($mask), type($mask), ref($other), type($other), ref(type($result)))
  }];
  let builders = [
    OpBuilder<(ins "::mlir::RankedTensorType":$type, "::mlir::Value":$ref,
                   "::mlir::ValueRange":$indices,
                   CArg<"::mlir::Value", "{}">:$mask,
                   CArg<"::mlir::Value", "{}">:$other)>];
  let hasVerifier = 1;
}

def Tile_LoadScalarOp : Tile_Op<"load_scalar"> {
  let summary = "Read one element, the same in all threads";
  let description = [{
    ```mlir
    gpu.module @kernels {
      tile.func @first(%p: !tile.ref<?xi32, global>) attributes {threads = 32 : i32} {
        %c0 = arith.constant 0 : i32
        %n = tile.load_scalar %p[%c0] : !tile.ref<?xi32, global> -> i32
        tile.return
      }
    }
    ```
  }];
  let arguments = (ins Arg<Tile_RefType, "the array", [MemRead]>:$ref,
                       Variadic<I32>:$indices);
  let results = (outs Tile_Scalar:$result);
  let assemblyFormat =
      "$ref `[` $indices `]` attr-dict `:` qualified(type($ref)) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_PrefetchOp : Tile_Op<"prefetch", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "Ask for rows of global memory before they are loaded";
  let description = [{
    The lines of the second-level cache that hold the rows (of an array of one
    dimension, the elements) are on their way when the op is done, all that
    `mask` does not take out. Nobody waits for them, and no value depends on
    them. Rows must be there.

    ```mlir
    gpu.module @kernels {
      tile.func @rows(%h: !tile.ref<?x64xf32, global>, %p: !tile.ref<?xi32, global>)
          attributes {threads = 32 : i32} {
        %c0 = arith.constant 0 : i32
        %rows = tile.load %p[%c0] : !tile.ref<?xi32, global>, i32 -> tensor<4xi32>
        tile.prefetch %h[%rows] : !tile.ref<?x64xf32, global>, tensor<4xi32>
        tile.return
      }
    }
    ```
  }];
  let arguments = (ins Tile_RefType:$ref, Tile_Rows:$rows,
                       Optional<Tile_Mask>:$mask);
  let assemblyFormat = [{
    $ref `[` $rows `]` (`mask` `(` $mask^ `)`)?
    attr-dict `:` qualified(type($ref)) `,` type($rows)
    custom<MaskType>(ref($mask), type($mask), ref(type($rows)))
  }];
  let hasVerifier = 1;
}

def Tile_StoreOp : Tile_Op<"store", [AttrSizedOperandSegments]> {
  let summary = "Write a tile to global or shared memory";
  let description = [{
    Indices and mask are those of `tile.load`. Where two elements of the tile
    are written to one place, which of them stays is not defined.

    ```mlir
    gpu.module @kernels {
      tile.func @ids(%y: !tile.ref<?xi32, global>) attributes {threads = 32 : i32} {
        %c0 = arith.constant 0 : i32
        %i = tile.iota : tensor<64xi32>
        tile.store %i, %y[%c0] : tensor<64xi32>, !tile.ref<?xi32, global>, i32
        tile.return
      }
    }
    ```
  }];
  let arguments = (ins Tile_Tensor:$value,
                       Arg<Tile_RefType, "the array", [MemWrite]>:$ref,
                       Variadic<Tile_Index>:$indices,
                       Optional<Tile_Mask>:$mask);
  let assemblyFormat = [{
    $value `,` $ref `[` $indices `]` (`mask` `(` $mask^ `)`)?
    attr-dict `:` type($value) `,` qualified(type($ref)) (`,` type($indices)^)?
    custom<MaskType>(ref($mask), type($mask), ref(type($value)))
  }];
  let builders = [
    OpBuilder<(ins "::mlir::Value":$value, "::mlir::Value":$ref,
                   "::mlir::ValueRange":$indices,
                   CArg<"::mlir::Value", "{}">:$mask)>];
  let hasVerifier = 1;
}

def Tile_SubviewOp : Tile_Op<"subview", [Pure]> {
  let summary = "One slice of an array along its first dimension";
  let description = [{
    Offsets are computed in 64 bits. A slice of a shared array has its strides
    and its swizzle: a ring of tiles is an array of one dimension more, whose
    slot is chosen at run time.

    ```mlir
    gpu.module @kernels {
      tile.func @second(%w: !tile.ref<?x64x32xf32, global>) attributes {threads = 32 : i32} {
        %c1 = arith.constant 1 : i32
        %v = tile.subview %w[%c1]
          : !tile.ref<?x64x32xf32, global> -> !tile.ref<64x32xf32, global>
        tile.return
      }
    }
    ```
  }];
  let arguments = (ins Tile_RefType:$ref, I32:$index);
  let results = (outs Tile_RefType:$result);
  let assemblyFormat =
      "$ref `[` $index `]` attr-dict `:` qualified(type($ref)) `->` qualified(type($result))";
  let hasVerifier = 1;
}

def Tile_AllocSharedOp : Tile_Op<"alloc_shared"> {
  let summary = "An array in the shared memory of the block";
  let description = [{
    Its elements are undefined until they are written. Each allocation has
    memory of its own for the whole run of the block. More than 48 KiB in all is
    given at the launch, by the architectures that have it.

    ```mlir
    %a = tile.alloc_shared : !tile.ref<64x16xf32, shared>
    ```
  }];
  let results = (outs Res<Tile_RefType, "", [MemAlloc]>:$result);
  let assemblyFormat = "attr-dict `:` qualified(type($result))";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Asynchronous copies
//===----------------------------------------------------------------------===//

def Tile_CopyAsyncOp : Tile_Op<"copy_async", [AttrSizedOperandSegments]> {
  let summary = "Start to copy a tile from global to shared memory";
  let description = [{
    The tile has the shape of `target` and fills it. Indices and mask are those
    of `tile.load`; elements that are masked off, or that lie beyond a static
    extent of `source`, become zero.

    The copy is on its way when the op is done. What it writes may be touched
    only after each thread has waited for the group that the copy belongs to
    (`tile.commit_async`, `tile.wait_async`) and all have met at a barrier;
    until then its target holds nothing that may be read or written. In the same
    way no thread may still read the target when the copy starts.

    Each thread copies pieces of 16, 8 or 4 bytes, the largest that alignment
    allows on both sides; smaller ones go through a register, and have arrived
    when the op is done. `cache(ca)` keeps pieces of 16 bytes in the first-level
    cache too, which pays where blocks on one multiprocessor copy the same rows;
    `cache(cg)`, the default, does not. Smaller pieces know `ca` only.

    `layout` says which thread copies which element; `tile-infer-layouts` adds
    it.

    ```mlir
    gpu.module @kernels {
      tile.func @rows(%h: !tile.ref<?x64xf32, global> {tile.readonly},
                      %p: !tile.ref<?xi32, global> {tile.readonly})
          attributes {threads = 32 : i32} {
        %c0 = arith.constant 0 : i32
        %c16 = arith.constant 16 : i32
        %rows = tile.load %p[%c0] : !tile.ref<?xi32, global>, i32 -> tensor<4xi32>
        %s = tile.alloc_shared : !tile.ref<4x16xf32, shared>
        tile.copy_async %h[%rows, %c16], %s
          : !tile.ref<?x64xf32, global>, tensor<4xi32>, i32 -> !tile.ref<4x16xf32, shared>
        tile.commit_async
        tile.wait_async {pending = 0 : i32}
        tile.barrier
        tile.return
      }
    }
    ```
  }];
  let arguments = (ins Arg<Tile_RefType, "the global array", [MemRead]>:$source,
                       Variadic<Tile_Index>:$indices,
                       Optional<Tile_Mask>:$mask,
                       Arg<Tile_RefType, "the shared array", [MemWrite]>:$target,
                       DefaultValuedAttr<Tile_CachePolicy, "CachePolicy::Global">:$cache,
                       OptionalAttr<Layout_LayoutAttr>:$layout);
  let assemblyFormat = [{
    $source `[` $indices `]` (`mask` `(` $mask^ `)`)? `,` $target
    (`cache` `(` $cache^ `)`)? attr-dict
    `:` qualified(type($source)) (`,` type($indices)^)? `->` qualified(type($target))
    custom<MaskType>(ref($mask), type($mask), ref(type($target)))
  }];
  let extraClassDeclaration = [{
    /// How to copy what `load` loads: rows that are chosen, by a mask or a list,
    /// are those of one block; others may be what its neighbours want too.
    static CachePolicy cachePolicyOf(LoadOp load);
  }];
  let hasVerifier = 1;
}

def Tile_CommitAsyncOp : Tile_Op<"commit_async", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "Close a group of asynchronous copies";
  let description = [{
    The copies that started since the last `tile.commit_async` are one group,
    which may be empty.

    ```mlir
    tile.commit_async
    ```
  }];
  let assemblyFormat = "attr-dict";
}

def Tile_WaitAsyncOp : Tile_Op<"wait_async", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "Wait for groups of asynchronous copies";
  let description = [{
    Until at most the youngest `pending` groups are on their way. A thread waits
    for its own copies only: a `tile.barrier` must follow before one thread reads
    what others copied.

    ```mlir
    tile.wait_async {pending = 1 : i32}
    ```
  }];
  let arguments = (ins ConfinedAttr<I32Attr, [IntNonNegative]>:$pending);
  let assemblyFormat = "attr-dict";
}

//===----------------------------------------------------------------------===//
// Computation
//===----------------------------------------------------------------------===//

def Tile_DotOp : Tile_Op<"dot", [Pure, AllTypesMatch<["acc", "result"]>]> {
  let summary = "acc + a * b, matrices";
  let description = [{
    Operands are f16, bf16 or f32; sums are f32. f16 and bf16 are multiplied by
    matrix instructions. What becomes of f32 operands is what `precision` says:

    - `ieee` (the default): each element is one chain of fused multiply-adds
      over k in ascending order, which starts from the element of `acc`;
    - `tf32`: operands are rounded to TF32 (11 bits) for matrix instructions;
    - `tf32x3`: each operand is split into two TF32 numbers x = hi + lo; lo*hi,
      hi*lo and hi*hi are summed in this order for each step of k, and the sum is
      added to `acc` in f32.

    A dot that no matrix instruction divides is made of fused multiply-adds.

    ```mlir
    %a = arith.constant dense<1.0> : tensor<64x16xf32>
    %b = arith.constant dense<2.0> : tensor<16x32xf32>
    %c = arith.constant dense<0.0> : tensor<64x32xf32>
    %d = tile.dot %a, %b, %c
      : tensor<64x16xf32>, tensor<16x32xf32> -> tensor<64x32xf32>
    %e = tile.dot %a, %b, %d precision tf32x3
      : tensor<64x16xf32>, tensor<16x32xf32> -> tensor<64x32xf32>
    ```
  }];
  let arguments = (ins
    Tile_Tensor:$a, Tile_Tensor:$b, Tile_Tensor:$acc,
    DefaultValuedAttr<Tile_Precision, "Precision::IEEE">:$precision);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = [{
    $a `,` $b `,` $acc (`precision` $precision^)? attr-dict
    `:` type($a) `,` type($b) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Tile_ReduceOp : Tile_Op<"reduce", [Pure]> {
  let summary = "Combine all elements along one dimension";
  let description = [{
    The dimension disappears. Where it is the only one, the result is a scalar,
    the same in all threads. The order of a sum is fixed by the layout of the
    operand, so results repeat bit for bit. A maximum or minimum of floats is
    NaN if an element is.

    ```mlir
    %t = arith.constant dense<1.0> : tensor<64x32xf32>
    %s = tile.reduce sum %t {dim = 1 : i32} : tensor<64x32xf32> -> tensor<64xf32>
    %m = tile.reduce max %s {dim = 0 : i32} : tensor<64xf32> -> f32
    ```
  }];
  let arguments = (ins Tile_ReduceKind:$kind,
                       Tile_Tensor:$source,
                       ConfinedAttr<I32Attr, [IntNonNegative]>:$dim);
  let results = (outs AnyTypeOf<[Tile_Tensor, Tile_Scalar]>:$result);
  let assemblyFormat =
      "$kind $source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_ConvertLayoutOp : Tile_Op<"convert_layout", [Pure]> {
  let summary = "The same tile in another layout";
  let description = [{
    The encodings of the two types say where the elements are and where they
    go.

    ```mlir
    %t = arith.constant dense<1.0> : tensor<64xf32>
    %u = tile.convert_layout %t : tensor<64xf32> -> tensor<64xf32>
    ```
  }];
  let arguments = (ins Tile_Tensor:$source);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Tile_ViewOp : Tile_Op<"view", [Pure]> {
  let summary = "The same registers as another tile";
  let description = [{
    The source in row-major order is a sequence of words. `packing` says which
    elements of the result are the fields of which words: it has T threads and L
    locals, a word has F fields (the bits of a source element over those of a
    result element), and field f of word t * (L / F) + l is element
    packing(t, l * F + f) of the result. The lowest bits are field 0.

    That is a statement about elements, not about registers. Layouts are chosen
    so that no register changes hands; where they are given, they are checked
    element by element against the packing, so a view never multiplies the wrong
    weights.

    32 x 4 words of two f16 as the A operand of `mma.m16n8k16`:

    ```mlir
    #a = #layout.layout<[16, 16],
      [[local 2:2, thread 8:4], [local 2:4, thread 4:1, local 2:1]]>
    gpu.module @kernels {
      tile.func @operand(%w: !tile.ref<32x4xi32, global>) attributes {threads = 32 : i32} {
        %c0 = arith.constant 0 : i32
        %words = tile.load %w[%c0, %c0]
          : !tile.ref<32x4xi32, global>, i32, i32 -> tensor<32x4xi32>
        %a = tile.view %words as (#a) : tensor<32x4xi32> -> tensor<16x16xf16>
        tile.return
      }
    }
    ```

    With a packing of one thread and elements of one width it reorders; this
    transposes:

    ```mlir
    %t = arith.constant dense<1.0> : tensor<64x8xf32>
    %u = tile.view %t as (#layout.layout<[8, 64], [[local 8:1], [local 64:8]]>)
      : tensor<64x8xf32> -> tensor<8x64xf32>
    ```
  }];
  let arguments = (ins Tile_Tensor:$source, Layout_LayoutAttr:$packing);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = [{
    $source `as` `(` qualified($packing) `)` attr-dict `:` type($source) `->` type($result)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::pigeon::layout::View getView();
  }];
}

#endif // PIGEON_DIALECT_TILE_IR_TILEOPS_TD

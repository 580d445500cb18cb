//===- KernelOps.td - Operations of the kernel dialect -----*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_KERNEL_IR_KERNELOPS_TD
#define PIGEON_DIALECT_KERNEL_IR_KERNELOPS_TD

include "pigeon/Dialect/Kernel/IR/KernelAttrs.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Kernel_Op<string mnemonic, list<Trait> traits = []>
    : Op<Kernel_Dialect, mnemonic, traits>;

def Kernel_Data : MemRefOf<[F64, F32, F16, BF16, I32]>;
def Kernel_Indices : MemRefRankOf<[I32], [1]>;

//===----------------------------------------------------------------------===//
// The program and what it declares
//===----------------------------------------------------------------------===//

def Kernel_ProgramOp : Kernel_Op<"program", [
    IsolatedFromAbove, NoTerminator, NoRegionArguments, SingleBlock, Symbol]> {
  let summary = "the host side of one model";
  let description = [{
    Declares graphs, buffers and sizes, and lists kernels in the order in which
    they run. It has no control flow.

    ```mlir
    kernel.program @double {
      kernel.graph @kg
      %n = kernel.size <kg.node>
      %x = kernel.buffer input "x"[%n] on <kg.node> : memref<?x4xf32>
      %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x4xf32>
      kernel.traverse "double" rows(<kg.node>) row_inputs(%x["self"] : memref<?x4xf32>)
          outs(%y : memref<?x4xf32>) message {
      } epilogue {
      ^bb0(%a: f32):
        %b = arith.addf %a, %a : f32
        kernel.yield %b : f32
      }
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name attr-dict-with-keyword $body";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The declaration of a graph by name; null if there is none.
    GraphOp lookupGraph(::llvm::StringRef name);
  }];
}

def Kernel_GraphOp : Kernel_Op<"graph", [HasParent<"ProgramOp">]> {
  let summary = "a graph that the program runs on";
  let description = [{
    Numbers of relations and node types, and of the classes of each user class
    of relations, where the model fixes them; 0 stands for any. A graph that
    `shares` another one has the other's nodes and relations and its own edges.
    `stats` are row counts by domain, and the longest rows by domain and role
    (see `rgnn.graph`), by which schedules are chosen; they say nothing about
    results.

    ```mlir
    kernel.program @p {
      kernel.graph @kg {relations = 92 : i64, stats = {edge = 620232}}
      kernel.graph @test shares "kg"
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$name,
                       OptionalAttr<StrAttr>:$shares,
                       DefaultValuedAttr<I64Attr, "0">:$relations,
                       DefaultValuedAttr<I64Attr, "0">:$node_types,
                       OptionalAttr<DictionaryAttr>:$classes,
                       OptionalAttr<DictionaryAttr>:$stats);
  let assemblyFormat = "$name (`shares` $shares^)? attr-dict";
  let hasVerifier = 1;
}

def Kernel_SizeOp : Kernel_Op<"size", [Pure, HasParent<"ProgramOp">]> {
  let summary = "the number of rows of a domain";
  let description = [{
    ```mlir
    kernel.program @p {
      kernel.graph @kg
      %pairs = kernel.size <kg.dst_pair>
    }
    ```
  }];
  let arguments = (ins Kernel_RowsAttr:$rows);
  let results = (outs Index:$result);
  let assemblyFormat = "$rows attr-dict";
}

def Kernel_BufferOp : Kernel_Op<"buffer", [HasParent<"ProgramOp">]> {
  let summary = "device memory for one value";
  let description = [{
    An `input` is filled by the caller and never written; an `output` is
    returned; a `workspace` lives within one run. The operands are the dynamic
    dimensions. `on` names the domain of inputs and outputs, whose rows the
    runtime puts into the internal order and back.

    ```mlir
    kernel.program @p {
      kernel.graph @kg
      %n = kernel.size <kg.node>
      %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
      %bias = kernel.buffer input "bias" : memref<64xf32>
    }
    ```
  }];
  let arguments = (ins Kernel_BufferKindAttr:$kind, StrAttr:$name,
                       Variadic<Index>:$sizes, OptionalAttr<Kernel_RowsAttr>:$on);
  let results = (outs Res<Kernel_Data, "", [MemAlloc]>:$result);
  let assemblyFormat = [{
    $kind $name (`[` $sizes^ `]`)? (`on` $on^)? attr-dict `:` type($result)
  }];
  let hasVerifier = 1;
}

def Kernel_ArrayOp : Kernel_Op<"array", [Pure, HasParent<"ProgramOp">]> {
  let summary = "one index array of a graph view";
  let description = [{
    Views and their arrays are those of the runtime (see
    `pigeon/Runtime/Graph.h`). `parameter` is the chunk of `pieces` and `cuts`
    and the tile of the works, `through` the second role of views that have two,
    `into` the third of `owner_work`. The array's length is its `memref.dim`.

    ```mlir
    kernel.program @p {
      kernel.graph @kg
      %key = kernel.array "work"(<kg.dst_pair>, "rel", 64) "key" : memref<?xi32>
      %src = kernel.array "path"(<kg.edge>, "dst", 0) through "src" "index"
          : memref<?xi32>
      %owner = kernel.array "owner_work"(<kg.edge>, "dst_pair", 32)
          through "rel" into "node" "owner" : memref<?xi32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$view, Kernel_RowsAttr:$rows, StrAttr:$role,
                       I64Attr:$parameter, StrAttr:$array,
                       OptionalAttr<StrAttr>:$through,
                       OptionalAttr<StrAttr>:$into);
  let results = (outs Kernel_Indices:$result);
  let assemblyFormat = [{
    $view `(` $rows `,` $role `,` $parameter `)` (`through` $through^)?
    (`into` $into^)? $array attr-dict `:` type($result)
  }];
  let builders = [
    // For views of one role.
    OpBuilder<(ins "mlir::Type":$result, "llvm::StringRef":$view,
                   "RowsAttr":$rows, "llvm::StringRef":$role,
                   "int64_t":$parameter, "llvm::StringRef":$array), [{
      build($_builder, $_state, result, view, rows, role, parameter, array,
            /*through=*/mlir::StringAttr(), /*into=*/mlir::StringAttr());
    }]>];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// The two templates
//===----------------------------------------------------------------------===//

def Kernel_GemmOp : Kernel_Op<"gemm", [
    AttrSizedOperandSegments, HasParent<"ProgramOp">, IsolatedFromAbove,
    RecursiveMemoryEffects]> {
  let summary = "rows of a domain, each times the weight of its key";
  let description = [{
    For each row i of `rows` and each batch b:

        out[i, b, :] = epilogue(prologue(lhs[i, b, :]) x rhs[key(i), b, :, :],
                                addends[i, b, :])

    `key` is a role of the rows; `none` means that `rhs` is one matrix. Rows with
    one key are worked on together. Each lhs and each addend is read by a role of
    the rows: `self`, `none`, or a map. An lhs has width batch x K, where K is
    the second-last dimension of `rhs`; the output has width batch x N. An addend
    of a smaller width w, where w divides the output's width W, gives element
    c floordiv (W / w) to column c; so does an lhs that a prologue reads.

    `batch` counts independent products side by side (heads, or rows of a
    product of weights); `rhs_batched` says that the rhs has a matrix for each,
    `lhs_batched` that the lhs has a part for each.

    The `prologue` takes one element of each lhs, the `epilogue` the accumulator
    and one element of each addend; both yield one value. Without a prologue
    there is one lhs; without an epilogue there are no addends.

    f16 and bf16 are storage: regions see and yield f32 in their place, and sums
    are f32. Both operands enter a product in the element type of `rhs`: where
    that is f16 or bf16, the prologue's result is rounded to it.

    A `packed` rhs is words of weights of few bits, with `scales` for groups of
    them and perhaps zero points: arrays of columns x groups. Its elements are
    scale * (code - zero). The lhs then is what is multiplied as it is, f16.

    `other_rhs` are further weights for the same rows, each with an output of its
    own in `other_outs`; their rows may have other widths. The epilogue then takes
    an accumulator of each product and yields a value for each output, which may
    depend on its own accumulator and on addends that fit its width.

    `precision` says how products of f32 are computed: as three TF32 products on
    matrix instructions (`tf32x3`, the default), as one (`tf32`), or by IEEE
    fused multiply-adds (`ieee`). Products of f16 and bf16 are exact in f32.

    ```mlir
    kernel.program @p {
      kernel.graph @kg
      %n = kernel.size <kg.dst_pair>
      %r = kernel.size <kg.relation>
      %x = kernel.buffer workspace "x"[%n] : memref<?x64xf32>
      %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x32xf32>
      %y = kernel.buffer workspace "y"[%n] : memref<?x32xf32>
      kernel.gemm "transform" rows(<kg.dst_pair>) key("rel")
          lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<?x64x32xf32>)
          outs(%y : memref<?x32xf32>) prologue {
      } epilogue {
      }
    }
    ```

    With `into`, rows are summed into *owners*, the rows that a role of theirs
    leads to, and output, addends and epilogue are of the owners. `own` is read
    by a role of the owners and multiplied by a matrix of its own:

        out[j, :] = epilogue(sum over i of j (prologue(lhs[i, :]) x rhs[key(i), :, :]),
                             own[j, :] x own_rhs, addends[j, :])

    Nothing is stored for a row (the *destination-stationary* schedule): a block
    has a tile of owners in its accumulators and walks the keys of their rows in
    order, all owners together (view `owner_work`).

    Two products of one set of rows, 32 and 8 wide, of which the second is
    scaled:

    ```mlir
    kernel.program @keys_and_scores {
      kernel.graph @kg
      %n = kernel.size <kg.node>
      %x = kernel.buffer input "x"[%n] on <kg.node> : memref<?x64xf32>
      %w = kernel.buffer input "w" : memref<64x32xf32>
      %a = kernel.buffer input "a" : memref<64x8xf32>
      %s = kernel.buffer input "s" : memref<8xf32>
      %k = kernel.buffer output "k"[%n] on <kg.node> : memref<?x32xf32>
      %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x8xf32>
      kernel.gemm "keys and scores" rows(<kg.node>) key("none")
          lhs(%x["self"] : memref<?x64xf32>) rhs(%w : memref<64x32xf32>)
          other_rhs(%a : memref<64x8xf32>) addends(%s["none"] : memref<8xf32>)
          outs(%k : memref<?x32xf32>) other_outs(%y : memref<?x8xf32>) prologue {
      } epilogue {
      ^bb0(%key: f32, %score: f32, %scale: f32):
        %0 = arith.mulf %score, %scale : f32
        kernel.yield %key, %0 : f32, f32
      }
    }
    ```

    Weights of 4 bits, without a graph:

    ```mlir
    kernel.program @quantized {
      %x = kernel.buffer input "x" : memref<16x128xf16>
      %w = kernel.buffer input "words" : memref<1024xi32>
      %s = kernel.buffer input "scales" : memref<64x1xf16>
      %y = kernel.buffer output "y" : memref<16x64xf16>
      kernel.gemm "project" rows(<16>) key("none")
          lhs(%x["self"] : memref<16x128xf16>) rhs(%w : memref<1024xi32>)
          packed(<"int<4>", planes = [4], columns = 64, depth = 128, group = 128>)
          scales(%s : memref<64x1xf16>) outs(%y : memref<16x64xf16>) prologue {
      } epilogue {
      }
    }
    ```

    The layer of RGCN in two products, the first of means over edges, the second
    with the sum over the pairs of each node:

    ```mlir
    kernel.program @rgcn {
      kernel.graph @kg
      %n = kernel.size <kg.node>
      %p = kernel.size <kg.dst_pair>
      %r = kernel.size <kg.relation>
      %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
      %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x64xf32>
      %w0 = kernel.buffer input "w0" : memref<64x64xf32>
      %t = kernel.buffer workspace "t"[%p] : memref<?x64xf32>
      %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x64xf32>
      kernel.gemm "messages" rows(<kg.dst_pair>) key("rel")
          lhs(%h["src"] : memref<?x64xf32>)
          of(#kernel.segment<mean of <kg.edge> by "dst_pair">)
          rhs(%w : memref<?x64x64xf32>) outs(%t : memref<?x64xf32>) prologue {
      } epilogue {
      }
      kernel.gemm "nodes" rows(<kg.node>) key("none")
          lhs(%h["self"] : memref<?x64xf32>) rhs(%w0 : memref<64x64xf32>)
          terms(%t["self"] : memref<?x64xf32>)
          of(#kernel.segment<sum of <kg.dst_pair> by "node">)
          outs(%y : memref<?x64xf32>) prologue {
      } epilogue {
      ^bb0(%product: f32, %sum: f32):
        %0 = arith.addf %product, %sum : f32
        kernel.yield %0 : f32
      }
    }
    ```

    The same in one, in which no pair has memory:

    ```mlir
    kernel.program @rgcn_by_owners {
      kernel.graph @kg
      %n = kernel.size <kg.node>
      %r = kernel.size <kg.relation>
      %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
      %w = kernel.buffer input "w"[%r] on <kg.relation> : memref<?x64x64xf32>
      %w0 = kernel.buffer input "w0" : memref<64x64xf32>
      %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x64xf32>
      kernel.gemm "layer" rows(<kg.dst_pair>) key("rel")
          lhs(%h["src"] : memref<?x64xf32>)
          of(#kernel.segment<mean of <kg.edge> by "dst_pair">)
          rhs(%w : memref<?x64x64xf32>) into(<kg.node> by "node")
          own(%h["self"] : memref<?x64xf32>) own_rhs(%w0 : memref<64x64xf32>)
          outs(%y : memref<?x64xf32>) prologue {
      } epilogue {
      ^bb0(%sum: f32, %own: f32):
        %0 = arith.addf %sum, %own : f32
        kernel.yield %0 : f32
      }
    }
    ```
  }];
  let arguments = (ins
    StrAttr:$label, Kernel_RowsAttr:$rows, StrAttr:$key,
    Arg<Variadic<Kernel_Data>, "", [MemRead]>:$lhs, StrArrayAttr:$lhs_roles,
    OptionalAttr<Kernel_SegmentAttr>:$lhs_segment,
    Arg<Kernel_Data, "", [MemRead]>:$rhs,
    Arg<Variadic<Kernel_Data>, "", [MemRead]>:$other_rhs,
    OptionalAttr<Kernel_PackedAttr>:$packed,
    Arg<Variadic<Kernel_Data>, "", [MemRead]>:$scales,
    OptionalAttr<Kernel_RowsAttr>:$owners, OptionalAttr<StrAttr>:$owner_role,
    Arg<Variadic<Kernel_Data>, "", [MemRead]>:$own, DefaultValuedAttr<StrArrayAttr, "{}">:$own_roles,
    Arg<Variadic<Kernel_Data>, "", [MemRead]>:$own_rhs,
    Arg<Variadic<Kernel_Data>, "", [MemRead]>:$addends, DefaultValuedAttr<StrArrayAttr, "{}">:$addend_roles,
    Arg<Variadic<Kernel_Data>, "", [MemRead]>:$terms, DefaultValuedAttr<StrArrayAttr, "{}">:$term_roles,
    OptionalAttr<Kernel_SegmentAttr>:$term_segment,
    Arg<Kernel_Data, "", [MemWrite]>:$out,
    Arg<Variadic<Kernel_Data>, "", [MemWrite]>:$other_outs,
    DefaultValuedAttr<ConfinedAttr<I64Attr, [IntPositive, IntMaxValue<2147483647>]>, "1">:$batch,
    UnitAttr:$lhs_batched, UnitAttr:$rhs_batched,
    OptionalAttr<Kernel_GemmScheduleAttr>:$schedule,
    OptionalAttr<Kernel_SegmentScheduleAttr>:$segment_schedule,
    DefaultValuedAttr<Kernel_PrecisionAttr, "::pigeon::kernel::Precision::TF32x3">:$precision);
  let regions = (region MaxSizedRegion<1>:$prologue, MaxSizedRegion<1>:$epilogue,
                        MaxSizedRegion<1>:$message);
  let assemblyFormat = [{
    $label `rows` `(` $rows `)` `key` `(` $key `)`
    `lhs` `(` custom<Accesses>($lhs, type($lhs), $lhs_roles) `)`
    (`of` `(` $lhs_segment^ `)`)?
    `rhs` `(` $rhs `:` type($rhs) `)`
    (`other_rhs` `(` $other_rhs^ `:` type($other_rhs) `)`)?
    (`packed` `(` $packed^ `)` `scales` `(` $scales `:` type($scales) `)`)?
    (`into` `(` $owners^ `by` $owner_role `)`)?
    (`own` `(` custom<Accesses>($own, type($own), $own_roles)^ `)`
     `own_rhs` `(` $own_rhs `:` type($own_rhs) `)`)?
    (`addends` `(` custom<Accesses>($addends, type($addends), $addend_roles)^ `)`)?
    (`terms` `(` custom<Accesses>($terms, type($terms), $term_roles)^ `)`
     `of` `(` $term_segment `)`)?
    `outs` `(` $out `:` type($out) `)`
    (`other_outs` `(` $other_outs^ `:` type($other_outs) `)`)? attr-dict
    custom<GemmRegions>($prologue, $epilogue, $message)
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// The contracted width, and the columns of the first product.
    int64_t getK();
    int64_t getN();
    /// The products of one set of rows, and what each has.
    unsigned getNumProducts() { return 1 + getOtherRhs().size(); }
    ::mlir::Value getRhsOf(unsigned product);
    ::mlir::Value getOutOf(unsigned product);
    int64_t getColumnsOf(unsigned product);
    /// Columns of the tile of a product in blocks of `blockN`. The first has
    /// blockN; the others have one tile each.
    int64_t getTileColumnsOf(unsigned product, int64_t blockN);
    /// Of all products together.
    int64_t getTileColumns(int64_t blockN);
    /// True if some rows are made of entries.
    bool hasSegments() { return getLhsSegment() || getTermSegment(); }
    /// True if rows are summed into others.
    bool hasOwners() { return getOwners().has_value(); }
    /// The rows of the output and of the addends.
    RowsAttr getOutRows() { return hasOwners() ? *getOwners() : getRows(); }
    /// The contracted width of the product of the owners' own rows.
    int64_t getOwnK();
  }];
}

def Kernel_TraverseOp : Kernel_Op<"traverse", [
    AttrSizedOperandSegments, HasParent<"ProgramOp">, IsolatedFromAbove,
    RecursiveMemoryEffects]> {
  let summary = "for each row of a domain, a reduction over its entries";
  let description = [{
    For each row i of `rows`, over the entries e of `entries` whose image under
    `role` is i:

        acc[i, :] = reduce over e of message(entry_inputs[e, :], row_inputs[i, :])
        out[i, :] = epilogue(acc[i, :], row_inputs[i, :])

    The reduction of no entries is 0. Without `entries` there is no reduction:
    the epilogue alone runs over the rows. Entry inputs are read by a role of the
    entries, row inputs by a role of the rows. All outputs have one width W; an
    input of a smaller width w, where w divides W, gives element c floordiv
    (W / w) to column c.

    `message` yields one value for each of `reductions`, `epilogue` one for each
    output. The message's arguments are the elements of the entry inputs, then of
    the row inputs; the epilogue's are the accumulators, then the row inputs.
    f16 and bf16 are storage: regions see and yield f32 in their place, and
    reductions are f32.

    ```mlir
    kernel.program @p {
      kernel.graph @kg
      %n = kernel.size <kg.node>
      %h = kernel.buffer input "h"[%n] on <kg.node> : memref<?x64xf32>
      %y = kernel.buffer output "y"[%n] on <kg.node> : memref<?x64xf32>
      kernel.traverse "sum over in-edges" rows(<kg.node>) entries(<kg.edge>, "dst")
          entry_inputs(%h["src"] : memref<?x64xf32>)
          reduce [#kernel.reduction<sum>]
          outs(%y : memref<?x64xf32>) message {
      ^bb0(%x: f32):
        kernel.yield %x : f32
      } epilogue {
      ^bb0(%acc: f32):
        kernel.yield %acc : f32
      }
    }
    ```
  }];
  let arguments = (ins
    StrAttr:$label, Kernel_RowsAttr:$rows,
    OptionalAttr<Kernel_RowsAttr>:$entries, OptionalAttr<StrAttr>:$role,
    Arg<Variadic<Kernel_Data>, "", [MemRead]>:$entry_inputs, DefaultValuedAttr<StrArrayAttr, "{}">:$entry_roles,
    Arg<Variadic<Kernel_Data>, "", [MemRead]>:$row_inputs, DefaultValuedAttr<StrArrayAttr, "{}">:$row_roles,
    OptionalAttr<TypedArrayAttrBase<Kernel_ReductionAttr, "reductions">>:$reductions,
    Arg<Variadic<Kernel_Data>, "", [MemWrite]>:$outs,
    OptionalAttr<Kernel_TraverseScheduleAttr>:$schedule);
  let regions = (region MaxSizedRegion<1>:$message, SizedRegion<1>:$epilogue);
  let assemblyFormat = [{
    $label `rows` `(` $rows `)` (`entries` `(` $entries^ `,` $role `)`)?
    (`entry_inputs` `(` custom<Accesses>($entry_inputs, type($entry_inputs), $entry_roles)^ `)`)?
    (`row_inputs` `(` custom<Accesses>($row_inputs, type($row_inputs), $row_roles)^ `)`)?
    (`reduce` $reductions^)?
    `outs` `(` $outs `:` type($outs) `)` attr-dict
    custom<TraverseRegions>($message, $epilogue)
  }];
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// Elements of one row of the outputs.
    int64_t getWidth();
  }];
}

def Kernel_YieldOp : Kernel_Op<"yield", [
    Pure, Terminator, ReturnLike, ParentOneOf<["GemmOp", "TraverseOp"]>]> {
  let summary = "the values of a region for one element";
  let description = [{
    See `kernel.traverse`.
  }];
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

//===----------------------------------------------------------------------===//
// What the templates become
//===----------------------------------------------------------------------===//

def Kernel_LaunchOp : Kernel_Op<"launch", [
    HasParent<"ProgramOp">,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "run one kernel";
  let description = [{
    Buffers and arrays are passed as addresses, sizes (`index`) as i32. A grid
    with a zero is not launched. `bytes` and `operations` are what the kernel
    moves, if every row moves once, and computes; they feed reports.

    ```mlir
    gpu.module @kernels {
      tile.func @copy(%x: !tile.ref<?xf32, global>, %n: i32) attributes {threads = 128 : i32} {
        tile.return
      }
    }
    kernel.program @p {
      kernel.graph @kg
      %n = kernel.size <kg.node>
      %one = affine.apply affine_map<() -> (1)>()
      %x = kernel.buffer output "x"[%n] on <kg.node> : memref<?xf32>
      kernel.launch "copy" @kernels::@copy grid(%n, %one, %one) threads(128)
          args(%x, %n : memref<?xf32>, index) bytes(%n) operations(%n)
    }
    ```
  }];
  let arguments = (ins
    StrAttr:$label, SymbolRefAttr:$kernel,
    Index:$grid_x, Index:$grid_y, Index:$grid_z,
    ConfinedAttr<I64Attr, [IntPositive]>:$threads,
    Variadic<AnyTypeOf<[Kernel_Data, Index]>>:$args,
    Index:$bytes, Index:$operations);
  let assemblyFormat = [{
    $label $kernel `grid` `(` $grid_x `,` $grid_y `,` $grid_z `)` `threads` `(` $threads `)`
    `args` `(` ($args^ `:` type($args))? `)`
    `bytes` `(` $bytes `)` `operations` `(` $operations `)` attr-dict
  }];
}

#endif // PIGEON_DIALECT_KERNEL_IR_KERNELOPS_TD

//===- KernelAttrs.td - Domains and schedules --------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_KERNEL_IR_KERNELATTRS_TD
#define PIGEON_DIALECT_KERNEL_IR_KERNELATTRS_TD

include "pigeon/Dialect/Kernel/IR/KernelDialect.td"
include "pigeon/Dialect/Kernel/IR/KernelEnums.td"
include "pigeon/Dialect/Kernel/IR/KernelPacked.td"
include "mlir/IR/AttrTypeBase.td"

def Kernel_ReductionAttr : EnumAttr<Kernel_Dialect, Kernel_Reduction, "reduction"> {
  let assemblyFormat = "`<` $value `>`";
}

def Kernel_PrecisionAttr : EnumAttr<Kernel_Dialect, Kernel_Precision, "precision"> {
  let assemblyFormat = "`<` $value `>`";
}

def Kernel_BufferKindAttr : EnumAttr<Kernel_Dialect, Kernel_BufferKind, "buffer_kind">;

def Kernel_RowsAttr : AttrDef<Kernel_Dialect, "Rows"> {
  let mnemonic = "rows";
  let summary = "the rows of one domain of one graph, or so many rows";
  let description = [{
    ```mlir
    #kernel.rows<kg.dst_pair>
    ```
    names the distinct (destination, relation) pairs of the graph that the
    program calls `kg`. Rows of no graph are counted; their roles are `self` and
    `none`:

    ```mlir
    #kernel.rows<16>
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$graph, "::mlir::StringAttr":$domain);
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    /// So many rows of no graph: the graph is empty, the domain a number.
    static RowsAttr getCounted(::mlir::MLIRContext *context, int64_t count);
    /// How many rows of no graph these are.
    std::optional<int64_t> getCount() const;
  }];
}

def Kernel_GemmScheduleAttr : AttrDef<Kernel_Dialect, "GemmSchedule"> {
  let mnemonic = "gemm_schedule";
  let summary = "how one thread block works on a product";
  let description = [{
    One block computes `block_m` rows times `block_n` columns and walks the
    contracted dimension `block_k` at a time through shared memory, `step_k` of
    them at a time in registers.

    ```mlir
    #kernel.gemm_schedule<block_m = 64, block_n = 64, block_k = 16, step_k = 8, threads = 256>
    ```

    Limits: powers of two; at most 1024 threads, in whole warps of 32; both tiles
    within 48 KiB of shared memory in f32; `step_k` divides `block_k`; at most 64
    accumulators and at least one in each thread.

    A block takes `items` tiles of rows in turn; its rounds, over items and over
    the contracted dimension, are one loop, in which the tiles of `stages` rounds
    are on their way or in use (1 to 8). `a_path` says how tiles of the lhs that
    are stored as they are loaded reach shared memory: by asynchronous copies, or
    through registers. What a prologue computes goes through registers anyway.

    A block that owns sums walks its list of items with `items = 1`, one after
    the other. In two stages it asks for the first rows of the next one while it
    waits for the present one.

    ```mlir
    #kernel.gemm_schedule<block_m = 64, block_n = 64, block_k = 32, step_k = 16, threads = 128, stages = 3, a_path = register, items = 4>
    ```
  }];
  let parameters = (ins "int64_t":$blockM, "int64_t":$blockN, "int64_t":$blockK,
                        "int64_t":$stepK, "int64_t":$threads,
                        "int64_t":$stages, "::pigeon::kernel::OperandPath":$aPath,
                        "int64_t":$items);
  let assemblyFormat = [{
    `<` `block_m` `=` $blockM `,` `block_n` `=` $blockN `,` `block_k` `=` $blockK `,`
    `step_k` `=` $stepK `,` `threads` `=` $threads `` custom<Staging>($stages, $aPath, $items) `>`
  }];
  let extraClassDeclaration = [{
    /// The same with other values of these.
    GemmScheduleAttr withPipeline(int64_t stages, OperandPath path, int64_t items);
    GemmScheduleAttr withBlockK(int64_t blockK);
  }];
  let genVerifyDecl = 1;
}

def Kernel_TraverseScheduleAttr : AttrDef<Kernel_Dialect, "TraverseSchedule"> {
  let mnemonic = "traverse_schedule";
  let summary = "how one thread block works on the rows of a graph";
  let description = [{
    One block computes `rows` rows times `block_n` columns, `unroll` entries of
    each row in one round, whose loads are in flight together. A row of more than
    `chunk` entries is cut into pieces of `chunk`, whose partial results are
    combined in order by a second kernel; `chunk` is a property of the result's
    rounding and never depends on the device.

    ```mlir
    #kernel.traverse_schedule<rows = 8, block_n = 64, threads = 128, unroll = 4, chunk = 128>
    ```

    Limits: `rows`, `block_n` and `threads` are powers of two; at most 1024
    threads, in whole warps of 32; at most 64 elements in each thread; `unroll`
    is from 1 to 16; `chunk` is positive.
  }];
  let parameters = (ins "int64_t":$rows, "int64_t":$blockN, "int64_t":$threads,
                        "int64_t":$unroll, "int64_t":$chunk);
  let assemblyFormat = [{
    `<` `rows` `=` $rows `,` `block_n` `=` $blockN `,` `threads` `=` $threads `,`
    `unroll` `=` $unroll `,` `chunk` `=` $chunk `>`
  }];
  let genVerifyDecl = 1;
}

def Kernel_SegmentAttr : AttrDef<Kernel_Dialect, "Segment"> {
  let mnemonic = "segment";
  let summary = "rows that are made of entries";
  let description = [{
    Row i is the reduction of the entries whose image under the role is i, in
    their order; 0 if there are none.

    ```mlir
    #kernel.segment<mean of <kg.edge> by "dst_pair">
    ```
    is the mean over the edges of each (destination, relation) pair.
  }];
  let parameters = (ins EnumParameter<Kernel_Reduction>:$reduction,
                        "::pigeon::kernel::RowsAttr":$entries,
                        "::mlir::StringAttr":$role);
  let assemblyFormat = "`<` $reduction `of` $entries `by` $role `>`";
}

def Kernel_SegmentScheduleAttr : AttrDef<Kernel_Dialect, "SegmentSchedule"> {
  let mnemonic = "segment_schedule";
  let summary = "how a product walks the entries of its rows";
  let description = [{
    A block walks the rows of its tile together, `unroll` entries of each in one
    round. A row of more than `chunk` entries is cut into pieces of 8 x `chunk`
    (view `cuts`), which kernels before the product reduce, each block one piece
    in 8 ways; the product walks what they leave of it. `chunk` is a property of
    the result's rounding and never depends on the device.

    ```mlir
    #kernel.segment_schedule<chunk = 16, unroll = 2>
    ```

    Limits: `chunk` is from 1 to 2^27; `unroll` is from 1 to 16.
  }];
  let parameters = (ins "int64_t":$chunk, "int64_t":$unroll);
  let assemblyFormat = "`<` `chunk` `=` $chunk `,` `unroll` `=` $unroll `>`";
  let genVerifyDecl = 1;
}

#endif // PIGEON_DIALECT_KERNEL_IR_KERNELATTRS_TD

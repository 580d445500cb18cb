//===- PipelineLoops.cpp - Copies that overlap with computation -------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Finds the loops that are marked and says what becomes of them; StagedLoop
// reads one, LoopPipeliner writes it.
//
//===----------------------------------------------------------------------===//

#include "LoopPipeliner.h"

#include "pigeon/Dialect/Tile/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;

namespace pigeon::tile {
#define GEN_PASS_DEF_TILEPIPELINELOOPSPASS
#include "pigeon/Dialect/Tile/Transforms/Passes.h.inc"
} // namespace pigeon::tile

static remark::RemarkOpts remarkOptions(scf::ForOp loop) {
  return remark::RemarkOpts::name("tile-pipeline")
      .category("tile-pipeline-loops")
      .function(loop->getParentOfType<FuncOp>().getName());
}

static void remarkPipelined(StagedLoop &staged, int64_t stages) {
  auto remark =
      remark::passed(staged.loop.getLoc(), remarkOptions(staged.loop));
  if (!remark)
    return;
  auto count = [&](StagePath path) {
    return llvm::count_if(staged.tiles,
                          [&](StagedTile &tile) { return tile.path == path; });
  };
  size_t numIndices = 0;
  for (const StageGroup &group : {staged.copied(), staged.inRegisters()})
    for (const Loads &indices : group.indices)
      numIndices += indices.size();
  remark << llvm::formatv(
                "{0} stages: {1} tiles are copied, {2} come through registers, "
                "{3} in place; {4} loads of indices come before them",
                stages, count(StagePath::Async), count(StagePath::Registers),
                count(StagePath::InPlace), numIndices)
                .str();
}

static void pipeline(scf::ForOp loop) {
  auto stages =
      cast<IntegerAttr>(loop->removeAttr(TileDialect::kStages)).getInt();
  if (stages < 2)
    return;
  std::string whyNot;
  FailureOr<StagedLoop> staged = StagedLoop::read(loop, whyNot);
  if (succeeded(staged) && staged->copied().loads.empty() &&
      staged->inRegisters().loads.empty()) {
    whyNot = "nothing that it loads is known a round before";
    staged = failure();
  }
  if (failed(staged)) {
    if (auto remark = remark::missed(loop.getLoc(), remarkOptions(loop)))
      remark << ("is not pipelined: " + whyNot);
    return;
  }
  remarkPipelined(*staged, stages);
  LoopPipeliner(*staged, stages).run();
}

namespace {
struct TilePipelineLoopsPass
    : pigeon::tile::impl::TilePipelineLoopsPassBase<TilePipelineLoopsPass> {
  void runOnOperation() override {
    SmallVector<scf::ForOp> marked;
    getOperation().walk([&](scf::ForOp loop) {
      if (loop->hasAttr(TileDialect::kStages))
        marked.push_back(loop);
    });
    for (scf::ForOp loop : marked)
      pipeline(loop);
  }
};
} // namespace

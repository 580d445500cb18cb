//===- LoopPipeliner.h - A loop over rings of tiles ---------------*- C++
//-*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes the pipelined form of a loop that StagedLoop has read. With n stages,
// round i of it is
//
//   what stands before the barriers            (loads of tiles in place)
//   stores of tiles that come through registers or in place
//   wait until the copies of round i are there; barrier
//   start the copies of round i + n-1          into the slot of round i-1,
//   load the indices of round i + n            which all have left,
//   the indices of these for round i + n+1, ..
//   load the registers of round i + 1, the indices of round i + 2, ...
//   what stands behind the barriers            on the slot of round i
//
// and before the loop the copies of rounds 0 .. n-2 start. Rings have n slots
// for copied tiles and two for others: a thread that stores for round i has
// passed the barrier of round i-1, so all are done with round i-2.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_DIALECT_TILE_TRANSFORMS_LOOPPIPELINER_H
#define PIGEON_LIB_DIALECT_TILE_TRANSFORMS_LOOPPIPELINER_H

#include "StagedLoop.h"

#include "mlir/IR/Builders.h"

namespace pigeon::tile {

/// A ring of slots and the slot of the current round.
struct Ring {
  int64_t slots;
  /// Carried by the loop.
  mlir::Value slot;
};

/// Loads whose results some round is given.
struct KnownLoads {
  const Loads *loads = nullptr;
  mlir::ValueRange results;
};

/// Loads of one path, `distance` rounds early.
struct Flow {
  StageGroup group;
  int64_t distance = 0;
  /// In front of round i: the results of group.indices[level], for round
  /// i + distance + level.
  llvm::SmallVector<llvm::SmallVector<mlir::Value>> indices;

  /// What the loads need (level 0) or the indices of the level before: by
  /// `results`, or as it stands in front of the round.
  KnownLoads known(size_t level, mlir::ValueRange results) const {
    if (level == group.indices.size())
      return {};
    return {&group.indices[level], results};
  }
  KnownLoads known(size_t level = 0) const {
    return level == indices.size() ? KnownLoads()
                                   : known(level, indices[level]);
  }
};

/// Replaces one loop; used once.
class LoopPipeliner {
public:
  LoopPipeliner(const StagedLoop &staged, int64_t stages)
      : staged(staged), loop(staged.loop), stages(stages),
        builder(loop.getContext()), loc(loop.getLoc()) {}

  void run();

private:
  void allocateRings();
  void writePrologue();
  void writeLoop();
  void writeBody();
  void startNext();
  void finish();

  mlir::Value slotConstant(int64_t value);
  /// The round `distance` rounds after `round`, and whether there is one.
  mlir::Value later(mlir::Value round, int64_t distance);
  mlir::Value exists(mlir::Value round);
  llvm::SmallVector<mlir::Value>
  guarded(mlir::Value condition, mlir::TypeRange types,
          llvm::function_ref<llvm::SmallVector<mlir::Value>()> inside,
          llvm::function_ref<llvm::SmallVector<mlir::Value>()> otherwise);
  llvm::SmallVector<mlir::Value> zeros(mlir::TypeRange types);
  void cloneFor(mlir::Value round, mlir::ValueRange values,
                const KnownLoads &needed, mlir::IRMapping &mapping);
  llvm::SmallVector<mlir::Value> loadFor(mlir::Value round, const Loads &loads,
                                         const KnownLoads &needed,
                                         mlir::ValueRange otherwise);
  llvm::SmallVector<llvm::SmallVector<mlir::Value>> startIndices(Flow &flow);
  void nextIndices(Flow &flow);
  llvm::SmallVector<mlir::Value> carriedOn();
  void copyFor(mlir::Value round, mlir::Value slot, const KnownLoads &needed);
  mlir::Value nextSlot(const Ring &ring);
  mlir::Value slotOf(StagedTile &tile, mlir::Value slot);

  StagedLoop staged;
  mlir::scf::ForOp loop, pipelined;
  int64_t stages;
  mlir::OpBuilder builder;
  mlir::Location loc;
  /// The arrays of `staged.tiles`.
  llvm::SmallVector<mlir::Value> rings;
  Ring copied, stored;
  Flow async, registers;
  /// Results of registers.group.loads for this round.
  llvm::SmallVector<mlir::Value> data;
  /// From the old body to the new.
  mlir::IRMapping mapping;
};

} // namespace pigeon::tile

#endif // PIGEON_LIB_DIALECT_TILE_TRANSFORMS_LOOPPIPELINER_H

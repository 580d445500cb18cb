//===- CostModel.h - What kernels cost --------------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One model of time decides everything that the compiler decides by cost. A
// kernel takes a launch, and then what it moves and what it waits:
//
//   moving  = max(bytes from memory / memory's bandwidth,
//                 bytes through the L2 cache / its bandwidth,
//                 operations / operations per second)
//   waiting = rounds that a multiprocessor waits for, one after the other
//               * time of a load
//   launch + (moving^3 + waiting^3)^(1/3)
//
// The longer of the two hides the other, but not if they are about as long:
// then both together take a quarter more.
//
// Rows in order come from memory once. Rows that a map picks (a gather) pass
// the cache each time they are read; from memory comes each row once (it is
// assumed that each is read, if there are as many reads), and if the table does
// not fit into the cache, the share of the other reads that it lacks.
//
// Example: a kernel that gathers 1,000,000 rows of 256 bytes from a table of
// 10,000 and writes as many, on a device of 1 TB/s, 2 TB/s of cache, 4 MiB of
// cache and 3 us for a launch. The table is 2.56 MB and fits. Memory: 2.56 MB
// read, 4 MB of indices, 256 MB written: 0.2626 ms. Cache: 516 MB, 0.258 ms.
// The cost is 0.003 + 0.2626 ms.
//
// A thread block is a chain of rounds, whose loads depend on the round before:
// a work item, its rows, the entries of these. So many blocks as registers are
// there for run side by side, and those with most to do start first. With n
// blocks of r rounds on average, of which b fit at once, and one of l rounds, a
// device waits for
//
//   max(n / b * r, l)   rounds.
//
// A load takes as long as the cache does if all that a kernel moves fits there,
// else as the share of the gathered bytes says that comes from memory: what is
// gathered is what is waited for.
//
// Example: 454 blocks of 128 threads with 64 registers, on 132 multiprocessors
// with 65536 each, where 8 such blocks fit; 8 rounds on average, 20 in the
// longest: max(0.43 * 8, 20) = 20 rounds. With 0.3 us each that is 6 us; to
// move as many takes 34 MB from the cache.
//
// Rows that are too long for one block are cut, and their pieces reduced by a
// launch before (products) or after (traversals), with rounds of its own. They
// are added to those of the kernel, and what both move is counted together.
//
// What is measured with one schedule (docs/performance.md) comes out within a
// factor of 1.5. The registers are those of ordinary schedules, and layouts are
// not in the model, so it is worth less for choosing between schedules than
// between programs.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_ANALYSIS_COSTMODEL_H
#define PIGEON_ANALYSIS_COSTMODEL_H

#include "pigeon/Support/Tolerance.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace pigeon {

/// What the model knows of a device; rates are those that kernels reach.
struct DeviceModel {
  std::string name;
  double memoryBytesPerSecond = 0;
  double cacheBytesPerSecond = 0;
  double cacheBytes = 0;
  double launchSeconds = 0;
  /// One load, the threads of the device waiting for theirs too.
  double memoryLatencySeconds = 0;
  double cacheLatencySeconds = 0;
  double multiprocessors = 1;
  /// Of one multiprocessor.
  double registers = 1, threads = 1;
  /// Multiplications and additions, each counted.
  double ieeeOperationsPerSecond = 0;   // f32 on the ordinary units
  double tf32OperationsPerSecond = 0;   // one product on tensor cores
  double half16OperationsPerSecond = 0; // f16 and bf16

  double operationsPerSecond(Arithmetic arithmetic) const;
  /// Blocks that run side by side.
  double blocksAtOnce(double threadsOfBlock, double registersOfThread) const;
};

/// The device that is assumed where no other is named.
DeviceModel makeH100();

/// One kernel or several, in order.
struct Cost {
  double seconds = 0;
  /// Those of them that bytes and operations alone would not take.
  double waitingSeconds = 0;
  /// Bytes through the cache, hits included.
  double bytes = 0;
  double operations = 0;
  int launches = 0;

  Cost &operator+=(const Cost &other);
  friend Cost operator+(Cost a, const Cost &b) { return a += b; }

  /// "3 kernels, 1.25 GB, 5.1 GFLOP, 420 us", or "14 us, 5.2 us of them
  /// waiting".
  std::string describe() const;
};

/// True if a change promises to save a twentieth of the time; the model is not
/// good enough to believe less.
bool isWorthwhile(const Cost &before, const Cost &after);

/// As kernel-select-schedules has them if nothing else is asked for: rows of a
/// product's tile that walks entries, or owners of a block, and the entries of
/// the longest walk where rows are short.
inline constexpr int64_t kWalkedRows = 32, kProductChunk = 16;

/// Of the blocks that own `kWalkedRows` rows each (view `owner_work`), the one
/// that takes longest: its items, and the entries that the longest row of each
/// item walks, added up. 0 where nobody has counted.
struct LongestBlock {
  double items = 0, entries = 0;
};

/// Rows that are made of entries: how many there are, and the most entries of
/// one row.
struct EntryCounts {
  double rows = 1, entries = 0, longest = 0;
  LongestBlock block = {};
  double average() const { return entries / rows; }
};

/// How long blocks walk the entries of rows.
struct Walk {
  double average = 0, longest = 0; // rounds
  double cutRows = 0;              // rows of more than `chunk` entries
  double cutShare = 0;             // of all entries, those that they have
  double cutRounds = 0; // rounds of the kernel that reduces their pieces
  double unroll = 1;    // entries of a round
};

/// `unroll` entries a round, `chunk` in the longest walk. Of rows that have a
/// entries on average, exp(-n / a) are taken to have more than n, as if each
/// entry were a row's last with one probability. (Of fb15k237's nodes, of 11
/// pairs on average, 3581 have more than 16, and 3448 are expected.)
Walk estimateWalk(const EntryCounts &counts, double chunk, double unroll);

/// The longest walk of a product: twice the average as a power of two, from
/// `least` to four times as much. Pieces are rows too, which are written and
/// read again, so rows of many entries are cut into longer ones.
double chooseProductChunk(const EntryCounts &counts, double least);

/// What one kernel does, added up.
class KernelCost {
public:
  explicit KernelCost(const DeviceModel &device) : device(device) {}

  /// Rows in order.
  KernelCost &read(double rows, double rowBytes);
  KernelCost &write(double rows, double rowBytes) {
    return read(rows, rowBytes);
  }
  /// As many reads as there are `reads`, of rows that an index array picks from
  /// a table.
  KernelCost &gather(double reads, double tableRows, double rowBytes);
  KernelCost &compute(double operations, Arithmetic arithmetic);
  /// Rows times the matrix of their key: the operations, and the reads of the
  /// weights by tiles of `tileRows` rows. The last tile of a key counts whole.
  KernelCost &multiply(double rows, double keys, double in, double out,
                       double elementBytes, Arithmetic arithmetic,
                       double tileRows = 64);

  /// Blocks that walk so many rounds of loads on average, and in the longest.
  KernelCost &wait(double blocks, double threads, double registers,
                   double rounds, double longest);
  /// If rows are cut, a launch beside, that reduces their pieces.
  KernelCost &reducePieces(const Walk &walk, double registers);

  /// The kernel, with its launches.
  Cost total() const;
  /// The same as a part of a kernel that is launched anyway.
  Cost partial() const;

private:
  DeviceModel device;
  double memoryBytes = 0, cacheBytes = 0, operations = 0, computeSeconds = 0;
  double gatheredBytes = 0, gatheredFromMemory = 0;
  double secondsOf(double rounds, double shareOfBytes) const;

  double rounds = 0, piecesRounds = 0, piecesShare = 0;
  int launches = 1;
};

/// Rounds of a product before the entries of a row come: the work item, the
/// row, its range.
inline constexpr double kRoundsBeforeEntries = 3;
/// And after: what is done with the sum.
inline constexpr double kRoundsOfResult = 1;
/// And between, for what a tile has of the contracted dimension: three TF32
/// products take as long as a load, one of 16 bits is done while others wait.
double roundsOfProduct(double elementBytes);
/// A traversal has the range with the row, and then stores the sum as it is.
inline constexpr double kRoundsOfTraversal = 2;

/// Registers of a thread as ptxas counted them for 64 columns when
/// docs/rewrites.md was measured: of a traversal, a product, one that walks
/// entries, and one whose blocks own sums.
struct KernelRegisters {
  double traversal, product, walking, owning;
};
/// For elements of that many bytes.
KernelRegisters registersFor(double elementBytes);

/// What blocks of `tile` owners walk, to sum the products of rows into owners.
/// An item is one key for a whole tile.
struct OwnerItems {
  double blocks = 0, average = 0, longest = 0; // items of a block
  double longestEntries = 0; // of the longest block's items, 0: not counted
  double total() const { return blocks * average; }
};

/// Bytes of the work list for each place of an item: the row and its entries.
inline constexpr double kOwnerPlaceBytes = 3 * 4;

/// Owners with the same keys share blocks (view `owner_work`). With p rows of
/// an owner there are about as many lists of keys as pairs of keys, so owners
/// that are many more fill their blocks; else a block walks about p^2 / 4 keys
/// more than the p of each owner. Items that were counted for a tile of 32, and
/// what this says: fb15k237 16447 and 19170; aifb 1320 and 1395; mutag 2467 and
/// 2535; am_recon 71446 and 69490. If the longest block is not counted, it is
/// taken to be as much longer than its longest owner as the average is: 116 and
/// 227; 30 and 35; 16 and 14; 27 and 23. `owners` counts the rows of owners.
OwnerItems estimateOwnerItems(const EntryCounts &owners, double keys,
                              double tile);

/// Rounds of a block's items on average, and of the longest block's. Each item
/// has `rounds` beside the walk of its rows, and lasts as long as the longest
/// of these. Where that is not counted it is taken to be twice the average; in
/// blocks of many items it is more, since who has many keys has many entries.
struct OwnerRounds {
  double average = 0, longest = 0;
};
OwnerRounds estimateOwnerRounds(const OwnerItems &items, const Walk &walk,
                                double rounds);

} // namespace pigeon

#endif // PIGEON_ANALYSIS_COSTMODEL_H

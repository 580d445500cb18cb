//===- CostModel.h - What kernels cost --------------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One model of time decides everything that the compiler decides by cost. A
// kernel takes a launch, and then the longest of four:
//
//   launch + max(bytes from memory / memory's bandwidth,
//                bytes through the L2 cache / its bandwidth,
//                operations / operations per second,
//                rounds that a multiprocessor waits for, one after the other
//                  * time of a load)
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
// a work item, its rows, the entries of these. So many blocks as fit run side
// by side, and the last to start may be the longest. With n blocks of r rounds
// on average, of which b fit at once, and one of l rounds, a device waits for
// at most
//
//   n / b * r + l   rounds,
//
// (Graham's bound on lists of jobs.) A load takes as long as the cache does if
// all that a kernel reads fits there, else as the share of bytes that come from
// memory says.
//
// Example: 454 blocks of 128 threads, on a device for 132 * 1024, 8 rounds on
// average, 20 in the longest: 0.43 * 8 + 20 = 23 rounds. With 0.3 us each that
// is 7 us, more than 10 MB take in any way.
//
// What is measured with one schedule (docs/performance.md) comes out within a
// factor of 1.5. Registers and layouts are not in the model, so it is worth
// less for choosing between schedules than between programs.
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
  /// Threads that run side by side, with an ordinary number of registers.
  double residentThreads = 1;
  /// Multiplications and additions, each counted.
  double ieeeOperationsPerSecond = 0;   // f32 on the ordinary units
  double tf32OperationsPerSecond = 0;   // one product on tensor cores
  double half16OperationsPerSecond = 0; // f16 and bf16

  double operationsPerSecond(Arithmetic arithmetic) const;
};

/// The device that is assumed where no other is named.
DeviceModel makeH100();

/// One kernel or several, in order.
struct Cost {
  double seconds = 0;
  /// Those of them in which kernels wait and neither bytes nor operations are
  /// the limit.
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
  KernelCost &wait(double blocks, double threads, double rounds,
                   double longest);
  /// The kernel is several launches in turn, of which one does the work.
  KernelCost &launch(int others);

  /// The kernel, with its launches.
  Cost total() const;
  /// The same as a part of a kernel that is launched anyway.
  Cost partial() const;

private:
  DeviceModel device;
  double memoryBytes = 0, cacheBytes = 0, operations = 0, computeSeconds = 0;
  double rounds = 0;
  int launches = 1;
};

/// Rounds before the entries of a row come, and after: the work item, the row,
/// its range, and what is done with the sum.
inline constexpr double kRoundsBesideEntries = 4;

/// How long blocks walk the entries of rows.
struct Walk {
  double average = 0, longest = 0; // rounds
  bool isCut = false;              // some rows have more than `chunk` entries
};

/// `unroll` entries a round, `chunk` in the longest walk. Of how long rows are
/// only the average is known; the longest are taken to be 16 times as long, as
/// rows of real graphs are at least.
Walk estimateWalk(double rows, double entries, double chunk, double unroll);

/// What blocks of `tile` owners walk, to sum the products of rows into owners.
/// An item is one key for a whole tile.
struct OwnerItems {
  double blocks = 0, average = 0, longest = 0; // items of a block
  double total() const { return blocks * average; }
};

/// Bytes of the work list for each place of an item: the row and its entries.
inline constexpr double kOwnerPlaceBytes = 3 * 4;

/// Owners with the same keys share blocks (view `owner_work`). With p rows of
/// an owner there are about as many lists of keys as pairs of keys, so owners
/// that are many more fill their blocks; else a block walks about p^2 / 4 keys
/// more than the p of each owner. Items that were counted for a tile of 32, and
/// what this says: fb15k237 16447 and 19170; aifb 1320 and 1395; mutag 2467 and
/// 2535; am_recon 71446 and 69490. The longest block is taken to be 16 times as
/// long.
OwnerItems estimateOwnerItems(double rows, double owners, double keys,
                              double tile);

} // namespace pigeon

#endif // PIGEON_ANALYSIS_COSTMODEL_H

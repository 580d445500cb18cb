//===- CostModel.h - What kernels cost --------------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One model of time decides everything that the compiler decides by cost. A
// kernel takes a launch, and then the longest of three:
//
//   launch + max(bytes from memory / memory's bandwidth,
//                bytes through the L2 cache / its bandwidth,
//                operations / operations per second)
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
// The model knows no latencies: it ranks choices, it does not predict times.
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
  /// Bytes through the cache, hits included.
  double bytes = 0;
  double operations = 0;
  int launches = 0;

  Cost &operator+=(const Cost &other);
  friend Cost operator+(Cost a, const Cost &b) { return a += b; }

  /// "3 kernels, 1.25 GB, 5.1 GFLOP, 420 us".
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

  /// The kernel, with its launch.
  Cost total() const;
  /// The same as a part of a kernel that is launched anyway.
  Cost partial() const;

private:
  DeviceModel device;
  double memoryBytes = 0, cacheBytes = 0, operations = 0, computeSeconds = 0;
};

} // namespace pigeon

#endif // PIGEON_ANALYSIS_COSTMODEL_H

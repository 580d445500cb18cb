//===- CostModel.cpp - What kernels cost ----------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Analysis/CostModel.h"

#include <cmath>
#include <cstdio>

namespace pigeon {

double DeviceModel::operationsPerSecond(Arithmetic arithmetic) const {
  switch (arithmetic) {
  case Arithmetic::F64:
    return ieeeOperationsPerSecond / 2;
  case Arithmetic::IEEE32:
    return ieeeOperationsPerSecond;
  case Arithmetic::ThreeTF32:
    return tf32OperationsPerSecond / 3;
  case Arithmetic::TF32:
    return tf32OperationsPerSecond;
  case Arithmetic::F16:
  case Arithmetic::BF16:
    return half16OperationsPerSecond;
  }
  return ieeeOperationsPerSecond;
}

DeviceModel makeH100() {
  DeviceModel device;
  device.name = "NVIDIA H100";
  device.memoryBytesPerSecond = 3.0e12;
  device.cacheBytesPerSecond = 5.5e12;
  // A node table shares the cache with what streams through it.
  device.cacheBytes = 40e6;
  device.launchSeconds = 3e-6;
  device.memoryLatencySeconds = 0.7e-6;
  device.cacheLatencySeconds = 0.3e-6;
  // Half of what fits without registers.
  device.residentThreads = 132 * 1024;
  device.ieeeOperationsPerSecond = 40e12;
  device.tf32OperationsPerSecond = 300e12;
  device.half16OperationsPerSecond = 600e12;
  return device;
}

Cost &Cost::operator+=(const Cost &other) {
  seconds += other.seconds;
  waitingSeconds += other.waitingSeconds;
  bytes += other.bytes;
  operations += other.operations;
  launches += other.launches;
  return *this;
}

/// "1.25 G" for 1.25e9, "512 " for 512.
static std::string inUnits(double value) {
  const char *const units[] = {"", "k", "M", "G", "T", "P"};
  unsigned unit = 0;
  while (value >= 999.5 && unit + 1 < std::size(units)) {
    value /= 1000;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.3g %s", value, units[unit]);
  return text;
}

std::string Cost::describe() const {
  char time[64];
  if (waitingSeconds > 0)
    std::snprintf(time, sizeof time, "%.3g us, %.2g us of them waiting",
                  seconds * 1e6, waitingSeconds * 1e6);
  else
    std::snprintf(time, sizeof time, "%.3g us", seconds * 1e6);
  return std::to_string(launches) +
         (launches == 1 ? " kernel, " : " kernels, ") + inUnits(bytes) + "B, " +
         inUnits(operations) + "FLOP, " + time;
}

bool isWorthwhile(const Cost &before, const Cost &after) {
  return after.seconds < 0.95 * before.seconds;
}

KernelCost &KernelCost::read(double rows, double rowBytes) {
  memoryBytes += rows * rowBytes;
  cacheBytes += rows * rowBytes;
  return *this;
}

KernelCost &KernelCost::gather(double reads, double tableRows,
                               double rowBytes) {
  constexpr double sectorBytes = 32, indexBytes = 4;
  read(reads, indexBytes);
  double touchedBytes = std::max(rowBytes, sectorBytes);
  double distinct = std::min(reads, tableRows);
  double tableBytes = tableRows * touchedBytes;
  double missing =
      tableBytes > device.cacheBytes ? 1 - device.cacheBytes / tableBytes : 0;
  memoryBytes += (distinct + (reads - distinct) * missing) * touchedBytes;
  cacheBytes += reads * touchedBytes;
  return *this;
}

KernelCost &KernelCost::compute(double count, Arithmetic arithmetic) {
  operations += count;
  computeSeconds += count / device.operationsPerSecond(arithmetic);
  return *this;
}

KernelCost &KernelCost::multiply(double rows, double keys, double in,
                                 double out, double elementBytes,
                                 Arithmetic arithmetic, double tileRows) {
  // Each key has half a tile too many on average.
  double usedKeys = std::min(rows, keys);
  double tiles = rows / tileRows + usedKeys / 2;
  double weightBytes = in * out * elementBytes;
  memoryBytes += usedKeys * weightBytes;
  cacheBytes += std::max(tiles, usedKeys) * weightBytes;
  return compute(2 * tiles * tileRows * in * out, arithmetic);
}

KernelCost &KernelCost::wait(double blocks, double threads, double average,
                             double longest) {
  double atOnce = std::max(1.0, device.residentThreads / threads);
  rounds += blocks / atOnce * average + longest;
  return *this;
}

KernelCost &KernelCost::launch(int others) {
  launches += others;
  return *this;
}

Cost KernelCost::partial() const {
  Cost cost;
  cost.bytes = cacheBytes;
  cost.operations = operations;
  double moving =
      std::max({memoryBytes / device.memoryBytesPerSecond,
                cacheBytes / device.cacheBytesPerSecond, computeSeconds});
  double fromMemory =
      memoryBytes > device.cacheBytes ? memoryBytes / cacheBytes : 0;
  double latency = device.cacheLatencySeconds +
                   std::min(1.0, fromMemory) * (device.memoryLatencySeconds -
                                                device.cacheLatencySeconds);
  cost.seconds = std::max(moving, rounds * latency);
  cost.waitingSeconds = cost.seconds - moving;
  return cost;
}

Cost KernelCost::total() const {
  Cost cost = partial();
  cost.launches = launches;
  cost.seconds += launches * device.launchSeconds;
  return cost;
}

Walk estimateWalk(double rows, double entries, double chunk, double unroll) {
  double average = entries / rows;
  constexpr double longestByAverage = 16;
  Walk walk;
  walk.isCut = longestByAverage * average > chunk;
  walk.average = std::ceil(std::min(average, chunk) / unroll);
  walk.longest =
      std::ceil(std::min(longestByAverage * average, chunk) / unroll);
  return walk;
}

OwnerItems estimateOwnerItems(double rows, double owners, double keys,
                              double tile) {
  double perOwner = rows / owners;
  double share = std::min(1.0, keys * keys / owners);
  OwnerItems items;
  items.blocks = std::ceil(owners / tile);
  items.average = std::min(perOwner + share * perOwner * perOwner / 4,
                           std::max(keys, perOwner));
  items.longest = std::min(8 * items.average, std::max(keys, items.average));
  return items;
}

} // namespace pigeon

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

double DeviceModel::blocksAtOnce(double threadsOfBlock,
                                 double registersOfThread) const {
  double most = std::min(threads, registers / registersOfThread);
  return multiprocessors * std::max(1.0, std::floor(most / threadsOfBlock));
}

KernelRegisters registersFor(double elementBytes) {
  return elementBytes > 2 ? KernelRegisters{48, 120, 80, 104}
                          : KernelRegisters{56, 72, 56, 88};
}

double roundsOfProduct(double elementBytes) { return elementBytes > 2 ? 1 : 0; }

DeviceModel makeH100() {
  DeviceModel device;
  device.name = "NVIDIA H100";
  device.memoryBytesPerSecond = 3.0e12;
  device.cacheBytesPerSecond = 5.7e12;
  // A node table shares the cache with what streams through it.
  device.cacheBytes = 40e6;
  // What kernels that do next to nothing take in a replayed CUDA graph.
  device.launchSeconds = 2e-6;
  device.memoryLatencySeconds = 0.7e-6;
  device.cacheLatencySeconds = 0.3e-6;
  device.multiprocessors = 132;
  device.registers = 65536;
  device.threads = 2048;
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
  constexpr double worthTelling = 0.05;
  if (waitingSeconds > worthTelling * seconds)
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
  double fromMemory = (distinct + (reads - distinct) * missing) * touchedBytes;
  gatheredFromMemory += fromMemory;
  gatheredBytes += reads * touchedBytes;
  memoryBytes += fromMemory;
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

KernelCost &KernelCost::wait(double blocks, double threads, double registers,
                             double average, double longest) {
  rounds += std::max(blocks / device.blocksAtOnce(threads, registers) * average,
                     longest);
  return *this;
}

KernelCost &KernelCost::reducePieces(const Walk &walk, double registers) {
  if (walk.cutRows == 0)
    return *this;
  constexpr double threads = 128;
  double atOnce = device.blocksAtOnce(threads, registers);
  piecesRounds += (walk.cutRows / atOnce + 1) * walk.cutRounds;
  piecesShare += walk.cutShare;
  ++launches;
  return *this;
}

/// Rounds of a launch that moves such a share of the bytes.
double KernelCost::secondsOf(double rounds, double share) const {
  double fromMemory = 0;
  if (share * memoryBytes > device.cacheBytes)
    fromMemory = gatheredBytes > 0 ? gatheredFromMemory / gatheredBytes
                                   : memoryBytes / cacheBytes;
  return rounds * (device.cacheLatencySeconds +
                   fromMemory * (device.memoryLatencySeconds -
                                 device.cacheLatencySeconds));
}

Cost KernelCost::partial() const {
  Cost cost;
  cost.bytes = cacheBytes;
  cost.operations = operations;
  double moving =
      std::max({memoryBytes / device.memoryBytesPerSecond,
                cacheBytes / device.cacheBytesPerSecond, computeSeconds});
  double waiting = secondsOf(rounds, 1) + secondsOf(piecesRounds, piecesShare);
  cost.seconds = std::cbrt(std::pow(moving, 3) + std::pow(waiting, 3));
  cost.waitingSeconds = cost.seconds - moving;
  return cost;
}

Cost KernelCost::total() const {
  Cost cost = partial();
  cost.launches = launches;
  cost.seconds += launches * device.launchSeconds;
  return cost;
}

Walk estimateWalk(const EntryCounts &counts, double chunk, double unroll) {
  double average = counts.average();
  Walk walk;
  walk.unroll = unroll;
  // The last round of a row is half empty on average.
  walk.average = std::max(1.0, (std::min(average, chunk) - 0.5) / unroll + 0.5);
  walk.longest = std::ceil(std::min(counts.longest, chunk) / unroll);
  if (counts.longest > chunk) {
    // A piece is walked in so many ways side by side.
    constexpr double ways = 8;
    double cut = std::exp(-chunk / average);
    walk.cutRows = std::max(1.0, counts.rows * cut);
    walk.cutShare = cut * (1 + chunk / average);
    walk.cutRounds =
        kRoundsBeforeEntries + kRoundsOfResult +
        std::ceil(std::min(chunk + average, ways * chunk) / ways / unroll);
  }
  return walk;
}

double chooseProductChunk(const EntryCounts &counts, double least) {
  double twice = std::max(1.0, std::floor(2 * counts.average()));
  return std::clamp(std::exp2(std::ceil(std::log2(twice))), least, 4 * least);
}

OwnerItems estimateOwnerItems(const EntryCounts &owners, double keys,
                              double tile) {
  double perOwner = owners.average();
  double share = std::min(1.0, keys * keys / owners.rows);
  OwnerItems items;
  items.blocks = std::ceil(owners.rows / tile);
  items.average = std::min(perOwner + share * perOwner * perOwner / 4,
                           std::max(keys, perOwner));
  double longest = std::min(items.average / perOwner * owners.longest,
                            std::max(keys, owners.longest));
  if (owners.block.items > 0)
    longest = owners.block.items;
  items.longest = std::max(items.average, longest);
  items.longestEntries = owners.block.entries;
  return items;
}

OwnerRounds estimateOwnerRounds(const OwnerItems &items, const Walk &walk,
                                double rounds) {
  double walked = items.longest * std::min(2 * walk.average, walk.longest);
  if (items.longestEntries > 0)
    walked = std::min(items.longestEntries / walk.unroll,
                      items.longest * walk.longest);
  return {items.average * (rounds + walk.average),
          items.longest * rounds + walked};
}

} // namespace pigeon

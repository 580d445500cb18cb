//===- WarpOps.cpp - What the lanes of a warp do together -----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Semantics as in the PTX ISA, "Parallel Synchronization and Communication
// Instructions" and "Data Movement": shfl.sync, vote.sync, match.sync,
// redux.sync, elect.sync. Matrices are in MatrixOps.cpp and Products.cpp.
//
//===----------------------------------------------------------------------===//

#include "MatrixOps.h"
#include "Products.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace pigeon::emulated {

namespace {

/// The result of a function for each lane of the mask.
template <typename Function>
void forEachLane(const WarpOperands &operands, Function function) {
  for (unsigned lane = 0; lane < warpSize; ++lane)
    if (operands.mask >> lane & 1)
      function(lane);
}

struct Source {
  unsigned lane;
  bool inRange;
};

/// The PTX ISA's pseudo-code of shfl.sync: `b` is the lane, offset or mask, `c`
/// holds the clamp in bits 0..4 and the segment mask in bits 8..12.
Source shuffleSource(ShuffleMode mode, unsigned lane, std::uint32_t b,
                     std::uint32_t c) {
  unsigned offset = b & 31, clamp = c & 31, segment = c >> 8 & 31;
  unsigned maxLane = (lane & segment) | (clamp & ~segment);
  unsigned minLane = lane & segment;
  auto signedMax = static_cast<int>(maxLane);
  int source = 0;
  bool inRange = false;
  switch (mode) {
  case ShuffleMode::Up:
    source = static_cast<int>(lane) - static_cast<int>(offset);
    inRange = source >= signedMax;
    break;
  case ShuffleMode::Down:
    source = static_cast<int>(lane + offset);
    inRange = source <= signedMax;
    break;
  case ShuffleMode::Butterfly:
    source = static_cast<int>(lane ^ offset);
    inRange = source <= signedMax;
    break;
  case ShuffleMode::Index:
    source = static_cast<int>(minLane | (offset & ~segment));
    inRange = source <= signedMax;
    break;
  }
  return {inRange ? static_cast<unsigned>(source) : lane, inRange};
}

std::string shuffle(ShuffleMode mode, const WarpOperands &operands,
                    unsigned &guilty) {
  std::string wrong;
  forEachLane(operands, [&](unsigned lane) {
    const std::uint32_t *in = operands.in[lane];
    Source source = shuffleSource(mode, lane, in[1], in[2]);
    if (!(operands.mask >> source.lane & 1)) {
      if (wrong.empty()) {
        guilty = lane;
        wrong = "shuffles from lane " + std::to_string(source.lane) +
                ", which the mask does not name";
      }
      return;
    }
    operands.out[lane][0] = operands.in[source.lane][0];
    operands.out[lane][1] = source.inRange;
  });
  return wrong;
}

void vote(VoteMode mode, const WarpOperands &operands) {
  std::uint32_t ballot = 0;
  forEachLane(operands, [&](unsigned lane) {
    ballot |= static_cast<std::uint32_t>((operands.in[lane][0] & 1) != 0)
              << lane;
  });
  std::uint32_t result = 0;
  switch (mode) {
  case VoteMode::Any:
    result = ballot != 0;
    break;
  case VoteMode::All:
    result = ballot == operands.mask;
    break;
  case VoteMode::Ballot:
    result = ballot;
    break;
  case VoteMode::Uniform:
    result = ballot == 0 || ballot == operands.mask;
    break;
  }
  forEachLane(operands, [&](unsigned lane) { operands.out[lane][0] = result; });
}

void match(MatchMode mode, unsigned words, const WarpOperands &operands) {
  auto equal = [&](unsigned a, unsigned b) {
    return std::equal(operands.in[a], operands.in[a] + words, operands.in[b]);
  };
  forEachLane(operands, [&](unsigned lane) {
    std::uint32_t same = 0;
    forEachLane(operands, [&](unsigned other) {
      same |= static_cast<std::uint32_t>(equal(lane, other)) << other;
    });
    bool all = same == operands.mask;
    operands.out[lane][0] = mode == MatchMode::Any || all ? same : 0;
    operands.out[lane][1] = all;
  });
}

float asFloat(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

std::uint32_t asBits(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

std::uint32_t combineFloats(const WarpOp &op, bool smallest, std::uint32_t a,
                            std::uint32_t b) {
  if (std::isnan(asFloat(a)) || std::isnan(asFloat(b))) {
    if (op.propagateNaN || (std::isnan(asFloat(a)) && std::isnan(asFloat(b))))
      return 0x7FFFFFFF;
    return std::isnan(asFloat(a)) ? b : a;
  }
  // -0 is below +0.
  if (asFloat(a) == asFloat(b))
    return smallest ? a | b : a & b;
  return (asFloat(a) < asFloat(b)) == smallest ? a : b;
}

std::uint32_t combine(const WarpOp &op, std::uint32_t a, std::uint32_t b) {
  auto sa = static_cast<std::int32_t>(a), sb = static_cast<std::int32_t>(b);
  switch (static_cast<ReduceMode>(op.mode)) {
  case ReduceMode::Add:
    return a + b;
  case ReduceMode::And:
    return a & b;
  case ReduceMode::Or:
    return a | b;
  case ReduceMode::Xor:
    return a ^ b;
  case ReduceMode::MinSigned:
    return static_cast<std::uint32_t>(std::min(sa, sb));
  case ReduceMode::MaxSigned:
    return static_cast<std::uint32_t>(std::max(sa, sb));
  case ReduceMode::MinUnsigned:
    return std::min(a, b);
  case ReduceMode::MaxUnsigned:
    return std::max(a, b);
  case ReduceMode::MinFloat:
    return combineFloats(op, true, a, b);
  case ReduceMode::MaxFloat:
    return combineFloats(op, false, a, b);
  }
  return 0;
}

void reduce(const WarpOp &op, const WarpOperands &operands) {
  bool first = true;
  std::uint32_t result = 0;
  forEachLane(operands, [&](unsigned lane) {
    std::uint32_t value = operands.in[lane][0];
    if (op.absolute)
      value = asBits(std::fabs(asFloat(value)));
    result = first ? value : combine(op, result, value);
    first = false;
  });
  forEachLane(operands, [&](unsigned lane) { operands.out[lane][0] = result; });
}

void elect(const WarpOperands &operands) {
  unsigned leader = 0;
  while (!(operands.mask >> leader & 1))
    ++leader;
  forEachLane(operands, [&](unsigned lane) {
    operands.out[lane][0] = leader;
    operands.out[lane][1] = lane == leader;
  });
}

} // namespace

std::string computeWarpOp(const WarpOp &op, const WarpOperands &operands,
                          unsigned &lane) {
  switch (op.kind) {
  case WarpOpKind::None:
  case WarpOpKind::Sync:
    break;
  case WarpOpKind::Shuffle:
    return shuffle(static_cast<ShuffleMode>(op.mode), operands, lane);
  case WarpOpKind::Vote:
    vote(static_cast<VoteMode>(op.mode), operands);
    break;
  case WarpOpKind::Match:
    match(static_cast<MatchMode>(op.mode), op.count, operands);
    break;
  case WarpOpKind::Reduce:
    reduce(op, operands);
    break;
  case WarpOpKind::Elect:
    elect(operands);
    break;
  case WarpOpKind::LoadMatrix:
    loadMatrix(op, operands);
    break;
  case WarpOpKind::StoreMatrix:
    storeMatrix(op, operands);
    break;
  case WarpOpKind::Mma:
    multiplyMatrices(op, operands);
    break;
  }
  return {};
}

} // namespace pigeon::emulated

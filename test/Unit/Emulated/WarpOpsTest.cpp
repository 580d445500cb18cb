//===- WarpOpsTest.cpp - Warp operations against their definition ---------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each operation runs on random inputs and masks; the expected results are
// computed here from the sentences of the PTX ISA, lane by lane.
//
//===----------------------------------------------------------------------===//

#include "WarpKernels.h"

#include <map>

using namespace pigeon;
using namespace pigeon::emulated;

namespace {

class WarpOps : public testing::Test {
protected:
  Words run(const std::string &body, const Words &x, const Words &b,
            std::uint32_t mask, std::uint32_t c = 31) {
    Words first;
    for (Emulated &e : devicesFor(body)) {
      auto dx = e.array("x", x), db = e.array("b", b);
      auto y = e.array<std::uint32_t>("y", 32);
      EXPECT_EQ(
          e.launch({1, 1, 1}, {32, 1, 1},
                   {dx, db, y, KernelArgument::i32(static_cast<int>(mask)),
                    KernelArgument::i32(static_cast<int>(c))}),
          "");
      Words result = e.read(y);
      if (first.empty())
        first = result;
      EXPECT_EQ(result, first);
    }
    return first;
  }

private:
  /// Devices of three orders with the body's kernel loaded, kept for the next
  /// call.
  std::vector<Emulated> &devicesFor(const std::string &body) {
    std::vector<Emulated> &devices = loaded[body];
    if (devices.empty())
      for (std::uint64_t seed : {0, 1, 77}) {
        EmulatorOptions options;
        options.seed = seed;
        options.threads = 1;
        devices.emplace_back(options);
        EXPECT_EQ(devices.back().load(onLanes(body)), "");
      }
    return devices;
  }

  std::map<std::string, std::vector<Emulated>> loaded;
};

TEST_F(WarpOps, ShuffleModes) {
  Words x = randomWords(1), b = randomWords(2, 32);
  std::uint32_t all = 0xFFFFFFFF;
  // Width 32, then segments of 8: the segment mask is 0b11000.
  for (unsigned width : {32u, 8u}) {
    std::uint32_t segment = (32 - width) << 8;
    auto shuffle = [&](const std::string &kind, std::uint32_t clamp) {
      return run("%r = nvvm.shfl.sync " + kind +
                     " %mask, %v, %w, %c : i32 -> i32",
                 x, b, all, segment | clamp);
    };
    Words up = shuffle("up", 0), down = shuffle("down", width - 1),
          bfly = shuffle("bfly", width - 1), idx = shuffle("idx", width - 1);
    for (unsigned lane = 0; lane < 32; ++lane) {
      unsigned begin = lane / width * width, end = begin + width;
      unsigned offset = b[lane];
      EXPECT_EQ(up[lane], x[lane >= begin + offset ? lane - offset : lane]);
      EXPECT_EQ(down[lane], x[lane + offset < end ? lane + offset : lane]);
      unsigned crossed = lane ^ offset;
      EXPECT_EQ(bfly[lane], x[crossed < end ? crossed : lane]);
      EXPECT_EQ(idx[lane], x[begin + offset % width]);
    }
  }
}

TEST_F(WarpOps, ShuffleTellsWhetherInRange) {
  Words x = randomWords(1), b(32, 5);
  Words result = run(R"(
    %s = nvvm.shfl.sync down %mask, %v, %w, %c {return_value_and_is_valid}
      : i32 -> !llvm.struct<(i32, i1)>
    %valid = llvm.extractvalue %s[1] : !llvm.struct<(i32, i1)>
    %r = llvm.zext %valid : i1 to i32)",
                     x, b, 0xFFFFFFFF);
  for (unsigned lane = 0; lane < 32; ++lane)
    EXPECT_EQ(result[lane], lane + 5 < 32);
}

const std::uint32_t masks[] = {0xFFFFFFFF, 0x0000FFFF, 0x80000001, 0x12345678};

TEST_F(WarpOps, Votes) {
  for (std::uint32_t mask : masks)
    for (std::uint32_t pattern : {0u, 0xFFFFFFFFu, 0x1000u, 0x5555AAAAu}) {
      Words x(32);
      for (unsigned lane = 0; lane < 32; ++lane)
        x[lane] = pattern >> lane & 1;
      auto vote = [&](const std::string &kind) {
        std::string body = "%pred = llvm.icmp \"ne\" %v, %zero : i32\n";
        if (kind == "ballot")
          body += "%r = nvvm.vote.sync ballot %mask, %pred -> i32";
        else
          body += "%t = nvvm.vote.sync " + kind +
                  " %mask, %pred -> i1\n%r = llvm.zext %t : i1 to i32";
        return run(body, x, x, mask);
      };
      Words any = vote("any"), all = vote("all"), uni = vote("uni"),
            ballot = vote("ballot");
      for (unsigned lane = 0; lane < 32; ++lane) {
        if (!(mask >> lane & 1))
          continue;
        EXPECT_EQ(any[lane], (pattern & mask) != 0);
        EXPECT_EQ(all[lane], (pattern & mask) == mask);
        EXPECT_EQ(uni[lane], (pattern & mask) == mask || !(pattern & mask));
        EXPECT_EQ(ballot[lane], pattern & mask);
      }
    }
}

TEST_F(WarpOps, Match) {
  for (std::uint32_t mask : masks) {
    Words x = randomWords(9, 3);
    Words any =
        run("%r = nvvm.match.sync any %mask, %v : i32 -> i32", x, x, mask);
    for (unsigned lane = 0; lane < 32; ++lane) {
      std::uint32_t same = 0;
      for (unsigned other = 0; other < 32; ++other)
        if ((mask >> other & 1) && x[other] == x[lane])
          same |= 1u << other;
      if (mask >> lane & 1) {
        EXPECT_EQ(any[lane], same);
      }
    }
    const std::string all = R"(
      %s = nvvm.match.sync all %mask, %v : i32 -> !llvm.struct<(i32, i1)>
      %lanes = llvm.extractvalue %s[0] : !llvm.struct<(i32, i1)>
      %equal = llvm.extractvalue %s[1] : !llvm.struct<(i32, i1)>
      %e = llvm.zext %equal : i1 to i32
      %r = llvm.xor %lanes, %e : i32)";
    Words different = run(all, x, x, mask);
    Words equal = run(all, Words(32, 4), x, mask);
    for (unsigned lane = 0; lane < 32; ++lane)
      if (mask >> lane & 1) {
        EXPECT_EQ(equal[lane], mask ^ 1);
        if (mask != 0x80000001 || x[0] != x[31]) {
          EXPECT_EQ(different[lane], 0u);
        }
      }
  }
}

TEST_F(WarpOps, Reductions) {
  for (std::uint32_t mask : masks) {
    Words x = randomWords(3);
    auto reduce = [&](const std::string &kind) {
      return run("%r = nvvm.redux.sync " + kind + " %v, %mask : i32 -> i32", x,
                 x, mask);
    };
    auto expect = [&](const std::string &kind, auto combine) {
      std::uint32_t expected = 0;
      bool first = true;
      for (unsigned lane = 0; lane < 32; ++lane)
        if (mask >> lane & 1) {
          expected = first ? x[lane] : combine(expected, x[lane]);
          first = false;
        }
      Words result = reduce(kind);
      for (unsigned lane = 0; lane < 32; ++lane)
        if (mask >> lane & 1) {
          EXPECT_EQ(result[lane], expected) << kind;
        }
    };
    using U = std::uint32_t;
    auto asSigned = [](U word) { return static_cast<std::int32_t>(word); };
    expect("add", [](U a, U b) { return a + b; });
    expect("and", [](U a, U b) { return a & b; });
    expect("or", [](U a, U b) { return a | b; });
    expect("xor", [](U a, U b) { return a ^ b; });
    expect("umin", [](U a, U b) { return std::min(a, b); });
    expect("umax", [](U a, U b) { return std::max(a, b); });
    expect("min", [&](U a, U b) { return asSigned(a) < asSigned(b) ? a : b; });
    expect("max", [&](U a, U b) { return asSigned(a) < asSigned(b) ? b : a; });
  }
}

TEST_F(WarpOps, LaneRegisters) {
  auto read = [&](const std::string &name) {
    return run("%r = nvvm.read.ptx.sreg." + name + " : i32", Words(32),
               Words(32), 0xFFFFFFFF);
  };
  Words lane = read("laneid"), eq = read("lanemask.eq"),
        lt = read("lanemask.lt"), le = read("lanemask.le"),
        gt = read("lanemask.gt"), ge = read("lanemask.ge");
  for (unsigned i = 0; i < 32; ++i) {
    EXPECT_EQ(lane[i], i);
    std::uint64_t bit = 1ull << i;
    EXPECT_EQ(eq[i], bit);
    EXPECT_EQ(lt[i], bit - 1);
    EXPECT_EQ(le[i], 2 * bit - 1);
    EXPECT_EQ(gt[i], 0x100000000ull - 2 * bit);
    EXPECT_EQ(ge[i], 0x100000000ull - bit);
  }
}

TEST_F(WarpOps, Elect) {
  Words result = run("%e = nvvm.elect.sync %mask -> i1\n%r = llvm.zext %e : i1 "
                     "to i32",
                     Words(32), Words(32), 0x12345678);
  for (unsigned lane = 0; lane < 32; ++lane)
    EXPECT_EQ(result[lane], lane == 3);
}

/// prmt: a table from the PTX ISA, for selectors 0..3.
TEST_F(WarpOps, PermuteBytes) {
  Words lo(32, 0x03020100), hi(32, 0x07060504);
  auto permute = [&](const std::string &mode, std::uint32_t selector) {
    bool two = mode == "default" || mode == "f4e" || mode == "b4e";
    return run("%r = nvvm.prmt #nvvm.permute_mode<" + mode + "> %c, %v" +
                   (two ? ", %w" : "") + " : i32",
               lo, hi, 0xFFFFFFFF, selector)[0];
  };
  EXPECT_EQ(permute("default", 0x3715), 0x03070105u);
  // Bit 3 of a nibble takes the sign of the byte: 0x03 and 0x00 are positive.
  EXPECT_EQ(permute("default", 0x3B10), 0x03000100u);
  const std::uint32_t f4e[] = {0x03020100, 0x04030201, 0x05040302, 0x06050403};
  const std::uint32_t b4e[] = {0x05060700, 0x06070001, 0x07000102, 0x00010203};
  const std::uint32_t rc8[] = {0x00000000, 0x01010101, 0x02020202, 0x03030303};
  const std::uint32_t ecl[] = {0x03020100, 0x03020101, 0x03020202, 0x03030303};
  const std::uint32_t ecr[] = {0x00000000, 0x01010100, 0x02020100, 0x03020100};
  const std::uint32_t rc16[] = {0x01000100, 0x03020302, 0x01000100, 0x03020302};
  for (std::uint32_t s = 0; s < 4; ++s) {
    EXPECT_EQ(permute("f4e", s), f4e[s]);
    EXPECT_EQ(permute("b4e", s), b4e[s]);
    EXPECT_EQ(permute("rc8", s), rc8[s]);
    EXPECT_EQ(permute("ecl", s), ecl[s]);
    EXPECT_EQ(permute("ecr", s), ecr[s]);
    EXPECT_EQ(permute("rc16", s), rc16[s]);
  }
}

TEST_F(WarpOps, RoundToTF32) {
  // 1 + 2^-11 is a tie between 1 and 1 + 2^-10; 1 + 3 * 2^-11 one between
  // 1 + 2^-10 and 1 + 2^-9.
  // The last two are NaN; an H100 keeps their upper bits.
  Words x = {0x3F801000, 0x3F803000, 0x3F801001, 0xBF801000,
             0x7F800000, 0x7FE29822, 0xFFC00000};
  x.resize(32);
  auto round = [&](const std::string &mode) {
    return run("%f = llvm.bitcast %v : i32 to f32\n%r = "
               "nvvm.convert.float.to.tf32 %f {rnd = #nvvm.fp_rnd_mode<" +
                   mode + ">}",
               x, x, 0xFFFFFFFF);
  };
  Words rna = round("rna"), rn = round("rn"), rz = round("rz");
  const std::uint32_t away[] = {0x3F802000, 0x3F804000, 0x3F802000, 0xBF802000,
                                0x7F800000, 0x7FE28000, 0xFFC00000};
  const std::uint32_t even[] = {0x3F800000, 0x3F804000, 0x3F802000, 0xBF800000,
                                0x7F800000, 0x7FE28000, 0xFFC00000};
  const std::uint32_t zero[] = {0x3F800000, 0x3F802000, 0x3F800000, 0xBF800000,
                                0x7F800000, 0x7FE28000, 0xFFC00000};
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(rna[i], away[i]);
    EXPECT_EQ(rn[i], even[i]);
    EXPECT_EQ(rz[i], zero[i]);
  }
}

/// barrier with a reduction of a predicate over the block.
TEST_F(WarpOps, BarrierReductions) {
  for (std::uint32_t pattern : {0u, 0xFFFFFFFFu, 0x00100400u}) {
    Words x(32);
    std::uint32_t count = 0;
    for (unsigned lane = 0; lane < 32; ++lane)
      count += x[lane] = pattern >> lane & 1;
    // Twice: the second barrier begins anew.
    auto reduce = [&](const std::string &kind) {
      std::string barrier =
          " = nvvm.barrier #nvvm.reduction<" + kind + "> %v -> i32\n";
      return run("%first" + barrier + "%r" + barrier, x, x, 0xFFFFFFFF);
    };
    EXPECT_EQ(reduce("popc"), Words(32, count));
    EXPECT_EQ(reduce("and"), Words(32, count == 32));
    EXPECT_EQ(reduce("or"), Words(32, count != 0));
  }
}

} // namespace

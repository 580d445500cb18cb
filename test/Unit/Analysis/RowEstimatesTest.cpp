//===- RowEstimatesTest.cpp - How many rows a domain may have -------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Analysis/DomainRows.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace pigeon;

namespace {

/// The estimate for a domain of a graph, as the text declares it.
class Estimates {
public:
  explicit Estimates(const std::string &graph) {
    context.loadDialect<rgnn::RGNNDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(
        "rgnn.graph @kg " + graph + "\nrgnn.graph @test {shares = @kg}",
        &context);
    EXPECT_TRUE(module);
  }
  double operator()(llvm::StringRef domain, llvm::StringRef graph = "kg") {
    return estimateRows(
        *module, domain.empty() ? rgnn::OnAttr()
                                : rgnn::OnAttr::get(&context, graph, domain));
  }
  RowEstimates of(llvm::StringRef graph) {
    return getRowEstimates(*module, graph);
  }

private:
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

} // namespace

TEST(RowEstimates, WithoutStats) {
  Estimates rows("");
  EXPECT_EQ(rows(""), 1);
  EXPECT_EQ(rows("edge"), 1e6);
  EXPECT_EQ(rows("node"), 1e5);
  EXPECT_EQ(rows("src_pair"), 5e5);
  EXPECT_EQ(rows("dst_pair"), 5e5);
  EXPECT_EQ(rows("relation"), 64);
  EXPECT_EQ(rows("node_type"), 4);
  EXPECT_EQ(rows("triple"), 128);
}

TEST(RowEstimates, StatsAndWhatFollowsFromThem) {
  Estimates rows("{relations = 7, classes = {direction = 3, era = 0}, "
                 "stats = {node = 50, src_pair = 20}}");
  EXPECT_EQ(rows("src_pair"), 20);
  EXPECT_EQ(rows("edge"), 40);
  EXPECT_EQ(rows("dst_pair"), 20);
  EXPECT_EQ(rows("node"), 50);
  EXPECT_EQ(rows("relation"), 7);
  EXPECT_EQ(rows("triple"), 14);
  EXPECT_EQ(rows("direction"), 3);
  EXPECT_EQ(rows("era"), 2);
}

TEST(RowEstimates, NodesAlone) {
  Estimates rows("{stats = {node = 50}}");
  EXPECT_EQ(rows("edge"), 500);
  EXPECT_EQ(rows("dst_pair"), 250);
}

/// The most rows by one row: what stats say, else guesses; never less than the
/// average.
TEST(RowEstimates, Entries) {
  auto longest = [](const char *stats, const char *domain, const char *role,
                    double images) {
    Estimates rows(stats);
    return rows.of("kg").entries(domain, role, images).longest;
  };
  const char *given = "{relations = 9, stats = {edge = 500, dst_pair = 100, "
                      "edge.dst_pair = 70, dst_pair.node = 4}}";
  EXPECT_EQ(longest(given, "edge", "dst_pair", 100), 70);
  EXPECT_EQ(longest(given, "dst_pair", "node", 50), 4);
  EXPECT_EQ(longest(given, "dst_pair", "node", 10), 10);
  EXPECT_EQ(longest(given, "edge", "dst", 50), 160);
  EXPECT_EQ(longest(given, "src_pair", "node", 50), 9);
}

TEST(RowEstimates, LongestBlock) {
  Estimates rows("{stats = {dst_pair.node = 4, dst_pair.node.items = 3, "
                 "dst_pair.node.entries = 20}}");
  LongestBlock block = rows.of("kg").entries("dst_pair", "node", 50).block;
  EXPECT_EQ(block.items, 3);
  EXPECT_EQ(block.entries, 20);
  EXPECT_EQ(rows.of("kg").entries("src_pair", "node", 50).block.items, 0);
}

/// A graph that is empty now counts as one row, not as an unknown one.
TEST(RowEstimates, EmptyGraph) {
  Estimates rows("{stats = {edge = 0}}");
  EXPECT_EQ(rows("edge"), 1);
  EXPECT_EQ(rows("src_pair"), 1);
}

TEST(RowEstimates, Graphs) {
  Estimates rows("{stats = {edge = 5}}");
  EXPECT_EQ(rows("edge", "test"), 1e6);
  EXPECT_EQ(rows("edge", "nothing"), 1e6);
}

//===- DomainsTest.cpp - Domains, roles and how roles compose -------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The names are checked against the maps of actual graphs: a composed role must
// be the composed map, row by row.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/RGNN/IR/Domains.h"
#include "pigeon/Dialect/RGNN/IR/RGNNOps.h"
#include "pigeon/Runtime/Domains.h"
#include "pigeon/Runtime/Graph.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <random>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::rgnn;

namespace {

const SmallVector<StringRef> classes = {"direction"};

/// 12 nodes of 3 types, 40 edges of 5 relations, of which one is empty and one
/// edge is there twice.
std::shared_ptr<runtime::Graph> makeGraph(unsigned seed) {
  std::mt19937 random(seed);
  auto below = [&](int bound) { return static_cast<int>(random() % bound); };
  runtime::GraphData data;
  data.numNodes = 12;
  data.numRelations = 5;
  data.numNodeTypes = 3;
  for (int node = 0; node != 12; ++node)
    data.nodeType.push_back(below(3));
  for (int edge = 0; edge != 39; ++edge) {
    data.src.push_back(below(12));
    data.dst.push_back(below(12));
    data.edgeType.push_back(below(4));
  }
  data.src.push_back(data.src.back());
  data.dst.push_back(data.dst.back());
  data.edgeType.push_back(data.edgeType.back());
  data.classes["direction"] = {0, 1, 0, 1, 1};
  auto graph = runtime::Graph::create(data, "random");
  EXPECT_TRUE(graph) << (graph ? "" : graph.error().message());
  return graph ? *graph : nullptr;
}

/// Where each row goes; "none" leads to the one row 0.
std::vector<int> mapOf(const runtime::Graph &graph, StringRef domain,
                       StringRef role) {
  auto rows = graph.rows(domain.str());
  EXPECT_TRUE(rows) << domain.str();
  if (role == "none")
    return std::vector<int>(*rows, 0);
  std::vector<int> image(*rows);
  if (role == "self") {
    std::iota(image.begin(), image.end(), 0);
    return image;
  }
  auto map = graph.map(domain.str(), role.str());
  EXPECT_TRUE(map) << domain.str() << " " << role.str();
  if (map)
    image.assign((*map)->begin(), (*map)->end());
  return image;
}

TEST(Domains, ImagesAreThoseOfTheRuntime) {
  SmallVector<StringRef> words = getDomainNames(classes);
  for (StringRef domain : getDomainNames(classes))
    llvm::append_range(words, getRoleNames(domain, classes));
  words.push_back("unknown");
  unsigned known = 0;
  for (StringRef domain : getDomainNames(classes))
    for (StringRef role : words) {
      FailureOr<std::string> image = imageDomain(domain, role, classes);
      auto expected =
          runtime::imageOfRole(domain.str(), role.str(), {"direction"});
      ASSERT_EQ(succeeded(image), expected.has_value())
          << domain.str() << " " << role.str();
      if (expected) {
        EXPECT_EQ(*image, *expected) << domain.str() << " " << role.str();
        ++known;
      }
    }
  EXPECT_GT(known, 30u);
}

TEST(Domains, EachRoleIsListedOnce) {
  for (StringRef domain : getDomainNames(classes)) {
    SmallVector<StringRef> roles = getRoleNames(domain, classes);
    for (StringRef role : roles) {
      EXPECT_TRUE(succeeded(imageDomain(domain, role, classes)));
      EXPECT_EQ(llvm::count(roles, role), 1);
    }
  }
}

TEST(Domains, ReservedNamesAreThoseOfTheRuntime) {
  for (StringRef domain : getDomainNames()) {
    EXPECT_TRUE(isReservedName(domain)) << domain.str();
    for (StringRef role : getRoleNames(domain)) {
      EXPECT_TRUE(isReservedName(role)) << role.str();
      EXPECT_TRUE(runtime::isReservedName(role.str())) << role.str();
    }
  }
  EXPECT_FALSE(isReservedName("direction"));
}

TEST(Domains, ComposedRolesAreComposedMaps) {
  for (unsigned seed = 0; seed != 5; ++seed) {
    std::shared_ptr<runtime::Graph> graph = makeGraph(seed);
    ASSERT_TRUE(graph);
    for (StringRef domain : getDomainNames(classes))
      for (StringRef first : getRoleNames(domain, classes)) {
        FailureOr<std::string> middle = imageDomain(domain, first, classes);
        ASSERT_TRUE(succeeded(middle));
        SmallVector<StringRef> seconds = getRoleNames(*middle, classes);
        for (StringRef second : seconds) {
          std::string where =
              (domain + ": " + first + ", then " + second).str();
          std::optional<StringRef> composed =
              composeRoles(domain, first, second);
          ASSERT_TRUE(composed) << where;
          ASSERT_TRUE(succeeded(imageDomain(domain, *composed, classes)))
              << where << " is " << composed->str();
          if (first == "none")
            continue; // one row has no maps to follow
          std::vector<int> step = mapOf(*graph, domain, first);
          std::vector<int> rest = mapOf(*graph, *middle, second);
          std::vector<int> whole = mapOf(*graph, domain, *composed);
          ASSERT_EQ(step.size(), whole.size()) << where;
          for (size_t row = 0; row != whole.size(); ++row)
            ASSERT_EQ(rest[step[row]], whole[row]) << where << ", row " << row;
        }
      }
  }
}

TEST(Domains, RolesThatCannotFollowHaveNoComposite) {
  EXPECT_FALSE(composeRoles("edge", "src", "rel"));
  EXPECT_FALSE(composeRoles("edge", "src", "direction"));
  EXPECT_FALSE(composeRoles("edge", "rel", "type"));
  EXPECT_FALSE(composeRoles("edge", "unknown", "type"));
  EXPECT_FALSE(composeRoles("node", "type", "type"));
  EXPECT_FALSE(composeRoles("src_pair", "node", "rel"));
  EXPECT_FALSE(composeRoles("src_pair", "rel", "src_type"));
}

TEST(Domains, BipartiteGraphsHaveTwoSetsOfNodes) {
  auto image = [](StringRef domain, StringRef role) {
    return *imageDomain(domain, role, {}, /*bipartite=*/true);
  };
  EXPECT_EQ(image("edge", "src"), "src_node");
  EXPECT_EQ(image("edge", "dst"), "dst_node");
  EXPECT_EQ(image("src_pair", "node"), "src_node");
  EXPECT_EQ(image("dst_pair", "node"), "dst_node");
  EXPECT_EQ(image("src_node", "type"), "node_type");
  EXPECT_EQ(image("dst_node", "type"), "node_type");
  EXPECT_FALSE(llvm::is_contained(getDomainNames({}, true), "node"));
  EXPECT_FALSE(llvm::is_contained(getDomainNames({}, false), "src_node"));
}

class ModuleTest : public ::testing::Test {
protected:
  ModuleTest() { context.loadDialect<RGNNDialect, func::FuncDialect>(); }

  void parse(StringRef text) {
    module = parseSourceString<ModuleOp>(text, &context);
    ASSERT_TRUE(module);
  }
  OnAttr on(StringRef graph, StringRef domain) {
    return OnAttr::get(&context, graph, domain);
  }
  std::string image(StringRef graph, StringRef domain, StringRef role) {
    FailureOr<OnAttr> found =
        resolveImage(&module->getBody()->front(), on(graph, domain), role);
    return failed(found) ? "nothing" : describeDomain(*found);
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

TEST_F(ModuleTest, SharedDomainsHaveTheOwnersName) {
  parse(R"(
    rgnn.graph @kg {classes = {direction = 2}}
    rgnn.graph @test {shares = @kg}
    rgnn.graph @ratings {bipartite}
  )");
  EXPECT_EQ(image("kg", "edge", "src"), "kg.node");
  EXPECT_EQ(image("test", "edge", "src"), "kg.node");
  EXPECT_EQ(image("test", "edge", "rel"), "kg.relation");
  EXPECT_EQ(image("test", "edge", "direction"), "kg.direction");
  EXPECT_EQ(image("test", "edge", "dst_pair"), "test.dst_pair");
  EXPECT_EQ(image("test", "edge", "triple"), "test.triple");
  EXPECT_EQ(image("test", "edge", "self"), "test.edge");
  EXPECT_EQ(image("test", "edge", "none"), "one row");
  EXPECT_EQ(image("ratings", "edge", "dst"), "ratings.dst_node");
  EXPECT_EQ(image("ratings", "edge", "direction"), "nothing");
  EXPECT_EQ(image("nowhere", "edge", "dst"), "nothing");
}

TEST_F(ModuleTest, NamesOfArgumentsAndResults) {
  parse(R"(
    func.func private @f(tensor<4xf32> {rgnn.name = "h"}, tensor<4xf32>)
      -> (tensor<4xf32>, tensor<4xf32> {rgnn.name = "out"})
  )");
  auto function = *module->getOps<func::FuncOp>().begin();
  EXPECT_EQ(getArgumentName(function, 0), "h");
  EXPECT_EQ(getArgumentName(function, 1), "arg1");
  EXPECT_EQ(getResultName(function, 0), "result0");
  EXPECT_EQ(getResultName(function, 1), "out");
}

TEST_F(ModuleTest, DataTypes) {
  Type f32 = Float32Type::get(&context);
  OnAttr edge = on("kg", "edge");
  RankedTensorType onEdges = getDataType(edge, {4, 16}, f32);
  EXPECT_TRUE(isFloatData(onEdges));
  EXPECT_FALSE(isOneRow(onEdges));
  EXPECT_EQ(getDomain(onEdges), edge);
  EXPECT_EQ(getTrailingShape(onEdges), ArrayRef<int64_t>({4, 16}));
  EXPECT_EQ(getRowSize(onEdges), 64);
  EXPECT_TRUE(onEdges.isDynamicDim(0));

  RankedTensorType oneRow = withDomain(onEdges, {});
  EXPECT_EQ(oneRow, RankedTensorType::get({4, 16}, f32));
  EXPECT_TRUE(isOneRow(oneRow));
  EXPECT_EQ(withDomain(oneRow, edge), onEdges);
  EXPECT_EQ(withTrailingShape(onEdges, {}), getDataType(edge, {}, f32));
  EXPECT_TRUE(isOneRow(RankedTensorType::get({}, f32)));

  EXPECT_FALSE(isData(f32));
  EXPECT_FALSE(isData(RankedTensorType::get({ShapedType::kDynamic}, f32)));
  EXPECT_FALSE(isData(UnrankedTensorType::get(f32)));
  EXPECT_FALSE(isFloatData(getDataType(edge, {}, IndexType::get(&context))));
  EXPECT_TRUE(isData(getDataType(edge, {}, IndexType::get(&context))));
}

TEST_F(ModuleTest, WidthsOfALinearMap) {
  parse(R"(
    rgnn.graph @kg
    func.func @f(%x: tensor<?x64xf32, #rgnn.on<kg.edge>>,
                 %w: tensor<?x4x64x16xf32, #rgnn.on<kg.relation>>,
                 %w0: tensor<64x32xf32>) {
      %0 = rgnn.linear %x, %w, rel
        : (tensor<?x64xf32, #rgnn.on<kg.edge>>,
           tensor<?x4x64x16xf32, #rgnn.on<kg.relation>>)
        -> tensor<?x4x16xf32, #rgnn.on<kg.edge>>
      %1 = rgnn.linear %x, %w0, none
        : (tensor<?x64xf32, #rgnn.on<kg.edge>>, tensor<64x32xf32>)
        -> tensor<?x32xf32, #rgnn.on<kg.edge>>
      return
    }
  )");
  SmallVector<LinearOp> ops;
  module->walk([&](LinearOp op) { ops.push_back(op); });
  ASSERT_EQ(ops.size(), 2u);
  EXPECT_EQ(ops[0].getNumHeads(), 4);
  EXPECT_EQ(ops[0].getInputWidth(), 64);
  EXPECT_EQ(ops[0].getOutputWidth(), 16);
  EXPECT_EQ(ops[1].getNumHeads(), 0);
  EXPECT_EQ(ops[1].getInputWidth(), 64);
  EXPECT_EQ(ops[1].getOutputWidth(), 32);
}

} // namespace

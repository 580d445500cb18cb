//===- MeasuredLayers.cpp - Layers that were measured ---------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MeasuredLayers.h"

#include "pigeon/Dialect/Kernel/Transforms/Schedules.h"
#include "pigeon/Pipelines/Pipelines.h"
#include "pigeon/Pipelines/Registration.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace pigeon;
using namespace pigeon::test;

const std::map<std::string, GraphCounts> pigeon::test::measuredGraphs = {
    {"aifb", {7262, 48810, 24299, 104, 19, 876, 22, 157}},
    {"mutag", {27163, 148100, 76204, 50, 13, 6781, 16, 187}},
    {"fb15k237", {14541, 620232, 161922, 474, 60, 4364, 116, 890}},
    {"wn18rr", {40943, 186006, 109019, 22, 9, 510, 14, 118}},
    {"am_recon", {635811, 3788726, 2211313, 64, 23, 125198, 23, 158}},
    {"bgs *", {94806, 672884, 329672, 122, 18, 1044, 21, 31}},
    {"biokg *", {93773, 4762678, 150012, 51, 37, 5307, 38, 1591}},
    {"am *", {881680, 5668682, 3257437, 108, 38, 132720, 34, 417}},
    {"mag *", {1939743, 21111007, 1255094, 4, 2, 51840, 3, 141}},
    {"wikikg2 *", {2500604, 16109182, 1737900, 535, 532, 1241489, 533, 16976}}};

std::string pigeon::test::readSource(const std::string &path) {
  auto file = llvm::MemoryBuffer::getFile(PIGEON_SOURCE_DIR "/" + path);
  return file ? (*file)->getBuffer().str() : "";
}

std::vector<std::vector<std::string>>
pigeon::test::readTable(const std::string &page, const std::string &heading) {
  std::string text = readSource(page);
  StringRef after = StringRef(text).split(heading).second;
  SmallVector<StringRef> lines;
  llvm::SplitString(after, lines, "\n");
  std::vector<std::vector<std::string>> rows;
  for (StringRef line : lines) {
    if (!line.starts_with("|")) {
      if (rows.empty())
        continue;
      break;
    }
    SmallVector<StringRef> cells;
    line.drop_front().split(cells, '|');
    std::vector<std::string> &row = rows.emplace_back();
    for (StringRef cell : ArrayRef(cells).drop_back())
      row.push_back(cell.trim().str());
    if (StringRef(row.front()).starts_with("---"))
      rows.pop_back();
  }
  return rows;
}

static std::string modelOf(const GraphCounts &counts, StringRef type) {
  std::string text = readSource("docs/examples/rgcn.mlir");
  auto replace = [&](const std::string &from, const std::string &to) {
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
         at += to.size())
      text.replace(at, from.size(), to);
  };
  replace("xf32", "x" + type.str());
  std::string stats;
  for (auto [name, rows] :
       {std::pair("node", counts.nodes), std::pair("edge", counts.edges),
        std::pair("dst_pair", counts.pairs),
        std::pair("relation", counts.relations),
        std::pair("dst_pair.node", counts.pairsOfNode),
        std::pair("dst_pair.node.items", counts.items),
        std::pair("dst_pair.node.entries", counts.entries),
        std::pair("edge.dst_pair", counts.edgesOfPair)})
    stats += (stats.empty() ? "" : ", ") + std::string(name) + " = " +
             std::to_string(rows);
  replace("rgnn.graph @kg", "rgnn.graph @kg {stats = {" + stats + "}}");
  return text;
}

static DialectRegistry makeRegistry() {
  DialectRegistry registry;
  registerAllDialects(registry);
  return registry;
}

MeasuredLayer::MeasuredLayer(const GraphCounts &counts, StringRef type,
                             StringRef options)
    : context(makeRegistry()),
      module(parseSourceString<ModuleOp>(modelOf(counts, type), &context)) {
  PassManager passes(&context);
  LoweringOptions lowering;
  EXPECT_TRUE(succeeded(lowering.parseFromString(options)));
  buildModelPipeline(passes, Level::Kernel, lowering);
  EXPECT_TRUE(module && succeeded(passes.run(*module)));
}

Cost MeasuredLayer::cost() {
  Cost cost;
  for (auto program : module->getOps<kernel::ProgramOp>())
    for (Operation *op : kernel::getTemplates(program))
      cost += kernel::estimateCost(op, makeH100());
  return cost;
}

std::vector<kernel::GemmOp> MeasuredLayer::products() {
  std::vector<kernel::GemmOp> products;
  for (auto program : module->getOps<kernel::ProgramOp>())
    for (auto product : program.getOps<kernel::GemmOp>())
      products.push_back(product);
  return products;
}

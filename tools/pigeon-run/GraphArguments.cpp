//===- GraphArguments.cpp - The option --graph ----------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphArguments.h"

#include "pigeon/Runtime/GraphFile.h"

#include <algorithm>

using namespace pigeon;
using namespace pigeon::run;

using Specs = std::vector<runtime::GraphSpec>;

static std::string quotedNames(const Specs &specs) {
  std::string names;
  for (const runtime::GraphSpec &spec : specs)
    names += (names.empty() ? "'" : ", '") + spec.name + "'";
  return names.empty() ? "none" : names;
}

/// The file of each graph.
static Result<std::map<std::string, std::string>>
assignFiles(const Specs &specs, const std::vector<std::string> &options) {
  std::map<std::string, std::string> files;
  auto isGraph = [&](const std::string &name) {
    return std::any_of(specs.begin(), specs.end(),
                       [&](const auto &spec) { return spec.name == name; });
  };
  std::vector<std::string> unnamed;
  for (const std::string &option : options) {
    std::size_t equals = option.find('=');
    std::string name = option.substr(0, equals);
    // A path may hold an equals sign too; a name has no slash.
    if (equals == std::string::npos || name.find('/') != std::string::npos) {
      unnamed.push_back(option);
      continue;
    }
    if (!isGraph(name))
      return Error("--graph=" + option + ": the model has no graph '" + name +
                   "'; its graphs are " + quotedNames(specs));
    if (!files.emplace(name, option.substr(equals + 1)).second)
      return Error("graph '" + name + "' is given twice");
  }
  for (const std::string &file : unnamed) {
    auto free = std::find_if(specs.begin(), specs.end(), [&](const auto &spec) {
      return files.count(spec.name) == 0;
    });
    if (free == specs.end())
      return Error("--graph=" + file + ": the model has " +
                   std::to_string(specs.size()) +
                   " graphs, and each has a file already");
    files[free->name] = file;
  }
  return files;
}

Result<LoadedGraphs>
pigeon::run::loadGraphs(const Specs &specs,
                        const std::vector<std::string> &options) {
  auto files = assignFiles(specs, options);
  if (!files)
    return files.error();
  // Owners first: what shares their relations needs their number.
  Specs ordered;
  for (bool isOwner : {true, false})
    for (const runtime::GraphSpec &spec : specs)
      if (spec.shares.empty() == isOwner)
        ordered.push_back(spec);
  LoadedGraphs graphs;
  for (const runtime::GraphSpec &spec : ordered) {
    auto file = files->find(spec.name);
    if (file == files->end())
      return Error("the model runs on a graph '" + spec.name +
                   "'; give it with --graph=" + spec.name + "=FILE");
    runtime::GraphFileOptions fileOptions;
    fileOptions.numRelations = spec.relations;
    auto owner = graphs.find(spec.shares);
    if (owner != graphs.end())
      fileOptions.numRelations = owner->second.graph->numRelations();
    auto graph = runtime::readGraph(file->second, fileOptions);
    if (!graph)
      return graph.error();
    graphs[spec.name] = {file->second, *graph};
  }
  return graphs;
}

//===- ExecutionPlan.cpp - A program with every number filled in ----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/ExecutionPlan.h"
#include "pigeon/Support/HostTensor.h"

#include <algorithm>
#include <limits>

using namespace pigeon;
using namespace pigeon::runtime;

static std::string quoted(const std::string &name) { return "'" + name + "'"; }

std::string runtime::describe(const ViewSpec &view) {
  std::string text = "view " + view.kind + "(" + view.domain + ", " + view.role;
  if (view.parameter)
    text += ", " + std::to_string(view.parameter);
  if (!view.through.empty())
    text += ", " + view.through;
  if (!view.into.empty())
    text += ", " + view.into;
  return text + ") of graph " + quoted(view.graph);
}

std::string runtime::describe(const BufferSpec &buffer) {
  switch (buffer.kind) {
  case BufferSpec::Kind::Input:
    return "input " + quoted(buffer.name);
  case BufferSpec::Kind::Output:
    return "output " + quoted(buffer.name);
  case BufferSpec::Kind::Workspace:
    break;
  }
  return "buffer " + quoted(buffer.name);
}

std::shared_ptr<Graph> ExecutionPlan::graph(const std::string &name) const {
  for (std::size_t i = 0; i < program.graphs.size(); ++i)
    if (program.graphs[i].name == name)
      return graphs[i];
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

static Status refuseUnknown(const Program &program, const GraphMap &graphs) {
  for (const auto &[name, graph] : graphs) {
    if (std::any_of(program.graphs.begin(), program.graphs.end(),
                    [&name = name](const GraphSpec &spec) {
                      return spec.name == name;
                    }))
      continue;
    std::string known;
    for (const GraphSpec &spec : program.graphs)
      known += (known.empty() ? "" : ", ") + quoted(spec.name);
    return Error("program " + quoted(program.name) + " has no graph " +
                 quoted(name) + "; it runs on " +
                 (known.empty() ? "none" : known));
  }
  return {};
}

/// The graphs in the order of the program's list: one for each name, and none
/// besides, each as the program says.
static Result<std::vector<std::shared_ptr<Graph>>>
matchGraphs(const Program &program, const GraphMap &graphs) {
  if (Status status = refuseUnknown(program, graphs); !status)
    return status.error();
  std::vector<std::shared_ptr<Graph>> matched;
  for (const GraphSpec &spec : program.graphs) {
    auto found = graphs.find(spec.name);
    if (found == graphs.end() || !found->second)
      return Error("program " + quoted(program.name) + " needs a graph for " +
                   quoted(spec.name) + ", none was given");
    if (Status status = found->second->check(spec); !status)
      return status.error();
    matched.push_back(found->second);
  }
  for (std::size_t i = 0; i < matched.size(); ++i) {
    const GraphSpec &spec = program.graphs[i];
    if (spec.shares.empty())
      continue;
    if (Status status = matched[i]->checkShares(*graphs.at(spec.shares));
        !status)
      return status.error();
  }
  return matched;
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

static Status buildViews(ExecutionPlan &plan) {
  for (const ViewSpec &spec : plan.program.views) {
    std::shared_ptr<Graph> graph = plan.graph(spec.graph);
    if (!graph)
      return Error(describe(spec) + ": the program has no such graph");
    Result<const View *> view = graph->view(spec);
    if (!view)
      return view.error().within(describe(spec));
    plan.views.push_back(*view);
  }
  return {};
}

static Result<std::int64_t> symbolValue(const ExecutionPlan &plan,
                                        const Symbol &symbol) {
  if (symbol.kind == Symbol::Kind::DomainRows) {
    std::shared_ptr<Graph> graph = plan.graph(symbol.graph);
    if (!graph)
      return Error("the program has no graph " + quoted(symbol.graph));
    return graph->rows(symbol.domain);
  }
  const View &view = *plan.views[symbol.view];
  auto array = view.find(symbol.array);
  if (array == view.end())
    return Error(describe(plan.program.views[symbol.view]) + " has no array " +
                 quoted(symbol.array));
  return static_cast<std::int64_t>(array->second.size());
}

static Status evaluateSymbols(ExecutionPlan &plan) {
  for (std::size_t i = 0; i < plan.program.symbols.size(); ++i) {
    Result<std::int64_t> value = symbolValue(plan, plan.program.symbols[i]);
    if (!value)
      return value.error().within("symbol " + std::to_string(i));
    plan.symbols.push_back(*value);
  }
  return {};
}

/// Finds the order of the user's rows, and that the buffer has as many.
static Status planOrder(const ExecutionPlan &plan, const BufferSpec &spec,
                        PlannedBuffer &buffer) {
  if (spec.domain.empty())
    return {};
  std::shared_ptr<Graph> graph = plan.graph(spec.graph);
  if (!graph)
    return Error("the program has no graph " + quoted(spec.graph));
  Result<std::int64_t> rows = graph->rows(spec.domain);
  if (!rows)
    return rows.error();
  if (buffer.shape.empty() || buffer.shape[0] != *rows)
    return Error("has shape " + describe(buffer.shape) + ", but domain " +
                 spec.domain + " of graph " + quoted(spec.graph) + " has " +
                 std::to_string(*rows) + " rows");
  const IndexArray &order = graph->userOrder(spec.domain);
  buffer.userOrder = order.empty() ? nullptr : &order;
  return {};
}

static Result<PlannedBuffer> planBuffer(const ExecutionPlan &plan,
                                        const BufferSpec &spec) {
  PlannedBuffer buffer;
  for (const SizeExpression &dimension : spec.shape) {
    Result<std::int64_t> size = dimension.evaluate(plan.symbols);
    if (!size)
      return size.error();
    buffer.shape.push_back(*size);
  }
  Result<std::size_t> bytes = sizeInBytes(spec.type, buffer.shape);
  if (!bytes)
    return bytes.error();
  buffer.bytes = *bytes;
  if (Status status = planOrder(plan, spec, buffer); !status)
    return status.error();
  return buffer;
}

/// Sizes that a kernel takes as 32 bits must fit them.
static Result<std::int64_t> planSize(const ExecutionPlan &plan,
                                     const LaunchArgument &argument) {
  using Kind = LaunchArgument::Kind;
  if (argument.kind != Kind::SizeI32 && argument.kind != Kind::SizeI64)
    return std::int64_t(0);
  Result<std::int64_t> size = argument.size.evaluate(plan.symbols);
  if (size && argument.kind == Kind::SizeI32 &&
      *size != static_cast<std::int32_t>(*size))
    return Error("its value " + std::to_string(*size) +
                 " does not fit 32 bits; the graph is too large for this "
                 "kernel");
  return size;
}

/// The grid limits of CUDA, which hold for every device so that a program
/// that runs on one runs on the other.
static Status planGrid(const ExecutionPlan &plan, const LaunchSpec &spec,
                       PlannedLaunch &launch) {
  static constexpr std::int64_t limits[] = {
      std::numeric_limits<std::int32_t>::max(), 65535, 65535};
  for (unsigned i = 0; i < 3; ++i) {
    Result<std::int64_t> blocks = spec.grid[i].evaluate(plan.symbols);
    if (!blocks)
      return blocks.error().within("grid");
    if (*blocks < 0 || *blocks > limits[i])
      return Error("the grid has " + std::to_string(*blocks) +
                   " blocks in dimension " + "xyz"[i] + ", expected 0 to " +
                   std::to_string(limits[i]));
    launch.grid[i] = static_cast<std::uint32_t>(*blocks);
    launch.skipped |= *blocks == 0;
  }
  return {};
}

static Result<PlannedLaunch> planLaunch(const ExecutionPlan &plan,
                                        const LaunchSpec &spec) {
  PlannedLaunch launch;
  if (Status status = planGrid(plan, spec, launch); !status)
    return status.error();
  for (std::size_t i = 0; i < spec.arguments.size(); ++i) {
    Result<std::int64_t> size = planSize(plan, spec.arguments[i]);
    if (!size)
      return size.error().within("argument " + std::to_string(i));
    launch.sizes.push_back(*size);
  }
  // A report needs no numbers where the compiler gave none.
  for (auto [expression, value] :
       {std::pair(&spec.bytes, &launch.bytes),
        std::pair(&spec.operations, &launch.operations)}) {
    if (expression->terms.empty())
      continue;
    Result<std::int64_t> number = expression->evaluate(plan.symbols);
    if (!number)
      return number.error().within("the work of the kernel");
    *value = *number;
  }
  return launch;
}

Result<ExecutionPlan> ExecutionPlan::create(Program program,
                                            const GraphMap &graphs) {
  const std::string what = "program " + quoted(program.name);
  if (Status status = verify(program); !status)
    return status.error().within(what);
  ExecutionPlan plan;
  plan.program = std::move(program);
  Result<std::vector<std::shared_ptr<Graph>>> matched =
      matchGraphs(plan.program, graphs);
  if (!matched)
    return matched.error();
  plan.graphs = matched.take();
  if (Status status = buildViews(plan); !status)
    return status.error().within(what);
  if (Status status = evaluateSymbols(plan); !status)
    return status.error().within(what);
  for (const BufferSpec &spec : plan.program.buffers) {
    Result<PlannedBuffer> buffer = planBuffer(plan, spec);
    if (!buffer)
      return buffer.error().within(describe(spec)).within(what);
    plan.buffers.push_back(buffer.take());
  }
  for (const LaunchSpec &spec : plan.program.launches) {
    Result<PlannedLaunch> launch = planLaunch(plan, spec);
    if (!launch)
      return launch.error()
          .within("kernel " + quoted(spec.kernel))
          .within(what);
    plan.launches.push_back(launch.take());
  }
  return plan;
}

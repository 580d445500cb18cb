//===- ProgramVerify.cpp - Is a program well formed? ----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/Domains.h"
#include "pigeon/Runtime/Program.h"

#include <algorithm>
#include <limits>
#include <set>

namespace pigeon::runtime {

/// Limits of every CUDA device since compute capability 2.0.
static constexpr std::uint32_t maxBlockThreads = 1024;
static constexpr std::array<std::uint32_t, 3> maxBlock = {1024, 1024, 64};

namespace {

class Verifier {
public:
  explicit Verifier(const Program &program) : program(program) {}

  Status verify() const {
    if (Status s = each("graphs", program.graphs, &Verifier::verifyGraph); !s)
      return s;
    if (Status s = each("views", program.views, &Verifier::verifyView); !s)
      return s;
    if (Status s = each("symbols", program.symbols, &Verifier::verifySymbol);
        !s)
      return s;
    if (Status s = each("buffers", program.buffers, &Verifier::verifyBuffer);
        !s)
      return s;
    if (Status s = each("launches", program.launches, &Verifier::verifyLaunch);
        !s)
      return s;
    return verifyNames();
  }

private:
  const Program &program;

  template <typename T>
  Status each(const char *list, const std::vector<T> &items,
              Status (Verifier::*check)(const T &) const) const {
    for (std::size_t i = 0; i < items.size(); ++i)
      if (Status s = (this->*check)(items[i]); !s)
        return s.error().within(std::string(list) + "[" + std::to_string(i) +
                                "]");
    return {};
  }

  const GraphSpec *findGraph(const std::string &name) const {
    for (const GraphSpec &graph : program.graphs)
      if (graph.name == name)
        return &graph;
    return nullptr;
  }

  /// The classes of relations of a graph and of the one whose relations it has.
  std::vector<std::string> classesOf(const GraphSpec &graph) const {
    std::vector<std::string> names;
    const GraphSpec *shared =
        graph.shares.empty() ? nullptr : findGraph(graph.shares);
    for (const GraphSpec *each : {&graph, shared})
      if (each)
        for (const auto &[name, count] : each->classes)
          names.push_back(name);
    return names;
  }

  static Status inRange(std::int64_t index, std::size_t count,
                        const char *thing) {
    if (index >= 0 && index < static_cast<std::int64_t>(count))
      return {};
    return Error(std::string(thing) + " " + std::to_string(index) +
                 " is out of range, the program has " + std::to_string(count));
  }

  Status verifyDomain(const std::string &graphName,
                      const std::string &domain) const {
    const GraphSpec *graph = findGraph(graphName);
    if (!graph)
      return Error("there is no graph '" + graphName + "'");
    if (isDomain(domain, classesOf(*graph)))
      return {};
    return Error("graph '" + graphName + "' has no domain '" + domain +
                 "'; it has " + listDomains(classesOf(*graph)));
  }

  Status verifyArray(std::int64_t view, const std::string &array) const {
    if (Status s = inRange(view, program.views.size(), "view"); !s)
      return s;
    const std::string &kind = program.views[view].kind;
    if (const ViewKind *known = findViewKind(kind))
      if (std::find(known->arrays.begin(), known->arrays.end(), array) !=
          known->arrays.end())
        return {};
    return Error("view " + std::to_string(view) + " of kind '" + kind +
                 "' has no array '" + array + "'");
  }

  Status verifySize(const SizeExpression &size, const std::string &what) const {
    using Op = SizeExpression::Op;
    std::int64_t depth = 0;
    for (const SizeExpression::Term &term : size.terms) {
      bool isOperand = term.op == Op::Constant || term.op == Op::Symbol;
      if (term.op == Op::Symbol)
        if (Status s = inRange(term.value, program.symbols.size(), "symbol");
            !s)
          return s.error().within(what);
      if (!isOperand && depth < 2)
        return Error(what + ": an operation has no two operands before it");
      depth += isOperand ? 1 : -1;
    }
    if (depth == 1)
      return {};
    return Error(what + ": the expression leaves " + std::to_string(depth) +
                 " values, expected 1");
  }

  Status verifyGraph(const GraphSpec &graph) const {
    if (graph.name.empty())
      return Error("the graph has no name");
    if (!graph.shares.empty() &&
        (graph.shares == graph.name || !findGraph(graph.shares)))
      return Error("graph '" + graph.name + "' shares the rows of '" +
                   graph.shares + "', which is no other graph");
    if (graph.relations < 0 || graph.nodeTypes < 0)
      return Error("graph '" + graph.name + "' has a negative count");
    std::set<std::string> seen;
    for (const auto &[name, count] : graph.classes) {
      if (isReservedName(name))
        return Error("a class of relations cannot be called '" + name +
                     "', the name of a domain or role");
      if (!seen.insert(name).second)
        return Error("there are two classes of relations '" + name + "'");
      if (count < 0)
        return Error("class '" + name + "' has a negative count, " +
                     std::to_string(count));
    }
    return {};
  }

  Status verifyRole(const std::string &domain, const std::string &role,
                    const std::vector<std::string> &classes) const {
    if (imageOfRole(domain, role, classes))
      return {};
    return Error("domain '" + domain + "' has no role '" + role + "'; it has " +
                 listRoles(domain, classes));
  }

  Status verifyView(const ViewSpec &view) const {
    using Through = ViewKind::Through;
    const ViewKind *kind = findViewKind(view.kind);
    if (!kind)
      return Error("there is no view of kind '" + view.kind + "'; there are " +
                   listViewKinds());
    if (Status s = verifyDomain(view.graph, view.domain); !s)
      return s;
    std::vector<std::string> classes = classesOf(*findGraph(view.graph));
    if (Status s = verifyRole(view.domain, view.role, classes); !s)
      return s;
    if (kind->through == Through::Nothing && !view.through.empty())
      return Error("view '" + view.kind + "' goes through no role, found '" +
                   view.through + "'");
    if (!kind->hasOwners && !view.into.empty())
      return Error("view '" + view.kind + "' sums into no role, found '" +
                   view.into + "'");
    std::string image = *imageOfRole(view.domain, view.role, classes);
    if (kind->through != Through::Nothing)
      if (Status s =
              verifyRole(kind->through == Through::Domain ? view.domain : image,
                         view.through, classes);
          !s)
        return s;
    if (kind->hasOwners)
      if (Status s = verifyRole(image, view.into, classes); !s)
        return s;
    bool takesParameter = !kind->parameter.empty();
    bool fits =
        takesParameter
            ? view.parameter > 0 &&
                  view.parameter <= std::numeric_limits<std::int32_t>::max()
            : view.parameter == 0;
    if (fits)
      return {};
    return Error("view '" + view.kind + "' takes " +
                 (takesParameter ? "a positive 32-bit" : "no") +
                 " parameter, found " + std::to_string(view.parameter));
  }

  Status verifySymbol(const Symbol &symbol) const {
    if (symbol.kind == Symbol::Kind::DomainRows)
      return verifyDomain(symbol.graph, symbol.domain);
    return verifyArray(symbol.view, symbol.array);
  }

  Status verifyBuffer(const BufferSpec &buffer) const {
    if (buffer.name.empty())
      return Error("the buffer has no name");
    for (std::size_t i = 0; i < buffer.shape.size(); ++i)
      if (Status s =
              verifySize(buffer.shape[i], "shape[" + std::to_string(i) + "]");
          !s)
        return s;
    if (buffer.graph.empty() && buffer.domain.empty())
      return {};
    if (Status s = verifyDomain(buffer.graph, buffer.domain); !s)
      return s;
    if (buffer.domain.empty() || !buffer.shape.empty())
      return {};
    return Error("buffer '" + buffer.name + "' lies on domain '" +
                 buffer.domain + "' but has no dimension for its rows");
  }

  Status verifyArgument(const LaunchArgument &argument) const {
    switch (argument.kind) {
    case LaunchArgument::Kind::Buffer:
      return inRange(argument.index, program.buffers.size(), "buffer");
    case LaunchArgument::Kind::ViewArray:
      return verifyArray(argument.index, argument.array);
    case LaunchArgument::Kind::SizeI32:
    case LaunchArgument::Kind::SizeI64:
      return verifySize(argument.size, "size");
    }
    return {};
  }

  Status verifyLaunch(const LaunchSpec &launch) const {
    if (launch.kernel.empty())
      return Error("the launch names no kernel");
    std::uint64_t threads = 1;
    for (int i = 0; i < 3; ++i) {
      std::string axis = "[" + std::to_string(i) + "]";
      if (Status s = verifySize(launch.grid[i], "grid" + axis); !s)
        return s;
      if (launch.block[i] < 1 || launch.block[i] > maxBlock[i])
        return Error("block" + axis + " is " + std::to_string(launch.block[i]) +
                     ", expected 1 to " + std::to_string(maxBlock[i]));
      threads *= launch.block[i];
    }
    if (threads > maxBlockThreads)
      return Error("a block has " + std::to_string(threads) +
                   " threads, at most " + std::to_string(maxBlockThreads) +
                   " are possible");
    for (auto [size, what] : {std::pair(&launch.bytes, "bytes"),
                              std::pair(&launch.operations, "operations")})
      if (!size->terms.empty())
        if (Status s = verifySize(*size, what); !s)
          return s;
    return each("arguments", launch.arguments, &Verifier::verifyArgument);
  }

  Status verifyNames() const {
    std::set<std::string> graphs, buffers;
    for (const GraphSpec &graph : program.graphs)
      if (!graphs.insert(graph.name).second)
        return Error("there are two graphs '" + graph.name + "'");
    for (const BufferSpec &buffer : program.buffers)
      if (!buffers.insert(buffer.name).second)
        return Error("there are two buffers '" + buffer.name + "'");
    return {};
  }
};

} // namespace

Status verify(const Program &program) { return Verifier(program).verify(); }

} // namespace pigeon::runtime

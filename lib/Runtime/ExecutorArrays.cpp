//===- ExecutorArrays.cpp - Arrays into a program and out of it -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// This is the boundary where rows change their order. With userOrder =
// [2, 0, 1], internal row 0 is row 2 of the user's array:
//
//   user      a b c        setInput: internal[i] = user[userOrder[i]]
//   internal  c a b        output:   user[userOrder[i]] = internal[i]
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/Executor.h"

#include <algorithm>
#include <cstring>

using namespace pigeon;
using namespace pigeon::runtime;

static std::string quoted(const std::string &name) { return "'" + name + "'"; }

/// Calls move(internal offset, user offset, bytes) for each row.
template <typename Move>
static void forEachRow(const PlannedBuffer &buffer, Move move) {
  const IndexArray &order = *buffer.userOrder;
  const std::size_t rowBytes = order.empty() ? 0 : buffer.bytes / order.size();
  for (std::size_t i = 0; i < order.size(); ++i)
    move(i * rowBytes, static_cast<std::size_t>(order[i]) * rowBytes, rowBytes);
}

Result<std::size_t> ProgramInstance::findBuffer(const std::string &name,
                                                BufferSpec::Kind kind) const {
  const bool isInput = kind == BufferSpec::Kind::Input;
  std::string known;
  for (std::size_t i = 0; i < plan.buffers.size(); ++i) {
    const BufferSpec &spec = plan.program.buffers[i];
    if (spec.kind != kind)
      continue;
    if (spec.name == name)
      return i;
    known += (known.empty() ? "" : ", ") + quoted(spec.name);
  }
  return within(Error(
      "there is no " + std::string(isInput ? "input " : "output ") +
      quoted(name) + ", expected one of " + (known.empty() ? "none" : known)));
}

/// What one row of a domain belongs to, for a message.
static std::string nounOf(const std::string &domain) {
  if (domain == "src_pair" || domain == "dst_pair")
    return domain == "src_pair" ? "(source, relation) pair"
                                : "(destination, relation) pair";
  return domain == "node_type" ? "node type" : domain;
}

/// Two shapes that differ in the number of rows only.
static bool differsInRows(const std::vector<std::int64_t> &a,
                          const std::vector<std::int64_t> &b) {
  return a.size() == b.size() && !a.empty() && a[0] != b[0] &&
         std::equal(a.begin() + 1, a.end(), b.begin() + 1);
}

Status ProgramInstance::checkInput(std::size_t index,
                                   const HostTensor &value) const {
  const BufferSpec &spec = plan.program.buffers[index];
  const std::vector<std::int64_t> &expected = plan.buffers[index].shape;
  if (value.type != spec.type)
    return Error(describe(spec) + " has elements of type " + name(value.type) +
                 ", expected " + name(spec.type));
  if (value.shape == expected) {
    if (value.data.size() == plan.buffers[index].bytes)
      return {};
    return Error(describe(spec) + " holds " +
                 std::to_string(value.data.size()) + " bytes, expected " +
                 std::to_string(plan.buffers[index].bytes) + " for shape " +
                 pigeon::describe(expected));
  }
  std::shared_ptr<Graph> graph = plan.graph(spec.graph);
  if (graph && !spec.domain.empty() && differsInRows(value.shape, expected))
    return Error(describe(spec) + " has " + std::to_string(value.shape[0]) +
                 " rows, expected " + std::to_string(expected[0]) +
                 ", one per " + nounOf(spec.domain) + " of graph " +
                 quoted(spec.graph) + " (" + graph->what() + ")");
  return Error(describe(spec) + " has shape " + pigeon::describe(value.shape) +
               ", expected " + pigeon::describe(expected));
}

Status ProgramInstance::setInput(const std::string &name,
                                 const HostTensor &value) {
  Result<std::size_t> index = findBuffer(name, BufferSpec::Kind::Input);
  if (!index)
    return index.error();
  if (Status status = checkInput(*index, value); !status)
    return within(status.error());
  const PlannedBuffer &buffer = plan.buffers[*index];
  const std::byte *rows = value.data.data();
  std::vector<std::byte> ordered;
  if (buffer.userOrder) {
    ordered.resize(buffer.bytes);
    forEachRow(buffer,
               [&](std::size_t internal, std::size_t user, std::size_t bytes) {
                 std::memcpy(ordered.data() + internal, rows + user, bytes);
               });
    rows = ordered.data();
  }
  if (Status status =
          device.copyToDevice(buffers[*index].address(), rows, buffer.bytes);
      !status)
    return within(status.error());
  isSet[*index] = true;
  return {};
}

Result<HostTensor> ProgramInstance::output(const std::string &name) {
  Result<std::size_t> index = findBuffer(name, BufferSpec::Kind::Output);
  if (!index)
    return index.error();
  if (!hasRun)
    return within(Error("output " + quoted(name) +
                        " was asked for before the program ran"));
  if (Status status = device.synchronize(); !status)
    return within(status.error());
  const PlannedBuffer &buffer = plan.buffers[*index];
  Result<HostTensor> internal =
      HostTensor::create(plan.program.buffers[*index].type, buffer.shape);
  if (!internal)
    return within(internal.error());
  if (Status status = device.copyToHost(
          internal->data.data(), buffers[*index].address(), buffer.bytes);
      !status)
    return within(status.error());
  if (!buffer.userOrder)
    return internal;
  HostTensor ordered = *internal;
  forEachRow(buffer, [&](std::size_t from, std::size_t to, std::size_t bytes) {
    std::memcpy(ordered.data.data() + to, internal->data.data() + from, bytes);
  });
  return ordered;
}

//===- ProgramBuffers.cpp - What a program declares -----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProgramBuffers.h"

#include "pigeon/Dialect/RGNN/IR/RGNNDialect.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace pigeon;
using kernel::RowsAttr;
using rgnn::OnAttr;

RowsAttr pigeon::rowsOf(OnAttr domain) {
  MLIRContext *context = domain.getContext();
  return RowsAttr::get(context, StringAttr::get(context, domain.getGraph()),
                       StringAttr::get(context, domain.getDomain()));
}

LogicalResult ProgramBuffers::declareGraphs() {
  auto module = func->getParentOfType<ModuleOp>();
  for (auto graph : module.getOps<rgnn::GraphOp>()) {
    if (graph.getBipartite())
      return graph.emitOpError("is bipartite; models on such graphs cannot be "
                               "compiled yet");
    kernel::GraphOp::create(
        builder, graph.getLoc(), graph.getSymNameAttr(),
        graph.getShares() ? builder.getStringAttr(*graph.getShares())
                          : StringAttr(),
        builder.getI64IntegerAttr(graph.getRelations().value_or(0)),
        builder.getI64IntegerAttr(graph.getNodeTypes().value_or(0)),
        graph.getClassesAttr(), graph.getStatsAttr());
  }
  return success();
}

Value ProgramBuffers::sizeOf(OnAttr domain) {
  Value &size = sizes[domain];
  if (!size)
    size = kernel::SizeOp::create(builder, func.getLoc(),
                                  builder.getIndexType(), rowsOf(domain));
  return size;
}

/// The memref for a value: as many rows as the domain has, then its dimensions.
static MemRefType memrefOf(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape;
  if (rgnn::getDomain(type))
    shape.push_back(ShapedType::kDynamic);
  llvm::append_range(shape, rgnn::getTrailingShape(tensor));
  return MemRefType::get(shape, tensor.getElementType());
}

Value ProgramBuffers::createBuffer(kernel::BufferKind kind, StringRef name,
                                   Type type, Location loc) {
  OnAttr domain = rgnn::getDomain(type);
  SmallVector<Value> extents;
  if (domain)
    extents.push_back(sizeOf(domain));
  return kernel::BufferOp::create(builder, loc, memrefOf(type), kind, name,
                                  extents,
                                  domain ? rowsOf(domain) : RowsAttr());
}

LogicalResult ProgramBuffers::declareInputs() {
  for (BlockArgument argument : func.getArguments()) {
    std::string name = rgnn::getArgumentName(func, argument.getArgNumber());
    userNames.insert(name);
    buffers[argument] = createBuffer(kernel::BufferKind::Input, name,
                                     argument.getType(), argument.getLoc());
  }
  for (unsigned i = 0, e = func.getNumResults(); i != e; ++i)
    if (std::string name = rgnn::getResultName(func, i);
        !userNames.insert(name).second)
      return func.emitOpError("has an argument and a result called '")
             << name << "'; a program has one list of names for both";
  return success();
}

std::string ProgramBuffers::workspaceName(unsigned index) const {
  std::string name = "t" + std::to_string(index);
  while (userNames.contains(name))
    name += "_";
  return name;
}

Value ProgramBuffers::createOutputBuffer(unsigned index,
                                         const KernelPlan &plan) {
  Location loc = plan.result.getLoc();
  if (plan.outputIndex < 0)
    return createBuffer(kernel::BufferKind::Workspace, workspaceName(index),
                        plan.result.getType(), loc);
  return createBuffer(kernel::BufferKind::Output,
                      rgnn::getResultName(func, plan.outputIndex),
                      func.getResultTypes()[plan.outputIndex], loc);
}

/// The same data under other trailing dimensions.
Value ProgramBuffers::withShape(Value buffer, MemRefType type, OnAttr domain) {
  auto from = cast<MemRefType>(buffer.getType());
  if (from == type)
    return buffer;
  Location loc = func.getLoc();
  int64_t keep = domain ? 1 : 0;
  auto groups = [&](int64_t rank) {
    SmallVector<ReassociationIndices> indices;
    if (keep)
      indices.push_back({0});
    indices.push_back(llvm::to_vector(llvm::seq<int64_t>(keep, rank)));
    return indices;
  };
  if (from.getRank() > keep + 1)
    buffer = memref::CollapseShapeOp::create(builder, loc, buffer,
                                             groups(from.getRank()));
  if (type.getRank() <= keep + 1)
    return buffer;
  SmallVector<OpFoldResult> extents;
  if (keep)
    extents.push_back(sizeOf(domain));
  for (int64_t extent : type.getShape().drop_front(keep))
    extents.push_back(builder.getIndexAttr(extent));
  return memref::ExpandShapeOp::create(builder, loc, type, buffer,
                                       groups(type.getRank()), extents);
}

FailureOr<Value> ProgramBuffers::createOutput(unsigned index,
                                              const KernelPlan &plan,
                                              bool isRead) {
  Type type = plan.result.getType();
  Location loc = plan.result.getLoc();
  if (!rgnn::getDomain(type))
    return emitError(loc, "data of one row, ") << type << ", " << kNoKernelYet;
  if (!isStorable(getElementTypeOrSelf(type)))
    return emitError(loc, "data of type ")
           << type << " must be stored here, and buffers hold only floats and "
           << "i32";
  Value out = createOutputBuffer(index, plan);
  if (isRead)
    buffers[plan.result] = out;
  return out;
}

Value ProgramBuffers::lookupAs(Value value, Type type) {
  return withShape(lookup(value), memrefOf(type),
                   rgnn::getDomain(value.getType()));
}

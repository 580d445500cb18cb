//===- BlockProgram.cpp - A tile function under construction --------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockProgram.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace pigeon;

LogicalResult pigeon::verifyGrid(Operation *op, int64_t gridY, int64_t gridZ) {
  constexpr int64_t limit = 65535;
  if (gridY <= limit && gridZ <= limit)
    return success();
  return op->emitOpError("needs a grid of ")
         << gridY << " blocks of columns and " << gridZ
         << " batches, devices have at most " << limit << " of each";
}

BlockProgram::BlockProgram(Operation *op, gpu::GPUModuleOp kernels,
                           StringRef name, int64_t threads)
    : location(op->getLoc()), hostBuilder(op), bodyBuilder(op->getContext()) {
  OpBuilder builder = OpBuilder::atBlockEnd(kernels.getBody());
  func = tile::FuncOp::create(builder, location, name,
                              builder.getFunctionType({}, {}), threads);
  if (func.getBody().empty())
    func.getBody().emplaceBlock();
  bodyBuilder.setInsertionPointToStart(&func.getBody().front());
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

Value BlockProgram::parameter(Value host, Type type, bool readOnly) {
  Block &entry = func.getBody().front();
  for (auto [index, operand] : llvm::enumerate(launchOperands)) {
    if (operand != host || entry.getArgument(index).getType() != type)
      continue;
    readOnlyFlags[index] &= readOnly;
    return entry.getArgument(index);
  }
  launchOperands.push_back(host);
  readOnlyFlags.push_back(readOnly);
  return entry.addArgument(type, location);
}

Value BlockProgram::data(Value buffer, ArrayRef<int64_t> shape, bool readOnly) {
  auto type = tile::RefType::get(
      location.getContext(), shape,
      cast<MemRefType>(buffer.getType()).getElementType(), tile::Space::Global);
  return parameter(buffer, type, readOnly);
}

Value BlockProgram::array(StringRef view, kernel::RowsAttr rows, StringRef role,
                          int64_t viewParameter, StringRef name) {
  return data(hostArray(view, rows, role, viewParameter, name),
              {ShapedType::kDynamic}, /*readOnly=*/true);
}

Value BlockProgram::path(kernel::RowsAttr rows, StringRef role,
                         StringRef through) {
  // The entries of a sorted domain are its rows, so the path is the map, which
  // other kernels may read too.
  bool isMap = kernel::isSortedBy(rows.getDomain().getValue(), role) &&
               through != kernel::kSelfRole;
  if (isMap)
    return array("map", rows, through, 0, "index");
  return data(hostArray("path", rows, role, 0, "index", through),
              {ShapedType::kDynamic}, /*readOnly=*/true);
}

Value BlockProgram::size(Value hostSize) {
  return parameter(hostSize, i32(), /*readOnly=*/false);
}

//===----------------------------------------------------------------------===//
// Host side
//===----------------------------------------------------------------------===//

Value BlockProgram::hostArray(StringRef view, kernel::RowsAttr rows,
                              StringRef role, int64_t viewParameter,
                              StringRef name, StringRef through,
                              StringRef into) {
  // Equal arrays are one value, so that a kernel gets one parameter for each.
  Operation *here = &*hostBuilder.getInsertionPoint();
  for (auto array : hostBuilder.getBlock()->getOps<kernel::ArrayOp>())
    if (array.getView() == view && array.getRows() == rows &&
        array.getRole() == role &&
        static_cast<int64_t>(array.getParameter()) == viewParameter &&
        array.getArray() == name &&
        array.getThrough().value_or("") == through &&
        array.getInto().value_or("") == into && array->isBeforeInBlock(here))
      return array;
  auto type = MemRefType::get({ShapedType::kDynamic}, i32());
  auto optional = [&](StringRef role) {
    return role.empty() ? StringAttr() : hostBuilder.getStringAttr(role);
  };
  return kernel::ArrayOp::create(hostBuilder, location, type, view, rows, role,
                                 viewParameter, name, optional(through),
                                 optional(into));
}

Value BlockProgram::hostLength(Value array) {
  return memref::DimOp::create(hostBuilder, location, array, 0);
}

Value BlockProgram::hostRows(kernel::RowsAttr rows) {
  if (std::optional<int64_t> count = rows.getCount())
    return hostConstant(*count);
  Operation *here = &*hostBuilder.getInsertionPoint();
  for (auto size : hostBuilder.getBlock()->getOps<kernel::SizeOp>())
    if (size.getRows() == rows && size->isBeforeInBlock(here))
      return size;
  return kernel::SizeOp::create(hostBuilder, location,
                                hostBuilder.getIndexType(), rows);
}

/// One affine expression of one or two symbols.
static Value applyAffine(OpBuilder &builder, Location loc, AffineExpr expr,
                         ValueRange symbols) {
  return affine::AffineApplyOp::create(
      builder, loc, AffineMap::get(0, symbols.size(), expr), symbols);
}

Value BlockProgram::hostCeilDiv(Value value, int64_t divisor) {
  AffineExpr symbol = hostBuilder.getAffineSymbolExpr(0);
  return applyAffine(hostBuilder, location, symbol.ceilDiv(divisor), value);
}

Value BlockProgram::hostTimes(Value value, int64_t factor) {
  AffineExpr symbol = hostBuilder.getAffineSymbolExpr(0);
  return applyAffine(hostBuilder, location, symbol * factor, value);
}

Value BlockProgram::hostPlus(Value a, Value b) {
  AffineExpr sum =
      hostBuilder.getAffineSymbolExpr(0) + hostBuilder.getAffineSymbolExpr(1);
  return applyAffine(hostBuilder, location, sum, {a, b});
}

Value BlockProgram::hostConstant(int64_t value) {
  return applyAffine(hostBuilder, location,
                     hostBuilder.getAffineConstantExpr(value), {});
}

/// The buffer under reshapes, which do not move data; null for arrays.
static kernel::BufferOp underlyingBuffer(Value value) {
  while (auto view = value.getDefiningOp<ViewLikeOpInterface>())
    value = view.getViewSource();
  return value.getDefiningOp<kernel::BufferOp>();
}

/// Whether no kernel of the program writes it. What another kernel writes is
/// not read-only even where this one only reads it: this one may be launched
/// before the other is done.
static bool isConstant(Value operand) {
  auto buffer = underlyingBuffer(operand);
  return !buffer || buffer.getKind() == kernel::BufferKind::Input;
}

/// Bytes of all arrays that the kernel sees, each once.
Value BlockProgram::hostBytes() {
  Value total = hostConstant(0);
  for (Value operand : launchOperands) {
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (!type)
      continue;
    int64_t bytes = type.getElementTypeBitWidth() / 8;
    for (int64_t extent : type.getShape())
      bytes *= ShapedType::isDynamic(extent) ? 1 : extent;
    Value part;
    if (auto buffer = underlyingBuffer(operand))
      part = buffer.getSizes().empty()
                 ? hostConstant(bytes)
                 : hostTimes(buffer.getSizes().front(), bytes);
    else
      part = hostTimes(hostLength(operand), bytes);
    total = hostPlus(total, part);
  }
  return total;
}

void BlockProgram::leaveRegisters(int64_t registers) {
  // Of a multiprocessor, of every device that we know.
  constexpr int64_t all = 65536, mostBlocks = 16;
  int64_t blocks = all / (registers * func.getThreads());
  func.setMinBlocks(std::clamp<int64_t>(blocks, 1, mostBlocks));
}

void BlockProgram::finish(StringRef label, const LaunchNumbers &numbers) {
  tile::ReturnOp::create(bodyBuilder, location);
  Block &entry = func.getBody().front();
  func.setFunctionType(
      bodyBuilder.getFunctionType(entry.getArgumentTypes(), {}));
  for (auto [index, readOnly] : llvm::enumerate(readOnlyFlags))
    if (readOnly && isa<tile::RefType>(entry.getArgument(index).getType()))
      func.setArgAttr(index,
                      isConstant(launchOperands[index])
                          ? tile::TileDialect::kReadonly
                          : tile::TileDialect::kUnwritten,
                      bodyBuilder.getUnitAttr());

  auto kernels = func->getParentOfType<gpu::GPUModuleOp>();
  auto symbol = SymbolRefAttr::get(
      kernels.getNameAttr(), {FlatSymbolRefAttr::get(func.getNameAttr())});
  Value gridY = hostConstant(numbers.gridY),
        gridZ = hostConstant(numbers.gridZ);
  kernel::LaunchOp::create(hostBuilder, location, label, symbol, numbers.gridX,
                           gridY, gridZ, func.getThreads(), launchOperands,
                           hostBytes(), numbers.operations);
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

Value BlockProgram::constant(int32_t value) {
  return arith::ConstantOp::create(bodyBuilder, location,
                                   bodyBuilder.getI32IntegerAttr(value));
}

Value BlockProgram::firstColumn(int64_t width, int64_t columns) {
  if (width <= columns)
    return constant(0);
  Value id =
      tile::BlockIdOp::create(bodyBuilder, location, i32(), tile::Axis::Y);
  return arith::MulIOp::create(bodyBuilder, location, id, constant(columns));
}

Value BlockProgram::splat(Value scalar, RankedTensorType type) {
  return tile::SplatOp::create(bodyBuilder, location, type, scalar);
}

Value BlockProgram::splatConstant(RankedTensorType type, double value) {
  Type element = type.getElementType();
  TypedAttr attr =
      isa<FloatType>(element)
          ? TypedAttr(bodyBuilder.getFloatAttr(element, value))
          : bodyBuilder.getIntegerAttr(element, static_cast<int64_t>(value));
  return arith::ConstantOp::create(bodyBuilder, location,
                                   DenseElementsAttr::get(type, attr));
}

Value BlockProgram::range(Value start, int64_t extent) {
  auto type = RankedTensorType::get({extent}, i32());
  Value iota = tile::IotaOp::create(bodyBuilder, location, type);
  return arith::AddIOp::create(bodyBuilder, location, splat(start, type), iota);
}

Value BlockProgram::compare(arith::CmpIPredicate predicate, Value tile,
                            Value scalar) {
  auto type = cast<RankedTensorType>(tile.getType());
  return arith::CmpIOp::create(bodyBuilder, location, predicate, tile,
                               splat(scalar, type));
}

Value BlockProgram::loadIndices(Value array, Value rows, Value mask) {
  return tile::LoadOp::create(bodyBuilder, location,
                              cast<RankedTensorType>(rows.getType()), array,
                              ValueRange{rows}, mask);
}

Value BlockProgram::readThrough(kernel::RowsAttr domain, StringRef role,
                                Value rows, Value mask) {
  if (role == kernel::kSelfRole)
    return rows;
  return loadIndices(array("map", domain, role, 0, "index"), rows, mask);
}

/// Columns of narrower data: c floordiv (W / w), kept inside the row where the
/// tile is wider than it.
static Value narrowColumns(BlockProgram &program,
                           const BlockProgram::Position &position,
                           int64_t width) {
  OpBuilder &builder = program.body();
  Value columns = program.range(position.col, position.columns);
  auto type = cast<RankedTensorType>(columns.getType());
  Value divisor = program.splatConstant(type, position.width / width);
  Value last = program.splatConstant(type, width - 1);
  Value quotient =
      arith::DivUIOp::create(builder, program.loc(), columns, divisor);
  return arith::MinUIOp::create(builder, program.loc(), quotient, last);
}

Value BlockProgram::convert(Value value, Type element) {
  Type from = getElementTypeOrSelf(value.getType());
  if (from == element)
    return value;
  Type type = element;
  if (auto tile = dyn_cast<RankedTensorType>(value.getType()))
    type = RankedTensorType::get(tile.getShape(), element);
  if (from.getIntOrFloatBitWidth() < element.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(bodyBuilder, location, type, value);
  if (from.getIntOrFloatBitWidth() > element.getIntOrFloatBitWidth())
    return arith::TruncFOp::create(bodyBuilder, location, type, value);
  // f16 to bf16 or back: neither has the other's values.
  return convert(convert(value, f32()), element);
}

void BlockProgram::storeElements(Value tile, Value buffer,
                                 const Position &position) {
  Value ref = data(buffer, {ShapedType::kDynamic, position.width},
                   /*readOnly=*/false);
  Type element = cast<tile::RefType>(ref.getType()).getElementType();
  tile::StoreOp::create(bodyBuilder, location, convert(tile, element), ref,
                        ValueRange{position.rows, position.col}, position.mask);
}

Value BlockProgram::loadElements(Value buffer, StringRef role,
                                 const Position &position, Type wanted) {
  auto bufferType = cast<MemRefType>(buffer.getType());
  int64_t width = kernel::getRowWidth(bufferType, role);
  int64_t m = cast<RankedTensorType>(position.rows.getType()).getDimSize(0);
  Type element = bufferType.getElementType();
  if (!wanted)
    wanted = kernel::getComputeType(element);
  auto tileType = RankedTensorType::get({m, position.columns}, wanted);
  OpBuilder &builder = bodyBuilder;
  auto load = [&](Value ref, ArrayRef<int64_t> shape, ValueRange indices,
                  Value mask) -> Value {
    auto type = RankedTensorType::get(shape, element);
    return convert(
        tile::LoadOp::create(builder, location, type, ref, indices, mask),
        wanted);
  };
  auto expand = [&](Value tile, int32_t dim) -> Value {
    return tile::ExpandOp::create(builder, location, tileType, tile,
                                  builder.getI32IntegerAttr(dim));
  };

  if (role == kernel::kNoneRole) {
    Value ref = data(buffer, {width}, /*readOnly=*/true);
    if (width == 1) {
      Value scalar = tile::LoadScalarOp::create(builder, location, element, ref,
                                                ValueRange{constant(0)});
      return splat(convert(scalar, wanted), tileType);
    }
    Value column = width == position.width
                       ? position.col
                       : narrowColumns(*this, position, width);
    return expand(load(ref, {position.columns}, column, Value()), 0);
  }

  Value rows = readThrough(position.domain, role, position.rows, position.mask);
  if (width == position.width) {
    Value ref = data(buffer, {ShapedType::kDynamic, width}, true);
    return load(ref, tileType.getShape(), {rows, position.col}, position.mask);
  }
  if (width == 1) {
    Value ref = data(buffer, {ShapedType::kDynamic}, true);
    return expand(load(ref, {m}, rows, position.mask), 1);
  }
  Value ref = data(buffer, {ShapedType::kDynamic, width}, true);
  return load(ref, tileType.getShape(),
              {rows, narrowColumns(*this, position, width)}, position.mask);
}

/// Scalar work as work on tiles.
void BlockProgram::inlineScalar(Operation &op, ArrayRef<int64_t> shape,
                                IRMapping &mapping) {
  if (auto constantOp = dyn_cast<arith::ConstantOp>(op)) {
    auto type = RankedTensorType::get(shape, constantOp.getType());
    mapping.map(constantOp.getResult(),
                arith::ConstantOp::create(
                    bodyBuilder, op.getLoc(),
                    DenseElementsAttr::get(type, constantOp.getValue()))
                    .getResult());
    return;
  }
  Operation *clone = bodyBuilder.clone(op, mapping);
  for (Value value : clone->getResults())
    value.setType(RankedTensorType::get(shape, value.getType()));
}

SmallVector<Value> BlockProgram::inlineRegion(Region &region,
                                              ArrayRef<int64_t> shape,
                                              ValueRange arguments) {
  Block &block = region.front();
  IRMapping mapping;
  mapping.map(block.getArguments(), arguments);
  for (Operation &op : block.without_terminator())
    inlineScalar(op, shape, mapping);
  return llvm::map_to_vector(
      block.getTerminator()->getOperands(),
      [&](Value v) { return mapping.lookupOrDefault(v); });
}

Value BlockProgram::inlineResult(Region &region, unsigned result,
                                 ArrayRef<int64_t> shape,
                                 function_ref<Value(unsigned)> argument) {
  kernel::RegionSlice slice = kernel::sliceOf(region, result);
  IRMapping mapping;
  for (BlockArgument read : slice.arguments)
    mapping.map(read, argument(read.getArgNumber()));
  for (Operation *op : slice.operations)
    inlineScalar(*op, shape, mapping);
  return mapping.lookup(region.front().getTerminator()->getOperand(result));
}

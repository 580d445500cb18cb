//===- LowerDot.cpp - Products of tiles, in one thread --------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A dot whose operands are held as a matrix instruction wants them is a grid of
// such instructions; any other is a chain of fused multiply-adds.
//
// Three TF32 products. A float x of 24 bits is hi + lo, where hi is x rounded
// to 11 bits and lo = x - hi is exact and has at most 12 bits, of which the
// instruction reads 11. x * y is then hi*hi + hi*lo + lo*hi but for lo*lo and
// the last bits of both lo: 2^-21 of |x y| at most. The rounding adds half a
// unit to the bits, ties away from zero as cvt.rna does. It makes some NaNs
// zero, but then lo is still NaN; infinities give NaN.
//
// A matrix unit does not round what it adds up but cuts it off, so errors of a
// long sum all have one sign. The products of one dot are therefore summed from
// zero, which is a few steps, and added to the accumulator once, by an f32
// addition that rounds.
//
//===----------------------------------------------------------------------===//

#include "FunctionLowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>

using namespace mlir;
using namespace pigeon;
using namespace pigeon::tile;
using layout::Layout;

using Offset = SmallVector<int64_t, 2>;

static Offset offsetOf(const Layout &layout, int64_t local) {
  return {layout.localOffset(local, 0), layout.localOffset(local, 1)};
}

//===----------------------------------------------------------------------===//
// Fused multiply-adds
//===----------------------------------------------------------------------===//

/// The locals of an operand by their offsets, as f32.
static std::map<Offset, Value> floatsAt(ThreadCode &code, const Layout &layout,
                                        ArrayRef<Value> tile) {
  std::map<Offset, Value> at;
  Type f32 = code.builder.getF32Type();
  for (auto [local, value] : llvm::enumerate(tile)) {
    Value wide = value;
    if (value.getType() != f32)
      wide = arith::ExtFOp::create(code.builder, code.loc, f32, value);
    at[offsetOf(layout, local)] = wide;
  }
  return at;
}

static Locals multiplyAdd(ThreadCode &code, const Layout &a, const Layout &b,
                          const Layout &acc, ArrayRef<Value> left,
                          ArrayRef<Value> right, ArrayRef<Value> init) {
  std::map<Offset, Value> aAt = floatsAt(code, a, left),
                          bAt = floatsAt(code, b, right);
  Locals sum(init);
  SmallVector<Offset> place;
  for (int64_t local = 0; local < acc.numLocals(); ++local)
    place.push_back(offsetOf(acc, local));
  // k outermost: the products of one k do not wait for each other.
  for (int64_t k = 0; k < a.shape()[1]; ++k)
    for (auto [value, at] : llvm::zip_equal(sum, place))
      value = LLVM::FMAOp::create(code.builder, code.loc, aAt.at({at[0], k}),
                                  bAt.at({k, at[1]}), value);
  return sum;
}

//===----------------------------------------------------------------------===//
// Matrix instructions
//===----------------------------------------------------------------------===//

namespace {

/// What a lane gives to one instruction of one operand.
using Fragment = SmallVector<Value>;

/// The fragments of an operand by their place in the grid (rows or columns,
/// k). Of three TF32 products `low` is the second part of each; else empty.
/// They are made for one step of k at a time: split in two they take twice the
/// registers.
struct Operand {
  std::map<Offset, Fragment> high, low;
};

/// Writes one dot.
class MatrixCode {
public:
  MatrixCode(ThreadCode &code, const MatrixDot &dot, Precision precision)
      : code(code), builder(code.builder), loc(code.loc), dot(dot),
        instruction(*dot.instruction), precision(precision) {}

  Locals run(ArrayRef<Value> left, ArrayRef<Value> right, ArrayRef<Value> init);

private:
  Operand operandOf(ArrayRef<Value> tile, const Layout &grid, int64_t columns,
                    int64_t dim, int64_t k);
  Fragment pack(ArrayRef<Value> elements);
  std::pair<Fragment, Fragment> split(ArrayRef<Value> elements);
  Value roundToTF32(Value x);
  void multiply(const Fragment &a, const Fragment &b, Locals &sum,
                ArrayRef<int64_t> locals);

  ThreadCode &code;
  OpBuilder &builder;
  Location loc;
  const MatrixDot &dot;
  const MatrixInstruction &instruction;
  Precision precision;
};

} // namespace

Value MatrixCode::roundToTF32(Value x) {
  return NVVM::ConvertFloatToTF32Op::create(builder, loc, builder.getI32Type(),
                                            x, NVVM::FPRoundingMode::RNA);
}

/// Registers of an instruction: two elements of 16 bits in each, or one TF32.
Fragment MatrixCode::pack(ArrayRef<Value> elements) {
  Fragment registers;
  if (instruction.element == MatrixElement::TF32) {
    for (Value element : elements)
      registers.push_back(roundToTF32(element));
    return registers;
  }
  auto pair = VectorType::get({2}, elements.front().getType());
  for (size_t i = 0; i < elements.size(); i += 2) {
    Value both = LLVM::PoisonOp::create(builder, loc, pair);
    for (int j : {0, 1})
      both = LLVM::InsertElementOp::create(builder, loc, both, elements[i + j],
                                           code.i32(j));
    if (instruction.element == MatrixElement::BF16)
      both = LLVM::BitcastOp::create(builder, loc, builder.getI32Type(), both);
    registers.push_back(both);
  }
  return registers;
}

/// x = hi + lo for each element: see the top of the file.
std::pair<Fragment, Fragment> MatrixCode::split(ArrayRef<Value> elements) {
  Type word = builder.getI32Type(), f32 = builder.getF32Type();
  Fragment high, low;
  for (Value x : elements) {
    Value bits = LLVM::BitcastOp::create(builder, loc, word, x);
    Value more =
        arith::AddIOp::create(builder, loc, bits, code.i32(int32_t(1) << 12));
    Value hi = arith::AndIOp::create(builder, loc, more,
                                     code.i32(-(int32_t(1) << 13)));
    Value lo = arith::SubFOp::create(
        builder, loc, x, LLVM::BitcastOp::create(builder, loc, f32, hi));
    high.push_back(hi);
    low.push_back(LLVM::BitcastOp::create(builder, loc, word, lo));
  }
  return {high, low};
}

/// Cuts the locals of an operand, held as grid * fragment * local({1,
/// columns}), into fragments: those at `k` of dimension `dim` of the grid.
Operand MatrixCode::operandOf(ArrayRef<Value> tile, const Layout &grid,
                              int64_t columns, int64_t dim, int64_t k) {
  Operand operand;
  int64_t size = tile.size() / (grid.numLocals() * columns);
  for (int64_t outer = 0; outer < grid.numLocals(); ++outer) {
    if (grid.localOffset(outer, dim) != k)
      continue;
    for (int64_t column = 0; column < columns; ++column) {
      SmallVector<Value> elements;
      for (int64_t i = 0; i < size; ++i)
        elements.push_back(tile[(outer * size + i) * columns + column]);
      Offset at = offsetOf(grid, outer);
      at[1] = at[1] * columns + column;
      if (precision == Precision::TF32x3)
        std::tie(operand.high[at], operand.low[at]) = split(elements);
      else
        operand.high[at] = pack(elements);
    }
  }
  return operand;
}

static NVVM::MMATypes typeOf(MatrixElement element) {
  switch (element) {
  case MatrixElement::F16:
    return NVVM::MMATypes::f16;
  case MatrixElement::BF16:
    return NVVM::MMATypes::bf16;
  case MatrixElement::TF32:
    return NVVM::MMATypes::tf32;
  }
  llvm_unreachable("unknown element of a matrix instruction");
}

/// One instruction on the accumulators `locals` of `sum`.
void MatrixCode::multiply(const Fragment &a, const Fragment &b, Locals &sum,
                          ArrayRef<int64_t> locals) {
  SmallVector<Value> c;
  for (int64_t local : locals)
    c.push_back(sum[local]);
  auto type = LLVM::LLVMStructType::getLiteral(
      builder.getContext(),
      SmallVector<Type>(locals.size(), builder.getF32Type()));
  NVVM::MMATypes element = typeOf(instruction.element);
  Value result = NVVM::MmaOp::create(
      builder, loc, type, a, b, c,
      {instruction.m, instruction.n, instruction.k}, std::nullopt, std::nullopt,
      std::array{element, element},
      std::array{NVVM::MMALayout::row, NVVM::MMALayout::col});
  for (auto [i, local] : llvm::enumerate(locals))
    sum[local] = LLVM::ExtractValueOp::create(
        builder, loc, result, ArrayRef<int64_t>{static_cast<int64_t>(i)});
}

Locals MatrixCode::run(ArrayRef<Value> left, ArrayRef<Value> right,
                       ArrayRef<Value> init) {
  bool isThree = precision == Precision::TF32x3;
  Locals sum(init);
  if (isThree)
    sum.assign(init.size(), code.zero(builder.getF32Type()));
  const Layout &grid = dot.outerC;
  int64_t size = sum.size() / (grid.numLocals() * dot.columns);
  auto product = [&](const std::map<Offset, Fragment> &lefts,
                     const std::map<Offset, Fragment> &rights, int64_t k) {
    for (int64_t outer = 0; outer < grid.numLocals(); ++outer)
      for (int64_t column = 0; column < dot.columns; ++column) {
        Offset at = offsetOf(grid, outer);
        SmallVector<int64_t> locals;
        for (int64_t i = 0; i < size; ++i)
          locals.push_back((outer * size + i) * dot.columns + column);
        multiply(lefts.at({at[0], k}),
                 rights.at({k, at[1] * dot.columns + column}), sum, locals);
      }
  };
  // The small products first, and those of one kind together, as they do not
  // wait for each other.
  for (int64_t k = 0; k < dot.outerA.shape()[1]; ++k) {
    Operand a = operandOf(left, dot.outerA, /*columns=*/1, /*dim=*/1, k);
    Operand b = operandOf(right, dot.outerB, dot.columns, /*dim=*/0, k);
    if (isThree) {
      product(a.low, b.high, k);
      product(a.high, b.low, k);
    }
    product(a.high, b.high, k);
  }
  if (isThree)
    for (auto [value, before] : llvm::zip_equal(sum, init))
      value = arith::AddFOp::create(builder, loc, before, value);
  return sum;
}

//===----------------------------------------------------------------------===//
// tile.dot
//===----------------------------------------------------------------------===//

static void remarkDot(DotOp op, const std::optional<MatrixDot> &matrix) {
  auto options =
      remark::RemarkOpts::name("tile-dot").category("tile-to-threads");
  RankedTensorType type = op.getA().getType();
  Precision precision = op.getPrecision();
  if (matrix) {
    const MatrixInstruction &instruction = *matrix->instruction;
    StringRef how = precision == Precision::TF32x3 ? ", tf32x3" : "";
    if (auto remark = remark::passed(op.getLoc(), options))
      remark << llvm::formatv("{0} {1} of each warp for each {2} of k{3}",
                              matrix->outerC.numLocals() * matrix->columns,
                              instruction.name, instruction.k, how)
                    .str();
    return;
  }
  if (!findMatrixInstruction(type.getElementType(), precision))
    return;
  if (auto remark = remark::missed(op.getLoc(), options))
    remark << llvm::formatv("no matrix instruction divides {0}x{1}x{2}: fused "
                            "multiply-adds in f32",
                            type.getDimSize(0), op.getType().getDimSize(1),
                            type.getDimSize(1))
                  .str();
}

LogicalResult FunctionLowering::lowerDot(DotOp op) {
  FailureOr<Layout> a = layoutOf(op, op.getA()), b = layoutOf(op, op.getB()),
                    acc = layoutOf(op, op);
  if (failed(a) || failed(b) || failed(acc))
    return failure();
  DotOperands wanted = dotOperands(op, *acc);
  ArrayRef<Value> left = localsOf(op.getA()), right = localsOf(op.getB()),
                  init = localsOf(op.getAcc());
  if (wanted.matrix && *a == wanted.a && *b == wanted.b) {
    remarkDot(op, wanted.matrix);
    values[op] = MatrixCode(code, *wanted.matrix, op.getPrecision())
                     .run(left, right, init);
    return success();
  }
  if (a->threadDigits(0) != acc->threadDigits(0) ||
      b->threadDigits(1) != acc->threadDigits(1) ||
      !a->threadDigits(1).empty() || !b->threadDigits(0).empty())
    return unexpectedLayouts(
        op, "each thread to have the rows of a and columns of b that it "
            "multiplies");
  remarkDot(op, std::nullopt);
  values[op] = multiplyAdd(code, *a, *b, *acc, left, right, init);
  return success();
}

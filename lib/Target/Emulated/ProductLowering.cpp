//===- ProductLowering.cpp - Runs of mma.sync become calls ----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where 32 lanes meet, 32 fibers are switched. A kernel's inner loop has a
// dozen products in a row, so those of one shape become one call where the last
// of them stands. A run goes on while what lies between is computation that
// does not look at its results; they may be the addends of later products, as
// they are, which then need not leave the machine:
//
//   %d = mma A[%a] B[%b] C[%zero..]        fragments: A {%a, %e}, B {%b},
//   %d0.. = extractvalue %d[0]..           C {%zero..}
//   %f = mma A[%e] B[%b] C[%d0..]          products: (0, 0, fragment 0),
//   %f0.. = extractvalue %f[0]..           (1, 0, result 0), which is kept
//
//===----------------------------------------------------------------------===//

#include "Machine/Products.h"
#include "WarpLowering.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;

namespace pigeon::emulated {

static std::optional<MatrixType> matrixType(NVVM::MMATypes type) {
  switch (type) {
  case NVVM::MMATypes::f16:
    return MatrixType::F16;
  case NVVM::MMATypes::bf16:
    return MatrixType::BF16;
  case NVVM::MMATypes::tf32:
    return MatrixType::TF32;
  case NVVM::MMATypes::f32:
    return MatrixType::F32;
  case NVVM::MMATypes::s8:
    return MatrixType::S8;
  case NVVM::MMATypes::u8:
    return MatrixType::U8;
  case NVVM::MMATypes::s32:
    return MatrixType::S32;
  default:
    return std::nullopt;
  }
}

static std::optional<WarpOp> describeMma(NVVM::MmaOp mma) {
  if (mma.getLayoutA() != NVVM::MMALayout::row ||
      mma.getLayoutB() != NVVM::MMALayout::col || mma.getB1Op() ||
      !mma.getMultiplicandAPtxType() || !mma.getMultiplicandBPtxType())
    return std::nullopt;
  auto a = matrixType(*mma.getMultiplicandAPtxType());
  auto b = matrixType(*mma.getMultiplicandBPtxType());
  auto accumulator = matrixType(mma.accumPtxType());
  auto result = matrixType(mma.resultPtxType());
  if (!a || !b || !accumulator || !result)
    return std::nullopt;
  WarpOp what;
  what.kind = WarpOpKind::Mma;
  NVVM::MMAShapeAttr shape = mma.getShape();
  what.m = static_cast<std::uint8_t>(shape.getM());
  what.n = static_cast<std::uint8_t>(shape.getN());
  what.k = static_cast<std::uint8_t>(shape.getK());
  what.a = *a;
  what.b = *b;
  what.accumulator = *accumulator;
  what.result = *result;
  what.saturate =
      mma.getIntOverflowBehavior() == NVVM::MMAIntOverflow::satfinite;
  return isEmulatedMma(what) ? std::optional(what) : std::nullopt;
}

namespace {

/// The lowering of one function's products.
class ProductLowering {
public:
  explicit ProductLowering(Emulation &e) : e(e) {}

  LogicalResult lowerBlock(mlir::Block &block);

private:
  /// Where a value comes from: field `field` of the result of a product.
  struct Field {
    std::size_t product;
    std::int64_t field;
  };
  using Fragments = SmallVector<SmallVector<Value>>;

  LogicalResult check(NVVM::MmaOp mma, const WarpOp &what);
  std::optional<std::size_t> numberOf(Operation *op) const;
  std::optional<Field> fieldOf(Value value) const;
  bool usesResults(ValueRange values) const;
  std::optional<std::size_t> addend(NVVM::MmaOp mma) const;
  bool joins(NVVM::MmaOp mma, const WarpOp &shape) const;
  bool mayPass(Operation *op) const;
  bool isKept(NVVM::MmaOp mma) const;
  void describeRun();
  SmallVector<Value> splitFragments(OpBuilder &b);
  void replaceResult(OpBuilder &b, NVVM::MmaOp mma, ArrayRef<Value> words);
  void eraseRun();
  void endRun();

  Emulation &e;
  /// The run that is being collected.
  SmallVector<NVVM::MmaOp> products;
  WarpOp what;
  Fragments fragmentsA, fragmentsB, fragmentsC;
};

/// What a thread gives and gets lies on its fiber's stack.
constexpr std::size_t longestRun = 128;

bool isSameShape(const WarpOp &a, const WarpOp &b) {
  return a.m == b.m && a.n == b.n && a.k == b.k && a.a == b.a && a.b == b.b &&
         a.accumulator == b.accumulator && a.result == b.result &&
         a.saturate == b.saturate;
}

} // namespace

//===----------------------------------------------------------------------===//
// Which products are a run
//===----------------------------------------------------------------------===//

/// Each operand must be a word, and as many as the shape has.
LogicalResult ProductLowering::check(NVVM::MmaOp mma, const WarpOp &shape) {
  for (Value operand : mma->getOperands()) {
    Type type = operand.getType();
    bool isWord = type == e.i32 || type.isF32() ||
                  (isa<VectorType>(type) &&
                   cast<VectorType>(type).getNumElements() *
                           cast<VectorType>(type).getElementTypeBitWidth() ==
                       32);
    if (!isWord)
      return mma.emitError("expected operands of 32 bits, found ") << type;
  }
  MmaWords words = wordsOf(shape);
  if (mma.getOperandA().size() != words.a ||
      mma.getOperandB().size() != words.b ||
      mma.getOperandC().size() != words.c)
    return mma.emitError("expected ")
           << words.a << " + " << words.b << " + " << words.c
           << " words of operands, found " << mma.getOperandA().size() << " + "
           << mma.getOperandB().size() << " + " << mma.getOperandC().size();
  return success();
}

std::optional<std::size_t> ProductLowering::numberOf(Operation *op) const {
  const auto *found = llvm::find(products, op);
  if (found == products.end())
    return std::nullopt;
  return found - products.begin();
}

std::optional<ProductLowering::Field>
ProductLowering::fieldOf(Value value) const {
  auto extract = value.getDefiningOp<LLVM::ExtractValueOp>();
  if (!extract)
    return std::nullopt;
  auto product = numberOf(extract.getContainer().getDefiningOp());
  if (!product)
    return std::nullopt;
  return Field{*product, extract.getPosition().front()};
}

bool ProductLowering::usesResults(ValueRange values) const {
  return llvm::any_of(values, [&](Value value) {
    return fieldOf(value) || numberOf(value.getDefiningOp());
  });
}

/// The product whose whole result is the C of this one.
std::optional<std::size_t> ProductLowering::addend(NVVM::MmaOp mma) const {
  std::optional<std::size_t> product;
  for (auto [i, value] : llvm::enumerate(mma.getOperandC())) {
    std::optional<Field> from = fieldOf(value);
    if (!from || static_cast<std::size_t>(from->field) != i ||
        (product && *product != from->product))
      return std::nullopt;
    product = from->product;
  }
  return product;
}

bool ProductLowering::joins(NVVM::MmaOp mma, const WarpOp &shape) const {
  if (products.size() == longestRun || !isSameShape(shape, what) ||
      usesResults(mma.getOperandA()) || usesResults(mma.getOperandB()))
    return false;
  return !usesResults(mma.getOperandC()) ||
         (addend(mma) && shape.accumulator == shape.result);
}

/// The run is computed where its last product stands: what looks at a result
/// must come later, and fields are given anew.
bool ProductLowering::mayPass(Operation *op) const {
  if (op->getNumResults() == 1 && fieldOf(op->getResult(0)))
    return true;
  return isa<LLVM::LLVMDialect>(op->getDialect()) && isMemoryEffectFree(op) &&
         !op->hasTrait<OpTrait::IsTerminator>() &&
         !usesResults(op->getOperands());
}

LogicalResult ProductLowering::lowerBlock(mlir::Block &block) {
  // The end of a run erases reads of its results, which may come next; never
  // the op that ends it.
  for (Operation &op : block) {
    auto mma = dyn_cast<NVVM::MmaOp>(op);
    if (!mma) {
      if (!mayPass(&op))
        endRun();
      continue;
    }
    std::optional<WarpOp> shape = describeMma(mma);
    if (!shape)
      return mma.emitError(
          "expected m16n8k8 or m16n8k16 of f16 or bf16, m16n8k4 or m16n8k8 of "
          "tf32, or m16n8k16 or m16n8k32 of 8-bit integers, found another "
          "product, which is not emulated");
    if (failed(check(mma, *shape)))
      return failure();
    if (!products.empty() && !joins(mma, *shape))
      endRun();
    if (products.empty())
      what = *shape;
    products.push_back(mma);
  }
  endRun();
  return success();
}

//===----------------------------------------------------------------------===//
// Lowering a run
//===----------------------------------------------------------------------===//

/// The number of a fragment; one that was there before is not given again.
static std::uint16_t numberFragment(SmallVector<SmallVector<Value>> &fragments,
                                    ValueRange values) {
  auto found = llvm::find_if(fragments, [&](ArrayRef<Value> fragment) {
    return ValueRange(fragment) == values;
  });
  auto number = static_cast<std::uint16_t>(found - fragments.begin());
  if (found == fragments.end())
    fragments.emplace_back(values);
  return number;
}

/// True if more than later products of the run look at the result.
bool ProductLowering::isKept(NVVM::MmaOp mma) const {
  return llvm::any_of(mma->getUsers(), [&](Operation *user) {
    return !isa<LLVM::ExtractValueOp>(user) ||
           llvm::any_of(user->getUsers(),
                        [&](Operation *reader) { return !numberOf(reader); });
  });
}

void ProductLowering::describeRun() {
  for (NVVM::MmaOp mma : products) {
    Product product;
    product.a = numberFragment(fragmentsA, mma.getOperandA());
    product.b = numberFragment(fragmentsB, mma.getOperandB());
    std::optional<std::size_t> earlier = addend(mma);
    product.addsToResult = earlier.has_value();
    product.c = earlier ? static_cast<std::uint16_t>(*earlier)
                        : numberFragment(fragmentsC, mma.getOperandC());
    product.isKept = isKept(mma);
    what.run.products.push_back(product);
  }
  what.run.fragmentsA = static_cast<std::uint16_t>(fragmentsA.size());
  what.run.fragmentsB = static_cast<std::uint16_t>(fragmentsB.size());
  what.run.fragmentsC = static_cast<std::uint16_t>(fragmentsC.size());
}

SmallVector<Value> ProductLowering::splitFragments(OpBuilder &b) {
  SmallVector<Value> words;
  for (const Fragments *fragments : {&fragmentsA, &fragmentsB, &fragmentsC})
    for (ArrayRef<Value> fragment : *fragments)
      for (Value value : fragment)
        words.push_back(
            value.getType() == e.i32
                ? value
                : LLVM::BitcastOp::create(b, value.getLoc(), e.i32, value)
                      .getResult());
  return words;
}

void ProductLowering::replaceResult(OpBuilder &b, NVVM::MmaOp mma,
                                    ArrayRef<Value> words) {
  Location loc = mma.getLoc();
  auto type = cast<LLVM::LLVMStructType>(mma.getRes().getType());
  SmallVector<Value> fields;
  for (auto [word, field] : llvm::zip_equal(words, type.getBody()))
    fields.push_back(fromWord(e, b, loc, field, word));
  bool isWhole = false;
  for (Operation *user : mma->getUsers())
    if (auto extract = dyn_cast<LLVM::ExtractValueOp>(user))
      extract.replaceAllUsesWith(fields[extract.getPosition().front()]);
    else
      isWhole = true;
  if (!isWhole)
    return;
  Value whole = LLVM::UndefOp::create(b, loc, type);
  for (auto [i, field] : llvm::enumerate(fields))
    whole = LLVM::InsertValueOp::create(
        b, loc, whole, field,
        ArrayRef<std::int64_t>{static_cast<std::int64_t>(i)});
  mma.getRes().replaceUsesWithIf(whole, [](OpOperand &use) {
    return !isa<LLVM::ExtractValueOp>(use.getOwner());
  });
}

/// From the last to the first, since the later add to the earlier.
void ProductLowering::eraseRun() {
  for (NVVM::MmaOp mma : llvm::reverse(products)) {
    for (Operation *extract : llvm::make_early_inc_range(mma->getUsers()))
      extract->erase();
    mma.erase();
  }
}

void ProductLowering::endRun() {
  if (products.empty())
    return;
  describeRun();
  OpBuilder b(products.back());
  auto kept = llvm::count_if(what.run.products,
                             [](const Product &p) { return p.isKept; });
  unsigned wordsOfD = wordsOf(what).d;
  SmallVector<Value> operands = splitFragments(b);
  SmallVector<Value> results = callWarpOp(
      e, b, products.front(), what, fullMask(e, b, products.back().getLoc()),
      operands, static_cast<unsigned>(kept) * wordsOfD);
  ArrayRef<Value> words = results;
  for (auto [mma, product] : llvm::zip_equal(products, what.run.products))
    if (product.isKept) {
      replaceResult(b, mma, words.take_front(wordsOfD));
      words = words.drop_front(wordsOfD);
    }
  eraseRun();
  products.clear();
  fragmentsA.clear();
  fragmentsB.clear();
  fragmentsC.clear();
}

LogicalResult lowerProducts(Emulation &e, LLVM::LLVMFuncOp function) {
  ProductLowering lowering(e);
  for (mlir::Block &block : function.getBody())
    if (failed(lowering.lowerBlock(block)))
      return failure();
  return success();
}

} // namespace pigeon::emulated

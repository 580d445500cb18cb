//===- KernelAttrs.cpp - Domains and schedules ----------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Kernel/IR/Kernel.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace pigeon::kernel;

#include "pigeon/Dialect/Kernel/IR/KernelEnums.cpp.inc"

/// `, stages = 3, a_path = register, items = 4`: what is not the default.
static ParseResult parseStaging(AsmParser &parser, int64_t &stages,
                                OperandPath &path, int64_t &items) {
  stages = items = 1;
  path = OperandPath::Async;
  while (succeeded(parser.parseOptionalComma())) {
    SMLoc loc = parser.getCurrentLocation();
    StringRef name, word;
    if (parser.parseKeyword(&name) || parser.parseEqual())
      return failure();
    if (name == "stages" || name == "items") {
      if (parser.parseInteger(name == "stages" ? stages : items))
        return failure();
      continue;
    }
    if (name != "a_path")
      return parser.emitError(loc)
             << "expected 'stages', 'a_path' or 'items', found '" << name
             << "'";
    loc = parser.getCurrentLocation();
    if (parser.parseKeyword(&word))
      return failure();
    std::optional<OperandPath> known = symbolizeOperandPath(word);
    if (!known)
      return parser.emitError(loc)
             << "expected 'async' or 'register', found '" << word << "'";
    path = *known;
  }
  return success();
}

static void printStaging(AsmPrinter &printer, int64_t stages, OperandPath path,
                         int64_t items) {
  if (stages != 1)
    printer << ", stages = " << stages;
  if (path != OperandPath::Async)
    printer << ", a_path = " << stringifyOperandPath(path);
  if (items != 1)
    printer << ", items = " << items;
}

#define GET_ATTRDEF_CLASSES
#include "pigeon/Dialect/Kernel/IR/KernelAttrs.cpp.inc"

void KernelDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "pigeon/Dialect/Kernel/IR/KernelAttrs.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Rows: <graph.domain> or <count>
//===----------------------------------------------------------------------===//

RowsAttr RowsAttr::getCounted(MLIRContext *context, int64_t count) {
  Builder builder(context);
  return get(context, builder.getStringAttr(""),
             builder.getStringAttr(std::to_string(count)));
}

std::optional<int64_t> RowsAttr::getCount() const {
  int64_t count = 0;
  if (!getGraph().empty() || getDomain().getValue().getAsInteger(10, count))
    return std::nullopt;
  return count;
}

Attribute RowsAttr::parse(AsmParser &parser, Type) {
  StringRef name;
  SMLoc loc;
  if (parser.parseLess() || parser.getCurrentLocation(&loc))
    return {};
  int64_t count = 0;
  if (OptionalParseResult parsed = parser.parseOptionalInteger(count);
      parsed.has_value()) {
    constexpr int64_t most = std::numeric_limits<int32_t>::max();
    if (failed(*parsed))
      return {};
    if (count < 1 || count > most) {
      parser.emitError(loc, "expected 1 to 2^31 - 1 rows, found ") << count;
      return {};
    }
    return parser.parseGreater() ? RowsAttr()
                                 : getCounted(parser.getContext(), count);
  }
  if (parser.parseKeyword(&name))
    return {};
  auto [graph, domain] = name.split('.');
  if (graph.empty() || domain.empty() || domain.contains('.')) {
    parser.emitError(loc, "expected 'graph.domain', found '") << name << "'";
    return {};
  }
  if (parser.parseGreater())
    return {};
  Builder builder(parser.getContext());
  return RowsAttr::get(parser.getContext(), builder.getStringAttr(graph),
                       builder.getStringAttr(domain));
}

void RowsAttr::print(AsmPrinter &printer) const {
  printer << '<';
  if (!getCount())
    printer << getGraph().getValue() << '.';
  printer << getDomain().getValue() << '>';
}

//===----------------------------------------------------------------------===//
// Schedules
//===----------------------------------------------------------------------===//

using EmitError = llvm::function_ref<InFlightDiagnostic()>;

static LogicalResult verifyPowerOfTwo(EmitError emitError, StringRef name,
                                      int64_t value, int64_t limit) {
  if (value < 1 || value > limit || !llvm::isPowerOf2_64(value))
    return emitError() << name << " must be a power of two from 1 to " << limit
                       << ", found " << value;
  return success();
}

static LogicalResult verifyThreads(EmitError emitError, int64_t threads) {
  if (threads < 32 || threads > 1024 || !llvm::isPowerOf2_64(threads))
    return emitError() << "threads must be a power of two from 32 (one warp) "
                          "to 1024 (the largest block), found "
                       << threads;
  return success();
}

/// A block's tile must give every thread something, and no thread more than its
/// registers hold.
static LogicalResult verifyElementsPerThread(EmitError emitError,
                                             StringRef what, int64_t elements,
                                             int64_t threads) {
  constexpr int64_t maxElements = 64;
  if (elements > maxElements * threads)
    return emitError() << what << " of " << elements << " elements on "
                       << threads << " threads needs " << elements / threads
                       << " registers in each, at most " << maxElements
                       << " are allowed";
  return success();
}

LogicalResult GemmScheduleAttr::verify(EmitError emitError, int64_t blockM,
                                       int64_t blockN, int64_t blockK,
                                       int64_t stepK, int64_t threads,
                                       int64_t stages, OperandPath,
                                       int64_t items) {
  if (failed(verifyPowerOfTwo(emitError, "block_m", blockM, 1024)) ||
      failed(verifyPowerOfTwo(emitError, "block_n", blockN, 1024)) ||
      failed(verifyPowerOfTwo(emitError, "block_k", blockK, 1024)) ||
      failed(verifyPowerOfTwo(emitError, "step_k", stepK, blockK)) ||
      failed(verifyThreads(emitError, threads)) ||
      failed(verifyElementsPerThread(emitError, "an accumulator",
                                     blockM * blockN, threads)))
    return failure();
  if (blockM * blockN < threads)
    return emitError() << "an accumulator of " << blockM << " x " << blockN
                       << " has fewer elements than the " << threads
                       << " threads";
  constexpr int64_t sharedBytes = 48 * 1024;
  int64_t bytes = (blockM + blockN) * blockK * 4;
  if (bytes > sharedBytes)
    return emitError() << "the tiles of both operands take " << bytes
                       << " bytes of shared memory, a block has "
                       << sharedBytes;
  constexpr int64_t maxStages = 8, maxItems = 1024;
  if (stages < 1 || stages > maxStages)
    return emitError() << "stages must be from 1 to " << maxStages << ", found "
                       << stages;
  if (items < 1 || items > maxItems)
    return emitError() << "items must be from 1 to " << maxItems << ", found "
                       << items;
  return success();
}

GemmScheduleAttr GemmScheduleAttr::withPipeline(int64_t stages,
                                                OperandPath path,
                                                int64_t items) {
  return get(getContext(), getBlockM(), getBlockN(), getBlockK(), getStepK(),
             getThreads(), stages, path, items);
}

GemmScheduleAttr GemmScheduleAttr::withBlockK(int64_t blockK) {
  return get(getContext(), getBlockM(), getBlockN(), blockK, getStepK(),
             getThreads(), getStages(), getAPath(), getItems());
}

LogicalResult TraverseScheduleAttr::verify(EmitError emitError, int64_t rows,
                                           int64_t blockN, int64_t threads,
                                           int64_t unroll, int64_t chunk) {
  if (failed(verifyPowerOfTwo(emitError, "rows", rows, 1024)) ||
      failed(verifyPowerOfTwo(emitError, "block_n", blockN, 1024)) ||
      failed(verifyThreads(emitError, threads)) ||
      failed(
          verifyElementsPerThread(emitError, "a tile", rows * blockN, threads)))
    return failure();
  if (unroll < 1 || unroll > 16)
    return emitError() << "unroll must be from 1 to 16, found " << unroll;
  if (chunk < 1)
    return emitError() << "chunk must be positive, found " << chunk;
  return success();
}

LogicalResult SegmentScheduleAttr::verify(EmitError emitError, int64_t chunk,
                                          int64_t unroll) {
  constexpr int64_t maxChunk = int64_t(1) << 27;
  if (chunk < 1 || chunk > maxChunk)
    return emitError() << "chunk must be from 1 to " << maxChunk << ", found "
                       << chunk;
  if (unroll < 1 || unroll > 16)
    return emitError() << "unroll must be from 1 to 16, found " << unroll;
  return success();
}

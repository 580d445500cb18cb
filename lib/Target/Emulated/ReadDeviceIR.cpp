//===- ReadDeviceIR.cpp - Text of kernels that may be anything ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emulation.h"

#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;

namespace pigeon::emulated {

void registerDeviceDialects(DialectRegistry &registry) {
  registry.insert<DLTIDialect, gpu::GPUDialect, LLVM::LLVMDialect,
                  NVVM::NVVMDialect>();
}

/// A custom parser of MLIR drops an attribute of the wrong kind and leaves
/// nothing in its place, also where verifier and getters count on a default.
static void fillInDefaults(Operation *op) {
  if (op->isRegistered() && op->getPropertiesStorageSize() > 0)
    op->getName().populateDefaultProperties(op->getPropertiesStorage());
}

//===----------------------------------------------------------------------===//
// What MLIR's verifiers take for granted, and crash without
//===----------------------------------------------------------------------===//

/// They look at types that nothing asks for, and list as many operands as the
/// shape wants. That there is a shape, they ask.
static LogicalResult checkProduct(NVVM::MmaOp op) {
  if (!op.getMultiplicandAPtxType() || !op.getMultiplicandBPtxType())
    return op.emitError("expected the PTX types of A and B, found none");
  constexpr int largest = 256;
  if (NVVM::MMAShapeAttr shape = op.getShapeAttr())
    for (int extent : {shape.getM(), shape.getN(), shape.getK()})
      if (extent < 1 || extent > largest)
        return op.emitError("expected extents of 1 to ")
               << largest << " in the shape, found " << extent;
  return success();
}

/// They compare the lower half of an index with the number of fields.
static LogicalResult checkPosition(Operation *op, DenseI64ArrayAttr position) {
  if (position)
    for (int64_t index : position.asArrayRef())
      if (index != static_cast<int32_t>(index))
        return op->emitError("expected an index of 32 bits, found ") << index;
  return success();
}

static LogicalResult checkForVerifiers(Operation *op) {
  if (auto product = dyn_cast<NVVM::MmaOp>(op))
    return checkProduct(product);
  if (auto extract = dyn_cast<LLVM::ExtractValueOp>(op))
    return checkPosition(op, extract.getPositionAttr());
  if (auto insert = dyn_cast<LLVM::InsertValueOp>(op))
    return checkPosition(op, insert.getPositionAttr());
  return success();
}

OwningOpRef<ModuleOp> readDeviceIR(StringRef text, StringRef name,
                                   MLIRContext &context) {
  ParserConfig config(&context, /*verifyAfterParse=*/false);
  auto module = parseSourceString<ModuleOp>(text, config, name);
  if (!module)
    return nullptr;
  WalkResult walk = module->walk([](Operation *op) {
    fillInDefaults(op);
    return WalkResult(checkForVerifiers(op));
  });
  if (walk.wasInterrupted() || failed(verify(*module)))
    return nullptr;
  return module;
}

} // namespace pigeon::emulated

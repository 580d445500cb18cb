//===- FuzzModule.cpp - Parsers and verifiers of the dialects
//----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The input is a module as text or as bytecode. What can be read at all is also
// printed in the generic form, which hides nothing from verifiers; what is
// valid is printed in both others and read again.
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"

#include "pigeon/Dialect/Kernel/IR/KernelDialect.h"
#include "pigeon/Dialect/Layout/IR/LayoutDialect.h"
#include "pigeon/Dialect/LowP/IR/LowPDialect.h"
#include "pigeon/Dialect/RGNN/IR/RGNNDialect.h"
#include "pigeon/Dialect/Tile/IR/TileDialect.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;

/// A context keeps every attribute that it has seen, so it is changed for a new
/// one now and then.
static MLIRContext &freshContext() {
  static std::unique_ptr<MLIRContext> context;
  static unsigned uses = 0;
  if (context && ++uses % 512 != 0)
    return *context;
  DialectRegistry registry;
  registry.insert<pigeon::kernel::KernelDialect, pigeon::layout::LayoutDialect,
                  pigeon::lowp::LowPDialect, pigeon::rgnn::RGNNDialect,
                  pigeon::tile::TileDialect>();
  registry.insert<affine::AffineDialect, arith::ArithDialect, func::FuncDialect,
                  gpu::GPUDialect, memref::MemRefDialect, scf::SCFDialect>();
  context =
      std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  context->getDiagEngine().registerHandler([](Diagnostic &) {});
  return *context;
}

static OwningOpRef<ModuleOp> parse(StringRef bytes, MLIRContext &context,
                                   bool verifies = true) {
  return parseSourceString<ModuleOp>(bytes, ParserConfig(&context, verifies));
}

static bool isValidInGenericForm(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, OpPrintingFlags().printGenericOpForm());
  return static_cast<bool>(parse(text, *module.getContext()));
}

/// What Pigeon wrote it also reads.
static bool isValidAgain(ModuleOp module) {
  std::string text, bytecode;
  llvm::raw_string_ostream textStream(text), bytecodeStream(bytecode);
  module.print(textStream);
  return succeeded(writeBytecodeToFile(module, bytecodeStream)) &&
         parse(text, *module.getContext()) &&
         parse(bytecode, *module.getContext());
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size) {
  MLIRContext &context = freshContext();
  std::string_view input = pigeon::fuzz::viewOf(data, size);
  // The parser wants a zero behind the last byte, which a copy has.
  std::string bytes(input);
  OwningOpRef<ModuleOp> module = parse(bytes, context, /*verifies=*/false);
  if (!module)
    return 0;
  bool isValid = succeeded(verify(*module));
  // MLIR's bytecode reader makes tensors without asking what their encoding
  // says.
  bool isText = input.substr(0, 2) != "ML";
  if (isValidInGenericForm(*module) != isValid && isText)
    __builtin_trap();
  if (isValid && isText && !isValidAgain(*module))
    __builtin_trap();
  return 0;
}

//===- FuzzModule.cpp - Parsers and verifiers of the dialects
//----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The input is a module as text. What can be read at all is also printed in the
// generic form, which hides nothing from verifiers; what is valid is printed in
// the custom form and read again.
//
//===----------------------------------------------------------------------===//

#include "FreshContext.h"
#include "Fuzz.h"

#include "pigeon/Dialect/Kernel/IR/KernelDialect.h"
#include "pigeon/Dialect/Layout/IR/LayoutDialect.h"
#include "pigeon/Dialect/LowP/IR/LowPDialect.h"
#include "pigeon/Dialect/RGNN/IR/RGNNDialect.h"
#include "pigeon/Dialect/Tile/IR/TileDialect.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;

static void registerDialects(DialectRegistry &registry) {
  registry.insert<pigeon::kernel::KernelDialect, pigeon::layout::LayoutDialect,
                  pigeon::lowp::LowPDialect, pigeon::rgnn::RGNNDialect,
                  pigeon::tile::TileDialect>();
  registry.insert<affine::AffineDialect, arith::ArithDialect, func::FuncDialect,
                  gpu::GPUDialect, memref::MemRefDialect, scf::SCFDialect>();
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
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  return static_cast<bool>(parse(text, *module.getContext()));
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size) {
  static pigeon::fuzz::FreshContext contexts(registerDialects);
  // The parser wants a zero behind the last byte, which a copy has.
  std::string text(pigeon::fuzz::viewOf(data, size));
  if (text.compare(0, 2, "ML") == 0)
    return 0; // bytecode, MLIR's own
  OwningOpRef<ModuleOp> module =
      parse(text, contexts.get(), /*verifies=*/false);
  if (!module)
    return 0;
  bool isValid = succeeded(verify(*module));
  if (isValidInGenericForm(*module) != isValid ||
      (isValid && !isValidAgain(*module)))
    __builtin_trap();
  return 0;
}

//===- FreshContext.h - Contexts for harnesses that read MLIR ---*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_FUZZ_FRESHCONTEXT_H
#define PIGEON_TEST_FUZZ_FRESHCONTEXT_H

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"

#include <memory>

namespace pigeon::fuzz {

/// Gives out a context that says nothing. It keeps every attribute that it has
/// seen, so it is changed for a new one now and then.
class FreshContext {
public:
  explicit FreshContext(void (*registerDialects)(mlir::DialectRegistry &)) {
    registerDialects(registry);
  }

  mlir::MLIRContext &get() {
    if (!context || ++uses % 512 == 0) {
      context = std::make_unique<mlir::MLIRContext>(
          registry, mlir::MLIRContext::Threading::DISABLED);
      context->loadAllAvailableDialects();
      context->getDiagEngine().registerHandler([](mlir::Diagnostic &) {});
    }
    return *context;
  }

private:
  mlir::DialectRegistry registry;
  std::unique_ptr<mlir::MLIRContext> context;
  unsigned uses = 0;
};

} // namespace pigeon::fuzz

#endif // PIGEON_TEST_FUZZ_FRESHCONTEXT_H

//===- Registration.h - All dialects and passes -----------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What every tool registers, in one place.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_PIPELINES_REGISTRATION_H
#define PIGEON_PIPELINES_REGISTRATION_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace pigeon {

/// Pigeon's dialects, and the upstream ones that its levels use.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Every pass and pipeline of Pigeon, and the upstream passes that its
/// pipelines are made of.
void registerAllPasses();

} // namespace pigeon

#endif // PIGEON_PIPELINES_REGISTRATION_H

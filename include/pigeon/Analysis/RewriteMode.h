//===- RewriteMode.h - Whether a rewrite is done ----------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_ANALYSIS_REWRITEMODE_H
#define PIGEON_ANALYSIS_REWRITEMODE_H

#include "llvm/Support/CommandLine.h"

namespace pigeon {

enum class RewriteMode { Off, On, Auto };

/// The words of an option of this type.
inline llvm::cl::ValuesClass getRewriteModes() {
  return llvm::cl::values(
      clEnumValN(RewriteMode::Auto, "auto", "where the cost model says so"),
      clEnumValN(RewriteMode::On, "on", "wherever it is legal"),
      clEnumValN(RewriteMode::Off, "off", "nowhere"));
}

} // namespace pigeon

#endif // PIGEON_ANALYSIS_REWRITEMODE_H

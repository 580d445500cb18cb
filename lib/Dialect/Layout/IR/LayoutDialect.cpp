//===- LayoutDialect.cpp - The layout dialect
//------------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Layout/IR/LayoutDialect.h"

using namespace pigeon::layout;

#include "pigeon/Dialect/Layout/IR/LayoutDialect.cpp.inc"

void LayoutDialect::initialize() { registerAttributes(); }

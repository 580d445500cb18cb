//===- RGNNDialect.cpp - The rgnn dialect ------------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/RGNN/IR/RGNNDialect.h"

using namespace pigeon::rgnn;

#include "pigeon/Dialect/RGNN/IR/RGNNDialect.cpp.inc"

void RGNNDialect::initialize() {}

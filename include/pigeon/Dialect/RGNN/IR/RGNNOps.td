//===- RGNNOps.td - All ops of the rgnn dialect ------------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_IR_RGNNOPS_TD
#define PIGEON_DIALECT_RGNN_IR_RGNNOPS_TD

include "pigeon/Dialect/RGNN/IR/RGNNGraphOps.td"
include "pigeon/Dialect/RGNN/IR/RGNNRoleOps.td"
include "pigeon/Dialect/RGNN/IR/RGNNLinearOps.td"
include "pigeon/Dialect/RGNN/IR/RGNNShapeOps.td"

#endif // PIGEON_DIALECT_RGNN_IR_RGNNOPS_TD

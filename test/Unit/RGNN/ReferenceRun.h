//===- ReferenceRun.h - Functions run by the interpreter --------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a rewrite may not change: the results of a function on a random graph.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_RGNN_REFERENCERUN_H
#define PIGEON_TEST_UNIT_RGNN_REFERENCERUN_H

#include "pigeon/Reference/Interpreter.h"
#include "pigeon/Runtime/Graph.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <memory>
#include <vector>

namespace pigeon::test {

/// Nodes of 3 types, relations of the classes `direction` 0 and 1; the last of
/// several relations has no edges.
std::shared_ptr<runtime::Graph> makeGraph(int nodes, int edges, int relations,
                                          unsigned seed);

/// All results, on arguments that depend on nothing but their number and shape;
/// none if it cannot run, which is a failure of the test.
std::vector<reference::Data> runOnReference(mlir::func::FuncOp function,
                                            const reference::GraphMap &graphs);

} // namespace pigeon::test

#endif // PIGEON_TEST_UNIT_RGNN_REFERENCERUN_H

//===- TripleFile.h - Files of triples --------------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_RUNTIME_TRIPLEFILE_H
#define PIGEON_LIB_RUNTIME_TRIPLEFILE_H

#include "pigeon/Runtime/GraphFile.h"

namespace pigeon::runtime {

/// The triples of a text; `path` names it in errors.
Result<GraphData> parseTriples(const std::string &text, const std::string &path,
                               GraphNames &names);

} // namespace pigeon::runtime

#endif // PIGEON_LIB_RUNTIME_TRIPLEFILE_H

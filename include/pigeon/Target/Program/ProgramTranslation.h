//===- ProgramTranslation.h - kernel.program as runtime data ----*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TARGET_PROGRAM_PROGRAMTRANSLATION_H
#define PIGEON_TARGET_PROGRAM_PROGRAMTRANSLATION_H

#include "pigeon/Dialect/Kernel/IR/Kernel.h"
#include "pigeon/Runtime/Program.h"

namespace pigeon {

/// The data that the runtime executes. All templates of the program must be
/// launches by now (`kernel-to-tile`).
mlir::FailureOr<runtime::Program> translateProgram(kernel::ProgramOp program);

} // namespace pigeon

#endif // PIGEON_TARGET_PROGRAM_PROGRAMTRANSLATION_H

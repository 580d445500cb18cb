//===- Emulation.h - The rewriting of one device module ---------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the steps of `nvvm-to-emulated` share: the module, the table of sites,
// and how to read a thread's context or call the machine.
//
// The steps, in order (NVVMToEmulated.cpp):
//   1. functions get the thread as first argument      NVVMToEmulated.cpp
//   2. accesses are preceded by checks                 InstrumentAccesses.cpp
//   3. nvvm ops become reads and calls                 LowerNVVM.cpp
//   4. shared variables, address spaces, entry points  NVVMToEmulated.cpp
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_EMULATED_EMULATION_H
#define PIGEON_LIB_TARGET_EMULATED_EMULATION_H

#include "Machine/ModuleCode.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include "llvm/ADT/StringMap.h"

namespace pigeon::emulated {

class Emulation {
public:
  /// `body` holds the functions and variables of the gpu.module, and gets the
  /// declarations of what is called.
  Emulation(mlir::Operation *body, ModuleCode &code);

  ModuleCode &code;
  mlir::Operation *body;
  mlir::MLIRContext *context;
  mlir::Type i1, i32, i64, pointer, none;

  /// A new site for `op`, named after where it stands.
  std::uint32_t addSite(mlir::Operation *op);

  /// The thread that runs the function around `op`.
  mlir::Value thread(mlir::Operation *op) const;
  /// The 32-bit field at `offset` of the thread's or the block's context.
  mlir::Value threadField(mlir::OpBuilder &b, mlir::Operation *op,
                          std::size_t offset) const;
  mlir::Value blockField(mlir::OpBuilder &b, mlir::Operation *op,
                         std::size_t offset) const;
  mlir::Value loadInvariant(mlir::OpBuilder &b, mlir::Location loc,
                            mlir::Type type, mlir::Value base,
                            std::size_t offset) const;

  mlir::Value constant(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type,
                       std::int64_t value) const;
  /// Calls `name`, declaring it if need be; its result, or null for none.
  mlir::Value call(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef name,
                   mlir::Type result, mlir::ValueRange arguments);
  /// Calls `name` of the machine with the thread, the number of a new site of
  /// `op` and further arguments.
  mlir::Value callMachine(mlir::OpBuilder &b, mlir::Operation *op,
                          std::uint32_t site, llvm::StringRef name,
                          mlir::Type result, mlir::ValueRange arguments = {});
  mlir::Value addressBits(mlir::OpBuilder &b, mlir::Location loc,
                          mlir::Value address) const;
  /// An array of `words` 32-bit words on the stack, for in (0) or out (1).
  mlir::Value scratch(mlir::Operation *op, unsigned which, unsigned words);

  /// The function of the inline check, made at the first call.
  mlir::LLVM::LLVMFuncOp inlineCheck();

private:
  llvm::DenseMap<mlir::Operation *, std::array<mlir::LLVM::AllocaOp, 2>>
      scratches;
  mlir::LLVM::LLVMFuncOp inlineCheckFunction;
};

/// The space of an address: that of its type, or of what it was made from.
Space spaceOf(mlir::Value address);
/// The alloca that an address points into by a chain of geps and casts; null
/// if there is none.
mlir::LLVM::AllocaOp localArrayOf(mlir::Value address);

/// The one instruction that comes as text: LLVM knows it on sm_90 and up only.
inline bool isPrefetch(mlir::LLVM::InlineAsmOp op) {
  return op.getAsmString() == "prefetch.global.L2 [$0];" &&
         op->getNumOperands() == 1 && op->getNumResults() == 0;
}

/// Puts a check before every access to memory. Fails on an access that cannot
/// be checked, naming it.
mlir::LogicalResult instrumentAccesses(Emulation &emulation,
                                       mlir::LLVM::LLVMFuncOp function);

/// Replaces every op of the closed table. Fails on an op that is not in it and
/// that the CPU cannot run as it is.
mlir::LogicalResult lowerDeviceOps(Emulation &emulation,
                                   mlir::LLVM::LLVMFuncOp function);

/// The dialects that a device's code may be written in.
void registerDeviceDialects(mlir::DialectRegistry &registry);
/// Parses and verifies such code, which errors call `name`; null if it is
/// wrong, which was said. All dialects above are loaded.
mlir::OwningOpRef<mlir::ModuleOp> readDeviceIR(llvm::StringRef text,
                                               llvm::StringRef name,
                                               mlir::MLIRContext &context);

/// Rewrites `module` in place and fills `code` (all but addresses).
mlir::LogicalResult convertToEmulated(mlir::ModuleOp module, ModuleCode &code);

/// "emulated_entry_" and the kernel's name.
std::string entryName(llvm::StringRef kernel);
/// "emulated_variable_" and the name of a variable that is not shared.
std::string variableName(llvm::StringRef variable);

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_EMULATION_H

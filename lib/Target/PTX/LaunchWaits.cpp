//===- LaunchWaits.cpp - Kernels that wait for those before them ---- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaunchWaits.h"

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/PostDominators.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/Module.h"

using namespace llvm;

static constexpr unsigned kSharedSpace = 3;

/// Whether no kernel of the program writes what the pointer leads to.
static bool isConstant(const Value *pointer) {
  auto *argument =
      dyn_cast<Argument>(getUnderlyingObject(pointer, /*MaxLookup=*/0));
  return argument && argument->hasNoAliasAttr() && argument->onlyReadsMemory();
}

static bool isShared(const Value *pointer) {
  return pointer->getType()->getPointerAddressSpace() == kSharedSpace;
}

/// Whether an instruction must come after the wait.
static bool needsOthers(const Instruction &instruction) {
  if (!instruction.mayReadOrWriteMemory())
    return false;
  if (auto *load = dyn_cast<LoadInst>(&instruction))
    return !isShared(load->getPointerOperand()) &&
           !isConstant(load->getPointerOperand());
  if (auto *store = dyn_cast<StoreInst>(&instruction))
    return !isShared(store->getPointerOperand());
  auto *call = dyn_cast<IntrinsicInst>(&instruction);
  if (!call)
    return true;
  // Barriers, shuffles and the like have no pointers; copies to shared memory
  // and loads of matrices have them.
  return any_of(call->args(), [](const Value *argument) {
    return argument->getType()->isPointerTy() && !isShared(argument) &&
           !isConstant(argument);
  });
}

/// The last point that comes before all that needs others, once for every
/// thread.
static Instruction *findPlace(Function &function) {
  DominatorTree dominators(function);
  PostDominatorTree postDominators(function);
  LoopInfo loops(dominators);
  BasicBlock *entry = &function.getEntryBlock(), *block = nullptr;
  for (BasicBlock &each : function)
    if (any_of(each, needsOthers) && dominators.isReachableFromEntry(&each))
      block =
          block ? dominators.findNearestCommonDominator(block, &each) : &each;
  // A kernel without results still has to wait.
  if (!block)
    return entry->getTerminator();
  while (block != entry &&
         (loops.getLoopFor(block) || !postDominators.dominates(block, entry)))
    block = dominators.getNode(block)->getIDom()->getBlock();
  auto first = find_if(*block, needsOthers);
  return first == block->end() ? block->getTerminator() : &*first;
}

void pigeon::addLaunchWaits(Module &module) {
  for (Function &function : module) {
    if (function.getCallingConv() != CallingConv::PTX_Kernel ||
        function.isDeclaration())
      continue;
    IRBuilder<> builder(findPlace(function));
    builder.CreateIntrinsic(Intrinsic::nvvm_griddepcontrol_wait, {});
    BasicBlock &entry = function.getEntryBlock();
    builder.SetInsertPoint(&entry, entry.begin());
    builder.CreateIntrinsic(Intrinsic::nvvm_griddepcontrol_launch_dependents,
                            {});
  }
}

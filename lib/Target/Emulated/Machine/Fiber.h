//===- Fiber.h - A stack that can be left and entered again -----*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One fiber runs the threads of a block one after the other until one of them
// has to wait; then the block goes on with another fiber. A thread that made a
// mistake is not unwound (compiled kernels carry no unwind tables): its fiber
// is abandoned and later begins again on a clean stack. Whoever abandons a
// fiber must own nothing on its stack.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_LIB_TARGET_EMULATED_MACHINE_FIBER_H
#define PIGEON_LIB_TARGET_EMULATED_MACHINE_FIBER_H

#include <cstddef>
#include <cstdint>
#include <memory>

namespace pigeon::emulated {

class Fiber {
public:
  /// A fiber that calls `body(argument)` when it is first resumed; `body` must
  /// not return. Null where the system has no memory for a stack.
  static std::unique_ptr<Fiber> create(std::size_t stackBytes,
                                       void (*body)(void *), void *argument);
  ~Fiber();
  Fiber(const Fiber &) = delete;
  Fiber &operator=(const Fiber &) = delete;

  /// Runs the fiber until it suspends or is abandoned.
  void resume();
  /// On the fiber: gives control back to whoever resumed it.
  void suspend();
  /// On the fiber: gives control back for good; the next `resume` starts
  /// `body` afresh.
  [[noreturn]] void abandon();
  /// Off the fiber: forgets what it was doing.
  void restart();

  /// True if [address, address + bytes) lies on this fiber's stack.
  bool holds(std::uint64_t address, std::uint64_t bytes) const;

private:
  Fiber() = default;
  friend struct FiberEntry;

  char *mapping = nullptr;
  std::size_t mappingBytes = 0, stackBytes = 0;
  char *stack = nullptr; // lowest address
  void (*body)(void *) = nullptr;
  void *argument = nullptr;
  void *self = nullptr;    // where the fiber stands
  void *resumer = nullptr; // where its resumer stands
  // What the address sanitizer wants to know of the two stacks.
  void *fakeStack = nullptr, *resumerFakeStack = nullptr;
  const void *resumerStack = nullptr;
  std::size_t resumerStackBytes = 0;
};

} // namespace pigeon::emulated

#endif // PIGEON_LIB_TARGET_EMULATED_MACHINE_FIBER_H

//===- Fiber.cpp - Fibers on Boost.Context --------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Uses the context switch under boost::context::fiber directly: the class above
// it unwinds a suspended stack by an exception, which compiled kernels cannot
// let through.
//
//===----------------------------------------------------------------------===//

#include "Fiber.h"

#include <boost/context/detail/fcontext.hpp>

#include <cstdlib>

#include <sys/mman.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PIGEON_ADDRESS_SANITIZER 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define PIGEON_ADDRESS_SANITIZER 1
#endif
#ifdef PIGEON_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace context = boost::context::detail;

namespace {

void leaveStack(void **fakeStack, const void *stack, std::size_t bytes) {
#ifdef PIGEON_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(fakeStack, stack, bytes);
#else
  (void)fakeStack, (void)stack, (void)bytes;
#endif
}

void enterStack(void *fakeStack, const void **left, std::size_t *leftBytes) {
#ifdef PIGEON_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(fakeStack, left, leftBytes);
#else
  (void)fakeStack, (void)left, (void)leftBytes;
#endif
}

} // namespace

namespace pigeon::emulated {

/// More than the largest frame of a function, which may step over a page.
static constexpr std::size_t guardBytes = 512 << 10;

struct FiberEntry {
  static void run(context::transfer_t transfer) {
    auto *fiber = static_cast<Fiber *>(transfer.data);
    fiber->resumer = transfer.fctx;
    enterStack(nullptr, &fiber->resumerStack, &fiber->resumerStackBytes);
    fiber->body(fiber->argument);
    std::abort(); // the body of a fiber does not return
  }
};

std::unique_ptr<Fiber> Fiber::create(std::size_t stackBytes,
                                     void (*body)(void *), void *argument) {
  auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  stackBytes = (stackBytes + page - 1) / page * page;
  std::size_t mappingBytes = stackBytes + guardBytes;
  void *mapping = mmap(nullptr, mappingBytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED)
    return nullptr;
  // Stacks grow down: the lowest pages are never touched by a sound program.
  if (mprotect(mapping, guardBytes, PROT_NONE) != 0) {
    munmap(mapping, mappingBytes);
    return nullptr;
  }
  std::unique_ptr<Fiber> fiber(new Fiber());
  fiber->mapping = static_cast<char *>(mapping);
  fiber->mappingBytes = mappingBytes;
  fiber->stack = fiber->mapping + guardBytes;
  fiber->stackBytes = stackBytes;
  fiber->body = body;
  fiber->argument = argument;
  fiber->restart();
  return fiber;
}

Fiber::~Fiber() { munmap(mapping, mappingBytes); }

void Fiber::restart() {
#ifdef PIGEON_ADDRESS_SANITIZER
  ASAN_UNPOISON_MEMORY_REGION(stack, stackBytes);
#endif
  self =
      context::make_fcontext(stack + stackBytes, stackBytes, FiberEntry::run);
}

void Fiber::resume() {
  leaveStack(&resumerFakeStack, stack, stackBytes);
  context::transfer_t transfer = context::jump_fcontext(self, this);
  self = transfer.fctx;
  enterStack(resumerFakeStack, nullptr, nullptr);
  if (transfer.data) // the fiber was abandoned
    restart();
}

void Fiber::suspend() {
  leaveStack(&fakeStack, resumerStack, resumerStackBytes);
  context::transfer_t transfer = context::jump_fcontext(resumer, nullptr);
  resumer = transfer.fctx;
  enterStack(fakeStack, &resumerStack, &resumerStackBytes);
}

void Fiber::abandon() {
  leaveStack(nullptr, resumerStack, resumerStackBytes);
  context::jump_fcontext(resumer, this);
  std::abort(); // nobody resumes an abandoned fiber
}

bool Fiber::holds(std::uint64_t address, std::uint64_t bytes) const {
  auto low = reinterpret_cast<std::uint64_t>(stack);
  std::uint64_t offset = address - low;
  return offset <= stackBytes && bytes <= stackBytes - offset;
}

} // namespace pigeon::emulated

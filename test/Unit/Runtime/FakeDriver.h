//===- FakeDriver.h - A CUDA driver that can be made to fail ----*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A driver's functions carry no data, so what the fake one does is in one
// object that a test owns while it runs.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_RUNTIME_FAKEDRIVER_H
#define PIGEON_TEST_UNIT_RUNTIME_FAKEDRIVER_H

#include "pigeon/Runtime/CudaDriver.h"

#include <map>
#include <string>
#include <vector>

namespace pigeon::runtime::test {

class FakeDriver {
public:
  FakeDriver();
  ~FakeDriver();

  /// The table that the device under test calls.
  std::shared_ptr<const cuda::Driver> table() const { return driver; }
  /// The same, for a test that takes a function away.
  cuda::Driver &functions() { return *driver; }

  struct Launch {
    std::string kernel;
    unsigned grid[3], block[3], sharedBytes;
    /// Whether it may be launched before the one before it is done.
    bool overlaps;
    /// 8 bytes at each parameter's address.
    std::vector<std::uint64_t> parameters;
  };

  int version = 12040;
  int deviceCount = 1;
  std::map<int, int> attributes;
  std::size_t memoryBytes = std::size_t(1) << 30;
  std::string log; // what the assembler says
  /// Kernels with the sizes of their parameters.
  std::map<std::string, std::vector<std::size_t>> kernels;
  int kernelMaxThreads = 256;
  int kernelSharedBytes = 0;
  /// The next call of this function gives this code.
  std::map<std::string, cuda::Code> failures;

  std::vector<std::string> calls;
  std::vector<std::string> images;
  std::vector<Launch> launches;
  int contexts = 0, contextDepth = 0, streams = 0, events = 0, modules = 0,
      graphs = 0, execs = 0, replays = 0;
  int allowedSharedBytes = 0, sharedPercent = -1;
  std::map<cuda::Pointer, std::vector<char>> memory;

  int count(const std::string &function) const;
  /// Writes the call down and gives the code that it shall fail with.
  cuda::Code enter(const std::string &function);

private:
  std::shared_ptr<cuda::Driver> driver;
};

} // namespace pigeon::runtime::test

#endif // PIGEON_TEST_UNIT_RUNTIME_FAKEDRIVER_H

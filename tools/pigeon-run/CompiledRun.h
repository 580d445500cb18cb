//===- CompiledRun.h - A package on a device with its graphs ----*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TOOLS_PIGEON_RUN_COMPILEDRUN_H
#define PIGEON_TOOLS_PIGEON_RUN_COMPILEDRUN_H

#include "GraphArguments.h"

#include "pigeon/Reference/Interpreter.h"
#include "pigeon/Runtime/Executor.h"
#include "pigeon/Runtime/Package.h"

namespace pigeon::run {

class CompiledRun {
public:
  /// Builds the views, allocates and loads. The device must outlive it.
  static Result<CompiledRun> create(runtime::Device &device,
                                    const runtime::Package &package,
                                    const LoadedGraphs &graphs);

  /// The program's inputs and outputs, with their rows counted.
  std::vector<reference::ValueInfo> arguments() const;
  std::vector<reference::ValueInfo> results() const;

  /// Runs once; the values are those of `arguments`, in order.
  Result<std::vector<HostTensor>> run(const std::vector<HostTensor> &values);

  Result<runtime::TimingReport> time(int repeats);
  const runtime::MemoryReport &memory() const {
    return instance->memoryReport();
  }

private:
  std::vector<reference::ValueInfo>
  describeBuffers(runtime::BufferSpec::Kind kind) const;

  std::unique_ptr<runtime::ProgramInstance> instance;
};

} // namespace pigeon::run

#endif // PIGEON_TOOLS_PIGEON_RUN_COMPILEDRUN_H

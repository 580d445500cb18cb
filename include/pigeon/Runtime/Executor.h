//===- Executor.h - Running a program on a device ---------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A ProgramInstance is a program on given graphs, loaded on a device. All that
// takes time or memory happens in `create`; `run` only enqueues launches.
//
//   Result<std::unique_ptr<ProgramInstance>> rgcn =
//       ProgramInstance::create(*device, program, code, {{"kg", graph}});
//   (*rgcn)->setInput("h", features);       // rows in the order of the user's
//   (*rgcn)->run();                         // enqueued
//   Result<HostTensor> out = (*rgcn)->output("out");     // waits, user's order
//
// Inputs and outputs may be exchanged between runs; addresses do not change,
// so a recording stays valid.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_RUNTIME_EXECUTOR_H
#define PIGEON_RUNTIME_EXECUTOR_H

#include "pigeon/Runtime/ExecutionPlan.h"
#include "pigeon/Runtime/ViewCache.h"
#include "pigeon/Support/HostTensor.h"

namespace pigeon::runtime {

/// What a program holds on its device.
struct MemoryReport {
  struct Entry {
    std::string label; // "buffer 'agg'", "view csr(edge, dst) of graph 'kg'"
    std::uint64_t bytes = 0;
    /// A view that was on the device before, for another program.
    bool shared = false;
  };
  std::vector<Entry> entries; // views, then buffers, in the program's order
  /// All entries, and those that this program had to allocate: nothing is
  /// allocated after `create`, so the total is the peak.
  std::uint64_t totalBytes = 0, allocatedBytes = 0;
};

/// Times of one launch, or of the whole program.
struct Timing {
  double milliseconds = 0; // median over the repeats
  /// Bytes and operations if every row moves once, as the compiler counts.
  std::int64_t bytes = 0, operations = 0;
  /// Bytes per second over the device's peak bandwidth; 0 where the device has
  /// none.
  double bandwidthShare = 0;
};

struct LaunchTiming : Timing {
  std::string kernel, label;
  Dim3 grid = {}, block = {};
  /// The grid is empty: nothing was launched.
  bool skipped = false;
};

struct TimingReport {
  std::vector<LaunchTiming> launches; // in the program's order
  /// The replay of a recording of all launches; on a device that is no
  /// hardware, the sum of the launches.
  Timing program;
  int repeats = 0;
  /// The times are those of hardware.
  bool isHardware = false;
};

class ProgramInstance {
public:
  /// Checks the program and its graphs, evaluates every size, and compares the
  /// memory that is needed with what is free before anything is allocated.
  /// `views` lets several programs share the views of their graphs; without
  /// it the instance has a cache of its own. The device must outlive both.
  static Result<std::unique_ptr<ProgramInstance>>
  create(Device &device, Program program, const CodeImage &code,
         const GraphMap &graphs, std::shared_ptr<ViewCache> views = nullptr);
  ~ProgramInstance();

  const Program &program() const { return plan.program; }
  /// The program's sizes on its graphs.
  const ExecutionPlan &sizes() const { return plan; }
  const MemoryReport &memoryReport() const { return memory; }

  /// Uploads an input, whose rows are in the order of the user's data. Errors:
  /// no such input, another type, another shape.
  Status setInput(const std::string &name, const HostTensor &value);

  /// Enqueues every launch. Errors: an input was never set; what the device
  /// reports (of a kernel that fails, perhaps only at a later call).
  Status run();

  /// The same by replaying a recording, which the first call makes.
  Status runRecorded();

  /// Waits, and reads an output in the order of the user's data. An element
  /// that no kernel has written is NaN, or -1 in an integer array.
  Result<HostTensor> output(const std::string &name);

  /// Runs the program a number of times (at least 1) with timestamps between
  /// launches, and on hardware as often as a recording.
  Result<TimingReport> time(int repeats);

private:
  /// A launch with nothing left to compute.
  struct PreparedLaunch {
    std::size_t index; // in the program's list
    unsigned kernel;
    Dim3 grid, block;
    std::uint32_t sharedBytes;
    std::vector<KernelArgument> arguments;
  };

  ProgramInstance(Device &device, ExecutionPlan plan,
                  std::shared_ptr<ViewCache> cache);

  Status checkMemory();
  Status uploadViews();
  Status allocateBuffers();
  Status prepareLaunches(const CodeImage &code);
  Result<PreparedLaunch> prepareLaunch(std::size_t index);
  Result<KernelArgument> prepareArgument(const LaunchArgument &argument,
                                         std::int64_t size) const;
  Result<std::size_t> findBuffer(const std::string &name,
                                 BufferSpec::Kind kind) const;
  Status checkInput(std::size_t index, const HostTensor &value) const;
  Status checkReady() const;
  Status launch(const PreparedLaunch &launch);
  Status launchAll();
  Status record();
  Status replay();
  TimingReport emptyReport(int repeats) const;
  Result<std::vector<double>> timeLaunches(int repeats);
  Result<double> timeProgram(int repeats,
                             const std::vector<double> &launchTimes);
  Error within(Error error) const;

  Device &device;
  ExecutionPlan plan;
  std::shared_ptr<ViewCache> cache;
  MemoryReport memory;
  std::vector<std::shared_ptr<const DeviceView>> views;
  std::vector<DeviceArray> buffers;
  std::unique_ptr<Module> module;
  std::vector<PreparedLaunch> launches; // without those that are skipped
  std::unique_ptr<Recording> recording; // null if there is nothing to launch
  std::vector<bool> isSet; // of each buffer: an input that has a value
  bool hasRun = false;
};

} // namespace pigeon::runtime

#endif // PIGEON_RUNTIME_EXECUTOR_H

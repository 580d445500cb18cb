//===- CompiledRun.cpp - A package on a device with its graphs ------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledRun.h"

#include "pigeon/Support/Progress.h"

#include <condition_variable>
#include <thread>

using namespace pigeon;
using namespace pigeon::run;
using runtime::BufferSpec;

namespace {

/// Shows a sign of life while a call that says nothing runs.
class Heartbeat {
public:
  explicit Heartbeat(const std::string &what)
      : progress(what), thread([this] { beat(); }) {}
  ~Heartbeat() {
    {
      std::lock_guard<std::mutex> lock(mutex);
      done = true;
    }
    wake.notify_one();
    thread.join();
  }

private:
  void beat() {
    std::unique_lock<std::mutex> lock(mutex);
    while (!wake.wait_for(lock, std::chrono::milliseconds(500),
                          [this] { return done; }))
      progress.advance(1);
  }

  Progress progress;
  std::mutex mutex;
  std::condition_variable wake;
  bool done = false;
  std::thread thread;
};

} // namespace

Result<CompiledRun> CompiledRun::create(runtime::Device &device,
                                        const runtime::Package &package,
                                        const LoadedGraphs &graphs) {
  runtime::GraphMap byName;
  for (const auto &[name, loaded] : graphs)
    byName[name] = loaded.graph;
  Heartbeat heartbeat("preparing graph views and kernels");
  auto instance = runtime::ProgramInstance::create(device, package.program,
                                                   package.code, byName);
  if (!instance)
    return instance.error();
  CompiledRun run;
  run.instance = instance.take();
  return run;
}

std::vector<reference::ValueInfo>
CompiledRun::describeBuffers(BufferSpec::Kind kind) const {
  std::vector<reference::ValueInfo> infos;
  const runtime::ExecutionPlan &plan = instance->sizes();
  for (std::size_t i = 0; i < plan.buffers.size(); ++i) {
    const BufferSpec &spec = plan.program.buffers[i];
    if (spec.kind == kind)
      infos.push_back({spec.name, spec.graph, spec.domain,
                       plan.buffers[i].shape, spec.type,
                       /*format=*/std::nullopt});
  }
  return infos;
}

std::vector<reference::ValueInfo> CompiledRun::arguments() const {
  return describeBuffers(BufferSpec::Kind::Input);
}

std::vector<reference::ValueInfo> CompiledRun::results() const {
  return describeBuffers(BufferSpec::Kind::Output);
}

Result<std::vector<HostTensor>>
CompiledRun::run(const std::vector<HostTensor> &values) {
  std::vector<reference::ValueInfo> infos = arguments();
  for (std::size_t i = 0; i < infos.size(); ++i)
    if (Status status = instance->setInput(infos[i].name, values[i]); !status)
      return status.error();
  Heartbeat heartbeat("running " + instance->program().name);
  if (Status status = instance->run(); !status)
    return status.error();
  std::vector<HostTensor> outputs;
  for (const reference::ValueInfo &info : results()) {
    auto output = instance->output(info.name);
    if (!output)
      return output.error();
    outputs.push_back(output.take());
  }
  return outputs;
}

Result<runtime::TimingReport> CompiledRun::time(int repeats) {
  Heartbeat heartbeat("timing " + instance->program().name);
  return instance->time(repeats);
}

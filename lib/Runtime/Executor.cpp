//===- Executor.cpp - Running a program on a device -----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Creating an instance, and launching. Arrays in and out are in
// ExecutorArrays.cpp, times in ExecutorTime.cpp.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/Executor.h"
#include "pigeon/Support/FormatBytes.h"

#include <algorithm>

using namespace pigeon;
using namespace pigeon::runtime;

static std::string quoted(const std::string &name) { return "'" + name + "'"; }

ProgramInstance::ProgramInstance(Device &device, ExecutionPlan plan,
                                 std::shared_ptr<ViewCache> cache)
    : device(device), plan(std::move(plan)), cache(std::move(cache)),
      isSet(this->plan.buffers.size(), false) {}

/// Kernels may still be running on memory that is about to be released; what
/// became of them interests nobody any more.
ProgramInstance::~ProgramInstance() {
  if (hasRun)
    static_cast<void>(bool(device.synchronize()));
}

Error ProgramInstance::within(Error error) const {
  return error.within("program " + quoted(plan.program.name));
}

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

Result<std::unique_ptr<ProgramInstance>>
ProgramInstance::create(Device &device, Program program, const CodeImage &code,
                        const GraphMap &graphs,
                        std::shared_ptr<ViewCache> views) {
  Result<ExecutionPlan> plan =
      ExecutionPlan::create(std::move(program), graphs);
  if (!plan)
    return plan.error();
  if (!views)
    views = std::make_shared<ViewCache>(device);
  views->dropUnused();
  std::unique_ptr<ProgramInstance> instance(
      new ProgramInstance(device, plan.take(), std::move(views)));
  if (&instance->cache->device() != &device)
    return instance->within(
        Error("its view cache belongs to another device than it runs on"));
  if (Status status = instance->checkMemory(); !status)
    return status.error();
  if (Status status = instance->uploadViews(); !status)
    return instance->within(status.error());
  if (Status status = instance->allocateBuffers(); !status)
    return instance->within(status.error());
  if (Status status = instance->prepareLaunches(code); !status)
    return instance->within(status.error());
  return instance;
}

static std::uint64_t bytesOf(const View &view) {
  std::uint64_t bytes = 0;
  for (const auto &[name, array] : view)
    bytes += array.size() * sizeof(IndexArray::value_type);
  return bytes;
}

static MemoryReport summarize(const ExecutionPlan &plan,
                              const ViewCache &cache) {
  MemoryReport memory;
  // Two graphs of the program may be one graph, so its views may be one too.
  std::vector<const View *> seen;
  for (std::size_t i = 0; i < plan.views.size(); ++i) {
    const ViewSpec &spec = plan.program.views[i];
    const bool repeated =
        std::find(seen.begin(), seen.end(), plan.views[i]) != seen.end();
    seen.push_back(plan.views[i]);
    memory.entries.push_back(
        {describe(spec), bytesOf(*plan.views[i]),
         repeated || cache.holds(plan.graph(spec.graph), spec)});
  }
  for (std::size_t i = 0; i < plan.buffers.size(); ++i)
    memory.entries.push_back(
        {describe(plan.program.buffers[i]), plan.buffers[i].bytes, false});
  for (const MemoryReport::Entry &entry : memory.entries) {
    memory.totalBytes += entry.bytes;
    memory.allocatedBytes += entry.shared ? 0 : entry.bytes;
  }
  return memory;
}

/// "; the largest array is buffer 'msg' with 80.0 GiB".
static std::string largestOf(const MemoryReport &memory) {
  auto largest = std::max_element(
      memory.entries.begin(), memory.entries.end(),
      [](const auto &a, const auto &b) { return a.bytes < b.bytes; });
  if (largest == memory.entries.end())
    return "";
  return "; the largest array is " + largest->label + " with " +
         formatBytes(largest->bytes);
}

Status ProgramInstance::checkMemory() {
  memory = summarize(plan, *cache);
  Result<DeviceInfo> info = device.info();
  if (!info)
    return info.error();
  // A device that does not know its size has no limit to check.
  if (info->memoryBytes == 0 || memory.allocatedBytes <= info->freeBytes)
    return {};
  return Error("program " + quoted(plan.program.name) + " needs " +
               formatBytes(memory.allocatedBytes) + " of device memory, " +
               formatBytes(info->freeBytes) + " are free" + largestOf(memory));
}

Status ProgramInstance::uploadViews() {
  for (const ViewSpec &spec : plan.program.views) {
    Result<std::shared_ptr<const DeviceView>> view =
        cache->get(plan.graph(spec.graph), spec);
    if (!view)
      return view.error();
    views.push_back(view.take());
  }
  return {};
}

Status ProgramInstance::allocateBuffers() {
  for (std::size_t i = 0; i < plan.buffers.size(); ++i) {
    const BufferSpec &spec = plan.program.buffers[i];
    Result<DeviceArray> buffer =
        DeviceArray::create(device, plan.buffers[i].bytes, describe(spec));
    if (!buffer)
      return buffer.error();
    // NaN in every floating type, -1 in the integers: what a kernel fails to
    // write shows.
    if (Status status =
            device.fill(buffer->address(), 0xFF, plan.buffers[i].bytes);
        !status)
      return status;
    if (spec.kind == BufferSpec::Kind::Input)
      if (Status status = device.protect(buffer->address()); !status)
        return status;
    buffers.push_back(buffer.take());
  }
  return {};
}

Result<KernelArgument>
ProgramInstance::prepareArgument(const LaunchArgument &argument,
                                 std::int64_t size) const {
  switch (argument.kind) {
  case LaunchArgument::Kind::Buffer:
    return KernelArgument::address(buffers[argument.index].address());
  case LaunchArgument::Kind::SizeI32:
    return KernelArgument::i32(static_cast<std::int32_t>(size));
  case LaunchArgument::Kind::SizeI64:
    return KernelArgument::i64(size);
  case LaunchArgument::Kind::ViewArray:
    break;
  }
  const DeviceView &view = *views[argument.index];
  auto array = view.find(argument.array);
  if (array == view.end())
    return Error(describe(plan.program.views[argument.index]) +
                 " has no array " + quoted(argument.array));
  return KernelArgument::address(array->second.address());
}

Result<ProgramInstance::PreparedLaunch>
ProgramInstance::prepareLaunch(std::size_t index) {
  const LaunchSpec &spec = plan.program.launches[index];
  const PlannedLaunch &planned = plan.launches[index];
  Result<unsigned> kernel = module->kernel(spec.kernel);
  if (!kernel)
    return kernel.error();
  PreparedLaunch launch{index,
                        *kernel,
                        planned.grid,
                        {spec.block[0], spec.block[1], spec.block[2]},
                        spec.dynamicSharedBytes,
                        {}};
  for (std::size_t i = 0; i < spec.arguments.size(); ++i) {
    Result<KernelArgument> argument =
        prepareArgument(spec.arguments[i], planned.sizes[i]);
    if (!argument)
      return argument.error()
          .within("argument " + std::to_string(i))
          .within("kernel " + quoted(spec.kernel));
    launch.arguments.push_back(*argument);
  }
  return launch;
}

Status ProgramInstance::prepareLaunches(const CodeImage &code) {
  // A program of no launches needs no code.
  if (plan.launches.empty())
    return {};
  Result<std::unique_ptr<Module>> loaded = device.load(code);
  if (!loaded)
    return loaded.error();
  module = loaded.take();
  for (std::size_t i = 0; i < plan.launches.size(); ++i) {
    // Also for a launch that is skipped, so that a missing kernel shows up on
    // every graph.
    Result<PreparedLaunch> launch = prepareLaunch(i);
    if (!launch)
      return launch.error();
    if (!plan.launches[i].skipped)
      launches.push_back(launch.take());
  }
  std::vector<LaunchShape> shapes;
  for (const PreparedLaunch &launch : launches)
    shapes.push_back(
        {launch.kernel, launch.grid, launch.block, launch.sharedBytes});
  return module->expect(shapes);
}

//===----------------------------------------------------------------------===//
// Launching
//===----------------------------------------------------------------------===//

Status ProgramInstance::checkReady() const {
  std::string missing;
  for (std::size_t i = 0; i < plan.buffers.size(); ++i)
    if (plan.program.buffers[i].kind == BufferSpec::Kind::Input && !isSet[i])
      missing +=
          (missing.empty() ? "" : ", ") + quoted(plan.program.buffers[i].name);
  if (missing.empty())
    return {};
  return within(Error("no value was given for input " + missing));
}

Status ProgramInstance::launch(const PreparedLaunch &launch) {
  Status status =
      device.launch(*module, launch.kernel, launch.grid, launch.block,
                    launch.sharedBytes, launch.arguments);
  if (status)
    return status;
  return within(status.error());
}

Status ProgramInstance::launchAll() {
  for (const PreparedLaunch &prepared : launches)
    if (Status status = launch(prepared); !status)
      return status;
  return {};
}

Status ProgramInstance::run() {
  if (Status status = checkReady(); !status)
    return status;
  hasRun = true;
  return launchAll();
}

Status ProgramInstance::record() {
  // An empty recording is none.
  if (recording || launches.empty())
    return {};
  if (Status status = device.beginRecording(); !status)
    return within(status.error());
  Status launched = launchAll();
  // Also after a failure: the device must leave the state of recording.
  Result<std::unique_ptr<Recording>> recorded = device.endRecording();
  if (!launched)
    return launched;
  if (!recorded)
    return within(recorded.error());
  recording = recorded.take();
  return {};
}

Status ProgramInstance::replay() {
  if (!recording)
    return {};
  Status status = recording->replay();
  if (status)
    return status;
  return within(status.error());
}

Status ProgramInstance::runRecorded() {
  if (Status status = checkReady(); !status)
    return status;
  if (Status status = record(); !status)
    return status;
  hasRun = true;
  return replay();
}

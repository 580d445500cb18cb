//===- CudaModule.cpp - Kernels loaded by the CUDA driver -----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaModule.h"
#include "pigeon/Runtime/CudaDevice.h"
#include "pigeon/Support/FormatBytes.h"

using namespace pigeon;
using namespace pigeon::runtime;
using cuda::Code;

static std::string quoted(const std::string &name) { return "'" + name + "'"; }

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

/// "8.7" of a PTX text's `.version 8.7`.
static std::string ptxVersion(const std::string &ptx) {
  static constexpr char word[] = ".version";
  std::size_t begin = ptx.find(word);
  if (begin == std::string::npos)
    return "unknown";
  begin = ptx.find_first_not_of(" \t", begin + sizeof word - 1);
  std::size_t end = ptx.find_first_of(" \t\r\n", begin);
  return begin == std::string::npos ? "unknown"
                                    : ptx.substr(begin, end - begin);
}

/// The assembler's log on one line, as part of a message.
static std::string oneLine(const std::string &log) {
  std::string line;
  for (char c : log) {
    if (c != '\n')
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += "; ";
  }
  std::size_t end = line.find_last_not_of("; ");
  return line.substr(0, end == std::string::npos ? 0 : end + 1);
}

/// Loads a cubin or, compiling it, PTX. Both are passed with the terminating
/// zero that PTX needs.
static Result<cuda::ModuleHandle> loadImage(const CudaState &state,
                                            const std::string &image,
                                            const std::string &doing) {
  std::vector<char> log(8192, '\0');
  int options[] = {cuda::ErrorLogBuffer, cuda::ErrorLogBufferSizeBytes};
  void *values[] = {log.data(),
                    reinterpret_cast<void *>(std::uintptr_t(log.size()))};
  cuda::ModuleHandle handle = nullptr;
  Code code = state.driver->moduleLoadDataEx(&handle, image.c_str(), 2, options,
                                             values);
  if (code == cuda::Success)
    return handle;
  log.back() = '\0';
  std::string message = state.error(code, doing).message();
  if (std::string text = oneLine(log.data()); !text.empty())
    message += ": " + text;
  return Error(message);
}

/// "the driver for CUDA 12.4".
static std::string driverName(const CudaState &state) {
  int version = 0;
  if (state.driver->driverGetVersion(&version) != cuda::Success)
    return "the driver";
  return "the driver for CUDA " + cuda::versionText(version);
}

static Result<cuda::ModuleHandle> loadPTX(const CudaState &state,
                                          const CodeImage &image) {
  return loadImage(state, image.ptx,
                   driverName(state) + " cannot compile the program's PTX " +
                       "(version " + ptxVersion(image.ptx) + ", " +
                       image.architecture +
                       "); update the NVIDIA driver if the PTX is newer");
}

Result<std::unique_ptr<Module>>
CudaModule::load(std::shared_ptr<CudaState> state, const CodeImage &image) {
  Result<CodeForm> form = chooseCode(image, state->major, state->minor);
  if (!form)
    return form.error();
  CurrentContext current(*state);
  Result<cuda::ModuleHandle> handle =
      *form == CodeForm::PTX
          ? loadPTX(*state, image)
          : loadImage(*state, image.cubin,
                      "cannot load the program's cubin for " +
                          image.architecture);
  // A cubin of a newer toolkit may be beyond the driver where PTX is not.
  if (!handle && *form == CodeForm::Cubin && !image.ptx.empty())
    if (Result<cuda::ModuleHandle> other = loadPTX(*state, image))
      handle = other;
  if (!handle)
    return handle.error();
  return std::unique_ptr<Module>(
      new CudaModule(std::move(state), *handle, image.waitsForLaunches));
}

CudaModule::~CudaModule() {
  if (state->lastModule == this)
    state->lastModule = nullptr;
  CurrentContext current(*state);
  state->driver->moduleUnload(handle);
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

Status CudaModule::readAttributes(CudaKernel &kernel) {
  const cuda::Driver &driver = *state->driver;
  const std::string doing =
      "cannot read the attributes of kernel " + quoted(*kernel.name);
  if (Code code = driver.funcGetAttribute(&kernel.maxThreadsPerBlock,
                                          cuda::FunctionMaxThreadsPerBlock,
                                          kernel.function))
    return state->error(code, doing);
  if (Code code = driver.funcGetAttribute(&kernel.staticSharedBytes,
                                          cuda::FunctionSharedSizeBytes,
                                          kernel.function))
    return state->error(code, doing);
  return {};
}

Result<unsigned> CudaModule::kernel(const std::string &name) {
  for (unsigned i = 0; i < kernels.size(); ++i)
    if (*kernels[i].name == name)
      return i;
  CurrentContext current(*state);
  CudaKernel kernel;
  Code code =
      state->driver->moduleGetFunction(&kernel.function, handle, name.c_str());
  if (code == cuda::NotFound)
    return Error("the program's code has no kernel " + quoted(name));
  if (code != cuda::Success)
    return state->error(code, "cannot find kernel " + quoted(name));
  kernel.name = &*state->kernelNames.insert(name).first;
  if (Status status = readAttributes(kernel); !status)
    return status.error();
  kernels.push_back(std::move(kernel));
  return static_cast<unsigned>(kernels.size() - 1);
}

/// A multiprocessor divides one memory into cache and shared memory by what
/// runs on it, and divides it anew only when nothing does. A block that is
/// launched early finds room where the division has some, so blocks of a small
/// kernel would crowd on the multiprocessors that are free first. Where all
/// kernels are small, the cache is worth less than the room. On an H100 RGCN
/// on aifb takes 0.0170 ms with it and 0.0207 without; on fb15k237, whose
/// kernels are not small, it would take 0.0844 instead of 0.0774.
Status CudaModule::expect(const std::vector<LaunchShape> &launches) {
  // Half of what a multiprocessor can hold.
  const std::uint64_t fewThreads = std::uint64_t(1024) * state->multiprocessors;
  if (!waitsForLaunches || !state->driver->launchKernelEx)
    return {};
  for (const LaunchShape &launch : launches) {
    std::uint64_t threads = 1;
    for (unsigned i = 0; i < 3; ++i)
      threads *= std::uint64_t(launch.grid[i]) * launch.block[i];
    if (threads > fewThreads)
      return {};
  }
  CurrentContext current(*state);
  // A hint: where the driver refuses it, kernels run as they would without.
  for (const LaunchShape &launch : launches)
    state->driver->funcSetAttribute(kernels[launch.kernel].function,
                                    cuda::FunctionPreferredSharedMemoryCarveout,
                                    /*percent=*/100);
  return {};
}

//===----------------------------------------------------------------------===//
// Launching
//===----------------------------------------------------------------------===//

Status CudaModule::checkShape(const CudaKernel &kernel, Dim3 grid,
                              Dim3 block) const {
  std::uint64_t threads = std::uint64_t(block[0]) * block[1] * block[2];
  if (threads == 0 || threads > std::uint64_t(kernel.maxThreadsPerBlock))
    return Error("kernel " + quoted(*kernel.name) + " is launched with " +
                 std::to_string(threads) +
                 " threads per block, expected 1 to " +
                 std::to_string(kernel.maxThreadsPerBlock));
  for (unsigned i = 0; i < 3; ++i)
    if (grid[i] == 0 || grid[i] > std::uint32_t(state->limits.grid[i]))
      return Error("kernel " + quoted(*kernel.name) + " is launched with " +
                   std::to_string(grid[i]) + " blocks in dimension " +
                   "xyz"[i] + ", expected 1 to " +
                   std::to_string(state->limits.grid[i]));
  return {};
}

/// The driver tells a parameter's size by its number but not how many there
/// are, and a question for one too many is an error that compute-sanitizer
/// reports. So each launch is compared as far as its own arguments go: too many
/// and wrong widths are found, too few are not.
Status
CudaModule::checkArguments(CudaKernel &kernel,
                           const std::vector<KernelArgument> &arguments) {
  if (!state->driver->funcGetParamInfo)
    return {};
  std::vector<std::uint32_t> &known = kernel.parameterBytes;
  while (known.size() < arguments.size()) {
    std::size_t offset = 0, size = 0;
    if (state->driver->funcGetParamInfo(kernel.function, known.size(), &offset,
                                        &size) != cuda::Success)
      return Error("kernel " + quoted(*kernel.name) + " takes " +
                   std::to_string(known.size()) + " arguments, it is given " +
                   std::to_string(arguments.size()));
    known.push_back(static_cast<std::uint32_t>(size));
  }
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i].bytes != known[i])
      return Error("argument " + std::to_string(i) + " of kernel " +
                   quoted(*kernel.name) + " has " +
                   std::to_string(arguments[i].bytes) + " bytes, expected " +
                   std::to_string(known[i]));
  return {};
}

/// Beyond 48 KB in all, a kernel gets shared memory only on request.
Status CudaModule::allowSharedMemory(CudaKernel &kernel, std::uint32_t bytes) {
  std::uint64_t total = std::uint64_t(kernel.staticSharedBytes) + bytes;
  if (total <= std::uint64_t(state->limits.sharedBytes) ||
      bytes <= kernel.allowedSharedBytes)
    return {};
  if (total > std::uint64_t(state->limits.sharedBytesOptin))
    return Error("kernel " + quoted(*kernel.name) + " needs " +
                 formatBytes(total) + " of shared memory per block, sm_" +
                 std::to_string(state->major) + std::to_string(state->minor) +
                 " has " + formatBytes(state->limits.sharedBytesOptin));
  if (Code code = state->driver->funcSetAttribute(
          kernel.function, cuda::FunctionMaxDynamicSharedSizeBytes,
          static_cast<int>(bytes)))
    return state->error(code, "cannot give kernel " + quoted(*kernel.name) +
                                  " " + formatBytes(bytes) +
                                  " of shared memory");
  kernel.allowedSharedBytes = bytes;
  return {};
}

/// A kernel that waits for those before it may be launched while the last of
/// them still runs (programmatic dependent launch). That works from one kernel
/// to the next: after anything else, all that was enqueued is done first. And
/// it is for kernels of one module: what no kernel of a program writes, another
/// program may.
Code CudaModule::enqueue(const CudaKernel &kernel, Dim3 grid, Dim3 block,
                         std::uint32_t dynamicSharedBytes) {
  const cuda::Driver &driver = *state->driver;
  if (!waitsForLaunches || state->lastModule != this || !driver.launchKernelEx)
    return driver.launchKernel(kernel.function, grid[0], grid[1], grid[2],
                               block[0], block[1], block[2], dynamicSharedBytes,
                               state->stream, parameters.data(), nullptr);
  cuda::LaunchAttribute overlap;
  overlap.id = cuda::programmaticStreamSerialization;
  overlap.value = 1;
  const cuda::LaunchConfig config = {{grid[0], grid[1], grid[2]},
                                     {block[0], block[1], block[2]},
                                     dynamicSharedBytes,
                                     state->stream,
                                     &overlap,
                                     1};
  return driver.launchKernelEx(&config, kernel.function, parameters.data(),
                               nullptr);
}

Status CudaModule::launch(unsigned index, Dim3 grid, Dim3 block,
                          std::uint32_t dynamicSharedBytes,
                          const std::vector<KernelArgument> &arguments) {
  if (index >= kernels.size())
    return Error("there is no kernel with number " + std::to_string(index) +
                 " in the module, it has " + std::to_string(kernels.size()));
  CudaKernel &kernel = kernels[index];
  if (Status status = checkShape(kernel, grid, block); !status)
    return status;
  CurrentContext current(*state);
  if (Status status = checkArguments(kernel, arguments); !status)
    return status;
  if (Status status = allowSharedMemory(kernel, dynamicSharedBytes); !status)
    return status;
  parameters.clear();
  for (const KernelArgument &argument : arguments)
    parameters.push_back(const_cast<std::uint64_t *>(&argument.bits));
  Code code = enqueue(kernel, grid, block, dynamicSharedBytes);
  if (code != cuda::Success)
    return state->error(code, "cannot launch kernel " + quoted(*kernel.name));
  state->lastKernel = kernel.name;
  state->lastModule = this;
  return {};
}

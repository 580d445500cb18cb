//===- Ptxas.cpp - NVIDIA's assembler, where there is one ------------ -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Target/PTX/Ptxas.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace pigeon;
using llvm::StringRef;

std::string pigeon::findPtxas(const std::string &cudaHome) {
  llvm::SmallVector<StringRef> places;
  llvm::SmallString<128> home(cudaHome);
  if (!cudaHome.empty()) {
    llvm::sys::path::append(home, "bin");
    places.push_back(home);
    if (auto path = llvm::sys::findProgramByName("ptxas", places))
      return *path;
  }
  if (auto path = llvm::sys::findProgramByName("ptxas"))
    return *path;
  if (auto path =
          llvm::sys::findProgramByName("ptxas", {"/usr/local/cuda/bin"}))
    return *path;
  return "";
}

//===----------------------------------------------------------------------===//
// Running it
//===----------------------------------------------------------------------===//

namespace {
/// A file that goes away with its owner.
struct TemporaryFile {
  llvm::SmallString<128> path;

  TemporaryFile() = default;
  TemporaryFile(const TemporaryFile &) = delete;
  ~TemporaryFile() {
    if (!path.empty())
      llvm::sys::fs::remove(path);
  }

  Status create(StringRef suffix, StringRef contents = "") {
    int descriptor = -1;
    if (std::error_code error = llvm::sys::fs::createTemporaryFile(
            "pigeon", suffix, descriptor, path))
      return Error("cannot create a temporary file: " + error.message());
    llvm::raw_fd_ostream os(descriptor, /*shouldClose=*/true);
    os << contents;
    os.flush();
    if (!os.has_error())
      return {};
    std::error_code error = os.error();
    os.clear_error();
    return Error("cannot write '" + path.str().str() + "': " + error.message());
  }

  Result<std::string> read() const {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    if (!buffer)
      return Error("cannot read '" + path.str().str() +
                   "': " + buffer.getError().message());
    return (*buffer)->getBuffer().str();
  }
};
} // namespace

Result<AssembledKernels> pigeon::assemble(const std::string &ptxas,
                                          const std::string &ptx,
                                          const std::string &chip) {
  if (ptxas.empty())
    return Error("ptxas is not installed (it comes with the CUDA Toolkit)");
  TemporaryFile source, cubin, log;
  if (Status status = source.create("ptx", ptx); !status)
    return status.error();
  for (auto *file : {&cubin, &log})
    if (Status status = file->create(file == &cubin ? "cubin" : "log"); !status)
      return status.error();
  std::string arch = "-arch=" + chip;
  StringRef arguments[] = {ptxas,       "-v", arch,      "-O3",
                           source.path, "-o", cubin.path};
  std::optional<StringRef> redirects[] = {std::nullopt, StringRef(log.path),
                                          StringRef(log.path)};
  std::string problem;
  int status = llvm::sys::ExecuteAndWait(ptxas, arguments, std::nullopt,
                                         redirects, /*SecondsToWait=*/0,
                                         /*MemoryLimit=*/0, &problem);
  Result<std::string> report = log.read();
  if (!report)
    return report.error();
  // LLVM's number for a program that was never started.
  if (status == -1)
    return Error("cannot run '" + ptxas + "': " + problem);
  if (status != 0)
    return Error("ptxas for " + chip + " failed: " +
                 (problem.empty() ? StringRef(*report).trim().str() : problem));
  Result<std::string> binary = cubin.read();
  if (!binary)
    return binary.error();
  return AssembledKernels{binary.take(), parsePtxasReport(*report)};
}

//===----------------------------------------------------------------------===//
// Its report
//===----------------------------------------------------------------------===//

/// The number before `unit` in `line`, or 0.
static uint64_t numberBefore(StringRef line, StringRef unit) {
  size_t at = line.find(unit);
  if (at == StringRef::npos)
    return 0;
  StringRef before = line.take_front(at).rtrim();
  size_t digits = before.find_last_not_of("0123456789");
  uint64_t value = 0;
  if (before.drop_front(digits + 1).getAsInteger(10, value))
    return 0;
  return value;
}

std::vector<KernelResources> pigeon::parsePtxasReport(const std::string &text) {
  std::vector<KernelResources> kernels;
  for (StringRef line : llvm::split(text, '\n')) {
    // ptxas info    : Compiling entry function 'f' for 'sm_90a'
    if (line.contains("Compiling entry function")) {
      kernels.emplace_back().name =
          line.split('\'').second.split('\'').first.str();
      continue;
    }
    if (kernels.empty())
      continue;
    KernelResources &kernel = kernels.back();
    //     0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
    if (line.contains("bytes stack frame")) {
      kernel.stackBytes = numberBefore(line, " bytes stack frame");
      kernel.spillStoreBytes = numberBefore(line, " bytes spill stores");
      kernel.spillLoadBytes = numberBefore(line, " bytes spill loads");
    }
    // ptxas info    : Used 40 registers, used 1 barriers, 8192 bytes smem, ...
    if (line.contains("Used ")) {
      kernel.registers = numberBefore(line, " registers");
      kernel.sharedBytes = numberBefore(line, " bytes smem");
    }
  }
  return kernels;
}

//===----------------------------------------------------------------------===//
// Occupancy
//===----------------------------------------------------------------------===//

namespace {
/// Limits of one multiprocessor.
struct MultiprocessorLimits {
  StringRef chip;
  unsigned warps;
  unsigned blocks;
  uint64_t sharedBytes;
};
} // namespace

static constexpr unsigned kRegisters = 65536;
static constexpr unsigned kRegisterUnit = 256; // per warp
static constexpr uint64_t kSharedUnit = 128;
static constexpr uint64_t kSharedForSystem = 1024; // per block

static const MultiprocessorLimits *findLimits(StringRef chip) {
  static constexpr MultiprocessorLimits kLimits[] = {
      {"sm_80", 64, 32, 164 * 1024},
      {"sm_86", 48, 16, 100 * 1024},
      {"sm_89", 48, 24, 100 * 1024},
      {"sm_90a", 64, 32, 228 * 1024},
  };
  for (const MultiprocessorLimits &limits : kLimits)
    if (limits.chip == chip)
      return &limits;
  return nullptr;
}

Result<Occupancy> pigeon::occupancy(const KernelResources &kernel,
                                    unsigned threadsPerBlock,
                                    const std::string &chip,
                                    uint64_t dynamicSharedBytes) {
  const MultiprocessorLimits *limits = findLimits(chip);
  if (!limits)
    return Error("no limits are known for architecture '" + chip + "'");
  if (threadsPerBlock == 0)
    return Error("expected a positive number of threads per block");
  uint64_t warps = llvm::divideCeil(threadsPerBlock, 32u);
  uint64_t registersPerWarp =
      llvm::alignTo(uint64_t(kernel.registers) * 32, kRegisterUnit);
  uint64_t shared = llvm::alignTo(
      kernel.sharedBytes + dynamicSharedBytes + kSharedForSystem, kSharedUnit);
  Occupancy result;
  result.blocks = limits->blocks;
  result.limit = "blocks";
  auto limit = [&](uint64_t blocks, const char *what) {
    if (blocks < result.blocks) {
      result.blocks = blocks;
      result.limit = what;
    }
  };
  limit(limits->warps / warps, "warps");
  if (registersPerWarp != 0)
    limit(kRegisters / registersPerWarp / warps, "registers");
  limit(limits->sharedBytes / shared, "shared memory");
  result.fraction = double(result.blocks * warps) / limits->warps;
  return result;
}

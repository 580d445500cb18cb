//===- Ptxas.h - NVIDIA's assembler, where there is one -------*- C++ -* -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ptxas turns PTX into a cubin and says what each kernel needs. It is a program
// of the CUDA Toolkit; nothing else here depends on it.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TARGET_PTX_PTXAS_H
#define PIGEON_TARGET_PTX_PTXAS_H

#include "pigeon/Support/Result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace pigeon {

/// What a kernel needs, as ptxas tells it.
struct KernelResources {
  std::string name;
  unsigned registers = 0; // per thread
  uint64_t stackBytes = 0;
  uint64_t spillStoreBytes = 0;
  uint64_t spillLoadBytes = 0;
  uint64_t sharedBytes = 0; // static, per block
};

struct AssembledKernels {
  std::string cubin;
  std::vector<KernelResources> kernels;
};

/// The path of ptxas: in `cudaHome`/bin if that is not empty, else on the
/// search path, else in the usual place. Empty if there is none.
std::string findPtxas(const std::string &cudaHome = "");

/// Runs `ptxas` on PTX text for one architecture, e.g. "sm_90a".
Result<AssembledKernels> assemble(const std::string &ptxas,
                                  const std::string &ptx,
                                  const std::string &chip);

/// Reads what `ptxas -v` prints.
std::vector<KernelResources> parsePtxasReport(const std::string &text);

/// How many blocks of a kernel one multiprocessor holds, and why not more.
struct Occupancy {
  unsigned blocks = 0;
  /// Resident warps over the most that the multiprocessor takes.
  double fraction = 0;
  /// "registers", "shared memory", "warps" or "blocks".
  std::string limit;
};

/// From the limits of the architecture in the CUDA programming guide (compute
/// capabilities). Registers are given to warps in units of 256, shared memory
/// in units of 128 bytes with 1 KiB per block for the system.
Result<Occupancy> occupancy(const KernelResources &kernel,
                            unsigned threadsPerBlock, const std::string &chip,
                            uint64_t dynamicSharedBytes = 0);

} // namespace pigeon

#endif // PIGEON_TARGET_PTX_PTXAS_H

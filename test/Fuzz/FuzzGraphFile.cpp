//===- FuzzGraphFile.cpp - Files of graphs, byte by byte
//---------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The input is the file: triples as text, or an .npz archive.
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"

#include "pigeon/Runtime/GraphFile.h"
#include "pigeon/Support/Npz.h"

using namespace pigeon;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size) {
  fuzz::InputFile file(fuzz::viewOf(data, size));
  (void)runtime::readGraph(file.path());
  (void)readNpz(file.path());
  return 0;
}

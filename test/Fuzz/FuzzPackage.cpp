//===- FuzzPackage.cpp - Packages and the programs in them
//-------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The input is a text of members (see Fuzz.h). Without a manifest it gets one
// that fits; an input that begins as a zip file does is one.
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"

#include "pigeon/Runtime/Package.h"
#include "pigeon/Runtime/Program.h"

#include <cstdio>
#include <zlib.h>

using namespace pigeon;

static std::string manifestFor(const fuzz::Members &members) {
  std::string list;
  for (const auto &[name, bytes] : members) {
    char crc[9];
    std::snprintf(crc, sizeof crc, "%08lx",
                  crc32_z(0, reinterpret_cast<const Bytef *>(bytes.data()),
                          bytes.size()));
    list += (list.empty() ? "\"" : ", \"") + name +
            "\": {\"bytes\": " + std::to_string(bytes.size()) +
            ", \"crc32\": \"" + crc + "\"}";
  }
  return "{\"format\": \"pigeon-package\", \"version\": " +
         std::to_string(runtime::packageVersion) +
         ", \"generator\": \"g\", \"architecture\": \"sm_80\", "
         "\"precision\": \"ieee\", \"members\": {" +
         list + "}}";
}

static void read(std::string_view bytes) {
  fuzz::InputFile file(bytes);
  (void)runtime::isPackage(file.path());
  Result<runtime::Package> package = runtime::readPackage(file.path());
  if (!package)
    return;
  // What could be read can be said again.
  Result<runtime::Program> again =
      runtime::programFromJSON(runtime::toJSON(package->program));
  if (!again)
    __builtin_trap();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size) {
  std::string_view input = fuzz::viewOf(data, size);
  if (input.substr(0, 2) == "PK") {
    read(input);
    return 0;
  }
  fuzz::Members members = fuzz::splitMembers(input);
  bool hasManifest = false;
  for (const auto &[name, bytes] : members)
    hasManifest |= name == "manifest.json";
  if (!hasManifest)
    members.emplace_back("manifest.json", manifestFor(members));
  read(fuzz::zipOf(members));
  return 0;
}

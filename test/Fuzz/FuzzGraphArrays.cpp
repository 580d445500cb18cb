//===- FuzzGraphArrays.cpp - Graphs as arrays in a sound archive
//-------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The input is a text of members (see Fuzz.h). A member whose name ends in
// `.npy` and that does not begin as an array does is the text of a header in
// one line, and then the elements.
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"

#include "pigeon/Runtime/GraphFile.h"
#include "pigeon/Support/Npz.h"

using namespace pigeon;

static bool endsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         text.substr(text.size() - end.size()) == end;
}

/// Puts the magic and the length of the header before it.
static std::string asArray(const std::string &text) {
  if (text.compare(0, 6, "\x93NUMPY") == 0)
    return text;
  std::size_t length = std::min(text.find('\n'), text.size() - 1) + 1;
  std::string array("\x93NUMPY\x01\x00", 8);
  array += static_cast<char>(length & 0xFF);
  array += static_cast<char>(length >> 8);
  return array + text;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size) {
  fuzz::Members members = fuzz::splitMembers(fuzz::viewOf(data, size));
  for (auto &[name, bytes] : members)
    if (endsWith(name, ".npy") && !bytes.empty()) {
      bytes.pop_back(); // the end of the line before the next member
      bytes = asArray(bytes);
    }
  fuzz::InputFile file(fuzz::zipOf(members));
  (void)runtime::readGraph(file.path());
  (void)readNpz(file.path());
  return 0;
}

//===- Input.cpp - Inputs as files and archives
//------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"

#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

using namespace pigeon::fuzz;

InputFile::InputFile(std::string_view bytes)
    : descriptor(memfd_create("input", 0)) {
  path_ = "/proc/self/fd/" + std::to_string(descriptor);
  if (descriptor < 0 || write(descriptor, bytes.data(), bytes.size()) !=
                            static_cast<ssize_t>(bytes.size()))
    std::abort();
}

InputFile::~InputFile() { close(descriptor); }

Members pigeon::fuzz::splitMembers(std::string_view text) {
  constexpr std::string_view mark = "=== ";
  Members members;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    if (line.substr(0, mark.size()) == mark) {
      members.emplace_back(line.substr(mark.size()), "");
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      continue;
    }
    std::size_t end = text.find("\n=== ");
    std::size_t taken = end == std::string_view::npos ? text.size() : end + 1;
    if (!members.empty())
      members.back().second = text.substr(0, taken);
    text.remove_prefix(taken);
  }
  return members;
}

static void put(std::string &bytes, std::uint64_t value, unsigned count) {
  for (; count > 0; --count, value >>= 8)
    bytes += static_cast<char>(value);
}

/// What the header of a member and its entry in the table share: version,
/// flags, method, time, date, checksum, sizes, lengths of the name and of
/// nothing else.
static void putDescription(std::string &zip, const std::string &name,
                           const std::string &bytes) {
  put(zip, 20, 2);
  put(zip, 0, 8);
  put(zip,
      crc32_z(0, reinterpret_cast<const Bytef *>(bytes.data()), bytes.size()),
      4);
  put(zip, bytes.size(), 4);
  put(zip, bytes.size(), 4);
  put(zip, name.size(), 2);
  put(zip, 0, 2);
}

std::string pigeon::fuzz::zipOf(const Members &members) {
  std::string zip, table;
  for (const auto &[longName, bytes] : members) {
    std::string name = longName.substr(0, 0xFFFF);
    table += "PK\1\2";
    put(table, 20, 2);
    putDescription(table, name, bytes);
    put(table, 0, 10); // comment, disk, attributes
    put(table, zip.size(), 4);
    table += name;
    zip += "PK\3\4";
    putDescription(zip, name, bytes);
    zip += name + bytes;
  }
  std::size_t tableOffset = zip.size();
  zip += table + "PK\5\6";
  put(zip, 0, 4);
  put(zip, members.size(), 2);
  put(zip, members.size(), 2);
  put(zip, table.size(), 4);
  put(zip, tableOffset, 4);
  put(zip, 0, 2);
  return zip;
}

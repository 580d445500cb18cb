//===- TestFiles.h - A folder that a test may fill --------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_RUNTIME_TESTFILES_H
#define PIGEON_TEST_UNIT_RUNTIME_TESTFILES_H

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <stdlib.h>
#include <string>

namespace pigeon::test {

/// A new folder, removed with everything in it.
class TestFolder {
public:
  TestFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "pigeon-XXXXXX").string();
    if (const char *made = ::mkdtemp(pattern.data()))
      folder = made;
  }
  ~TestFolder() {
    std::error_code ignored;
    if (!folder.empty())
      std::filesystem::remove_all(folder, ignored);
  }

  std::string path(const std::string &name = "") const {
    return (folder / name).string();
  }
  std::string write(const std::string &name, const std::string &bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }
  std::string read(const std::string &name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::size_t numFiles() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder), {}));
  }

private:
  std::filesystem::path folder;
};

} // namespace pigeon::test

#endif // PIGEON_TEST_UNIT_RUNTIME_TESTFILES_H

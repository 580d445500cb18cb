//===- Zip.h - Zip files, as containers of named byte strings ---*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// .npz files and packages are zip files. Members are deflated, their checksums
// are verified when they are read, and a file is written in one step or not at
// all (FileIO.h). Files written from equal members are equal byte for byte.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_SUPPORT_ZIP_H
#define PIGEON_SUPPORT_ZIP_H

#include "pigeon/Support/Result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pigeon {

/// Whether the file begins as zip files do. False if it cannot be read.
bool looksLikeZip(const std::string &path);

class ZipReader {
public:
  /// The error says whether the file cannot be opened or is no (whole) zip.
  static Result<ZipReader> open(const std::string &path);
  ZipReader(ZipReader &&) noexcept;
  ~ZipReader();

  /// Names of the members, in the order of the file.
  const std::vector<std::string> &names() const { return memberNames; }
  bool contains(const std::string &name) const;
  /// The bytes of a member, checked against its checksum.
  Result<std::string> read(const std::string &name);

private:
  struct Handle;
  ZipReader(std::unique_ptr<Handle> handle, std::string path);
  Status listMembers();

  std::unique_ptr<Handle> handle;
  std::string path;
  std::vector<std::string> memberNames;
};

class ZipWriter {
public:
  /// How hard to compress.
  enum class Effort { Fast, Small };

  static Result<ZipWriter> create(const std::string &path);
  ZipWriter(ZipWriter &&) noexcept;
  /// Without commit() nothing is left behind.
  ~ZipWriter();

  /// Begins a member; its bytes follow by append().
  Status begin(const std::string &name, Effort effort);
  Status append(std::string_view bytes);
  Status end();
  Status add(const std::string &name, std::string_view bytes, Effort effort);
  Status commit();

private:
  struct Handle;
  ZipWriter(std::unique_ptr<Handle> handle, std::string path);
  Error failure() const;

  std::unique_ptr<Handle> handle;
  std::string path;
};

} // namespace pigeon

#endif // PIGEON_SUPPORT_ZIP_H

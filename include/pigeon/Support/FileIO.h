//===- FileIO.h - Whole files, read and written safely ----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A file is replaced in one step or not at all: it is written beside its final
// place under another name, flushed to the disk, and renamed. A full disk, a
// kill or a crash leaves the old file, or none, and never half of one.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_SUPPORT_FILEIO_H
#define PIGEON_SUPPORT_FILEIO_H

#include "pigeon/Support/Result.h"

#include <cstdio>
#include <string>
#include <string_view>

namespace pigeon {

/// The bytes of a file; the error names it and says why.
Result<std::string> readFile(const std::string &path);

Status writeFileAtomically(const std::string &path, std::string_view bytes);

/// The file at `path` while it is being written. Destroyed without commit(), it
/// leaves no trace.
class AtomicFile {
public:
  static Result<AtomicFile> create(const std::string &path);
  AtomicFile(AtomicFile &&other) noexcept;
  AtomicFile &operator=(AtomicFile &&) = delete;
  ~AtomicFile();

  /// For writing, and seeking within what was written. Never null before
  /// commit().
  std::FILE *stream() const { return file; }
  /// Flushes, syncs and renames. Errors of earlier writes to the stream are
  /// found here too.
  Status commit();

private:
  AtomicFile(std::FILE *file, std::string path, std::string temporary)
      : file(file), path(std::move(path)), temporary(std::move(temporary)) {}

  std::FILE *file;
  std::string path;
  /// Where the bytes are until commit(). Empty for a device or a pipe, which
  /// a rename would replace by a file: its bytes are copied by commit().
  std::string temporary;
};

} // namespace pigeon

#endif // PIGEON_SUPPORT_FILEIO_H

//===- FileIO.cpp - Whole files, read and written safely ------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/FileIO.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pigeon {

static Error fileError(const char *doing, const std::string &path, int code) {
  return Error(std::string("cannot ") + doing + " '" + path +
               "': " + std::strerror(code));
}

namespace {
struct Closer {
  std::FILE *file;
  ~Closer() { std::fclose(file); }
};
} // namespace

Result<std::string> readFile(const std::string &path) {
  std::FILE *file = std::fopen(path.c_str(), "rb");
  if (!file)
    return fileError("open", path, errno);
  Closer closer{file};
  std::string bytes;
  struct stat info;
  if (::fstat(::fileno(file), &info) != 0)
    return fileError("read", path, errno);
  if (S_ISDIR(info.st_mode))
    return fileError("read", path, EISDIR);
  if (S_ISREG(info.st_mode))
    bytes.reserve(static_cast<std::size_t>(info.st_size) + 1);
  // The size is a hint: pipes have none.
  char buffer[1 << 16];
  while (std::size_t count = std::fread(buffer, 1, sizeof buffer, file))
    bytes.append(buffer, count);
  if (std::ferror(file))
    return fileError("read", path, errno);
  return bytes;
}

/// Creates a file beside `path` that no one else has.
static int createBeside(const std::string &path, std::string &temporary) {
  for (int attempt = 0;; ++attempt) {
    temporary = path + ".tmp-" + std::to_string(::getpid()) + "-" +
                std::to_string(attempt);
    int descriptor =
        ::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0 || errno != EEXIST)
      return descriptor;
  }
}

/// Where a rename has its effect: a symbolic link keeps leading to its file.
static std::string followLinks(const std::string &path) {
  char *resolved = ::realpath(path.c_str(), nullptr);
  std::string target = resolved ? resolved : path;
  std::free(resolved);
  return target;
}

Result<AtomicFile> AtomicFile::create(const std::string &link) {
  struct stat info;
  bool isLink = ::lstat(link.c_str(), &info) == 0 && S_ISLNK(info.st_mode);
  const std::string path = isLink ? followLinks(link) : link;
  struct stat old;
  bool replaces = ::stat(path.c_str(), &old) == 0;
  if (replaces && S_ISDIR(old.st_mode))
    return fileError("create", path, EISDIR);
  if (replaces && !S_ISREG(old.st_mode)) {
    std::FILE *file = std::tmpfile();
    if (!file)
      return fileError("create", path, errno);
    return AtomicFile(file, path, "");
  }
  std::string temporary;
  int descriptor = createBeside(path, temporary);
  if (descriptor < 0)
    return fileError("create", path, errno);
  // Whoever could read the old file can read the new one.
  std::FILE *file = nullptr;
  if (!replaces || ::fchmod(descriptor, old.st_mode & 0777) == 0)
    file = ::fdopen(descriptor, "w+b");
  if (file)
    return AtomicFile(file, path, std::move(temporary));
  Error error = fileError("create", path, errno);
  ::close(descriptor);
  ::unlink(temporary.c_str());
  return error;
}

AtomicFile::AtomicFile(AtomicFile &&other) noexcept
    : file(other.file), path(std::move(other.path)),
      temporary(std::move(other.temporary)) {
  other.file = nullptr;
}

AtomicFile::~AtomicFile() {
  if (!file)
    return;
  std::fclose(file);
  if (!temporary.empty())
    ::unlink(temporary.c_str());
}

/// Copies what was collected for a device or a pipe.
static Status copyInto(const std::string &path, std::FILE *from) {
  std::FILE *to = std::fopen(path.c_str(), "wb");
  if (!to)
    return fileError("write", path, errno);
  Closer closer{to};
  std::rewind(from);
  char buffer[1 << 16];
  while (std::size_t count = std::fread(buffer, 1, sizeof buffer, from))
    if (std::fwrite(buffer, 1, count, to) != count)
      return fileError("write", path, errno);
  if (std::ferror(from) || std::fflush(to) != 0)
    return fileError("write", path, errno);
  return {};
}

/// Makes the rename itself durable. Some file systems refuse to sync a folder;
/// the file is complete all the same.
static void syncFolderOf(const std::string &path) {
  std::size_t slash = path.rfind('/');
  std::string folder =
      slash == std::string::npos ? "." : path.substr(0, slash + 1);
  int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (descriptor < 0)
    return;
  ::fsync(descriptor);
  ::close(descriptor);
}

Status AtomicFile::commit() {
  bool failedBefore = std::ferror(file) != 0;
  errno = 0;
  bool flushed = std::fflush(file) == 0 && ::fsync(::fileno(file)) == 0;
  if (failedBefore || !flushed)
    return fileError("write", path, errno ? errno : EIO);
  if (temporary.empty())
    return copyInto(path, file);
  bool closed = std::fclose(file) == 0;
  int code = errno;
  file = nullptr;
  if (closed && std::rename(temporary.c_str(), path.c_str()) == 0) {
    syncFolderOf(path);
    return {};
  }
  if (closed)
    code = errno;
  ::unlink(temporary.c_str());
  return fileError("write", path, code);
}

Status writeFileAtomically(const std::string &path, std::string_view bytes) {
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file)
    return file.error();
  if (std::fwrite(bytes.data(), 1, bytes.size(), file->stream()) !=
      bytes.size())
    return fileError("write", path, errno);
  return file->commit();
}

} // namespace pigeon

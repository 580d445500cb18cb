//===- Zip.cpp - Zip files through minizip --------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/Zip.h"

#include "pigeon/Support/FileIO.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <minizip/unzip.h>
#include <minizip/zip.h>
#include <sys/stat.h>

namespace pigeon {

/// minizip takes lengths as 32-bit unsigned integers.
static constexpr std::size_t maxPart = std::size_t(1) << 30;

bool looksLikeZip(const std::string &path) {
  std::FILE *file = std::fopen(path.c_str(), "rb");
  if (!file)
    return false;
  char magic[4] = {};
  std::size_t count = std::fread(magic, 1, sizeof magic, file);
  std::fclose(file);
  // The second is an archive without members.
  return count == 4 && (std::memcmp(magic, "PK\3\4", 4) == 0 ||
                        std::memcmp(magic, "PK\5\6", 4) == 0);
}

//===----------------------------------------------------------------------===//
// ZipReader
//===----------------------------------------------------------------------===//

struct ZipReader::Handle {
  unzFile file = nullptr;
  std::uint64_t fileSize = 0;
  ~Handle() {
    if (file)
      unzClose(file);
  }
};

ZipReader::ZipReader(std::unique_ptr<Handle> handle, std::string path)
    : handle(std::move(handle)), path(std::move(path)) {}
ZipReader::ZipReader(ZipReader &&) noexcept = default;
ZipReader::~ZipReader() = default;

/// Whether the file ends with a whole end record: PK 5 6, 16 bytes, the length
/// of a comment and the comment. minizip reads what a cut record lacks as
/// zeros.
static bool hasEndRecord(const std::string &path, std::uint64_t fileSize) {
  constexpr std::uint64_t recordSize = 22, maxComment = 65535;
  std::uint64_t tailSize = std::min(fileSize, recordSize + maxComment);
  std::FILE *file = std::fopen(path.c_str(), "rb");
  if (!file)
    return false;
  std::string tail(tailSize, '\0');
  bool whole = ::fseeko(file, -static_cast<off_t>(tailSize), SEEK_END) == 0 &&
               std::fread(tail.data(), 1, tail.size(), file) == tail.size();
  std::fclose(file);
  std::size_t record = tail.rfind("PK\5\6");
  if (!whole || record == std::string::npos ||
      record + recordSize > tail.size())
    return false;
  auto byte = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(tail[i]));
  };
  std::size_t comment = byte(record + 20) | byte(record + 21) << 8;
  return record + recordSize + comment <= tail.size();
}

Result<ZipReader> ZipReader::open(const std::string &path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0)
    return Error("cannot open '" + path + "': " + std::strerror(errno));
  if (!S_ISREG(info.st_mode))
    return Error("cannot open '" + path + "': not a regular file");
  auto handle = std::make_unique<Handle>();
  handle->fileSize = static_cast<std::uint64_t>(info.st_size);
  if (hasEndRecord(path, handle->fileSize))
    handle->file = unzOpen64(path.c_str());
  // An archive without members begins with its end; minizip finds none then.
  constexpr std::uint64_t emptySize = 22;
  bool isEmpty = handle->fileSize == emptySize && hasEndRecord(path, emptySize);
  if (!handle->file && !isEmpty) {
    // The table of members is at the end, so a cut file has none.
    if (looksLikeZip(path))
      return Error("'" + path + "' is truncated: the zip file has no end");
    return Error("'" + path + "' is not a zip file");
  }
  ZipReader reader(std::move(handle), path);
  if (Status s = reader.listMembers(); !s)
    return s.error();
  return reader;
}

Status ZipReader::listMembers() {
  if (!handle->file)
    return {};
  int status = unzGoToFirstFile(handle->file);
  while (status == UNZ_OK) {
    char name[1024] = {};
    unz_file_info64 info;
    status = unzGetCurrentFileInfo64(handle->file, &info, name, sizeof name - 1,
                                     nullptr, 0, nullptr, 0);
    if (status != UNZ_OK)
      break;
    memberNames.push_back(name);
    status = unzGoToNextFile(handle->file);
  }
  if (status == UNZ_END_OF_LIST_OF_FILE)
    return {};
  return Error("'" + path + "' has a damaged table of members");
}

bool ZipReader::contains(const std::string &name) const {
  return std::find(memberNames.begin(), memberNames.end(), name) !=
         memberNames.end();
}

Result<std::string> ZipReader::read(const std::string &name) {
  std::string what = "member '" + name + "' of '" + path + "'";
  constexpr int caseSensitive = 1;
  if (!handle->file ||
      unzLocateFile(handle->file, name.c_str(), caseSensitive) != UNZ_OK)
    return Error("'" + path + "' has no member '" + name + "'");
  unz_file_info64 info;
  if (unzGetCurrentFileInfo64(handle->file, &info, nullptr, 0, nullptr, 0,
                              nullptr, 0) != UNZ_OK)
    return Error(what + " has a damaged entry");
  // Deflate shrinks by at most 1032 times, so larger claims are damage (or a
  // trap), and memory is not reserved for them.
  if (info.compressed_size > handle->fileSize ||
      info.uncompressed_size / 1032 > info.compressed_size + 1)
    return Error(what + " claims " + std::to_string(info.uncompressed_size) +
                 " bytes from " + std::to_string(info.compressed_size) +
                 " in a file of " + std::to_string(handle->fileSize));
  if (unzOpenCurrentFile(handle->file) != UNZ_OK)
    return Error(what + " is damaged or compressed in an unknown way");
  std::string bytes(info.uncompressed_size, '\0');
  std::size_t done = 0;
  int count = 1;
  while (count > 0 && done < bytes.size()) {
    count = unzReadCurrentFile(
        handle->file, &bytes[done],
        static_cast<unsigned>(std::min(bytes.size() - done, maxPart)));
    if (count > 0)
      done += static_cast<std::size_t>(count);
  }
  int closed = unzCloseCurrentFile(handle->file);
  if (count < 0)
    return Error(what + " is damaged: its compressed data is invalid");
  if (done < bytes.size())
    return Error(what + " is truncated: " + std::to_string(done) + " of " +
                 std::to_string(bytes.size()) + " bytes");
  if (closed == UNZ_CRCERROR)
    return Error(what + " is damaged: its checksum is wrong");
  if (closed != UNZ_OK)
    return Error(what + " cannot be read");
  return bytes;
}

//===----------------------------------------------------------------------===//
// ZipWriter
//===----------------------------------------------------------------------===//

struct ZipWriter::Handle {
  AtomicFile file;
  zipFile zip = nullptr;

  explicit Handle(AtomicFile file) : file(std::move(file)) {}
  ~Handle() {
    if (zip)
      zipClose(zip, nullptr);
  }
};

// minizip writes to the stream of the AtomicFile and must not close it.
static voidpf openStream(voidpf opaque, const void *, int) {
  return static_cast<AtomicFile *>(opaque)->stream();
}
static int keepStream(voidpf, voidpf stream) {
  return std::fflush(static_cast<std::FILE *>(stream));
}

ZipWriter::ZipWriter(std::unique_ptr<Handle> handle, std::string path)
    : handle(std::move(handle)), path(std::move(path)) {}
ZipWriter::ZipWriter(ZipWriter &&) noexcept = default;
ZipWriter::~ZipWriter() = default;

Result<ZipWriter> ZipWriter::create(const std::string &path) {
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file)
    return file.error();
  auto handle = std::make_unique<Handle>(file.take());
  zlib_filefunc64_def functions;
  fill_fopen64_filefunc(&functions);
  functions.zopen64_file = openStream;
  functions.zclose_file = keepStream;
  functions.opaque = &handle->file;
  handle->zip =
      zipOpen2_64(path.c_str(), APPEND_STATUS_CREATE, nullptr, &functions);
  if (!handle->zip)
    return Error("cannot write '" + path + "'");
  return ZipWriter(std::move(handle), path);
}

Error ZipWriter::failure() const {
  return Error("cannot write '" + path +
               "': " + std::strerror(errno ? errno : EIO));
}

Status ZipWriter::begin(const std::string &name, Effort effort) {
  zip_fileinfo info = {};
  info.dosDate = 1 << 5 | 1; // 1 January 1980: the same bytes on every day
  constexpr int zip64 = 1;   // the size is not known here
  errno = 0;
  if (zipOpenNewFileInZip64(handle->zip, name.c_str(), &info, nullptr, 0,
                            nullptr, 0, nullptr, Z_DEFLATED,
                            effort == Effort::Fast ? Z_BEST_SPEED
                                                   : Z_BEST_COMPRESSION,
                            zip64) != ZIP_OK)
    return failure();
  return {};
}

Status ZipWriter::append(std::string_view bytes) {
  errno = 0;
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, maxPart);
    if (zipWriteInFileInZip(handle->zip, part.data(),
                            static_cast<unsigned>(part.size())) != ZIP_OK)
      return failure();
    bytes.remove_prefix(part.size());
  }
  return {};
}

Status ZipWriter::end() {
  errno = 0;
  if (zipCloseFileInZip(handle->zip) != ZIP_OK)
    return failure();
  return {};
}

Status ZipWriter::add(const std::string &name, std::string_view bytes,
                      Effort effort) {
  if (Status s = begin(name, effort); !s)
    return s;
  if (Status s = append(bytes); !s)
    return s;
  return end();
}

Status ZipWriter::commit() {
  errno = 0;
  int status = zipClose(handle->zip, nullptr);
  handle->zip = nullptr;
  if (status != ZIP_OK)
    return failure();
  return handle->file.commit();
}

} // namespace pigeon

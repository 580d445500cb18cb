//===- NpzTest.cpp - NumPy's files, whole and damaged ---------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/Npz.h"

#include "TestFiles.h"
#include "pigeon/Support/FileIO.h"

#include <algorithm>
#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <sys/resource.h>

using namespace pigeon;
using pigeon::test::TestFolder;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

constexpr ElementType allTypes[] = {
    ElementType::F32, ElementType::F64, ElementType::F16, ElementType::BF16,
    ElementType::I32, ElementType::I64, ElementType::I8,  ElementType::U8,
    ElementType::I16, ElementType::U16, ElementType::U32, ElementType::U64,
    ElementType::Bool};

HostTensor randomTensor(ElementType type, std::vector<std::int64_t> shape,
                        unsigned seed) {
  HostTensor tensor = HostTensor::create(type, std::move(shape)).take();
  std::mt19937 random(seed);
  for (std::byte &byte : tensor.data)
    byte = std::byte(type == ElementType::Bool ? random() & 1 : random());
  return tensor;
}

void expectEqual(const HostTensor &found, const HostTensor &expected) {
  EXPECT_EQ(describe(found), describe(expected));
  EXPECT_EQ(found.data, expected.data);
}

/// A .npy file with this header and this many bytes of data.
std::string npy(std::string header, std::size_t bytes, char version = 1) {
  header += '\n';
  std::string file = std::string("\x93NUMPY") + version + '\0';
  file += static_cast<char>(header.size() & 0xFF);
  file += static_cast<char>(header.size() >> 8);
  if (version > 1)
    file += std::string(2, '\0');
  return file + header + std::string(bytes, 'x');
}

std::string decodeError(const std::string &bytes) {
  auto tensor = decodeNpy(bytes, "'w'");
  return tensor ? "" : tensor.error().message();
}

TEST(NpzTest, RoundTripOfEveryTypeAndRank) {
  TestFolder folder;
  std::map<std::string, HostTensor> arrays;
  unsigned seed = 0;
  for (ElementType type : allTypes)
    for (const std::vector<std::int64_t> &shape : {std::vector<std::int64_t>{},
                                                   {1},
                                                   {0},
                                                   {5},
                                                   {3, 4},
                                                   {2, 0, 3},
                                                   {2, 1, 3, 2}}) {
      HostTensor tensor = randomTensor(type, shape, ++seed);
      std::string path = folder.path("one.npy");
      ASSERT_TRUE(writeNpy(path, tensor));
      auto read = readNpy(path);
      ASSERT_TRUE(read) << read.error().message();
      expectEqual(*read, tensor);
      arrays[name(type) + std::to_string(seed)] = std::move(tensor);
    }
  std::string path = folder.path("all.npz");
  ASSERT_TRUE(writeNpz(path, arrays));
  auto read = readNpz(path);
  ASSERT_TRUE(read) << read.error().message();
  ASSERT_EQ(read->size(), arrays.size());
  for (const auto &[name, tensor] : arrays)
    expectEqual(read->at(name), tensor);
  EXPECT_EQ(folder.numFiles(), 2u);
}

TEST(NpzTest, LargeArrayIsDeflatedAndTheSameEveryTime) {
  TestFolder folder;
  HostTensor zeros = HostTensor::create(ElementType::F32, {1000000}).take();
  ASSERT_TRUE(writeNpz(folder.path("a.npz"), {{"x", zeros}}));
  ASSERT_TRUE(writeNpz(folder.path("b.npz"), {{"x", zeros}}));
  EXPECT_LT(folder.read("a.npz").size(), 100000u);
  EXPECT_EQ(folder.read("a.npz"), folder.read("b.npz"));
}

TEST(NpzTest, HeaderIsAlignedAndReadable) {
  HostTensor tensor = HostTensor::create(ElementType::F32, {3}).take();
  std::string header = npyHeader(tensor);
  EXPECT_EQ(header.size() % 64, 0u);
  EXPECT_THAT(header, HasSubstr("{'descr': '<f4', 'fortran_order': False, "
                                "'shape': (3, ), }"));
  EXPECT_EQ(header.back(), '\n');
}

TEST(NpzTest, ReadsHeadersOfOtherWriters) {
  auto tensor = decodeNpy(
      npy("{\"shape\":(2,3),\"fortran_order\":False,\"descr\":\"<i2\"}", 12, 2),
      "w");
  ASSERT_TRUE(tensor) << tensor.error().message();
  EXPECT_EQ(describe(*tensor), "i16[2, 3]");
  tensor = decodeNpy(
      npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2L,), }", 2),
      "w");
  ASSERT_TRUE(tensor) << tensor.error().message();
  EXPECT_EQ(describe(*tensor), "u8[2]");
}

TEST(NpzTest, RefusesWhatItCannotRead) {
  auto header = [](const std::string &descr, const std::string &fortran,
                   const std::string &shape) {
    return "{'descr': " + descr + ", 'fortran_order': " + fortran +
           ", 'shape': " + shape + ", }";
  };
  EXPECT_EQ(decodeError(npy(header("'<f4'", "True", "(2, 2)"), 16)),
            "'w' is in Fortran order; save it with "
            "numpy.ascontiguousarray(array)");
  EXPECT_EQ(decodeError(npy(header("'>f4'", "False", "(2,)"), 8)),
            "'w' is big-endian ('>f4'); save it with array.astype('<f4')");
  EXPECT_THAT(decodeError(npy(header("'|O'", "False", "(2,)"), 8)),
              HasSubstr("Python objects"));
  EXPECT_THAT(decodeError(npy(header("'<c8'", "False", "(2,)"), 16)),
              HasSubstr("has type '<c8', expected one of"));
  EXPECT_THAT(decodeError(npy(header("[('a', '<f4')]", "False", "(2,)"), 8)),
              HasSubstr("structured type"));
}

TEST(NpzTest, RefusesDamagedArrays) {
  std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}";
  EXPECT_EQ(decodeError(npy(good, 7)),
            "'w' is truncated: f32[2] takes 8 bytes, found 7");
  EXPECT_THAT(decodeError(npy(good, 9)), HasSubstr("is too long"));
  EXPECT_EQ(decodeError("hello"), "'w' is not a .npy array");
  EXPECT_THAT(decodeError(npy(good, 8).substr(0, 20)),
              HasSubstr("truncated in its header"));
  EXPECT_THAT(decodeError(std::string("\x93NUMPY\1\0", 8)),
              HasSubstr("truncated in its header"));
  EXPECT_THAT(decodeError(npy(good, 8, 9)), HasSubstr("version 9"));
  for (const char *shape :
       {"(99999999999, 99999999999)", "(4611686018427387904,)"})
    EXPECT_THAT(
        decodeError(npy(std::string("{'descr': '<f4', 'fortran_order': False, "
                                    "'shape': ") +
                            shape + "}",
                        8)),
        HasSubstr("is absurd"));
  EXPECT_THAT(decodeError(npy("{'descr': '<f4', 'fortran_order': False, "
                              "'shape': (99999999999999999999,)}",
                              8)),
              HasSubstr("does not fit 63 bits"));
}

TEST(NpzTest, RefusesMalformedHeaders) {
  for (const char *header :
       {"", "{", "{'descr'", "{'descr': <f4}", "{'descr': '<f4'",
        "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 2}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3)}",
        "{'descr': '<f4', 'fortran_order': False}", "{'colour': 'red'}",
        "{'descr': '', 'fortran_order': False, 'shape': (2,)}"})
    EXPECT_NE(decodeError(npy(header, 8)), "") << header;
}

/// Damage anywhere must give an error or the same arrays, never a crash.
TEST(NpzTest, SurvivesEveryDamagedByte) {
  TestFolder folder;
  std::string path = folder.path("a.npz");
  HostTensor tensor = randomTensor(ElementType::I32, {10}, 1);
  ASSERT_TRUE(writeNpz(path, {{"x", tensor}}));
  std::string whole = folder.read("a.npz");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    auto read = readNpz(folder.write("damaged.npz", damaged));
    if (read && read->count("x"))
      expectEqual(read->at("x"), tensor);
  }
}

TEST(NpzTest, RefusesTruncationAtEveryByte) {
  TestFolder folder;
  std::string path = folder.path("a.npz");
  ASSERT_TRUE(writeNpz(path, {{"x", randomTensor(ElementType::I32, {10}, 1)}}));
  std::string whole = folder.read("a.npz");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(readNpz(folder.write("cut.npz", whole.substr(0, size))))
        << size << " of " << whole.size();
  auto read = readNpz(folder.write("cut.npz", whole.substr(0, 100)));
  EXPECT_EQ(read.error().message(),
            "'" + folder.path("cut.npz") +
                "' is truncated: the zip file has no end");
}

TEST(NpzTest, NamesFileAndArray) {
  TestFolder folder;
  std::string path = folder.path("a.npz");
  ASSERT_TRUE(writeNpz(path, {{"x", randomTensor(ElementType::I32, {2}, 1)},
                              {"y", randomTensor(ElementType::I32, {2}, 2)}}));
  auto reader = NpzReader::open(path);
  ASSERT_TRUE(reader);
  EXPECT_THAT(reader->names(), ElementsAre("x", "y"));
  EXPECT_EQ(reader->read("z").error().message(),
            "'" + path + "' has no array 'z'; it has x, y");
  EXPECT_EQ(readNpz(folder.write("text", "not a zip")).error().message(),
            "'" + folder.path("text") + "' is not a zip file");
  EXPECT_THAT(readNpz(folder.path("none")).error().message(),
              HasSubstr("No such file"));
  EXPECT_THAT(readNpz(folder.path()).error().message(),
              HasSubstr("not a regular file"));
}

/// The checksum stands in the header of a member (PK 3 4) and again in the
/// table at the end (PK 1 2). Data that fits neither is damaged.
TEST(NpzTest, FindsAWrongChecksum) {
  TestFolder folder;
  HostTensor tensor = randomTensor(ElementType::U8, {5000}, 1);
  ASSERT_TRUE(writeNpz(folder.path("a.npz"), {{"x", tensor}}));
  std::string bytes = folder.read("a.npz");
  std::size_t entry = bytes.rfind("PK\1\2");
  ASSERT_NE(entry, std::string::npos);
  bytes[entry + 16] = static_cast<char>(bytes[entry + 16] ^ 1);
  EXPECT_FALSE(readNpz(folder.write("b.npz", bytes)));
  bytes[14] = static_cast<char>(bytes[14] ^ 1);
  auto read = readNpz(folder.write("b.npz", bytes));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message(), "member 'x.npy' of '" +
                                        folder.path("b.npz") +
                                        "' is damaged: its checksum is wrong");
}

TEST(NpzTest, RefusesClaimsOfHugeMembers) {
  TestFolder folder;
  HostTensor tensor = randomTensor(ElementType::U8, {100}, 1);
  ASSERT_TRUE(writeNpz(folder.path("a.npz"), {{"x", tensor}}));
  std::string bytes = folder.read("a.npz");
  std::size_t entry = bytes.rfind("PK\1\2");
  bytes.replace(entry + 24, 4, "\xFF\xFF\xFF\x7F");
  auto read = readNpz(folder.write("b.npz", bytes));
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message(), HasSubstr("claims 2147483647 bytes"));
}

TEST(FileIOTest, ReplacesFilesInOneStep) {
  TestFolder folder;
  std::string path = folder.path("x");
  ASSERT_TRUE(writeFileAtomically(path, "old"));
  ASSERT_TRUE(writeFileAtomically(path, "new"));
  EXPECT_EQ(*readFile(path), "new");
  EXPECT_EQ(folder.numFiles(), 1u);
  {
    auto abandoned = AtomicFile::create(path);
  }
  EXPECT_EQ(*readFile(path), "new");
  EXPECT_EQ(folder.numFiles(), 1u);
  EXPECT_THAT(writeFileAtomically(folder.path("no/x"), "").error().message(),
              HasSubstr("No such file or directory"));
  EXPECT_THAT(writeFileAtomically(folder.path(), "").error().message(),
              HasSubstr("directory"));
  EXPECT_THAT(readFile(folder.path()).error().message(),
              HasSubstr("Is a directory"));
}

/// A limit on the size of files fails writes as a full disk does.
class SmallDisk {
public:
  explicit SmallDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before);
    rlimit limit = {bytes, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, SIG_DFL);
  }

private:
  rlimit before;
};

/// So little that it stays in memory until the file is committed.
TEST(FileIOTest, FullDiskIsFoundAtTheEndToo) {
  TestFolder folder;
  Status status;
  {
    SmallDisk disk(100);
    status = writeFileAtomically(folder.path("x"), std::string(200, 'x'));
  }
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(),
            "cannot write '" + folder.path("x") + "': File too large");
  EXPECT_EQ(folder.numFiles(), 0u);
}

TEST(FileIOTest, FullDiskLeavesTheOldFile) {
  TestFolder folder;
  HostTensor small = randomTensor(ElementType::U8, {10}, 1);
  ASSERT_TRUE(writeNpz(folder.path("x.npz"), {{"x", small}}));
  ASSERT_TRUE(writeFileAtomically(folder.path("x.txt"), "old"));
  HostTensor large = randomTensor(ElementType::U8, {200000}, 2);
  std::string zipError, textError;
  {
    SmallDisk disk(100000);
    if (Status s = writeNpz(folder.path("x.npz"), {{"x", large}}); !s)
      zipError = s.error().message();
    if (Status s =
            writeFileAtomically(folder.path("x.txt"), std::string(200000, 'x'));
        !s)
      textError = s.error().message();
  }
  EXPECT_EQ(zipError,
            "cannot write '" + folder.path("x.npz") + "': File too large");
  EXPECT_EQ(textError,
            "cannot write '" + folder.path("x.txt") + "': File too large");
  EXPECT_EQ(folder.read("x.txt"), "old");
  auto old = readNpz(folder.path("x.npz"));
  ASSERT_TRUE(old);
  expectEqual(old->at("x"), small);
  EXPECT_EQ(folder.numFiles(), 2u);
}

} // namespace

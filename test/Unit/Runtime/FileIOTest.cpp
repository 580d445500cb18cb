//===- FileIOTest.cpp - Files that are no regular files -------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/FileIO.h"
#include "TestFiles.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace pigeon;
using namespace pigeon::test;

/// A rename would put a file in the place of the pipe (or of /dev/null).
TEST(FileIOTest, WritesIntoPipes) {
  TestFolder folder;
  std::string path = folder.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0666), 0);
  std::string bytes(200000, 'x'), received;
  std::thread reader([&] {
    auto read = readFile(path);
    received = read ? *read : read.error().message();
  });
  Status status = writeFileAtomically(path, bytes);
  reader.join();
  ASSERT_TRUE(status) << status.error().message();
  EXPECT_EQ(received, bytes);
  struct stat info;
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_TRUE(S_ISFIFO(info.st_mode));
  EXPECT_EQ(folder.numFiles(), 1u);
}

TEST(FileIOTest, WritesThroughLinks) {
  TestFolder folder;
  folder.write("target", "old");
  ASSERT_EQ(::symlink("target", folder.path("link").c_str()), 0);
  ASSERT_TRUE(writeFileAtomically(folder.path("link"), "new"));
  EXPECT_EQ(folder.read("target"), "new");
  struct stat info;
  ASSERT_EQ(::lstat(folder.path("link").c_str(), &info), 0);
  EXPECT_TRUE(S_ISLNK(info.st_mode));
  EXPECT_EQ(folder.numFiles(), 2u);
}

TEST(FileIOTest, FullDeviceIsAnError) {
  struct stat info;
  if (::stat("/dev/full", &info) != 0 || !S_ISCHR(info.st_mode))
    GTEST_SKIP() << "there is no /dev/full";
  Status status = writeFileAtomically("/dev/full", "x");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(),
            "cannot write '/dev/full': No space left on device");
}

//===- ExpectResult.h - Results in assertions -------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_RUNTIME_EXPECTRESULT_H
#define PIGEON_TEST_UNIT_RUNTIME_EXPECTRESULT_H

#include <gtest/gtest.h>

#include <string>

namespace pigeon::runtime::test {

/// The message of a Result or a Status, or "no error".
template <typename T> std::string messageOf(const T &result) {
  return result ? "no error" : result.error().message();
}

} // namespace pigeon::runtime::test

/// Ends the test with the message of a Result or a Status that failed.
#define ASSERT_OK(...)                                                         \
  ASSERT_EQ(pigeon::runtime::test::messageOf(__VA_ARGS__), "no error")

#define EXPECT_OK(...)                                                         \
  EXPECT_EQ(pigeon::runtime::test::messageOf(__VA_ARGS__), "no error")

#endif // PIGEON_TEST_UNIT_RUNTIME_EXPECTRESULT_H

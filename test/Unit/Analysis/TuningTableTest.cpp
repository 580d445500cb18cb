//===- TuningTableTest.cpp - Schedules that were found by timing ----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Analysis/TuningTable.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

using namespace pigeon;

namespace {

TuningTable makeTable() {
  TuningTable table;
  table.set({"b", "gemm \"x\"", "edge 2^3"}, {{{"schedule", "#k<1>"}}, 0.5, 1});
  table.set({"a", "traverse", "node 2^1"},
            {{{"schedule", "#k<2>"}, {"segment_schedule", "#s<3>"}}, 2, 2});
  return table;
}

/// The error for a file whose entry or frame was changed.
std::string errorOf(const std::string &from, const std::string &to) {
  std::string text = makeTable().print();
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  auto table = TuningTable::parse(text.replace(at, from.size(), to), "t.json");
  return table ? "no error" : table.error().message();
}

} // namespace

TEST(TuningTable, TextAndBack) {
  std::string text = makeTable().print();
  auto table = TuningTable::parse(text, "t.json");
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_EQ(table->print(), text);
  EXPECT_EQ(table->size(), 2u);
  EXPECT_EQ(table->devices(), (std::vector<std::string>{"a", "b"}));
  const TunedSchedule *found = table->find({"a", "traverse", "node 2^1"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->attributes.at("segment_schedule"), "#s<3>");
  EXPECT_EQ(found->milliseconds, 2);
  EXPECT_FALSE(table->find({"a", "traverse", "node 2^2"}));
  EXPECT_FALSE(table->find({"b", "traverse", "node 2^1"}));
}

TEST(TuningTable, Errors) {
  auto garbage = TuningTable::parse("{", "t.json");
  ASSERT_FALSE(garbage);
  EXPECT_EQ(garbage.error().message().rfind("t.json: is no JSON: ", 0), 0u);
  EXPECT_EQ(errorOf("pigeon-tuning", "something"),
            "t.json: is no tuning file: expected an object whose 'format' is "
            "'pigeon-tuning'");
  EXPECT_EQ(errorOf("\"version\": 1", "\"version\": 2"),
            "t.json: expected version 1, found 2");
  EXPECT_EQ(errorOf("\"version\"", "\"other\""),
            "t.json: expected version 1, found none");
  EXPECT_EQ(errorOf("\"schedules\"", "\"other\""),
            "t.json: 'schedules' must be a list");
  EXPECT_EQ(errorOf("\"device\": \"a\"", "\"device\": 7"),
            "t.json: schedule 0: 'device' must be a text that is not empty");
  EXPECT_EQ(errorOf("\"size\": \"edge 2^3\"", "\"size\": \"\""),
            "t.json: schedule 1: 'size' must be a text that is not empty");
  EXPECT_EQ(errorOf("\"milliseconds\": 0.5", "\"milliseconds\": -1"),
            "t.json: schedule 1: 'milliseconds' must be a number of at least "
            "0");
  EXPECT_EQ(errorOf("\"#k<1>\"", "1"),
            "t.json: schedule 1: 'attributes' must be texts only");
  EXPECT_EQ(errorOf("\"attributes\"", "\"other\""),
            "t.json: schedule 0: 'attributes' must be an object that is not "
            "empty");
}

TEST(TuningTable, SameKeyTwice) {
  TuningTable two;
  two.set({"a", "gemm", "first"}, {{{"schedule", "#k<1>"}}, 1, 1});
  two.set({"a", "gemm", "other"}, {{{"schedule", "#k<2>"}}, 1, 1});
  std::string text = two.print();
  auto table = TuningTable::parse(text.replace(text.find("other"), 5, "first"),
                                  "t.json");
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().message(),
            "t.json: schedule 1: the same device, kernel and size came before");
}

TEST(TuningTable, Files) {
  std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / "pigeon-tuning";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::string path = (folder / "t.json").string();
  EXPECT_FALSE(TuningTable::read(path));
  ASSERT_TRUE(makeTable().write(path));
  auto table = TuningTable::read(path);
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_EQ(table->print(), makeTable().print());
  // Nothing but the file is left.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder),
                          std::filesystem::directory_iterator()),
            1);
  EXPECT_FALSE(makeTable().write((folder / "none" / "t.json").string()));
  std::filesystem::remove_all(folder);
}

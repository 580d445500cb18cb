//===- TuningTable.cpp - Schedules that were found by timing --------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Analysis/TuningTable.h"

#include "pigeon/Support/FileIO.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <cmath>
#include <optional>

namespace json = llvm::json;

namespace pigeon {

static constexpr llvm::StringLiteral kFormat = "pigeon-tuning";
static constexpr int64_t kVersion = 1;

namespace {
/// Reads one entry; the first thing that is wrong stays in `problem`.
class EntryReader {
public:
  explicit EntryReader(const json::Object &object) : object(object) {}

  std::string text(llvm::StringRef field) {
    if (auto value = object.getString(field); value && !value->empty())
      return value->str();
    complain(field, "a text that is not empty");
    return {};
  }
  double milliseconds(llvm::StringRef field) {
    auto value = object.getNumber(field);
    if (value && std::isfinite(*value) && *value >= 0)
      return *value;
    complain(field, "a number of at least 0");
    return 0;
  }
  std::map<std::string, std::string> texts(llvm::StringRef field) {
    std::map<std::string, std::string> result;
    const json::Object *fields = object.getObject(field);
    if (!fields || fields->empty())
      complain(field, "an object that is not empty");
    else
      for (const auto &[name, value] : *fields)
        if (auto string = value.getAsString())
          result[name.str()] = string->str();
        else
          complain(field, "texts only");
    return result;
  }

  std::string problem;

private:
  void complain(llvm::StringRef field, llvm::StringRef expected) {
    if (problem.empty())
      problem = llvm::formatv("'{0}' must be {1}", field, expected);
  }
  const json::Object &object;
};
} // namespace

/// The list of entries of a file, or why it has none.
static Result<const json::Array *> findEntries(const json::Value &file) {
  const json::Object *object = file.getAsObject();
  if (!object || object->getString("format") != kFormat)
    return Error("is no tuning file: expected an object whose 'format' is '" +
                 kFormat.str() + "'");
  auto version = object->getInteger("version");
  if (version != kVersion)
    return Error(llvm::formatv("expected version {0}, found {1}", kVersion,
                               version ? std::to_string(*version)
                                       : std::string("none")));
  const json::Array *schedules = object->getArray("schedules");
  if (!schedules)
    return Error("'schedules' must be a list");
  return schedules;
}

Result<TuningTable> TuningTable::parse(const std::string &text,
                                       const std::string &what) {
  llvm::Expected<json::Value> file = json::parse(text);
  if (!file)
    return Error(what + ": is no JSON: " + llvm::toString(file.takeError()));
  Result<const json::Array *> list = findEntries(*file);
  if (!list)
    return list.error().within(what);
  TuningTable table;
  for (size_t i = 0; i < (*list)->size(); ++i) {
    const json::Object *object = (**list)[i].getAsObject();
    std::string place = what + ": schedule " + std::to_string(i);
    if (!object)
      return Error(place + ": expected an object");
    EntryReader reader(*object);
    TuningKey key = {reader.text("device"), reader.text("kernel"),
                     reader.text("size")};
    TunedSchedule schedule = {reader.texts("attributes"),
                              reader.milliseconds("milliseconds"),
                              reader.milliseconds("default_milliseconds")};
    if (!reader.problem.empty())
      return Error(place + ": " + reader.problem);
    if (!table.entries.emplace(key, std::move(schedule)).second)
      return Error(place + ": the same device, kernel and size came before");
  }
  return table;
}

Result<TuningTable> TuningTable::read(const std::string &path) {
  Result<std::string> text = readFile(path);
  if (!text)
    return text.error();
  return parse(*text, path);
}

std::string TuningTable::print() const {
  json::Array list;
  for (const auto &[key, schedule] : entries) {
    json::Object attributes;
    for (const auto &[name, value] : schedule.attributes)
      attributes[name] = value;
    list.push_back(
        json::Object{{"device", key.device},
                     {"kernel", key.kernel},
                     {"size", key.size},
                     {"attributes", std::move(attributes)},
                     {"milliseconds", schedule.milliseconds},
                     {"default_milliseconds", schedule.defaultMilliseconds}});
  }
  json::Value file = json::Object{{"format", kFormat},
                                  {"version", kVersion},
                                  {"schedules", std::move(list)}};
  return llvm::formatv("{0:2}\n", file);
}

Status TuningTable::write(const std::string &path) const {
  return writeFileAtomically(path, print());
}

const TunedSchedule *TuningTable::find(const TuningKey &key) const {
  auto it = entries.find(key);
  return it == entries.end() ? nullptr : &it->second;
}

std::vector<std::string> TuningTable::devices() const {
  std::vector<std::string> names;
  for (const auto &[key, schedule] : entries)
    if (names.empty() || names.back() != key.device)
      names.push_back(key.device);
  return names;
}

} // namespace pigeon

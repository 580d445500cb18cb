//===- TripleFile.cpp - Files of triples ----------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TripleFile.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <string_view>
#include <unordered_map>

namespace pigeon::runtime {

namespace {

struct Triple {
  std::string_view field[3];
  std::int64_t line;
};

/// Numbers for the words of one name space.
class Numbering {
public:
  std::int32_t numberOf(std::string_view word) {
    auto [entry, isNew] =
        numbers.try_emplace(word, static_cast<std::int32_t>(words.size()));
    if (isNew)
      words.emplace_back(word);
    return entry->second;
  }
  std::vector<std::string> words;

private:
  std::unordered_map<std::string_view, std::int32_t> numbers;
};

enum class Kind { Numbers, Names };

} // namespace

static Error lineError(const std::string &path, std::int64_t line,
                       const std::string &message) {
  return Error("'" + path + "', line " + std::to_string(line) + ": " + message);
}

static bool isSpace(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

static std::string_view trim(std::string_view text) {
  while (!text.empty() && isSpace(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && isSpace(text.back()))
    text.remove_suffix(1);
  return text;
}

/// Cuts a line into fields and returns how many there are; keeps three.
static int splitLine(std::string_view line, bool tabs, Triple &triple) {
  int count = 0;
  auto take = [&](std::string_view field) {
    if (count < 3)
      triple.field[count] = field;
    ++count;
  };
  while (!line.empty()) {
    std::size_t end = 0;
    while (end < line.size() &&
           !(tabs ? line[end] == '\t' : isSpace(line[end])))
      ++end;
    take(trim(line.substr(0, end)));
    line.remove_prefix(std::min(line.size(), end + 1));
    if (!tabs)
      line = trim(line);
  }
  return count;
}

static Result<std::vector<Triple>> splitText(std::string_view text,
                                             const std::string &path) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") // a byte order mark
    text.remove_prefix(3);
  std::vector<Triple> triples;
  bool tabs = false;
  for (std::int64_t number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    std::string_view content = trim(line);
    if (content.empty() || content[0] == '#')
      continue;
    if (triples.empty())
      tabs = content.find('\t') != std::string_view::npos;
    Triple triple;
    triple.line = number;
    int fields = splitLine(content, tabs, triple);
    if (fields != 3)
      return lineError(path, number,
                       "expected head, relation and tail, found " +
                           std::to_string(fields) +
                           (fields == 1 ? " field" : " fields"));
    for (std::string_view field : triple.field)
      if (field.empty())
        return lineError(path, number, "a field is empty");
    triples.push_back(triple);
  }
  return triples;
}

static bool isDigits(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

/// What the words in the given columns are. A column of integers of which some
/// are negative is neither.
static Result<Kind> kindOf(const std::vector<Triple> &triples,
                           std::initializer_list<int> columns,
                           const std::string &path) {
  const Triple *negative = nullptr;
  std::string_view word;
  for (const Triple &triple : triples)
    for (int column : columns) {
      std::string_view field = triple.field[column];
      if (isDigits(field))
        continue;
      if (field[0] != '-' || !isDigits(field.substr(1)))
        return Kind::Names;
      if (!negative) {
        negative = &triple;
        word = field;
      }
    }
  if (negative)
    return lineError(path, negative->line,
                     "number " + std::string(word) +
                         " is negative, expected 0 or more");
  return Kind::Numbers;
}

/// The value of a word of digits. The greatest is one less than 2^31 - 1, the
/// number of rows that 32-bit indices can count.
static Result<std::int32_t>
parseNumber(std::string_view word, std::int64_t line, const std::string &path) {
  constexpr std::int64_t greatest =
      std::numeric_limits<std::int32_t>::max() - 1;
  std::int64_t value = 0;
  for (char digit : word) {
    value = value * 10 + (digit - '0');
    if (value > greatest)
      return lineError(path, line,
                       "number " + std::string(word) +
                           " is too large: indices have 32 bits, at most " +
                           std::to_string(greatest) + " is possible");
  }
  return static_cast<std::int32_t>(value);
}

/// Turns the words of some columns into numbers, row by row, left to right.
static Result<std::int64_t>
numberColumns(const std::vector<Triple> &triples,
              std::initializer_list<std::pair<int, IndexArray *>> columns,
              Kind kind, const std::string &path,
              std::vector<std::string> &names) {
  Numbering numbering;
  std::int32_t greatest = -1;
  for (auto [column, array] : columns)
    array->reserve(triples.size());
  for (const Triple &triple : triples)
    for (auto [column, array] : columns) {
      std::string_view word = triple.field[column];
      std::int32_t number;
      if (kind == Kind::Names) {
        number = numbering.numberOf(word);
      } else {
        Result<std::int32_t> parsed = parseNumber(word, triple.line, path);
        if (!parsed)
          return parsed.error();
        number = *parsed;
      }
      array->push_back(number);
      greatest = std::max(greatest, number);
    }
  names = std::move(numbering.words);
  return std::int64_t(greatest) + 1;
}

Result<GraphData> parseTriples(const std::string &text, const std::string &path,
                               GraphNames &names) {
  if (text.find('\0') != std::string::npos)
    return Error("'" + path + "' is neither an .npz file nor text");
  Result<std::vector<Triple>> triples = splitText(text, path);
  if (!triples)
    return triples.error();
  if (triples->empty())
    return Error("'" + path + "' has no edges: no line has a triple");
  Result<Kind> nodeKind = kindOf(*triples, {0, 2}, path);
  if (!nodeKind)
    return nodeKind.error();
  Result<Kind> relationKind = kindOf(*triples, {1}, path);
  if (!relationKind)
    return relationKind.error();
  GraphData data;
  Result<std::int64_t> numNodes = numberColumns(
      *triples, {{0, &data.src}, {2, &data.dst}}, *nodeKind, path, names.nodes);
  if (!numNodes)
    return numNodes.error();
  Result<std::int64_t> numRelations = numberColumns(
      *triples, {{1, &data.edgeType}}, *relationKind, path, names.relations);
  if (!numRelations)
    return numRelations.error();
  data.numNodes = *numNodes;
  data.numRelations = *numRelations;
  return data;
}

} // namespace pigeon::runtime

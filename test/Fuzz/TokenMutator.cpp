//===- TokenMutator.cpp - Changes to texts that keep their words
//-------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Nearly every change of a byte makes a text that no parser takes. This one
// works on words, numbers and single marks: it leaves some out, repeats them,
// swaps them, and puts in words that it has seen elsewhere or numbers at the
// edge of something. Bytes that are no text are left to the blind change.
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <random>
#include <set>

namespace {

using Random = std::mt19937;
using Tokens = std::vector<std::string>;

constexpr const char *kNumbers[] = {"0",
                                    "1",
                                    "-1",
                                    "2",
                                    "3",
                                    "5",
                                    "7",
                                    "8",
                                    "16",
                                    "31",
                                    "32",
                                    "33",
                                    "63",
                                    "64",
                                    "65",
                                    "127",
                                    "128",
                                    "129",
                                    "1024",
                                    "65535",
                                    "65536",
                                    "1048576",
                                    "2147483647",
                                    "2147483648",
                                    "4294967295",
                                    "-2147483648",
                                    "4294967296",
                                    "4611686018427387904",
                                    "1.0",
                                    "-0.0",
                                    "1e999",
                                    "9223372036854775807",
                                    "-9223372036854775808",
                                    "9223372036854775808",
                                    "18446744073709551615",
                                    "0x7FFFFFFF"};
} // namespace

static std::size_t below(Random &random, std::size_t limit) {
  return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
}

static bool isWordPart(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' ||
         c == '$';
}

static bool isNumber(const std::string &token) {
  std::size_t sign = token[0] == '-' && token.size() > 1;
  return std::isdigit(static_cast<unsigned char>(token[sign]));
}

/// Words with dots in them, strings, white space, and single characters.
static Tokens split(std::string_view text) {
  Tokens tokens;
  while (!text.empty()) {
    std::size_t end = 1;
    if (isWordPart(text[0])) {
      while (end < text.size() && isWordPart(text[end]))
        ++end;
    } else if (text[0] == '"') {
      end = text.find('"', 1);
      end = end == std::string_view::npos ? text.size() : end + 1;
    } else if (text[0] == '-' && text.size() > 1 &&
               std::isdigit(static_cast<unsigned char>(text[1]))) {
      while (end < text.size() && isWordPart(text[end]))
        ++end;
    } else if (text[0] == ' ') {
      while (end < text.size() && text[end] == ' ')
        ++end;
    }
    tokens.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return tokens;
}

static bool isText(std::string_view bytes) {
  return bytes.substr(0, 2) != "PK" &&
         bytes.find('\0') == std::string_view::npos;
}

/// What may stand where another token stood.
enum class Kind { Number, Word, String, Mark };

static Kind kindOf(const std::string &token) {
  if (isNumber(token))
    return Kind::Number;
  return isWordPart(token[0]) ? Kind::Word
         : token[0] == '"'    ? Kind::String
                              : Kind::Mark;
}

/// A token like this one, from all inputs so far; a number at some edge.
static std::string tokenLike(const std::string &token, const Tokens &tokens,
                             Random &random) {
  static std::set<std::string> seen;
  static Tokens known[4];
  constexpr std::size_t enough = 20000;
  for (const std::string &other : tokens)
    if (seen.size() < enough && other.size() < 64 && seen.insert(other).second)
      known[static_cast<int>(kindOf(other))].push_back(other);
  Kind kind = kindOf(token);
  if (kind == Kind::Number && below(random, 4) != 0)
    return kNumbers[below(random, std::size(kNumbers))];
  const Tokens &others = known[static_cast<int>(kind)];
  return others.empty() ? token : others[below(random, others.size())];
}

/// Types agree in a text because their words do, so all equal tokens may
/// change.
static void replace(Tokens &tokens, std::size_t at, Random &random) {
  std::string old = tokens[at];
  std::string token = tokenLike(old, tokens, random);
  if (below(random, 2) == 0)
    tokens[at] = token;
  else
    std::replace(tokens.begin(), tokens.end(), old, token);
}

/// The first token of this kind from `at` on, round the end; else `at`.
static std::size_t findKind(const Tokens &tokens, std::size_t at, Kind kind) {
  for (std::size_t i = 0; i < tokens.size(); ++i)
    if (kindOf(tokens[(at + i) % tokens.size()]) == kind)
      return (at + i) % tokens.size();
  return at;
}

/// The line around a token, as a range of tokens with the mark at its end.
static std::pair<std::size_t, std::size_t> lineAt(const Tokens &tokens,
                                                  std::size_t at) {
  std::size_t first = at, last = at;
  while (first > 0 && tokens[first - 1] != "\n")
    --first;
  while (last < tokens.size() && tokens[last] != "\n")
    ++last;
  return {first, std::min(tokens.size(), last + 1)};
}

static void erase(Tokens &tokens, std::size_t first, std::size_t last) {
  tokens.erase(tokens.begin() + first, tokens.begin() + last);
}

static void copy(Tokens &tokens, std::size_t first, std::size_t last,
                 std::size_t to) {
  Tokens part(tokens.begin() + first, tokens.begin() + last);
  tokens.insert(tokens.begin() + to, part.begin(), part.end());
}

/// One change of a text with at least one token.
static void change(Tokens &tokens, Random &random) {
  std::size_t at = below(random, tokens.size());
  std::size_t end =
      at + std::min(tokens.size() - at, std::size_t(1) << below(random, 4));
  auto [lineBegin, lineEnd] = lineAt(tokens, at);
  switch (below(random, 16)) {
  case 0:
    return erase(tokens, at, end);
  case 1:
    return copy(tokens, at, end, below(random, tokens.size() + 1));
  case 2:
    return std::swap(tokens[at], tokens[below(random, tokens.size())]);
  case 3:
    return erase(tokens, lineBegin, lineEnd);
  case 4: {
    std::size_t to = lineAt(tokens, below(random, tokens.size())).first;
    return copy(tokens, lineBegin, lineEnd, to);
  }
  case 5:
    return replace(tokens, at, random);
  case 6:
  case 7:
    return replace(tokens, findKind(tokens, at, Kind::String), random);
  case 8:
  case 9:
  case 10:
    return replace(tokens, findKind(tokens, at, Kind::Word), random);
  default:
    // Numbers are where the edges are.
    return replace(tokens, findKind(tokens, at, Kind::Number), random);
  }
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t *data,
                                               std::size_t size,
                                               std::size_t maxSize,
                                               unsigned seed) {
  Random random(seed);
  if (size == 0 || !isText(pigeon::fuzz::viewOf(data, size)) ||
      below(random, 16) == 0)
    return LLVMFuzzerMutate(data, size, maxSize);
  Tokens tokens = split(pigeon::fuzz::viewOf(data, size));
  for (std::size_t i = 1 + below(random, 2); i > 0 && !tokens.empty(); --i)
    change(tokens, random);
  std::string text;
  for (const std::string &token : tokens)
    text += token;
  size = std::min(text.size(), maxSize);
  std::memcpy(data, text.data(), size);
  return size;
}

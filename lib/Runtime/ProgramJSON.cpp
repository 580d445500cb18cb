//===- ProgramJSON.cpp - Programs as JSON ---------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The fields are those of Program.h, in snake case. An expression is a list in
// postfix order: integers, "s<i>" for symbol i, and "+" "*" "floordiv"
// "ceildiv" "mod" "max" "min". docs/package-format.md describes the whole.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/Domains.h"
#include "pigeon/Runtime/Program.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <set>

namespace pigeon::runtime {

using Json = nlohmann::ordered_json;
using Op = SizeExpression::Op;

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

template <typename Enum>
using Words = std::vector<std::pair<Enum, const char *>>;

static const Words<Op> &opWords() {
  static const Words<Op> words = {
      {Op::Add, "+"},           {Op::Mul, "*"},   {Op::FloorDiv, "floordiv"},
      {Op::CeilDiv, "ceildiv"}, {Op::Mod, "mod"}, {Op::Max, "max"},
      {Op::Min, "min"}};
  return words;
}

static const Words<Symbol::Kind> &symbolWords() {
  static const Words<Symbol::Kind> words = {
      {Symbol::Kind::DomainRows, "rows"},
      {Symbol::Kind::ArrayLength, "length"}};
  return words;
}

static const Words<BufferSpec::Kind> &bufferWords() {
  static const Words<BufferSpec::Kind> words = {
      {BufferSpec::Kind::Input, "input"},
      {BufferSpec::Kind::Output, "output"},
      {BufferSpec::Kind::Workspace, "workspace"}};
  return words;
}

static const Words<LaunchArgument::Kind> &argumentWords() {
  static const Words<LaunchArgument::Kind> words = {
      {LaunchArgument::Kind::Buffer, "buffer"},
      {LaunchArgument::Kind::ViewArray, "view"},
      {LaunchArgument::Kind::SizeI32, "i32"},
      {LaunchArgument::Kind::SizeI64, "i64"}};
  return words;
}

template <typename Enum>
static std::string wordOf(const Words<Enum> &words, Enum value) {
  for (const auto &[candidate, word] : words)
    if (candidate == value)
      return word;
  return {};
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static Json toJson(const SizeExpression &size) {
  Json list = Json::array();
  for (const SizeExpression::Term &term : size.terms)
    if (term.op == Op::Constant)
      list.push_back(term.value);
    else if (term.op == Op::Symbol)
      list.push_back("s" + std::to_string(term.value));
    else
      list.push_back(wordOf(opWords(), term.op));
  return list;
}

static Json toJson(const GraphSpec &graph) {
  Json classes = Json::array();
  for (const auto &[name, count] : graph.classes)
    classes.push_back({{"name", name}, {"count", count}});
  return {{"name", graph.name},
          {"shares", graph.shares},
          {"relations", graph.relations},
          {"node_types", graph.nodeTypes},
          {"classes", classes}};
}

/// Whether views of the kind have a second role.
static bool goesThrough(const std::string &name) {
  const ViewKind *kind = findViewKind(name);
  return kind && kind->through != ViewKind::Through::Nothing;
}

/// Whether they have a third one.
static bool hasOwners(const std::string &name) {
  const ViewKind *kind = findViewKind(name);
  return kind && kind->hasOwners;
}

static Json toJson(const ViewSpec &view) {
  Json json = {{"graph", view.graph},
               {"kind", view.kind},
               {"domain", view.domain},
               {"role", view.role},
               {"parameter", view.parameter}};
  if (goesThrough(view.kind) || !view.through.empty())
    json["through"] = view.through;
  if (hasOwners(view.kind) || !view.into.empty())
    json["into"] = view.into;
  return json;
}

static Json toJson(const Symbol &symbol) {
  Json json = {{"kind", wordOf(symbolWords(), symbol.kind)}};
  if (symbol.kind == Symbol::Kind::DomainRows) {
    json["graph"] = symbol.graph;
    json["domain"] = symbol.domain;
  } else {
    json["view"] = symbol.view;
    json["array"] = symbol.array;
  }
  return json;
}

template <typename List> static Json listToJson(const List &items) {
  Json list = Json::array();
  for (const auto &item : items)
    list.push_back(toJson(item));
  return list;
}

static Json toJson(const BufferSpec &buffer) {
  return {
      {"name", buffer.name},       {"kind", wordOf(bufferWords(), buffer.kind)},
      {"type", name(buffer.type)}, {"shape", listToJson(buffer.shape)},
      {"graph", buffer.graph},     {"domain", buffer.domain}};
}

static Json toJson(const LaunchArgument &argument) {
  Json json = {{"kind", wordOf(argumentWords(), argument.kind)}};
  switch (argument.kind) {
  case LaunchArgument::Kind::ViewArray:
    json["array"] = argument.array;
    [[fallthrough]];
  case LaunchArgument::Kind::Buffer:
    json["index"] = argument.index;
    break;
  case LaunchArgument::Kind::SizeI32:
  case LaunchArgument::Kind::SizeI64:
    json["size"] = toJson(argument.size);
    break;
  }
  return json;
}

static Json toJson(const LaunchSpec &launch) {
  return {{"kernel", launch.kernel},
          {"grid", listToJson(launch.grid)},
          {"block", launch.block},
          {"dynamic_shared_bytes", launch.dynamicSharedBytes},
          {"arguments", listToJson(launch.arguments)},
          {"bytes", toJson(launch.bytes)},
          {"operations", toJson(launch.operations)},
          {"label", launch.label}};
}

std::string toJSON(const Program &program) {
  Json json = {{"name", program.name},
               {"graphs", listToJson(program.graphs)},
               {"views", listToJson(program.views)},
               {"symbols", listToJson(program.symbols)},
               {"buffers", listToJson(program.buffers)},
               {"launches", listToJson(program.launches)}};
  // Names come from a user's file; bytes that are no UTF-8 are replaced.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {

/// One JSON value, its place for errors, and the first error met anywhere.
/// After an error readers return empty values, and the caller of the outermost
/// one looks at the error.
class Reader {
public:
  Reader(const Json &json, std::string place, std::optional<Error> &error)
      : json(json), place(std::move(place)), error(error) {}

  void fail(const std::string &message) const {
    if (!error)
      error = Error((place.empty() ? "" : place + ": ") + message);
  }

  /// A member of an object, which must exist.
  Reader member(const std::string &key) {
    static const Json null;
    std::string where = place.empty() ? key : place + "." + key;
    seen.insert(key);
    if (!json.is_object())
      fail(expected("an object"));
    else if (!json.contains(key))
      fail("field '" + key + "' is missing");
    else
      return Reader(json.at(key), where, error);
    return Reader(null, where, error);
  }

  /// An error if the object has a member that was not asked for.
  void finish() const {
    if (json.is_object())
      for (const auto &item : json.items())
        if (!seen.count(item.key()))
          return fail("there is no field '" + item.key() + "'");
  }

  std::string text() const {
    if (const auto *value = json.get_ptr<const std::string *>())
      return *value;
    fail(expected("a string"));
    return {};
  }

  std::int64_t integer(
      std::int64_t least = std::numeric_limits<std::int64_t>::min(),
      std::int64_t greatest = std::numeric_limits<std::int64_t>::max()) const {
    bool fits = json.is_number_integer() &&
                (!json.is_number_unsigned() ||
                 json.get<std::uint64_t>() <=
                     std::uint64_t(std::numeric_limits<std::int64_t>::max()));
    std::int64_t value = fits ? json.get<std::int64_t>() : 0;
    if (fits && value >= least && value <= greatest)
      return value;
    fail(expected("an integer from " + std::to_string(least) + " to " +
                  std::to_string(greatest)));
    return least;
  }

  std::uint32_t unsigned32() const {
    return static_cast<std::uint32_t>(
        integer(0, std::numeric_limits<std::uint32_t>::max()));
  }

  template <typename Enum> Enum word(const Words<Enum> &words) const {
    std::string list;
    for (const auto &[value, word] : words) {
      if (json.is_string() && json == word)
        return value;
      list += (list.empty() ? "" : ", ") + std::string(word);
    }
    fail(expected("one of " + list));
    return words.front().first;
  }

  /// Calls read(element, index) for each element of a list; `length` 0: any.
  template <typename Read> void list(Read read, std::size_t length = 0) const {
    if (!json.is_array() || (length != 0 && json.size() != length))
      return fail(
          expected(length ? "a list of " + std::to_string(length) : "a list"));
    for (std::size_t i = 0; i < json.size(); ++i)
      read(Reader(json[i], place + "[" + std::to_string(i) + "]", error), i);
  }

  bool isInteger() const { return json.is_number_integer(); }

  std::string expected(const std::string &what) const {
    // Lists and objects may be nested deeper than the stack is.
    std::string found =
        json.is_structured()
            ? (json.is_array() ? "a list" : "an object")
            : json.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (found.size() > 40)
      found = found.substr(0, 40) + "...";
    return "expected " + what + ", found " + found;
  }

private:
  const Json &json;
  std::string place;
  std::optional<Error> &error;
  std::set<std::string> seen;
};

} // namespace

static void read(Reader json, SizeExpression &size) {
  json.list([&](Reader term, std::size_t) {
    if (term.isInteger()) {
      size.terms.push_back({Op::Constant, term.integer()});
      return;
    }
    std::string word = term.text();
    for (const auto &[op, opWord] : opWords())
      if (word == opWord) {
        size.terms.push_back({op});
        return;
      }
    // Nine digits always fit; no program has so many symbols.
    bool isSymbol =
        word.size() > 1 && word.size() <= 10 && word[0] == 's' &&
        word.find_first_not_of("0123456789", 1) == std::string::npos;
    if (isSymbol)
      size.terms.push_back({Op::Symbol, std::stoll(word.substr(1))});
    else
      term.fail(term.expected("an integer, a symbol such as \"s0\", or one of "
                              "+ * floordiv ceildiv mod max min"));
  });
}

static void read(Reader json, GraphSpec &graph) {
  graph.name = json.member("name").text();
  graph.shares = json.member("shares").text();
  graph.relations = json.member("relations").integer(0);
  graph.nodeTypes = json.member("node_types").integer(0);
  json.member("classes").list([&](Reader item, std::size_t) {
    std::string name = item.member("name").text();
    graph.classes.emplace_back(name, item.member("count").integer(0));
    item.finish();
  });
  json.finish();
}

static void read(Reader json, ViewSpec &view) {
  view.graph = json.member("graph").text();
  view.kind = json.member("kind").text();
  view.domain = json.member("domain").text();
  view.role = json.member("role").text();
  view.parameter = json.member("parameter").integer(0);
  if (goesThrough(view.kind))
    view.through = json.member("through").text();
  if (hasOwners(view.kind))
    view.into = json.member("into").text();
  json.finish();
}

static void read(Reader json, Symbol &symbol) {
  symbol.kind = json.member("kind").word(symbolWords());
  if (symbol.kind == Symbol::Kind::DomainRows) {
    symbol.graph = json.member("graph").text();
    symbol.domain = json.member("domain").text();
  } else {
    symbol.view = json.member("view").integer(0);
    symbol.array = json.member("array").text();
  }
  json.finish();
}

template <typename T> static void readList(Reader json, std::vector<T> &items) {
  json.list([&](Reader item, std::size_t) {
    items.emplace_back();
    read(item, items.back());
  });
}

static void read(Reader json, BufferSpec &buffer) {
  buffer.name = json.member("name").text();
  buffer.kind = json.member("kind").word(bufferWords());
  Reader type = json.member("type");
  if (auto parsed = parseElementType(type.text()))
    buffer.type = *parsed;
  else
    type.fail(type.expected("an element type"));
  readList(json.member("shape"), buffer.shape);
  buffer.graph = json.member("graph").text();
  buffer.domain = json.member("domain").text();
  json.finish();
}

static void read(Reader json, LaunchArgument &argument) {
  argument.kind = json.member("kind").word(argumentWords());
  switch (argument.kind) {
  case LaunchArgument::Kind::ViewArray:
    argument.array = json.member("array").text();
    [[fallthrough]];
  case LaunchArgument::Kind::Buffer:
    argument.index = json.member("index").integer(0);
    break;
  case LaunchArgument::Kind::SizeI32:
  case LaunchArgument::Kind::SizeI64:
    read(json.member("size"), argument.size);
    break;
  }
  json.finish();
}

static void read(Reader json, LaunchSpec &launch) {
  launch.kernel = json.member("kernel").text();
  json.member("grid").list(
      [&](Reader item, std::size_t i) { read(item, launch.grid[i]); }, 3);
  json.member("block").list(
      [&](Reader item, std::size_t i) { launch.block[i] = item.unsigned32(); },
      3);
  launch.dynamicSharedBytes = json.member("dynamic_shared_bytes").unsigned32();
  readList(json.member("arguments"), launch.arguments);
  read(json.member("bytes"), launch.bytes);
  read(json.member("operations"), launch.operations);
  launch.label = json.member("label").text();
  json.finish();
}

Result<Program> programFromJSON(const std::string &text) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded())
    return Error("the program is not JSON");
  std::optional<Error> error;
  Reader root(json, "", error);
  Program program;
  program.name = root.member("name").text();
  readList(root.member("graphs"), program.graphs);
  readList(root.member("views"), program.views);
  readList(root.member("symbols"), program.symbols);
  readList(root.member("buffers"), program.buffers);
  readList(root.member("launches"), program.launches);
  root.finish();
  if (error)
    return error->within("program");
  if (Status s = verify(program); !s)
    return s.error().within("program");
  return program;
}

} // namespace pigeon::runtime

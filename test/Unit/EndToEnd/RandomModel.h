//===- RandomModel.h - Models that no one thought of ------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Draws operations at random, each on values that are there.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_UNIT_ENDTOEND_RANDOMMODEL_H
#define PIGEON_TEST_UNIT_ENDTOEND_RANDOMMODEL_H

#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace pigeon::test {

/// A value of the function: its domain ("" for one row) and the dimensions of a
/// row, as in a type ("", "3x", "12x", "3x4x").
struct Drawn {
  std::string name, domain, row;

  std::string type() const {
    return domain.empty()
               ? "tensor<" + row + "f32>"
               : "tensor<?x" + row + "f32, #rgnn.on<kg." + domain + ">>";
  }
};

/// A role, and the domains it leads from and to.
struct Role {
  const char *from, *name, *to;
};

inline const Role roles[] = {
    {"edge", "src", "node"},          {"edge", "dst", "node"},
    {"edge", "rel", "relation"},      {"edge", "src_pair", "src_pair"},
    {"edge", "dst_pair", "dst_pair"}, {"edge", "src_type", "node_type"},
    {"dst_pair", "node", "node"},     {"dst_pair", "rel", "relation"},
    {"src_pair", "node", "node"},     {"src_pair", "rel", "relation"},
    {"node", "type", "node_type"},
};

class RandomModel {
public:
  explicit RandomModel(uint64_t seed) : random(seed) {
    for (const char *domain :
         {"node", "node", "edge", "relation", "", "node_type"})
      addArgument({"", domain, "12x"});
    addArgument({"", "edge", ""});
    addArgument({"", "node", "3x"});
    addArgument({"", "node", "3x4x"});
    addArgument({"", "", ""});
    addArgument({"", "relation", "12x12x"});
    addArgument({"", "", "12x12x"});
    weights = {values.size() - 2, values.size() - 1};
    while (numDrawn < 30)
      draw();
  }

  /// The results are the last values that nothing reads, at most four.
  std::string text() const {
    std::string results, types;
    int left = 4;
    for (size_t i = values.size(); i-- > numArguments && left;) {
      if (values[i].domain.empty() || isRead(values[i]))
        continue;
      results += (results.empty() ? "" : ", ") + values[i].name;
      types += (types.empty() ? "" : ", ") + values[i].type();
      --left;
    }
    return "rgnn.graph @kg\nfunc.func @f(" + arguments + ")\n    -> (" + types +
           ") {\n  %half = arith.constant 0.5 : f32\n" + body + "  return " +
           results + " : " + types + "\n}\n";
  }

private:
  size_t below(size_t limit) { return random() % limit; }
  /// Any value, and more often one of the last, so that chains grow.
  const Drawn &any() {
    size_t recent =
        below(4) ? std::min<size_t>(values.size(), 8) : values.size();
    return values[values.size() - 1 - below(recent)];
  }

  void addArgument(Drawn value) {
    value.name = "%a" + std::to_string(values.size());
    arguments +=
        (arguments.empty() ? "" : ", ") + value.name + ": " + value.type();
    values.push_back(value);
    ++numArguments;
  }
  void add(Drawn value, const std::string &operation) {
    value.name = "%v" + std::to_string(++numDrawn);
    body += "  " + value.name + " = " + operation + "\n";
    values.push_back(value);
  }
  bool isRead(const Drawn &value) const {
    return body.find(value.name + " :") != std::string::npos ||
           body.find(value.name + ",") != std::string::npos;
  }
  static bool isMatrix(const Drawn &value) { return value.row == "12x12x"; }

  /// Draws one operation; nothing if it does not fit the values drawn for it.
  void draw() {
    Drawn x = any();
    if (isMatrix(x))
      return;
    switch (below(12)) {
    case 0:
    case 1:
      return drawGather(x);
    case 2:
    case 3:
      return drawAggregate(x);
    case 4:
      return drawLinear(x);
    case 5:
      return drawScale(x);
    case 6:
      return drawShape(x);
    case 7: {
      const char *names[] = {"math.tanh", "arith.negf", "math.absf"};
      return add(x, names[below(3)] + std::string(" ") + x.name + " : " +
                        x.type());
    }
    case 8:
    case 9:
      return drawSumOfProducts(x);
    default:
      return drawBinary(x);
    }
  }

  void drawGather(Drawn x) {
    if (x.domain.empty()) {
      const char *domains[] = {"node", "edge", "dst_pair", "relation"};
      Drawn to = {"", domains[below(4)], x.row};
      return add(to, "rgnn.gather " + x.name + ", none : (" + x.type() +
                         ") -> " + to.type());
    }
    const Role &role = roles[below(std::size(roles))];
    if (role.to != x.domain)
      return;
    Drawn to = {"", role.from, x.row};
    add(to, "rgnn.gather " + x.name + ", " + role.name + " : (" + x.type() +
                ") -> " + to.type());
  }

  /// A role of the domain; null if it has none.
  const Role *roleOf(const std::string &domain) {
    for (int attempt = 0; attempt < 32; ++attempt)
      if (const Role &role = roles[below(std::size(roles))];
          role.from == domain)
        return &role;
    return nullptr;
  }

  void drawAggregate(Drawn x) {
    const Role *role = roleOf(x.domain);
    if (!role)
      return;
    const char *kinds[] = {"sum", "mean", "max", "min"};
    Drawn to = {"", role->to, x.row};
    add(to, std::string("rgnn.aggregate ") + kinds[below(4)] + " " + x.name +
                ", " + role->name + " : (" + x.type() + ") -> " + to.type());
  }

  void drawLinear(Drawn x) {
    bool keyed = below(2);
    bool hasKey = x.domain == "edge" || x.domain == "dst_pair" ||
                  x.domain == "src_pair" || x.domain == "relation";
    if (x.row != "12x" || x.domain.empty() || (keyed && !hasKey))
      return;
    const Drawn &w = values[keyed ? weights.first : weights.second];
    const char *key = !keyed ? "none" : x.domain == "relation" ? "self" : "rel";
    add(x, "rgnn.linear " + x.name + ", " + w.name + ", " + key + " : (" +
               x.type() + ", " + w.type() + ") -> " + x.type());
  }

  void drawScale(Drawn x) {
    Drawn s = any();
    bool fits = (x.row == "12x" && s.row.empty()) ||
                (x.row == "3x4x" && (s.row.empty() || s.row == "3x"));
    if (!fits || s.domain != x.domain)
      return;
    add(x, "rgnn.scale " + x.name + ", " + s.name + " : (" + x.type() + ", " +
               s.type() + ") -> " + x.type());
  }

  /// A product, perhaps scaled or in another shape, that is summed at once.
  void drawSumOfProducts(Drawn x) {
    for (int attempt = 0; attempt < 16; ++attempt)
      if (const Drawn &y = values[below(values.size())];
          y.row == "12x" && (y.domain == "edge" || y.domain == "src_pair"))
        x = y;
    size_t count = values.size();
    drawLinear(x);
    if (values.size() == count)
      return;
    if (below(2))
      drawScale(values.back());
    if (below(3) == 0)
      drawShape(values.back());
    drawAggregate(values.back());
  }

  void drawShape(Drawn x) {
    Drawn to = x;
    std::string name = "rgnn.reshape ";
    if (x.row == "12x")
      to.row = "3x4x";
    else if (x.row == "3x4x")
      to.row = "12x";
    else {
      name = "rgnn.broadcast ";
      to.row = x.row == "3x" ? "3x4x" : "12x";
    }
    add(to, name + x.name + " : (" + x.type() + ") -> " + to.type());
  }

  void drawBinary(Drawn x) {
    const char *names[] = {"arith.addf", "arith.subf", "arith.mulf",
                           "arith.maximumf"};
    std::string operation = std::string(names[below(4)]) + " " + x.name + ", ";
    if (!x.domain.empty() && below(4) == 0) {
      std::string fill = "%c" + std::to_string(numDrawn);
      body += "  " + fill + " = rgnn.fill %half : (f32) -> " + x.type() + "\n";
      return add(x, operation + fill + " : " + x.type());
    }
    for (int attempt = 0; attempt < 8; ++attempt)
      if (Drawn y = any(); y.type() == x.type())
        return add(x, operation + y.name + " : " + x.type());
  }

  std::mt19937_64 random;
  std::vector<Drawn> values;
  std::pair<size_t, size_t> weights; // of each relation, and of all
  size_t numArguments = 0;
  int numDrawn = 0;
  std::string arguments, body;
};

} // namespace pigeon::test

#endif // PIGEON_TEST_UNIT_ENDTOEND_RANDOMMODEL_H

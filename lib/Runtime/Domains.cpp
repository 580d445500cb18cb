//===- Domains.cpp - The domains and roles that every graph has -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/Domains.h"

#include <algorithm>
#include <array>

namespace pigeon::runtime {

namespace {
struct Role {
  const char *domain, *role, *image;
};
} // namespace

static constexpr std::array<const char *, 7> builtinDomains = {
    "node", "edge", "src_pair", "dst_pair", "relation", "node_type", "triple"};

static constexpr Role builtinRoles[] = {{"edge", "src", "node"},
                                        {"edge", "dst", "node"},
                                        {"edge", "rel", "relation"},
                                        {"edge", "src_pair", "src_pair"},
                                        {"edge", "dst_pair", "dst_pair"},
                                        {"edge", "src_type", "node_type"},
                                        {"edge", "dst_type", "node_type"},
                                        {"edge", "triple", "triple"},
                                        {"src_pair", "node", "node"},
                                        {"src_pair", "rel", "relation"},
                                        {"src_pair", "type", "node_type"},
                                        {"dst_pair", "node", "node"},
                                        {"dst_pair", "rel", "relation"},
                                        {"dst_pair", "type", "node_type"},
                                        {"node", "type", "node_type"},
                                        {"triple", "rel", "relation"},
                                        {"triple", "src_type", "node_type"},
                                        {"triple", "dst_type", "node_type"}};

static bool contains(const std::vector<std::string> &words,
                     const std::string &word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Domains whose rows have one relation each have its class too.
static bool hasClassRoles(const std::string &domain) {
  return domain == "edge" || domain == "src_pair" || domain == "dst_pair" ||
         domain == "triple" || domain == "relation";
}

bool isDomain(const std::string &domain,
              const std::vector<std::string> &classes) {
  return domain.empty() || contains(classes, domain) ||
         std::find(builtinDomains.begin(), builtinDomains.end(), domain) !=
             builtinDomains.end();
}

std::optional<std::string>
imageOfRole(const std::string &domain, const std::string &role,
            const std::vector<std::string> &classes) {
  if (!isDomain(domain, classes))
    return std::nullopt;
  if (role == "self")
    return domain;
  if (role == "none")
    return std::string();
  for (const Role &known : builtinRoles)
    if (domain == known.domain && role == known.role)
      return std::string(known.image);
  if (hasClassRoles(domain) && contains(classes, role))
    return role;
  return std::nullopt;
}

static void append(std::string &list, const std::string &word) {
  list += list.empty() ? word : ", " + word;
}

std::string listDomains(const std::vector<std::string> &classes) {
  std::string list;
  for (const char *domain : builtinDomains)
    append(list, domain);
  for (const std::string &domain : classes)
    append(list, domain);
  return list;
}

std::string listRoles(const std::string &domain,
                      const std::vector<std::string> &classes) {
  std::string list;
  for (const Role &role : builtinRoles)
    if (domain == role.domain)
      append(list, role.role);
  if (hasClassRoles(domain))
    for (const std::string &role : classes)
      append(list, role);
  append(list, "self");
  append(list, "none");
  return list;
}

static const std::vector<ViewKind> &viewKinds() {
  using Through = ViewKind::Through;
  static const std::vector<ViewKind> kinds = {
      {"map", {"index"}, "", Through::Nothing},
      {"csr", {"offsets", "entries"}, "", Through::Nothing},
      {"path", {"index"}, "", Through::Domain},
      {"pieces",
       {"row", "begin", "end", "slot", "combine_row", "combine_begin",
        "combine_end", "slots"},
       "chunk",
       Through::Nothing},
      {"work", {"key", "begin", "end"}, "tile", Through::Nothing},
      {"cuts",
       {"offsets", "begin", "end", "slot", "group_begin", "group_end",
        "group_slot", "slots"},
       "chunk",
       Through::Nothing},
      {"sorted_work",
       {"key", "longest", "row", "first", "last"},
       "tile",
       Through::Image},
      {"owner_work",
       {"owner", "begin", "end", "key", "longest", "row", "first", "last"},
       "tile",
       Through::Image,
       /*hasOwners=*/true}};
  return kinds;
}

const ViewKind *findViewKind(const std::string &name) {
  for (const ViewKind &kind : viewKinds())
    if (kind.name == name)
      return &kind;
  return nullptr;
}

std::string listViewKinds() {
  std::string list;
  for (const ViewKind &kind : viewKinds())
    list += (list.empty() ? "" : ", ") + kind.name;
  return list;
}

bool isReservedName(const std::string &word) {
  return word.empty() || word == "self" || word == "none" ||
         isDomain(word, {}) ||
         std::any_of(std::begin(builtinRoles), std::end(builtinRoles),
                     [&](const Role &role) { return word == role.role; });
}

} // namespace pigeon::runtime

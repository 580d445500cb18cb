//===- Domains.h - The domains and roles that every graph has ---*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The table of Graph.h as a function: to which domain a role leads. Programs
// are checked with it before there is a graph, graphs are built with it.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_RUNTIME_DOMAINS_H
#define PIGEON_RUNTIME_DOMAINS_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pigeon::runtime {

/// The domain that `role` of `domain` leads to ("" for none). Nothing if there
/// is no such domain or no such role. `classes` are the user's classes of
/// relations. The domain "" has one row and the roles self and none.
std::optional<std::string> imageOfRole(const std::string &domain,
                                       const std::string &role,
                                       const std::vector<std::string> &classes);

/// Whether graphs have this domain; "" counts.
bool isDomain(const std::string &domain,
              const std::vector<std::string> &classes);

/// "node, edge, ..." and "src, dst, ..." for errors.
std::string listDomains(const std::vector<std::string> &classes);
std::string listRoles(const std::string &domain,
                      const std::vector<std::string> &classes);

/// What a view of one kind is made of; see Runtime/Graph.h.
struct ViewKind {
  /// Which domain the second role is a role of.
  enum class Through { Nothing, Domain, Image };
  std::string name;
  std::vector<std::string> arrays;
  /// What the parameter, a positive 32-bit number, is; empty if it must be 0.
  std::string parameter;
  Through through = Through::Nothing;
  /// Whether a third role, one of the image, says into which rows it sums.
  bool hasOwners = false;
};

/// The kind called `name`; null if there is none.
const ViewKind *findViewKind(const std::string &name);
/// "map, csr, ..." for errors.
std::string listViewKinds();

/// A row of more than `chunk` entries is cut into pieces of `chunk * kCutWays`
/// entries: a thread block walks a piece in so many ways side by side.
inline constexpr std::int64_t kCutWays = 8;

/// Words that a user's class cannot be called: every domain and role.
bool isReservedName(const std::string &word);

} // namespace pigeon::runtime

#endif // PIGEON_RUNTIME_DOMAINS_H

//===- Domains.h - Domains, roles and how roles compose ---------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A role is a map from the rows of a domain to those of its *image*:
//
//   domain               role                     image
//   edge                 src, dst                 node (src_node, dst_node)
//                        rel                      relation
//                        src_pair, dst_pair       the same
//                        src_type, dst_type       node_type
//                        triple                   triple
//   src_pair, dst_pair   node                     node (src_node, dst_node)
//                        rel                      relation
//                        type                     node_type
//   node, src_node,      type                     node_type
//   dst_node
//   triple               rel                      relation
//                        src_type, dst_type       node_type
//   edge, pairs, triple, a class of relations     the class
//   relation
//   any                  self                     the same
//   any                  none                     one row, written ""
//
// The names in brackets are the images in a bipartite graph, which has no
// domain `node`. Roles compose, and each composite has one name: going from an
// edge along `src_pair` and then `node` is the role `src`, and along `src` and
// then `type` it is `src_type`. So two chains of gathers that mean the same are
// the same after canonicalization.
//
// This part knows names only. resolveImage also knows the graphs of a module:
// which classes there are, which graph is bipartite, and whose domains a graph
// shares.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_IR_DOMAINS_H
#define PIGEON_DIALECT_RGNN_IR_DOMAINS_H

#include "pigeon/Dialect/RGNN/IR/RGNNAttrs.h"

#include "mlir/IR/SymbolTable.h"

#include <optional>
#include <string>

namespace pigeon::rgnn {

class GraphOp;

/// True for the words of the table above, which no class may take as its name.
bool isReservedName(llvm::StringRef name);

/// The domains of a graph, in a fixed order.
llvm::SmallVector<llvm::StringRef>
getDomainNames(llvm::ArrayRef<llvm::StringRef> classes = {},
               bool bipartite = false);

/// The roles of a domain, in the order of the table above.
llvm::SmallVector<llvm::StringRef>
getRoleNames(llvm::StringRef domain,
             llvm::ArrayRef<llvm::StringRef> classes = {});

/// The domain that `role` leads to from `domain`, "" for one row. Fails if the
/// domain has no such role.
llvm::FailureOr<std::string>
imageDomain(llvm::StringRef domain, llvm::StringRef role,
            llvm::ArrayRef<llvm::StringRef> classes = {},
            bool bipartite = false);

/// The one role of `domain` that is `first`, and then `second` from there:
/// composeRoles("edge", "src", "type") is "src_type". A name that is not in the
/// table is taken for a class. Nothing if `second` cannot follow `first`.
std::optional<llvm::StringRef> composeRoles(llvm::StringRef domain,
                                            llvm::StringRef first,
                                            llvm::StringRef second);

/// True if a graph that shares another's nodes has its own rows of `domain`:
/// edges, pairs and triples.
bool isDerivedFromEdges(llvm::StringRef domain);

using EmitError = llvm::function_ref<mlir::InFlightDiagnostic()>;

/// The graph that `name` means at `user`, or null.
GraphOp lookupGraph(mlir::SymbolTableCollection &symbolTable,
                    mlir::Operation *user, llvm::StringRef name);

/// Checks that the graph exists and has the domain, under this very name.
llvm::LogicalResult verifyDomain(mlir::SymbolTableCollection &symbolTable,
                                 mlir::Operation *user, OnAttr domain,
                                 EmitError emitError);

/// Checks a tensor's domain, if it has one, and that a static number of rows is
/// the one that the graph fixes (of relations, node types, values of a class).
llvm::LogicalResult verifyData(mlir::SymbolTableCollection &symbolTable,
                               mlir::Operation *user, mlir::Type type,
                               EmitError emitError);

/// Where `role` leads from `domain`: a domain with the name of the graph that
/// owns it, or null for one row.
llvm::FailureOr<OnAttr> resolveImage(mlir::SymbolTableCollection &symbolTable,
                                     mlir::Operation *user, OnAttr domain,
                                     llvm::StringRef role, EmitError emitError);

/// The same where it is known to succeed or failure needs no words.
llvm::FailureOr<OnAttr> resolveImage(mlir::Operation *user, OnAttr domain,
                                     llvm::StringRef role);

/// Checks the data of all operands and results.
llvm::LogicalResult verifyDomains(mlir::Operation *op,
                                  mlir::SymbolTableCollection &symbolTable);

} // namespace pigeon::rgnn

#endif // PIGEON_DIALECT_RGNN_IR_DOMAINS_H

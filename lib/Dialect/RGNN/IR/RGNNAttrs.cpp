//===- RGNNAttrs.cpp - Attributes of the rgnn dialect ---------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/RGNN/IR/RGNNAttrs.h"
#include "pigeon/Dialect/RGNN/IR/RGNNTypes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace pigeon::rgnn;

#include "pigeon/Dialect/RGNN/IR/RGNNEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "pigeon/Dialect/RGNN/IR/RGNNAttrs.cpp.inc"

void RGNNDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "pigeon/Dialect/RGNN/IR/RGNNAttrs.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// OnAttr
//===----------------------------------------------------------------------===//

std::string OnAttr::getFullName() const {
  return (getGraph() + "." + getDomain()).str();
}

LogicalResult OnAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                             StringRef graph, StringRef domain) {
  if (graph.empty() || domain.empty())
    return emitError()
           << "expected a graph and a domain, as in kg.edge, found '" << graph
           << "." << domain << "'";
  if (domain.contains('.'))
    return emitError() << "expected a domain's name without a dot, found '"
                       << domain << "'";
  return success();
}

/// The lexer takes `kg.edge` as one word. A graph's name may itself hold dots,
/// a domain's may not, so the last one separates them.
Attribute OnAttr::parse(AsmParser &parser, Type) {
  std::string name;
  if (parser.parseLess())
    return {};
  SMLoc location = parser.getCurrentLocation();
  if (parser.parseKeywordOrString(&name) || parser.parseGreater())
    return {};
  auto [graph, domain] = StringRef(name).rsplit('.');
  return parser.getChecked<OnAttr>(location, parser.getContext(), graph,
                                   domain);
}

void OnAttr::print(AsmPrinter &printer) const {
  printer << "<";
  printer.printKeywordOrString(getFullName());
  printer << ">";
}

LogicalResult OnAttr::verifyEncoding(
    llvm::ArrayRef<int64_t> shape, Type elementType,
    llvm::function_ref<InFlightDiagnostic()> emitError) const {
  // The parser asks even where it could not read the type, and has said so.
  if (!elementType)
    return failure();
  if (shape.empty())
    return emitError() << "data on " << getFullName()
                       << " must have a row dimension, found rank 0";
  for (auto [index, size] : llvm::enumerate(shape.drop_front()))
    if (ShapedType::isDynamic(size) || size < 1)
      return emitError() << "trailing dimension " << index << " of data on "
                         << getFullName()
                         << " must be static and positive, found "
                         << (ShapedType::isDynamic(size)
                                 ? "?"
                                 : std::to_string(size));
  if (!fitsRow(shape.drop_front()))
    return emitError() << "a row of data on " << getFullName()
                       << " must have at most " << maxRowSize << " elements";
  if (!elementType.isIntOrIndexOrFloat())
    return emitError() << "data on " << getFullName()
                       << " must have float, integer or index elements, found "
                       << elementType;
  return success();
}

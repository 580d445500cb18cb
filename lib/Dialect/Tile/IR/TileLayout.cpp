//===- TileLayout.cpp - Layouts of register tiles --------------------- -===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Dialect/Tile/IR/TileLayout.h"

#include "pigeon/Dialect/Layout/IR/LayoutAttrs.h"

using namespace mlir;
using namespace pigeon;

std::optional<layout::Layout> tile::getLayout(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return std::nullopt;
  if (auto attr = dyn_cast_or_null<layout::LayoutAttr>(tensor.getEncoding()))
    return attr.getLayout();
  return std::nullopt;
}

bool tile::fitsLayout(Type type) {
  std::optional<layout::Layout> layout = getLayout(type);
  return !layout || layout->shape() == cast<ShapedType>(type).getShape();
}

RankedTensorType tile::withLayout(RankedTensorType type,
                                  const layout::Layout &layout) {
  return RankedTensorType::get(
      type.getShape(), type.getElementType(),
      layout::LayoutAttr::get(type.getContext(), layout));
}

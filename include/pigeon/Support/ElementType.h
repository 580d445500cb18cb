//===- ElementType.h - The types of array elements --------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The element types of arrays on the host and of buffers on a device. Models
// compute in the floating types; the integers are those that NumPy files hold.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_SUPPORT_ELEMENTTYPE_H
#define PIGEON_SUPPORT_ELEMENTTYPE_H

#include <cstdint>
#include <optional>
#include <string>

namespace pigeon {

enum class ElementType {
  F32,
  F64,
  F16,
  BF16,
  I32,
  I64,
  I8,
  U8,
  I16,
  U16,
  U32,
  U64,
  Bool
};

/// Bytes of one element.
std::uint32_t sizeInBytes(ElementType type);
/// "f32", "bf16", "i32", "u8", "bool", ...
const char *name(ElementType type);
/// The inverse of `name`.
std::optional<ElementType> parseElementType(const std::string &text);

bool isFloat(ElementType type);
/// Every type that is not a float, bool included.
bool isInteger(ElementType type);

} // namespace pigeon

#endif // PIGEON_SUPPORT_ELEMENTTYPE_H

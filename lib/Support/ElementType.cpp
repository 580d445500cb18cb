//===- ElementType.cpp - The types of array elements ----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/ElementType.h"

namespace pigeon {

namespace {
struct TypeInfo {
  ElementType type;
  const char *name;
  std::uint32_t bytes;
};
} // namespace

static constexpr TypeInfo typeInfos[] = {
    {ElementType::F32, "f32", 4},  {ElementType::F64, "f64", 8},
    {ElementType::F16, "f16", 2},  {ElementType::BF16, "bf16", 2},
    {ElementType::I32, "i32", 4},  {ElementType::I64, "i64", 8},
    {ElementType::I8, "i8", 1},    {ElementType::U8, "u8", 1},
    {ElementType::I16, "i16", 2},  {ElementType::U16, "u16", 2},
    {ElementType::U32, "u32", 4},  {ElementType::U64, "u64", 8},
    {ElementType::Bool, "bool", 1}};

static const TypeInfo &infoOf(ElementType type) {
  return typeInfos[static_cast<unsigned>(type)];
}

std::uint32_t sizeInBytes(ElementType type) { return infoOf(type).bytes; }

const char *name(ElementType type) { return infoOf(type).name; }

std::optional<ElementType> parseElementType(const std::string &text) {
  for (const TypeInfo &info : typeInfos)
    if (text == info.name)
      return info.type;
  return std::nullopt;
}

bool isFloat(ElementType type) {
  return type == ElementType::F32 || type == ElementType::F64 ||
         type == ElementType::F16 || type == ElementType::BF16;
}

bool isInteger(ElementType type) { return !isFloat(type); }

} // namespace pigeon

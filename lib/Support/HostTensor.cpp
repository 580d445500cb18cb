//===- HostTensor.cpp - An array in host memory ---------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/HostTensor.h"

#include "pigeon/Support/HalfFloat.h"

#include <cmath>
#include <limits>

namespace pigeon {

Result<std::size_t> sizeInBytes(ElementType type,
                                const std::vector<std::int64_t> &shape) {
  std::int64_t size = sizeInBytes(type);
  bool empty = false;
  for (std::int64_t extent : shape) {
    if (extent < 0)
      return Error("shape " + describe(shape) + " has a negative dimension");
    empty |= extent == 0;
    if (extent != 0 && __builtin_mul_overflow(size, extent, &size))
      return Error("shape " + describe(shape) + " of " + name(type) +
                   " has more bytes than 63 bits can count");
  }
  return empty ? std::size_t(0) : static_cast<std::size_t>(size);
}

std::string describe(const std::vector<std::int64_t> &shape) {
  std::string text = "[";
  for (std::int64_t extent : shape) {
    if (text.size() > 1)
      text += ", ";
    text += std::to_string(extent);
  }
  return text + "]";
}

std::string describe(const HostTensor &tensor) {
  return name(tensor.type) + describe(tensor.shape);
}

Result<HostTensor> HostTensor::create(ElementType type,
                                      std::vector<std::int64_t> shape) {
  Result<std::size_t> size = sizeInBytes(type, shape);
  if (!size)
    return size.error();
  HostTensor tensor;
  tensor.type = type;
  tensor.shape = std::move(shape);
  tensor.data.resize(*size);
  return tensor;
}

std::int64_t HostTensor::numElements() const {
  return static_cast<std::int64_t>(data.size() / sizeInBytes(type));
}

/// Calls body(T()) with the C++ type that stores one element.
template <typename Body> static void dispatch(ElementType type, Body body) {
  switch (type) {
  case ElementType::F32:
    return body(float());
  case ElementType::F64:
    return body(double());
  case ElementType::F16:
  case ElementType::BF16:
  case ElementType::U16:
    return body(std::uint16_t());
  case ElementType::I16:
    return body(std::int16_t());
  case ElementType::I32:
    return body(std::int32_t());
  case ElementType::U32:
    return body(std::uint32_t());
  case ElementType::I64:
    return body(std::int64_t());
  case ElementType::U64:
    return body(std::uint64_t());
  case ElementType::I8:
    return body(std::int8_t());
  case ElementType::U8:
  case ElementType::Bool:
    return body(std::uint8_t());
  }
}

/// Truncates towards zero and clamps to the range of T; NaN gives 0.
template <typename T> static T toInteger(double value) {
  if (value != value)
    return 0;
  // The largest value of a 64-bit type is not a double; its successor is.
  double end = std::ldexp(1.0, std::numeric_limits<T>::digits);
  if (value >= end)
    return std::numeric_limits<T>::max();
  if (value <= static_cast<double>(std::numeric_limits<T>::min()))
    return std::numeric_limits<T>::min();
  return static_cast<T>(value);
}

template <typename T> static T fromDouble(ElementType type, double value) {
  if (type == ElementType::Bool)
    return static_cast<T>(value != 0);
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value);
  } else {
    if (type == ElementType::F16)
      return static_cast<T>(doubleToHalf(value));
    if (type == ElementType::BF16)
      return static_cast<T>(doubleToBfloat(value));
    return toInteger<T>(value);
  }
}

Result<HostTensor> HostTensor::fromDoubles(ElementType type,
                                           std::vector<std::int64_t> shape,
                                           const std::vector<double> &values) {
  Result<HostTensor> tensor = create(type, std::move(shape));
  if (!tensor)
    return tensor;
  if (static_cast<std::size_t>(tensor->numElements()) != values.size())
    return Error("shape " + describe(tensor->shape) + " takes " +
                 std::to_string(tensor->numElements()) + " values, found " +
                 std::to_string(values.size()));
  dispatch(type, [&](auto zero) {
    auto *to = tensor->as<decltype(zero)>();
    for (std::size_t i = 0; i < values.size(); ++i)
      to[i] = fromDouble<decltype(zero)>(type, values[i]);
  });
  return tensor;
}

template <typename T> static double toDouble(ElementType type, T value) {
  if (type == ElementType::F16)
    return halfToFloat(static_cast<std::uint16_t>(value));
  if (type == ElementType::BF16)
    return bfloatToFloat(static_cast<std::uint16_t>(value));
  return static_cast<double>(value);
}

double HostTensor::at(std::int64_t index) const {
  double value = 0;
  dispatch(type, [&](auto zero) {
    value = toDouble(type, as<decltype(zero)>()[index]);
  });
  return value;
}

std::vector<double> HostTensor::toDoubles() const {
  std::vector<double> values(static_cast<std::size_t>(numElements()));
  dispatch(type, [&](auto zero) {
    const auto *from = as<decltype(zero)>();
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = toDouble(type, from[i]);
  });
  return values;
}

} // namespace pigeon

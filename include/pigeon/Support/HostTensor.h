//===- HostTensor.h - An array in host memory -------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A dense array in row-major order in the memory of the host: what is read from
// .npy and .npz files, handed to a device, and compared. It knows nothing of
// domains; the first dimension is whatever its user says.
//
//   Result<HostTensor> x = HostTensor::create(ElementType::F32, {14541, 64});
//   float *values = x->as<float>();
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_SUPPORT_HOSTTENSOR_H
#define PIGEON_SUPPORT_HOSTTENSOR_H

#include "pigeon/Support/ElementType.h"
#include "pigeon/Support/Result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pigeon {

struct HostTensor {
  ElementType type = ElementType::F32;
  /// All dimensions, outermost first; empty for a scalar.
  std::vector<std::int64_t> shape;
  /// numElements * sizeInBytes(type) bytes, row-major, little endian.
  std::vector<std::byte> data;

  /// An array of zeros. An error if a dimension is negative or the size in
  /// bytes does not fit 63 bits.
  static Result<HostTensor> create(ElementType type,
                                   std::vector<std::int64_t> shape);
  /// The values, each rounded to `type` (to nearest even for floats; integers
  /// are truncated and clamped). There must be as many as the shape says.
  static Result<HostTensor> fromDoubles(ElementType type,
                                        std::vector<std::int64_t> shape,
                                        const std::vector<double> &values);

  std::int64_t rank() const { return static_cast<std::int64_t>(shape.size()); }
  /// Product of the dimensions; 1 for a scalar.
  std::int64_t numElements() const;

  /// The elements as C++ values. T must be the type that `type` names: f16 and
  /// bf16 are std::uint16_t bits, bool is std::uint8_t.
  template <typename T> T *as() { return reinterpret_cast<T *>(data.data()); }
  template <typename T> const T *as() const {
    return reinterpret_cast<const T *>(data.data());
  }

  /// One element, by its row-major position.
  double at(std::int64_t index) const;
  std::vector<double> toDoubles() const;
};

/// Bytes of an array, or an error if a dimension is negative or the product
/// overflows.
Result<std::size_t> sizeInBytes(ElementType type,
                                const std::vector<std::int64_t> &shape);

/// "f32[14541, 64]".
std::string describe(const HostTensor &tensor);
/// "[14541, 64]".
std::string describe(const std::vector<std::int64_t> &shape);

} // namespace pigeon

#endif // PIGEON_SUPPORT_HOSTTENSOR_H

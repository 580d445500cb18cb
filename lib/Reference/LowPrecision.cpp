//===- LowPrecision.cpp - Codes, packed words and their product -----------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LowPrecision.h"

#include <cmath>

using namespace pigeon;
using namespace pigeon::reference;

Number CodedOperand::at(llvm::ArrayRef<Row> operands,
                        std::int64_t element) const {
  const Row &row = operands[index];
  if (!format)
    return {row.value[element], row.magnitude[element]};
  double value = format->decode(static_cast<unsigned>(row.value[element]));
  return {value, std::fabs(value)};
}

Number ScalarFunction::operator()(llvm::ArrayRef<Number> arguments) const {
  llvm::SmallVector<Number, 8> values(arguments);
  for (const Step &step : steps) {
    Number operands[maxArity];
    for (unsigned i = 0; i < step.operands.size(); ++i)
      operands[i] = values[step.operands[i]];
    values.push_back(step.apply ? step.apply(operands) : step.constant);
  }
  return values[result];
}

//===----------------------------------------------------------------------===//
// Codes and numbers
//===----------------------------------------------------------------------===//

Number LowPrecision::decode(llvm::ArrayRef<Row> operands, double code,
                            std::int64_t element) const {
  std::int64_t scaleAt = element / group;
  Number scale = scales.at(operands, scaleAt), number;
  if (book.isThere()) {
    std::int64_t bookAt = bookPerGroup ? scaleAt * format.numCodes() : 0;
    number = book.at(operands, bookAt + static_cast<std::int64_t>(code));
  } else {
    double value = format.decode(static_cast<unsigned>(code));
    number = {value, std::fabs(value)};
  }
  if (zeros.isThere()) {
    Number zero = zeros.at(operands, scaleAt);
    number = {number.value - zero.value, number.magnitude + zero.magnitude};
  }
  return {scale.value * number.value, scale.magnitude * number.magnitude};
}

static unsigned encode(const LowPrecision &numbers,
                       llvm::ArrayRef<Row> operands, double value,
                       std::int64_t element) {
  std::int64_t scaleAt = element / numbers.group;
  double scaled = value / numbers.scales.at(operands, scaleAt).value;
  if (numbers.zeros.isThere())
    scaled += numbers.zeros.at(operands, scaleAt).value;
  if (!numbers.book.isThere())
    return numbers.format.encode(scaled);
  std::vector<double> book(numbers.format.numCodes());
  std::int64_t bookAt = numbers.bookPerGroup ? scaleAt * book.size() : 0;
  for (std::size_t i = 0; i < book.size(); ++i)
    book[i] = numbers.book.at(operands, bookAt + i).value;
  return encodeInBook(book, scaled);
}

static void put(MutableRow out, std::int64_t at, Number number) {
  out.value[at] = number.value;
  out.magnitude[at] = number.magnitude;
}

static void putExact(MutableRow out, std::int64_t at, double value) {
  put(out, at, {value, std::fabs(value)});
}

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

static void pack(const LowPrecision &codes, Row in, MutableRow out) {
  std::vector<std::uint8_t> bytes(codes.rows * codes.columns);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(in.value[i]);
  auto words = codes.packing->pack(bytes, codes.rows, codes.columns);
  for (std::size_t i = 0; i < words.size(); ++i)
    putExact(out, i, static_cast<std::int32_t>(words[i]));
}

static void unpack(const LowPrecision &codes, Row in, MutableRow out) {
  std::vector<std::uint32_t> words(
      codes.packing->numWords(codes.rows, codes.columns));
  for (std::size_t i = 0; i < words.size(); ++i)
    words[i] =
        static_cast<std::uint32_t>(static_cast<std::int64_t>(in.value[i]));
  auto bytes = codes.packing->unpack(words, codes.rows, codes.columns);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    putExact(out, i, bytes[i]);
}

//===----------------------------------------------------------------------===//
// The product
//===----------------------------------------------------------------------===//

static Number finish(const LowPrecision &product, llvm::ArrayRef<Row> operands,
                     Number sum, std::int64_t row, std::int64_t column) {
  if (!product.epilogue)
    return sum;
  llvm::SmallVector<Number, 4> arguments = {sum};
  auto addends = operands.take_back(product.perColumn.size());
  for (auto [addend, perColumn] : llvm::zip_equal(addends, product.perColumn)) {
    std::int64_t at = perColumn ? column : row * product.columns + column;
    arguments.push_back({addend.value[at], addend.magnitude[at]});
  }
  return (*product.epilogue)(arguments);
}

static void matmul(const LowPrecision &product, llvm::ArrayRef<Row> operands,
                   MutableRow out) {
  std::int64_t depth = product.depth;
  std::vector<Number> weights(depth);
  for (std::int64_t column = 0; column < product.columns; ++column) {
    for (std::int64_t k = 0; k < depth; ++k) {
      std::int64_t at = column * depth + k;
      weights[k] = product.decode(operands, operands[1].value[at], at);
    }
    for (std::int64_t row = 0; row < product.rows; ++row) {
      Number sum;
      for (std::int64_t k = 0; k < depth; ++k) {
        sum.value += operands[0].value[row * depth + k] * weights[k].value;
        sum.magnitude +=
            operands[0].magnitude[row * depth + k] * weights[k].magnitude;
      }
      put(out, row * product.columns + column,
          finish(product, operands, sum, row, column));
    }
  }
}

void pigeon::reference::computeLowPrecision(const Step &step,
                                            llvm::ArrayRef<Row> operands,
                                            MutableRow out) {
  const LowPrecision &numbers = *step.lowPrecision;
  Row in = operands[0];
  switch (step.kind) {
  case Step::Kind::Quantize:
    for (std::int64_t i = 0; i < step.width; ++i)
      putExact(out, i, encode(numbers, operands, in.value[i], i));
    return;
  case Step::Kind::Dequantize:
    for (std::int64_t i = 0; i < step.width; ++i)
      put(out, i, numbers.decode(operands, in.value[i], i));
    return;
  case Step::Kind::Pack:
    return pack(numbers, in, out);
  case Step::Kind::Unpack:
    return unpack(numbers, in, out);
  case Step::Kind::Matmul:
    return matmul(numbers, operands, out);
  default:
    return;
  }
}

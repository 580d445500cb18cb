//===- Npz.cpp - Arrays in NumPy's files ----------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Support/Npz.h"

#include "pigeon/Support/FileIO.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <optional>

namespace pigeon {

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

namespace {
struct DType {
  const char *code; // without the byte order
  ElementType type;
};
} // namespace

static constexpr DType dtypes[] = {
    {"f4", ElementType::F32}, {"f8", ElementType::F64},
    {"f2", ElementType::F16}, {"V2", ElementType::BF16},
    {"i4", ElementType::I32}, {"i8", ElementType::I64},
    {"i1", ElementType::I8},  {"u1", ElementType::U8},
    {"i2", ElementType::I16}, {"u2", ElementType::U16},
    {"u4", ElementType::U32}, {"u8", ElementType::U64},
    {"b1", ElementType::Bool}};

static std::string dtypeOf(ElementType type) {
  for (const DType &dtype : dtypes)
    if (dtype.type == type)
      return (sizeInBytes(type) == 1 || type == ElementType::BF16 ? "|" : "<") +
             std::string(dtype.code);
  return {};
}

static Result<ElementType> parseDType(const std::string &text) {
  bool ordered = !text.empty() && std::strchr("<>=|", text[0]);
  std::string code = ordered ? text.substr(1) : text;
  for (const DType &dtype : dtypes) {
    if (code != dtype.code)
      continue;
    if (text[0] == '>' && sizeInBytes(dtype.type) > 1)
      return Error("is big-endian ('" + text +
                   "'); save it with array.astype('<" + code + "')");
    return dtype.type;
  }
  if (!code.empty() && code[0] == 'O')
    return Error("holds Python objects, expected numbers");
  return Error("has type '" + text +
               "', expected one of f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8, "
               "b1, V2 (bf16)");
}

//===----------------------------------------------------------------------===//
// Header
//===----------------------------------------------------------------------===//

namespace {
struct Header {
  ElementType type = ElementType::F32;
  std::vector<std::int64_t> shape;
  std::size_t dataOffset = 0;
};

/// Reads the header's text, a Python dict such as
///   {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
class DictParser {
public:
  explicit DictParser(std::string_view text) : rest(text) {}

  std::optional<std::string> descr;
  std::optional<bool> fortranOrder;
  std::optional<std::vector<std::int64_t>> shape;

  /// Nothing on success, else what is wrong.
  Status parse() {
    if (!take('{'))
      return malformed();
    while (!take('}')) {
      std::optional<std::string> key = string();
      if (!key || !take(':'))
        return malformed();
      if (Status s = value(*key); !s)
        return s;
      if (!take(',') && peek() != '}')
        return malformed();
    }
    if (descr && fortranOrder && shape)
      return {};
    return Error(std::string("has a header without '") +
                 (!descr          ? "descr"
                  : !fortranOrder ? "fortran_order"
                                  : "shape") +
                 "'");
  }

private:
  std::string_view rest;

  static Error malformed() { return Error("has a header that is no dict"); }

  char peek() {
    while (!rest.empty() && std::isspace(static_cast<unsigned char>(rest[0])))
      rest.remove_prefix(1);
    return rest.empty() ? '\0' : rest[0];
  }
  bool take(char c) {
    if (peek() != c)
      return false;
    rest.remove_prefix(1);
    return true;
  }
  bool takeWord(std::string_view word) {
    peek();
    if (rest.substr(0, word.size()) != word)
      return false;
    rest.remove_prefix(word.size());
    return true;
  }
  std::optional<std::string> string() {
    char quote = peek();
    if (quote != '\'' && quote != '"')
      return std::nullopt;
    std::size_t end = rest.find(quote, 1);
    if (end == std::string_view::npos)
      return std::nullopt;
    std::string text(rest.substr(1, end - 1));
    rest.remove_prefix(end + 1);
    return text;
  }
  Status value(const std::string &key) {
    if (key == "descr") {
      if (peek() == '[')
        return Error("has a structured type, expected numbers");
      descr = string();
      return descr ? Status() : malformed();
    }
    if (key == "fortran_order") {
      if (takeWord("True"))
        fortranOrder = true;
      else if (takeWord("False"))
        fortranOrder = false;
      else
        return malformed();
      return {};
    }
    if (key == "shape")
      return tuple();
    return Error("has an unknown word '" + key + "' in its header");
  }
  Status tuple() {
    if (!take('('))
      return malformed();
    shape.emplace();
    while (!take(')')) {
      std::int64_t extent = 0;
      bool overflow = false;
      if (!std::isdigit(static_cast<unsigned char>(peek())))
        return Error("has a shape that is no tuple of sizes");
      while (!rest.empty() &&
             std::isdigit(static_cast<unsigned char>(rest[0]))) {
        overflow |= __builtin_mul_overflow(extent, std::int64_t(10), &extent);
        overflow |= __builtin_add_overflow(extent, rest[0] - '0', &extent);
        rest.remove_prefix(1);
      }
      if (overflow)
        return Error("has a dimension that does not fit 63 bits");
      takeWord("L"); // Python 2 wrote long integers so
      shape->push_back(extent);
      if (!take(',') && peek() != ')')
        return malformed();
    }
    return {};
  }
};
} // namespace

static std::uint32_t littleEndian(const std::string &bytes, std::size_t offset,
                                  unsigned count) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < count; ++i)
    value |= std::uint32_t(static_cast<unsigned char>(bytes[offset + i]))
             << (8 * i);
  return value;
}

static Result<Header> parseHeader(const std::string &bytes) {
  if (bytes.compare(0, 6, "\x93NUMPY") != 0)
    return Error("is not a .npy array");
  if (bytes.size() < 12)
    return Error("is truncated in its header");
  unsigned version = static_cast<unsigned char>(bytes[6]);
  if (version < 1 || version > 3)
    return Error("has .npy version " + std::to_string(version) +
                 ", expected 1 to 3");
  unsigned lengthBytes = version == 1 ? 2 : 4;
  Header header;
  std::size_t begin = 8 + lengthBytes;
  std::size_t length = littleEndian(bytes, 8, lengthBytes);
  header.dataOffset = begin + length;
  if (header.dataOffset > bytes.size())
    return Error("is truncated in its header");
  DictParser dict(std::string_view(bytes).substr(begin, length));
  if (Status s = dict.parse(); !s)
    return s.error();
  Result<ElementType> type = parseDType(*dict.descr);
  if (!type)
    return type.error();
  if (*dict.fortranOrder)
    return Error("is in Fortran order; save it with "
                 "numpy.ascontiguousarray(array)");
  header.type = *type;
  header.shape = std::move(*dict.shape);
  return header;
}

Result<HostTensor> decodeNpy(const std::string &bytes,
                             const std::string &what) {
  auto wrong = [&](const Error &error) {
    return Error(what + " " + error.message());
  };
  Result<Header> header = parseHeader(bytes);
  if (!header)
    return wrong(header.error());
  Result<std::size_t> size = sizeInBytes(header->type, header->shape);
  if (!size)
    return wrong(Error("is absurd: " + size.error().message()));
  std::size_t found = bytes.size() - header->dataOffset;
  if (*size != found)
    return wrong(Error(
        (found < *size ? "is truncated: " : "is too long: ") +
        std::string(name(header->type)) + describe(header->shape) + " takes " +
        std::to_string(*size) + " bytes, found " + std::to_string(found)));
  HostTensor tensor;
  tensor.type = header->type;
  tensor.shape = std::move(header->shape);
  const auto *data =
      reinterpret_cast<const std::byte *>(bytes.data() + header->dataOffset);
  tensor.data.assign(data, data + *size);
  // NumPy's bool is 0 or 1; a stray byte would be a value no one tests.
  if (tensor.type == ElementType::Bool)
    for (std::byte &value : tensor.data)
      value = std::byte(value != std::byte(0));
  return tensor;
}

std::string npyHeader(const HostTensor &tensor) {
  std::string dict = "{'descr': '" + dtypeOf(tensor.type) +
                     "', 'fortran_order': False, 'shape': (";
  for (std::int64_t extent : tensor.shape)
    dict += std::to_string(extent) + ", ";
  if (tensor.rank() > 1)
    dict.resize(dict.size() - 2);
  dict += "), }";
  // Elements begin at a multiple of 64 bytes; a newline ends the header.
  constexpr std::size_t prefix = 10;
  std::size_t length = (prefix + dict.size() + 1 + 63) / 64 * 64 - prefix;
  dict.append(length - dict.size() - 1, ' ');
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(length & 0xFF);
  header += static_cast<char>(length >> 8);
  return header + dict + "\n";
}

static std::string_view bytesOf(const HostTensor &tensor) {
  return {reinterpret_cast<const char *>(tensor.data.data()),
          tensor.data.size()};
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

Result<HostTensor> readNpy(const std::string &path) {
  Result<std::string> bytes = readFile(path);
  if (!bytes)
    return bytes.error();
  return decodeNpy(*bytes, "'" + path + "'");
}

Status writeNpy(const std::string &path, const HostTensor &tensor) {
  std::string bytes = npyHeader(tensor);
  bytes.append(bytesOf(tensor));
  return writeFileAtomically(path, bytes);
}

Result<NpzReader> NpzReader::open(const std::string &path) {
  Result<ZipReader> zip = ZipReader::open(path);
  if (!zip)
    return zip.error();
  return NpzReader(zip.take(), path);
}

std::vector<std::string> NpzReader::names() const {
  std::vector<std::string> arrays;
  for (const std::string &member : zip.names())
    if (member.size() > 4 && member.compare(member.size() - 4, 4, ".npy") == 0)
      arrays.push_back(member.substr(0, member.size() - 4));
  return arrays;
}

bool NpzReader::contains(const std::string &name) const {
  return zip.contains(name + ".npy");
}

Result<HostTensor> NpzReader::read(const std::string &name) {
  if (!contains(name)) {
    std::string list;
    for (const std::string &array : names())
      list += (list.empty() ? "" : ", ") + array;
    return Error("'" + path_ + "' has no array '" + name + "'; it has " +
                 (list.empty() ? "none" : list));
  }
  std::string what = "array '" + name + "' of '" + path_ + "'";
  Result<std::string> bytes = zip.read(name + ".npy");
  if (!bytes)
    return bytes.error();
  return decodeNpy(*bytes, what);
}

Result<std::map<std::string, HostTensor>> readNpz(const std::string &path) {
  Result<NpzReader> reader = NpzReader::open(path);
  if (!reader)
    return reader.error();
  std::map<std::string, HostTensor> arrays;
  for (const std::string &name : reader->names()) {
    Result<HostTensor> array = reader->read(name);
    if (!array)
      return array.error();
    arrays.emplace(name, array.take());
  }
  return arrays;
}

Status writeNpz(const std::string &path,
                const std::map<std::string, HostTensor> &arrays) {
  Result<ZipWriter> zip = ZipWriter::create(path);
  if (!zip)
    return zip.error();
  for (const auto &[name, array] : arrays) {
    if (Status s = zip->begin(name + ".npy", ZipWriter::Effort::Fast); !s)
      return s;
    if (Status s = zip->append(npyHeader(array)); !s)
      return s;
    if (Status s = zip->append(bytesOf(array)); !s)
      return s;
    if (Status s = zip->end(); !s)
      return s;
  }
  return zip->commit();
}

} // namespace pigeon

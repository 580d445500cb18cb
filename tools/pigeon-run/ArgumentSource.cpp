//===- ArgumentSource.cpp - The option --arg ------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ArgumentSource.h"

#include "pigeon/Support/Npz.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace pigeon;
using namespace pigeon::run;
using pigeon::reference::ValueInfo;

std::string ArgumentSource::describe() const {
  switch (kind) {
  case Kind::File:
    return file;
  case Kind::Random:
    return "random:" + std::to_string(seed);
  case Kind::Ones:
    return "ones";
  case Kind::Zeros:
    return "zeros";
  }
  return "";
}

Result<NamedSource> pigeon::run::parseArgument(const std::string &text) {
  auto [name, value] = llvm::StringRef(text).split('=');
  if (name.empty() || value.empty())
    return Error("--arg=" + text +
                 ": expected NAME=FILE.npy, NAME=random[:SEED], NAME=ones or "
                 "NAME=zeros");
  NamedSource named{name.str(), {}};
  if (value == "ones" || value == "zeros") {
    named.source.kind = value == "ones" ? ArgumentSource::Kind::Ones
                                        : ArgumentSource::Kind::Zeros;
    return named;
  }
  if (value == "random")
    return named;
  if (value.consume_front("random:")) {
    if (value.getAsInteger(10, named.source.seed))
      return Error("--arg=" + text +
                   ": expected a number as the seed, found '" + value.str() +
                   "'");
    return named;
  }
  if (!value.ends_with(".npy") && !value.ends_with(".npz"))
    return Error("--arg=" + text +
                 ": expected a file NAME.npy or NAME.npz, random[:SEED], ones "
                 "or zeros, found '" +
                 value.str() + "'");
  named.source.kind = ArgumentSource::Kind::File;
  named.source.file = value.str();
  return named;
}

Result<std::vector<ArgumentSource>>
pigeon::run::assignSources(const std::vector<ValueInfo> &arguments,
                           const std::vector<std::string> &options,
                           std::uint64_t seed) {
  ArgumentSource fallback;
  fallback.seed = seed;
  std::vector<ArgumentSource> sources(arguments.size(), fallback);
  std::vector<bool> isGiven(arguments.size());
  for (const std::string &option : options) {
    auto named = parseArgument(option);
    if (!named)
      return named.error();
    std::size_t index = 0;
    std::string known;
    while (index < arguments.size() && arguments[index].name != named->name)
      known += (known.empty() ? "'" : ", '") + arguments[index++].name + "'";
    if (index == arguments.size())
      return Error("--arg=" + option + ": the model has no argument '" +
                   named->name + "'; its arguments are " + known);
    if (isGiven[index])
      return Error("argument '" + named->name + "' is given twice");
    isGiven[index] = true;
    sources[index] = named->source;
  }
  return sources;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// A bijection of 64-bit numbers that leaves no pattern of its argument.
static std::uint64_t scramble(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  x ^= x >> 32;
  return x;
}

static std::uint64_t streamOf(const std::string &name, std::uint64_t seed) {
  std::uint64_t stream = scramble(seed + 1);
  for (unsigned char letter : name)
    stream = scramble(stream * 257 + letter);
  return stream;
}

/// Four uniform numbers of 16 bits, added: mean 2 * 65535, variance 4 * 2^32 /
/// 12 to a part in 2^32.
static double bellShaped(std::uint64_t bits) {
  double sum = 0;
  for (int i = 0; i < 4; ++i)
    sum += static_cast<double>(bits >> (16 * i) & 0xFFFF);
  return (sum - 2 * 65535.0) / 65536.0 * 1.7320508075688772;
}

static double scaleOf(const ValueInfo &argument) {
  for (const char *data :
       {"node", "src_node", "dst_node", "edge", "src_pair", "dst_pair"})
    if (argument.domain == data)
      return 1;
  std::size_t perRow =
      argument.shape.size() - (argument.domain.empty() ? 0 : 1);
  if (perRow < 2)
    return 1;
  return 1 / std::sqrt(static_cast<double>(
                 argument.shape[argument.shape.size() - 2]));
}

static Result<HostTensor> readArgument(const ValueInfo &argument,
                                       const std::string &file) {
  if (llvm::StringRef(file).ends_with(".npy"))
    return readNpy(file);
  auto reader = NpzReader::open(file);
  if (!reader)
    return reader.error();
  return reader->read(argument.name);
}

/// An error if a finite number has become infinite.
static Status checkOverflow(const ValueInfo &argument, const HostTensor &from,
                            const HostTensor &to) {
  for (std::int64_t i = 0, e = from.numElements(); i < e; ++i)
    if (std::isinf(to.at(i)) && std::isfinite(from.at(i)))
      return Error("argument '" + argument.name + "': " +
                   llvm::formatv("{0:E6}", from.at(i)).str() + ", element " +
                   std::to_string(i) + " of its file, is beyond the largest " +
                   name(argument.type));
  return {};
}

static Result<HostTensor> convert(const ValueInfo &argument,
                                  const HostTensor &tensor) {
  if (isFloat(tensor.type) != isFloat(argument.type))
    return Error("argument '" + argument.name + "': expected " +
                 (isFloat(argument.type) ? "floats" : "integers") + ", found " +
                 describe(tensor));
  if (tensor.shape != argument.shape) {
    std::string message = "argument '" + argument.name + "': expected shape " +
                          describe(argument.shape) + ", found " +
                          describe(tensor.shape);
    if (!argument.domain.empty())
      message += "; the first dimension is the number of rows of '" +
                 argument.graph + "." + argument.domain + "'";
    return Error(message);
  }
  auto converted = HostTensor::fromDoubles(argument.type, argument.shape,
                                           tensor.toDoubles());
  if (!converted)
    return converted;
  if (Status status = checkOverflow(argument, tensor, *converted); !status)
    return status.error();
  return converted;
}

/// Any code of integers, ternary codes and code books; floats from all parts of
/// their range; scales up to 1.
static double randomCode(const NumberFormat &format, std::uint64_t bits) {
  switch (format.kind) {
  case NumberFormat::Kind::Float:
    return format.encode(bellShaped(bits) * format.largest() / 4);
  case NumberFormat::Kind::E8M0:
    return format.encode(std::ldexp(1.0, -static_cast<int>(bits % 8)));
  default:
    return bits % format.numCodes();
  }
}

static double randomValue(const ValueInfo &argument, double scale,
                          std::uint64_t bits) {
  if (argument.format)
    return randomCode(*argument.format, bits);
  if (argument.type == ElementType::I32)
    return static_cast<std::int32_t>(bits);
  return scale * bellShaped(bits);
}

/// Zeros and ones are numbers; the places of a code book are no numbers.
static double sameValue(const ValueInfo &argument, double value) {
  return argument.format ? argument.format->encode(value) : value;
}

Result<HostTensor> pigeon::run::makeArgument(const ValueInfo &argument,
                                             const ArgumentSource &source) {
  if (source.kind == ArgumentSource::Kind::File) {
    auto tensor = readArgument(argument, source.file);
    if (!tensor)
      return tensor.error();
    return convert(argument, *tensor);
  }
  std::int64_t count = 1;
  for (std::int64_t size : argument.shape)
    count *= size;
  std::vector<double> values(
      count,
      sameValue(argument, source.kind == ArgumentSource::Kind::Ones ? 1 : 0));
  if (source.kind == ArgumentSource::Kind::Random) {
    std::uint64_t stream = streamOf(argument.name, source.seed);
    double scale = scaleOf(argument);
    for (std::int64_t i = 0; i < count; ++i)
      values[i] = randomValue(argument, scale,
                              scramble(stream + static_cast<std::uint64_t>(i)));
  }
  return HostTensor::fromDoubles(argument.type, argument.shape, values);
}

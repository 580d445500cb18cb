//===- Package.cpp - A compiled model in one file -------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/Package.h"

#include "pigeon/Support/Zip.h"

#include <nlohmann/json.hpp>
#include <zlib.h>

namespace pigeon::runtime {

using Json = nlohmann::ordered_json;

static constexpr const char *formatName = "pigeon-package";
static constexpr const char *manifestMember = "manifest.json";
static constexpr const char *programMember = "program.json";
static constexpr const char *deviceIRMember = "kernels.mlir";
static constexpr const char *modelMember = "model.mlir";
static constexpr const char *waitsField = "waits_for_launches";

namespace {
/// A form of the kernels and the member that holds it.
struct CodeMember {
  const char *member;
  std::string CodeImage::*bytes;
};

/// How products of f32 are computed, as the manifest says it.
struct ArithmeticName {
  Arithmetic arithmetic;
  const char *name;
};
} // namespace

static constexpr CodeMember codeMembers[] = {
    {"kernels.ptx", &CodeImage::ptx},
    {"kernels.cubin", &CodeImage::cubin},
    {deviceIRMember, &CodeImage::deviceIR}};

static constexpr ArithmeticName arithmeticNames[] = {
    {Arithmetic::IEEE32, "ieee"},
    {Arithmetic::TF32, "tf32"},
    {Arithmetic::ThreeTF32, "tf32x3"}};

static const char *nameOf(Arithmetic arithmetic) {
  for (const ArithmeticName &entry : arithmeticNames)
    if (entry.arithmetic == arithmetic)
      return entry.name;
  return arithmeticNames[0].name;
}

/// zlib's CRC-32 as eight hexadecimal digits.
static std::string checksum(const std::string &bytes) {
  uLong crc =
      crc32_z(crc32_z(0, nullptr, 0),
              reinterpret_cast<const Bytef *>(bytes.data()), bytes.size());
  char text[9];
  std::snprintf(text, sizeof text, "%08lx", static_cast<unsigned long>(crc));
  return text;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

Status writePackage(const std::string &path, const Package &package) {
  auto invalid = [&](const std::string &message) {
    return Error("package '" + path + "': " + message);
  };
  if (Status s = verify(package.program); !s)
    return invalid(s.error().message());
  std::vector<std::pair<std::string, std::string>> members = {
      {programMember, toJSON(package.program)}};
  for (const CodeMember &code : codeMembers)
    if (const std::string &bytes = package.code.*code.bytes; !bytes.empty())
      members.emplace_back(code.member, bytes);
  if (members.size() == 1)
    return invalid("there are no kernels to write");
  if (!package.model.empty())
    members.emplace_back(modelMember, package.model);

  Json list = Json::object();
  for (const auto &[member, bytes] : members)
    list[member] = {{"bytes", bytes.size()}, {"crc32", checksum(bytes)}};
  Json manifest = {{"format", formatName},
                   {"version", packageVersion},
                   {"generator", "pigeon " PIGEON_VERSION},
                   {"architecture", package.code.architecture},
                   {waitsField, package.code.waitsForLaunches},
                   {"precision", nameOf(package.arithmetic)},
                   {"members", list}};
  members.emplace(members.begin(), manifestMember,
                  manifest.dump(1, ' ', false, Json::error_handler_t::replace) +
                      "\n");

  Result<ZipWriter> zip = ZipWriter::create(path);
  if (!zip)
    return zip.error();
  for (const auto &[member, bytes] : members)
    if (Status s = zip->add(member, bytes, ZipWriter::Effort::Small); !s)
      return s;
  return zip->commit();
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {

/// Reads one package; every error begins with its path.
class PackageReader {
public:
  PackageReader(ZipReader zip, std::string path)
      : zip(std::move(zip)), path(std::move(path)) {}

  Result<Package> read() {
    if (Status s = readManifest(); !s)
      return s.error();
    Result<std::string> program = readMember(programMember);
    if (!program)
      return program.error();
    Result<Program> parsed = programFromJSON(*program);
    if (!parsed)
      return wrong(parsed.error().message());
    Package package;
    package.program = parsed.take();
    package.generator = manifest["generator"].get<std::string>();
    package.code.architecture = manifest["architecture"].get<std::string>();
    package.code.waitsForLaunches = manifest.value(waitsField, false);
    package.code.deviceIRName = path + "/" + deviceIRMember;
    package.modelName = path + "/" + modelMember;
    if (Status s = readPrecision(package); !s)
      return s.error();
    bool hasCode = false;
    for (const CodeMember &code : codeMembers) {
      if (!manifest["members"].contains(code.member))
        continue;
      Result<std::string> bytes = readMember(code.member);
      if (!bytes)
        return bytes.error();
      package.code.*code.bytes = bytes.take();
      hasCode = true;
    }
    if (!hasCode)
      return wrong("member 'kernels.ptx' is missing, and there are no kernels "
                   "in another form");
    if (manifest["members"].contains(modelMember)) {
      Result<std::string> model = readMember(modelMember);
      if (!model)
        return model.error();
      package.model = model.take();
    }
    if (Status s = checkText(deviceIRMember, package.code.deviceIR); !s)
      return s.error();
    if (Status s = checkText(modelMember, package.model); !s)
      return s.error();
    return package;
  }

private:
  ZipReader zip;
  std::string path;
  Json manifest;

  Error wrong(const std::string &message) const {
    return Error("package '" + path + "': " + message);
  }

  Status readManifest() {
    if (!zip.contains(manifestMember))
      return Error("'" + path + "' is not a package: it has no member '" +
                   manifestMember + "'");
    Result<std::string> text = zip.read(manifestMember);
    if (!text)
      return wrong(text.error().message());
    manifest = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
    if (!manifest.is_object())
      return wrong("the manifest is not a JSON object");
    auto format = manifest.find("format");
    if (format == manifest.end() || *format != formatName)
      return Error("'" + path +
                   "' is not a package: the manifest's format is not '" +
                   formatName + "'");
    if (Status s = checkVersion(); !s)
      return s;
    for (const char *field : {"generator", "architecture"})
      if (!manifest.contains(field) || !manifest[field].is_string())
        return wrong(std::string("field '") + field +
                     "' of the manifest is no string");
    if (manifest.contains(waitsField) && !manifest[waitsField].is_boolean())
      return wrong(std::string("field '") + waitsField +
                   "' of the manifest is neither true nor false");
    if (!manifest.contains("members") || !manifest["members"].is_object())
      return wrong("field 'members' of the manifest is no object");
    return {};
  }

  Status checkVersion() const {
    auto version = manifest.find("version");
    // JSON's integers without a sign are read as unsigned ones.
    if (version == manifest.end() || !version->is_number_unsigned() ||
        version->get<std::uint64_t>() < 1)
      return wrong("field 'version' of the manifest is no positive integer");
    std::uint64_t found = version->get<std::uint64_t>();
    if (found == packageVersion)
      return {};
    return Error("package '" + path + "' has format version " +
                 version->dump() + ", this build reads version " +
                 std::to_string(packageVersion) + "; compile the model again" +
                 (found > packageVersion ? " or update pigeon" : ""));
  }

  Status readPrecision(Package &package) {
    auto field = manifest.find("precision");
    if (field == manifest.end())
      return wrong("field 'precision' of the manifest is missing");
    for (const ArithmeticName &entry : arithmeticNames)
      if (*field == entry.name) {
        package.arithmetic = entry.arithmetic;
        return {};
      }
    return wrong("expected ieee, tf32 or tf32x3 as the precision in the "
                 "manifest, found " +
                 scalar(*field));
  }

  /// A member, which the manifest must list with its size and checksum.
  Result<std::string> readMember(const std::string &member) {
    const Json &members = manifest["members"];
    auto entry = members.find(member);
    if (entry == members.end())
      return wrong("member '" + member + "' is missing");
    if (!entry->is_object() || !entry->contains("bytes") ||
        !entry->contains("crc32"))
      return wrong("the manifest has no size and checksum of member '" +
                   member + "'");
    if (!zip.contains(member))
      return wrong("member '" + member + "' is missing");
    Result<std::string> bytes = zip.read(member);
    if (!bytes)
      return wrong(bytes.error().message());
    if ((*entry)["bytes"] != bytes->size())
      return wrong("member '" + member + "' has " +
                   std::to_string(bytes->size()) +
                   " bytes, the manifest says " + scalar((*entry)["bytes"]));
    if ((*entry)["crc32"] != checksum(*bytes))
      return wrong("member '" + member + "' has checksum " + checksum(*bytes) +
                   ", the manifest says " + scalar((*entry)["crc32"]));
    return bytes;
  }

  /// MLIR as pigeon prints it is ASCII. Anything else is refused here, before
  /// MLIR takes it for bytecode, whose reader trusts what it reads.
  Status checkText(const char *member, const std::string &bytes) const {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      unsigned char c = bytes[i];
      if (c != '\n' && c != '\t' && (c < ' ' || c > '~'))
        return wrong("member '" + std::string(member) + "' is no text: byte " +
                     std::to_string(i) + " is " + std::to_string(c));
    }
    return {};
  }

  static std::string scalar(const Json &json) {
    return json.is_structured()
               ? "no single value"
               : json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
};

} // namespace

Result<Package> readPackage(const std::string &path) {
  Result<ZipReader> zip = ZipReader::open(path);
  if (!zip)
    return zip.error().within("package");
  return PackageReader(zip.take(), path).read();
}

bool isPackage(const std::string &path) {
  if (!looksLikeZip(path))
    return false;
  Result<ZipReader> zip = ZipReader::open(path);
  if (!zip || !zip->contains(manifestMember))
    return false;
  Result<std::string> text = zip->read(manifestMember);
  if (!text)
    return false;
  Json manifest = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  return manifest.is_object() && manifest.contains("format") &&
         manifest["format"] == formatName;
}

} // namespace pigeon::runtime

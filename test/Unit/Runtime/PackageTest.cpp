//===- PackageTest.cpp - Packages, whole and damaged ----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/Package.h"

#include "SmallProgram.h"
#include "TestFiles.h"
#include "pigeon/Support/FileIO.h"
#include "pigeon/Support/Zip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

using namespace pigeon;
using namespace pigeon::runtime;
using namespace pigeon::runtime::test;
using pigeon::test::TestFolder;
using testing::HasSubstr;

namespace {

Package smallPackage() {
  Package package;
  package.program = smallProgram();
  package.code.architecture = "sm_90a";
  package.code.ptx = ".version 8.0 // a kernel";
  package.code.cubin = std::string("\x7F"
                                   "ELF\0\1\2",
                                   7);
  package.code.deviceIR = "module {}";
  return package;
}

class PackageTest : public testing::Test {
protected:
  TestFolder folder;
  std::string path = folder.path("x.pgn");

  using Members = std::map<std::string, std::string>;

  Members membersOf(const std::string &file) {
    auto zip = ZipReader::open(file);
    EXPECT_TRUE(zip);
    Members members;
    for (const std::string &name : zip->names())
      members[name] = zip->read(name).take();
    return members;
  }
  void writeMembers(const Members &members) {
    auto zip = ZipWriter::create(path);
    ASSERT_TRUE(zip);
    for (const auto &[name, bytes] : members)
      ASSERT_TRUE(zip->add(name, bytes, ZipWriter::Effort::Small));
    ASSERT_TRUE(zip->commit());
  }
  /// The members of a good package.
  Members good() {
    EXPECT_TRUE(writePackage(path, smallPackage()));
    return membersOf(path);
  }
  std::string errorOf(const Members &members) {
    writeMembers(members);
    auto package = readPackage(path);
    return package ? "" : package.error().message();
  }
  /// The error after a replacement in the manifest.
  std::string errorOfManifest(const std::string &from, const std::string &to) {
    Members members = good();
    std::string &manifest = members["manifest.json"];
    std::size_t at = manifest.find(from);
    EXPECT_NE(at, std::string::npos) << from << " in " << manifest;
    if (at != std::string::npos)
      manifest.replace(at, from.size(), to);
    return errorOf(members);
  }
};

TEST_F(PackageTest, RoundTrip) {
  Package package = smallPackage();
  ASSERT_TRUE(writePackage(path, package));
  EXPECT_TRUE(isPackage(path));
  auto again = readPackage(path);
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(toJSON(again->program), toJSON(package.program));
  EXPECT_EQ(again->code.architecture, "sm_90a");
  EXPECT_EQ(again->code.ptx, package.code.ptx);
  EXPECT_EQ(again->code.cubin, package.code.cubin);
  EXPECT_EQ(again->code.deviceIR, package.code.deviceIR);
  EXPECT_THAT(again->generator, testing::StartsWith("pigeon "));
  std::string first = folder.read("x.pgn");
  ASSERT_TRUE(writePackage(path, package));
  EXPECT_EQ(folder.read("x.pgn"), first);
}

TEST_F(PackageTest, SaysHowFloatsAreMultiplied) {
  for (Arithmetic arithmetic :
       {Arithmetic::IEEE32, Arithmetic::TF32, Arithmetic::ThreeTF32}) {
    Package package = smallPackage();
    package.arithmetic = arithmetic;
    ASSERT_TRUE(writePackage(path, package));
    auto again = readPackage(path);
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(again->arithmetic, arithmetic);
  }
  EXPECT_EQ(errorOfManifest(" \"precision\": \"ieee\",", ""),
            "package '" + path +
                "': field 'precision' of the manifest is missing");
  EXPECT_THAT(errorOfManifest("\"ieee\"", "\"f8\""),
              HasSubstr("expected ieee, tf32 or tf32x3 as the precision in the "
                        "manifest, found \"f8\""));
}

TEST_F(PackageTest, SaysWhetherKernelsWaitForLaunches) {
  for (bool waits : {false, true}) {
    Package package = smallPackage();
    package.code.waitsForLaunches = waits;
    ASSERT_TRUE(writePackage(path, package));
    auto again = readPackage(path);
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(again->code.waitsForLaunches, waits);
  }
  const std::string field = "\"waits_for_launches\": false";
  EXPECT_EQ(errorOfManifest(field, "\"waits_for_launches\": 1"),
            "package '" + path +
                "': field 'waits_for_launches' of the manifest is neither true "
                "nor false");
  // What does not say so does not wait.
  EXPECT_EQ(errorOfManifest(field + ",", ""), "");
}

TEST_F(PackageTest, OneFormOfTheKernelsIsEnough) {
  for (auto form : {&CodeImage::ptx, &CodeImage::cubin, &CodeImage::deviceIR}) {
    Package package = smallPackage();
    package.code.ptx = package.code.cubin = package.code.deviceIR = "";
    package.code.*form = "code";
    ASSERT_TRUE(writePackage(path, package));
    auto again = readPackage(path);
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(again->code.*form, "code");
    EXPECT_EQ(again->code.ptx.size() + again->code.cubin.size() +
                  again->code.deviceIR.size(),
              4u);
  }
}

TEST_F(PackageTest, RefusesToWriteWhatCannotRun) {
  Package package = smallPackage();
  package.program.launches[0].kernel = "";
  EXPECT_THAT(writePackage(path, package).error().message(),
              HasSubstr("names no kernel"));
  package = smallPackage();
  package.code = CodeImage();
  EXPECT_EQ(writePackage(path, package).error().message(),
            "package '" + path + "': there are no kernels to write");
  EXPECT_EQ(folder.numFiles(), 0u);
  EXPECT_THAT(
      writePackage(folder.path("no/x.pgn"), smallPackage()).error().message(),
      HasSubstr("No such file"));
}

TEST_F(PackageTest, RefusesOtherVersions) {
  EXPECT_EQ(errorOfManifest("\"version\": 2", "\"version\": 7"),
            "package '" + path +
                "' has format version 7, this build reads version 2; compile "
                "the model again or update pigeon");
  EXPECT_TRUE(isPackage(path)) << "of a newer version, but a package";
  EXPECT_EQ(errorOfManifest("\"version\": 2", "\"version\": 1"),
            "package '" + path +
                "' has format version 1, this build reads version 2; compile "
                "the model again");
  EXPECT_TRUE(isPackage(path)) << "of an older version, but a package";
  for (const char *version : {"0", "-1", "\"2\"", "1.5", "[]", "null"})
    EXPECT_THAT(errorOfManifest("\"version\": 2",
                                std::string("\"version\": ") + version),
                HasSubstr("'version' of the manifest is no positive integer"))
        << version;
  EXPECT_THAT(
      errorOfManifest("\"version\": 2", "\"version\": 18446744073709551615"),
      HasSubstr("format version 18446744073709551615"));
}

TEST_F(PackageTest, RefusesWrongManifests) {
  EXPECT_THAT(errorOfManifest("pigeon-package", "zip"),
              HasSubstr("is not a package: the manifest's format is not"));
  EXPECT_FALSE(isPackage(path));
  EXPECT_THAT(
      errorOfManifest("\"architecture\": \"sm_90a\"", "\"architecture\": 90"),
      HasSubstr("field 'architecture' of the manifest is no string"));
  EXPECT_THAT(errorOfManifest("\"members\": {", "\"members\": [], \"m\": {"),
              HasSubstr("field 'members' of the manifest is no object"));
  EXPECT_THAT(errorOfManifest("{", "["), HasSubstr("is not a JSON object"));
  EXPECT_THAT(errorOfManifest("\"crc32\"", "\"crc\""),
              HasSubstr("no size and checksum of member 'program.json'"));
  EXPECT_THAT(errorOfManifest("\"bytes\": ", "\"bytes\": 1"),
              HasSubstr("bytes, the manifest says 1"));
}

TEST_F(PackageTest, RefusesMissingMembers) {
  for (const char *member : {"program.json", "kernels.ptx", "kernels.cubin"}) {
    Members members = good();
    members.erase(member);
    EXPECT_EQ(errorOf(members),
              "package '" + path + "': member '" + member + "' is missing");
  }
  Members members = good();
  members.erase("manifest.json");
  EXPECT_EQ(errorOf(members), "'" + path +
                                  "' is not a package: it has no "
                                  "member 'manifest.json'");
  EXPECT_FALSE(isPackage(path));
}

TEST_F(PackageTest, CarriesTheModelIfThereIsOne) {
  Package package = smallPackage();
  ASSERT_TRUE(writePackage(path, package));
  EXPECT_EQ(membersOf(path).count("model.mlir"), 0u);
  EXPECT_EQ(readPackage(path)->model, "");
  package.model = "module {\n\t// all\n}\n";
  ASSERT_TRUE(writePackage(path, package));
  auto again = readPackage(path);
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(again->model, package.model);
  EXPECT_EQ(again->modelName, path + "/model.mlir");
  EXPECT_EQ(again->code.deviceIRName, path + "/kernels.mlir");
  Members members = membersOf(path);
  members["model.mlir"].back() ^= 1;
  EXPECT_THAT(errorOf(members), HasSubstr("member 'model.mlir' has checksum"));
}

/// MLIR would take it for its bytecode, and crash where that is damaged.
TEST_F(PackageTest, RefusesMLIRThatIsNoText) {
  Package package = smallPackage();
  package.model = std::string("ML\xefR\0model", 10);
  ASSERT_TRUE(writePackage(path, package));
  EXPECT_EQ(readPackage(path).error().message(),
            "package '" + path +
                "': member 'model.mlir' is no text: byte 2 is 239");
  package = smallPackage();
  package.code.deviceIR += '\0';
  ASSERT_TRUE(writePackage(path, package));
  EXPECT_EQ(readPackage(path).error().message(),
            "package '" + path +
                "': member 'kernels.mlir' is no text: byte 9 is 0");
}

TEST_F(PackageTest, RefusesAPackageWithoutKernels) {
  Package package = smallPackage();
  package.code.cubin = package.code.deviceIR = "";
  ASSERT_TRUE(writePackage(path, package));
  Members members = membersOf(path);
  std::string &manifest = members["manifest.json"];
  std::size_t at = manifest.find("kernels.ptx");
  ASSERT_NE(at, std::string::npos);
  manifest.replace(at, 11, "kernels.xyz");
  EXPECT_THAT(errorOf(members), HasSubstr("'kernels.ptx' is missing, and there "
                                          "are no kernels in another form"));
}

TEST_F(PackageTest, RefusesChangedMembers) {
  Members members = good();
  members["kernels.ptx"][3] = 'X';
  EXPECT_THAT(errorOf(members),
              HasSubstr("member 'kernels.ptx' has checksum "));
  members = good();
  members["program.json"] += " ";
  EXPECT_THAT(errorOf(members), HasSubstr("member 'program.json' has "));
}

/// A program that does not verify, with a manifest that is right about it.
TEST_F(PackageTest, RefusesWrongPrograms) {
  Members members = good();
  std::string &program = members["program.json"];
  std::size_t at = program.find("\"csr\"");
  ASSERT_NE(at, std::string::npos);
  std::string before = program;
  program.replace(at, 5, "\"coo\"");
  auto crc = [](const std::string &bytes) {
    char text[9];
    std::snprintf(text, sizeof text, "%08lx",
                  crc32(0, reinterpret_cast<const Bytef *>(bytes.data()),
                        static_cast<uInt>(bytes.size())));
    return std::string(text);
  };
  std::string &manifest = members["manifest.json"];
  at = manifest.find(crc(before));
  ASSERT_NE(at, std::string::npos);
  manifest.replace(at, 8, crc(program));
  EXPECT_EQ(errorOf(members),
            "package '" + path +
                "': program: views[0]: there is no view of "
                "kind 'coo'; there are map, csr, path, pieces, work, cuts, "
                "sorted_work, owner_work");
}

TEST_F(PackageTest, RefusesOtherFiles) {
  folder.write("x.pgn", "text");
  EXPECT_EQ(readPackage(path).error().message(),
            "package: '" + path + "' is not a zip file");
  EXPECT_FALSE(isPackage(path));
  EXPECT_FALSE(isPackage(folder.path("none")));
  EXPECT_FALSE(isPackage(folder.path()));
  EXPECT_FALSE(isPackage(PIGEON_SOURCE_DIR "/data/umls.npz"));
  EXPECT_THAT(readPackage(PIGEON_SOURCE_DIR "/data/umls.npz").error().message(),
              HasSubstr("is not a package"));
}

/// The example of docs/package-format.md is a program.
TEST_F(PackageTest, ReadsTheDocumentedProgram) {
  auto page = readFile(PIGEON_SOURCE_DIR "/docs/package-format.md");
  ASSERT_TRUE(page) << page.error().message();
  std::size_t begin = page->find("\n```json", page->find("## program.json"));
  ASSERT_NE(begin, std::string::npos);
  begin = page->find('{', begin);
  std::string text = page->substr(begin, page->find("```", begin) - begin);
  auto program = programFromJSON(text);
  ASSERT_TRUE(program) << program.error().message();
  EXPECT_EQ(program->launches.size(), 1u);
}

TEST_F(PackageTest, SurvivesDamageAnywhere) {
  good();
  std::string whole = folder.read("x.pgn");
  for (std::size_t size = 0; size < whole.size(); size += 13)
    EXPECT_FALSE(readPackage(folder.write("x.pgn", whole.substr(0, size))));
  std::string expected = toJSON(smallProgram());
  for (std::size_t i = 0; i < whole.size(); i += 5) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x21);
    auto package = readPackage(folder.write("x.pgn", damaged));
    if (package) {
      EXPECT_EQ(toJSON(package->program), expected);
      EXPECT_EQ(package->code.ptx, smallPackage().code.ptx);
    }
    (void)isPackage(path);
  }
}

} // namespace

//===- Fuzz.h - What a harness offers and needs
//------------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A harness reads bytes that may be anything and says nothing of them; what it
// must not do is crash, hang, or ask for memory that the input does not
// warrant.
//
// The preset `fuzz` links each with libFuzzer, which knows which branches an
// input reached; elsewhere Replay.cpp gives it a main that takes the same
// arguments, reads the corpus, and changes it blindly.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_TEST_FUZZ_FUZZ_H
#define PIGEON_TEST_FUZZ_FUZZ_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Reads one input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size);

/// Changes `size` bytes in place, to at most `maxSize`, and returns how many
/// they are then. A harness may define it; else bytes are changed blindly.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t *data,
                                               std::size_t size,
                                               std::size_t maxSize,
                                               unsigned seed);

/// The blind change, for custom mutators to fall back on.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t *data, std::size_t size,
                                        std::size_t maxSize);

namespace pigeon::fuzz {

inline std::string_view viewOf(const std::uint8_t *data, std::size_t size) {
  return {reinterpret_cast<const char *>(data), size};
}

/// Bytes as a file that the readers can open by name; gone with its owner.
class InputFile {
public:
  explicit InputFile(std::string_view bytes);
  InputFile(const InputFile &) = delete;
  ~InputFile();
  const std::string &path() const { return path_; }

private:
  int descriptor;
  std::string path_;
};

/// Checksums and lengths stop a fuzzer at the door of a zip file. So there are
/// inputs that are texts of members,
///
///   === manifest.json
///   {"format": ...
///   === program.json
///   ...
///
/// from which a sound archive is made. Bytes before the first line count for
/// nothing.
using Members = std::vector<std::pair<std::string, std::string>>;
Members splitMembers(std::string_view text);

/// A zip file of stored members, its checksums right, its members as they are.
std::string zipOf(const Members &members);

} // namespace pigeon::fuzz

#endif // PIGEON_TEST_FUZZ_FUZZ_H

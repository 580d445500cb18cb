//===- Replay.cpp - A main for harnesses without libFuzzer
//-------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   fuzz-X [-runs=N] [-seed=S] FILE|FOLDER...
//
// Reads every file, then N inputs that are changed from them, blindly but the
// same ones for the same seed. An input that crashes, takes 20 seconds or asks
// for 3 GB is written to `crash-input`. Other options of libFuzzer are ignored.
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sys/resource.h>
#include <unistd.h>

// A sanitizer reserves more than any limit, and has one of its own.
#if defined(__SANITIZE_ADDRESS__)
#define PIGEON_UNDER_ASAN 1
#elif defined(__has_feature)
#define PIGEON_UNDER_ASAN __has_feature(address_sanitizer)
#else
#define PIGEON_UNDER_ASAN 0
#endif

static constexpr std::size_t kMaxSize = 1 << 16;
static constexpr unsigned kSeconds = 20;

static std::mt19937 blind;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t *data, std::size_t size,
                                        std::size_t maxSize) {
  std::size_t at = size ? blind() % size : 0;
  switch (blind() % 4) {
  case 0: // one more byte
    if (size == maxSize)
      return size;
    std::memmove(data + at + 1, data + at, size - at);
    data[at] = static_cast<std::uint8_t>(blind());
    return size + 1;
  case 1: // one byte less
    if (size <= 1)
      return size;
    std::memmove(data + at, data + at + 1, size - at - 1);
    return size - 1;
  case 2: // a bit
    if (size)
      data[at] ^= 1 << (blind() % 8);
    return size;
  default: // a byte
    if (size)
      data[at] =
          static_cast<std::uint8_t>(blind() % 2 ? blind() : -(blind() % 2));
    return size;
  }
}

//===----------------------------------------------------------------------===//
// When an input goes wrong
//===----------------------------------------------------------------------===//

static std::vector<std::uint8_t> current;

/// Keeps the input; then the signal does what it does.
static void keepInput(int signal) {
  constexpr char message[] = "\nthe input is in crash-input\n";
  int file = open("crash-input", O_CREAT | O_TRUNC | O_WRONLY, 0644);
  bool kept = file >= 0 && write(file, current.data(), current.size()) >= 0;
  if (kept && write(STDERR_FILENO, message, sizeof message - 1) < 0)
    _exit(1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

static void guard() {
  static char stack[1 << 16];
  stack_t alternative = {};
  alternative.ss_sp = stack;
  alternative.ss_size = sizeof stack;
  sigaltstack(&alternative, nullptr);
  struct sigaction action = {};
  action.sa_handler = keepInput;
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (int signal :
       {SIGSEGV, SIGABRT, SIGILL, SIGFPE, SIGBUS, SIGTRAP, SIGALRM})
    sigaction(signal, &action, nullptr);
#if !PIGEON_UNDER_ASAN
  rlimit memory = {3ul << 30, 3ul << 30};
  setrlimit(RLIMIT_DATA, &memory);
#endif
}

static void run(std::vector<std::uint8_t> input) {
  current = std::move(input);
  alarm(kSeconds);
  LLVMFuzzerTestOneInput(current.data(), current.size());
  alarm(0);
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

static std::vector<std::vector<std::uint8_t>>
readCorpus(const std::vector<std::string> &paths) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  for (const std::string &path : paths) {
    if (!fs::is_directory(path)) {
      files.emplace_back(path);
      continue;
    }
    for (const fs::directory_entry &entry : fs::directory_iterator(path))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::vector<std::uint8_t>> corpus;
  for (const fs::path &path : files) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "cannot read '%s'\n", path.c_str());
      std::exit(1);
    }
    corpus.emplace_back(std::istreambuf_iterator<char>(file),
                        std::istreambuf_iterator<char>());
  }
  return corpus;
}

int main(int argc, char **argv) {
  unsigned long runs = 0, seed = 1;
  std::vector<std::string> paths;
  for (int i = 1; i < argc; ++i)
    if (std::strncmp(argv[i], "-runs=", 6) == 0)
      runs = std::strtoul(argv[i] + 6, nullptr, 10);
    else if (std::strncmp(argv[i], "-seed=", 6) == 0)
      seed = std::strtoul(argv[i] + 6, nullptr, 10);
    else if (argv[i][0] != '-')
      paths.push_back(argv[i]);
  auto corpus = readCorpus(paths);
  if (corpus.empty()) {
    std::fprintf(stderr, "usage: %s [-runs=N] [-seed=S] FILE|FOLDER...\n",
                 argv[0]);
    return 2;
  }
  guard();
  for (const auto &input : corpus)
    run(input);
  std::mt19937 random(seed);
  blind.seed(seed);
  for (unsigned long i = 0; i < runs; ++i) {
    auto input = corpus[random() % corpus.size()];
    std::size_t size = std::min(input.size(), kMaxSize);
    input.resize(kMaxSize);
    for (unsigned changes = 1 + random() % 2; changes > 0; --changes)
      size = LLVMFuzzerCustomMutator(input.data(), size, kMaxSize,
                                     static_cast<unsigned>(random()));
    input.resize(size);
    run(std::move(input));
  }
  std::printf("%zu inputs read, %lu changed\n", corpus.size(), runs);
  return 0;
}

//===- Result.h - Errors as values, for code without LLVM ------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The runtime includes nothing of LLVM, so it carries errors in its own two
// types. An error is one sentence that names the thing and what was expected;
// it is shown to a user as it is.
//
//   Result<Graph> readGraph(const std::string &path);
//
//   Result<Graph> graph = readGraph(path);
//   if (!graph)
//     return graph.error();          // converts to any Result<T> and to Status
//   use(*graph);
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_SUPPORT_RESULT_H
#define PIGEON_SUPPORT_RESULT_H

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace pigeon {

/// What went wrong: lower case, no full stop, both values where two disagree.
class Error {
public:
  explicit Error(std::string message) : message_(std::move(message)) {}
  const std::string &message() const { return message_; }

  /// The same error with the name of what was being done before it.
  Error within(const std::string &what) const {
    return Error(what + ": " + message_);
  }

private:
  std::string message_;
};

/// A value of type T, or the error that took its place.
template <typename T> class [[nodiscard]] Result {
public:
  Result(T value) : state(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state.index() == 0; }
  T &operator*() { return std::get<0>(state); }
  const T &operator*() const { return std::get<0>(state); }
  T *operator->() { return &std::get<0>(state); }
  const T *operator->() const { return &std::get<0>(state); }
  const Error &error() const { return std::get<1>(state); }
  T take() { return std::move(std::get<0>(state)); }

private:
  std::variant<T, Error> state;
};

/// Success, or an error.
class [[nodiscard]] Status {
public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_; }
  const Error &error() const { return *error_; }

private:
  std::optional<Error> error_;
};

} // namespace pigeon

#endif // PIGEON_SUPPORT_RESULT_H

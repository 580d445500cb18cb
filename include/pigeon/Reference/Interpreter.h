//===- Interpreter.h - The float64 oracle for rgnn models -------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs a function of `rgnn`, `lowp`, `arith` and `math` operations as it is
// written, in float64, row by row. Whatever a pass, a schedule or a target does
// is compared with it.
//
// With each value goes its *magnitude*: the sum of the magnitudes that went
// into it. A computation of y in a format with unit roundoff u is right if
//
//   |y - y'| <= c * u * magnitude(y) + 1 ulp
//
// so the magnitude says how much cancellation a value has been through. A
// worked example: with x = [3, -2] and w = [1, 1.5], the product x.w is 3 - 3 =
// 0, and its magnitude is 3 + 3 = 6: an error of 6u is no fault, though y is 0.
//
// The rules, with m for magnitude; each keeps m(y) >= |y| and is a first-order
// bound of the error of y if every operand has an error of u * m and y itself
// one of u * |y| (of a product: if all its factors but one are exact):
//
//   argument, constant         |x|
//   gather, reshape, slice, concat, broadcast, fill, truncf, extf
//                              moves with the value
//   a + b, a - b               m(a) + m(b)
//   a * b, scale               m(a) * m(b)
//   fma(a, b, c)               m(a) * m(b) + m(c)
//   matmul of codes            as linear, where a weight has the magnitude
//                              m(scale) * (|number of the code| + m(zero))
//   codes, packed words        the value itself; they are exact
//   a / b                      m(a) / |b| + |a| * m(b) / b^2
//   max, min                   the largest of the operands' (aggregate and
//                              reduce: of the whole set)
//   select                     the larger of both branches': a rounded
//   condition
//                              may choose the other one where they meet
//   cmpf                       the value itself, 0 or 1
//   linear, outer, dot, sums   the sum of the terms' magnitudes (products of
//                              magnitudes for products)
//   means                      the sum divided by the count
//   f(x)                       |f'(x)| * m(x) + |f(x)|
//   sqrt(x)                    min(m(x) / (2 sqrt x), 2^11 sqrt m(x)) + sqrt x:
//                              the derivative has no bound at 0, but no error d
//                              of x moves the root by more than sqrt d
//   softmax                    a_i * (1 + m(s_i) + sum_j a_j m(s_j))
//
// A result that depends on a softmax is compared per row against the row's
// largest entry: its magnitudes are replaced by the largest of the row.
//
// The factor c is 4 for each stored stage along the longest path to a result
// (see Support/Tolerance.h): an operation that sums or evaluates a
// transcendental function (linear, outer, dot, softmax, aggregate, reduce, exp,
// ...) is one stage, other arithmetic a quarter of one, and what only moves
// data none. The number is rounded up: `aggregate(linear(gather(h)))` has 2
// stages, and 3 with a bias added to it. The unit u is that of the coarsest
// type that a result on the way is rounded to: 2^-9 where a bf16 value is
// computed. Arguments are exact, in whatever type, and so is what only moves
// them.
//
// Arguments and results are in the order of the user's graph. Arguments are
// rounded to the model's element type before anything is computed.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_REFERENCE_INTERPRETER_H
#define PIGEON_REFERENCE_INTERPRETER_H

#include "pigeon/Runtime/Graph.h"
#include "pigeon/Support/HostTensor.h"
#include "pigeon/Support/NumberFormat.h"
#include "pigeon/Support/Tolerance.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pigeon::reference {

/// The graphs of a model, under the names of its `rgnn.graph` operations.
using GraphMap = std::map<std::string, std::shared_ptr<pigeon::runtime::Graph>>;

/// An argument or a result, with its rows counted on the graphs given.
struct ValueInfo {
  /// The attribute `rgnn.name` of the argument or result; else "arg0", ... and
  /// "result0", ....
  std::string name;
  /// The domain of the data; both empty where it has one row.
  std::string graph, domain;
  /// All dimensions; the first one is the number of rows where there is a
  /// domain. Empty for a scalar.
  std::vector<std::int64_t> shape;
  ElementType type = ElementType::F32;
  /// What codes mean, where the elements are codes: they are bytes then.
  std::optional<NumberFormat> format;
};

/// A result in float64, all of it or some of its rows.
struct Data {
  ValueInfo info;
  /// The rows that `value` holds, in the order of the user's graph; empty if it
  /// holds every row, in order.
  std::vector<std::int64_t> rows;
  /// Row-major: as many elements as `info.shape` says, or as the rows have.
  std::vector<double> value, magnitude;
  /// Stored stages between the arguments and the result, at least 1.
  int stages = 1;
  /// True if magnitudes are the largest of their row (see above).
  bool perRow = false;
  /// Of the coarsest type that a value on the way is rounded to.
  Arithmetic arithmetic = Arithmetic::F64;
};

/// What it takes to run a whole function.
struct Cost {
  /// Bytes of values and magnitudes alive at once, arguments included.
  std::uint64_t peakBytes = 0;
  /// Multiply-adds or comparable steps.
  double operations = 0;
};

struct Options {
  /// 0: as many as the machine has.
  unsigned threads = 0;
  /// Called now and then with what is being computed and the share done, from
  /// the thread that called the interpreter.
  std::function<void(const std::string &what, double done)> progress;
  /// A computation that would hold more than this at once is refused.
  std::uint64_t maxBytes = std::uint64_t(1) << 40;
};

/// Errors are emitted as diagnostics at the operation concerned; every function
/// that returns failure has emitted one. The module must outlive its
/// interpreters only while `create` runs; the context must outlive them.
class Interpreter {
public:
  /// Checks that every operation is known and that the graphs have what the
  /// function asks for.
  static mlir::FailureOr<std::unique_ptr<Interpreter>>
  create(mlir::func::FuncOp entry, const GraphMap &graphs,
         Options options = {});
  ~Interpreter();

  const std::vector<ValueInfo> &arguments() const;
  const std::vector<ValueInfo> &results() const;

  mlir::LogicalResult setArgument(unsigned index, const HostTensor &value);
  mlir::LogicalResult setArgument(llvm::StringRef name,
                                  const HostTensor &value);

  Cost cost() const;

  /// Computes every result. All arguments must be set.
  mlir::FailureOr<std::vector<Data>> run();

  /// Computes the given rows of one result and only what they depend on. Rows
  /// are in the order of the user's graph; duplicates are allowed.
  mlir::FailureOr<Data> evaluateRows(unsigned result,
                                     llvm::ArrayRef<std::int64_t> rows);

private:
  struct Impl;
  explicit Interpreter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

/// What the module says of each graph it names, in its order.
std::vector<pigeon::runtime::GraphSpec> graphSpecs(mlir::ModuleOp module);

} // namespace pigeon::reference

#endif // PIGEON_REFERENCE_INTERPRETER_H

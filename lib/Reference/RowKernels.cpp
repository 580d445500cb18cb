//===- RowKernels.cpp - One row of each operation -------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each function computes one row of a result with its magnitudes, in the order
// in which the definition reads. Nothing here knows of graphs or threads.
//
//===----------------------------------------------------------------------===//

#include "LowPrecision.h"
#include "Store.h"

#include <cmath>
#include <limits>

using namespace pigeon::reference;

namespace {

/// y += a * x on values and magnitudes.
void addScaled(double *y, double *yMagnitude, double a, double aMagnitude,
               const double *x, const double *xMagnitude, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i)
    y[i] += a * x[i];
  for (std::int64_t i = 0; i < n; ++i)
    yMagnitude[i] += aMagnitude * xMagnitude[i];
}

void clear(MutableRow row, std::int64_t width) {
  std::fill_n(row.value, width, 0.0);
  std::fill_n(row.magnitude, width, 0.0);
}

/// Accumulates numbers under one of the reductions; nothing gives 0.
class Accumulator {
public:
  explicit Accumulator(Reduction kind) : kind(kind) {}

  void add(double x, double xMagnitude) {
    if (kind == Reduction::Sum || kind == Reduction::Mean) {
      value += x;
      magnitude += xMagnitude;
    } else {
      bool replaces = kind == Reduction::Max ? x > value : x < value;
      if (count == 0 || replaces || std::isnan(x))
        value = std::isnan(value) ? value : x;
      magnitude = std::max(magnitude, xMagnitude);
    }
    ++count;
  }
  void finish(double &x, double &xMagnitude) const {
    double divisor = kind == Reduction::Mean && count > 0 ? count : 1;
    x = value / divisor;
    xMagnitude = magnitude / divisor;
  }

private:
  Reduction kind;
  double value = 0;
  double magnitude = 0;
  double count = 0;
};

void linear(const Step &step, Row x, Row w, MutableRow y) {
  clear(y, step.width);
  for (std::int64_t b = 0; b < step.batch; ++b) {
    for (std::int64_t h = 0; h < step.heads; ++h) {
      std::int64_t product = b * step.heads + h;
      std::int64_t xAt = step.xHasHeads ? product * step.in : b * step.in;
      std::int64_t wAt = step.weightHasHeads ? h * step.in * step.out : 0;
      std::int64_t yAt = product * step.out;
      for (std::int64_t i = 0; i < step.in; ++i) {
        std::int64_t wRow = wAt + i * step.out;
        addScaled(y.value + yAt, y.magnitude + yAt, x.value[xAt + i],
                  x.magnitude[xAt + i], w.value + wRow, w.magnitude + wRow,
                  step.out);
      }
    }
  }
}

void addOuter(const Step &step, Row x, Row y, MutableRow w) {
  for (std::int64_t h = 0; h < step.heads; ++h) {
    std::int64_t xAt = step.xHasHeads ? h * step.in : 0;
    std::int64_t yAt = step.yHasHeads ? h * step.out : 0;
    for (std::int64_t i = 0; i < step.in; ++i) {
      std::int64_t wAt = (h * step.in + i) * step.out;
      addScaled(w.value + wAt, w.magnitude + wAt, x.value[xAt + i],
                x.magnitude[xAt + i], y.value + yAt, y.magnitude + yAt,
                step.out);
    }
  }
}

void outer(const Step &step, std::int64_t row, const Store &in, MutableRow w) {
  clear(w, step.width);
  Segment segment = step.segments[row];
  for (std::int64_t i = 0; i < segment.size; ++i)
    addOuter(step, in.row(step.operands[0], segment[i]),
             in.row(step.operands[1], segment[i]), w);
}

void aggregate(const Step &step, std::int64_t row, const Store &in,
               MutableRow y) {
  Segment segment = step.segments[row];
  llvm::SmallVector<Accumulator, 64> columns(step.width,
                                             Accumulator(step.reduction));
  for (std::int64_t i = 0; i < segment.size; ++i) {
    Row x = in.row(step.operands[0], segment[i]);
    for (std::int64_t c = 0; c < step.width; ++c)
      columns[c].add(x.value[c], x.magnitude[c]);
  }
  for (std::int64_t c = 0; c < step.width; ++c)
    columns[c].finish(y.value[c], y.magnitude[c]);
}

void reduce(const Step &step, Row x, MutableRow y) {
  for (std::int64_t o = 0; o < step.outer; ++o) {
    Accumulator total(step.reduction);
    for (std::int64_t i = o * step.inner; i < (o + 1) * step.inner; ++i)
      total.add(x.value[i], x.magnitude[i]);
    total.finish(y.value[o], y.magnitude[o]);
  }
}

void broadcast(const Step &step, Row x, MutableRow y) {
  for (std::int64_t o = 0; o < step.outer; ++o) {
    std::fill_n(y.value + o * step.inner, step.inner, x.value[o]);
    std::fill_n(y.magnitude + o * step.inner, step.inner, x.magnitude[o]);
  }
}

void dot(const Step &step, Row a, Row b, MutableRow y) {
  clear(y, step.width);
  for (std::int64_t o = 0; o < step.outer; ++o) {
    for (std::int64_t i = o * step.inner; i < (o + 1) * step.inner; ++i) {
      y.value[o] += a.value[i] * b.value[i];
      y.magnitude[o] += a.magnitude[i] * b.magnitude[i];
    }
  }
}

void scale(const Step &step, Row x, Row s, MutableRow y) {
  for (std::int64_t o = 0; o < step.outer; ++o) {
    for (std::int64_t i = o * step.inner; i < (o + 1) * step.inner; ++i) {
      y.value[i] = x.value[i] * s.value[o];
      y.magnitude[i] = x.magnitude[i] * s.magnitude[o];
    }
  }
}

void slice(const Step &step, Row x, MutableRow y) {
  for (std::int64_t c = 0; c < step.width; ++c) {
    y.value[c] = x.value[step.elements[c]];
    y.magnitude[c] = x.magnitude[step.elements[c]];
  }
}

void concat(const Step &step, std::int64_t row, const Plan &plan,
            const Store &in, MutableRow y) {
  std::int64_t block = step.width / step.outer;
  std::int64_t at = 0;
  for (unsigned operand : step.operands) {
    Row x = in.row(operand, row);
    std::int64_t part = plan.steps[operand].width / step.outer;
    for (std::int64_t o = 0; o < step.outer; ++o) {
      std::copy_n(x.value + o * part, part, y.value + o * block + at);
      std::copy_n(x.magnitude + o * part, part, y.magnitude + o * block + at);
    }
    at += part;
  }
}

void elementwise(const Step &step, std::int64_t row, const Plan &plan,
                 const Store &in, MutableRow y) {
  Row x[maxArity];
  // A scalar beside tensors (the condition of a select) stays where it is.
  std::int64_t stride[maxArity];
  unsigned arity = step.operands.size();
  for (unsigned k = 0; k < arity; ++k) {
    bool fixed = plan.steps[step.operands[k]].isScalar && !step.isScalar;
    x[k] = in.row(step.operands[k], fixed ? 0 : row);
    stride[k] = fixed ? 0 : 1;
  }
  for (std::int64_t c = 0; c < step.width; ++c) {
    Number operands[maxArity];
    for (unsigned k = 0; k < arity; ++k)
      operands[k] = {x[k].value[c * stride[k]], x[k].magnitude[c * stride[k]]};
    Number result = step.function(operands);
    y.value[c] = result.value;
    y.magnitude[c] = result.magnitude;
  }
}

void lowPrecision(const Step &step, std::int64_t row, const Store &in,
                  MutableRow y) {
  llvm::SmallVector<Row, 4> operands;
  for (unsigned operand : step.operands)
    operands.push_back(in.row(operand, row));
  computeLowPrecision(step, operands, y);
}

void constant(const Step &step, MutableRow y) {
  for (std::int64_t c = 0; c < step.width; ++c) {
    y.value[c] = step.constant[step.constant.size() == 1 ? 0 : c];
    y.magnitude[c] = std::fabs(y.value[c]);
  }
}

} // namespace

void pigeon::reference::computeRow(const Step &step, std::int64_t row,
                                   const Plan &plan, const Store &in,
                                   MutableRow out) {
  auto operand = [&](unsigned k, std::int64_t at) {
    return in.row(step.operands[k], at);
  };
  switch (step.kind) {
  case Step::Kind::Constant:
    return constant(step, out);
  case Step::Kind::Elementwise:
    return elementwise(step, row, plan, in, out);
  case Step::Kind::Linear:
    return linear(step, operand(0, row), operand(1, step.map(row)), out);
  case Step::Kind::Reduce:
    return reduce(step, operand(0, row), out);
  case Step::Kind::Broadcast:
    return broadcast(step, operand(0, row), out);
  case Step::Kind::Fill:
    return broadcast(step, operand(0, 0), out);
  case Step::Kind::Dot:
    return dot(step, operand(0, row), operand(1, row), out);
  case Step::Kind::Scale:
    return scale(step, operand(0, row), operand(1, row), out);
  case Step::Kind::Slice:
    return slice(step, operand(0, row), out);
  case Step::Kind::Concat:
    return concat(step, row, plan, in, out);
  case Step::Kind::Aggregate:
    return aggregate(step, row, in, out);
  case Step::Kind::Outer:
    return outer(step, row, in, out);
  case Step::Kind::Quantize:
  case Step::Kind::Dequantize:
  case Step::Kind::Pack:
  case Step::Kind::Unpack:
  case Step::Kind::Matmul:
    return lowPrecision(step, row, in, out);
  case Step::Kind::Argument:
  case Step::Kind::Gather:
  case Step::Kind::Reshape:
  case Step::Kind::Softmax:
    return; // own no rows, or are computed by segment
  }
}

void pigeon::reference::computeSoftmax(const Step &step, std::int64_t image,
                                       const Store &in, Storage &out) {
  Segment segment = step.segments[image];
  std::int64_t width = step.width;
  llvm::SmallVector<double, 16> largest(
      width, -std::numeric_limits<double>::infinity());
  llvm::SmallVector<double, 16> sum(width, 0.0), magnitude(width, 0.0);
  for (std::int64_t i = 0; i < segment.size; ++i) {
    Row s = in.row(step.operands[0], segment[i]);
    for (std::int64_t c = 0; c < width; ++c)
      largest[c] = std::max(largest[c], s.value[c]);
  }
  for (std::int64_t i = 0; i < segment.size; ++i) {
    Row s = in.row(step.operands[0], segment[i]);
    MutableRow a = out.mutableRow(segment[i]);
    for (std::int64_t c = 0; c < width; ++c) {
      a.value[c] = std::exp(s.value[c] - largest[c]);
      sum[c] += a.value[c];
      magnitude[c] += a.value[c] * s.magnitude[c];
    }
  }
  for (std::int64_t i = 0; i < segment.size; ++i) {
    Row s = in.row(step.operands[0], segment[i]);
    MutableRow a = out.mutableRow(segment[i]);
    for (std::int64_t c = 0; c < width; ++c) {
      a.value[c] /= sum[c];
      a.magnitude[c] =
          a.value[c] * (1 + s.magnitude[c] + magnitude[c] / sum[c]);
    }
  }
}

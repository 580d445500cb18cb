//===- Layout.h - Which thread and register hold which element --*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A *layout* says who holds a tile. A tile has a shape; T threads hold it in L
// local registers each. The layout is the map
//
//     (thread, local)  ->  coordinates,     0 <= thread < T, 0 <= local < L.
//
// It is not a table but a few *digits*. Each dimension is written as a mixed
// radix number, outermost digit first, and each digit of it is a digit of the
// thread index or of the local index:
//
//     coordinate[d] = sum over the digits of d of
//                     ((thread or local) / ownerStride % extent) * dimStride.
//
// In a dimension the extents of the digits multiply up to the extent of the
// dimension, and the dimStride of a digit is the product of the extents after
// it. The digits of the thread index, over all dimensions, likewise fill
// 0 .. T-1 without gaps, and those of the local index 0 .. L-1. A digit of the
// thread index that belongs to no dimension is a *replica* digit: threads that
// differ only there hold the same elements. Locals are never replicated, so
// T * L = elements * replicas.
//
// A worked example. The accumulator of mma.m16n8k16 is a 16 x 8 tile held by 32
// threads in 4 registers each:
//
//     dimension 0 (16) = local 2, stride 2  |  thread 8, stride 4
//     dimension 1  (8) = thread 4, stride 1 |  local 2, stride 1
//
// Where is register 3 of thread 13? The digits of local 3 are 3/2%2 = 1 and
// 3/1%2 = 1; those of thread 13 are 13/4%8 = 3 and 13/1%4 = 1. So the row is
// 1*8 + 3*1 = 11 and the column is 1*2 + 1*1 = 3. Back: row 11 = 1*8 + 3 and
// column 3 = 1*2 + 1, so the thread is 3*4 + 1 = 13 and the local 1*2 + 1 = 3.
//
// Layouts are built from small ones. `local(s)` gives a tile of shape s to one
// thread, in row-major order; `spatial(s)` gives one element to each of as many
// threads, in row-major order. The *product* outer * inner puts a copy of the
// tile `inner` at each place of `outer`:
//
//     index  = index(outer)  * shape(inner) + index(inner)   per dimension
//     thread = thread(outer) * T(inner)     + thread(inner)
//     local  = local(outer)  * L(inner)     + local(inner)
//
// so the example is local({2,1}) * spatial({8,4}) * local({1,2}). The product
// is associative, its unit is the layout of one thread and one element, and it
// does not commute.
//
// *Division* undoes it. c.divideRight(b) is the a with a * b == c, and
// c.divideLeft(a) the b with a * b == c. There is at most one, replicas
// included, because b must account for the innermost T(b) threads and L(b)
// locals of c exactly: c(t*T(b), l*L(b)) is a(t, l) times the shape of b. The
// replica digits of c are therefore dealt out by their place in the thread
// index: those whose stride is below T(b) must be replica digits of b, those at
// or above it are replica digits of the quotient; a replica digit that lies
// across T(b) is cut in two there. A divisor without replicas never divides a
// layout that has replicas among its innermost T(b) threads.
//
// *Canonical form.* Digits of extent 1 are dropped, and two digits that follow
// each other both in their dimension (or both are replica digits) and in their
// owner are joined: 4, stride 8 | 8, stride 1 becomes 32, stride 1. What is
// left is unique: read an owner's index from inside, the first digit's
// dimension and dimStride are where index 1 goes, and its extent is the first n
// that does not go to n times that; then the same for index / n. A Layout is
// always in canonical form, so == compares maps, and so does equality of types
// that carry one.
//
// `enumerate` (Enumerate.h) holds every query again, by brute force over a
// table of the map; the unit tests hold the two against each other.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_LAYOUT_IR_LAYOUT_H
#define PIGEON_DIALECT_LAYOUT_IR_LAYOUT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace pigeon::layout {

/// One digit of a dimension. `dimStride` counts elements of its dimension (0
/// for a replica digit), `ownerStride` threads or locals.
struct Digit {
  enum Owner { Thread, Local };

  Owner owner = Thread;
  int64_t extent = 1;
  int64_t dimStride = 0;
  int64_t ownerStride = 1;

  friend bool operator==(const Digit &a, const Digit &b) {
    return a.owner == b.owner && a.extent == b.extent &&
           a.dimStride == b.dimStride && a.ownerStride == b.ownerStride;
  }
};

/// A digit of the thread index, as code generation needs it:
/// `thread / threadStride % extent * dimStride`.
struct ThreadDigit {
  int64_t extent;
  int64_t dimStride;
  int64_t threadStride;

  friend bool operator==(const ThreadDigit &a, const ThreadDigit &b) {
    return a.extent == b.extent && a.dimStride == b.dimStride &&
           a.threadStride == b.threadStride;
  }
};

/// A digit and the dimension it belongs to: the form in which layouts are taken
/// apart and put together.
struct PlacedDigit {
  /// The dimension of a replica digit.
  static constexpr int64_t kNoDim = -1;

  int64_t dim = kNoDim;
  Digit digit;
};

struct ReduceInfo;

/// See the top of the file. A value: cheap to copy, always canonical.
///
/// Functions that return an optional say nothing where the result is not a
/// layout. The others want sensible arguments (positive extents, a dimension
/// that exists, a permutation) and stop the program with a message otherwise;
/// text from a user must come through `get`.
class Layout {
public:
  /// No layout has more (thread, local) pairs than this.
  static constexpr int64_t kMaxPlaces = int64_t(1) << 31;

  /// One element, one thread, rank 0.
  Layout() : Layout(replicated(1, 0)) {}

  //===--------------------------------------------------------------------===//
  // Making layouts
  //===--------------------------------------------------------------------===//

  /// The layout with these digits, in any order, or nothing and why not. All
  /// strides must be given.
  static std::optional<Layout> get(llvm::ArrayRef<int64_t> shape,
                                   llvm::ArrayRef<PlacedDigit> digits,
                                   std::string *whyNot = nullptr);

  /// One thread holds all, in row-major order.
  static Layout local(llvm::ArrayRef<int64_t> shape);
  /// Each thread holds one element; threads run in row-major order.
  static Layout spatial(llvm::ArrayRef<int64_t> shape);
  /// The same with the dimensions in another order, slowest first: {1, 0} is
  /// column-major.
  static Layout localOrder(llvm::ArrayRef<int64_t> shape,
                           llvm::ArrayRef<int64_t> order);
  static Layout spatialOrder(llvm::ArrayRef<int64_t> shape,
                             llvm::ArrayRef<int64_t> order);
  /// One element (shape 1 x ... x 1) that every one of `threads` threads holds.
  /// `replicated(n, rank) * a` is `a` repeated on n groups of threads.
  static Layout replicated(int64_t threads, int64_t rank);

  /// A tile for coalesced access to memory whose fastest dimension is `vecDim`:
  /// `vec` consecutive locals along vecDim, then consecutive threads along
  /// vecDim, then threads along the other dimensions from the last to the
  /// first; what is left goes to outer locals, row-major with vecDim fastest.
  /// A factor that does not divide is replaced by the greatest common divisor,
  /// and threads that find no element are replicas; it never fails.
  static Layout blocked(llvm::ArrayRef<int64_t> shape, int64_t threads,
                        int64_t vecDim, int64_t vec);

  //===--------------------------------------------------------------------===//
  // Looking at a layout
  //===--------------------------------------------------------------------===//

  llvm::ArrayRef<int64_t> shape() const { return extents; }
  int64_t rank() const { return static_cast<int64_t>(extents.size()); }
  int64_t numElements() const;
  int64_t numThreads() const { return threads; }
  int64_t numLocals() const { return locals; }
  int64_t numReplicas() const;
  bool isReplicated() const { return numReplicas() != 1; }

  /// The digits of a dimension, outermost first.
  llvm::ArrayRef<Digit> digits(int64_t dim) const;
  /// The replica digits, largest thread stride first.
  llvm::ArrayRef<Digit> replicaDigits() const { return digits(rank()); }
  /// All digits with their dimensions, replica digits last.
  llvm::SmallVector<PlacedDigit> placedDigits() const;

  /// The coordinates of one register of one thread.
  llvm::SmallVector<int64_t> indexOf(int64_t thread, int64_t local) const;
  /// All (thread, local) that hold an element, threads ascending. The local is
  /// the same for all of them.
  llvm::SmallVector<std::pair<int64_t, int64_t>>
  holdersOf(llvm::ArrayRef<int64_t> coords) const;

  /// coordinate[dim] of (thread, local) is
  ///   sum of (thread / threadStride % extent) * dimStride over
  ///   threadDigits(dim)
  ///   + localOffset(local, dim).
  llvm::SmallVector<ThreadDigit> threadDigits(int64_t dim) const;
  int64_t localOffset(int64_t local, int64_t dim) const;
  int64_t threadOffset(int64_t thread, int64_t dim) const;

  /// The largest v such that locals k*v .. k*v + v-1 of each thread, for each
  /// k, lie at consecutive coordinates along `dim`. The first of them then is a
  /// multiple of v.
  int64_t vectorWidth(int64_t dim) const;
  /// The largest power of two that divides `vectorWidth(dim)`.
  int64_t vectorWidthPow2(int64_t dim) const;

  /// A Layout is always in canonical form; this says so where it matters.
  const Layout &canonical() const { return *this; }

  //===--------------------------------------------------------------------===//
  // Algebra
  //===--------------------------------------------------------------------===//

  /// The product, or nothing if it is larger than `kMaxPlaces`. Where the ranks
  /// differ, the lower one gets leading dimensions of extent 1.
  static std::optional<Layout> product(const Layout &outer,
                                       const Layout &inner);
  friend Layout operator*(const Layout &outer, const Layout &inner);

  /// The a with a * inner == *this.
  std::optional<Layout> divideRight(const Layout &inner) const;
  /// The b with outer * b == *this.
  std::optional<Layout> divideLeft(const Layout &outer) const;

  /// What a reduction along `dim` leaves: extent 1 (`keepDim`) or no dimension.
  /// Thread digits of `dim` become replica digits, its local digits vanish and
  /// the locals that remain close ranks in order.
  Layout reduce(int64_t dim, bool keepDim) const;
  /// `reduce` with what a lowering must know.
  ReduceInfo reduceLocals(int64_t dim, bool keepDim) const;
  /// How a tile without `dim` is held so that a broadcast along `dim` into this
  /// layout moves nothing: reduce(dim, false).
  Layout slice(int64_t dim) const { return reduce(dim, /*keepDim=*/false); }

  /// Dimension i of the result is dimension perm[i] of this.
  Layout permute(llvm::ArrayRef<int64_t> perm) const;
  /// Inserts a dimension of extent 1 before `dim` (0 <= dim <= rank).
  Layout unsqueeze(int64_t dim) const;
  /// Removes a dimension of extent 1.
  std::optional<Layout> squeeze(int64_t dim) const;
  /// The same elements in row-major order under another shape. Nothing if the
  /// sizes differ or a boundary of the new shape cuts a digit unevenly.
  std::optional<Layout> reshape(llvm::ArrayRef<int64_t> newShape) const;

  /// Broadcasts `dim` from extent 1: each thread holds all of it, in new
  /// outermost locals.
  std::optional<Layout> expandLocal(int64_t dim, int64_t extent) const;
  /// Broadcasts `dim` from extent 1 over replicas: the replica digits with the
  /// smallest strides become digits of `dim`, so nothing moves and no thread
  /// holds more. Nothing if they do not multiply up to `extent`.
  std::optional<Layout> expandReplicas(int64_t dim, int64_t extent) const;

  friend bool operator==(const Layout &a, const Layout &b);
  friend bool operator!=(const Layout &a, const Layout &b) { return !(a == b); }
  friend llvm::hash_code hash_value(const Layout &layout);

  /// Prints as the attribute does, without its mnemonic:
  /// `<[16, 8], [[local 2:2, thread 8:4], [thread 4:1, local 2:1]]>`.
  void print(llvm::raw_ostream &os) const;
  std::string str() const;

private:
  struct Raw {};
  explicit Layout(Raw) {}

  /// The outer and inner factor where the inner has this shape and size.
  std::optional<std::pair<Layout, Layout>>
  factor(llvm::ArrayRef<int64_t> innerShape, int64_t innerThreads,
         int64_t innerLocals) const;

  llvm::SmallVector<int64_t, 3> extents;
  /// Digits of dimension 0, of dimension 1, ..., replica digits.
  llvm::SmallVector<Digit, 10> allDigits;
  /// Where the digits of each dimension end in `allDigits`; replicas last.
  llvm::SmallVector<unsigned, 4> ends;
  int64_t threads = 1;
  int64_t locals = 1;
};

bool operator==(const Layout &a, const Layout &b);
Layout operator*(const Layout &outer, const Layout &inner);
llvm::hash_code hash_value(const Layout &layout);
llvm::raw_ostream &operator<<(llvm::raw_ostream &os, const Layout &layout);

/// What folds into what when a dimension is reduced.
struct ReduceInfo {
  Layout result;
  /// For each local of the operand, the local of the result it folds into.
  llvm::SmallVector<int64_t> resultLocal;
  /// After that, threads that differ only in these digits hold partial results
  /// to be combined: by shuffles where threadStride * extent is at most the
  /// size of a warp, through shared memory otherwise.
  llvm::SmallVector<ThreadDigit> threadDigits;
};

} // namespace pigeon::layout

#endif // PIGEON_DIALECT_LAYOUT_IR_LAYOUT_H

//===- GraphViews.cpp - The arrays that kernels read ----------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphImpl.h"
#include "pigeon/Runtime/Domains.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace pigeon::runtime {

namespace {
/// The rows of a domain grouped by their image.
struct Groups {
  IndexArray offsets, entries;
};
} // namespace

IndexArray offsetsByImage(const IndexArray &image, std::int64_t numImages) {
  IndexArray offsets(static_cast<std::size_t>(numImages) + 1, 0);
  for (std::int32_t i : image)
    ++offsets[i + 1];
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  return offsets;
}

static Groups groupByImage(const IndexArray &image, std::int64_t numImages) {
  Groups groups;
  groups.offsets = offsetsByImage(image, numImages);
  groups.entries.resize(image.size());
  IndexArray next(groups.offsets.begin(), groups.offsets.end() - 1);
  for (std::size_t row = 0; row < image.size(); ++row)
    groups.entries[next[image[row]]++] = static_cast<std::int32_t>(row);
  return groups;
}

std::int64_t blocksOf(std::int64_t count, std::int64_t size) {
  return count / size + (count % size != 0);
}

IndexArray longestFirst(const IndexArray &begin, const IndexArray &end) {
  IndexArray missing(begin.size());
  for (std::size_t piece = 0; piece < begin.size(); ++piece)
    missing[piece] = end[piece] - begin[piece];
  std::int32_t longest =
      missing.empty() ? 0 : *std::max_element(missing.begin(), missing.end());
  for (std::int32_t &count : missing)
    count = longest - count;
  return stableOrder(missing, std::int64_t(longest) + 1);
}

IndexArray gather(const IndexArray &array, const IndexArray &rows) {
  IndexArray gathered(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    gathered[i] = array[rows[i]];
  return gathered;
}

static Result<View> buildPieces(const IndexArray &offsets, std::int64_t chunk) {
  // Piece numbers are 32-bit too; count before anything is stored.
  std::int64_t numPieces = 0;
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i)
    numPieces +=
        std::max<std::int64_t>(1, blocksOf(offsets[i + 1] - offsets[i], chunk));
  if (numPieces > std::numeric_limits<std::int32_t>::max())
    return Error(std::to_string(numPieces) +
                 " pieces are too many for 32-bit indices");
  IndexArray row, begin, end, slot, combineRow, combineBegin, combineEnd;
  for (IndexArray *array : {&row, &begin, &end, &slot})
    array->reserve(static_cast<std::size_t>(numPieces));
  std::int32_t numSlots = 0;
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    std::int64_t first = offsets[i], last = offsets[i + 1];
    bool whole = last - first <= chunk;
    if (!whole) {
      combineRow.push_back(static_cast<std::int32_t>(i));
      combineBegin.push_back(numSlots);
    }
    for (std::int64_t from = first; from < last || from == first;
         from += chunk) {
      row.push_back(static_cast<std::int32_t>(i));
      begin.push_back(static_cast<std::int32_t>(from));
      end.push_back(static_cast<std::int32_t>(std::min(from + chunk, last)));
      slot.push_back(whole ? -1 : numSlots++);
    }
    if (!whole)
      combineEnd.push_back(numSlots);
  }
  IndexArray order = longestFirst(begin, end);
  View view;
  view["row"] = gather(row, order);
  view["begin"] = gather(begin, order);
  view["end"] = gather(end, order);
  view["slot"] = gather(slot, order);
  view["combine_row"] = std::move(combineRow);
  view["combine_begin"] = std::move(combineBegin);
  view["combine_end"] = std::move(combineEnd);
  view["slots"] = IndexArray(static_cast<std::size_t>(numSlots), 0);
  return view;
}

static View buildWork(const IndexArray &offsets, std::int64_t tile) {
  IndexArray key, begin, end;
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    std::int64_t last = offsets[i + 1];
    for (std::int64_t from = offsets[i]; from < last; from += tile) {
      key.push_back(static_cast<std::int32_t>(i));
      begin.push_back(static_cast<std::int32_t>(from));
      end.push_back(static_cast<std::int32_t>(std::min(from + tile, last)));
    }
  }
  View view;
  view["key"] = std::move(key);
  view["begin"] = std::move(begin);
  view["end"] = std::move(end);
  return view;
}

Status checkParameters(const ViewSpec &spec, const ViewKind &kind) {
  bool takesOne = !kind.parameter.empty();
  if (takesOne && (spec.parameter < 1 ||
                   spec.parameter > std::numeric_limits<std::int32_t>::max()))
    return Error("view '" + spec.kind + "' of '" + spec.domain + "' by '" +
                 spec.role + "' needs a positive 32-bit " + kind.parameter +
                 ", found " + std::to_string(spec.parameter));
  if (!takesOne && spec.parameter != 0)
    return Error("view '" + spec.kind + "' takes no parameter, found " +
                 std::to_string(spec.parameter));
  if (kind.through == ViewKind::Through::Nothing && !spec.through.empty())
    return Error("view '" + spec.kind + "' goes through no role, found '" +
                 spec.through + "'");
  if (!kind.hasOwners && !spec.into.empty())
    return Error("view '" + spec.kind + "' sums into no role, found '" +
                 spec.into + "'");
  return {};
}

View Graph::Impl::buildPath(IndexArray entries, const ViewSpec &spec) {
  if (spec.through == "self")
    return View{{"index", std::move(entries)}};
  return View{{"index", gather(map(spec.domain, spec.through), entries)}};
}

/// The rows that the entries make, with their keys and owners.
OwnedRows Graph::Impl::ownedRows(const ViewSpec &spec) {
  std::string to = *image(spec.domain, spec.role);
  return {offsetsByImage(map(spec.domain, spec.role), rows(to)),
          map(to, spec.through), map(to, spec.into),
          rows(*image(to, spec.through)), rows(*image(to, spec.into))};
}

Result<View> Graph::Impl::buildView(const ViewSpec &spec) {
  if (spec.kind == "owner_work")
    return buildOwnerWork(ownedRows(spec), spec.parameter);
  const IndexArray &imageOf = map(spec.domain, spec.role);
  if (spec.kind == "map")
    return View{{"index", imageOf}};
  std::string to = *image(spec.domain, spec.role);
  if (spec.kind == "csr" || spec.kind == "path") {
    Groups groups = groupByImage(imageOf, rows(to));
    if (spec.kind == "path")
      return buildPath(std::move(groups.entries), spec);
    return View{{"offsets", std::move(groups.offsets)},
                {"entries", std::move(groups.entries)}};
  }
  IndexArray offsets = offsetsByImage(imageOf, rows(to));
  if (spec.kind == "pieces")
    return buildPieces(offsets, spec.parameter);
  if (spec.kind == "work")
    return buildWork(offsets, spec.parameter);
  if (spec.kind == "cuts")
    return buildCuts(offsets, spec.parameter);
  return buildSortedWork(offsets, map(to, spec.through),
                         rows(*image(to, spec.through)), spec.parameter);
}

} // namespace pigeon::runtime

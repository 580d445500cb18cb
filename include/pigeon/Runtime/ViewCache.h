//===- ViewCache.h - Graph views that lie on a device -----------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A view is uploaded once per device and graph, however many programs read it.
// It stays while the graph lives or a program uses it, whichever is longer:
// the next program on the same graph finds it there, and a graph that is gone
// (a sampled block, say) leaves nothing behind.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_RUNTIME_VIEWCACHE_H
#define PIGEON_RUNTIME_VIEWCACHE_H

#include "pigeon/Runtime/Device.h"
#include "pigeon/Runtime/Graph.h"

#include <tuple>

namespace pigeon::runtime {

/// An allocation that is released with its owner. The device must outlive it.
class DeviceArray {
public:
  /// At least one byte is allocated, so that an array of no rows has an address
  /// too.
  static Result<DeviceArray> create(Device &device, std::size_t bytes,
                                    const std::string &label);
  DeviceArray(DeviceArray &&other) noexcept;
  DeviceArray &operator=(DeviceArray &&other) noexcept;
  ~DeviceArray();

  DeviceAddress address() const { return place; }
  /// Without what was added to have an address.
  std::size_t bytes() const { return size; }

private:
  DeviceArray(Device &device, DeviceAddress place, std::size_t size)
      : device(&device), place(place), size(size) {}

  Device *device; // null once moved from
  DeviceAddress place;
  std::size_t size;
};

/// The arrays of a view by their names, read-only for kernels.
using DeviceView = std::map<std::string, DeviceArray>;

/// The views on one device, shared by the programs that run on it. Used by one
/// thread at a time, like the device, which must outlive it.
class ViewCache {
public:
  explicit ViewCache(Device &device) : owner(device) {}

  Device &device() const { return owner; }

  /// The view, uploaded if it is not there yet.
  Result<std::shared_ptr<const DeviceView>>
  get(const std::shared_ptr<Graph> &graph, const ViewSpec &spec);

  /// True if `get` would not allocate.
  bool holds(const std::shared_ptr<Graph> &graph, const ViewSpec &spec) const;

  /// Drops the views of graphs that are gone and that no program uses.
  void dropUnused();

private:
  /// The fields of a ViewSpec without the model's name for the graph, and the
  /// graph itself.
  using Fields = std::tuple<std::string, std::string, std::string, std::int64_t,
                            std::string, std::string>;
  using Views = std::map<Fields, std::shared_ptr<const DeviceView>>;
  static Fields fieldsOf(const ViewSpec &spec) {
    return {spec.kind,      spec.domain,  spec.role,
            spec.parameter, spec.through, spec.into};
  }
  Result<std::shared_ptr<const DeviceView>> upload(const Graph &graph,
                                                   const ViewSpec &spec);

  Device &owner;
  std::map<std::weak_ptr<Graph>, Views, std::owner_less<>> graphs;
};

} // namespace pigeon::runtime

#endif // PIGEON_RUNTIME_VIEWCACHE_H

//===- ViewCache.cpp - Graph views that lie on a device -------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/ViewCache.h"
#include "pigeon/Runtime/ExecutionPlan.h"

#include <algorithm>

using namespace pigeon;
using namespace pigeon::runtime;

//===----------------------------------------------------------------------===//
// DeviceArray
//===----------------------------------------------------------------------===//

Result<DeviceArray> DeviceArray::create(Device &device, std::size_t bytes,
                                        const std::string &label) {
  // One byte is no element of anything: reading it shows up on a device that
  // checks.
  Result<DeviceAddress> place = device.allocate(bytes ? bytes : 1, label);
  if (!place)
    return place.error();
  return DeviceArray(device, *place, bytes);
}

DeviceArray::DeviceArray(DeviceArray &&other) noexcept
    : device(std::exchange(other.device, nullptr)), place(other.place),
      size(other.size) {}

DeviceArray &DeviceArray::operator=(DeviceArray &&other) noexcept {
  std::swap(device, other.device);
  std::swap(place, other.place);
  std::swap(size, other.size);
  return *this;
}

DeviceArray::~DeviceArray() {
  if (device)
    device->release(place);
}

//===----------------------------------------------------------------------===//
// ViewCache
//===----------------------------------------------------------------------===//

Result<std::shared_ptr<const DeviceView>>
ViewCache::upload(const Graph &graph, const ViewSpec &spec) {
  Result<const View *> view = graph.view(spec);
  if (!view)
    return view.error().within(describe(spec));
  auto arrays = std::make_shared<DeviceView>();
  for (const auto &[name, values] : **view) {
    const std::size_t bytes = values.size() * sizeof(IndexArray::value_type);
    Result<DeviceArray> array = DeviceArray::create(
        owner, bytes, "array '" + name + "' of " + describe(spec));
    if (!array)
      return array.error();
    if (Status status =
            owner.copyToDevice(array->address(), values.data(), bytes);
        !status)
      return status.error();
    if (Status status = owner.protect(array->address()); !status)
      return status.error();
    arrays->emplace(name, array.take());
  }
  return std::shared_ptr<const DeviceView>(std::move(arrays));
}

Result<std::shared_ptr<const DeviceView>>
ViewCache::get(const std::shared_ptr<Graph> &graph, const ViewSpec &spec) {
  if (auto views = graphs.find(graph); views != graphs.end())
    if (auto view = views->second.find(fieldsOf(spec));
        view != views->second.end())
      return view->second;
  Result<std::shared_ptr<const DeviceView>> view = upload(*graph, spec);
  if (view)
    graphs[graph][fieldsOf(spec)] = *view;
  return view;
}

bool ViewCache::holds(const std::shared_ptr<Graph> &graph,
                      const ViewSpec &spec) const {
  auto views = graphs.find(graph);
  return views != graphs.end() && views->second.count(fieldsOf(spec));
}

void ViewCache::dropUnused() {
  for (auto views = graphs.begin(); views != graphs.end();)
    // What a program still uses, it owns too.
    views = views->first.expired() ? graphs.erase(views) : std::next(views);
}

//===- ExecutorTime.cpp - How long a program takes ------------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All repeats are enqueued before the first time is read: the device is then
// behind the host, and the gaps in which it would wait for the next launch are
// not counted.
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/Executor.h"

#include <algorithm>
#include <numeric>

using namespace pigeon;
using namespace pigeon::runtime;

namespace {

/// A row of timestamps, released with their owner.
class Timestamps {
public:
  explicit Timestamps(Device &device) : device(device) {}
  ~Timestamps() {
    for (std::uint64_t point : points)
      device.releaseTimestamp(point);
  }
  Timestamps(const Timestamps &) = delete;
  Timestamps &operator=(const Timestamps &) = delete;

  Status create(std::size_t number) {
    while (points.size() < number) {
      Result<std::uint64_t> point = device.createTimestamp();
      if (!point)
        return point.error();
      points.push_back(*point);
    }
    return {};
  }
  Status record(std::size_t index) {
    return device.recordTimestamp(points[index]);
  }
  /// Milliseconds from one timestamp to the next.
  Result<double> interval(std::size_t index) {
    return device.elapsedMilliseconds(points[index], points[index + 1]);
  }

private:
  Device &device;
  std::vector<std::uint64_t> points;
};

} // namespace

static double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle]
                           : (values[middle - 1] + values[middle]) / 2;
}

static double shareOf(const Timing &timing, double bandwidth) {
  if (bandwidth <= 0 || timing.milliseconds <= 0)
    return 0;
  return static_cast<double>(timing.bytes) / (timing.milliseconds * 1e-3) /
         bandwidth;
}

/// Runs `steps` repeatedly with a timestamp around each, and gives the median
/// of each step.
template <typename Step>
static Result<std::vector<double>> timeSteps(Device &device, int repeats,
                                             std::size_t steps, Step step) {
  Timestamps timestamps(device);
  const std::size_t total = steps * static_cast<std::size_t>(repeats);
  if (Status status = timestamps.create(total + 1); !status)
    return status.error();
  if (Status status = timestamps.record(0); !status)
    return status.error();
  for (std::size_t i = 0; i < total; ++i) {
    if (Status status = step(i % steps); !status)
      return status.error();
    if (Status status = timestamps.record(i + 1); !status)
      return status.error();
  }
  if (Status status = device.synchronize(); !status)
    return status.error();
  std::vector<std::vector<double>> times(steps);
  for (std::size_t i = 0; i < total; ++i) {
    Result<double> milliseconds = timestamps.interval(i);
    if (!milliseconds)
      return milliseconds.error();
    times[i % steps].push_back(*milliseconds);
  }
  std::vector<double> medians;
  for (std::vector<double> &values : times)
    medians.push_back(median(std::move(values)));
  return medians;
}

TimingReport ProgramInstance::emptyReport(int repeats) const {
  TimingReport report;
  report.repeats = repeats;
  report.isHardware = device.isHardware();
  for (std::size_t i = 0; i < plan.launches.size(); ++i) {
    const LaunchSpec &spec = plan.program.launches[i];
    LaunchTiming timing;
    timing.kernel = spec.kernel;
    timing.label = spec.label;
    timing.grid = plan.launches[i].grid;
    timing.block = {spec.block[0], spec.block[1], spec.block[2]};
    timing.skipped = plan.launches[i].skipped;
    if (!timing.skipped) {
      timing.bytes = plan.launches[i].bytes;
      timing.operations = plan.launches[i].operations;
    }
    report.program.bytes += timing.bytes;
    report.program.operations += timing.operations;
    report.launches.push_back(std::move(timing));
  }
  return report;
}

/// The median time of each launch that is not skipped.
Result<std::vector<double>> ProgramInstance::timeLaunches(int repeats) {
  hasRun = true;
  return timeSteps(device, repeats, launches.size(),
                   [&](std::size_t i) { return launch(launches[i]); });
}

/// The median time of a replay. What is no hardware has nothing to gain from
/// one, and may be slow: there the launches are added up.
Result<double>
ProgramInstance::timeProgram(int repeats,
                             const std::vector<double> &launchTimes) {
  if (!device.isHardware())
    return std::accumulate(launchTimes.begin(), launchTimes.end(), 0.0);
  Result<std::vector<double>> whole =
      timeSteps(device, repeats, 1, [&](std::size_t) { return replay(); });
  if (!whole)
    return whole.error();
  return whole->front();
}

Result<TimingReport> ProgramInstance::time(int repeats) {
  if (repeats < 1)
    return within(Error("the number of timed repeats is " +
                        std::to_string(repeats) + ", expected at least 1"));
  if (Status status = checkReady(); !status)
    return status.error();
  TimingReport report = emptyReport(repeats);
  if (launches.empty())
    return report;
  // The first run on hardware is slower than all others.
  if (device.isHardware())
    if (Status status = runRecorded(); !status)
      return status.error();
  Result<std::vector<double>> each = timeLaunches(repeats);
  if (!each)
    return each.error();
  Result<double> whole = timeProgram(repeats, *each);
  if (!whole)
    return whole.error();
  Result<DeviceInfo> info = device.info();
  if (!info)
    return within(info.error());
  for (std::size_t i = 0; i < launches.size(); ++i) {
    LaunchTiming &timing = report.launches[launches[i].index];
    timing.milliseconds = (*each)[i];
    timing.bandwidthShare = shareOf(timing, info->bandwidth);
  }
  report.program.milliseconds = *whole;
  report.program.bandwidthShare = shareOf(report.program, info->bandwidth);
  return report;
}

//===- FormatBytes.h - Sizes as a reader wants them -------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_SUPPORT_FORMATBYTES_H
#define PIGEON_SUPPORT_FORMATBYTES_H

#include <cstdint>
#include <string>

namespace pigeon {

/// "12 bytes", "4.5 KiB", "91.2 GiB".
std::string formatBytes(std::uint64_t bytes);

} // namespace pigeon

#endif // PIGEON_SUPPORT_FORMATBYTES_H

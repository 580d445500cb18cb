//===- Npz.h - Arrays in NumPy's files --------------------------*- C++ -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// .npy (one array) and .npz (a zip of them), as NumPy writes and reads them.
//
// Types are f2, f4, f8, i1 to i8, u1 to u8 and bool. NumPy has no bf16; such an
// array is written with the type V2 (two opaque bytes, as the ml_dtypes package
// does), and V2 is read as bf16. Big-endian arrays, arrays in Fortran order and
// arrays of objects are refused; the error names file and array.
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_SUPPORT_NPZ_H
#define PIGEON_SUPPORT_NPZ_H

#include "pigeon/Support/HostTensor.h"
#include "pigeon/Support/Zip.h"

#include <map>
#include <string>
#include <vector>

namespace pigeon {

Result<HostTensor> readNpy(const std::string &path);
Status writeNpy(const std::string &path, const HostTensor &tensor);

/// The bytes of a .npy file as an array; `what` names it in errors.
Result<HostTensor> decodeNpy(const std::string &bytes, const std::string &what);
/// The header of a .npy file: everything before the elements.
std::string npyHeader(const HostTensor &tensor);

/// An open .npz file; arrays are read when they are asked for.
class NpzReader {
public:
  static Result<NpzReader> open(const std::string &path);

  /// Names of the arrays, without ".npy", in the order of the file.
  std::vector<std::string> names() const;
  bool contains(const std::string &name) const;
  Result<HostTensor> read(const std::string &name);
  const std::string &path() const { return path_; }

private:
  NpzReader(ZipReader zip, std::string path)
      : zip(std::move(zip)), path_(std::move(path)) {}

  ZipReader zip;
  std::string path_;
};

/// All arrays of a file.
Result<std::map<std::string, HostTensor>> readNpz(const std::string &path);
Status writeNpz(const std::string &path,
                const std::map<std::string, HostTensor> &arrays);

} // namespace pigeon

#endif // PIGEON_SUPPORT_NPZ_H

//===- CudaCode.cpp - Which code runs on which CUDA device ----------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "pigeon/Runtime/CudaDevice.h"

#include <cstdlib>

using namespace pigeon;
using namespace pigeon::runtime;

namespace {

/// "sm_90a" is {9, 0, 'a'}, "sm_120" is {12, 0, 0}.
struct Architecture {
  int major = 0, minor = 0;
  char suffix = 0;
};

} // namespace

static std::optional<Architecture> parseArchitecture(const std::string &text) {
  if (text.rfind("sm_", 0) != 0)
    return std::nullopt;
  char *end = nullptr;
  long number = std::strtol(text.c_str() + 3, &end, 10);
  std::string suffix = end;
  if (number < 10 || number > 999 ||
      (!suffix.empty() && suffix != "a" && suffix != "f"))
    return std::nullopt;
  return Architecture{static_cast<int>(number / 10),
                      static_cast<int>(number % 10),
                      suffix.empty() ? '\0' : suffix[0]};
}

static bool runsAs(CodeForm form, const Architecture &code, int major,
                   int minor) {
  if (code.suffix == 'a')
    return major == code.major && minor == code.minor;
  if (form == CodeForm::Cubin || code.suffix == 'f')
    return major == code.major && minor >= code.minor;
  return major > code.major || (major == code.major && minor >= code.minor);
}

Result<CodeForm> runtime::chooseCode(const CodeImage &image, int major,
                                     int minor) {
  if (image.cubin.empty() && image.ptx.empty())
    return Error("the program holds neither PTX nor a cubin, so it cannot run "
                 "on a CUDA device; compile it for one with --target");
  std::optional<Architecture> code = parseArchitecture(image.architecture);
  if (!code)
    return Error("the program's architecture is '" + image.architecture +
                 "', expected one like 'sm_80' or 'sm_90a'");
  for (CodeForm form : {CodeForm::Cubin, CodeForm::PTX}) {
    const std::string &text = form == CodeForm::Cubin ? image.cubin : image.ptx;
    if (!text.empty() && runsAs(form, *code, major, minor))
      return form;
  }
  const std::string device =
      "sm_" + std::to_string(major) + std::to_string(minor);
  return Error("the program was compiled for " + image.architecture +
               (image.ptx.empty() ? " as a cubin without PTX" : "") +
               ", this device is " + device + "; compile it with --target=" +
               device + (device == "sm_90" ? "a" : ""));
}

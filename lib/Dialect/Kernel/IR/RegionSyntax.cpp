//===- RegionSyntax.cpp - Regions as words and braces ---------------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RegionSyntax.h"

using namespace mlir;

static ParseResult failAfter(ArrayRef<Region *> regions) {
  for (Region *region : regions)
    for (Block &block : *region)
      block.dropAllDefinedValueUses();
  return failure();
}

static ParseResult parseRegion(OpAsmParser &parser, StringRef name,
                               Region &region) {
  return failure(parser.parseKeyword(name) || parser.parseRegion(region));
}

static void printRegion(OpAsmPrinter &printer, StringRef name, Region &region) {
  printer << name << ' ';
  printer.printRegion(region);
}

ParseResult pigeon::kernel::parseGemmRegions(OpAsmParser &parser,
                                             Region &prologue, Region &epilogue,
                                             Region &message) {
  if (parseRegion(parser, "prologue", prologue) ||
      parseRegion(parser, "epilogue", epilogue) ||
      (succeeded(parser.parseOptionalKeyword("message")) &&
       parser.parseRegion(message)))
    return failAfter({&prologue, &epilogue});
  return success();
}

void pigeon::kernel::printGemmRegions(OpAsmPrinter &printer, Operation *,
                                      Region &prologue, Region &epilogue,
                                      Region &message) {
  printRegion(printer, "prologue", prologue);
  printer << ' ';
  printRegion(printer, "epilogue", epilogue);
  if (message.empty())
    return;
  printer << ' ';
  printRegion(printer, "message", message);
}

ParseResult pigeon::kernel::parseTraverseRegions(OpAsmParser &parser,
                                                 Region &message,
                                                 Region &epilogue) {
  if (parseRegion(parser, "message", message) ||
      parseRegion(parser, "epilogue", epilogue))
    return failAfter({&message});
  return success();
}

void pigeon::kernel::printTraverseRegions(OpAsmPrinter &printer, Operation *,
                                          Region &message, Region &epilogue) {
  printRegion(printer, "message", message);
  printer << ' ';
  printRegion(printer, "epilogue", epilogue);
}

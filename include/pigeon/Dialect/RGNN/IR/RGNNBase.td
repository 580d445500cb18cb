//===- RGNNBase.td - What the ops have in common -----------*- tablegen -*-===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIGEON_DIALECT_RGNN_IR_RGNNBASE_TD
#define PIGEON_DIALECT_RGNN_IR_RGNNBASE_TD

include "pigeon/Dialect/RGNN/IR/RGNNAttrs.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def RGNN_Data : Type<CPred<"::pigeon::rgnn::isData($_self)">,
    "data on a domain (encoding #rgnn.on) or one row (no encoding), with static "
    "trailing dimensions", "::mlir::RankedTensorType">;
def RGNN_FloatData : Type<CPred<"::pigeon::rgnn::isFloatData($_self)">,
    "floats on a domain (encoding #rgnn.on) or in one row (no encoding), with "
    "static trailing dimensions", "::mlir::RankedTensorType">;

/// Infers its result type from an adaptor. What is wrong with the operands or
/// the result is told by the op's verify(), once: upstream's check at this place
/// would add "failed to infer returned types" to each error, so there is none.
def RGNN_InfersType : TraitList<[
  DeclareOpInterfaceMethods<InferTypeOpInterface, ["refineReturnTypes"]>,
  NativeOpTrait<"InferTypeOpAdaptor", [], [{
    static ::llvm::LogicalResult
    inferReturnTypes(::mlir::MLIRContext *context,
                     std::optional<::mlir::Location> location, Adaptor adaptor,
                     ::llvm::SmallVectorImpl<::mlir::Type> &returnTypes);
  }], [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *context, std::optional<::mlir::Location> location,
        ::mlir::ValueRange operands, ::mlir::DictionaryAttr attributes,
        ::mlir::OpaqueProperties properties, ::mlir::RegionRange regions,
        ::llvm::SmallVectorImpl<::mlir::Type> &returnTypes) {
      Adaptor adaptor(operands, attributes, properties, regions);
      return $cppClass::inferReturnTypes(context, location, adaptor, returnTypes);
    }
    ::llvm::LogicalResult $cppClass::refineReturnTypes(
        ::mlir::MLIRContext *, std::optional<::mlir::Location>,
        ::mlir::ValueRange, ::mlir::DictionaryAttr, ::mlir::OpaqueProperties,
        ::mlir::RegionRange, ::llvm::SmallVectorImpl<::mlir::Type> &) {
      return ::llvm::success();
    }
    ::llvm::LogicalResult $cppClass::verify() {
      return ::pigeon::rgnn::verifyInferredType(*this);
    }
  }]>]>;

/// An op without a role: only the domains of its types are looked up.
class RGNN_Op<string mnemonic, list<Trait> traits = []>
    : Op<RGNN_Dialect, mnemonic, !listconcat(traits, [
        Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>])> {
  let extraClassDefinition = [{
    ::llvm::LogicalResult
    $cppClass::verifySymbolUses(::mlir::SymbolTableCollection &symbolTable) {
      return ::pigeon::rgnn::verifyDomains(*this, symbolTable);
    }
  }];
}

/// An op with a role: which domain the role belongs to, and where it must lead,
/// is checked by the op's verifySymbolUses.
class RGNN_RoleOp<string mnemonic, list<Trait> traits = []>
    : Op<RGNN_Dialect, mnemonic, !listconcat(traits, [
        Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>])>;

#endif // PIGEON_DIALECT_RGNN_IR_RGNNBASE_TD

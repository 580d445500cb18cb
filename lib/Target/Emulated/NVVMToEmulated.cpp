//===- NVVMToEmulated.cpp - Kernels become code for the CPU ---------------===//
//
// Part of Pigeon, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emulation.h"

#include "pigeon/Target/Emulated/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/AttrTypeSubElements.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace pigeon::emulated {

#define GEN_PASS_DEF_NVVMTOEMULATEDPASS
#include "pigeon/Target/Emulated/Passes.h.inc"

/// Local arrays share a fiber's stack with everything else a thread keeps.
static constexpr std::uint64_t maxLocalBytes = 128 << 10;

std::string entryName(StringRef kernel) {
  return ("emulated_entry_" + kernel).str();
}

std::string variableName(StringRef variable) {
  return ("emulated_variable_" + variable).str();
}

static bool isKernel(LLVM::LLVMFuncOp function) {
  return function->hasAttr(NVVM::NVVMDialect::getKernelFuncAttrName()) ||
         function->hasAttr(gpu::GPUDialect::getKernelFuncAttrName());
}

namespace {

/// A variable of the module and what is known of it.
struct Variable {
  LLVM::GlobalOp op;
  std::uint64_t bytes = 0;
  bool isShared = false;
  std::uint32_t index = 0; // in sharedArrays or staticArrays
};

class Conversion {
public:
  Conversion(gpu::GPUModuleOp device, ModuleCode &code)
      : device(device), emulation(device, code), code(code) {}

  LogicalResult run();

private:
  LogicalResult collect();
  LogicalResult addVariable(LLVM::GlobalOp global);
  LogicalResult addKernel(LLVM::LLVMFuncOp function);
  LogicalResult visit(LLVM::LLVMFuncOp function,
                      SmallVectorImpl<Operation *> &stack,
                      llvm::SetVector<Operation *> &reached);
  void dropUnreached();
  void addThreadArgument(LLVM::LLVMFuncOp function);
  void stampReturns(LLVM::LLVMFuncOp kernel);
  LogicalResult replaceVariables(LLVM::LLVMFuncOp function);
  void removeAddressSpaces();
  void addEntry(LLVM::LLVMFuncOp kernel);

  gpu::GPUModuleOp device;
  Emulation emulation;
  ModuleCode &code;
  SmallVector<LLVM::LLVMFuncOp> functions, kernels;
  llvm::SetVector<Operation *> reachedByAny;
  llvm::MapVector<StringRef, Variable> variables;
};

} // namespace

//===----------------------------------------------------------------------===//
// What the module holds
//===----------------------------------------------------------------------===//

/// Bytes and alignment of a variable's type; 0 bytes if it is not known.
static std::pair<std::uint64_t, std::uint64_t> sizeOf(Type type) {
  std::uint64_t count = 1;
  while (auto array = dyn_cast<LLVM::LLVMArrayType>(type)) {
    count *= array.getNumElements();
    type = array.getElementType();
  }
  std::uint64_t bytes = 0;
  if (auto vector = dyn_cast<VectorType>(type);
      vector && vector.getElementType().isIntOrFloat())
    bytes = llvm::divideCeil(
        vector.getNumElements() * vector.getElementTypeBitWidth(), 8);
  else if (type.isIntOrFloat())
    bytes = llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
  return {count * bytes, bytes ? llvm::PowerOf2Ceil(bytes) : 1};
}

LogicalResult Conversion::addVariable(LLVM::GlobalOp global) {
  Variable variable;
  variable.op = global;
  auto [bytes, natural] = sizeOf(global.getGlobalType());
  variable.bytes = bytes;
  variable.isShared = global.getAddrSpace() == 3;
  std::string name = global.getSymName().str();
  bool isEmpty = bytes == 0;
  if (variable.isShared) {
    variable.index = static_cast<std::uint32_t>(code.sharedArrays.size());
    SharedArray array;
    array.name = name;
    array.bytes = bytes;
    array.alignment = global.getAlignment().value_or(natural);
    array.dynamic = isEmpty && global.getLinkage() == LLVM::Linkage::External;
    if (isEmpty && !array.dynamic)
      return global.emitError(
                 "expected a shared array of numbers or of numbers "
                 "of size 0 with external linkage, found ")
             << global.getGlobalType();
    code.sharedArrays.push_back(array);
  } else {
    bool hasValue =
        global.getValueOrNull() || !global.getInitializerRegion().empty();
    if (isEmpty || !hasValue)
      return global.emitError("expected a variable of numbers with a value, "
                              "found ")
             << global.getGlobalType();
    variable.index = static_cast<std::uint32_t>(code.staticArrays.size());
    bool readOnly = global.getConstant() || global.getAddrSpace() == 4;
    code.staticArrays.push_back({name, bytes, readOnly, 0});
  }
  variables.insert({global.getSymName(), variable});
  return success();
}

LogicalResult Conversion::collect() {
  for (Operation &op : device.getBodyRegion().front()) {
    if (auto function = dyn_cast<LLVM::LLVMFuncOp>(op)) {
      if (function.isExternal())
        continue; // an error where it is called
      functions.push_back(function);
      if (isKernel(function))
        kernels.push_back(function);
    } else if (auto global = dyn_cast<LLVM::GlobalOp>(op)) {
      if (failed(addVariable(global)))
        return failure();
    } else {
      return op.emitError("expected llvm.func or llvm.mlir.global in the "
                          "module of kernels, found '")
             << op.getName() << "'";
    }
  }
  if (kernels.empty())
    return device.emitError("expected a kernel (a function with nvvm.kernel or "
                            "gpu.kernel), found none");
  return success();
}

/// Follows calls from `function`; refuses recursion and calls that leave the
/// module.
LogicalResult Conversion::visit(LLVM::LLVMFuncOp function,
                                SmallVectorImpl<Operation *> &stack,
                                llvm::SetVector<Operation *> &reached) {
  if (llvm::is_contained(stack, function.getOperation()))
    return function.emitError("recursion is not emulated");
  if (!reached.insert(function))
    return success();
  stack.push_back(function);
  WalkResult result = function.getBody().walk([&](LLVM::CallOp call) {
    auto callee = call.getCallee()
                      ? device.lookupSymbol<LLVM::LLVMFuncOp>(*call.getCallee())
                      : LLVM::LLVMFuncOp();
    if (!callee || callee.isExternal()) {
      InFlightDiagnostic error = call.emitError("expected a call of a function "
                                                "of the module, found ");
      if (call.getCallee())
        error << "one of '" << *call.getCallee() << "'";
      else
        error << "an indirect one";
      return WalkResult(error);
    }
    return WalkResult(visit(callee, stack, reached));
  });
  stack.pop_back();
  return failure(result.wasInterrupted());
}

static std::uint64_t localBytesOf(LLVM::LLVMFuncOp function) {
  std::uint64_t sum = 0;
  function.walk([&](LLVM::AllocaOp local) {
    auto size = local.getArraySize().getDefiningOp<LLVM::ConstantOp>();
    auto count = size ? dyn_cast<IntegerAttr>(size.getValue()) : IntegerAttr();
    std::uint64_t bytes = sizeOf(local.getElemType()).first;
    sum += count && bytes ? bytes * count.getValue().getLimitedValue()
                          : maxLocalBytes + 1;
  });
  return sum;
}

LogicalResult Conversion::addKernel(LLVM::LLVMFuncOp function) {
  KernelCode kernel;
  kernel.name = function.getSymName().str();
  for (Type type : function.getArgumentTypes()) {
    bool isWord = type.isInteger(32) || type.isF32();
    bool isDouble =
        type.isInteger(64) || type.isF64() || isa<LLVM::LLVMPointerType>(type);
    if (!isWord && !isDouble)
      return function.emitError("expected arguments of 32 or 64 bits or "
                                "addresses, found ")
             << type;
    kernel.argumentBytes.push_back(isWord ? 4 : 8);
  }
  if (auto size = function->getAttrOfType<DenseI32ArrayAttr>(
          NVVM::NVVMDialect::getReqntidAttrName())) {
    kernel.requiredBlock = {1, 1, 1};
    for (auto [i, extent] : llvm::enumerate(size.asArrayRef().take_front(3)))
      kernel.requiredBlock[i] = static_cast<std::uint32_t>(extent);
  }
  if (auto size = function->getAttrOfType<DenseI32ArrayAttr>(
          NVVM::NVVMDialect::getMaxntidAttrName())) {
    kernel.maxThreads = 1;
    for (std::int32_t extent : size.asArrayRef())
      kernel.maxThreads *= static_cast<std::uint64_t>(extent);
  }
  SmallVector<Operation *> stack;
  llvm::SetVector<Operation *> reached;
  if (failed(visit(function, stack, reached)))
    return failure();
  std::uint64_t localBytes = 0;
  llvm::SmallSetVector<std::uint32_t, 4> shared;
  for (Operation *op : reached) {
    localBytes += localBytesOf(cast<LLVM::LLVMFuncOp>(op));
    op->walk([&](Operation *inner) {
      kernel.communicates |= isa<LLVM::AtomicRMWOp, LLVM::AtomicCmpXchgOp,
                                 LLVM::FenceOp, NVVM::MembarOp>(inner);
    });
    op->walk([&](LLVM::AddressOfOp address) {
      auto variable = variables.find(address.getGlobalName());
      if (variable != variables.end() && variable->second.isShared)
        shared.insert(variable->second.index);
    });
  }
  reachedByAny.insert(reached.begin(), reached.end());
  if (localBytes > maxLocalBytes)
    return function.emitError(
               "expected local arrays of constant size, together "
               "at most ")
           << maxLocalBytes << " bytes, found more or others";
  kernel.sharedArrays.assign(shared.begin(), shared.end());
  llvm::sort(kernel.sharedArrays);
  code.kernels.push_back(std::move(kernel));
  return success();
}

//===----------------------------------------------------------------------===//
// Rewriting
//===----------------------------------------------------------------------===//

/// The function becomes private, takes the thread first, and loses all promises
/// to the optimizer: a wrong one would hide what the checks are to find.
void Conversion::addThreadArgument(LLVM::LLVMFuncOp function) {
  SmallVector<StringAttr> names;
  for (NamedAttribute attribute : function->getAttrs())
    if (attribute.getName() != function.getSymNameAttrName() &&
        attribute.getName() != function.getFunctionTypeAttrName())
      names.push_back(attribute.getName());
  for (StringAttr name : names)
    function->removeAttr(name);
  function.setLinkage(LLVM::Linkage::Internal);
  function.setCConv(LLVM::CConv::C);
  function.setVisibility_(LLVM::Visibility::Default);

  LLVM::LLVMFunctionType type = function.getFunctionType();
  SmallVector<Type> arguments = {emulation.pointer};
  llvm::append_range(arguments, type.getParams());
  function.setFunctionType(
      LLVM::LLVMFunctionType::get(type.getReturnType(), arguments));
  function.getBody().front().insertArgument(0u, emulation.pointer,
                                            function.getLoc());
}

static void removePromises(Operation *op) {
  if (auto gep = dyn_cast<LLVM::GEPOp>(op))
    gep.setNoWrapFlags(LLVM::GEPNoWrapFlags::none);
  if (auto access = dyn_cast<LLVM::AliasAnalysisOpInterface>(op)) {
    access.setAliasScopes(nullptr);
    access.setNoAliasScopes(nullptr);
    access.setTBAATags(nullptr);
  }
  if (auto load = dyn_cast<LLVM::LoadOp>(op)) {
    load.setInvariant(false);
    load.setInvariantGroup(false);
    load.removeDereferenceableAttr();
    load.setSyncscopeAttr(nullptr);
  }
  if (auto store = dyn_cast<LLVM::StoreOp>(op))
    store.setSyncscopeAttr(nullptr);
  if (auto update = dyn_cast<LLVM::AtomicRMWOp>(op))
    update.setSyncscopeAttr(nullptr);
  if (auto update = dyn_cast<LLVM::AtomicCmpXchgOp>(op))
    update.setSyncscopeAttr(nullptr);
  if (auto fence = dyn_cast<LLVM::FenceOp>(op))
    fence.setSyncscopeAttr(nullptr);
}

/// Local arrays are made once per call. In a loop they would be made again at
/// every iteration, and a fiber's stack is small.
static void hoistLocalArrays(LLVM::LLVMFuncOp function) {
  Block &entry = function.getBody().front();
  SmallVector<LLVM::AllocaOp> arrays;
  function.walk([&](LLVM::AllocaOp array) { arrays.push_back(array); });
  for (LLVM::AllocaOp array : llvm::reverse(arrays)) {
    Operation *size = array.getArraySize().getDefiningOp(); // a constant
    OpBuilder b = OpBuilder::atBlockBegin(&entry);
    Operation *ownSize = b.clone(*size);
    array->moveAfter(ownSize);
    array.getArraySizeMutable().assign(ownSize->getResult(0));
  }
}

/// A thread that returns says where, for whoever waits for it in vain.
void Conversion::stampReturns(LLVM::LLVMFuncOp kernel) {
  kernel.walk([&](LLVM::ReturnOp op) {
    OpBuilder b(op);
    Location loc = op.getLoc();
    Value address = LLVM::GEPOp::create(
        b, loc, emulation.pointer, b.getI8Type(), kernel.getArgument(0),
        ArrayRef<LLVM::GEPArg>{
            static_cast<std::int32_t>(offsetof(ThreadContext, returnSite))});
    LLVM::StoreOp::create(
        b, loc,
        emulation.constant(b, loc, emulation.i32, emulation.addSite(op)),
        address);
  });
}

LogicalResult Conversion::replaceVariables(LLVM::LLVMFuncOp function) {
  SmallVector<LLVM::AddressOfOp> addresses;
  function.walk([&](LLVM::AddressOfOp op) { addresses.push_back(op); });
  for (LLVM::AddressOfOp op : addresses) {
    auto variable = variables.find(op.getGlobalName());
    if (variable == variables.end())
      return op.emitError("expected the address of a variable of the module, "
                          "found that of '")
             << op.getGlobalName() << "'";
    if (!variable->second.isShared) {
      op.setGlobalName(variableName(op.getGlobalName()));
      continue;
    }
    OpBuilder b(op);
    Location loc = op.getLoc();
    Value block = emulation.loadInvariant(b, loc, emulation.pointer,
                                          function.getArgument(0),
                                          offsetof(ThreadContext, block));
    Value table =
        emulation.loadInvariant(b, loc, emulation.pointer, block,
                                offsetof(BlockContext, sharedAddresses));
    // The address is an integer in the table: it keeps its type, and with it
    // its space, until all spaces become one.
    Value bits = emulation.loadInvariant(b, loc, emulation.i64, table,
                                         8 * variable->second.index);
    Value address = LLVM::IntToPtrOp::create(b, loc, op.getType(), bits);
    op.replaceAllUsesWith(address);
    op.erase();
  }
  return success();
}

void Conversion::removeAddressSpaces() {
  AttrTypeReplacer replacer;
  replacer.addReplacement([](LLVM::LLVMPointerType type) {
    return LLVM::LLVMPointerType::get(type.getContext());
  });
  replacer.recursivelyReplaceElementsIn(device, /*replaceAttrs=*/true,
                                        /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
  device.walk([](LLVM::AddrSpaceCastOp op) {
    op.replaceAllUsesWith(op.getArg());
    op.erase();
  });
}

/// emulated_entry_k(thread, arguments): unpacks 8 bytes per argument.
void Conversion::addEntry(LLVM::LLVMFuncOp kernel) {
  OpBuilder b = OpBuilder::atBlockEnd(&device.getBodyRegion().front());
  Location loc = kernel.getLoc();
  auto type = LLVM::LLVMFunctionType::get(
      emulation.none, {emulation.pointer, emulation.pointer});
  auto entry =
      LLVM::LLVMFuncOp::create(b, loc, entryName(kernel.getSymName()), type);
  Block *block = entry.addEntryBlock(b);
  b.setInsertionPointToStart(block);
  SmallVector<Value> arguments = {block->getArgument(0)};
  for (auto [i, argument] :
       llvm::enumerate(kernel.getArgumentTypes().drop_front()))
    arguments.push_back(emulation.loadInvariant(b, loc, argument,
                                                block->getArgument(1), 8 * i));
  LLVM::CallOp::create(b, loc, kernel, arguments);
  LLVM::ReturnOp::create(b, loc, ValueRange());
}

/// What no kernel calls is not translated, and may hold anything.
void Conversion::dropUnreached() {
  llvm::erase_if(functions, [&](LLVM::LLVMFuncOp function) {
    return !reachedByAny.contains(function);
  });
  for (auto function :
       llvm::make_early_inc_range(device.getOps<LLVM::LLVMFuncOp>()))
    if (!reachedByAny.contains(function))
      function.erase();
}

LogicalResult Conversion::run() {
  if (failed(collect()))
    return failure();
  for (LLVM::LLVMFuncOp kernel : kernels)
    if (failed(addKernel(kernel)))
      return failure();
  dropUnreached();
  for (LLVM::LLVMFuncOp function : functions)
    addThreadArgument(function);
  for (LLVM::LLVMFuncOp function : functions) {
    function.walk([&](LLVM::CallOp call) { // all are direct: see visit()
      SmallVector<Value> operands = {function.getArgument(0)};
      llvm::append_range(operands, call.getCalleeOperands());
      call.getCalleeOperandsMutable().assign(operands);
    });
    function.walk(removePromises);
    hoistLocalArrays(function);
    // In this order: what a step adds needs no check and no lowering.
    if (failed(instrumentAccesses(emulation, function)) ||
        failed(lowerDeviceOps(emulation, function)) ||
        failed(replaceVariables(function)))
      return failure();
  }
  for (LLVM::LLVMFuncOp kernel : kernels)
    stampReturns(kernel);
  for (auto &[name, variable] : variables) {
    LLVM::GlobalOp op = variable.op;
    if (variable.isShared) {
      op.erase();
      continue;
    }
    // The machine wants to know where it lies.
    op.setSymName(variableName(op.getSymName()));
    op.setLinkage(LLVM::Linkage::External);
    op.setVisibility_(LLVM::Visibility::Default);
    op.setAddrSpace(0);
  }
  removeAddressSpaces();
  for (LLVM::LLVMFuncOp kernel : kernels)
    addEntry(kernel);
  return success();
}

LogicalResult convertToEmulated(ModuleOp module, ModuleCode &code) {
  auto devices = llvm::to_vector(module.getOps<gpu::GPUModuleOp>());
  if (devices.size() != 1)
    return module.emitError("expected one gpu.module, found ")
           << devices.size();
  gpu::GPUModuleOp device = devices.front();
  if (failed(Conversion(device, code).run()))
    return failure();
  // The functions of the device are all that remains.
  Block &body = *module.getBody();
  SmallVector<Operation *> others;
  for (Operation &op : body)
    if (&op != device)
      others.push_back(&op);
  for (Operation *op : llvm::reverse(others))
    op->erase();
  body.getOperations().splice(body.end(),
                              device.getBodyRegion().front().getOperations());
  device.erase();
  return success();
}

namespace {

struct NVVMToEmulatedPass
    : public impl::NVVMToEmulatedPassBase<NVVMToEmulatedPass> {
  void runOnOperation() override {
    ModuleCode code;
    if (failed(convertToEmulated(getOperation(), code)))
      return signalPassFailure();
    Builder b(&getContext());
    SmallVector<Attribute> sites;
    for (const Site &site : code.sites)
      sites.push_back(b.getStringAttr(site.where));
    getOperation()->setAttr("emulated.sites", b.getArrayAttr(sites));
  }
};

} // namespace

} // namespace pigeon::emulated

# One precompiled header shared by every Pigeon target that sees MLIR.
if(NOT PIGEON_USE_PCH)
  return()
endif()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/pch.cpp CONTENT "")
add_library(PigeonPCH OBJECT ${CMAKE_CURRENT_BINARY_DIR}/pch.cpp)
llvm_update_compile_flags(PigeonPCH)
target_precompile_headers(PigeonPCH PRIVATE
  <mlir/IR/Builders.h> <mlir/IR/BuiltinTypes.h> <mlir/IR/Dialect.h>
  <mlir/IR/DialectImplementation.h>
  <mlir/IR/OpDefinition.h> <mlir/IR/OpImplementation.h>
  <mlir/IR/PatternMatch.h> <mlir/Pass/Pass.h>
  <mlir/Transforms/DialectConversion.h>
  <mlir/Dialect/Arith/IR/Arith.h> <mlir/Dialect/SCF/IR/SCF.h>
  <mlir/Dialect/Math/IR/Math.h> <mlir/Dialect/Func/IR/FuncOps.h>
  <mlir/Dialect/GPU/IR/GPUDialect.h>
  <mlir/Dialect/LLVMIR/LLVMDialect.h> <mlir/Dialect/LLVMIR/NVVMDialect.h>)
# A PCH that carries no time stamp can be cached.
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
  target_compile_options(PigeonPCH PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
endif()

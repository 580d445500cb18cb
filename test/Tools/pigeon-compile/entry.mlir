// Which function is compiled.

// RUN: not pigeon-compile %s 2>&1 | FileCheck %s --check-prefix=TWO
// RUN: not pigeon-compile %s --emit=rgnn 2>&1 | FileCheck %s --check-prefix=TWO
// RUN: not pigeon-compile %s --entry=third 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not pigeon-compile %s --entry=calls 2>&1 | FileCheck %s --check-prefix=CALLS
// RUN: not pigeon-compile %s --entry=elsewhere 2>&1 | FileCheck %s --check-prefix=BODY
// RUN: pigeon-compile %s --entry=first --emit=kernel | FileCheck %s --check-prefix=FIRST

// TWO: entry.mlir:[[#@LINE+18]]:1: error: expected one function, found 'first' and 'calls'; name the one to compile
// NONE: error: expected a function 'third', found none
// CALLS: 'func.call' op calls 'first'; calls cannot be compiled yet, write the function where it is called
// BODY: 'func.func' op has no body to form kernels from
// FIRST-NOT: second
// FIRST: kernel.program @first
// FIRST-NOT: second

!nodes = tensor<?x8xf32, #rgnn.on<kg.node>>
rgnn.graph @kg

func.func private @elsewhere(%x: !nodes) -> !nodes

func.func @first(%x: !nodes) -> !nodes {
  %y = math.exp %x : !nodes
  return %y : !nodes
}

func.func @calls(%x: !nodes) -> !nodes {
  %y = func.call @first(%x) : (!nodes) -> !nodes
  return %y : !nodes
}

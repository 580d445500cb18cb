# The build verbs of this project. Everything else is plain CMake.

# Every library waits for every generated header; there are few of them.
add_custom_target(pigeon-headers)

# pigeon_tablegen(<target> <file.td> OUTPUT <output> <generator args...> [OUTPUT ...])
#   One tablegen'd target; groups are separated by the word OUTPUT.
function(pigeon_tablegen target td)
  set(LLVM_TARGET_DEFINITIONS ${td})
  set(group "")
  foreach(word IN LISTS ARGN ITEMS OUTPUT)
    if(word STREQUAL "OUTPUT")
      if(group)
        mlir_tablegen(${group})
      endif()
      set(group "")
    else()
      list(APPEND group ${word})
    endif()
  endforeach()
  add_public_tablegen_target(${target})
  add_dependencies(pigeon-headers ${target})
endfunction()

# pigeon_add_dialect(<Name> <mnemonic> [ATTRS] [TYPES] [OPS] [ENUMS])
#   TableGen for include/pigeon/Dialect/<Name>/IR/<Name>{Dialect,Attrs,Types,Ops,Enums}.td,
#   called from that folder. Each word names a .td file that exists there.
function(pigeon_add_dialect name mnemonic)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "ATTRS;TYPES;OPS;ENUMS" "" "")
  set(prefix ${name})
  pigeon_tablegen(Pigeon${name}DialectIncGen ${prefix}Dialect.td
    OUTPUT ${prefix}Dialect.h.inc -gen-dialect-decls -dialect=${mnemonic}
    OUTPUT ${prefix}Dialect.cpp.inc -gen-dialect-defs -dialect=${mnemonic})
  if(ARG_ENUMS)
    pigeon_tablegen(Pigeon${name}EnumsIncGen ${prefix}Enums.td
      OUTPUT ${prefix}Enums.h.inc -gen-enum-decls
      OUTPUT ${prefix}Enums.cpp.inc -gen-enum-defs)
  endif()
  if(ARG_ATTRS)
    pigeon_tablegen(Pigeon${name}AttrsIncGen ${prefix}Attrs.td
      OUTPUT ${prefix}Attrs.h.inc -gen-attrdef-decls -attrdefs-dialect=${mnemonic}
      OUTPUT ${prefix}Attrs.cpp.inc -gen-attrdef-defs -attrdefs-dialect=${mnemonic})
  endif()
  if(ARG_TYPES)
    pigeon_tablegen(Pigeon${name}TypesIncGen ${prefix}Types.td
      OUTPUT ${prefix}Types.h.inc -gen-typedef-decls -typedefs-dialect=${mnemonic}
      OUTPUT ${prefix}Types.cpp.inc -gen-typedef-defs -typedefs-dialect=${mnemonic})
  endif()
  if(ARG_OPS)
    pigeon_tablegen(Pigeon${name}OpsIncGen ${prefix}Ops.td
      OUTPUT ${prefix}Ops.h.inc -gen-op-decls
      OUTPUT ${prefix}Ops.cpp.inc -gen-op-defs)
    pigeon_dialect_doc(${name} ${mnemonic})
  endif()
endfunction()

# pigeon_add_passes(<Name> <file.td>): TableGen for the passes of one folder.
function(pigeon_add_passes name td)
  pigeon_tablegen(Pigeon${name}PassesIncGen ${td}
    OUTPUT Passes.h.inc -gen-pass-decls -name Pigeon${name})
  pigeon_pass_doc(${name} ${td})
endfunction()

# Generated reference pages land in <build>/docs; the target is `pigeon-doc`.
add_custom_target(pigeon-doc ALL)
function(pigeon_generate_doc target td output)
  set(LLVM_TARGET_DEFINITIONS ${td})
  tablegen(MLIR ${output} ${ARGN})
  add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/docs/${output}
    COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_BINARY_DIR}/${output}
            ${PROJECT_BINARY_DIR}/docs/${output}
    DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/${output})
  add_custom_target(${target} DEPENDS ${PROJECT_BINARY_DIR}/docs/${output})
  add_dependencies(pigeon-doc ${target})
endfunction()
function(pigeon_dialect_doc name mnemonic)
  pigeon_generate_doc(Pigeon${name}Doc ${name}Ops.td ${name}Dialect.md
    -gen-dialect-doc -dialect=${mnemonic})
endfunction()
function(pigeon_pass_doc name td)
  pigeon_generate_doc(Pigeon${name}PassDoc ${td} ${name}Passes.md -gen-pass-doc)
endfunction()

# pigeon_add_library(<name> <sources...> [LINK_LIBS <pigeon libs...>]
#                    [MLIR_LIBS <MLIR archives...>])
#   MLIR_LIBS are the archives a static product links; a shared build takes
#   all of them from libMLIR.so.
function(pigeon_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "LINK_LIBS;MLIR_LIBS")
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  llvm_update_compile_flags(${name})
  add_dependencies(${name} pigeon-headers)
  pigeon_link(${name} PUBLIC LINK_LIBS ${ARG_LINK_LIBS} MLIR_LIBS ${ARG_MLIR_LIBS})
  pigeon_use_pch(${name})
endfunction()

# pigeon_add_runtime_library(<name> <sources...> [LINK_LIBS <libs...>])
#   Code that a host program runs: it sees neither MLIR nor LLVM.
function(pigeon_add_runtime_library name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "LINK_LIBS")
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS} Threads::Threads)
endfunction()

# pigeon_add_tool(<name> <sources...> [LINK_LIBS ...] [MLIR_LIBS ...])
function(pigeon_add_tool name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "LINK_LIBS;MLIR_LIBS")
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  llvm_update_compile_flags(${name})
  add_dependencies(${name} pigeon-headers)
  pigeon_link(${name} PRIVATE LINK_LIBS ${ARG_LINK_LIBS} MLIR_LIBS ${ARG_MLIR_LIBS})
  pigeon_use_pch(${name})
  install(TARGETS ${name} RUNTIME DESTINATION bin)
  set_property(GLOBAL APPEND PROPERTY PIGEON_TOOLS ${name})
endfunction()

# pigeon_add_unittest(<name> <sources...> [LINK_LIBS ...] [MLIR_LIBS ...])
#   A GoogleTest program in <build>/unittests; `RUNTIME` builds it without MLIR.
function(pigeon_add_unittest name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "RUNTIME" "" "LINK_LIBS;MLIR_LIBS")
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/unittests)
  target_compile_definitions(${name} PRIVATE
    PIGEON_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  if(ARG_RUNTIME)
    target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS})
  else()
    llvm_update_compile_flags(${name})
    add_dependencies(${name} pigeon-headers)
    pigeon_link(${name} PRIVATE LINK_LIBS ${ARG_LINK_LIBS} MLIR_LIBS ${ARG_MLIR_LIBS})
    pigeon_use_pch(${name})
  endif()
  target_link_libraries(${name} PRIVATE GTest::gtest GTest::gmock GTest::gtest_main)
  set_property(GLOBAL APPEND PROPERTY PIGEON_UNITTESTS ${name})
endfunction()

# pigeon_link(<target> <scope> [LINK_LIBS ...] [MLIR_LIBS ...])
function(pigeon_link target scope)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "" "" "LINK_LIBS;MLIR_LIBS")
  target_link_libraries(${target} ${scope} ${ARG_LINK_LIBS})
  if(PIGEON_STATIC)
    target_link_libraries(${target} ${scope} ${ARG_MLIR_LIBS})
  else()
    target_link_libraries(${target} ${scope} MLIR LLVM)
  endif()
endfunction()

function(pigeon_use_pch target)
  if(PIGEON_USE_PCH)
    target_precompile_headers(${target} REUSE_FROM PigeonPCH)
  endif()
endfunction()

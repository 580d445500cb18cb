"""lit: .mlir and .test files are shell tests; programs under <build>/unittests
are GoogleTest and show up as one test per case (see Unit/lit.cfg.py)."""
import os
import shutil
import subprocess

import lit.formats
from lit.llvm import llvm_config

config.name = "Pigeon"
config.test_format = lit.formats.ShTest()
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "Unit", "corpus"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.pigeon_obj_root, "test")

# The graphs that do not ship with the project lie beside its checkout.
shared = os.path.join(config.pigeon_src_root, "..", "shared")
if os.path.isdir(os.path.join(shared, "graphs")):
    config.available_features.add("shared-graphs")

ptxas = shutil.which("ptxas") or "/usr/local/cuda/bin/ptxas"
if os.path.exists(ptxas):
    config.available_features.add("ptxas")

# The plugin is for an mlir-opt that somebody else built; a static build and one
# with sanitizers have no plugin.
plugin = os.path.join(config.pigeon_lib_dir, "PigeonPlugin.so")
if os.path.exists(plugin):
    if os.path.exists(os.path.join(config.llvm_tools_dir, "mlir-opt")):
        config.available_features.add("plugin")
    else:
        lit_config.note("no mlir-opt in %s: tests of the plugin are skipped" % config.llvm_tools_dir)

# The Python that CMake found may be one without NumPy beside the system's.
for python in (config.python, "/usr/bin/python3"):
    if subprocess.run([python, "-c", "import numpy"],
                      stderr=subprocess.DEVNULL).returncode == 0:
        config.python = python
        config.available_features.add("numpy")
        break

config.substitutions += [
    ("%data", os.path.join(config.pigeon_src_root, "data")),
    ("%docs", os.path.join(config.pigeon_src_root, "docs")),
    ("%src", config.pigeon_src_root),
    ("%obj", config.pigeon_obj_root),
    ("%tools", config.pigeon_tools_dir),
    ("%plugin", plugin),
    ("%fuzzers", os.path.join(config.pigeon_obj_root, "fuzz")),
    ("%generated_docs", os.path.join(config.pigeon_obj_root, "docs")),
    ("%shared_graphs", os.path.join(shared, "graphs")),
    ("%python", config.python),
    ("%ptxas", ptxas),
]
llvm_config.add_tool_substitutions(
    ["pigeon-opt", "pigeon-compile", "pigeon-lsp-server", "pigeon-reduce", "pigeon-run",
     "mlir-opt", "llc", "FileCheck",
     "not", "split-file", "count", "llvm-nm", "llvm-readelf"],
    [config.pigeon_tools_dir, config.llvm_tools_dir])

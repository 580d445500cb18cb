"""The GoogleTest programs under <build>/unittests: one lit test for each case."""
import os

import lit.formats

config.name = "Pigeon-Unit"
config.suffixes = []
config.test_source_root = os.path.join(config.pigeon_obj_root, "unittests")
config.test_exec_root = config.test_source_root
config.test_format = lit.formats.GoogleTest(".", "Tests")

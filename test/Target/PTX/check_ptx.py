"""check_ptx.py PTXAS COMPILER MODEL [OPTION...]: compiles a model for every architecture
and says how many kernels came out and how much ptxas spilled."""
import os
import re
import subprocess
import sys
import tempfile

ptxas, compiler, model, *options = sys.argv[1:]
folder = tempfile.TemporaryDirectory()
for arch in ["sm_80", "sm_86", "sm_89", "sm_90a"]:
    path = os.path.join(folder.name, arch + ".ptx")
    subprocess.run([compiler, model, "--emit=ptx", f"--target={arch}", "-o", path,
                    *options], check=True)
    with open(path) as file:
        text = file.read()
    forbidden = re.search(r"__nv_|\b(atom|red|call)\b.*", text)
    if forbidden:
        sys.exit(f"{arch}: found '{forbidden.group()}'")
    if f".target {arch}" not in text:
        sys.exit(f"{arch}: another target")
    # Where kernels may be launched early, each waits before it uses what others write.
    for entry in text.split(".entry ")[1:]:
        name, body = entry.split("(", 1)
        first = re.search(r"griddepcontrol\.wait|\bld\.global(?!\.nc)|\bst\.global", body)
        if (first and first.group() == "griddepcontrol.wait") != (arch == "sm_90a"):
            sys.exit(f"{arch}: kernel '{name}' begins with {first and first.group()}")
    report = subprocess.run([ptxas, "-v", f"-arch={arch}", path, "-o", os.devnull],
                            check=True, capture_output=True, text=True).stderr
    kernels = len(re.findall("Compiling entry function", report))
    spilled = sum(map(int, re.findall(r"(\d+) bytes spill", report)))
    print(f"{arch}: {kernels} kernels, {spilled} bytes spilled")

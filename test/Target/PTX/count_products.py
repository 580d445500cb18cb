"""count_products.py PTXAS COMPILER MODEL: how many matrix instructions ptxas makes of each
product of a model, for an old and a new architecture."""
import os
import struct
import subprocess
import sys
import tempfile

# The low 12 bits of an instruction of 16 bytes: HMMA on tf32 (sm_80 to sm_90a).
HMMA_TF32 = 0x23c


def code_of(cubin):
    """The sections of an ELF file that hold kernels, by name."""
    offset, = struct.unpack_from("<Q", cubin, 0x28)
    size, count, names = struct.unpack_from("<HHH", cubin, 0x3a)
    sections = [struct.unpack_from("<IIQQQQ", cubin, offset + i * size) for i in range(count)]
    for name, _, _, _, start, length in sections:
        begin = sections[names][4] + name
        text = cubin[begin:cubin.index(b"\0", begin)].decode()
        if text.startswith(".text."):
            yield text[len(".text."):], cubin[start:start + length]


def count(code):
    words = (struct.unpack_from("<H", code, at)[0] for at in range(0, len(code), 16))
    return sum(word & 0xfff == HMMA_TF32 for word in words)


ptxas, compiler, model = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    ptx, cubin = os.path.join(folder, "ptx"), os.path.join(folder, "cubin")
    for arch in ("sm_80", "sm_90a"):
        subprocess.run([compiler, model, f"--target={arch}", "-o", ptx], check=True)
        subprocess.run([ptxas, f"-arch={arch}", ptx, "-o", cubin], check=True)
        with open(cubin, "rb") as file:
            products = {name: count(code) for name, code in code_of(file.read())}
        print(f"{arch}: " + ", ".join(f"{name} {number}" for name, number
                                      in sorted(products.items()) if number))

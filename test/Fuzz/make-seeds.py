"""make-seeds.py --bin BUILD/bin --source CHECKOUT FOLDER: inputs to start from, a folder
for each harness. They come from the tests and examples, so that they keep up; what a
fuzzer found beside them is kept in corpus/.
"""
import argparse
import pathlib
import random
import re
import subprocess
import tempfile
import zipfile


def modules(source):
    """Every module of the dialects' tests, without comments; many are nearly valid."""
    files = [*source.glob("test/Dialect/*/*.mlir"), *source.glob("test/Conversion/*/*.mlir"),
             *source.glob("docs/examples/*.mlir")]
    for file in sorted(files):
        for piece in re.split(r"^// -----.*$", file.read_text(), flags=re.M):
            text = "\n".join(line for line in piece.splitlines()
                             if line.strip() and not line.lstrip().startswith("//"))
            if text:
                yield text + "\n"


def bytecode(opt, text):
    """The module as bytecode, or None if it is not valid."""
    result = subprocess.run([opt, "-", "--emit-bytecode"], input=text.encode(),
                            capture_output=True)
    return result.stdout if result.returncode == 0 else None


def npy(dtype, values, width):
    shape = f"({len(values)},)" if isinstance(values, list) else "()"
    values = values if isinstance(values, list) else [values]
    data = b"".join(v.to_bytes(width, "little", signed=True) for v in values)
    return (f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}\n".encode(),
            data)


def arrays(generator, dtype="<i4", width=4):
    edges, nodes = generator.randrange(1, 9), generator.randrange(1, 9)
    pick = lambda limit, count: [generator.randrange(limit) for _ in range(count)]
    return {"num_nodes": npy(dtype, nodes, width), "src": npy(dtype, pick(nodes, edges), width),
            "dst": npy(dtype, pick(nodes, edges), width),
            "edge_type": npy(dtype, pick(3, edges), width),
            "node_type": npy(dtype, pick(2, nodes), width),
            "num_relations": npy(dtype, 3, width), "num_node_types": npy(dtype, 2, width),
            "class_direction": npy(dtype, pick(2, 3), width)}


def as_members(parts):
    return b"".join(f"=== {name}.npy\n".encode() + header + data + b"\n"
                    for name, (header, data) in parts.items())


def as_npz(parts, path, compression):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, (header, data) in parts.items():
            magic = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little")
            archive.writestr(name + ".npy", magic + header + data)


TRIPLES = ["0 0 1\n1 1 0\n", "a likes b\nb likes c\n", "# comment\n\na b\tr\tc\nd\tr\ta b\n",
           "\ufeff1 r 2\r\n2 s 1\r\n", "7 0 2147483646\n"]


def package(binaries, source, folder):
    """A package's members; its kernels are short, for they are not looked at."""
    path = folder / "p.pgn"
    subprocess.run([binaries / "pigeon-compile", source / "docs/examples/rgcn.mlir",
                    "-o", path], check=True)
    with zipfile.ZipFile(path) as archive:
        program = archive.read("program.json")
    return b"=== program.json\n" + program + b"\n=== kernels.ptx\n.version 7.0\n", path.read_bytes()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    generator = random.Random(1)
    seeds = {name: [] for name in ("graph-file", "graph-arrays", "package", "module", "bytecode")}
    for text in modules(arguments.source):
        seeds["module"].append(text.encode())
        code = bytecode(arguments.bin / "pigeon-opt", text)
        if code:
            seeds["bytecode"].append(code)
    seeds["graph-file"] += [text.encode() for text in TRIPLES]
    with tempfile.TemporaryDirectory() as temporary:
        temporary = pathlib.Path(temporary)
        for width, dtype in (1, "|i1"), (4, "<i4"), (8, "<i8"):
            parts = arrays(generator, dtype, width)
            seeds["graph-arrays"].append(as_members(parts))
            for compression in zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED:
                as_npz(parts, temporary / "g.npz", compression)
                seeds["graph-file"].append((temporary / "g.npz").read_bytes())
        seeds["package"] += package(arguments.bin, arguments.source, temporary)
    for name, inputs in seeds.items():
        folder = arguments.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(inputs):
            (folder / f"seed-{number:03}").write_bytes(content)
        print(f"{name}: {len(inputs)} seeds")


if __name__ == "__main__":
    main()

"""make-seeds.py --bin BUILD/bin --source CHECKOUT FOLDER [KIND...]: inputs to start from,
a folder for each kind. They come from the tests and examples, so that they keep up; what a
fuzzer found beside them is kept in corpus/.
"""
import argparse
import io
import pathlib
import random
import re
import subprocess
import tempfile
import zipfile


def pieces(source, *patterns):
    """Every module of some tests, without comments; many are nearly valid."""
    for file in sorted(file for pattern in patterns for file in source.glob(pattern)):
        for piece in re.split(r"^// -----.*$", file.read_text(), flags=re.M):
            text = "\n".join(line for line in piece.splitlines()
                             if line.strip() and not line.lstrip().startswith("//"))
            if text:
                yield text + "\n"


def modules(source, binaries):
    return [text.encode() for text in pieces(source, "test/Dialect/*/*.mlir",
                                             "test/Conversion/*/*.mlir", "docs/examples/*.mlir")]


def kernels(source, binaries):
    """In the generic form, as packages have them."""
    texts = [subprocess.run([binaries / "pigeon-opt", "-", "--mlir-print-op-generic"],
                            input=text.encode(), capture_output=True).stdout
             for text in pieces(source, "test/Target/*/nvvm-to-*.mlir")]
    return [text for text in texts if text]


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


def as_npz(parts, compression):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, (header, data) in parts.items():
            magic = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little")
            archive.writestr(name + ".npy", magic + header + data)
    return file.getvalue()


GENERATOR = random.Random(1)
GRAPHS = [arrays(GENERATOR, dtype, width) for width, dtype in ((1, "|i1"), (4, "<i4"), (8, "<i8"))]
TRIPLES = ["0 0 1\n1 1 0\n", "a likes b\nb likes c\n", "# comment\n\na b\tr\tc\nd\tr\ta b\n",
           "\ufeff1 r 2\r\n2 s 1\r\n", "7 0 2147483646\n"]


def graph_arrays(source, binaries):
    return [as_members(parts) for parts in GRAPHS]


def graph_files(source, binaries):
    archives = [as_npz(parts, compression) for parts in GRAPHS
                for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)]
    return [text.encode() for text in TRIPLES] + archives


def packages(source, binaries):
    """One as a file and one as members; its kernels are short there, nobody looks at them."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "p.pgn"
        subprocess.run([binaries / "pigeon-compile", source / "docs/examples/rgcn.mlir",
                        "-o", path], check=True)
        with zipfile.ZipFile(path) as archive:
            program = archive.read("program.json")
        return [b"=== program.json\n" + program + b"\n=== kernels.ptx\n.version 7.0\n",
                path.read_bytes()]


KINDS = {"graph-file": graph_files, "graph-arrays": graph_arrays, "package": packages,
         "module": modules, "kernels": kernels}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    arguments = parser.parse_args()
    for kind in arguments.kinds:
        folder = arguments.folder / kind
        folder.mkdir(parents=True, exist_ok=True)
        seeds = KINDS[kind](arguments.source, arguments.bin)
        for number, content in enumerate(seeds):
            (folder / f"seed-{number:03}").write_bytes(content)
        print(f"{kind}: {len(seeds)} seeds")


if __name__ == "__main__":
    main()

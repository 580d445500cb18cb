"""Runs a part of the covering array on the emulated device: small graphs, a few cases.

    emulated_part.py --programs DIR --root DIR [--part N] [--seconds S]

The part is chosen by the date, so that every day runs others; it is printed, and --part
repeats it. Each case is compared with the interpreter, and runs once more in another order
of threads and blocks, which must give the same bits. No case starts after S seconds.
"""
import argparse
import datetime
import pathlib
import subprocess
import sys
import tempfile
import time

import corner_graphs
import covering
import jobs

import numpy as np

# Multiply-adds that the emulated device does in about two seconds.
AFFORDABLE = 2e8


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--root", type=pathlib.Path, required=True, help="of the project")
    parser.add_argument("--part", type=int, default=datetime.date.today().toordinal())
    parser.add_argument("--cases", type=int, default=8, help="of one part (default: 8)")
    parser.add_argument("--seconds", type=float, default=15)
    return parser.parse_args()


def work_of(case, graph):
    """Multiply-adds of the products: a tile of 64 rows for each relation, and the rows."""
    rows = len(np.unique(graph["dst"].astype(np.int64) * 2**31 + graph["edge_type"]))
    if case["model"] == "rgcn_edges":
        rows = len(graph["dst"])
    rows += 64 * len(np.unique(graph["edge_type"]))
    return rows * case["width"] ** 2 + len(graph["src"]) * case["width"]


def affordable_cases(folder, root):
    """The cases of the array that the emulated device can run, and their graphs."""
    names = corner_graphs.write_corner_graphs(folder)
    corner_graphs.add_direction(root / "data/umls.npz", folder / "umls.npz")
    names.append("umls")
    graphs = {name: dict(np.load(folder / f"{name}.npz")) for name in names}
    cases = covering.cover(covering.factors(names))
    return [case for case in cases if work_of(case, graphs[case["graph"]]) < AFFORDABLE]


def run_case(case, items, options, folder):
    """What is wrong with the case; None if nothing is. A second run has another order of
    threads, and so many items of work to a block."""
    model = folder / "model.mlir"
    model.write_text(covering.model_text(case, options.root / "docs/examples"))
    command = [options.programs / "pigeon-run", model, "--device=emulated", "--json",
               f"--graph={folder / case['graph']}.npz"]
    digests = []
    for more in ([f"--lowering={covering.lowering(case)}", "--check"],
                 [f"--lowering={covering.lowering(case, items)}",
                  f"--emulator-seed={options.part % 1000 + 1}"]):
        done = subprocess.run([*command, *more], capture_output=True, text=True)
        run = jobs.Run(done.returncode, done.stdout, done.stderr)
        complaint = jobs.judge_check(run) if not digests else jobs.judge_code(run)
        if complaint:
            return complaint
        digests.append(jobs.digests_of(run))
    return None if digests[0] == digests[1] else (
        f"another order of threads and {items} items to a block give other bits")


def main():
    options = parse_arguments()
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="covering.") as name:
        folder = pathlib.Path(name)
        cases = affordable_cases(folder, options.root)
        # Neighbours in the array have one graph; a part takes cases from all over.
        stride = max(len(cases) // options.cases, 1)
        chosen = [cases[(options.part + i * stride) % len(cases)]
                  for i in range(options.cases)]
        print(f"part {options.part}: {len(chosen)} of {len(cases)} cases")
        failed = ran = 0
        for number, case in enumerate(chosen):
            if time.monotonic() - start > options.seconds:
                break
            items = covering.ITEMS[(options.part + number) % len(covering.ITEMS)]
            complaint = run_case(case, items, options, folder)
            ran += 1
            failed += complaint is not None
            print(f"{covering.title(case)}: {complaint or 'ok'}", flush=True)
    print(f"{ran - failed} passed, {failed} failed, {len(chosen) - ran} not run")
    return 1 if failed or not ran else 0


if __name__ == "__main__":
    sys.exit(main())

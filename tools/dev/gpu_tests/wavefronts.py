"""Wavefronts in shared memory: what the compiler predicts, beside what ncu counts.

The kernels and the predictions are those of test/Target/PTX/wavefronts.mlir, in its order; its
test holds the predictions against the compiler, this holds them against a GPU.
"""
import csv
import io
import re

METRICS = {kind: f"l1tex__data_pipe_lsu_wavefronts_mem_shared_op_{kind}.sum" for kind in ("ld", "st")}


def command(profiler, program):
    return [profiler, "--csv", "--page=raw", f"--metrics={','.join(METRICS.values())}", program,
            "--gtest_filter=Wavefronts.*"]


def predictions(text):
    """(kernel, loads, stores) in the order of the file."""
    found = re.findall(r"CHECK: Function=(\w+) \| Remark=\"[^\n]*?(\d+) wavefronts of loads and (\d+)"
                       r" of stores", text)
    return [(name, int(loads), int(stores)) for name, loads, stores in found]


def counts(output):
    """(loads, stores) of each kernel that ran, in order, from ncu's table among other lines."""
    start = output.find('"ID"')
    if start < 0:
        raise ValueError("ncu printed no table")
    # The line after the names has the units.
    table = [line for line in output[start:].splitlines() if line.startswith('"')]
    return [tuple(int(float(row[metric].replace(",", ""))) for metric in METRICS.values())
            for row in csv.DictReader(io.StringIO("\n".join(table))) if row["ID"]]


def compare(text, output):
    """What differs, or None."""
    expected, found = predictions(text), counts(output)
    if not expected or len(expected) != len(found):
        return f"{len(expected)} kernels have predictions, {len(found)} ran"
    # The GPU was seen to count one in some hundreds more.
    wrong = [f"{name}: {loads} wavefronts of loads and {stores} of stores were predicted,"
             f" {counted[0]} and {counted[1]} counted"
             for (name, loads, stores), counted in zip(expected, found)
             if any(abs(c - e) > e // 100 for c, e in zip(counted, (loads, stores)))]
    return "; ".join(wrong) or None

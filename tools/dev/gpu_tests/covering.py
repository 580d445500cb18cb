"""A pairwise covering array: few runs of RGCN in which every two settings meet.

A case gives each factor one value. For every two factors and every two of their
values, some case has both. The cases follow from the factors by a greedy rule without
chance, so the same factors give the same cases, in the same order.
"""
import itertools
import zlib

import models

# RGCN as a user of little patience writes it, on edges, and with means on pairs.
MODELS = ("rgcn", "rgcn_edges")
WIDTHS = (1, 3, 16, 64, 100, 256)
# Element types, and other precisions of f32 products than the default.
TYPES = ("f32", "f16", "bf16", "f32 tf32", "f32 ieee")
# Options of --lowering that change which kernels there are. The first value is the
# default. A new rewrite or fusion belongs here.
OPTIONS = {
    "compact-materialization": ("auto", "on", "off"),
    "aggregate-first": ("auto", "on", "off"),
    "fuse-gather": ("true", "false"),
    "fuse-epilogue": ("true", "false"),
    "fuse-body": ("true", "false"),
    "fuse-rows": ("auto", "on", "off"),
    "fuse-terms": ("auto", "on", "off"),
    "fuse-traversals": ("true", "false"),
    "fuse-products": ("true", "false"),
    "destination-stationary": ("auto", "on", "off"),
}

# Items of work to a block: they change the grid, and no bit of the results.
ITEMS = (1, 2, 3, 8)


def factors(graphs):
    return dict(graph=tuple(graphs), width=WIDTHS, type=TYPES, model=MODELS, **OPTIONS)


def pairs_of(case):
    """Every two settings of a case, a setting being (factor, value)."""
    return itertools.combinations(sorted(case.items()), 2)


def cover(table):
    """Cases that cover every pair of the table {factor: values}.

    Each case starts from the first pair that is not covered. The other factors follow in
    the order of the table, each with the value that makes the most new pairs with what the
    case has. Among equals a checksum chooses, so that what pairs leave open is mixed.
    """
    order = {name: i for i, name in enumerate(table)}
    open_pairs = {}
    for first, second in itertools.combinations(table, 2):
        for values in itertools.product(table[first], table[second]):
            pair = tuple(sorted(((first, values[0]), (second, values[1])), key=lambda s: s[0]))
            open_pairs[pair] = None
    cases = []
    while open_pairs:
        case = dict(next(iter(open_pairs)))
        for name in table:
            if name in case:
                continue
            def gain(value):
                setting = (name, value)
                new = sum(tuple(sorted((setting, other), key=lambda s: s[0])) in open_pairs
                          for other in case.items())
                return new, zlib.crc32(f"{len(cases)} {name} {value}".encode())
            case[name] = max(table[name], key=gain)
        for pair in pairs_of(case):
            open_pairs.pop(pair, None)
        cases.append({name: case[name] for name in sorted(case, key=order.get)})
    return cases


def model_text(case, folder):
    """The model of a case, from the one of its name in `folder`."""
    text = (folder / f"{case['model']}.mlir").read_text()
    return models.resized(text, case["width"], case["type"].split()[0])


def lowering(case, items=1):
    """The --lowering option of a case: what is not as by default."""
    options = [f"{name}={case[name]}" for name in OPTIONS if case[name] != OPTIONS[name][0]]
    precision = case["type"].split()[1:]
    options += [f"precision={word}" for word in precision]
    return " ".join(options + ([f"items={items}"] if items > 1 else []))


def title(case):
    name = f"{case['model']} {case['graph']} {case['width']} {case['type'].split()[0]}"
    return f"{name} {lowering(case)}".strip()

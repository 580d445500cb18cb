"""Runs a model with `pigeon-run --device=reference` and compares the result with
reference_models.py, element by element.

    reference_check.py --run=pigeon-run --model=rgcn MODEL.mlir GRAPH
    GRAPH: a .npz file, or random[:SEED] for a small graph in no order with
           duplicate edges, relations without edges and isolated nodes.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

import reference_models as models

WIDTH, HEADS, HEAD = 64, 4, 16


def random_arrays(seed):
    rng = np.random.default_rng(seed)
    nodes, edges, relations, types = 50, 400, 7, 3
    arrays = {
        "num_nodes": np.int64(nodes),
        "num_relations": np.int64(relations),
        # The last type, relation and node have no members and no edges.
        "num_node_types": np.int64(types + 1),
        "node_type": rng.integers(0, types, nodes).astype(np.uint8),
        "src": rng.integers(0, nodes - 1, edges).astype(np.int32),
        "dst": rng.integers(0, nodes - 1, edges).astype(np.int32),
        "edge_type": rng.integers(0, relations - 1, edges).astype(np.uint16),
        "class_direction": (np.arange(relations) % 2).astype(np.int32),
    }
    for name in ("src", "dst", "edge_type"):
        arrays[name][-20:] = arrays[name][:20]  # duplicates
    return arrays


def as_graph(arrays, relations=None):
    node_type = arrays.get("node_type")
    if node_type is None:
        node_type = np.zeros(int(arrays["num_nodes"]), np.int64)
    if relations is None:
        relations = arrays.get("num_relations", arrays["edge_type"].max() + 1)
    return models.Graph(
        num_nodes=int(arrays["num_nodes"]),
        num_relations=int(relations),
        src=arrays["src"].astype(np.int64),
        dst=arrays["dst"].astype(np.int64),
        rel=arrays["edge_type"].astype(np.int64),
        node_type=node_type.astype(np.int64),
        num_node_types=int(arrays.get("num_node_types", node_type.max() + 1)),
        classes={name[len("class_"):]: values
                 for name, values in arrays.items()
                 if name.startswith("class_")})


def load_graph(option, folder):
    """The graph, and the file that pigeon-run reads."""
    if option.startswith("random"):
        seed = int(option.partition(":")[2] or 0)
        path = os.path.join(folder, "random.npz")
        arrays = random_arrays(seed)
        np.savez_compressed(path, **arrays)
        return as_graph(arrays), path
    arrays = dict(np.load(option))
    with open(option[:-len(".npz")] + ".json") as sidecar:
        relations = json.load(sidecar)["counts"]["num_edge_types"]
    return as_graph(arrays, relations), option


def shapes_of(model, g):
    tau = g.node_type
    triples = {(r, tau[s], tau[t]) for s, r, t in zip(g.src, g.rel, g.dst)}
    nodes, relations, types = g.num_nodes, g.num_relations, g.num_node_types
    square = (WIDTH, WIDTH)
    projection = (HEADS, WIDTH, HEAD)
    return {
        "rgcn": {"h": (nodes, WIDTH), "w": (relations, *square), "w0": square,
                 "bias": (WIDTH,)},
        "rgcn_basis": {"h": (nodes, WIDTH), "a": (relations, 4),
                       "v": (4, *square), "w0": square, "bias": (WIDTH,)},
        "rgat": {"h": (nodes, WIDTH), "w": (relations, *projection),
                 "a_src": (relations, HEADS, HEAD),
                 "a_dst": (relations, HEADS, HEAD)},
        "hgt": {"h": (nodes, WIDTH), "wk": (types, *projection),
                "wq": (types, *projection), "wv": (types, *projection),
                "w_att": (relations, HEADS, HEAD, HEAD),
                "w_msg": (relations, HEADS, HEAD, HEAD),
                "mu": (len(triples), HEADS), "wo": (types, *square),
                "skip": (types,)},
        "compgcn": {"h": (nodes, WIDTH), "z": (relations, WIDTH),
                    "w_dir": (2, *square), "w_rel": square},
        "gatv2": {"h": (nodes, WIDTH), "w_src": (relations, *projection),
                  "w_dst": (relations, *projection),
                  "a": (relations, HEADS, HEAD)},
        "transe": {"h": (nodes, WIDTH), "z": (relations, WIDTH)},
    }[model]


def random_arguments(shapes, seed=3):
    """f32 values that stand for weights and features, kept near 1."""
    rng = np.random.default_rng(seed)
    arguments = {}
    for name, shape in shapes.items():
        scale = 1 / np.sqrt(shape[-2]) if len(shape) > 2 else 1
        arguments[name] = (scale * rng.standard_normal(shape)).astype(np.float32)
    return arguments


def compare(name, actual, expected, tolerance):
    assert actual.dtype == np.float64, f"{name}: expected f64, found {actual.dtype}"
    assert actual.shape == expected.shape, (
        f"{name}: expected {expected.shape}, found {actual.shape}")
    error = np.abs(actual - expected)
    bound = tolerance * np.maximum(1, np.abs(expected))
    if not np.all(error <= bound):  # a NaN is never right
        worst = np.unravel_index(np.argmax(np.nan_to_num(error / bound,
                                                         nan=np.inf)),
                                 error.shape)
        sys.exit(f"{name}{list(map(int, worst))}: expected {expected[worst]}, "
                 f"found {actual[worst]}")
    print(f"{name}: {actual.shape} equal, largest error {error.max():.1e}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--scale", action="append", default=[],
                        help="NAME=FACTOR for a random argument")
    parser.add_argument("--tolerance", type=float, default=1e-11)
    parser.add_argument("file")
    parser.add_argument("graph")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        g, path = load_graph(options.graph, folder)
        arguments = random_arguments(shapes_of(options.model, g))
        for scale in options.scale:
            name, _, factor = scale.partition("=")
            arguments[name] *= np.float32(factor)
        command = [options.run, options.file, f"--graph=kg={path}",
                   "--device=reference", f"--out={folder}/out.npz"]
        for name, values in arguments.items():
            np.save(f"{folder}/{name}.npy", values)
            command.append(f"--arg={name}={folder}/{name}.npy")
        inputs = [g]
        if options.model == "transe":
            rng = np.random.default_rng(10)
            triples = models.Graph(g.num_nodes, g.num_relations,
                                   rng.integers(0, g.num_nodes, 300),
                                   rng.integers(0, g.num_nodes, 300),
                                   rng.integers(0, g.num_relations - 1, 300),
                                   g.node_type)
            np.savez(f"{folder}/test.npz", num_nodes=g.num_nodes,
                     node_type=g.node_type, src=triples.src, dst=triples.dst,
                     edge_type=triples.rel, num_node_types=g.num_node_types)
            command.append(f"--graph=test={folder}/test.npz")
            inputs.append(triples)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        results = dict(np.load(f"{folder}/out.npz"))
        wide = {name: values.astype(np.float64)
                for name, values in arguments.items()}
        expected = getattr(models, options.model)(*inputs, **wide)
        assert results.keys() == expected.keys(), (results.keys(),
                                                   expected.keys())
        for name, values in expected.items():
            compare(name, results[name], values, options.tolerance)


if __name__ == "__main__":
    main()

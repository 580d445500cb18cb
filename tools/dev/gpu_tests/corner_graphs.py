"""Graphs whose shape is a corner case, in the form of docs/graph-format.md.

Every graph has the class `direction`, which models such as CompGCN name. Edges are
in no order.
"""
import json
import pathlib

import numpy as np


def from_triples(nodes, relations, triples):
    src, relation, dst = np.array(triples, dtype=np.int32).T
    return dict(num_nodes=nodes, num_relations=relations,
                src=src, dst=dst, edge_type=relation)


def random_graph(rng, nodes, relations, edges):
    return dict(num_nodes=nodes, num_relations=relations,
                src=rng.integers(nodes, size=edges),
                dst=rng.integers(nodes, size=edges),
                edge_type=rng.integers(relations, size=edges))


def with_hub(rng, graph, degree, sources):
    """Adds `degree` edges of relation 1 into node 11."""
    graph["src"] = np.append(graph["src"], rng.integers(sources, size=degree))
    graph["dst"] = np.append(graph["dst"], np.full(degree, 11))
    graph["edge_type"] = np.append(graph["edge_type"], np.ones(degree, np.int64))
    return graph


def skewed_graph(rng, nodes, relations, edges):
    """A few nodes and relations have most of the edges."""
    def pick(count):
        return (rng.zipf(1.3, size=edges) - 1) % count
    return dict(num_nodes=nodes, num_relations=relations, src=pick(nodes),
                dst=pick(nodes), edge_type=pick(relations))


def corner_graphs():
    rng = np.random.default_rng(0)
    typed = random_graph(rng, 3000, 20, 40000)
    typed["node_type"] = rng.integers(4, size=3000)
    graphs = {
        "one_edge": from_triples(2, 1, [(0, 0, 1)]),
        "self_loop": from_triples(1, 1, [(0, 0, 0)]),
        "duplicate_edges": from_triples(3, 2, [(0, 1, 1)] * 3 + [(2, 1, 1)]),
        "isolated_nodes": from_triples(5000, 2, [(5, 0, 7), (4999, 1, 0)]),
        "empty_relations": from_triples(10, 9, [(0, 7, 1), (3, 4, 1), (4, 4, 2)]),
        "one_relation": random_graph(rng, 500, 1, 20000),
        "thousand_relations": random_graph(rng, 2000, 1000, 30000),
        "hub": with_hub(rng, random_graph(rng, 50, 3, 100), 100000, 50),
        "hub_of_many": with_hub(rng, random_graph(rng, 100050, 3, 100), 100000, 100050),
        "unsorted_types": typed,
        "skewed": skewed_graph(rng, 4000, 60, 100000),
    }
    for graph in graphs.values():
        order = rng.permutation(len(graph["src"]))
        for name in ("src", "dst", "edge_type"):
            graph[name] = np.asarray(graph[name])[order]
    return graphs


def with_direction(graph):
    """Every second relation is an inverse one."""
    return dict(graph, class_direction=np.arange(graph["num_relations"]) % 2)


def write_corner_graphs(folder):
    """Writes them all; returns their names."""
    graphs = corner_graphs()
    for name, graph in graphs.items():
        np.savez(pathlib.Path(folder) / f"{name}.npz", **with_direction(graph))
    return list(graphs)


def add_direction(source, target):
    """Copies a graph file to `target`, with the class."""
    source = pathlib.Path(source)
    counts = json.loads(source.with_suffix(".json").read_text())["counts"]
    with np.load(source) as arrays:
        graph = dict(arrays, num_relations=counts["num_edge_types"])
    np.savez(target, **with_direction(graph))

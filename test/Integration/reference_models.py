"""Relational layers in float64 NumPy, from their published definitions.

Each function takes a graph as raw arrays, in the order of the user's file, and
the arguments of the model of the same name. Everything runs edge by edge
(`np.add.at`, `np.maximum.at`); nothing is sorted, compacted or fused, and no
code is shared with Pigeon.

Shapes: h [N, 64]; per relation W [R, in, out] or [R, heads, in, out].
"""

from dataclasses import dataclass, field

import numpy as np

# The models' constants are f32 literals.
SLOPE = np.float64(np.float32(0.2))
SQRT_HALF = np.float64(np.float32(0.70710678118654752))


@dataclass
class Graph:
    num_nodes: int
    num_relations: int
    src: np.ndarray
    dst: np.ndarray
    rel: np.ndarray
    node_type: np.ndarray
    num_node_types: int = 1
    classes: dict = field(default_factory=dict)


def scatter_add(rows, index, values):
    out = np.zeros((rows,) + values.shape[1:])
    np.add.at(out, index, values)
    return out


def softmax_over(rows, index, scores):
    """A softmax over all entries of `scores` with one index, per column."""
    largest = np.full((rows,) + scores.shape[1:], -np.inf)
    np.maximum.at(largest, index, scores)
    e = np.exp(scores - largest[index])
    return e / scatter_add(rows, index, e)[index]


def leaky_relu(x):
    return np.where(x > 0, x, SLOPE * x)


def erf(x):
    from math import erf as scalar_erf

    return np.vectorize(scalar_erf, otypes=[np.float64])(x)


def per_edge(x, weights, index):
    """x[e] @ weights[index[e]] for each e, one e after the other."""
    out = np.empty((len(index),) + weights.shape[1:-2] + weights.shape[-1:])
    for e, i in enumerate(index):
        out[e] = x[e] @ weights[i]
    return out


def rgcn(g, h, w, w0, bias):
    # c_{v,r}: edges of one relation that enter one node.
    degree = {}
    for v, r in zip(g.dst.tolist(), g.rel.tolist()):
        degree[v, r] = degree.get((v, r), 0) + 1
    c = np.array([degree[v, r] for v, r in zip(g.dst.tolist(), g.rel.tolist())])
    messages = per_edge(h[g.src], w, g.rel) / c[:, None]
    return {"out": scatter_add(g.num_nodes, g.dst, messages) + h @ w0 + bias}


def rgcn_basis(g, h, a, v, w0, bias):
    w = np.zeros((g.num_relations,) + v.shape[1:])
    for r in range(g.num_relations):
        for b in range(v.shape[0]):
            w[r] += a[r, b] * v[b]
    return rgcn(g, h, w, w0, bias)


def attend(g, scores, values):
    """The heads' weighted sums over incoming edges, concatenated."""
    alpha = softmax_over(g.num_nodes, g.dst, scores)
    return scatter_add(g.num_nodes, g.dst, alpha[:, :, None] * values).reshape(
        g.num_nodes, -1)


def heads_of(x, weights, index):
    """[E, in], [K, H, in, out] -> [E, H, out]."""
    out = np.empty((len(index), weights.shape[1], weights.shape[3]))
    for e, i in enumerate(index):
        for head in range(weights.shape[1]):
            out[e, head] = x[e] @ weights[i, head]
    return out


def rgat(g, h, w, a_src, a_dst):
    from_src = heads_of(h[g.src], w, g.rel)
    from_dst = heads_of(h[g.dst], w, g.rel)
    scores = leaky_relu((a_dst[g.rel] * from_dst).sum(-1) +
                        (a_src[g.rel] * from_src).sum(-1))
    return {"out": attend(g, scores, from_src)}


def hgt(g, h, wk, wq, wv, w_att, w_msg, mu, wo, skip):
    tau = g.node_type
    k, q, v = (heads_of(h, w, tau) for w in (wk, wq, wv))
    heads, d = k.shape[1:]
    # Rows of mu: the triples that occur, by relation and then by both types.
    triples = sorted({(r, tau[s], tau[t])
                      for s, r, t in zip(g.src, g.rel, g.dst)})
    row = {triple: i for i, triple in enumerate(triples)}
    scores = np.empty((len(g.src), heads))
    messages = np.empty((len(g.src), heads, d))
    for e, (s, r, t) in enumerate(zip(g.src, g.rel, g.dst)):
        for i in range(heads):
            prior = mu[row[r, tau[s], tau[t]], i]
            scores[e, i] = k[s, i] @ w_att[r, i] @ q[t, i] * prior / np.sqrt(d)
            messages[e, i] = v[s, i] @ w_msg[r, i]
    x = attend(g, scores, messages)
    gelu = x / 2 * (1 + erf(x * SQRT_HALF))
    gate = (1 / (1 + np.exp(-skip)))[tau][:, None]
    return {"out": gate * per_edge(gelu, wo, tau) + (1 - gate) * h}


def compgcn(g, h, z, w_dir, w_rel):
    messages = per_edge(h[g.src] * z[g.rel], w_dir,
                        g.classes["direction"][g.rel])
    return {"h_out": scatter_add(g.num_nodes, g.dst, messages),
            "z_out": z @ w_rel}


def gatv2(g, h, w_src, w_dst, a):
    from_src = heads_of(h[g.src], w_src, g.rel)
    from_dst = heads_of(h[g.dst], w_dst, g.rel)
    scores = (a[g.rel] * leaky_relu(from_src + from_dst)).sum(-1)
    return {"out": attend(g, scores, from_src)}


def transe(g, triples, h, z):
    """Scores of the edges of a second graph over the same nodes."""
    difference = h[triples.src] + z[triples.rel] - h[triples.dst]
    return {"score": -np.sqrt((difference ** 2).sum(-1))}

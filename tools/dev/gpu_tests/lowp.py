"""Products with packed weights of few bits, which need no graph.

The weight is read once and the rest is small, so the time of a product says what share
of the bandwidth it has. The check is pigeon-run's own, against float64.
"""
import itertools

FORMATS = {"int4": ("!lowp.int<4>", 4), "uint6": ("!lowp.uint<6>", 6),
           "float3_2": ("!lowp.float<3, 2>", 6)}
ROWS = (1, 16, 33)
# Columns and depth of the weight. The interpreter takes its time over the last.
SHAPES = ((64, 64), (64, 8192), (8192, 64), (1000, 4096))
LARGEST = (8192, 8192)


def cases():
    for name, rows, shape in itertools.product(FORMATS, ROWS, SHAPES):
        yield name, rows, *shape
    for name in FORMATS:
        yield name, 16, *LARGEST


def title(case):
    name, rows, columns, depth = case
    return f"{name} {rows}x{columns}x{depth}"


def model_text(case):
    """One product; a scale for each 128 weights of a row, where it has as many."""
    name, m, n, k = case
    element, bits = FORMATS[name]
    groups = k // min(k, 128)
    words = -(-n // 16) * -(-k // 64) * 32 * bits
    weight, scales = f"tensor<{n}x{k}x{element}>", f"tensor<{n}x{groups}xf16>"
    x, y = f"tensor<{m}x{k}xf16>", f"tensor<{m}x{n}xf16>"
    return f"""
func.func @product(%x: {x} {{lowp.name = "x"}}, %words: tensor<{words}xi32> {{lowp.name = "words"}},
                   %scales: {scales} {{lowp.name = "scales"}}) -> ({y} {{lowp.name = "y"}}) {{
  %w = lowp.unpack %words : tensor<{words}xi32> -> {weight}
  %y = lowp.matmul %x, %w scales(%scales) : ({x}, {weight}, {scales}) -> {y}
  return %y : {y}
}}
"""

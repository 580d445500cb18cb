"""Runs products with weights of a few bits by `pigeon-run --device=DEVICE` and compares
them with NumPy, which knows the number formats and the packing from their definitions.

    lowp_check.py --run=pigeon-run [--device=reference] [--example=MODEL.mlir]
                  [--formats TYPE... | f16] [--shapes MxNxK/GROUP...] [--every-code]
"""

import argparse
import itertools
import os
import re
import subprocess
import sys
import tempfile

import numpy as np


# --- Number formats, from their definitions -----------------------------------------------


def integer(bits):
    codes = np.arange(1 << bits)
    return np.where(codes >= 1 << (bits - 1), codes - (1 << bits), codes).astype(np.float64)


def unsigned(bits):
    return np.arange(1 << bits).astype(np.float64)


def floating(e, m):
    """No infinities and no NaN: for formats of fewer than 8 bits."""
    values = []
    for sign in (1.0, -1.0):
        for field in range(1 << e):
            for fraction in range(1 << m):
                exponent = max(field, 1) - (2 ** (e - 1) - 1)
                values.append(sign * ((field > 0) + fraction / 2**m) * 2.0**exponent)
    return np.array(values)


FORMATS = {
    **{f"!lowp.int<{n}>": (n, integer(n)) for n in range(1, 9)},
    **{f"!lowp.uint<{n}>": (n, unsigned(n)) for n in range(1, 9)},
    **{f"!lowp.float<{e}, {n - 1 - e}>": (n, floating(e, n - 1 - e))
       for n in range(3, 8) for e in range(1, n)},
    "!lowp.ternary": (2, np.array([-1.0, 0.0, 1.0])),
}


def fits_f16(name):
    """Whether weights of this type are multiplied as f16 on a device."""
    fields = re.findall(r"\d+", name)
    return len(fields) == 1 or (len(fields) == 2 and int(fields[0]) <= 4)


# --- Packing, from the table of mma.m16n8k16's A operand -----------------------------------


def a_operand(lane, element):
    """Row and column of an element of a lane: registers (g, k), (g + 8, k), (g, k + 8), ..."""
    register, half = element // 2, element % 2
    return lane // 4 + 8 * (register % 2), 8 * (register // 2) + lane % 4 * 2 + half


def place_of(code_bits, planes):
    """For each bit of each code of a 16 x 64 tile: (row, column, bit of the code) -> bit of
    the tile."""
    places = {}
    base = shift = 0
    for bits in planes:
        assert bits in (1, 2, 4, 8)
        slots = 16 // bits
        for lane in range(32):
            for local in range(32):
                row, column = a_operand(lane, local % 8)
                column += 16 * (local // 8)
                pair, half = divmod(local, 2)
                word, slot = divmod(pair, slots)
                at = base + (lane * bits + word) * 32 + 16 * half + bits * slot
                for i in range(bits):
                    places[row, column, shift + i] = at + i
        base += 32 * 32 * bits
        shift += bits
    assert shift == code_bits and len(places) == 16 * 64 * code_bits
    return places


def planes_of(bits):
    return [w for w in (8, 4, 2, 1) if bits & w]


def pack(codes, bits):
    n, k = codes.shape
    padded = np.zeros((-n % 16 + n, -k % 64 + k), np.uint32)
    padded[:n, :k] = codes
    tiles = []
    places = place_of(bits, planes_of(bits))
    row, column, bit = np.array(list(places)).T
    at = np.array(list(places.values()))
    for c in range(0, padded.shape[1], 64):
        for r in range(0, padded.shape[0], 16):
            field = np.zeros(16 * 64 * bits, np.uint8)
            field[at] = padded[r + row, c + column] >> bit & 1
            tiles.append(np.packbits(field, bitorder="little").view("<u4"))
    return np.concatenate(tiles).view(np.int32)


def pack_ternary(codes):
    n, k = codes.shape
    padded = np.zeros((-n % 16 + n, -k % 80 + k), np.uint32)
    padded[:n, :k] = codes
    data = []
    for c in range(0, padded.shape[1], 80):
        for r in range(0, padded.shape[0], 16):
            for lane in range(32):
                for byte in range(8):
                    row, column = a_operand(lane, byte)
                    digits = [padded[r + row, c + column + 16 * d] for d in range(5)]
                    data.append(sum(int(digit) * 3**d for d, digit in enumerate(digits)))
    return np.array(data, np.uint8).view("<u4").view(np.int32)


# --- Running -------------------------------------------------------------------------------


def run(arguments, model, arrays, folder):
    path = os.path.join(folder, "arguments.npz")
    out = os.path.join(folder, "out.npz")
    np.savez(path, **arrays)
    if "\n" in model:
        with open(os.path.join(folder, "model.mlir"), "w") as file:
            file.write(model)
        model = os.path.join(folder, "model.mlir")
    command = [arguments.run, model, f"--device={arguments.device}", f"--out={out}",
               *(f"--arg={name}={path}" for name in arrays)]
    result = subprocess.run(command, text=True, capture_output=True)
    if result.returncode:
        sys.exit(f"{' '.join(command)}\n{result.stderr}")
    return np.load(out)


def compare(what, actual, expected, magnitude, unit):
    bound = 4 * unit * magnitude
    wrong = ~(np.abs(actual - expected) <= bound)
    if wrong.any():
        worst = tuple(np.argwhere(wrong)[0])
        sys.exit(f"{what}{list(map(int, worst))}: expected {expected[worst]}, "
                 f"found {actual[worst]}")


def matmul_case(arguments, name, m, n, k, group, folder, seed):
    bits, numbers = FORMATS[name]
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, len(numbers), (n, k)).astype(np.uint8)
    x = rng.standard_normal((m, k)).astype(np.float16)
    scales = rng.standard_normal((n, k // group)).astype(np.float16)
    words = pack_ternary(codes) if name == "!lowp.ternary" else pack(codes, bits)
    arrays = {"x": x, "words": words, "s": scales}
    weight = numbers[codes]
    zeros_argument = zeros_operand = zeros_type = ""
    if arguments.zeros and "int" in name:
        arrays["z"] = rng.integers(0, len(numbers), scales.shape).astype(np.float16)
        weight = weight - np.repeat(arrays["z"].astype(np.float64), group, axis=1)
        zeros_argument = f', %z: tensor<{n}x{k // group}xf16> {{lowp.name = "z"}}'
        zeros_operand, zeros_type = "zeros(%z)", f", tensor<{n}x{k // group}xf16>"
    model = f"""
    func.func @f(%x: tensor<{m}x{k}xf16> {{lowp.name = "x"}},
                 %words: tensor<{len(words)}xi32> {{lowp.name = "words"}},
                 %s: tensor<{n}x{k // group}xf16> {{lowp.name = "s"}}{zeros_argument})
        -> (tensor<{m}x{n}xf32> {{lowp.name = "y"}}) {{
      %w = lowp.unpack %words : tensor<{len(words)}xi32> -> tensor<{n}x{k}x{name}>
      %y = lowp.matmul %x, %w scales(%s) {zeros_operand}
        : (tensor<{m}x{k}xf16>, tensor<{n}x{k}x{name}>, tensor<{n}x{k // group}xf16>{zeros_type})
        -> tensor<{m}x{n}xf32>
      return %y : tensor<{m}x{n}xf32>
    }}"""
    found = run(arguments, model, arrays, folder)
    weight = weight * np.repeat(scales.astype(np.float64), group, axis=1)
    wide = x.astype(np.float64)
    compare(f"{name} {m}x{n}x{k}/{group}", found["y"], wide @ weight.T,
            np.abs(wide) @ np.abs(weight).T, arguments.unit)


def every_code_in_every_place(arguments, name, folder):
    """Row m of x picks column m of the weight, so the result is the weight itself, exactly.
    Tile t of the weight has code (p + t) mod count at its place p: each code in each place."""
    bits, numbers = FORMATS[name]
    place = np.arange(16 * 64).reshape(1, 16, 64)
    codes = (place + np.arange(len(numbers)).reshape(-1, 1, 1)) % len(numbers)
    codes = codes.reshape(-1, 64).astype(np.uint8)
    n = len(codes)
    words = pack(codes, bits)
    model = f"""
    func.func @f(%x: tensor<64x64xf16> {{lowp.name = "x"}},
                 %words: tensor<{len(words)}xi32> {{lowp.name = "words"}},
                 %s: tensor<{n}x1xf16> {{lowp.name = "s"}}) -> (tensor<64x{n}xf32> {{lowp.name = "y"}}) {{
      %w = lowp.unpack %words : tensor<{len(words)}xi32> -> tensor<{n}x64x{name}>
      %y = lowp.matmul %x, %w scales(%s)
        : (tensor<64x64xf16>, tensor<{n}x64x{name}>, tensor<{n}x1xf16>) -> tensor<64x{n}xf32>
      return %y : tensor<64x{n}xf32>
    }}"""
    found = run(arguments, model, {"x": np.eye(64, dtype=np.float16), "words": words,
                                   "s": np.ones((n, 1), np.float16)}, folder)["y"]
    wrong = np.argwhere(found != numbers[codes].T)
    if len(wrong):
        m, row = map(int, wrong[0])
        sys.exit(f"{name}: code {codes[row, m]} at place ({row % 16}, {m}) is "
                 f"{numbers[codes[row, m]]}, found {found[m, row]}; {len(wrong)} are wrong")


def example_case(arguments, folder):
    rng = np.random.default_rng(5)
    numbers = integer(3)
    codes = rng.integers(0, 8, (384, 256)).astype(np.uint8)
    x = rng.standard_normal((16, 256)).astype(np.float16)
    scales = rng.standard_normal((384, 4)).astype(np.float16)
    bias = rng.standard_normal(384).astype(np.float16)
    found = run(arguments, arguments.example,
                {"x": x, "words": pack(codes, 3), "scales": scales, "bias": bias}, folder)
    weight = numbers[codes] * np.repeat(scales.astype(np.float64), 64, axis=1)
    wide = x.astype(np.float64)
    compare("example", found["y"], wide @ weight.T + bias,
            np.abs(wide) @ np.abs(weight).T + np.abs(bias),
            arguments.example_unit or arguments.unit)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", required=True)
    parser.add_argument("--device", default="reference")
    parser.add_argument("--example")
    parser.add_argument("--formats", nargs="*", default=list(FORMATS))
    parser.add_argument("--shapes", nargs="*", default=["3x33x192/32"],
                        help="MxNxK/GROUP each; K is 160 for ternary codes, five to a byte")
    parser.add_argument("--every-code", action="store_true",
                        help="each code in each place of a tile, exactly")
    parser.add_argument("--zeros", action="store_true", help="zero points for integers")
    parser.add_argument("--unit", type=float, default=2.0**-45,
                        help="of float64 sums; a device that sums in f32 has 2^-22")
    parser.add_argument("--example-unit", type=float, help="of the example's result")
    arguments = parser.parse_args()
    if arguments.formats == ["f16"]:
        arguments.formats = [name for name in FORMATS if fits_f16(name)]
    with tempfile.TemporaryDirectory() as folder:
        for seed, (shape, name) in enumerate(itertools.product(arguments.shapes,
                                                               arguments.formats)):
            m, n, k, group = map(int, re.split("[x/]", shape))
            k = 160 if name == "!lowp.ternary" else k
            matmul_case(arguments, name, m, n, k, group, folder, seed)
        for name in arguments.formats if arguments.every_code else []:
            every_code_in_every_place(arguments, name, folder)
        if arguments.example:
            example_case(arguments, folder)
    print(f"{len(arguments.formats)} formats are right in {len(arguments.shapes)} shapes"
          + (", each code in each place" if arguments.every_code else ""))


if __name__ == "__main__":
    main()

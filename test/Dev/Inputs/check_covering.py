"""Enumerates all pairs of settings and looks for each in the covering array."""
import itertools
import sys

sys.path.insert(0, sys.argv[1])
import covering

table = covering.factors([f"graph{i}" for i in range(18)])
cases = covering.cover(table)
missing = [
    (first, x, second, y)
    for first, second in itertools.combinations(table, 2)
    for x, y in itertools.product(table[first], table[second])
    if not any(case[first] == x and case[second] == y for case in cases)]
assert not missing, missing[:5]
assert cases == covering.cover(table), "the same factors give the same cases"
assert len({covering.title(case) for case in cases}) == len(cases), "two cases alike"
# No array can have fewer cases than the two largest factors have pairs.
least = 18 * len(covering.WIDTHS)
print(f"{len(cases)} cases cover all pairs, {least} at least")
assert len(cases) <= 1.25 * least

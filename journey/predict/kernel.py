"""Adding up what every tree says of every customer, in one piece of machine code: 100,000 customers in a quarter of a second."""

import math

from journey.index import Array, jit


@jit
def add_leaves(
    values: Array,
    total: Array,
    starts: Array,
    left: Array,
    right: Array,
    missing: Array,
    feature: Array,
    threshold: Array,
    leaf: Array,
) -> None:
    """total (n,) grows by the leaf of each tree, the first tree's first.

    values: (n, k), NaN where missing.  starts: (trees,) the root of each in the arrays of nodes, which are numbered from it.
    """
    for row in range(len(values)):
        for root in starts:
            at = root
            while left[at] >= 0:
                seen = values[row, feature[at]]
                if math.isnan(seen):
                    at = root + missing[at]
                elif seen <= threshold[at]:
                    at = root + left[at]
                else:
                    at = root + right[at]
            total[row] += leaf[at]

"""What must have come for one step of an unordered funnel, two steps, ... to be done: as numbers, for the kernel."""

import numpy as np

from journey.funnels.ties import Ties
from journey.funnels.unordered import all_needs
from journey.index import Array


def numbered_needs(ties: Ties) -> tuple[Array, Array]:
    """needs: (needs, 3) a slot, a group, the how-manieth of its events.  groups: (groups,) kinds as bits, by order of first steps."""
    kinds, needs, groups = list(ties.kinds), [], dict[tuple[int, ...], int]()
    slots = (served for part in all_needs(ties) for served in part)
    for slot, served in enumerate(slots):
        needs += [(slot, groups.setdefault(group, len(groups)), nth) for group, nth in served]
    return np.array(needs, np.int64), np.array([sum(1 << kinds.index(kind) for kind in group) for group in groups], np.int64)

"""The loops behind lifecycle and stickiness, over bitmaps of active periods.

Bit 0 is the period before the scope, bit p + 1 the scope's period p; bits after the scope are passed over.
"""

from typing import Any

import numpy as np

from journey.index import jit

Array = np.ndarray[Any, Any]
NEW, RETURNING, RESURRECTED, DORMANT = 0, 1, 2, 3


@jit
def count_bits(word: Any) -> Any:
    """How many bits of a u64 are set.  Source: Warren 2012, "Hacker's Delight", section 5-1."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@jit
def of_scope(word: Any, number: int, periods: int) -> Any:
    """A bitmap's word of this number without the bits after the scope."""
    left = periods + 1 - 64 * number
    return word if left >= 64 else word & ((np.uint64(1) << np.uint64(left)) - np.uint64(1))


@jit
def count_states(active: Array, first: Array, periods: int, low: int, high: int, counts: Array) -> int:
    """counts[period, state] += customers low to high in it; answers how many were active in the scope or just before it.

    first: (people,) the bit of each customer's first event of any name, -1 where it lies outside.
    """
    people, one = 0, np.uint64(1)
    for i in range(low, high):
        last = -2  # the bit that was set before
        for number in range((periods + 64) >> 6):
            rest = of_scope(active[i, number], number, periods)
            while rest:
                bit = 64 * number + count_bits(~rest & (rest - one))
                rest &= rest - one
                if last >= 0 and bit > last + 1:
                    counts[last, DORMANT] += 1  # bit last + 1 is the scope's period last
                if bit:
                    counts[bit - 1, NEW if first[i] == bit else RETURNING if last == bit - 1 else RESURRECTED] += 1
                last = bit
        if 0 <= last < periods:
            counts[last, DORMANT] += 1
        people += last >= 0
    return people


@jit
def count_days(active: Array, periods: int, low: int, high: int, counts: Array) -> None:
    """counts[n] += customers low to high who were active in n periods of the scope."""
    for i in range(low, high):
        days = 0
        for number in range((periods + 64) >> 6):
            word = of_scope(active[i, number], number, periods)
            days += count_bits(word & ~np.uint64(1) if number == 0 else word)
        counts[days] += 1

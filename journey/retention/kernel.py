"""The loops behind a retention: in which of its entries a member came back, and sums of that.

A member is a customer in a cohort.  hits: (members, words) u64, bit k of a row is set where the member counts in entry k;
bit 0 is the cohort itself.  Bitmaps of active periods are numbered as cohorts are.
"""

from typing import Any

import numpy as np

from journey.index import jit

Array = np.ndarray[Any, Any]
ON, ON_OR_AFTER, BRACKETS = 0, 1, 2
FEW = 24  # as many entries are added up faster by adding every bit than by looking for those that are set


@jit
def set_bit(rows: Array, row: int, place: int) -> None:
    rows[row, place >> 6] |= np.uint64(1) << np.uint64(place & 63)


@jit
def has_bit(rows: Array, row: int, place: int) -> bool:
    return (rows[row, place >> 6] >> np.uint64(place & 63)) & np.uint64(1) != 0


@jit
def set_up_to(rows: Array, row: int, place: int) -> None:
    """Set the bits 0 to place."""
    for word in range(place >> 6):
        rows[row, word] = ~np.uint64(0)
    rows[row, place >> 6] |= ~np.uint64(0) >> np.uint64(63 - (place & 63))


@jit
def count_bits(word: Any) -> Any:
    """How many bits of a u64 are set.  Source: Warren 2012, "Hacker's Delight", section 5-1."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@jit
def last_bit(rows: Array, row: int) -> Any:
    """The highest bit that is set; -1 where none is."""
    for word in range(rows.shape[1] - 1, -1, -1):
        below = rows[row, word]
        if below:
            for shift in (1, 2, 4, 8, 16, 32):
                below |= below >> np.uint64(shift)  # in the end every bit below the highest is set
            return 64 * word + count_bits(below) - 1
    return -1


@jit
def bits_from(rows: Array, row: int, place: int) -> Any:
    """The 64 bits from a place on; past the end they are not set."""
    word, shift = place >> 6, np.uint64(place & 63)
    low = rows[row, word] >> shift if word < rows.shape[1] else np.uint64(0)
    if shift and word + 1 < rows.shape[1]:
        return low | rows[row, word + 1] << (np.uint64(64) - shift)
    return low


@jit
def hits_of_active(
    customer: Array, cohort: Array, active: Array, mode: int, firsts: Array, lasts: Array, entries: int, low: int, high: int, hits: Array
) -> None:
    """Fill hits from the bitmaps of active periods.  firsts, lasts: (entries,) periods of each bracket, [0] the cohort."""
    words = hits.shape[1]
    within = ~np.uint64(0) >> np.uint64((64 * words - entries) & 63)  # of the last word, the bits that are entries
    for i in range(low, high):
        who, begin = customer[i], cohort[i]
        if mode == ON:
            for word in range(words):
                hits[i, word] = bits_from(active, who, begin + 64 * word)
            hits[i, words - 1] &= within
        elif mode == ON_OR_AFTER:
            set_up_to(hits, i, max(0, min(last_bit(active, who) - begin, entries - 1)))
        else:
            for entry in range(1, entries):
                for period in range(begin + firsts[entry], min(begin + lasts[entry] + 1, 64 * active.shape[1])):
                    if has_bit(active, who, period):
                        set_bit(hits, i, entry)
                        break
        hits[i, 0] |= np.uint64(1)


@jit
def hits_of_keys(
    customer: Array,
    cohort: Array,
    time: Array,
    keys: Array,
    bits: int,
    bounds: Array,
    length: int,
    least: int,
    mode: int,
    firsts: Array,
    lasts: Array,
    entries: int,
    low: int,
    high: int,
    hits: Array,
) -> None:
    """Fill hits from the return events themselves.

    keys: sorted, of the return events.  length: ms of a period on the member's own clock, 0 for periods of the calendar.
    least: how many return events make a return.
    """
    if low == high:
        return
    times = np.zeros(entries, np.int64)
    start = np.searchsorted(keys, np.int64(customer[low]) << bits)
    for i in range(low, high):
        base = np.int64(customer[i]) << bits
        hits[i, 0] |= np.uint64(1)
        while start < len(keys) and keys[start] < base:
            start += 1
        times[:] = 0
        # `k` is the period after the cohort's in which the event lies, `end` the time at which it ends.
        k, seen, end = 0, 0, time[i] + length if length else bounds[cohort[i] + 1]
        for at in range(start, len(keys)):
            when = keys[at] - base
            if when >> bits:
                break
            if when >= end:
                while when >= end:
                    k += 1
                    end = time[i] + (k + 1) * length if length else bounds[cohort[i] + k + 1]
                seen = 0
                if k > lasts[entries - 1] and mode == ON:
                    break
            if k == 0:
                continue
            seen += 1
            if mode == BRACKETS:
                for entry in range(1, entries):
                    if firsts[entry] <= k <= lasts[entry]:
                        times[entry] += 1
                        if times[entry] == least:
                            set_bit(hits, i, entry)
            elif seen == least:
                set_bit(hits, i, k) if mode == ON else set_up_to(hits, i, min(k, entries - 1))


@jit
def count_hits(cohort: Array, time: Array, group: Array, hits: Array, low: int, high: int, counts: Array, latest: Array) -> None:
    """counts[group, cohort, entry] += members that count in it; latest[group, cohort] = when the last of them joined."""
    one, entries = np.uint64(1), counts.shape[2]
    for i in range(low, high):
        of, joined = np.uint64(group[i]), np.uint64(cohort[i])
        latest[of, joined] = max(latest[of, joined], time[i])
        if entries <= FEW:
            for entry in range(np.uint64(entries)):
                counts[of, joined, entry] += np.int64((hits[i, 0] >> entry) & one)
            continue
        for word in range(hits.shape[1]):
            rest = hits[i, word]
            while rest:
                counts[of, joined, 64 * word + count_bits(~rest & (rest - one))] += 1  # the bits below the lowest that is set
                rest &= rest - one


@jit
def add_spread(customer: Array, cohort: Array, group: Array, hits: Array, complete: Array, low: int, high: int, sums: Array) -> None:
    """sums[group, entry] += 1, x, y, xx, xy, yy of each customer who is in x complete cells of it, and counts in y of them.

    complete: (groups, cohorts, entries) u8.  low and high do not cut a customer.
    """
    groups, entries = complete.shape[0], complete.shape[2]
    asked, came = np.zeros((groups, entries), np.int64), np.zeros((groups, entries), np.int64)
    touched, i = np.empty(groups, np.int64), low
    while i < high:
        who, n = customer[i], 0
        while i < high and customer[i] == who:
            of = group[i]
            if not asked[of, 0]:
                asked[of, 0] = 1
                touched[n] = of
                n += 1
            joined = cohort[i]
            for entry in range(1, entries):  # without a branch, which would be guessed wrongly
                cell = np.int64(complete[of, joined, entry])
                asked[of, entry] += cell
                came[of, entry] += cell & np.int64(has_bit(hits, i, entry))
            i += 1
        for place in range(n):
            of = touched[place]
            for entry in range(1, entries):
                x, y = asked[of, entry], came[of, entry]
                sums[of, entry, 0] += x > 0
                sums[of, entry, 1] += x
                sums[of, entry, 2] += y
                sums[of, entry, 3] += x * x
                sums[of, entry, 4] += x * y
                sums[of, entry, 5] += y * y
                asked[of, entry] = came[of, entry] = 0
            asked[of, 0] = 0

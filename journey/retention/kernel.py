"""The loops behind a retention: in which of its entries a member came back, and sums of that.

A member is a customer in a cohort.  hits: (members, words) u64, bit k of a row is set where the member counts in entry k;
bit 0 is the cohort itself.  Bitmaps of active periods are numbered as cohorts are.
"""

from typing import Any

import numpy as np

from journey.index import jit

Array = np.ndarray[Any, Any]
ON, ON_OR_AFTER, BRACKETS = 0, 1, 2
NEVER = -(2**62)


@jit
def set_bit(words: Array, place: int) -> None:
    words[place >> 6] |= np.uint64(1) << np.uint64(place & 63)


@jit
def has_bit(words: Array, place: int) -> bool:
    return (words[place >> 6] >> np.uint64(place & 63)) & np.uint64(1) != 0


@jit
def set_up_to(words: Array, place: int) -> None:
    """Set the bits 0 to place."""
    for word in range(place >> 6):
        words[word] = ~np.uint64(0)
    words[place >> 6] |= ~np.uint64(0) >> np.uint64(63 - (place & 63))


@jit
def last_bit(words: Array) -> int:
    """The highest bit that is set; -1 where none is."""
    for word in range(len(words) - 1, -1, -1):
        rest, place = words[word], 64 * word - 1
        for width in (32, 16, 8, 4, 2, 1):
            if rest >> np.uint64(width):
                rest >>= np.uint64(width)
                place += width
        if rest:
            return place + 1
    return -1


@jit
def copy_from(words: Array, begin: int, size: int, out: Array) -> None:
    """out = `size` bits of words from bit `begin` on; past the end they are not set."""
    skipped, shift = begin >> 6, np.uint64(begin & 63)
    for word in range((size + 63) >> 6):
        at = skipped + word
        low = words[at] >> shift if at < len(words) else np.uint64(0)
        high = words[at + 1] << (np.uint64(64) - shift) if shift and at + 1 < len(words) else np.uint64(0)
        out[word] = low | high
    if size & 63:
        out[(size - 1) >> 6] &= ~np.uint64(0) >> np.uint64(64 - (size & 63))


@jit
def hits_of_active(
    customer: Array, cohort: Array, active: Array, mode: int, firsts: Array, lasts: Array, entries: int, low: int, high: int, hits: Array
) -> None:
    """Fill hits from the bitmaps of active periods.  firsts, lasts: (entries,) periods of each bracket, [0] the cohort."""
    for i in range(low, high):
        words, own, begin = active[customer[i]], hits[i], cohort[i]
        if mode == ON:
            copy_from(words, begin, entries, own)
        elif mode == ON_OR_AFTER:
            set_up_to(own, max(0, min(last_bit(words) - begin, entries - 1)))
        else:
            for entry in range(1, entries):
                for period in range(begin + firsts[entry], min(begin + lasts[entry] + 1, 64 * len(words))):
                    if has_bit(words, period):
                        set_bit(own, entry)
                        break
        own[0] |= np.uint64(1)


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
        own, base = hits[i], np.int64(customer[i]) << bits
        own[0] |= np.uint64(1)
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
                            set_bit(own, entry)
            elif seen == least:
                set_bit(own, k) if mode == ON else set_up_to(own, min(k, entries - 1))


@jit
def count_hits(cohort: Array, time: Array, group: Array, hits: Array, low: int, high: int, counts: Array, latest: Array) -> None:
    """counts[group, cohort, entry] += members that count in it; latest[group, cohort] = when the last of them joined."""
    for i in range(low, high):
        own, cells = hits[i], counts[group[i], cohort[i]]
        latest[group[i], cohort[i]] = max(latest[group[i], cohort[i]], time[i])
        for word in range(len(own)):
            rest, place = own[word], 64 * word
            while rest:
                cells[place] += np.int64(rest & np.uint64(1))
                rest >>= np.uint64(1)
                place += 1


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
            for entry in range(1, entries):
                if complete[of, cohort[i], entry]:
                    asked[of, entry] += 1
                    came[of, entry] += has_bit(hits[i], entry)
            i += 1
        for of in touched[:n]:
            for entry in range(1, entries):
                x, y = asked[of, entry], came[of, entry]
                if x:
                    cell = sums[of, entry]
                    cell[0] += 1
                    cell[1] += x
                    cell[2] += y
                    cell[3] += x * x
                    cell[4] += x * y
                    cell[5] += y * y
            asked[of] = 0
            came[of] = 0

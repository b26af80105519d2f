"""The loops over keys and periods: who was active when, and when each customer was first there."""

from typing import Any

import numpy as np

from journey.index import jit

Array = np.ndarray[Any, Any]
SLOT_BITS = 26  # a slot is 2**26 ms, 18.6 hours: hardly ever does more than one period begin in it


@jit
def period_of(time: int, bounds: Array, slots: Array) -> int:
    """The period that holds a time: -1 before the first, as many as there are after the last."""
    if time < bounds[0]:
        return -1
    if time >= bounds[-1]:
        return len(bounds) - 1
    period = slots[(time - bounds[0]) >> SLOT_BITS]
    while time >= bounds[period + 1]:
        period += 1
    return period


@jit
def mark_active(keys: Array, bits: int, bounds: Array, slots: Array, least: int, low: int, high: int, active: Array) -> None:
    """Set bit p of active[customer] where customers low <= customer < high have `least` keys in period p.

    active: (people, words) u64 of zeros.
    """
    last, one = len(bounds) - 1, np.int64(1)
    first, stop = np.searchsorted(keys, low << bits), np.searchsorted(keys, high << bits)
    end = -1  # the first key that is no more of this customer and period
    customer, period, times = 0, -1, 0
    for i in range(first, stop):
        key = keys[i]
        if key >= end:
            customer, time = key >> bits, key & ((one << bits) - 1)
            period, times = period_of(time, bounds, slots), 0
            end = key - time + (one << bits if period == last else min(bounds[period + 1], one << bits))
        times += 1
        if times == least and 0 <= period < last:
            active[customer, period >> 6] |= np.uint64(1) << np.uint64(period & 63)


@jit
def find_firsts(
    keys: Array,
    bits: int,
    bounds: Array,
    slots: Array,
    periods: int,
    again: bool,
    low: int,
    high: int,
    customer: Array,
    period: Array,
    time: Array,
    place: Array,
) -> int:
    """Write the first key of each customer, again: of each customer and period, where it lies in the first `periods`.

    customer, period, time and its place in keys are as long as there can be firsts; answers how many there are.
    """
    last, one, n = len(bounds) - 1, np.int64(1), 0
    end = -1
    for i in range(np.searchsorted(keys, low << bits), np.searchsorted(keys, high << bits)):
        key = keys[i]
        if key < end:
            continue
        when = key & ((one << bits) - 1)
        within = period_of(when, bounds, slots)
        end = key - when + (min(bounds[within + 1], one << bits) if again and within < last else one << bits)
        if 0 <= within < periods:
            customer[n], period[n], time[n], place[n] = key >> bits, within, when, i
            n += 1
    return n

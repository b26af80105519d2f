"""The loops that build the index and read lists from it."""

from typing import Any

import numpy as np

from journey.index.compiled import jit

Array = np.ndarray[Any, Any]


@jit
def pack_keys(customer: Array, ts: Array, bits: int, origin: int, keys: Array, low: int, high: int) -> None:
    """keys[i] = customer[i] << bits | ts[i] - origin, for low <= i < high."""
    for i in range(low, high):
        keys[i] = (np.int64(customer[i]) << bits) | (ts[i] - origin)


@jit
def count_codes(codes: Array, low: int, high: int, counts: Array) -> None:
    for i in range(low, high):
        counts[codes[i]] += 1


@jit
def place_rows(codes: Array, low: int, high: int, cursor: Array, rows: Array) -> None:
    """A stable counting sort of row numbers by code.  cursor: (codes,) where the next row of each goes."""
    for i in range(low, high):
        code = codes[i]
        rows[cursor[code]] = i
        cursor[code] += 1


@jit
def find_customers(customer: Array, first: Array) -> None:
    """first: (people + 1,) the first row of each customer; that of the next one where a customer has no events."""
    n, people = len(customer), len(first) - 1
    at = 0
    for i in range(n):
        while at <= customer[i]:
            first[at] = i
            at += 1
    while at <= people:
        first[at] = n
        at += 1


@jit
def find_sessions(customer: Array, session: Array, first: Array) -> int:
    """Write the first row of each session into first: (events + 1,), and the end; answers how many there are.

    -1 where the sessions of a customer overlap, so that their rows do not stand together.
    """
    count = 0
    for i in range(len(customer)):
        if i == 0 or customer[i] != customer[i - 1]:
            first[count] = i
            count += 1
        elif session[i] != session[i - 1]:
            if session[i] < session[i - 1]:
                return -1
            first[count] = i
            count += 1
    first[count] = len(customer)
    return count


@jit
def framed_keys(keys: Array, rows: Array, none: int, end: int, pad: int) -> Array:
    """none, the keys of the rows, and `pad` end marks."""
    n = len(rows)
    out = np.empty(n + 1 + pad, np.int64)
    out[0] = none
    for i in range(n):
        out[i + 1] = keys[rows[i]]
    for i in range(n + 1, n + 1 + pad):
        out[i] = end
    return out


@jit
def allowed_by_event(keys: Array, rows: Array, column: Array, allowed: Array, end: int, pad: int) -> tuple[Array, Array]:
    """The framed keys and the rows of those whose value is allowed.  column: (events,) codes of values; allowed: (values,) u8."""
    n = 0
    to_keys, to_rows = np.empty(len(rows) + 1 + pad, np.int64), np.empty(len(rows), np.uint32)
    to_keys[0] = keys[0]
    for i in range(len(rows)):
        to_keys[n + 1], to_rows[n] = keys[i + 1], rows[i]
        n += allowed[column[rows[i]]]
    to_keys[n + 1 : n + 1 + pad] = end
    return to_keys[: n + 1 + pad], to_rows[:n]


@jit
def allowed_by_customer(keys: Array, rows: Array, bits: int, allowed: Array, end: int, pad: int) -> tuple[Array, Array]:
    """The same of the customers that are allowed: (people,) u8."""
    n = 0
    to_keys, to_rows = np.empty(len(rows) + 1 + pad, np.int64), np.empty(len(rows), np.uint32)
    to_keys[0] = keys[0]
    for i in range(len(rows)):
        to_keys[n + 1], to_rows[n] = keys[i + 1], rows[i]
        n += allowed[keys[i + 1] >> bits]
    to_keys[n + 1 : n + 1 + pad] = end
    return to_keys[: n + 1 + pad], to_rows[:n]

"""Mix against rate: how much of the difference between two wholes is because they are made of other groups, and how much
because the same groups do better or worse.

Each whole is divided into groups; its value is the sum over groups of share x value.  For every group

    mix   change of its share x (its mean value - the mean value of all): more of a good group, or less of a poor one
    rate  its mean share x change of its value

and the two sum over groups to the difference exactly.  A group that only one of the wholes has is all mix.
Source: Marshall 1885 and Edgeworth 1887 weigh by means of both sides; the same split is known as Kitagawa's (1955, J. Am.
Stat. Assoc. 50, 1168).  Taking the mean of all away moves no sum, since changes of shares add up to 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.inference import Z95, Interval


@dataclass(frozen=True)
class MixedGroup:
    """One group.  Pairs are (of the first whole, of the second): (before, now), or (control, variant).

    units: that have any of the denominator; counted: how much they have.  share: of all of it; value: None where a whole has none.
    Intervals are 95%, None where nothing varies.
    """

    group: str
    units: tuple[int, int]
    counted: tuple[float, float]
    share: tuple[float, float]
    value: tuple[float | None, float | None]
    mix: float
    rate: float
    mix_interval: Interval | None = None
    rate_interval: Interval | None = None

    def as_plain(self, first: str, second: str) -> dict[str, Any]:
        told = {"units": self.units, "counted": self.counted, "share": self.share, "value": self.value}
        sides = {name: {key: pair[n] for key, pair in told.items()} for n, name in enumerate((first, second))}
        return {"group": self.group, **sides, **_parts_plain(self)}


@dataclass(frozen=True)
class Mixed:
    """value: of both wholes.  mix + rate is their difference, each the sum over groups."""

    value: tuple[float, float]
    mix: float
    rate: float
    groups: tuple[MixedGroup, ...]
    mix_interval: Interval | None = None
    rate_interval: Interval | None = None

    @property
    def difference(self) -> float:
        return self.value[1] - self.value[0]

    def as_plain(self, first: str, second: str) -> dict[str, Any]:
        return {**_parts_plain(self), "groups": [group.as_plain(first, second) for group in self.groups]}


def _parts_plain(part: MixedGroup | Mixed) -> dict[str, Any]:
    intervals = {name: None if pair is None else list(pair) for name, pair in _intervals(part)}
    return {"mix": part.mix, "rate": part.rate, **intervals}


def _intervals(part: MixedGroup | Mixed) -> tuple[tuple[str, Interval | None], ...]:
    return ("mix_interval", part.mix_interval), ("rate_interval", part.rate_interval)


def mixed(
    names: Sequence[str], whole: np.ndarray, group: np.ndarray, under: np.ndarray, over: np.ndarray, unit: np.ndarray | None = None
) -> Mixed | None:
    """The split, from one row per unit and whole; None where either whole has nothing of the denominator.

    names: of the groups.  whole: (n,) 0 or 1.  group: (n,) place in names.  under, over: (n,) what the row adds to the
    denominator and to the numerator.  unit: (n,) whose rows hang together; None where each row is a unit of its own.
    """
    totals = np.zeros((2, len(names), 2))
    for link, values in enumerate((under, over)):
        totals[..., link] = np.bincount(whole * len(names) + group, values, 2 * len(names)).reshape(2, -1)
    if not np.all(totals[..., 0].sum(axis=1) > 0):
        return None
    parts, halves = split(totals), _halves(totals, whole, group, under, over, unit)
    value = totals[..., 1].sum(axis=1) / totals[..., 0].sum(axis=1)
    units = np.bincount(whole * len(names) + group, under != 0, 2 * len(names)).reshape(2, -1)
    groups = tuple(_group(name, units[:, g], totals, g, parts, halves) for g, name in enumerate(names))
    around = [_around(float(part.sum()), half) for part, half in zip(parts, halves[:, -1], strict=True)]
    return Mixed((float(value[0]), float(value[1])), float(parts[0].sum()), float(parts[1].sum()), groups, *around)


def split(totals: np.ndarray) -> np.ndarray:
    """totals: (2 wholes, groups, 2: denominator, numerator) -> (2: mix, rate; groups), in all the difference."""
    under, over = totals[..., 0], totals[..., 1]
    share = under / under.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(under > 0, over / under, np.nan)
    value = np.where(np.isnan(value), value[::-1], value)  # a group of one whole is all mix, at the value it has there
    value = np.where(np.isnan(value), 0.0, value)
    everyone = (over.sum(axis=1) / under.sum(axis=1)).mean()
    return np.array([(share[1] - share[0]) * (value.mean(axis=0) - everyone), share.mean(axis=0) * (value[1] - value[0])])


def _halves(
    totals: np.ndarray, whole: np.ndarray, group: np.ndarray, under: np.ndarray, over: np.ndarray, unit: np.ndarray | None
) -> np.ndarray:
    """(2: mix, rate; groups + 1: all of them together): half the 95% interval, by the delta method, each unit one draw."""
    place = np.arange(len(whole)) if unit is None else np.unique(unit, return_inverse=True)[1]
    units = int(place.max()) + 1
    slope = _slopes(totals)
    halves = np.zeros(slope.shape[:2])
    for at in np.ndindex(halves.shape):
        pull = slope[at]  # (2, groups, 2)
        influence = under * pull[..., 0][whole, group] + over * pull[..., 1][whole, group]
        summed = influence if unit is None else np.bincount(place, influence, units)
        halves[at] = Z95 * np.sqrt(np.square(summed).sum() * units / max(units - 1, 1)) if units > 1 else np.nan
    return halves


def _slopes(totals: np.ndarray) -> np.ndarray:
    """(2, groups + 1, *totals.shape): how each part grows with each total, by central differences."""
    slopes = np.zeros((2, totals.shape[1] + 1, *totals.shape))
    for at in np.ndindex(totals.shape):
        step = abs(totals[at]) * 1e-5
        if step:
            up, down = totals.copy(), totals.copy()
            up[at] += step
            down[at] -= step
            grown = (split(up) - split(down)) / (2 * step)
            slopes[(slice(None), slice(None), *at)] = np.column_stack([grown, grown.sum(axis=1)])
    return slopes


def _group(name: str, units: np.ndarray, totals: np.ndarray, g: int, parts: np.ndarray, halves: np.ndarray) -> MixedGroup:
    under, over = totals[:, g, 0], totals[:, g, 1]
    share = under / totals[..., 0].sum(axis=1)
    value = [float(top / below) if below > 0 else None for top, below in zip(over, under, strict=True)]
    around = [_around(float(parts[n, g]), halves[n, g]) for n in (0, 1)]
    return MixedGroup(
        name,
        (int(units[0]), int(units[1])),
        (float(under[0]), float(under[1])),
        (float(share[0]), float(share[1])),
        (value[0], value[1]),
        float(parts[0, g]),
        float(parts[1, g]),
        *around,
    )


def _around(part: float, half: float) -> Interval | None:
    return (part - float(half), part + float(half)) if half > 0 else None

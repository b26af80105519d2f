"""Why the variants are not as large as they were meant to be: which groups of units are off, and the split without them.

Every property known at the exposure divides the units into groups.  Where dice decided and all was logged, every group is
split as the whole was meant to be; where a bug loses the exposures of one device, of one day or of one channel, it is not.
A property whose groups are off in different ways points at the cause; one whose groups are all off alike does not.
Source: Fabijan and others 2019, "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD, section 5.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.special import chdtrc

from journey.experiments.checks.level import ALARM, FINE, LOOK, SEE, bonferroni, named, p_words, share_words, units_words
from journey.experiments.judge.words import listed
from journey.experiments.result import Finding, Split
from journey.inference.differences import p_of_counts, square_of_counts

FEWEST = 5  # units that each variant of a group should have: with fewer the chi-square test is none
MOST_ROWS = 40
ONE_SIDED = 0.95  # a property that tells the variant itself is no cause: such a share of its units are in groups of one variant


@dataclass(frozen=True)
class OffGroup:
    """A group of units.  counts: of each variant, in the order of the split.  chi2, p: against the shares meant; q: corrected.

    odd: the variant that is off, and missing: the share of its units that are not there, below 0 where there are too many.
    """

    trait: str
    value: str
    counts: tuple[int, ...]
    chi2: float | None
    p: float | None
    q: float | None = None
    odd: str = ""
    missing: float | None = None

    @property
    def off(self) -> bool:
        return self.q is not None and self.q < LOOK


@dataclass(frozen=True)
class Cause:
    """trait: whose groups are off in different ways.  off: these groups.  left: units of each variant without them; p: of that."""

    trait: str
    off: tuple[OffGroup, ...]
    left: tuple[int, ...]
    chi2: float | None
    p: float | None


def cause_in(arm: pl.Series, traits: pl.DataFrame, split: Split) -> Finding:
    """arm: (n,) the variant of each unit.  traits: a row per unit, and a column of texts per property.

    state: alarm where the split is broken, look where only a group is, else fine.
    """
    arms, shares = [one.name for one in split.arms if one.share], [one.share for one in split.arms if one.share]
    found, groups, names = _searched(arm, traits, arms, shares)
    off = [group for group in groups if group.off]
    if found:
        sentence = _sentence(found, arms, shares, len(groups), split) + _beyond(found, arm, traits, arms, shares)
    elif split.warn:
        sentence = _unknown(names, len(groups), off)
    elif off:
        sentence = _yet(off[0], arms, shares, len(groups))
    else:
        sentence = f"No group of units is off: {len(groups)} groups by {listed(names)} were tested." if names else NONE_KNOWN
    state = ALARM if split.alarm else SEE if split.warn or off else FINE
    return Finding("cause", state, sentence, _rows(found, groups, arms))


def _searched(
    arm: pl.Series, traits: pl.DataFrame, arms: Sequence[str], shares: Sequence[float]
) -> tuple[Cause | None, list[OffGroup], list[str]]:
    """(the likeliest cause, every group that was tested, the properties they are of)."""
    tables = {one.name: table for one in traits if (table := _counted(arm, one, arms)) and not _tells_variant(table)}
    groups = _tested(tables, arms, shares)
    differs = {name: _differs(table) for name, table in tables.items()}
    level = math.log(LOOK / max(len(tables), 1))
    told = sorted((name for name in tables if differs[name] < level), key=lambda name: differs[name])
    found = next((cause for name in told if (cause := _cause(name, groups, tables[name], shares, level))), None)
    return found, groups, list(tables)


def _beyond(cause: Cause, arm: pl.Series, traits: pl.DataFrame, arms: Sequence[str], shares: Sequence[float]) -> str:
    """A second cause, where the split is still off without the groups of the first."""
    if cause.p is None or cause.p >= LOOK:
        return ""
    rest = ~traits[cause.trait].fill_null("").is_in([group.value for group in cause.off])
    found, groups, _ = _searched(arm.filter(rest), traits.filter(rest), arms, shares)
    if found is None:
        return ""
    first = found.off[0]
    left = f"Without it as well the split is {_sizes(found, arms)} ({p_words(found.p)})"
    off = f"{found.trait} = {named(first.value)} is off: {_off_words(first, arms, shares)} ({_sure(first, len(groups))})"
    return f" Of the rest, {off}. {left}."


NONE_KNOWN = "Nothing is known of the units at their exposure, so there are no groups in which to look for a cause."


def _counted(arm: pl.Series, trait: pl.Series, arms: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """group -> units of each variant; {} for a property that divides nobody."""
    rows = pl.DataFrame({"value": trait.fill_null(""), "arm": arm}).group_by("value", "arm").len()
    found: dict[str, list[int]] = {}
    for value, name, n in rows.sort("value", "arm").iter_rows():
        if name in arms:
            found.setdefault(value, [0] * len(arms))[arms.index(name)] += n
    return {value: tuple(counts) for value, counts in found.items()} if len(found) > 1 else {}


def _tells_variant(table: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether nearly all groups are of one variant alone: such a property is another name of the variant."""
    big = [counts for counts in table.values() if sum(counts) >= FEWEST]
    alone = sum(sum(counts) for counts in big if max(counts) == sum(counts))
    return alone > ONE_SIDED * sum(map(sum, big))


def _tested(tables: Mapping[str, Mapping[str, tuple[int, ...]]], arms: Sequence[str], shares: Sequence[float]) -> list[OffGroup]:
    """Every group large enough, with its p corrected for how many there are."""
    told = [
        (name, value, counts) for name, table in tables.items() for value, counts in table.items() if sum(counts) * min(shares) >= FEWEST
    ]
    ps = [p_of_counts(counts, shares) for _, _, counts in told]
    return [
        OffGroup(name, value, counts, square_of_counts(counts, shares), p, q, *_odd(counts, arms, shares))
        for (name, value, counts), p, q in zip(told, ps, bonferroni(ps), strict=True)
    ]


def _odd(counts: Sequence[int], arms: Sequence[str], shares: Sequence[float]) -> tuple[str, float | None]:
    """(the variant that is off, the share of it that is missing).

    Of two it is the smaller: units get lost more easily than they are made up.  Of more it is the one without which the
    others are most alike.
    """
    filled = [n / share for n, share in zip(counts, shares, strict=True)]
    if len(counts) == 2:
        at = int(np.argmin(filled))
    else:
        at = max(range(len(counts)), key=lambda k: p_of_counts(_without(counts, k), _scaled(_without(shares, k))) or 0.0)
    others = sum(_without(counts, at)) / sum(_without(shares, at))
    return arms[at], 1 - filled[at] / others if others else None


def _without(values: Sequence[Any], at: int) -> list[Any]:
    return [value for place, value in enumerate(values) if place != at]


def _scaled(shares: Sequence[float]) -> list[float]:
    return [share / sum(shares) for share in shares]


def _differs(table: Mapping[str, tuple[int, ...]]) -> float:
    """The logarithm of the chance that the groups are split alike, however that is: Pearson's test of independence.

    Groups too small for it are left out; 0 (certain) below two groups.
    """
    counts = np.array([row for row in table.values() if sum(row) >= FEWEST * len(row)], dtype=float)
    counts = counts[:, counts.sum(axis=0) > 0] if len(counts) else counts
    if len(counts) < 2 or counts.shape[1] < 2:
        return 0.0
    meant = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    square = float(((counts - meant) ** 2 / meant).sum())
    p = float(chdtrc((counts.shape[0] - 1) * (counts.shape[1] - 1), square))
    return math.log(p) if p else -math.inf


def _cause(
    name: str, groups: Sequence[OffGroup], table: Mapping[str, tuple[int, ...]], shares: Sequence[float], level: float
) -> Cause | None:
    """The fewest groups without which the others are split alike, each one that is off; None where no group is.

    Taken away one by one, first the one without which the others are most alike.  level: log of the p below which groups differ.
    """
    left, gone = dict(table), list[OffGroup]()
    off = {group.value: group for group in groups if group.trait == name and group.off}
    while off and len(left) > 1 and (not gone or _differs(left) < level):
        odd = max(off, key=lambda value: (_differs({one: left[one] for one in left if one != value}), off[value].chi2 or 0.0))
        gone.append(off.pop(odd))
        del left[odd]
    if not gone:
        return None
    kept = [sum(column) for column in zip(*left.values(), strict=True)]
    return Cause(name, tuple(gone), tuple(kept), square_of_counts(kept, shares), p_of_counts(kept, shares))


def _sentence(cause: Cause, arms: Sequence[str], shares: Sequence[float], tests: int, split: Split) -> str:
    """The likely cause, how sure, and what the split is without it."""
    first = cause.off[0]
    more = [f"{named(group.value)} ({_lost(group)})" for group in cause.off[1:]]
    also = f" Off as well: {listed(more[:3])}{f', and {len(more) - 3} more' if len(more) > 3 else ''}." if more else ""
    places = listed([named(group.value) for group in cause.off]) if len(cause.off) < 4 else f"these {len(cause.off)} groups"
    sound = cause.p is not None and cause.p >= LOOK
    last = "as it was meant to be" if sound else "still not as it was meant to be, so this is not all of the cause"
    lead = "The likely cause lies" if split.warn else "The split as a whole is fine, yet something is off"
    off = _off_words(first, arms, shares)
    return (
        f"{lead} in {cause.trait} = {named(first.value)}: {off} ({_sure(first, tests)}).{also} "
        f"Without {places} the split is {_sizes(cause, arms)} ({p_words(cause.p)}): {last}."
    )


def _sizes(cause: Cause, arms: Sequence[str]) -> str:
    return listed([f"{n:,} in {arm}" for n, arm in zip(cause.left, arms, strict=True)])


def _off_words(group: OffGroup, arms: Sequence[str], shares: Sequence[float]) -> str:
    """there treatment has 1,240 units where the size of control means 2,053, so 40% of treatment are missing."""
    at = arms.index(group.odd)
    expected = round(sum(_without(group.counts, at)) / sum(_without(shares, at)) * shares[at])
    others = arms[1 - at] if len(arms) == 2 else "the others"
    return f"there {group.odd} has {units_words(group.counts[at])} where the size of {others} means {expected:,}, so {_lost(group)}"


def _lost(group: OffGroup) -> str:
    if group.missing is None:
        return f"only {group.odd} is there"
    if group.missing >= 0:
        return f"{share_words(group.missing)} of {group.odd} are missing"
    return f"{group.odd} has {share_words(-group.missing)} too many"


def _yet(group: OffGroup, arms: Sequence[str], shares: Sequence[float], tests: int) -> str:
    where = f"{group.trait} = {named(group.value)}"
    return f"The split as a whole is fine, yet something is off in {where}: {_off_words(group, arms, shares)} ({_sure(group, tests)})."


def _sure(group: OffGroup, tests: int) -> str:
    return f"chi-square {group.chi2 or 0:,.1f}, {p_words(group.q)} after correction for {tests} groups"


def _unknown(traits: Sequence[str], tests: int, off: Sequence[OffGroup]) -> str:
    if not traits:
        return f"The split is off. {NONE_KNOWN}"
    where = f"{tests} groups by {listed(list(traits))}"
    if off:
        return (
            f"The split is off alike wherever one looks ({where} were tested): the cause is not in one of these groups. "
            "Look at how variants are assigned, and whether all of them log their exposure at the same moment."
        )
    return (
        f"The split is off, but in none of {where} by enough to be told from chance, so the cause is not known. "
        "Look at how variants are assigned, and whether all of them log their exposure at the same moment."
    )


def _rows(cause: Cause | None, groups: Sequence[OffGroup], arms: Sequence[str]) -> tuple[dict[str, Any], ...]:
    """The groups of the likely cause first, then the others that are off, then the rest by how far they are off."""
    ranked = sorted(
        groups, key=lambda group: (cause is None or group.trait != cause.trait, not group.off, group.p if group.p is not None else 1)
    )
    rows = [_row(group.trait, group.value, group.counts, arms, group.chi2, group.p, group.q, group) for group in ranked[:MOST_ROWS]]
    if cause is None:
        return tuple(rows)
    without = f"without {listed([named(group.value) for group in cause.off[:3]])}{' and others' if len(cause.off) > 3 else ''}"
    return (_row(cause.trait, without, cause.left, arms, cause.chi2, cause.p, None, None), *rows)


def _row(
    trait: str,
    value: str,
    counts: Sequence[int],
    arms: Sequence[str],
    square: float | None,
    p: float | None,
    q: float | None,
    group: OffGroup | None,
) -> dict[str, Any]:
    return {
        "property": trait,
        "group": value,
        **{f"units in {arm}": n for arm, n in zip(arms, counts, strict=True)},
        "chi2": square,
        "p": p,
        "p_adjusted": q,
        "off": bool(group and group.off),
        "variant": group.odd if group and group.off else None,
        "missing": group.missing if group and group.off else None,
    }

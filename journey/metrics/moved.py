"""What moved a metric: its change from one span to another, split into parts that sum to it exactly.

A ratio over customers is a chain: customers who came, those of them who bought, their orders, the value of these.  Each
link over the one before is a factor.  Customers are divided into groups by a property, and the change is

    sum over groups of  mean share x change of the group's value   (split by factor: log-mean Divisia)
                      + change of share x mean value                (the mix)

Source: Ang 2005, "The LMDI approach to decomposition analysis: a practical guide", Energy Policy 33, additive form.
Known limit: it says where the change lies, not what caused it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from journey.answers import Evidence, data_until
from journey.inference import Z95, Interval
from journey.metrics.bound import Bound, bind_metric
from journey.metrics.chain import Chain, chain_of, touched
from journey.metrics.mix import Mixed, mixed
from journey.metrics.question import MetricQuestion
from journey.metrics.spans import NOW
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

MOST_GROUPS = 5
OTHER = "other"
MIX, RATE, FACTOR, REST = "mix", "rate", "factor", "rest"


@dataclass(frozen=True)
class Part:
    """One share of the change, in the metric's unit.

    kind: factor (one link of the chain in one group), rate (a whole group's value, where it cannot be split), mix, rest.
    factor: the place in the chain, or None.  group: a value of the property; None without one or for the mix.
    """

    kind: str
    change: float
    interval: Interval | None
    factor: int | None = None
    group: str | None = None

    @property
    def told_from_noise(self) -> bool:
        return self.interval is not None and not self.interval[0] <= 0 <= self.interval[1]


@dataclass(frozen=True)
class Moved:
    """value, before: the metric in both spans.  parts: sum to value - before; the largest first, the rest last.

    factors: what each link of the chain is called.  by: the property of the groups, or None.
    mixed: the simple table of its groups, whose mix is that of the parts; None without groups.
    """

    value: float
    before: float
    factors: tuple[str, ...]
    by: str | None
    parts: tuple[Part, ...]
    evidence: Evidence
    mixed: Mixed | None = None


def explain_change(con: Warehouse, question: MetricQuestion, scope: Scope, most: int = 7) -> Moved | None:
    """The change against the span before, in at most `most` parts; `question.breakdown` names the property of the groups.

    None where there is nothing to explain: no span before, a plain count, or a value undefined in either span.
    """
    found = brought(con, question, scope)
    if found is None:
        return None
    rows, groups, chain = found.rows, found.groups, found.chain
    totals = _totals(rows, len(groups), chain)
    if not (totals[0, :, 0].sum() > 0 and totals[1, :, 0].sum() > 0):
        return None
    kept, weights = _chosen(totals, groups, chain, question.breakdown, most)
    changes = weights @ _parts(totals, chain)
    halves = _halves(rows, totals, chain, weights)
    parts = tuple(replace(part, change=float(c), interval=_around(c, h)) for part, c, h in zip(kept, changes, halves, strict=True))
    told = _define(question, found.bound, chain), found.sql, found.params, rows["customer"].n_unique(), data_until(con), found.warnings
    before, value = (float(totals[n, :, -1].sum() / totals[n, :, 0].sum()) for n in (0, 1))
    return Moved(value, before, chain.factors, question.breakdown, parts, Evidence(*told), _mixed(found) if question.breakdown else None)


@dataclass(frozen=True, eq=False)
class Brought:
    """What customers bring to both spans.  rows: customer, span, part, group (place in groups), and a column per link."""

    bound: Bound
    chain: Chain
    rows: pl.DataFrame
    groups: list[str]
    sql: str
    params: dict[str, Any]
    warnings: tuple[str, ...]


def brought(con: Warehouse, question: MetricQuestion, scope: Scope) -> Brought | None:
    """None where there is no span before, or the metric is no ratio."""
    bound = bind_metric(con, replace(question, breakdown=None), scope)
    chain = None if bound is None else chain_of(bound)
    if bound is None or chain is None or bound.spans.before is None:
        return None
    sql, params, warnings = touched(con, bound, chain, question.breakdown, scope)
    rows, groups = _grouped(ask_sql(con, sql, params), chain)
    return Brought(bound, chain, rows, groups, sql, params, warnings)


def _mixed(found: Brought) -> Mixed | None:
    rows, columns = found.rows, found.chain.columns
    span, group = _places(rows)
    under, over = (rows[name].to_numpy() for name in (columns[0], columns[-1]))
    return mixed(found.groups, span, group, under, over, rows["customer"].to_numpy())


def _grouped(rows: pl.DataFrame, chain: Chain) -> tuple[pl.DataFrame, list[str]]:
    """-> (rows with the place of their group, the groups): those of most customers, the others together, and what is called so."""
    sizes = rows.group_by("part").agg(pl.col(chain.columns[0]).sum().alias("n")).sort(["n", "part"], descending=[True, False])
    names = sizes["part"].to_list()
    kept = names if len(names) <= MOST_GROUPS + 1 else [name for name in names[:MOST_GROUPS] if name != OTHER]
    places = {name: place for place, name in enumerate(kept)}
    group = pl.col("part").replace_strict(places, default=len(kept), return_dtype=pl.Int64)
    return rows.with_columns(group.alias("group")), kept if len(kept) == len(names) else [*kept, OTHER]


def _totals(rows: pl.DataFrame, groups: int, chain: Chain) -> np.ndarray:
    """(2 spans: before, now; groups; links): sums over customers."""
    totals = np.zeros((2, groups, len(chain.columns)))
    np.add.at(totals, _places(rows), rows.select(chain.columns).to_numpy())
    return totals


def _places(rows: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return (rows["span"] == NOW).cast(pl.Int64).to_numpy(), rows["group"].to_numpy()


def _parts(totals: np.ndarray, chain: Chain) -> np.ndarray:
    """Every part of the change: per group its factors, then its rate where they cannot be split; the mix last.

    totals: (2, groups, links) -> (groups * (factors + 1) + 1,), sums to the change of total x over total y.
    """
    factors = len(chain.factors)
    parts = np.zeros(totals.shape[1] * (factors + 1) + 1)
    everyone = totals[:, :, 0].sum(axis=1)
    for g in range(totals.shape[1]):
        before, now = totals[0, g], totals[1, g]
        place = g * (factors + 1)
        if before[0] <= 0 or now[0] <= 0:  # the group is in one span only: all of it is mix
            parts[-1] += now[-1] / everyone[1] - before[-1] / everyone[0]
            continue
        share = before[0] / everyone[0], now[0] / everyone[1]
        value = before[-1] / before[0], now[-1] / now[0]
        weight = (share[0] + share[1]) / 2
        parts[-1] += (share[1] - share[0]) * (value[0] + value[1]) / 2
        if np.all(before > 0) and np.all(now > 0):
            grown = np.log(now[1:] / now[:-1]) - np.log(before[1:] / before[:-1])
            parts[place : place + factors] = weight * _log_mean(*value) * grown
        else:
            parts[place + factors] = weight * (value[1] - value[0])
    return parts


def _log_mean(a: float, b: float) -> float:
    return a if abs(b / a - 1) < 1e-9 else (b - a) / float(np.log(b / a))


def _chosen(totals: np.ndarray, groups: Sequence[str], chain: Chain, by: str | None, most: int) -> tuple[tuple[Part, ...], np.ndarray]:
    """-> (the parts to show, without numbers; (shown, all parts): which of all parts each of them sums)."""
    changes, factors = _parts(totals, chain), len(chain.factors)
    every = [
        Part(FACTOR if k < factors else RATE, 0.0, None, k if k < factors else None, group if by else None)
        for group in groups
        for k in range(factors + 1)
    ]
    every.append(Part(MIX, 0.0, None))
    order = [int(n) for n in np.argsort(-np.abs(changes), kind="stable") if abs(changes[n]) > 1e-12]
    shown = order if len(order) <= most else order[: most - 1]
    rest = [n for n in order if n not in shown]
    weights = np.zeros((len(shown) + bool(rest), len(every)))
    for row, n in enumerate(shown):
        weights[row, n] = 1
    if rest:
        weights[-1] = 1 - weights[:-1].sum(axis=0)
    return tuple([every[n] for n in shown] + ([Part(REST, 0.0, None)] if rest else [])), weights


def _halves(rows: pl.DataFrame, totals: np.ndarray, chain: Chain, weights: np.ndarray) -> np.ndarray | list[None]:
    """Half the 95% interval of each shown part: the delta method, each customer of either span one draw."""
    customers, place = np.unique(rows["customer"].to_numpy(), return_inverse=True)
    if len(customers) < 2:
        return [None] * len(weights)
    slope = _slopes(totals, chain, weights)
    span, group = _places(rows)
    influence = np.einsum("rl,rlp->rp", rows.select(chain.columns).to_numpy(), slope[span, group])
    spread = [np.square(np.bincount(place, weights=influence[:, p], minlength=len(customers))).sum() for p in range(len(weights))]
    return Z95 * np.sqrt(np.array(spread) * len(customers) / (len(customers) - 1))


def _slopes(totals: np.ndarray, chain: Chain, weights: np.ndarray) -> np.ndarray:
    """(2, groups, links, shown): how each shown part grows with each total, by central differences."""
    slopes = np.zeros((*totals.shape, len(weights)))
    for index in np.ndindex(totals.shape):
        step = abs(totals[index]) * 1e-5
        if step:
            up, down = totals.copy(), totals.copy()
            up[index] += step
            down[index] -= step
            slopes[index] = weights @ (_parts(up, chain) - _parts(down, chain)) / (2 * step)
    return slopes


def _around(change: float, half: float | None) -> Interval | None:
    return None if half is None or not half > 0 else (float(change - half), float(change + half))


def _define(question: MetricQuestion, bound: Bound, chain: Chain) -> str:
    links = " × ".join(name.lower() for name in chain.factors)
    groups = (
        f" Customers are grouped by the first {question.breakdown} seen of them in each span; the mix is what follows from more or "
        "fewer customers in a group, at how far its mean value lies from that of all."
        if question.breakdown
        else ""
    )
    name = bound.named.name if bound.named else "The metric"
    return (
        f"{name} is {links}. Its change is split by the log-mean Divisia method (LMDI), so that the parts sum to it exactly.{groups} "
        "Intervals are 95% by the delta method, each customer one draw, those in both spans allowed for. "
        "The parts say where the change lies, not what caused it."
    )

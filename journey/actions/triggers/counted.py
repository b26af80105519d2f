"""Counting what the looks of a dry run found."""

from dataclasses import dataclass

import polars as pl

from journey.actions.catalog import Trigger
from journey.actions.triggers.question import DryRunQuestion
from journey.actions.triggers.result import Contacted, DryRun, Look, Overlap, Part
from journey.answers import Evidence
from journey.rules.words import tell_rule


@dataclass(frozen=True)
class Found:
    """What the looks of a dry run found, customers by id.

    due: customer, id, look (its place), newly, proposed; one row for each look at which the rule held for a customer.
    beside: id, look, stage (its place), due_k (of the k-th of `others`); one row for each that was newly so.
    contacts: id, channel, by, source, look (at which they came newly due); distinct.  known: customers known at the last look.
    """

    question: DryRunQuestion
    looks: tuple[int, ...]
    due: pl.DataFrame
    known: int
    others: tuple[Trigger, ...]
    stages: tuple[str, ...]
    beside: pl.DataFrame
    contacts: pl.DataFrame
    cooldown_ms: int | None
    resting: tuple[str, ...]
    evidence: Evidence

    @property
    def newly(self) -> pl.DataFrame:
        return self.due.filter(pl.col("newly"))

    @property
    def times(self) -> pl.DataFrame:
        """id, times: how often each came newly due."""
        return self.newly.group_by("id").agg(pl.len().alias("times"))

    @property
    def first(self) -> pl.DataFrame:
        """The row of `beside` of each customer's first occasion."""
        return self.beside.sort("id", "look").unique("id", keep="first", maintain_order=True)


def count_up(found: Found) -> DryRun:
    """Every number a count of rows or of distinct customers, so that each mark's list is as long as its number."""
    question, reached = found.question, found.newly["id"].n_unique()
    return DryRun(
        trigger=question.trigger,
        action=question.action,
        told=tell_rule(question.rule),
        looks=_looks(found),
        every_ms=question.every_ms,
        reached=Part(reached, found.known),
        occasions=found.newly.height,
        times=tuple(found.times.group_by("times").len().sort("times").iter_rows()),
        cooldown_ms=found.cooldown_ms,
        proposed=_proposed(found),
        overlaps=_overlaps(found, reached),
        treated=Part(found.contacts["id"].n_unique(), reached),
        contacts=_contacts(found, reached),
        stages=_stages(found, reached),
        resting=found.resting,
        evidence=found.evidence,
    )


def _looks(found: Found) -> tuple[Look, ...]:
    columns = (pl.len().alias("due"), pl.col("newly").sum(), pl.col("proposed").sum())
    counts = {look: numbers for look, *numbers in found.due.group_by("look").agg(*columns).iter_rows()}
    already = dict(found.contacts.group_by("look").agg(pl.col("id").n_unique()).iter_rows())
    rows = [(at, *counts.get(place, (0, 0, 0)), already.get(place, 0)) for place, at in enumerate(found.looks)]
    return tuple(Look(at, due, newly, None if found.cooldown_ms is None else proposed, seen) for at, due, newly, proposed, seen in rows)


def _proposed(found: Found) -> tuple[int, int] | None:
    rows = found.due.filter(pl.col("proposed"))
    return None if found.cooldown_ms is None else (rows.height, rows["id"].n_unique())


def _overlaps(found: Found, reached: int) -> tuple[Overlap, ...]:
    """The largest first."""
    counts = [found.beside.filter(pl.col(f"due_{place}"))["id"].n_unique() for place in range(len(found.others))]
    rows = [Overlap(one.name, one.action, one.on, Part(count, reached)) for one, count in zip(found.others, counts, strict=True)]
    return tuple(sorted(rows, key=lambda overlap: (-overlap.part.customers, overlap.trigger)))


def _contacts(found: Found, reached: int) -> tuple[Contacted, ...]:
    counts = (
        found.contacts.group_by("by", "channel", "source").agg(pl.col("id").n_unique().alias("n")).sort("n", "by", descending=[True, False])
    )
    return tuple(Contacted(by, channel, source, Part(n, reached)) for by, channel, source, n in counts.iter_rows())


def _stages(found: Found, reached: int) -> tuple[tuple[str, Part], ...]:
    """In the order in which their rules are tried; those that nobody was in are left out."""
    counts = dict(found.first.group_by("stage").len().iter_rows())
    return tuple((name, Part(counts[place], reached)) for place, name in enumerate(found.stages) if place in counts)

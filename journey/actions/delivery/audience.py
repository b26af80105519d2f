"""Approved proposals as a file for the system that carries them out: whom, what, when from and until when, with stage and scores.

An export has a key.  The first time, what it holds is marked as exported; with the same key it is the same list again and
nothing is marked twice.  Nobody held out, and nothing that was not approved, is ever in a file.
"""

import json
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from journey.actions.delivery.allowed import LATER, NEVER, Judge
from journey.actions.delivery.item import Item
from journey.actions.delivery.ready import FILE, Ready, Tried, add_delivery, one_hand, read_ready
from journey.actions.ledger.mark import mark
from journey.answers import iso
from journey.errors import QuestionError
from journey.rules.segment import measure_segment
from journey.scope import Scope
from journey.spreadsheet import escape_formulas
from journey.warehouse import Warehouse, ask_sql, write

FORMATS = ("csv", "json")
IN_FILE = "select proposal, done_at from deliveries where target = $target order by delivery"
SCORES = "select customer_id, name, probability, tier from scores order by name"
FILES = """
select target, min(done_at) as made_at, count(distinct proposal) as proposals
from deliveries
where starts_with(target, 'file:')
group by target
order by made_at desc, target"""


@dataclass(frozen=True)
class Audience:
    """Which of the approved proposals: of one action, of one trigger, of customers in a segment; None for all.

    segment: a rule in which nothing is left that other rooms answer.
    """

    action: str | None = None
    trigger: str | None = None
    segment: Any = None


@dataclass(frozen=True)
class Export:
    """A file and what became of it.

    key: given again, it is the same list.  customers: in the file.  marked: proposals that this call marked as exported.
    left_out: why -> how many approved proposals of this audience are not in it.
    """

    key: str
    name: str
    content: bytes
    customers: int
    marked: int
    left_out: dict[str, int]


@dataclass(frozen=True)
class MadeExport:
    """An export that was made.  made_at: ms."""

    key: str
    made_at: int
    customers: int


def export(con: Warehouse, audience: Audience, format: str = "csv", *, by: str, at: int, key: str | None = None) -> Export:
    """The approved proposals of an audience as a file, marked as exported.

    key: of an export, so that asking again (a second click, a download that broke off) gives the same list; None for a new one.
    at: ms by the machine's clock.
    Raises: QuestionError: an unknown format; a delivery is under way.
    """
    if format not in FORMATS:
        raise QuestionError(f"format is {format!r}; it can be {', '.join(FORMATS)}.")
    key = key or secrets.token_hex(8)
    with one_hand(con):
        held = dict(ask_sql(con, IN_FILE, {"target": FILE + key}).iter_rows())
        left_out: Counter[str] = Counter()
        if not held:
            held = {one.key: at for one in _chosen(con, audience, at, left_out)}
            _keep(con, list(held), key, at)
        marked = _mark(con, list(held), key, by, max(held.values(), default=at))
        items = _items(con, held)
    content = _csv(items) if format == "csv" else _json(items)
    plain = "".join(letter for letter in key if letter.isalnum())[:8]  # a key may be anything, the name of a file not
    name = f"audience-{(iso(max(held.values(), default=at)) or '')[:10]}-{plain}.{format}"
    return Export(key, name, content, len(items), marked, dict(left_out))


def exports(con: Warehouse) -> tuple[MadeExport, ...]:
    """Every export that was made, the newest first."""
    return tuple(MadeExport(target.removeprefix(FILE), at, number) for target, at, number in ask_sql(con, FILES).iter_rows())


def _chosen(con: Warehouse, audience: Audience, at: int, left_out: Counter[str]) -> list[Ready]:
    """The approved ones of this audience that may go into a file now."""
    inside = None if audience.segment is None else set(measure_segment(con, audience.segment, Scope()).people.ids)
    found = [
        one
        for one in read_ready(con)
        if audience.action in (None, one.proposal.action)
        and audience.trigger in (None, one.proposal.trigger_name)
        and (inside is None or one.proposal.customer_id in inside)
    ]
    judge, chosen = Judge(con, found, at), []
    for one in found:
        verdict = judge.judge(one, at)
        if one.bound_to is not None:
            left_out[f"tried at {one.bound_to.target}, where they may have arrived"] += 1
        elif verdict.when == NEVER or (verdict.when == LATER and not verdict.timed):
            left_out[verdict.why] += 1
        else:
            chosen.append(one)
    return chosen


def _keep(con: Warehouse, proposals: Sequence[str], key: str, at: int) -> None:
    """What the file holds, before the ledger is told: stopped in between, the next delivery tells it."""
    with write(con):
        for proposal in proposals:
            add_delivery(con, proposal, Tried(FILE + key, 1, at, None, None), "It is in a file.")


def _mark(con: Warehouse, proposals: Sequence[str], key: str, by: str, at: int) -> int:
    approved = [one.key for one in read_ready(con, proposals=proposals)]
    return (
        len(mark(con, approved, "exported", by=by, reason=f"It is in the file {key[:8]}.", key=FILE + key, at=at).done) if approved else 0
    )


def _items(con: Warehouse, held: dict[str, int]) -> list[Item]:
    """In the order of the customers.  Times are those of the first export."""
    found = read_ready(con, ("approved", "exported", "sent", "failed"), list(held))
    scores: dict[str, dict[str, tuple[float, str]]] = {}
    for customer, name, chance, tier in ask_sql(con, SCORES).iter_rows():
        scores.setdefault(customer, {})[name] = (chance, tier)
    judge = Judge(con, found, max(held.values(), default=0))
    items = [
        Item(one.proposal, judge.variant(one), judge.send_from(one, held[one.key]), scores.get(one.proposal.customer_id, {}))
        for one in found
    ]
    return sorted(items, key=lambda item: (item.proposal.customer_id, item.proposal.proposal))


def _json(items: Sequence[Item]) -> bytes:
    return json.dumps([item.as_plain() for item in items], indent=1, ensure_ascii=False).encode()


def _csv(items: Sequence[Item]) -> bytes:
    """One row per proposal, a pair of columns per model in use; what is not known is empty."""
    models = sorted({name for item in items for name in item.scores or {}})
    rows = [_row(item, models) for item in items]
    return escape_formulas(pl.DataFrame(rows, schema=_schema(models), orient="row")).write_csv().encode()


def _schema(models: Sequence[str]) -> dict[str, Any]:
    texts = ("customer", "action", "variant", "offer", "message", "channel", "stage")
    numbers = ("expected_value", "low", "high", "propensity", "variant_propensity")
    scores = {f"{name}_{what}": kind for name in models for what, kind in (("probability", pl.Float64), ("tier", pl.String))}
    times = ("send_from", "act_by", "idempotency_key")
    return {**dict.fromkeys(texts, pl.String), **scores, **dict.fromkeys(numbers, pl.Float64), **dict.fromkeys(times, pl.String)}


def _row(item: Item, models: Sequence[str]) -> tuple[Any, ...]:
    kept, told = item.proposal, item.variant
    scores = [part for name in models for part in (item.scores or {}).get(name, (None, None))]
    return (
        kept.customer_id, kept.action, kept.variant, told.offer, told.message, kept.channel, kept.stage, *scores,
        kept.expected_value, kept.low, kept.high, kept.propensity, kept.variant_propensity,
        iso(item.send_from), iso(kept.lapses_at), kept.proposal,
    )  # fmt: skip

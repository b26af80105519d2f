"""What is predicted: that a customer does nothing for a time, or does something within one.

    {"inactive_for": "90d"}                            nothing at all for 90 days; "event", "where", "other_than" narrow what counts
    {"did": event, "where": {..}, "within": "30d"}     does it, whether or not they did it before
    {..., "again": false}                              does it for the first time, who has not; true: once more, who has
    {..., "active_within": "30d"}                      of those who did something in the 30 days before

As of a date, those are asked about who did something before it: within `active_within`, else ever.
The time ahead is half-open: it begins at the date and ends before date + duration.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from journey.errors import QuestionError
from journey.rules import Binder, in_segment
from journey.scope import Scope, read_duration, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

LABELS = """-- Who is asked about as of a date, how long each had been quiet by then (ms), and whether the outcome came (1 or 0).
with active as (
    -- those who did something before the date, and when last
    select e.customer, max(e.ts) as last_ts
    from events e
    where e.ts < $as_of and {since}{counts}{within_scope}
    group by e.customer
),{before}
ahead as (
    -- those who did it in the time ahead
    select distinct e.customer
    from events e
    where e.ts >= $as_of and e.ts < $until and {match}
)
select
    a.customer,
    $as_of - a.last_ts as quiet_ms,
    case when h.customer is null then {if_not} else {if_so} end as label
from active a
left join ahead h on h.customer = a.customer{eligible}
order by a.customer"""

BEFORE = """
before as (
    -- those who had done it by then
    select distinct e.customer
    from events e
    where e.ts < $as_of and {match}
),"""


@dataclass(frozen=True)
class Outcome:
    """inactive: that it does not happen, else that it does.  step: what happens, None for any event.  ahead: ms.

    other_than: names of events that count for nothing, as what was sent to a customer.
    again: None for everyone, True for those who have done it, False for those who have not; of inactivity always None.
    active: ms before the date within which those asked about did something; None for ever.
    """

    inactive: bool
    step: Any
    ahead: int
    again: bool | None = None
    other_than: tuple[str, ...] = ()
    active: int | None = None

    def __hash__(self) -> int:
        return hash((self.inactive, repr(self.step), self.ahead, self.again, self.other_than, self.active))

    @property
    def days(self) -> float:
        return self.ahead / 86_400_000

    def as_plain(self) -> dict[str, Any]:
        """What `read_outcome` reads back as this outcome."""
        others: dict[str, Any] = {"other_than": list(self.other_than)} if self.other_than else {}
        others |= {} if self.active is None else {"active_within": told_ms(self.active)}
        if self.inactive:
            return {"inactive_for": told_ms(self.ahead), **({} if self.step is None else {"event": self.step}), **others}
        return {"did": self.step, "within": told_ms(self.ahead), "again": self.again, **others}


def read_outcome(plain: Any) -> Outcome:
    """An outcome from plain data.

    Raises: QuestionError: not one of the two kinds, an unknown key, no duration.
    """
    if isinstance(plain, Outcome):
        return plain
    if not isinstance(plain, Mapping) or ("inactive_for" in plain) == ("did" in plain):
        raise QuestionError(
            'An outcome is {"inactive_for": "90d"} or {"did": event, "within": "30d"}, or the name of a kept prediction; '
            f"found {plain!r}."
        )
    others, active = _read_names(plain.get("other_than")), read_duration(plain.get("active_within"), "active_within")
    if "inactive_for" in plain:
        refuse_unknown(plain, ("inactive_for", "event", "where", "other_than", "active_within"), "an outcome of inactivity")
        return Outcome(True, _step(plain, "event"), _ahead(plain, "inactive_for"), None, others, active)
    refuse_unknown(plain, ("did", "where", "within", "again", "other_than", "active_within"), "an outcome of doing")
    again = plain.get("again")
    if not isinstance(again, bool | None):
        raise QuestionError(
            f'"again" is {again!r}; it can be false (who has not done it yet), true (who has), or null (whether or not they have).'
        )
    return Outcome(False, _step(plain, "did"), _ahead(plain, "within"), again, others, active)


def _step(plain: Mapping[str, Any], key: str) -> Any:
    step, where = plain.get(key), plain.get("where")
    if where is None:
        return step
    if isinstance(step, Mapping):
        raise QuestionError(f'"where" stands beside an event\'s name; here {key!r} is {step!r}, which holds conditions of its own.')
    return {"event": step, "where": where}


def _ahead(plain: Mapping[str, Any], key: str) -> int:
    found = read_duration(plain.get(key), key)
    if not found:
        raise QuestionError(f'{key} is {plain.get(key)!r}; an outcome needs a time ahead, such as "30d".')
    return found


def _read_names(names: Any) -> tuple[str, ...]:
    if names is None:
        return ()
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise QuestionError(f'"other_than" takes a list of event names; it was given {names!r}.')
    return tuple(names)


def told_ms(ms: int) -> str | float:
    """A duration as a person writes it: "90d", "12h", else seconds."""
    for unit, size in (("d", 86_400_000), ("h", 3_600_000)):
        if ms % size == 0:
            return f"{ms // size}{unit}"
    return ms / 1000


def labels_sql(binder: Binder, outcome: Outcome, as_of: int, scope: Scope) -> str:
    """The definition: one row per customer asked about as of a date."""
    binder.params |= {"as_of": as_of, "until": as_of + outcome.ahead}
    others = _other_than(binder, outcome.other_than)
    match = f"{binder.match(outcome.step).sql}{others}"
    since = "true" if outcome.active is None else f"e.ts >= {binder.bind(as_of - outcome.active, 'since')}"
    within = (
        "" if scope.segment is None else f" and {in_segment(binder, Scope(stop=as_of, timezone=scope.timezone, segment=scope.segment))}"
    )
    told = {True: "\njoin before b on b.customer = a.customer", None: ""}
    told[False] = "\nleft join before b on b.customer = a.customer\nwhere b.customer is null"
    return LABELS.format(
        since=since,
        counts=f" and {match}" if outcome.inactive else others,
        within_scope=within,
        before="" if outcome.again is None else BEFORE.format(match=match),
        match=match,
        if_not=int(outcome.inactive),
        if_so=int(not outcome.inactive),
        eligible=told[outcome.again],
    )


def _other_than(binder: Binder, names: tuple[str, ...]) -> str:
    if not names:
        return ""
    wanted = binder.bind(list(names), "other_than")
    return f" and e.event not in (select n.event from event_names n where list_contains({wanted}, n.name))"


def observe(con: Warehouse, outcome: Outcome, as_of: int, scope: Scope) -> pl.DataFrame:
    """Columns customer, quiet_ms, label, ordered by customer.  Whether the time ahead has closed is the caller's to know."""
    binder = Binder(con)
    text = labels_sql(binder, outcome, as_of, scope)
    return ask_sql(con, text, binder.params)


def in_words(outcome: Outcome) -> str:
    """What comes true, as the end of "the chance that a customer ..."; event names are data and are shown as they are."""
    days = f"{outcome.days:g} days" if outcome.days != 1 else "a day"
    if outcome.inactive:
        return f"does nothing for {days}" if outcome.step is None else f"does no {_named(outcome.step)} for {days}"
    return f"does {_named(outcome.step)}{' again' if outcome.again else ''} within {days}"


def _named(step: Any) -> str:
    if step is None:
        return "anything"
    if isinstance(step, Mapping):
        if "any_of" in step:
            return " or ".join(f"{_named(part)}" for part in step["any_of"])
        where = ", ".join(f"{key} {value}" for key, value in (step.get("where") or {}).items())
        return f"{_named(step.get('event'))}{f' ({where})' if where else ''}"
    return f"“{step}”"

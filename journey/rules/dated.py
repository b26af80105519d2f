"""When a rule first came to hold for each customer: the moment of the event that made it true.

Only rules that an event makes true can be dated, and only their first time is: a customer whose doing has grown too old
since keeps the date at which it was new.

    {"did": step, "times": ">=3", "within": "30d"}      the third event of three that lie within 30 days
    {"distinct": "session", "of": step, "value": 3}     the first such event in the third visit that has one
    {"sequence": [...]}                                 the event that completes it first
    {"time_since": step, "op": "le", "value": "3d"}     the first such event
    {"any": [...]}                                      the earliest of them
    {"all": [...]}                                      the latest of them, where none looks back over a window

Other rules (not, did_not, a sum, a trend, a property, a list of customers; a stall and a time that passed since, which time
makes true and no event) cannot be dated.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from journey.rules.conditions import read_step
from journey.rules.facts import Facts
from journey.rules.match import Binder
from journey.rules.saved import saved_segments
from journey.rules.segment import in_segment
from journey.rules.sequence import completions_of
from journey.scope import Scope, read_duration
from journey.warehouse import ask_sql

RECENT = ("le", "lt")
"""Comparisons of a time since that an event makes true."""


def first_held(binder: Binder, rules: Sequence[Any], moment: int, scope: Scope) -> pl.DataFrame:
    """customer, first_ts, held_0, held_1, ...: when each rule first held, ms; null where it never did before the moment.

    One row per customer known then, of the scope's segment.  Ask only for rules that `can_be_dated`.
    """
    dates = _Dates(binder, moment)
    columns = "".join(f",\n  {dates.of(rule)} as held_{place}" for place, rule in enumerate(rules))
    within = in_segment(binder, scope, "c")
    joins = "".join(f"\nleft join {name} on {name}.customer = c.customer" for name in dates.tables)
    story = "with " + ",\n".join(dates.ctes) + "\n" if dates.ctes else ""
    sql = f"{story}select c.customer, c.first_ts{columns}\nfrom customers c{joins}\nwhere c.first_ts < {dates.moment} and {within}"
    return ask_sql(binder.con, sql, binder.params)


def can_be_dated(rule: Any, saved: Mapping[str, Any], above: tuple[str, ...] = ()) -> bool:
    """Whether the moment at which a rule first holds can be told.  saved: name -> rule."""
    if isinstance(rule, str):
        return rule in saved and rule not in above and can_be_dated(saved[rule], saved, (*above, rule))
    if not isinstance(rule, Mapping):
        return False
    if "any" in rule:
        return all(can_be_dated(part, saved, above) for part in rule["any"])
    if "all" in rule:
        return all(can_be_dated(part, saved, above) and not _looks_back(part) for part in rule["all"])
    if "did" in rule:
        return _least(rule.get("times", ">=1")) is not None
    if "distinct" in rule:
        whole = isinstance(value := rule.get("value"), int) and not isinstance(value, bool) and value >= 1
        return rule["distinct"] == "session" and rule.get("op", "ge") == "ge" and whole
    return rule.get("op") in RECENT if "time_since" in rule else "sequence" in rule


def _looks_back(rule: Any) -> bool:
    if isinstance(rule, Mapping):
        return "time_since" in rule or rule.get("within") is not None or any(_looks_back(part) for part in rule.values())
    return isinstance(rule, list | tuple) and any(_looks_back(part) for part in rule)


def _least(times: Any) -> int | None:
    """How many events make it true; None where more of them make it false again."""
    found = re.fullmatch(r"\s*(>=|>)\s*(\d+)\s*", times) if isinstance(times, str) else None
    least = int(found.group(2)) + (found.group(1) == ">") if found else 0
    return least or None


class _Dates:
    """Collects one table of dates for every condition in the rules: customer, ts."""

    def __init__(self, binder: Binder, moment: int) -> None:
        self.facts = Facts(binder, moment)
        self.moment = self.facts.moment
        self.saved = saved_segments(binder.con)
        self.ctes: list[str] = []
        self.tables: list[str] = []

    def of(self, rule: Any) -> str:
        """Scalar SQL, beside customers c: when the rule first held."""
        if isinstance(rule, str):
            return self.of(self.saved[rule])
        if "any" in rule:
            parts = [self.of(part) for part in rule["any"]]
            return f"least({', '.join(parts)})" if parts else "cast(null as bigint)"
        if "all" in rule:
            parts = [self.of(part) for part in rule["all"]]
            known = " and ".join(f"{part} is not null" for part in parts)
            return f"case when {known} then greatest({', '.join(parts)}) end" if parts else "c.first_ts"
        if "did" in rule or "time_since" in rule:
            return self._did(rule, "did" if "did" in rule else "time_since")
        return self._visits(rule) if "distinct" in rule else self._sequence(rule)

    def _did(self, rule: Mapping[str, Any], key: str) -> str:
        """The event that is as many as it takes, all inside the window."""
        match = self.facts.predicate(read_step(rule, key))
        back = (_least(rule.get("times", ">=1")) or 1) - 1
        first = f"lag(e.ts, {back}) over (partition by e.customer order by e.ts, e.seq)"
        rows = f"select e.customer, e.ts, {first} as since\n    from events e\n    where {match} and e.ts < {self.moment}"
        return self._table(rows, self._inside(rule))

    def _visits(self, rule: Mapping[str, Any]) -> str:
        """The first event of the visit that is as many as it takes; the earliest of them ended inside the window."""
        match = self.facts.predicate(read_step(rule, "of"))
        first = f"lag(v.ended, {rule['value'] - 1}) over (partition by v.customer order by v.ts)"
        visits = (
            "select e.customer, e.session, min(e.ts) as ts, max(e.ts) as ended from events e "
            f"where {match} and e.ts < {self.moment} group by e.customer, e.session"
        )
        return self._table(f"select v.customer, v.ts, {first} as since\n    from ({visits}) v", self._inside(rule))

    def _sequence(self, rule: Mapping[str, Any]) -> str:
        name = f"done_{len(self.tables)}"
        steps = [self.facts.predicate({"any_of": list(step)} if isinstance(step, list | tuple) else step) for step in rule["sequence"]]
        self.ctes += completions_of(steps, rule.get("in", "session"), name)
        return self._table(f"select e.customer, e.ts, e.ts as since from {name} e where e.ts < {self.moment}", "true")

    def _inside(self, rule: Mapping[str, Any]) -> str:
        within = read_duration(rule.get("within"), "within")
        return "true" if within is None else f"d.since >= d.ts + 1 - {self.facts.binder.bind(within, 'within')}"

    def _table(self, rows: str, inside: str) -> str:
        name = f"dated_{len(self.tables)}"
        self.tables.append(name)
        self.ctes.append(
            f"{name} as (\n  select d.customer, min(d.ts) as ts\n  from (\n    {rows}\n  ) d\n"
            f"  where d.since is not null and {inside}\n  group by d.customer\n)"
        )
        return f"{name}.ts"

"""What each customer did until a moment, collected once for all the conditions that ask for it.

Conditions ask for facts; `Facts` writes the one query that answers them all.  In its rows `k` is a customer known at the
moment and `f` what they did until then.  At one moment that is a plain grouping, the definition; at several (`Running`)
each event is read once, as what it adds when it comes and takes away when it grows too old.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.rules.match import Binder, Property, event_names
from journey.warehouse import quote


@dataclass(frozen=True)
class Fact:
    """One thing to know of a customer's events.

    kind: count | sum | mean | distinct | visits | last (time) | latest (value).  source: the rows it goes over: marked events, or
    the completions of a sequence.  mark: the condition on a row, over `e`.  value: what of it.  within: placeholder of
    the longest age, ms, or None for any.
    """

    kind: str
    source: str
    mark: str
    value: str = ""
    within: str | None = None


@dataclass(frozen=True)
class OtherThan:
    """A step without the events of these names; names that the log does not hold leave nothing out."""

    step: Any
    names: tuple[str, ...]


class Facts:
    """Collects facts as of one moment (ms): events strictly before it are seen, later ones never."""

    def __init__(self, binder: Binder, moment: int) -> None:
        self.binder = binder
        self.at = moment
        self.moment = binder.bind(moment, "as_of")
        self.facts: dict[Fact, str] = {}
        self.sources: dict[str, tuple[str, ...]] = {}
        self._steps: dict[str, str] = {}
        self._marks: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._lengths: dict[int, str] = {}

    @property
    def known_at(self) -> str:
        """The moment, beside known customers."""
        return self.moment

    def earlier(self, ms: int) -> "Facts":
        """What was known so much earlier; for `then_held`."""
        return Facts(self.binder, self.at - ms)

    def then_held(self, then: "Facts", predicate: str, ms: int) -> str:
        """The predicate, beside customers known now, that one over what was known `ms` earlier held then; false for the unknown."""
        return f"(k.customer in ({then.query('k.customer', predicate)}))"

    def fact(self, kind: str, step: Any, within: int | None = None, value: str = "") -> str:
        """A fact of the events a step names, beside known customers; null where there is none."""
        return self._column(Fact(kind, "marked", self._mark(step), value, self._within(within)))

    def completions(self, name: str, ctes: Sequence[str], within: int | None) -> str:
        """How often a sequence was completed; the last of `ctes` is `name`, with rows of customer and ts."""
        self.sources[name] = tuple(ctes)
        return self._column(Fact("count", name, "true", "", self._within(within)))

    def value(self, prop: Property) -> str:
        """A property's value beside events."""
        return f"e.{self._values.setdefault(quote(prop.column), f'value_{len(self._values)}')}"

    def _column(self, fact: Fact) -> str:
        return f"f.{self.facts.setdefault(fact, f'fact_{len(self.facts)}')}"

    def _mark(self, step: Any) -> str:
        """A flag beside events: whether this event is one that the step names."""
        key = json.dumps(step, sort_keys=True, default=str)
        if key not in self._steps:
            self._steps[key] = self._marks.setdefault(self.predicate(step), f"is_{len(self._marks)}")
        return f"e.{self._steps[key]}"

    def predicate(self, step: Any) -> str:
        """Of several plain names one that the log holds is enough: only where it holds none, a warning names them."""
        if isinstance(step, OtherThan):
            return f"({self.predicate(step.step)} and not {self._named(step.names)})"
        names = step.get("any_of") if isinstance(step, Mapping) and len(step) == 1 else None
        if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
            return self.binder.match(step).sql
        if not set(names) & set(event_names(self.binder.con)):
            self.binder.warn(f"No event is named {' or '.join(map(repr, names))}.")
        return self._named(names)

    def _named(self, names: Sequence[str]) -> str:
        wanted = self.binder.bind(list(names), "events")
        codes = f"(select list(event) from event_names where list_contains({wanted}, name))"
        return f"coalesce(list_contains({codes}, e.event), false)"

    def _within(self, duration: int | None) -> str | None:
        if duration is not None and duration not in self._lengths:
            self._lengths[duration] = self.binder.bind(duration, "within")
        return None if duration is None else self._lengths[duration]

    def query(self, select: str, where: str = "true") -> str:
        """`select` over known customers (k) and what they did (f), where `where` holds."""
        ctes = self._sources() + [self._grouped(source) for source in self._used()]
        story = "with " + ",\n".join(ctes) + "\n" if ctes else ""
        return f"{story}select {select}\nfrom {self._known()}{self._joined()}\nwhere {self._is_known()} and {where}"

    def _used(self) -> list[str]:
        return list(dict.fromkeys(fact.source for fact in self.facts))

    def _sources(self) -> list[str]:
        """Where facts come from: the events that matter, with the flags of the steps they match, and completed sequences."""
        found = [cte for name in self._used() for cte in self.sources.get(name, ())]
        if "marked" not in self._used():
            return found
        flags = [f",\n    {predicate} as {name}" for predicate, name in self._marks.items()]
        values = [f",\n    e.{column} as {name}" for column, name in self._values.items()]
        kept = "" if self._values or "true" in self._marks else "\n  where\n    " + "\n    or ".join(self._marks)
        columns = f"e.customer,\n    e.session,\n    e.ts,\n    e.seq{''.join(flags + values)}"
        return [f"marked as (\n  select\n    {columns}\n  from events e{kept}\n)", *found]

    def _grouped(self, source: str) -> str:
        """The facts of one source, one row per customer."""
        columns = ",\n    ".join(f"{self._aggregate(fact)} as {name}" for fact, name in self.facts.items() if fact.source == source)
        return (
            f"{source}_facts as (\n  select\n    e.customer,\n    {columns}\n  from {source} e\n"
            f"  where e.ts < {self.moment}\n  group by e.customer\n)"
        )

    def _aggregate(self, fact: Fact) -> str:
        recent = "" if fact.within is None else f" and e.ts >= {self.moment} - {fact.within}"
        call = {
            "count": "count(*)",
            "sum": f"sum({fact.value})",
            "mean": f"avg({fact.value})",
            "distinct": f"count(distinct {fact.value})",
            "visits": "max(e.session)",  # numbered from 1 in the order in which they began
            "last": "max(e.ts)",
            "latest": f"arg_max({fact.value}, row(e.ts, e.seq))",
        }[fact.kind]
        valued = f" and {fact.value} is not null" if fact.kind == "latest" else ""
        return f"{call} filter (where {fact.mark}{valued}{recent})"

    def _known(self) -> str:
        return "customers k"

    def _is_known(self) -> str:
        """A customer is known from their first event on; one who never had an event (a customers table) always is."""
        return f"(k.first_ts < {self.known_at} or k.first_ts is null)"

    def _joined(self) -> str:
        """One table `f` of all facts, beside known customers."""
        used = self._used()
        if not used:
            return ""
        if len(used) == 1:
            return f"\nleft join {used[0]}_facts f on f.customer = k.customer"
        columns = ", ".join(f"{fact.source}_facts.{name}" for fact, name in self.facts.items())
        joins = "".join(f" left join {source}_facts on {source}_facts.customer = c.customer" for source in used)
        return f"\njoin (select c.customer, {columns} from customers c{joins}) f on f.customer = k.customer"

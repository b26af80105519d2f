"""A query as a story of CTEs, and the terms of a funnel in SQL: its units, its steps, its scope.

Only constant fragments and numbered names enter a query's text; every value is bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from journey.errors import QuestionError
from journey.funnels.question import FunnelQuestion
from journey.funnels.ties import Ties
from journey.rules import Binder, Match, Property, entries
from journey.scope import Scope

SESSIONS_APART = 1_000_000_000  # unit = customer * this + session: more sessions than one customer can have


@dataclass
class Story:
    """CTEs in the order they are told."""

    chapters: list[str] = field(default_factory=list)

    def tell(self, name: str, why: str, query: str) -> None:
        lines = "\n".join("    " + line for line in query.strip().splitlines())
        self.chapters.append(f"{name} as (\n    -- {why}\n{lines}\n)")

    def ending(self, query: str) -> str:
        """The whole text, with the query that ends it."""
        return "with " + ",\n".join(self.chapters) + "\n" + query


@dataclass(frozen=True)
class Terms:
    """What the SQL of one funnel names.

    steps: a predicate over `events e` per step, step 0 with the scope.  entry: the scope alone.
    unit, group, held, label, value: scalar SQL over `events e`; group is set where the funnel runs within each value.
    """

    question: FunnelQuestion
    binder: Binder
    labels: tuple[str, ...]
    steps: tuple[str, ...]
    entry: str
    ties: Ties
    exclusions: tuple[str, ...]
    unit: str
    group: str | None
    held: tuple[str, ...]
    label: str | None
    value: str | None

    @property
    def units(self) -> tuple[str, ...]:
        """The columns that tell one unit from another."""
        return ("unit", "grp") if self.group else ("unit",)

    @property
    def chains(self) -> tuple[str, ...]:
        """The columns that all events of one attempt share."""
        return (*self.units, *(f"held_{number}" for number in range(len(self.held))))

    @property
    def window(self) -> str | None:
        """The bound length of the window in ms, or None for no limit."""
        return None if self.question.window is None else "$window_ms"

    @property
    def last(self) -> int:
        return len(self.steps) - 1


def read_terms(binder: Binder, question: FunnelQuestion, scope: Scope, within: bool = False) -> Terms:
    """The terms of a question.  within: the funnel runs within each value of the breakdown's property."""
    entry = entries(binder, scope)
    matches = _matches(binder, question.steps)
    steps = [match.sql for match in matches]
    if question.order != "unordered" and entry != "true":
        steps[0] = f"{steps[0]} and {entry}"
    if question.window is not None:
        binder.params["window_ms"] = question.window
    label = _property_text(binder, question.breakdown.name) if question.breakdown else None
    return Terms(
        question=question,
        binder=binder,
        labels=tuple(match.label for match in matches),
        steps=tuple(steps),
        entry=entry,
        ties=Ties(steps, [match.names for match in matches], question.ties == "load_order" and question.order != "unordered"),
        exclusions=tuple(binder.match(exclusion.event).sql for exclusion in question.exclusions),
        unit=_unit(binder, question.count_by),
        group=f"coalesce({label}, '')" if within else None,
        held=tuple(_property_text(binder, name) for name in question.hold),
        label=None if within else label,
        value=_value(binder, question.value),
    )


def _matches(binder: Binder, steps: Sequence[Any]) -> list[Match]:
    """One match per step; equal steps share theirs, so that they are known to be served by the same events."""
    known: dict[str, Match] = {}
    for step in steps:
        if repr(step) not in known:
            known[repr(step)] = binder.match(step)
    return [known[repr(step)] for step in steps]


def _property_text(binder: Binder, name: str) -> str:
    found = binder.property(name)
    return "cast(null as varchar)" if found is None else found.text("e")


def _unit(binder: Binder, count_by: str) -> str:
    if count_by == "customer":
        return "e.customer"
    if count_by == "session":
        return f"cast(e.customer as bigint) * {SESSIONS_APART} + e.session"
    return _property_text(binder, count_by.removeprefix("property:"))


def _value(binder: Binder, name: str | None) -> str | None:
    if name is None:
        return None
    found: Property | None = binder.property(name)
    if found is None:
        return "cast(null as double)"
    if found.type not in ("double", "bigint"):
        raise QuestionError(f"value is {name!r}, whose values are of type {found.type}; a sum needs a property of numbers.")
    return f"cast({found.sql('e')} as double)"


def marked(terms: Terms, story: Story) -> str:
    """Tell which events matter and to which steps; answers the name of the chapter that places them."""
    question = terms.question
    flags = [f"({sql}) as is_{step}" for step, sql in enumerate(terms.steps)]
    flags += [f"({sql}) as voids_{number}" for number, sql in enumerate(terms.exclusions)]
    columns = [f"{terms.unit} as unit", *([f"{terms.group} as grp"] if terms.group else [])]
    columns += [f"{sql} as held_{number}" for number, sql in enumerate(terms.held)]
    columns += ["e.ts as ts", "e.seq as seq", *flags]
    columns += [f"{terms.label} as label"] if terms.label else []
    columns += [f"{terms.value} as value"] if terms.value else []
    columns += [f"{terms.entry} as is_entry"] if question.order == "unordered" else []
    columns += ["e.ts as place"] if question.ties == "step_order" else []
    wanted = [flag.rsplit(" as ", 1)[1] for flag in flags]
    where = [] if question.order == "strict" else [f"({' or '.join(wanted)})"]
    where += ["unit is not null"] if question.count_by.startswith("property:") else []
    told = "select * from (\n    select\n        " + ",\n        ".join(columns) + "\n    from events e\n) as e"
    why = "every event, and the steps it can serve" if question.order == "strict" else "the events that can serve a step, and which"
    story.tell("marked", why, told + (f"\nwhere {' and '.join(where)}" if where else ""))
    if question.ties == "step_order":
        return "marked"
    order = f"row_number() over (partition by {listed(terms.units)} order by ts, seq) as place"
    story.tell("placed", "events of the same time keep the order they were loaded in", f"select *, {order}\nfrom marked")
    return "placed"


def listed(columns: Sequence[str], alias: str = "") -> str:
    return ", ".join(f"{alias}{column}" for column in columns)


def joined(columns: Sequence[str], left: str, right: str) -> str:
    """left.a = right.a and ..., for columns that are never null."""
    return " and ".join(f"{left}.{column} = {right}.{column}" for column in columns)


def any_step(terms: Terms) -> str:
    return "(" + " or ".join(f"is_{step}" for step in range(len(terms.steps))) + ")"

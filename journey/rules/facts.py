"""What each customer did until a moment, collected once for all the conditions that ask for it.

Conditions ask for columns; `Facts` writes the one query that answers them all, at one moment or at several.  In its
rows `k` is a customer known at the moment, `f` what they did until then.
"""

import json
from collections.abc import Sequence
from typing import Any

from journey.rules.match import Binder, Property
from journey.warehouse import quote


class Facts:
    """Collects the columns that conditions need, as of one moment or of each of several.

    moments: ms; events strictly before a moment are seen, later ones never.
    """

    def __init__(self, binder: Binder, moments: Sequence[int]) -> None:
        self.binder = binder
        self.several = len(moments) > 1
        self._moments = binder.bind(list(moments) if self.several else moments[0], "moments" if self.several else "as_of")
        self._steps: dict[str, str] = {}
        self._marks: dict[str, str] = {}
        self._lengths: dict[int, str] = {}
        self._values: dict[str, str] = {}
        self._columns: dict[str, str] = {}
        self._sequences: list[tuple[str, str]] = []

    @property
    def seen_at(self) -> str:
        """The moment, beside events."""
        return "m.at" if self.several else self._moments

    @property
    def known_at(self) -> str:
        """The moment, beside known customers."""
        return "k.at" if self.several else self._moments

    def mark(self, step: Any) -> str:
        """A flag beside events: whether this event is one that the step names."""
        key = json.dumps(step, sort_keys=True, default=str)
        if key not in self._steps:
            predicate = self.binder.match(step).sql
            self._steps[key] = self._marks.setdefault(predicate, f"is_{len(self._marks)}")
        return f"e.{self._steps[key]}"

    def value(self, prop: Property) -> str:
        """A property's value beside events."""
        return f"e.{self._values.setdefault(quote(prop.column), f'value_{len(self._values)}')}"

    def within(self, duration: int | None) -> str:
        """The condition that an event is no older than the duration, " and ..."; empty where there is no limit."""
        if duration is None:
            return ""
        if duration not in self._lengths:
            self._lengths[duration] = self.binder.bind(duration, "within")
        return f" and e.ts >= {self.seen_at} - {self._lengths[duration]}"

    def column(self, aggregate: str) -> str:
        """An aggregate of a customer's events, beside known customers; null for a customer without events."""
        return f"f.{self._columns.setdefault(aggregate, f'fact_{len(self._columns)}')}"

    def sequence(self, ctes: Sequence[str], completions: str, within: str) -> str:
        """How often a customer completed a sequence: `completions` is a query of customer and ts, over `ctes`."""
        name = f"done_{len(self._sequences)}"
        at, moments = ("m.at, ", ", moments m") if self.several else ("", "")
        counted = (
            f"{name} as (\n  select {at}e.customer, count(*) as times\n  from ({completions}) e{moments}\n"
            f"  where e.ts < {self.seen_at}{within}\n  group by all\n)"
        )
        self._sequences.append((name, ",\n".join([*ctes, counted])))
        return f"coalesce({name}.times, 0)"

    def query(self, select: str, where: str = "true") -> str:
        """`select` over known customers (k) and what they did (f), at every moment, where `where` holds."""
        ctes = self._ctes()
        story = "with " + ",\n".join(ctes) + "\n" if ctes else ""
        return f"{story}select {select}\nfrom {self._known()}{self._joins()}\nwhere {self._is_known()} and {where}"

    def _ctes(self) -> list[str]:
        ctes = [f"moments as (\n  select unnest({self._moments}) as at\n)"] if self.several else []
        if self._columns:
            ctes += [self._marked(), self._facts()]
        return ctes + [text for _, text in self._sequences]

    def _marked(self) -> str:
        """Each event that matters, with the flags of the steps it matches."""
        flags = [f", {predicate} as {name}" for predicate, name in self._marks.items()]
        values = [f", e.{column} as {name}" for column, name in self._values.items()]
        every = not self._marks or "true" in self._marks or bool(self._values)
        kept = "" if every else "\n  where " + "\n    or ".join(self._marks)
        return f"marked as (\n  select e.customer, e.session, e.ts, e.seq{''.join(flags + values)}\n  from events e{kept}\n)"

    def _facts(self) -> str:
        columns = ",\n    ".join(f"{aggregate} as {name}" for aggregate, name in self._columns.items())
        at, moments = ("m.at, ", ", moments m") if self.several else ("", "")
        return (
            f"facts as (\n  select\n    {at}e.customer,\n    {columns}\n  from marked e{moments}\n"
            f"  where e.ts < {self.seen_at}\n  group by {'m.at, ' if self.several else ''}e.customer\n)"
        )

    def _known(self) -> str:
        return "(select m.at, c.* from customers c, moments m) k" if self.several else "customers k"

    def _is_known(self) -> str:
        """A customer is known from their first event on; one who never had an event (a customers table) always is."""
        return f"(k.first_ts < {self.known_at} or k.first_ts is null)"

    def _joins(self) -> str:
        names = [("facts", "f")] if self._columns else []
        names += [(name, name) for name, _ in self._sequences]
        at = " and {0}.at = k.at" if self.several else ""
        return "".join(f"\nleft join {table} {alias} on {alias}.customer = k.customer{at.format(alias)}" for table, alias in names)

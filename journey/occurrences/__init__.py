"""Which rows of the journey index a question names: its steps, its scope's entries, the values it groups by.

What a step means is decided in `journey.rules`; here the same conditions are put to each distinct value of a property
once, in place of every event.  Known limit: the first question of a property reads its column once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from journey.index import Array, Column, Index, Posting, customer_column, event_column
from journey.rules import Binder, Property, customers_where
from journey.rules.match import read_condition
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, registered

EVERYONE = np.ones(1, np.uint8)
"""The mask of no segment: kernels read an array of one as all."""


@dataclass
class Occurrences:
    """The index as one question asks it.  Unknown names are told by the binder's warnings, as in SQL."""

    con: Warehouse
    index: Index
    binder: Binder
    _known: dict[str, Posting] = field(default_factory=dict)

    def of(self, step: Any) -> Posting:
        """The occurrences of a step, as `Binder.match` reads it; equal steps share theirs."""
        name = repr(step)
        if name not in self._known:
            self._known[name] = self._find(step)
        return self._known[name]

    def _find(self, step: Any) -> Posting:
        if step is None:
            return self.index.every()
        if isinstance(step, str):
            code = self.index.code(step)
            return self._none() if code is None else self.index.posting(code)
        if "any_of" in step:
            return self._united([self.of(part) for part in step["any_of"]])
        found = self.of(step.get("event"))
        for name, wanted in (step.get("where") or {}).items():
            found = self._filtered(found, name, wanted)
        return found

    def _none(self) -> Posting:
        return self.index.posting_of(np.empty(0, np.uint32))

    def _united(self, parts: list[Posting]) -> Posting:
        distinct = list({id(part): part for part in parts}.values())
        if len(distinct) == 1:
            return distinct[0]
        return self.index.posting_of(np.unique(np.concatenate([part.rows for part in distinct])))

    def _filtered(self, found: Posting, name: str, wanted: Any) -> Posting:
        prop = self.binder.property(name)
        if prop is None:
            return self._none()
        column = self.column(prop)
        allowed = self._allowed(prop, column, wanted)
        if prop.of == "customer":
            return self.index.posting_by(found, allowed[column.codes])
        return self.index.posting_where(found, column.codes, allowed)

    def column(self, prop: Property) -> Column:
        """The values of a property as they are stored, coded by event or by customer."""
        return self._coded(prop, "{}")

    def labels(self, prop: Property) -> Column:
        """The same as texts, as the values of a group are named."""
        return self._coded(prop, "text")

    def _coded(self, prop: Property, told: str) -> Column:
        read = event_column if prop.of == "event" else customer_column
        alias = "e" if prop.of == "event" else "c"
        value = Property("event", prop.name, prop.column, prop.type).sql(alias)
        return read(self.con, self.index, prop.as_text(value) if told == "text" else value)

    def _allowed(self, prop: Property, column: Column, wanted: Any) -> Array:
        """(values,) u8: for which of the column's values the condition holds."""
        op, value = read_condition(prop.name, wanted)
        asked = Binder(self.con)
        condition = asked.condition(prop, op, value, "v.value")
        with registered(self.con, "journey_values", column.values.with_row_index("place")):
            rows = ask_sql(self.con, f"select {condition} as holds from journey_values v order by v.place", asked.params)
        return rows["holds"].to_numpy().astype(np.uint8)

    def people(self, scope: Scope) -> Array:
        """(people + 1,) u8: who is of the scope's segment, and 0; EVERYONE, an array of one, where it has none."""
        if scope.segment is None:
            return EVERYONE
        if not _lasting(scope.segment):
            return self._members(scope).mask
        members: Members = self.index.kept.get(("segment", repr(scope.segment), scope.stop), lambda: self._members(scope))
        for warning in members.warnings:
            self.binder.warn(warning)
        return members.mask

    def _members(self, scope: Scope) -> "Members":
        asked = Binder(self.con)
        rows = ask_sql(self.con, customers_where(asked, scope.segment, scope), asked.params)
        mask = np.zeros(self.index.people + 1, np.uint8)
        mask[rows["customer"].to_numpy()] = 1
        return Members(mask, tuple(asked.warnings))

    def keys_between(self, scope: Scope) -> tuple[int, int]:
        """[start, stop) of the scope as times of keys, ms since the index's origin."""
        top = 2 ** (self.index.bits - 1)
        start = 0 if scope.start is None else min(max(0, scope.start - self.index.origin), top)
        stop = top if scope.stop is None else min(max(0, scope.stop - self.index.origin), top)
        return start, stop


@dataclass(frozen=True)
class Members:
    """mask: (people + 1,) u8.  warnings: of the rule."""

    mask: Array
    warnings: tuple[str, ...]

    @property
    def nbytes(self) -> int:
        return self.mask.nbytes


def _lasting(rule: Any) -> bool:
    """Whether a rule means the same for as long as the facts do: a saved name, the stages and scores can change."""
    if isinstance(rule, list | tuple):
        return all(_lasting(part) for part in rule)
    if not isinstance(rule, Mapping) or any(key in rule for key in ("stage", "entered", "left", "score")):
        return False
    return all(_lasting(rule[key]) for key in ("all", "any", "not") if key in rule)

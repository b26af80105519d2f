"""The two ways to lifecycle and stickiness, the definition in SQL and the index: what each answers, and which is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from journey.index import open_index
from journey.lifecycle.bound import Bound
from journey.lifecycle.definition import COUNT_DAYS, COUNT_STATES, IN_STATE, ON_DAYS, POPULATION
from journey.lifecycle.question import LifecycleQuestion, StickinessQuestion
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, one


class Marks(Protocol):
    """One way to the numbers."""

    def states(self) -> dict[tuple[int, str], int]:
        """Customers by period of the scope and state; those of nobody may be left out."""

    def population(self) -> int:
        """Customers in any state."""

    def in_state(self, number: int, state: str) -> list[str]:
        """Their ids."""

    def days(self) -> list[tuple[int, int]]:
        """(active periods, customers), ascending, without those of nobody."""

    def on_days(self, least: int, most: int) -> list[str]:
        """The ids of those active in that many periods, both numbers included."""


@dataclass(frozen=True)
class BySql:
    """The definition.  bound: up to `states` for the first three, up to `days` for the others."""

    con: Warehouse
    bound: Bound

    def states(self) -> dict[tuple[int, str], int]:
        rows = ask_sql(self.con, self.bound.ctes + COUNT_STATES, self.bound.params).iter_rows()
        return {(number, state): customers for number, state, customers in rows}

    def population(self) -> int:
        return int(one(self.con, self.bound.ctes + POPULATION, self.bound.params))

    def in_state(self, number: int, state: str) -> list[str]:
        return self._ids(IN_STATE, {"number": number, "state": state})

    def days(self) -> list[tuple[int, int]]:
        return ask_sql(self.con, self.bound.ctes + COUNT_DAYS, self.bound.params).rows()

    def on_days(self, least: int, most: int) -> list[str]:
        return self._ids(ON_DAYS, {"days": least, "most": most})

    def _ids(self, sql: str, values: dict[str, int | str]) -> list[str]:
        return ask_sql(self.con, self.bound.ctes + sql, self.bound.params | values)["id"].to_list()


def find_marks(con: Warehouse, question: LifecycleQuestion | StickinessQuestion, scope: Scope, bound: Bound) -> Marks:
    """The index where there is one, else the definition."""
    index = open_index(con)
    if index is None:
        return BySql(con, bound)
    from journey.lifecycle.by_index import ByIndex  # its compiler is worth waiting for only where there is an index

    return ByIndex(con, index, question.event, scope, bound)

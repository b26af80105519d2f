"""Who would be in another stage by other rules: counted by the names of the stages, before the rules are kept."""

from dataclasses import dataclass

import polars as pl

from journey.rules import Binder
from journey.rules.staged import stages_in_force
from journey.rules.stages_at import staged
from journey.scope import Scope
from journey.stages.moments import bounded
from journey.stages.question import StagesQuestion
from journey.warehouse import Warehouse


@dataclass(frozen=True)
class Redrawn:
    """Customers in stage `source` by the rules of one question and in `target` by those of the other."""

    source: str
    target: str
    customers: int


def who_would_move(con: Warehouse, question: StagesQuestion, other: StagesQuestion, scope: Scope) -> tuple[Redrawn, ...]:
    """From which stage to which, the most first; those who would stay where they are in none of them."""
    moment, _, within = bounded(con, question, scope)
    held = []
    for rules in (question.rules or stages_in_force(con), other.rules or stages_in_force(con)):
        rows = staged(Binder(con), rules, [moment], within)
        names = pl.DataFrame({"stage": range(len(rules)), "name": [rule.name for rule in rules]}, schema_overrides={"stage": pl.Int32})
        held.append(rows.select("customer", pl.col("stage").cast(pl.Int32)).join(names, on="stage").select("customer", "name"))
    both = held[0].join(held[1], on="customer").filter(pl.col("name") != pl.col("name_right"))
    counts = both.group_by("name", "name_right").len().sort(["len", "name", "name_right"], descending=[True, False, False])
    return tuple(Redrawn(source, target, n) for source, target, n in counts.iter_rows())

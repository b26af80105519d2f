"""What would a rule have done in the past: who came due, when, how often, and who treats these customers already.

The unit counted is the customer.  Known limit: what the rule would have changed in those it reached is not in the log,
so a customer who would have bought for the reminder may come due again here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from journey.actions.catalog import CATALOG, ActionCatalog, actions_in_force
from journey.actions.catalog.action import length
from journey.actions.triggers.behind import behind
from journey.actions.triggers.counted import Found, count_up
from journey.actions.triggers.occasions import Looked, beside, look_back
from journey.actions.triggers.question import DryRunQuestion, in_catalog, looks_of
from journey.actions.triggers.result import DryRun
from journey.actions.triggers.treated import treated
from journey.answers import Evidence, People, data_until, iso
from journey.catalogs import catalog_text
from journey.rules import Binder
from journey.rules.held import hold
from journey.rules.listed import lists_customers
from journey.rules.segment import as_of
from journey.rules.staged import stages_in_force
from journey.scope import Scope
from journey.warehouse import Warehouse, one, one_moment

KNOWS_LATER = (
    "The rule names customers one by one, as they are known at the last look, so at earlier looks it may know what was to come. "
    "A rule that holds as of each moment does not."
)


def measure_dry_run(con: Warehouse, question: DryRunQuestion, scope: Scope) -> DryRun:
    """Who would have come due at each look of the window, within the scope's segment as of its stop.

    Raises: QuestionError: a rule that cannot be read, a name that the catalog does not hold, too many looks.
    """
    return count_up(_found(con, question, scope))


def dry_run_customers(con: Warehouse, question: DryRunQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a mark; `behind` names the marks.

    Raises: QuestionError: another mark.
    """
    return behind(_found(con, question, scope), mark, scope.zone)


def _found(con: Warehouse, question: DryRunQuestion, scope: Scope) -> Found:
    """What the looks found; the same object as long as nothing changes that it follows from."""
    with one_moment(con):
        steps = int(one(con, "select coalesce(max(step), 0) from action_steps"))
        asked = (question, scope, catalog_text(con, CATALOG), steps)
        return hold(con, "dry runs", asked, lambda: _look(con, question, scope))


def _look(con: Warehouse, question: DryRunQuestion, scope: Scope) -> Found:
    catalog, binder = actions_in_force(con), Binder(con)
    question = in_catalog(question, catalog)
    resting = next((trigger.lacking for trigger in catalog.triggers if trigger.name == question.trigger), ())
    looks = () if data_until(con) is None else looks_of(question, scope, as_of(binder, scope))
    of = "The rule" if question.trigger is None else f"The rule of the trigger {question.trigger!r}"
    looked = look_back(binder, {"any": []} if resting else question.rule, of, looks, question.every_ms, scope)
    newly = looked.due.filter(pl.col("newly"))
    others = tuple(trigger for trigger in catalog.triggers if trigger.name != question.trigger and not trigger.lacking)
    stages = stages_in_force(con)
    cooldown = _cooldown(question, catalog)
    if lists_customers(con, question.rule):
        binder.warn(KNOWS_LATER)
    return Found(
        question=question,
        looks=looks,
        due=looked.due.with_columns(_proposed(looked.due, looks, cooldown).alias("proposed")),
        known=looked.known,
        others=others,
        stages=tuple(stage.name for stage in stages),
        beside=beside(Binder(con), newly, looks, others, stages),
        contacts=treated(con, newly, looks, catalog.guardrails),
        cooldown_ms=cooldown,
        resting=resting,
        evidence=_evidence(con, question, looks, looked, binder, resting),
    )


def _cooldown(question: DryRunQuestion, catalog: ActionCatalog) -> int | None:
    action = None if question.action is None else catalog.action(question.action)
    return None if action is None else action.cooldown_ms


def _proposed(due: pl.DataFrame, looks: Sequence[int], cooldown: int | None) -> pl.Series:
    """Whether the action would have been proposed at each look, one after another: due, and its cooldown over."""
    flags: list[bool] = []
    who, last = None, 0
    for customer, look in due.select("customer", "look").iter_rows():
        free = cooldown is not None and (customer != who or looks[look] - last >= cooldown)
        flags.append(free)
        if free:
            who, last = customer, looks[look]
    return pl.Series(flags, dtype=pl.Boolean)


def _evidence(
    con: Warehouse, question: DryRunQuestion, looks: Sequence[int], looked: Looked, binder: Binder, resting: tuple[str, ...]
) -> Evidence:
    """The convention in force, in one sentence after another."""
    if resting:
        binder.warn(f"The trigger is at rest: the log does not hold {' or '.join(resting)}.")
    when = f" from {iso(looks[0])} to {iso(looks[-1])}, every {length(question.every_ms)}" if looks else ""
    definition = (
        f"Looked at {len(looks)} moments{when}; at each, only what came before it is seen. Newly due: the rule holds at the look and did "
        "not at the one before it. Proposed: as if the rule had been on since the first look, not again within the cooldown of the action; "
        "guardrails are left out. Overlap: the other trigger's rule holds at the look at which they newly came due. Treated already: a "
        "contact in the 7 days before that look, in the log or in the ledger (approved, exported or sent). Stage: as they first came newly "
        "due. Shares with their Wilson 95% intervals. Times in UTC."
    )
    return Evidence(definition, looked.sql, binder.params, looked.known, data_until(con), tuple(binder.warnings))

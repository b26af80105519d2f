"""Segments chosen by their outcome: who is behind a mark of another answer."""

from collections.abc import Callable, Mapping
from typing import Any

from journey.errors import QuestionError
from journey.scope import Scope
from journey.warehouse import Warehouse

Resolver = Callable[[Warehouse, Any, Scope], Any]
_doors: list[Resolver] = []

ANSWERS = (
    "funnel",
    "drivers",
    "dropoffs",
    "paths",
    "transitions",
    "loops",
    "sessions",
    "retention",
    "cohort_value",
    "lifecycle",
    "stickiness",
    "active_share",
    "metric",
    "moved",
    "stages",
    "stage_accuracy",
    "journeys",
    "conformance",
    "adoption",
    "adoption_effect",
    "customer",
    "worklist",
    "compare",
    "models",
    "predict",
    "next",
    "next_accuracy",
    "lifetime_value",
    "time_to",
    "actions",
    "dry_run",
    "next_best_action",
    "ledger",
    "action_results",
    "what_if",
    "uplift",
    "policy_value",
    "roi",
    "roi_inputs",
    "roi_options",
    "experiment",
    "power",
    "experiments",
)
"""Every question whose marks have customers behind them: the kinds of journey.ask."""


def is_by_outcome(rule: Any, saved: Mapping[str, Any], above: tuple[str, ...] = ()) -> bool:
    """Whether a rule, or any part of it, names who is behind a mark: a drop-off, a path, a cell of cohorts, a value.

    Such customers are chosen by what they did in one period, so in another they differ by construction.  saved: name ->
    rule.  above: the saved segments this rule stands in, so that none is followed twice.
    """
    if isinstance(rule, str):
        return rule not in above and is_by_outcome(saved.get(rule), saved, (*above, rule))
    if isinstance(rule, list | tuple):
        return any(is_by_outcome(part, saved, above) for part in rule)
    if not isinstance(rule, Mapping):
        return False
    return any(name in rule for name in ANSWERS) or any(is_by_outcome(rule.get(name), saved, above) for name in ("all", "any", "not"))


def answer_by(resolver: Resolver) -> None:
    """The door to all answers says once how a rule on one of them becomes the list of customers behind it."""
    _doors[:] = [resolver]


def answered(con: Warehouse, rule: Any, scope: Scope) -> Any:
    """The rule with whatever names who is behind a mark replaced by those customers, as of the scope.

    Raises: QuestionError: the door was never opened: `journey.ask` is not imported.
    """
    if not _doors:
        raise QuestionError("A rule on another answer is resolved by journey.ask, which is not imported here. Import it first.")
    return _doors[0](con, rule, scope)

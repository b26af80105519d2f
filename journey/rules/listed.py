"""Rules that name customers one by one: such a list does not change with the date, so as of a past one it may know what came."""

from collections.abc import Mapping
from typing import Any

from journey.rules.outcome import ANSWERS
from journey.rules.saved import saved_segments
from journey.rules.staged import stages_in_force
from journey.scope import Scope
from journey.warehouse import Warehouse

KNOWS_LATER = (
    "The segment names customers as they are known at the data's end, so it may know what was to be predicted. "
    "Use a rule that holds as of each date."
)
BY_STAGE = ("stage", "entered", "left")


def warn_of_lists(con: Warehouse, scope: Scope) -> tuple[str, ...]:
    """What an answer that looks at past dates says of its segment: nothing where no part of it is a list."""
    return (KNOWS_LATER,) if lists_customers(con, scope.segment) else ()


def lists_customers(con: Warehouse, rule: Any, above: tuple[str, ...] = ()) -> bool:
    """Whether a rule, or any part of it, is a list of customers or who is behind a mark, by way of what is saved too.

    above: the saved segments this rule stands in, so that none is followed twice.
    """
    if isinstance(rule, str):
        return rule not in above and lists_customers(con, saved_segments(con).get(rule), (*above, rule))
    if isinstance(rule, list | tuple):
        return any(lists_customers(con, part, above) for part in rule)
    if not isinstance(rule, Mapping):
        return False
    if any(name in rule for name in ("customers", *ANSWERS)):
        return True
    if any(name in rule for name in BY_STAGE) and BY_STAGE[0] not in above:  # of the stages the first that holds wins: any may matter
        return any(lists_customers(con, stage.rule, (*above, BY_STAGE[0])) for stage in stages_in_force(con))
    return any(lists_customers(con, rule.get(name), above) for name in ("all", "any", "not"))

"""The predicate that a rule of the catalog holds, whatever the rule names.

A rule may name who is behind a mark of another answer, as {"funnel": .., "dropped_after": 1}.  Only the door to all
answers knows every kind of them, so it is asked, and only where a rule names one.
"""

from typing import Any

from journey.errors import QuestionError
from journey.rules.facts import Facts
from journey.rules.outcome import answered, is_by_outcome
from journey.rules.saved import saved_segments
from journey.rules.segment import holds
from journey.scope import Scope


def judge(facts: Facts, rule: Any, of: str) -> str:
    """SQL beside known customers: whether the rule holds; of: what rule it is, to begin a sentence with.

    Who is behind a mark is found by what everybody did before the last of the moments.
    Raises: QuestionError: a rule that cannot be read.
    """
    try:
        return holds(facts, _answered(facts, rule))
    except QuestionError as fault:
        raise QuestionError(f"{of} cannot be used: {fault}") from fault


def _answered(facts: Facts, rule: Any) -> Any:
    con = facts.binder.con
    if not is_by_outcome(rule, saved_segments(con)):
        return rule
    return answered(con, rule, Scope(None, facts.at))

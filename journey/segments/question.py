"""What is asked of two segments, as plain data, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.scope import refuse_unknown

MOST_OUTCOMES = 50


@dataclass(frozen=True)
class Outcome:
    """The share of customers with an event of the step `of` who have one of the step `did`, too."""

    name: str
    did: Any
    of: Any


@dataclass(frozen=True)
class CompareQuestion:
    """a, b: segment rules; b is None for everyone else.

    outcomes: shares to compare beside what the log holds.  defined_by: names of the events and properties by which the
    segments are defined, so that what differs by definition is told from what was found.
    """

    a: Any
    b: Any = None
    outcomes: tuple[Outcome, ...] = ()
    defined_by: tuple[str, ...] = ()


def read_compare(plain: Mapping[str, Any]) -> CompareQuestion:
    """{"a": rule, "b": rule | null, "outcomes": [{"name", "did", "of"}], "defined_by": [names]}.

    Raises: QuestionError: an unknown key, no segment to compare, an outcome that is not one.
    """
    refuse_unknown(plain, ("a", "b", "outcomes", "defined_by"), "a comparison")
    if plain.get("a") is None:
        raise QuestionError('A comparison says of whom: {"a": rule, "b": rule}. Without "b" it is against everyone else.')
    outcomes, names = plain.get("outcomes") or (), plain.get("defined_by") or ()
    if not isinstance(outcomes, list | tuple) or len(outcomes) > MOST_OUTCOMES:
        raise QuestionError(f'"outcomes" is a list of at most {MOST_OUTCOMES} of {{"name", "did", "of"}}; it was given {outcomes!r}.')
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise QuestionError(f'"defined_by" is a list of names; it was given {names!r}.')
    read = tuple(_outcome(outcome) for outcome in outcomes)
    if twice := [one.name for place, one in enumerate(read) if one.name in [other.name for other in read[:place]]]:
        raise QuestionError(f"Two outcomes are named {twice[0]!r}. Give each a name of its own.")
    return CompareQuestion(plain["a"], plain.get("b"), read, tuple(names))


def _outcome(plain: Any) -> Outcome:
    if isinstance(plain, Outcome):
        return plain
    if not isinstance(plain, Mapping) or not isinstance(plain.get("name"), str) or "did" not in plain:
        raise QuestionError(f'{plain!r} is not an outcome. Write {{"name": ..., "did": step, "of": step}}.')
    refuse_unknown(plain, ("name", "did", "of"), "an outcome")
    return Outcome(plain["name"], plain["did"], plain.get("of"))

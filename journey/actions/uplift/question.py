"""The question whom an action helps, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.actions.uplift.learners import BASES, LEARNERS
from journey.errors import QuestionError
from journey.scope import choose, refuse_unknown
from journey.tables.table import check_table

SPLITS = ("folds", "halves")
OUTCOMES = ("did", "money")
KEYS = (
    "table", "action", "treatment", "treated", "control", "outcome", "features", "propensity", "customer", "learner", "base",
    "split", "draws", "seed",
)  # fmt: skip
OF_TABLE = ("treatment", "treated", "control", "features", "propensity", "customer")
DRAWS = 200


@dataclass(frozen=True)
class UpliftQuestion:
    """Of a table, or of a campaign that the log holds.

    table: a file, rows, or a frame; one row per customer.  treatment: its column that says what was done; treated, control:
    the values that are compared.  outcome: a column of numbers or of yes and no.  features: columns known before.
    propensity: a column with the chance of what was done, or the chance of being treated as a number; None where all had the
    same.  customer: a column of ids; None where each row is a customer of its own.
    action: of the catalog, whose campaign the log holds; then the outcome is "did" (the action's own) or "money".
    split: how those who are scored are kept apart from those learned from: "folds" scores everybody by models that had not
    seen them, "halves" learns on one half and scores the other.  draws: of random scores, for the null band.
    """

    table: Any = None
    action: str | None = None
    treatment: str = ""
    treated: Any = None
    control: Any = None
    outcome: str = "did"
    features: tuple[str, ...] = ()
    propensity: str | float | None = None
    customer: str | None = None
    learner: str = LEARNERS[0]
    base: str = BASES[0]
    split: str = SPLITS[0]
    draws: int = DRAWS
    seed: int = 7


def read_uplift(plain: Mapping[str, Any], files: bool = True) -> UpliftQuestion:
    """{"table", "treatment", "treated", "control", "outcome", "features", ..} or {"action", "outcome", ..}.

    files: whether the table may be a file; False for what a page or an address asks.
    Raises: QuestionError: an unknown key, both or neither of table and action, an option that is not known.
    """
    refuse_unknown(plain, KEYS, "a question of uplift")
    if (plain.get("table") is None) == (plain.get("action") is None):
        raise QuestionError('A question of uplift is about a "table" or about an "action" of the catalog whose campaign the log holds.')
    of_table = plain.get("table") is not None
    if unfit := [key for key in OF_TABLE if not of_table and plain.get(key) is not None]:
        raise QuestionError(f"{unfit[0]!r} names part of a table; a question of an action reads its campaign from the log.")
    return UpliftQuestion(
        table=check_table(plain["table"], "table", files) if of_table else None,
        action=None if of_table else _text(plain, "action"),
        treatment=_text(plain, "treatment") if of_table else "",
        treated=plain.get("treated"),
        control=_value(plain, "control") if of_table else None,
        outcome=_text(plain, "outcome") if of_table else choose(plain, "outcome", OUTCOMES),
        features=_features(plain.get("features")) if of_table else (),
        propensity=read_propensity(plain.get("propensity")),
        customer=None if plain.get("customer") is None else _text(plain, "customer"),
        learner=choose(plain, "learner", LEARNERS),
        base=choose(plain, "base", BASES),
        split=choose(plain, "split", SPLITS),
        draws=read_whole(plain, "draws", DRAWS, 20, 5_000),
        seed=read_whole(plain, "seed", 7, 0, 2**31 - 1),
    )


def read_propensity(value: Any) -> str | float | None:
    """A column, or one chance for all.  Raises QuestionError for a number outside 0 to 1."""
    if value is None or (isinstance(value, str) and value):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1:
        return float(value)
    raise QuestionError(f"propensity is {value!r}; name a column, write a chance between 0 and 1, or leave it out where all had the same.")


def read_whole(plain: Mapping[str, Any], key: str, usual: int, least: int, most: int) -> int:
    """A whole number within bounds."""
    value = plain.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise QuestionError(f"{key} is {value!r}; write a whole number, {least:,} to {most:,}.")
    return value


def _text(plain: Mapping[str, Any], key: str) -> str:
    value = plain.get(key)
    if not isinstance(value, str) or not value:
        raise QuestionError(
            f"{key} is {value!r}; write the name of a column." if key != "action" else f"action is {value!r}; write its name."
        )
    return value


def _value(plain: Mapping[str, Any], key: str) -> Any:
    value = plain.get(key)
    if not isinstance(value, str | int | float):
        raise QuestionError(f"{key} is {value!r}; write the value that stands for those who got nothing.")
    return value


def _features(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not value or not all(isinstance(one, str) and one for one in value):
        raise QuestionError(f"features is {value!r}; list the columns that were known before the action, one at least.")
    return tuple(dict.fromkeys(value))


def in_words(question: UpliftQuestion) -> str:
    """How it is told apart, in a sentence."""
    how = "learned on one half and tested on the other" if question.split == "halves" else "each scored by models that had not seen them"
    learner = {"t": "T-learner", "x": "X-learner", "dr": "DR-learner"}[question.learner]
    return (
        f"a {learner} ({question.base}), {how}; its Qini coefficient is "
        f"held against {question.draws:,} random orders (seed {question.seed}), and is called heterogeneous above 97.5% of them."
    )

"""A question of what something costs and brings, as plain data, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.errors import QuestionError
from journey.roi.inputs import INPUTS, KEEP, NAMED, PUBLISHED, SELL
from journey.roi.spread import Spread, fixed
from journey.roi.written import read_spread
from journey.scope import choose, refuse_unknown

MODELS = (KEEP, SELL)
PRESETS = (None, PUBLISHED)
LIFTS = ("added", "relative")
OPTIONS = ("preset", "model", "lift_is", "months", "draws", "seed", "correlate", "name")
KEYS = (*OPTIONS[:2], *NAMED, *OPTIONS[2:])
MONTHS, DRAWS, SEED = 12, 20_000, 7
MOST_MONTHS, LEAST_DRAWS, MOST_DRAWS = 120, 100, 200_000
PUBLISHED_VALUES = {
    "customers": 10_000,
    "churn": 0.05,
    "lift": 0.10,
    "revenue_per_month": 100,
    "cost_per_treated": 5,
    "tool_per_month": 500,
}
"""The example of the published calculator, which a question with the preset changes as it likes."""


@dataclass(frozen=True)
class RoiQuestion:
    """What is put in.

    model: retention | conversion | saved_only (the published calculator).
    values: name and spread of every input of the model, in the order of INPUTS.  given: the names that were said; the others
    hold the value that leaves them out.
    lift_is: of conversion, added (to the share that buys: .012 is 1.2 points) | relative (.05 makes 20% to 21%).
    months: 1 to 120.  draws: futures drawn, 100 to 200,000.  seed: whole number; the same one, the same futures.
    correlate: (input, input, correlation of their normal scores).  name: of a scenario or an option, "" without.
    left_out: inputs that were given and that the model has no place for.
    """

    model: str
    values: tuple[tuple[str, Spread], ...]
    given: tuple[str, ...] = ()
    lift_is: str = "added"
    months: int = MONTHS
    draws: int = DRAWS
    seed: int = SEED
    correlate: tuple[tuple[str, str, float], ...] = ()
    name: str = ""
    left_out: tuple[str, ...] = ()

    @property
    def preset(self) -> str | None:
        return PUBLISHED if self.model == PUBLISHED else None

    def spread(self, name: str) -> Spread:
        """Of one input.  Raises: KeyError: the model has none of that name."""
        return dict(self.values)[name]

    @property
    def spreads(self) -> dict[str, Spread]:
        return dict(self.values)

    @property
    def uncertain(self) -> tuple[str, ...]:
        """The inputs that are no single number."""
        return tuple(name for name, spread in self.values if not spread.is_fixed)

    @property
    def central(self) -> dict[str, float]:
        """The median of every input."""
        return {name: spread.central for name, spread in self.values}

    def as_plain(self) -> dict[str, Any]:
        """What `read_roi` reads back as this question."""
        told: dict[str, Any] = {"preset": self.preset} if self.preset else {"model": self.model}
        told |= {name: spread.as_plain() for name, spread in self.values if name in self.given}
        told |= {"lift_is": self.lift_is} if self.model == SELL else {}
        told |= {"months": self.months, "draws": self.draws, "seed": self.seed}
        told |= {"correlate": [list(one) for one in self.correlate]} if self.correlate else {}
        return told | ({"name": self.name} if self.name else {})


def read_roi(plain: Mapping[str, Any]) -> RoiQuestion:
    """{"customers": 10000, "churn": .05, "lift": {"p10": .05, "p90": .15}, "revenue_per_month": 100, ...} -> the question.

    Raises: QuestionError: an unknown key, an input that is missing or out of bounds.
    """
    refuse_unknown(plain, KEYS, "a question of ROI")
    model = _model(plain)
    lift_is = choose(plain, "lift_is", LIFTS)
    said = {name: plain[name] for name in NAMED if plain.get(name) is not None}
    values, left_out = _values(model, lift_is, said)
    question = RoiQuestion(
        model,
        values,
        tuple(name for name, _ in values if name in said),
        lift_is,
        read_whole(plain.get("months", MONTHS), "months", 1, MOST_MONTHS),
        read_whole(plain.get("draws", DRAWS), "draws", LEAST_DRAWS, MOST_DRAWS),
        read_whole(plain.get("seed", SEED), "seed", 0, 2**63 - 1),
        _correlated(plain.get("correlate"), values),
        _named(plain.get("name")),
        left_out,
    )
    _refuse_over_one(question)
    return question


def _model(plain: Mapping[str, Any]) -> str:
    preset, model = choose(plain, "preset", PRESETS), str(choose(plain, "model", MODELS))
    if preset and "model" in plain:
        raise QuestionError(f"The preset {preset!r} is a model of its own, and {model!r} was given beside it. Leave one of the two out.")
    return PUBLISHED if preset else model


def _values(model: str, lift_is: str, said: Mapping[str, Any]) -> tuple[tuple[tuple[str, Spread], ...], tuple[str, ...]]:
    """-> (every input of the model, those given in vain)."""
    used = [one for one in INPUTS if model in one.models and (one.name != "conversion" or "conversion" in said or lift_is == "relative")]
    missing = [one.name for one in used if one.default is None and one.name not in said and model != PUBLISHED]
    if missing:
        raise QuestionError(
            f"Without {', '.join(missing)} there is nothing to reckon with in the model {model!r}. Give each a number or a spread; "
            'what the log says of them: {"ask": "roi_inputs"}.'
        )
    usual = PUBLISHED_VALUES if model == PUBLISHED else {}
    values = tuple(
        (one.name, read_spread(said[one.name], one) if one.name in said else fixed(float(usual.get(one.name, one.default or 0.0))))
        for one in used
    )
    return values, tuple(name for name in said if name not in dict(values))


def read_whole(value: Any, name: str, least: int, most: int) -> int:
    """Raises: QuestionError: no whole number, or out of bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise QuestionError(f"{name} is {value!r}; it is a whole number from {least:,} to {most:,}.")
    return value


def _named(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value.strip()) > 120:
        raise QuestionError(f"name is {value!r}; write a text of at most 120 characters.")
    return written(value.strip())


def written(told: str) -> str:
    """A text as it is.  Raises: QuestionError: it holds half a sign (a lone surrogate), which no file or page can hold."""
    if told != told.encode(errors="replace").decode():
        raise QuestionError(f"The text {told!r} holds a sign that cannot be written. Leave it out.")
    return told


def _correlated(plain: Any, values: tuple[tuple[str, Spread], ...]) -> tuple[tuple[str, str, float], ...]:
    """[["lift", "churn", -.5]], checked: known inputs, each pair once, and possible all together."""
    if plain is None:
        return ()
    wrong = f'correlate is {plain!r}; write pairs of inputs with their correlation, such as [["lift", "churn", -0.5]].'
    if not isinstance(plain, list | tuple):
        raise QuestionError(wrong)
    pairs = tuple(_pair(one, dict(values), wrong) for one in plain)
    if len({frozenset(pair[:2]) for pair in pairs}) < len(pairs):
        raise QuestionError(f"correlate names a pair twice: {plain!r}. Keep one of them.")
    if np.linalg.eigvalsh(correlations(pairs, [name for name, _ in values])).min() < 1e-9:
        raise QuestionError(
            f"These correlations cannot all hold at once: {plain!r}. What moves with two others ties those together; bring them nearer 0."
        )
    return pairs


def _pair(one: Any, spreads: Mapping[str, Spread], wrong: str) -> tuple[str, str, float]:
    if not isinstance(one, list | tuple) or len(one) != 3:
        raise QuestionError(wrong)
    first, second, r = one
    for name in (first, second):
        if not isinstance(name, str) or name not in spreads:
            raise QuestionError(f"correlate names {name!r}; it can name {', '.join(spreads)}.")
    if first == second or isinstance(r, bool) or not isinstance(r, int | float) or not -1 < r < 1:
        raise QuestionError(wrong + " A correlation lies between -1 and 1, both excluded, and is of two inputs.")
    return first, second, float(r)


def correlations(pairs: tuple[tuple[str, str, float], ...], names: list[str]) -> np.ndarray:
    """(k, k): 1 on the diagonal, 0 where nothing is said."""
    matrix = np.eye(len(names))
    for first, second, r in pairs:
        i, j = names.index(first), names.index(second)
        matrix[i, j] = matrix[j, i] = r
    return matrix


def _refuse_over_one(question: RoiQuestion) -> None:
    """A share that buys cannot grow past all."""
    if question.model != SELL or "conversion" not in question.spreads:
        return
    today, lift = question.central["conversion"], question.central["lift"]
    after = today * (1 + lift) if question.lift_is == "relative" else today + lift
    if after > 1:
        raise QuestionError(f"conversion {today:g} with the {question.lift_is} lift {lift:g} is {after:g}; no more than all can buy.")

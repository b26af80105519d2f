"""An experiment of which only sums are known: for each variant how many units, and how many did it, or mean and variance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from journey.errors import QuestionError
from journey.experiments.fields import short
from journey.experiments.metric import ExperimentMetric
from journey.experiments.moments import Moments, moments_of_share
from journey.experiments.read.metrics import read_metric
from journey.scope import refuse_unknown
from journey.tables.columns import as_text

MOST_ARMS = 20
MOST_UNITS, LARGEST = 10**15, 1e100
SHARE, MEAN = ("name", "n", "conversions"), ("name", "n", "mean", "variance")


@dataclass(frozen=True)
class ArmSums:
    """n: units.  conversions: how many did it; None where mean and variance (of the sample, n - 1) are given."""

    name: str
    n: int
    conversions: int | None = None
    mean: float = 0.0
    variance: float = 0.0

    @property
    def moments(self) -> Moments:
        return Moments(self.n, self.mean, self.variance) if self.conversions is None else moments_of_share(self.conversions, self.n)


def read_arms(plain: Any) -> tuple[ArmSums, ...]:
    """[{"name", "n", "conversions"}] or [{"name", "n", "mean", "variance"}], the same of all.

    Raises: QuestionError: fewer than two, one name twice, a number that cannot be.
    """
    if not isinstance(plain, Sequence) or isinstance(plain, str) or not all(isinstance(arm, Mapping) for arm in plain):
        raise QuestionError('arms lists the variants: [{"name": "control", "n": 1000, "conversions": 100}, ...].')
    if not 2 <= len(plain) <= MOST_ARMS:
        raise QuestionError(f"An experiment compares 2 to {MOST_ARMS} variants; arms lists {len(plain)}.")
    kinds = {"conversions" in arm for arm in plain}
    if len(kinds) > 1:
        raise QuestionError(
            "Some arms give conversions and some do not. Give the same of each: n and conversions, or n, mean and variance."
        )
    arms = tuple(_arm(arm, True in kinds) for arm in plain)
    names = [arm.name for arm in arms]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise QuestionError(f"Two arms are named {twice!r}. Give each a name of its own.")
    return arms


def _arm(plain: Mapping[str, Any], share: bool) -> ArmSums:
    name = plain.get("name")
    if isinstance(name, bool) or not isinstance(name, str | int | float) or name == "":
        raise QuestionError(f"An arm needs a name; found {name!r}.")
    told = str(as_text(name))
    refuse_unknown(plain, SHARE if share else MEAN, f"the arm {told!r}")
    n = _count(plain, "n", told)
    if share:
        did = _count(plain, "conversions", told)
        if did > n:
            raise QuestionError(
                f"The arm {told!r} has {did:,} conversions of {n:,} units. Count each unit once, or give mean and variance."
            )
        return ArmSums(told, n, did)
    mean, variance = (_number(plain, key, told) for key in ("mean", "variance"))
    if variance < 0:
        raise QuestionError(f"The variance of the arm {told!r} is {variance:g}; it cannot be below 0.")
    return ArmSums(told, n, None, mean, variance)


def _count(plain: Mapping[str, Any], key: str, arm: str) -> int:
    value = _number(plain, key, arm)
    if not 0 <= value <= MOST_UNITS or value != int(value):
        raise QuestionError(f"{key} of the arm {arm!r} is {short(plain[key])}; write a whole number, 0 or more.")
    return int(value)


def _number(plain: Mapping[str, Any], key: str, arm: str) -> float:
    value = plain.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
        raise QuestionError(f"{key} of the arm {arm!r} is {short(value)}; write a number.")
    return value


def metric_of_sums(plain: Any, arms: tuple[ArmSums, ...]) -> ExperimentMetric:
    """The one metric that sums are of.  plain: None, or [{"name", "role", "good", "margin"}]."""
    share = arms[0].conversions is not None
    usual = {"name": "Conversion" if share else "Mean", "kind": "share" if share else "mean", "role": "primary"}
    if plain is None:
        return ExperimentMetric(usual["name"], usual["kind"], "primary")
    if not isinstance(plain, Sequence) or len(plain) != 1 or not isinstance(plain[0], Mapping):
        raise QuestionError(
            'Sums are of one metric, so metrics lists one: [{"name": "Orders", "good": "up"}]. Give a table to read several.'
        )
    refuse_unknown(plain[0], ("name", "kind", "role", "good", "margin"), "the metric of sums")
    if plain[0].get("kind", usual["kind"]) != usual["kind"]:
        raise QuestionError(f"The arms give {'conversions' if share else 'means'}, so the metric is a {usual['kind']}.")
    found = read_metric({**usual, **plain[0], "column": "sums"}, "table")
    return replace(found, value=ExperimentMetric("").value, role="primary" if found.role == "secondary" else found.role)

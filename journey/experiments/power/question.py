"""A question of power as plain data: how many units, how small an effect, how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.errors import QuestionError
from journey.experiments.fields import is_number, number, read_unit, whole, yes
from journey.experiments.metric import KINDS, ExperimentMetric
from journey.experiments.power.formulas import FORMULAS
from journey.inference.sequences import TUNED_AT
from journey.scope import choose, refuse_unknown

READINGS = ("fixed", "planned", "always_valid")
KEYS = (
    "kind", "baseline", "variance", "sd", "effect", "relative", "n", "total", "days", "power", "alpha", "two_sided", "arms", "split",
    "metrics", "daily", "traffic", "formula", "reading", "looks", "tuned_at", "metric", "at", "unit", "window", "direction",
)  # fmt: skip
LOOKS, MOST_LOOKS, MOST_ARMS, WINDOW = 14, 400, 20, 28
LEAST = 1e-9  # units a day, the share of them let in, or alpha
FAR = 1e100  # what a metric, its spread or an effect may come to


@dataclass(frozen=True)
class PowerQuestion:
    """kind: share | mean | ratio.  baseline: of control, None to take it from the log.  variance: of one unit; a share needs none.

    effect: the change to be told, in the metric's unit; relative: as a share of the baseline instead.  down: where no effect is
    given, whether the smallest one downwards is looked for.
    total: units of all variants together; days: they come in so many; both None where they are asked for.
    alpha: of the whole family of comparisons.  split: share of each variant, control first, together 1.
    metrics: how many decide together, guardrails aside (Holm).  daily: units a day; traffic: the share of them let in.
    reading: which of the sizes the answer puts first.  looks: of planned ones.  tuned_at: units of two variants at which the
    always-valid interval is tightest; None for the size that is found.
    metric: of the log, whose baseline, variance and traffic are measured; at: the step at which units come in, None for any
    event; unit: customer | property:<name>; window: days before the end of the data over which it is measured.
    """

    kind: str = "share"
    baseline: float | None = None
    variance: float | None = None
    effect: float | None = None
    relative: bool = False
    total: int | None = None
    days: int | None = None
    power: float = 0.8
    alpha: float = 0.05
    two_sided: bool = True
    split: tuple[float, ...] = (0.5, 0.5)
    metrics: int = 1
    daily: float | None = None
    traffic: float = 1.0
    formula: str = ""
    reading: str = "fixed"
    looks: int = LOOKS
    tuned_at: int | None = TUNED_AT
    metric: ExperimentMetric | None = None
    at: Any = None
    unit: str = "customer"
    window: int = WINDOW
    down: bool = False

    @property
    def count_by(self) -> str:
        """What a rule on the answer counts by."""
        return self.unit

    @property
    def comparisons(self) -> int:
        """Variants against control, times metrics that decide."""
        return (len(self.split) - 1) * self.metrics

    @property
    def alpha_each(self) -> float:
        """Of one comparison: Holm's first step, which the strictest of them has to pass."""
        return self.alpha / self.comparisons


def read_power(plain: Mapping[str, Any]) -> PowerQuestion:
    """A question from plain data.

    Raises: QuestionError: an unknown key or formula, a share outside 0 to 1, too little to answer from.
    """
    refuse_unknown(plain, KEYS, "a question of power")
    plain = {key: value for key, value in plain.items() if value is not None or key == "tuned_at"}
    metric = _metric(plain)
    kind = metric.kind if metric else str(choose(plain, "kind", KINDS))
    split = _split(plain)
    question = PowerQuestion(
        kind=kind,
        baseline=number(plain, "baseline", *((0, 1) if kind == "share" else (-FAR, FAR))),
        variance=_variance(plain, kind),
        effect=number(plain, "effect", -FAR, FAR),
        relative=yes(plain, "relative", False),
        total=_total(plain, split),
        days=whole(plain, "days", 1, 3_650),
        power=number(plain, "power", 0, 1) or 0.8,
        alpha=number(plain, "alpha", LEAST, 1) or 0.05,
        two_sided=yes(plain, "two_sided", True),
        split=split,
        metrics=whole(plain, "metrics", 1, 40) or 1,
        daily=number(plain, "daily", LEAST, 1 / LEAST),
        traffic=number(plain, "traffic", LEAST, 1, closed=True) or 1.0,
        formula=str(choose(plain, "formula", tuple(FORMULAS[kind]))),
        reading=str(choose(plain, "reading", READINGS)),
        looks=whole(plain, "looks", 1, MOST_LOOKS) or LOOKS,
        tuned_at=whole(plain, "tuned_at", 2, 10**12) if "tuned_at" in plain else TUNED_AT,
        metric=metric,
        at=plain.get("at"),
        unit=read_unit(plain),
        window=whole(plain, "window", 7, 365) or WINDOW,
        down=choose(plain, "direction", ("up", "down")) == "down" if "direction" in plain else bool(metric and metric.good == "down"),
    )
    _refuse_too_little(question)
    _refuse_chance(question)
    return question


def _refuse_too_little(question: PowerQuestion) -> None:
    if question.metric is None and question.baseline is None:
        raise QuestionError('Power needs a "baseline", such as 0.2 of a share, or a "metric" of the log to take it from.')
    if question.metric is None and question.kind != "share" and question.variance is None:
        raise QuestionError(
            f'A {question.kind} needs its spread: "sd" or "variance" of one unit, or a "metric" of the log to take it from.'
        )
    if question.effect is None and question.total is None and question.days is None:
        raise QuestionError(
            'Give "effect" to learn how many units it takes, or "n", "total" or "days" to learn how small an effect they tell.'
        )
    if question.effect == 0:
        raise QuestionError("effect is 0; an effect that is none cannot be told from none. Give the smallest one worth finding.")
    if question.days is not None and question.total is not None:
        raise QuestionError('"days" and a number of units were both given. Leave one out: the other follows from the units a day.')
    if question.days is not None and question.daily is None and question.metric is None:
        raise QuestionError('"days" needs to know how many units come in a day: give "daily", or a "metric" of the log.')


def _refuse_chance(question: PowerQuestion) -> None:
    """A power that calls made by chance already reach asks for no units at all."""
    least = question.alpha_each * (1 if question.two_sided else 2)
    if question.power <= least:
        raise QuestionError(
            f"power is {question.power:g} at alpha {question.alpha:g}: chance alone would call about as much. Give a power above {least:g}."
        )


def _metric(plain: Mapping[str, Any]) -> ExperimentMetric | None:
    from journey.experiments.read.metrics import read_metric  # that room reads plans, and plans ask for power

    if "metric" not in plain:
        return None
    if "kind" in plain:
        raise QuestionError('A "metric" says itself of what kind it is. Leave "kind" out, or put it into the metric.')
    return read_metric(plain["metric"])


def _split(plain: Mapping[str, Any]) -> tuple[float, ...]:
    """[.5, .5], {"control": .9, "b": .1} with control first, or from the number of arms."""
    arms, split = whole(plain, "arms", 2, MOST_ARMS), plain.get("split")
    if split is None:
        return (1 / (arms or 2),) * (arms or 2)
    shares = list(split.values()) if isinstance(split, Mapping) else split
    if not isinstance(shares, Sequence) or isinstance(shares, str) or not 2 <= len(shares) <= MOST_ARMS:
        raise QuestionError(f"split is {split!r}; list the share of each variant, control first, such as [0.5, 0.5].")
    if arms is not None and arms != len(shares):
        raise QuestionError(f"split lists {len(shares)} shares where there are {arms} arms. Give one for each, control first.")
    if not all(is_number(share) and share > 0 for share in shares) or abs(sum(shares) - 1) > 1e-6:
        raise QuestionError(f"The shares of a split are above 0 and add up to 1; found {split!r}.")
    return tuple(float(share) for share in shares)


def _total(plain: Mapping[str, Any], split: tuple[float, ...]) -> int | None:
    """Units of all variants; n is of each, where all are alike."""
    n, total = whole(plain, "n", 2, 10**12), whole(plain, "total", 4, 10**12)
    if n is not None and total is not None:
        raise QuestionError('"n" and "total" were both given. n is of each variant, total of all: leave one out.')
    if n is not None and max(split) - min(split) > 1e-9:
        raise QuestionError('"n" is of each variant, and these are not alike. Give "total", the units of all of them.')
    return total if n is None else n * len(split)


def _variance(plain: Mapping[str, Any], kind: str) -> float | None:
    if "sd" in plain and "variance" in plain:
        raise QuestionError('"sd" and "variance" were both given; one is the square of the other. Leave one out.')
    if kind == "share" and ("sd" in plain or "variance" in plain):
        raise QuestionError('The spread of a share follows from its baseline. Leave "sd" and "variance" out.')
    sd = number(plain, "sd", 0, FAR)
    return number(plain, "variance", 0, FAR * FAR) if sd is None else sd * sd

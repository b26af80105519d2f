"""Reading an input as it is written: a number, or a spread in one of the forms a person may think in."""

import math
from collections.abc import Mapping
from typing import Any

from journey.errors import QuestionError
from journey.inference import Z95
from journey.roi.inputs import MOST, Input
from journey.roi.spread import GIVEN, TAIL, Spread, beta_by_moments, beta_of, fixed, lognormal_by_moments

FORMS = (
    'a number, {"p10": .., "p90": ..}, {"low": .., "mode": .., "high": ..}, {"mean": .., "sd": ..}, {"beta": [a, b]}, '
    '{"normal": [mean, sd]}, {"triangular": [low, mode, high]} or {"estimate": .., "low": .., "high": .., "confidence": .95}'
)
WIDEST, NARROW, MOST_BETA = 100, 10_000, 1e7
LISTED = {"beta": 2, "normal": 2, "triangular": 3}


def read_spread(value: Any, of: Input) -> Spread:
    """A number or an object -> what the input may turn out to be.

    Fitted where only two numbers are given: a share by a beta distribution (a very narrow one by a normal one, which is the
    same), a share whose P10 is not above 0 and that may do harm by a normal one cut at -1 and 1, what is positive by a
    lognormal one.
    Raises: QuestionError: no number, outside the bounds, in the wrong order; the sentence says what it can be.
    """
    if isinstance(value, Mapping):
        given, numbers = _opened(value, of)
        spread = _READ[given](numbers, of, given)
        if not spread.sound:
            raise QuestionError(f"{of.name} is {dict(value)!r}: too narrow, or too far out, to be drawn from. Write one number.")
        return spread
    number = _number(value, of, f"{of.name} is {value!r}; write {FORMS}.")
    low, high = of.bounds
    if not low <= number <= high:
        harm = ' Where harm is possible, give a spread that reaches below 0, such as {"normal": [-0.01, 0.02]}.' if of.signed else ""
        raise QuestionError(f"{of.name} is {value!r}; {_bounded(of)}.{harm}")
    return fixed(number)


def from_interval(estimate: float, low: float, high: float, confidence: float = 0.95) -> dict[str, float]:
    """An experiment's result as an input is written: its estimate is the median, its interval holds as much as it says.

    Raises: QuestionError: no numbers, or the estimate lies outside its interval.
    """
    told = {"estimate": estimate, "low": low, "high": high, "confidence": confidence}
    for name, number in told.items():
        if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) <= MOST:
            raise QuestionError(f"The {name} of the result is {number!r:.80}; it must be a finite number, and at most {MOST:,.0f}.")
    if not low < estimate < high:
        raise QuestionError(f"A result lies inside its interval; {estimate!r} in [{low!r}, {high!r}] does not.")
    if not 0.5 <= confidence <= 0.9999:
        raise QuestionError(f"The confidence of a result is {confidence!r}; it is a share from 0.5 to 0.9999, such as 0.95.")
    return {name: float(number) for name, number in told.items()}


def _opened(value: Mapping[str, Any], of: Input) -> tuple[str, tuple[float, ...]]:
    """-> (in which form it is written, its numbers)."""
    wrong = f"{of.name} is {dict(value)!r}; write {FORMS}."
    for given, keys in GIVEN.items():
        optional = {"confidence"} if given == "interval" else set()
        if set(value) <= set(keys) and set(keys) - optional <= set(value):
            return given, tuple(_number(value.get(key, 0.95), of, wrong) for key in keys)
    if len(value) == 1:
        given, listed = next(iter(value.items()))
        if given in LISTED and isinstance(listed, list | tuple) and len(listed) == LISTED[given]:
            return given, tuple(_number(number, of, wrong) for number in listed)
    raise QuestionError(wrong)


def _number(value: Any, of: Input, wrong: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise QuestionError(wrong)
    if not abs(value) <= MOST:
        raise QuestionError(f"{of.name} holds {value!r:.80}; every number must be finite, and at most {MOST:,.0f}.")
    return float(value)


def _bounded(of: Input) -> str:
    low, high = of.bounds
    return "it is a share from 0 to 1" if of.is_share else f"it is a number from {low:g} to {high:,.0f}"


def _inside(numbers: tuple[float, ...], of: Input) -> None:
    low, high = of.reach
    if not all(low <= number <= high for number in numbers):
        raise QuestionError(f"{of.name} reaches from {min(numbers):g} to {max(numbers):g}; it must stay within {low:g} and {high:,.0f}.")


def _percentiles(numbers: tuple[float, ...], of: Input, given: str) -> Spread:
    p10, p90 = numbers
    if not p10 < p90:
        raise QuestionError(f"{of.name} has P10 {p10:g} and P90 {p90:g}; P10 must be the smaller: one in ten lies below it.")
    _inside(numbers, of)
    middle, sd = (p10 + p90) / 2, (p90 - p10) / (2 * TAIL)
    if (of.signed and p10 <= 0) or (of.is_share and _is_narrow(beta_by_moments(middle, sd))):
        return _made(given, numbers, "normal", (middle, sd), of)
    if not of.is_share:
        if p10 <= 0:
            raise QuestionError(f'{of.name} has P10 {p10:g}; it must be above 0. Write {{"low": 0, "mode": .., "high": ..}} instead.')
        log10, log90 = math.log(p10), math.log(p90)
        return _made(given, numbers, "lognormal", ((log10 + log90) / 2, (log90 - log10) / (2 * TAIL)), of)
    fitted = beta_of(p10, p90) if p10 > 0 and p90 < 1 else None
    if fitted is None:
        raise QuestionError(
            f"No distribution of shares has P10 {p10:g} and P90 {p90:g} for {of.name}. Keep both between 0 and 1, both excluded, "
            'or write {"low": .., "mode": .., "high": ..}.'
        )
    return _made(given, numbers, "beta", fitted, of)


def _is_narrow(fitted: tuple[float, float] | None) -> bool:
    """Whether a beta distribution is so narrow that a normal one is the same, and the sooner drawn from."""
    return fitted is not None and min(fitted) > NARROW


def _moments(numbers: tuple[float, ...], of: Input, given: str) -> Spread:
    mean, sd = numbers
    _deviates(sd, of)
    _inside((mean,), of)
    if of.signed and mean - TAIL * sd <= 0:
        return _made(given, numbers, "normal", numbers, of)
    if not of.is_share:
        if mean <= 0 or sd > WIDEST * mean:
            raise QuestionError(
                f"{of.name} has the mean {mean:g} and the standard deviation {sd:g}; the mean must be above 0, and the deviation at most "
                f"{WIDEST} times as much."
            )
        return _made(given, numbers, "lognormal", lognormal_by_moments(mean, sd), of)
    fitted = beta_by_moments(mean, sd)
    if fitted is None:
        raise QuestionError(
            f"No distribution of shares has the mean {mean:g} and the standard deviation {sd:g} for {of.name}. Lower the deviation."
        )
    return _made(given, numbers, "normal", numbers, of) if _is_narrow(fitted) else _made(given, numbers, "beta", fitted, of)


def _beta(numbers: tuple[float, ...], of: Input, given: str) -> Spread:
    if not of.is_share:
        raise QuestionError(f'{of.name} is no share, so it has no beta distribution. Write {{"p10": .., "p90": ..}} instead.')
    if min(numbers) <= 0 or max(numbers) > MOST_BETA:
        raise QuestionError(
            f"The beta distribution of {of.name} is {list(numbers)}; both its numbers must be above 0 and at most {MOST_BETA:,.0f}."
        )
    return Spread(given, numbers, "beta", numbers, (0.0, 1.0))


def _normal(numbers: tuple[float, ...], of: Input, given: str) -> Spread:
    _deviates(numbers[1], of)
    _inside(numbers[:1], of)
    return _made(given, numbers, "normal", numbers, of)


def _triangle(numbers: tuple[float, ...], of: Input, given: str) -> Spread:
    low, mode, high = numbers
    if not low <= mode <= high or low == high:
        raise QuestionError(f"{of.name} has low {low:g}, mode {mode:g} and high {high:g}; they must rise, and low must be below high.")
    _inside(numbers, of)
    return _made(given, numbers, "triangular", numbers, of)


def _measured(numbers: tuple[float, ...], of: Input, given: str) -> Spread:
    estimate, low, high, confidence = numbers
    from_interval(estimate, low, high, confidence)
    _inside((estimate,), of)
    half = Z95 if confidence == 0.95 else _half(confidence)
    return _made(given, numbers, "interval", (estimate, (estimate - low) / half, (high - estimate) / half), of)


def _half(confidence: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(0.5 + confidence / 2))


def _deviates(sd: float, of: Input) -> None:
    if sd <= 0:
        raise QuestionError(f"{of.name} has the standard deviation {sd:g}; it must be above 0. For one number, write the number.")


def _made(given: str, numbers: tuple[float, ...], family: str, fitted: tuple[float, ...], of: Input) -> Spread:
    return Spread(given, numbers, family, fitted, of.reach)


_READ = {
    "p10_p90": _percentiles,
    "low_mode_high": _triangle,
    "mean_sd": _moments,
    "beta": _beta,
    "normal": _normal,
    "triangular": _triangle,
    "interval": _measured,
}

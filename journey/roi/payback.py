"""When what was spent is back, at central values and over the draws; never a number where it is not."""

import numpy as np

from journey.roi.inputs import PUBLISHED
from journey.roi.model import Values, central_values, months_of, steps
from journey.roi.question import MOST_MONTHS, RoiQuestion
from journey.roi.result import Payback

MONTHS_SPENT = 3  # the published calculator asks when three months' running cost is back


class Waiting:
    """Follows the months of all futures and keeps the last in which each was still below zero."""

    def __init__(self) -> None:
        self.last = np.full(1, -1)

    def see(self, month: int, cumulative: np.ndarray) -> None:
        self.last = np.where(cumulative < -1e-9 * (1 + np.abs(cumulative)), month, self.last)

    def back(self, months: int) -> np.ndarray:
        """(n,): the month from whose end on nothing is missing, at least 1; infinite where something is at the end."""
        return np.where(self.last < months, np.maximum(self.last + 1, 1), np.inf)


def pay_back(question: RoiQuestion, back: np.ndarray, drawn: Values) -> Payback:
    """back: (n,) months over the draws, infinite where never within the months."""
    if question.model == PUBLISHED:
        return _published(question, drawn)
    waiting, missing = Waiting(), []
    for step in steps(question, central_values(question), MOST_MONTHS):
        waiting.see(step.month, step.cumulative)
        missing.append(bool(waiting.last[0] == step.month))
    if missing[question.months]:
        return _told(None, _why(question.months, missing), back)
    return _told(1 + max((month for month in range(question.months) if missing[month]), default=0), "", back)


def _why(months: int, missing: list[bool]) -> str:
    """missing: (months + 1,) whether something is, at the end of each month from 0; it is at the end of `months`."""
    back = next((month for month, lacks in enumerate(missing) if month and not lacks), None)
    within = f"What was spent is not back within {in_months(months)}"
    if back is None:
        return f"{within}, nor within {MOST_MONTHS} if it goes on like that."
    lost = next((month for month in range(back, len(missing)) if missing[month]), None)
    if back < months:
        return f"What was spent is back in month {back}, but lost again in month {lost}, so at the end of month {months} it is not."
    again = "" if lost is None else f", and lost again in month {lost}"
    return f"{within}; it would be in month {back} if it goes on like that{again}."


def in_months(months: int) -> str:
    return f"{months} month{'' if months == 1 else 's'}"


def _published(question: RoiQuestion, drawn: Values) -> Payback:
    central = _quotient(question, central_values(question))[0]
    why = "" if np.isfinite(central) else "Nothing is left of a month, so what was spent never comes back."
    return _told(float(central) if np.isfinite(central) else None, why, _quotient(question, drawn))


def _quotient(question: RoiQuestion, values: Values) -> np.ndarray:
    """(n,): three months' running cost over a month's net; infinite where nothing is left."""
    benefit, cost = next(months_of(question, values))
    flow = benefit - cost
    return np.where(flow > 0, MONTHS_SPENT * values["tool_per_month"] / np.where(flow > 0, flow, 1.0), np.inf)


def _told(month: float | None, why: str, back: np.ndarray) -> Payback:
    p10, median, p90 = (float(value) for value in np.quantile(back, (0.1, 0.5, 0.9), method="inverted_cdf"))
    said = tuple(value if np.isfinite(value) else None for value in (p10, median, p90))
    return Payback(month, why, float(np.isfinite(back).mean()), *said)

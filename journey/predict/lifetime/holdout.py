"""How a forecast did: fitted up to a cut, held against what came after it, beside forecasts that need no model."""

import numpy as np

from journey.predict.lifetime.bound import Bound
from journey.predict.lifetime.forecast import Fitted, expect
from journey.predict.lifetime.result import Guess, Holdout, Tracked

MOST_TRACKED = 53
SAME_RATE, NOBODY, AVERAGE = "same_rate", "nobody_returns", "average"
MOST_EACH = 30_000  # distinct histories tracked period by period; of more, a fair part stands for all


def check(bound: Bound, fitted: Fitted) -> Holdout | None:
    """None where the data hold no day from the cut on."""
    days = bound.held_days
    if days < 1:
        return None
    came, expected = bound.rows["held"].to_numpy().astype(float), expect(fitted, days)
    value = None
    if expected.value is not None:
        value = float(bound.rows["held_worth"].sum()) - bound.kept[1]
    return Holdout(
        bound.bounds[bound.cut],
        bound.bounds[bound.cut + days],
        days,
        len(came),
        int(came.sum()),
        value,
        expected.total,
        expected.worth,
        _guess(fitted.model.name, expected.orders, came, None if expected.worth is None else expected.worth.expected),
        _baselines(bound, fitted, days, came),
        _track(bound, fitted, days),
    )


def _guess(name: str, each: np.ndarray, came: np.ndarray, value: float | None) -> Guess:
    off = each - came
    return Guess(name, float(each.sum()), float(np.abs(off).mean()), float(np.sqrt((off**2).mean())), value)


def _baselines(bound: Bound, fitted: Fitted, days: int, came: np.ndarray) -> tuple[Guess, ...]:
    """Everyone goes on at their own rate; nobody orders again; everyone orders at the rate of all."""
    x, age = bound.rows["x"].to_numpy().astype(float), bound.rows["age"].to_numpy().astype(float)
    own = np.where(age > 0, x / np.maximum(age, 1), 0.0) * days
    all_alike = np.full(len(x), x.sum() / max(age.sum(), 1.0) * days)
    each = {SAME_RATE: own, NOBODY: np.zeros(len(x)), AVERAGE: all_alike}
    mean = float(bound.rows["worth"].sum() / max(fitted.valued.sum(), 1)) * fitted.kept if fitted.spend else None
    return tuple(_guess(name, guessed, came, None if mean is None else mean * float(guessed.sum())) for name, guessed in each.items())


def _track(bound: Bound, fitted: Fitted, days: int) -> tuple[Tracked, ...]:
    """Orders that came and that were expected, added up from the cut to the end of each period."""
    step = max(1, round(fitted.unit_days), -(-days // MOST_TRACKED))
    stops = [*range(step, days, step), days]
    later = bound.by_day.filter(bound.by_day["day"] >= bound.cut)
    day, orders = later["day"].to_numpy() - bound.cut, later["orders"].to_numpy()
    h = fitted.histories
    every = -(-len(h.x) // MOST_EACH)
    part = type(h)(h.x[::every], h.seen[::every], h.age[::every], h.count[::every])
    theta, model = fitted.fit.values, fitted.model
    weight = model.alive(theta, part) * part.count
    sums = np.array([float((weight * model.expected(theta, part, stop / fitted.unit_days)).sum()) for stop in stops])
    if every > 1:  # so that the last period is the total told beside it
        sums *= expect(fitted, days).total.expected / sums[-1]
    return tuple(
        Tracked(bound.bounds[bound.cut + stop], int(orders[day < stop].sum()), float(total))
        for stop, total in zip(stops, sums, strict=True)
    )

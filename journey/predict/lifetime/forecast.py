"""A fitted model and what it expects: orders and value of each customer within a horizon, and of all together.

Two intervals, and they say different things.  A customer's is of the value expected of them: what is not known of the
parameters, by the delta method on the logarithm.  That of a total is of what will come: the same, and that people with the
same chances still do different things.  Neither knows whether the model holds; the holdout does.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from journey.predict.lifetime.bound import Bound
from journey.predict.lifetime.dropout import BG_NBD, MBG_NBD, Dropout
from journey.predict.lifetime.fitting import Z95, Fit, fit, slopes
from journey.predict.lifetime.history import Histories, distinct
from journey.predict.lifetime.pareto import PARETO_NBD, Pareto
from journey.predict.lifetime.question import UNIT_DAYS, LifetimeQuestion
from journey.predict.lifetime.result import Total
from journey.predict.lifetime.spend import Spend, expected_spend, fit_spend, squared_spend

MODELS: dict[str, Dropout | Pareto] = {model.name: model for model in (BG_NBD, MBG_NBD, PARETO_NBD)}
MOST_FITTED = 60_000  # distinct histories, or customers' spends, that parameters are fitted on; more would change no digit shown
FEWEST_VALUED = 30
NOTHING = 1e-12  # who brings less brings nothing, and surely so


@dataclass(frozen=True)
class Fitted:
    """histories: the distinct ones; place: (n,) of each customer's.  spend: None where `unvalued` says why."""

    model: Dropout | Pareto
    fit: Fit
    histories: Histories
    place: np.ndarray
    spend: Spend | None
    unvalued: str | None
    unit_days: float
    valued: np.ndarray
    mean: np.ndarray
    kept: float


@dataclass(frozen=True)
class Expected:
    """(n,) each, one per customer.  log_se: standard errors of the logarithms, NaN where the fit is not settled."""

    alive: np.ndarray
    orders: np.ndarray
    orders_log_se: np.ndarray
    value: np.ndarray | None
    value_log_se: np.ndarray | None
    total: Total
    worth: Total | None


def fit_model(bound: Bound, question: LifetimeQuestion) -> Fitted:
    """The model of the question, fitted to the histories."""
    model, unit = MODELS[question.model], UNIT_DAYS[question.period]
    rows = bound.rows
    histories, place = distinct(rows["x"].to_numpy(), rows["seen"].to_numpy(), rows["age"].to_numpy(), unit)
    some = _some(histories)

    def likely(theta: np.ndarray) -> float:
        return float((model.log_likelihood(theta, some) * some.count).sum())

    known = (lambda theta: model.slope(theta, some) @ some.count) if isinstance(model, Dropout) else None
    found = fit(model.parameters, model.start(some), likely, float(some.count.sum()), known)
    valued = rows["valued"].to_numpy().astype(float)
    mean = rows["worth"].to_numpy() / np.maximum(valued, 1)
    spend, unvalued = _fit_spend(bound, valued, mean)
    return Fitted(model, found, histories, place, spend, unvalued, unit, valued, mean, bound.kept[0])


def _some(h: Histories) -> Histories:
    """Of very many distinct histories every k-th, which is a fair part as they lie in order of what they are."""
    every = -(-len(h.x) // MOST_FITTED)
    return Histories(h.x[::every], h.seen[::every], h.age[::every], h.count[::every])


def _fit_spend(bound: Bound, valued: np.ndarray, mean: np.ndarray) -> tuple[Spend | None, str | None]:
    if not bound.valued:
        return None, "Nothing says what an order is worth: no revenue is mapped and no property was named."
    some = valued > 0
    if (n := int(some.sum())) < FEWEST_VALUED:
        return (
            None,
            f"Only {n:,} customers have a second order with an amount above 0; {FEWEST_VALUED} are needed to learn what one is worth.",
        )
    every = -(-n // MOST_FITTED)
    spend = fit_spend(valued[some][::every], mean[some][::every])
    if spend.mean is None:
        return None, "Amounts vary so much that their mean over customers is not defined under this model (q is 1 or less)."
    return spend, None


def expect(fitted: Fitted, days: float) -> Expected:
    """What comes within so many days from the cut on."""
    t, h, model = days / fitted.unit_days, fitted.histories, fitted.model

    def orders(theta: np.ndarray) -> np.ndarray:
        return model.alive(theta, h) * model.expected(theta, h, t)

    each, alive = orders(fitted.fit.values), model.alive(fitted.fit.values, h)
    slope = _log_slopes(orders, fitted.fit, each)
    log_se = _log_se(fitted.fit, slope)
    squared = alive * model.squared(fitted.fit.values, h, t)
    chance = float(((squared - each**2) * h.count).sum())
    total = _total(float((each * h.count).sum()), fitted.fit, (slope * each) @ h.count, chance)
    place = fitted.place
    value, value_se, worth = _worth(fitted, each[place], slope[:, place], squared[place])
    return Expected(alive[place], each[place], log_se[place], value, value_se, total, worth)


def _worth(
    fitted: Fitted, orders: np.ndarray, slope: np.ndarray, squared: np.ndarray
) -> tuple[np.ndarray | None, np.ndarray | None, Total | None]:
    """Orders times what one is worth, less the usual part that is refunded; both models' parameters are uncertain, apart."""
    if fitted.spend is None:
        return None, None, None
    one = fitted.spend.fitted

    def spend(theta: np.ndarray) -> np.ndarray:
        return expected_spend(theta, fitted.valued, fitted.mean)

    each = spend(one.values)
    value = orders * each * fitted.kept
    by_spend = _log_slopes(spend, one, each)
    log_se = np.hypot(_log_se(fitted.fit, slope), _log_se(one, by_spend))
    chance = _chance_of_worth(fitted, orders, squared, each)
    total = float(value.sum())
    if chance is None or fitted.fit.covariance is None or one.covariance is None:
        return value, log_se, Total(total, None)
    moved, moved_spend = slope @ value, by_spend @ value
    sd = float(np.sqrt(chance + moved @ fitted.fit.covariance @ moved + moved_spend @ one.covariance @ moved_spend))
    return value, log_se, Total(total, (max(0.0, total - Z95 * sd), total + Z95 * sd))


def _chance_of_worth(fitted: Fitted, orders: np.ndarray, squared: np.ndarray, each: np.ndarray) -> float | None:
    """The variance of what all will spend, the parameters known; None where the model leaves it undefined."""
    theta = fitted.spend.fitted.values if fitted.spend else np.ones(3)
    own = squared_spend(theta, fitted.valued, fitted.mean)
    if own is None:
        return None
    second = orders * own / theta[0] + squared * own
    return float((fitted.kept**2 * (second - (orders * each) ** 2)).sum())


def _log_slopes(f: Callable[[np.ndarray], np.ndarray], fitted: Fit, at: np.ndarray) -> np.ndarray:
    some = at > NOTHING
    return np.where(some, slopes(f, fitted) / np.where(some, at, 1.0), 0.0)


def _log_se(fitted: Fit, slope: np.ndarray) -> np.ndarray:
    if fitted.covariance is None:
        return np.full(slope.shape[1], np.nan)
    return np.sqrt(np.maximum(np.einsum("in,ij,jn->n", slope, fitted.covariance, slope), 0.0))


def _total(expected: float, fitted: Fit, moved: np.ndarray, chance: float) -> Total:
    if fitted.covariance is None:
        return Total(expected, None)
    half = Z95 * float(np.sqrt(max(chance, 0.0) + moved @ fitted.covariance @ moved))
    return Total(expected, (max(0.0, expected - half), expected + half))


def ends(value: np.ndarray, log_se: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 95% interval of each value: normal in its logarithm, so that no end is negative."""
    return value * np.exp(-Z95 * log_se), value * np.exp(Z95 * log_se)

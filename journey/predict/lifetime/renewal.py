"""Who renews: each customer leaves at each renewal with a chance of their own ~ Beta(alpha, beta) (shifted beta-geometric).

Renewal rates rise with age because those who leave easily have left, not because anyone grows more loyal.
Source: Fader, Hardie 2007, J. Interactive Marketing 21, 76; remaining worth: Fader, Hardie 2010, Marketing Science 29, 85.
"""

import numpy as np
from scipy.special import betaln

from journey.predict.lifetime.fitting import Fit, fit

PARAMETERS = ("alpha", "beta")


def fit_renewal(lost: np.ndarray, there: np.ndarray) -> Fit:
    """lost: (k,) customers who left at renewal 1, 2, ..., k.  there: (k + 1,) last seen still there after 0, 1, ..., k."""
    at = np.arange(1, len(lost) + 1)

    def likely(theta: np.ndarray) -> float:
        alpha, beta = theta
        leaving = betaln(alpha + 1, beta + at - 1) - betaln(alpha, beta)
        return float(lost @ leaving + there @ log_survival(theta, np.arange(len(there))))

    return fit(PARAMETERS, (1.0, 2.0), likely, float(lost.sum() + there.sum()))


def log_survival(theta: np.ndarray, periods: np.ndarray) -> np.ndarray:
    """The logarithm of the share still there after so many periods."""
    alpha, beta = theta
    return betaln(alpha, beta + periods) - betaln(alpha, beta)


def remaining(theta: np.ndarray, survived: np.ndarray, periods: int, discount: float = 0.0) -> np.ndarray:
    """(n,) the periods yet to come within `periods`, of customers who have survived so many; each is worth less by the discount."""
    ahead = np.arange(1, periods + 1)
    logs = log_survival(theta, survived[:, None] + ahead) - log_survival(theta, survived)[:, None]
    return np.exp(logs - ahead * np.log1p(discount)).sum(axis=1)


def constant_churn_value(value: float, churn: float, discount: float = 0.0) -> float | None:
    """What a customer brings for ever if the same share left every period: value / churn without a discount.

    The sum over t of value (1 - churn)^t / (1 + discount)^t.  None where it has no end: nobody leaves and nothing is discounted.
    """
    lost = 1 - (1 - churn) / (1 + discount)
    return value / lost if lost > 0 else None

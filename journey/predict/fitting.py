"""Fitting: a standardised logistic regression first; boosted trees only where they win out of time; then a sigmoid.

Classes are never re-weighted: that would ruin the probabilities.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from journey.predict.fitted import Fitted, chance
from journey.predict.scaling import fit_scaling

Scales = Sequence[bool | None]  # by feature: whether its logarithm is taken; None where its skewness decides
SOLVER = "newton-cholesky"  # few features, many customers: a handful of exact steps
STRENGTHS = (1.0, 0.1, 0.03, 0.01, 0.003, 0.001)  # inverse of the ridge penalty, as scikit-learn counts it
MODERATE = 0.1
FOLDS = 5
SEED = 7
GROWN = {"max_iter": 150, "max_leaf_nodes": 15, "learning_rate": 0.05, "min_samples_leaf": 50, "l2_regularization": 1.0}
LEAST = 1e-6


@dataclass(frozen=True, eq=False)
class Rows:
    """Customers as of one or several dates.  values: (n, k) raw; label: (n,) 0 or 1; person: (n,), the same one in each date."""

    values: np.ndarray
    label: np.ndarray
    person: np.ndarray

    def __len__(self) -> int:
        return len(self.label)

    def where(self, chosen: np.ndarray) -> "Rows":
        return Rows(self.values[chosen], self.label[chosen], self.person[chosen])


@dataclass(frozen=True)
class Trial:
    """How the models did on customers they had not learned from.  losses: kind -> log loss; lead, error: of boosted over logistic.

    strength: the ridge penalty that was chosen, inverse.  orders: whether boosted puts as many pairs in the right order.
    """

    losses: dict[str, float]
    strength: float
    lead: float | None = None
    error: float | None = None
    orders: bool = True

    @property
    def winner(self) -> str:
        """Boosted where it wins by more than twice the standard error of the difference, and ranks no worse.

        Trees cannot reach beyond what they learned from: where later customers have been quiet for longer than any before, all
        of them fall into one leaf, which costs the order of the list before it costs log loss.
        """
        wins = self.lead is not None and self.error is not None and self.lead > 2 * self.error
        return "boosted" if wins and self.orders else "logistic"


def together(parts: Sequence[Rows]) -> Rows:
    """Several dates one below the other."""
    return Rows(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.label for part in parts]),
        np.concatenate([part.person for part in parts]),
    )


def fit(
    names: Sequence[str],
    scales: Scales,
    learned: Rows,
    later: Rows | None,
    strengths: Sequence[float] = STRENGTHS,
    boosted: bool = True,
) -> tuple[Fitted, Trial]:
    """The model that does best on `later` customers, calibrated on them.

    Where there are none, both are done on customers left out, five folds of them; boosted trees are then not tried.
    strengths: weakest penalty first.  boosted: whether trees may be tried.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # threads that wait for a busy core cost more than they bring
        if later is None:
            return _fit_by_folds(names, scales, learned)
        return _fit_later(names, scales, learned, later, strengths, boosted)


def _fit_later(
    names: Sequence[str], scales: Scales, learned: Rows, later: Rows, strengths: Sequence[float], boosted: bool
) -> tuple[Fitted, Trial]:
    straight = [_calibrated(fit_logistic(names, scales, learned, strength), later) for strength in strengths]
    losses = [_losses(model, later) for model in straight]
    best = _plainest(losses)
    if not boosted:
        return straight[best], Trial({"logistic": float(losses[best].mean())}, strengths[best])
    grown = _calibrated(fit_boosted(names, learned), later)
    trial = _compared(straight[best], grown, later, strengths[best])
    return (grown if trial.winner == "boosted" else straight[best]), trial


def _plainest(losses: Sequence[np.ndarray]) -> int:
    """The strongest penalty whose loss is not told apart from the least by one standard error of their difference.

    Features that say the same then share their weight, so that none is given a sign against its own.
    Source: Breiman, Friedman, Olshen, Stone 1984, "Classification and Regression Trees", 3.4.3.
    """
    least = min(losses, key=lambda loss: float(loss.mean()))
    apart = [loss - least for loss in losses]
    return max(place for place, over in enumerate(apart) if over.mean() <= over.std() / np.sqrt(len(over)))


def _fit_by_folds(names: Sequence[str], scales: Scales, learned: Rows) -> tuple[Fitted, Trial]:
    raw = left_out(names, scales, learned)
    fitted = calibrate(fit_logistic(names, scales, learned, MODERATE), raw, learned.label)
    losses = log_losses(learned.label, chance(fitted.slope * raw + fitted.shift))
    return fitted, Trial({"logistic": float(losses.mean())}, MODERATE)


def fit_logistic(names: Sequence[str], scales: Scales, rows: Rows, strength: float) -> Fitted:
    """Ridge-penalised logistic regression over the scaled columns, uncalibrated."""
    from sklearn.linear_model import LogisticRegression

    scaling = fit_scaling(rows.values, scales)
    columns = scaling.columns(rows.values)
    model = LogisticRegression(C=strength, solver=SOLVER, max_iter=200, tol=1e-8).fit(columns, rows.label)
    intercept, weights = float(model.intercept_[0]), model.coef_[0].astype(float)
    covariance = _clustered(columns, intercept + columns @ weights, rows, strength)
    return Fitted("logistic", tuple(names), scaling, intercept, weights, covariance)


def fit_boosted(names: Sequence[str], rows: Rows) -> Fitted:
    """Gradient boosted trees over the raw values, uncalibrated.  No native categoricals: they could not be explained."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    from journey.predict.trees import plain_trees

    with threadpool_limits(1):
        model = HistGradientBoostingClassifier(**GROWN, early_stopping=False, random_state=SEED).fit(rows.values, rows.label)
    scaling = fit_scaling(rows.values, [None] * len(names))
    return Fitted("boosted", tuple(names), scaling, 0.0, np.zeros(len(scaling.owners)), np.zeros((1, 1)), plain_trees(model))


def calibrate(fitted: Fitted, raw: np.ndarray, label: np.ndarray) -> Fitted:
    """The sigmoid through log-odds of customers not learned from; a slope that is not above 0 tells that nothing was learned.

    Source: Platt 1999, "Probabilistic Outputs for Support Vector Machines".
    """
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=np.inf, solver=SOLVER, max_iter=200, tol=1e-8).fit(raw[:, None], label)
    slope, shift = float(model.coef_[0, 0]), float(model.intercept_[0])
    if slope <= 0:
        share = float(np.clip(label.mean(), LEAST, 1 - LEAST))
        slope, shift = 0.0, float(np.log(share / (1 - share)))
    p = chance(slope * raw + shift)
    columns = np.column_stack([raw, np.ones(len(raw))])
    return replace(fitted, slope=slope, shift=shift, line=np.linalg.pinv((columns * (p * (1 - p))[:, None]).T @ columns))


def log_losses(label: np.ndarray, p: np.ndarray) -> np.ndarray:
    """(n,): -log of the chance that was given to what came."""
    p = np.clip(p, LEAST, 1 - LEAST)
    return -np.where(label == 1, np.log(p), np.log1p(-p))


def _calibrated(fitted: Fitted, later: Rows) -> Fitted:
    return calibrate(fitted, fitted.raw(later.values), later.label)


def _losses(fitted: Fitted, rows: Rows) -> np.ndarray:
    return log_losses(rows.label, fitted.probability(rows.values))


def _compared(straight: Fitted, grown: Fitted, later: Rows, strength: float) -> Trial:
    first, second = _losses(straight, later), _losses(grown, later)
    saved = first - second
    error = float(saved.std(ddof=1) / np.sqrt(len(saved)))
    losses = {"logistic": float(first.mean()), "boosted": float(second.mean())}
    return Trial(losses, strength, float(saved.mean()), error, _ordered(grown, later) >= _ordered(straight, later))


def _ordered(fitted: Fitted, rows: Rows) -> float:
    """The share of pairs, one with the outcome and one without, in the right order; 0 where there is no pair."""
    from sklearn.metrics import roc_auc_score

    both = len(np.unique(rows.label)) == 2
    return float(roc_auc_score(rows.label, fitted.raw(rows.values))) if both else 0.0


def left_out(names: Sequence[str], scales: Scales, rows: Rows) -> np.ndarray:
    """(n,): raw log-odds of each customer by a model that learned from others only: folds are of persons, not of rows."""
    from sklearn.model_selection import GroupKFold

    raw = np.zeros(len(rows))
    for kept, out in GroupKFold(FOLDS, shuffle=True, random_state=SEED).split(rows.values, rows.label, rows.person):
        raw[out] = fit_logistic(names, scales, rows.where(kept), MODERATE).raw(rows.values[out])
    return raw


def _clustered(columns: np.ndarray, raw: np.ndarray, rows: Rows, strength: float) -> np.ndarray:
    """The covariance of intercept and weights where one person may stand in several rows.

    Source: Liang, Zeger 1986, Biometrika 73, 13 (the sandwich), here around a ridge.
    """
    p = chance(raw)
    whole = np.column_stack([np.ones(len(columns)), columns])
    ridge = np.diag([0.0, *([1 / strength] * columns.shape[1])])
    bread = np.linalg.pinv((whole * (p * (1 - p))[:, None]).T @ whole + ridge)
    _, place = np.unique(rows.person, return_inverse=True)
    scores = np.zeros((int(place.max()) + 1, whole.shape[1]))
    np.add.at(scores, place, whole * (rows.label - p)[:, None])
    return bread @ (scores.T @ scores) @ bread

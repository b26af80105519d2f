"""Experiments of which the truth is known: units drawn with known effects, read as they come in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from journey.experiments.judge import HowRead, compare
from journey.experiments.metric import Counted, ExperimentMetric
from journey.experiments.moments import Moments, moments_of, moments_of_share
from journey.experiments.result import Comparison

DAYS, A_DAY, SHARE = 14, 500, 0.2  # looks, units of each variant a day, and the share that converts without any effect
RATE, SESSIONS, LOG_MEAN, LOG_SD, BEFORE = 0.2, 1.0, 3.0, 1.0, (2.0, 20.0)
WINSORISED = 0.99
METRICS = (
    ExperimentMetric("share", "share"),
    ExperimentMetric("mean", "mean"),
    ExperimentMetric("ratio", "ratio", over=Counted()),
    ExperimentMetric("adjusted mean", "mean", covariate="before"),
    ExperimentMetric("adjusted share", "share", covariate="before"),
    ExperimentMetric("adjusted ratio", "ratio", over=Counted(), covariate="before"),
    ExperimentMetric("winsorised mean", "mean", winsorise=WINSORISED),
)


@dataclass(frozen=True)
class Planted:
    """What the treatment adds: to the chance that a session orders, and to the sessions of a unit."""

    rate: float = 0.0
    sessions: float = 0.0


LIFT = Planted(0.03, 0.1)


@dataclass(frozen=True, eq=False)
class Drawn:
    """One variant: (n,) arrays.  before: known beforehand; it brings sessions, and so orders, and revenue of its own."""

    before: np.ndarray
    sessions: np.ndarray
    orders: np.ndarray
    revenue: np.ndarray

    def of(self, metric: ExperimentMetric, upto: int, cut: float) -> Moments:
        """The metric's moments of the first units.  cut: where revenue is winsorised."""
        c = self.before[:upto] if metric.covariate else None
        if metric.kind == "share":
            return moments_of((self.orders[:upto] > 0).astype(float), None, c)
        if metric.kind == "ratio":
            return moments_of(self.orders[:upto], self.sessions[:upto], c)
        return moments_of(np.minimum(self.revenue[:upto], cut) if metric.winsorise else self.revenue[:upto], None, c)


def draw(n: int, planted: Planted, rng: np.random.Generator) -> Drawn:
    before = rng.gamma(*BEFORE, n)
    sessions = 1 + rng.poisson(SESSIONS + planted.sessions + before / 60, n)
    orders = rng.binomial(sessions, RATE + planted.rate)
    revenue = before + orders * rng.lognormal(LOG_MEAN, LOG_SD, n)
    return Drawn(before, sessions.astype(float), orders.astype(float), revenue)


def truth(planted: Planted, cut: float = np.inf) -> dict[str, float]:
    """Each metric's true value, in closed form; of winsorised revenue by half a million draws."""
    rate, more, (shape, scale) = RATE + planted.rate, SESSIONS + planted.sessions, BEFORE
    sessions = 1 + more + shape * scale / 60
    nobody = (1 - rate) * np.exp(-rate * more) * (1 + scale * rate / 60) ** -shape  # E[(1 - rate)^sessions]
    mean = shape * scale + rate * sessions * np.exp(LOG_MEAN + LOG_SD**2 / 2)
    known = {"share": 1 - nobody, "mean": mean, "ratio": rate}
    known |= {f"adjusted {name}": value for name, value in known.items()}
    if np.isfinite(cut):
        revenue = draw(500_000, planted, np.random.default_rng(17)).revenue
        known["winsorised mean"] = float(np.minimum(revenue, cut).mean())
    return {name: float(value) for name, value in known.items()}


def cut_of(planted: Planted) -> float:
    """The quantile of all units, both variants together, at which greater revenue is cut."""
    both = [draw(250_000, one, np.random.default_rng(18 + k)).revenue for k, one in enumerate((Planted(), planted))]
    return float(np.quantile(np.concatenate(both), WINSORISED))


def looks_at_shares(runs: int, rng: np.random.Generator, effect: float = 0.0, how: HowRead | None = None) -> Iterator[list[Comparison]]:
    """Experiments on a share: for each, the comparison as it stands at each of the daily looks."""
    metric, read = ExperimentMetric("conversion", role="primary"), how or HowRead("planned", looks=DAYS)
    chances = np.array([SHARE, SHARE + effect])[:, None]
    for _ in range(runs):
        done = rng.binomial(A_DAY, chances, (2, DAYS)).cumsum(axis=1).tolist()
        n = [A_DAY * day for day in range(1, DAYS + 1)]
        yield [
            compare(metric, moments_of_share(k0, size), moments_of_share(k1, size), replace(read, look=day))
            for day, (k0, k1, size) in enumerate(zip(*done, n, strict=True), 1)
        ]

"""What is known of whom an action helps: the average, the curve against its null band, the verdict, and tenths in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from journey.actions.uplift.apart import Apart
from journey.actions.uplift.question import UpliftQuestion
from journey.answers import Evidence
from journey.inference import Interval

HETEROGENEOUS, NOISE = "heterogeneous", "not distinguishable from noise"


@dataclass(frozen=True)
class Added:
    """What the action added to the mean outcome of some customers: treated less control.

    n, control_n: rows.  mean, control_mean: of the outcome.  interval: 95%, None where it is undefined.
    """

    n: int
    control_n: int
    mean: float | None
    control_mean: float | None
    difference: float | None
    interval: Interval | None

    def as_plain(self) -> dict[str, Any]:
        keys = ("n", "control_n", "mean", "control_mean", "difference")
        return {key: getattr(self, key) for key in keys} | {"interval": _listed(self.interval)}


@dataclass(frozen=True)
class Decile:
    """A tenth of the rows, by predicted uplift; 1 is the tenth with the highest.  customers: different ones in it."""

    number: int
    customers: int
    predicted: float
    added: Added

    def as_plain(self) -> dict[str, Any]:
        return {"decile": self.number, "customers": self.customers, "predicted": self.predicted, **self.added.as_plain()}


@dataclass(frozen=True, eq=False)
class Qini:
    """coefficient: of the order by predicted uplift.  null: (draws,) those of random orders.  p: the share of these at least as high.

    share, added, low, high: (points,) of the curve and of the band that 95% of random orders keep within: what treating that
    share of all, the first of the order, adds to the mean outcome of all.  All curves end at what treating everybody adds.
    """

    coefficient: float
    null: np.ndarray
    share: np.ndarray
    added: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def band(self) -> Interval:
        """Within which 95% of random orders have their coefficient."""
        low, high = np.quantile(self.null, [0.025, 0.975])
        return float(low), float(high)

    @property
    def p(self) -> float:
        return float((1 + (self.null >= self.coefficient).sum()) / (1 + len(self.null)))

    @property
    def verdict(self) -> str:
        return HETEROGENEOUS if self.coefficient > self.band[1] else NOISE

    def as_plain(self) -> dict[str, Any]:
        curve = zip(*(_rounded(part) for part in (self.share, self.added, self.low, self.high)), strict=True)
        return {
            "coefficient": self.coefficient,
            "null_band": list(self.band),
            "null_mean": float(self.null.mean()),
            "null_sd": float(self.null.std(ddof=1)),
            "draws": len(self.null),
            "p": self.p,
            "curve": [{"share": a, "added": b, "null_low": c, "null_high": d} for a, b, c, d in curve],
        }


@dataclass(frozen=True, eq=False)
class Uplift:
    """missing: what lacks to tell whom it helps, "" where nothing does; then qini and what follows it is None or empty.

    treated, control: how the groups are called.  average: over all compared.  customers: different ones among these.
    uplift_auc: of outcomes of yes or no.  top: share of rows, highest predicted first -> what the action added to them.
    differs: what the order goes by: its first fifth against its last.
    score, ids, decile: (n,) predicted uplift of each row scored, its customer, and its tenth.
    """

    question: UpliftQuestion
    evidence: Evidence
    treated: str
    control: str
    average: Added
    customers: int
    missing: str = ""
    qini: Qini | None = None
    uplift_auc: float | None = None
    top: tuple[tuple[float, Added], ...] = ()
    deciles: tuple[Decile, ...] = ()
    differs: tuple[Apart, ...] = ()
    score: np.ndarray = field(default_factory=lambda: np.zeros(0))
    decile: np.ndarray = field(default_factory=lambda: np.zeros(0, int))
    ids: Sequence[str] | None = None

    @property
    def verdict(self) -> str | None:
        """Whether it helps some more than others; None where that cannot be told."""
        return None if self.qini is None else self.qini.verdict

    def as_plain(self) -> dict[str, Any]:
        return {
            "treated": self.treated,
            "control": self.control,
            "average": self.average.as_plain(),
            "qini": None if self.qini is None else self.qini.as_plain(),
            "verdict": self.verdict,
            "enough": self.missing or True,
            "uplift_auc": self.uplift_auc,
            "top": [{"share": share, **added.as_plain()} for share, added in self.top],
            "deciles": [one.as_plain() for one in self.deciles],
            "differs": [one.as_plain() for one in self.differs],
            **self.evidence.as_plain(),
        }


def _listed(interval: Interval | None) -> list[float] | None:
    return None if interval is None else list(interval)


def _rounded(values: np.ndarray) -> list[float]:
    return [float(one) for one in values]

"""What a metric adds up to in one variant: means, variances and covariances over its units, all that judging needs."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Moments:
    """Of n units.  y: mean of the number; x: mean of the denominator, 1 of a share or a mean; c: mean of the covariate.

    yy, xx, cc: sample variances (n - 1); xy, yc, xc: covariances; None (c, cc, yc, xc) without a covariate.
    A share of sums alone has yy = p (1 - p) n / (n - 1).
    """

    n: int
    y: float
    yy: float
    x: float = 1.0
    xx: float = 0.0
    xy: float = 0.0
    c: float | None = None
    cc: float | None = None
    yc: float | None = None
    xc: float | None = None

    @property
    def value(self) -> float | None:
        """The metric: y / x, None where nothing was counted."""
        return self.y / self.x if self.n and self.x else None


def moments_of(y: np.ndarray, x: np.ndarray | None = None, c: np.ndarray | None = None) -> Moments:
    """y, x, c: (n,) f64, one entry per unit, finite."""
    n = len(y)
    if not n:
        return Moments(0, 0.0, 0.0)
    columns = [y, np.ones(n) if x is None else x, *([] if c is None else [c])]
    with np.errstate(over="ignore", invalid="ignore"):  # what is too large to be added up is refused where it is judged
        means = [float(column.mean()) for column in columns]
        spread = np.atleast_2d(np.cov(np.vstack(columns), ddof=1)) if n > 1 else np.zeros((len(columns), len(columns)))
    found = Moments(n, means[0], float(spread[0, 0]), means[1], float(spread[1, 1]), float(spread[0, 1]))
    if c is None:
        return found
    return Moments(
        n, found.y, found.yy, found.x, found.xx, found.xy, means[2], float(spread[2, 2]), float(spread[0, 2]), float(spread[1, 2])
    )


def moments_of_share(successes: int, n: int) -> Moments:
    share = successes / n if n else 0.0
    return Moments(n, share, share * (1 - share) * n / (n - 1) if n > 1 else 0.0)

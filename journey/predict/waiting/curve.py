"""The share that has done it by each time since the start, by Kaplan and Meier, with its interval.

The interval is log-log, which stays within 0 and 1 and is fair where few are left.  The curve is six own lines, held to
statsmodels' `SurvfuncRight` by a test: importing statsmodels takes a second, which no curve on a page should wait for; the
test between groups is its `survdiff`.  Source: Kaplan, Meier 1958, J. Am. Stat. Assoc. 53, 457; Greenwood's variance on the
log(-log) scale: Kalbfleisch, Prentice 2002, section 1.4; interval of a quantile: Brookmeyer, Crowley 1982, Biometrics 38, 29.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from journey.inference import Interval

Z95 = 1.959963984540054
HALVES = 1e-9  # a share this close to a quantile has reached it: products of shares are not exact


@dataclass(frozen=True)
class Curve:
    """times: (n,) seconds at which anyone did it, rising.  share: (n,) done by then; low, high: its 95%, NaN where undefined.

    at_risk: (n,) customers still waiting, and seen, just before.  seen: (customers,) seconds that each was seen waiting, rising.
    """

    customers: int
    done: int
    times: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_risk: np.ndarray
    seen: np.ndarray

    @property
    def waiting(self) -> int:
        return self.customers - self.done

    @property
    def longest(self) -> float:
        """Seconds that the longest seen was seen for; 0 of nobody."""
        return float(self.seen[-1]) if len(self.seen) else 0.0

    def waiting_at(self, seconds: float) -> int:
        """Customers who were seen for so long and had not done it before."""
        return self.customers - int(np.searchsorted(self.seen, seconds, side="left"))

    def at(self, seconds: float) -> tuple[float | None, Interval | None]:
        """The share done by then, and its interval; None beyond the longest time that anyone was seen for."""
        if seconds > self.longest or not self.customers:
            return None, None
        place = int(np.searchsorted(self.times, seconds, side="right")) - 1
        if place < 0:
            return 0.0, None
        return float(self.share[place]), _pair(self.low[place], self.high[place])

    def quantile(self, share: float) -> float | None:
        """Seconds by which this share has done it; None where it was not reached."""
        return _first(self.times, self.share, share)

    def quantile_interval(self, share: float) -> tuple[float | None, float | None]:
        """The times at which the interval's ends reach the share; None for an end that was not reached."""
        return _first(self.times, self.high, share), _first(self.times, self.low, share)


def kaplan_meier(waited_s: np.ndarray, done: np.ndarray) -> Curve:
    """waited_s: (n,) seconds, 0 or more.  done: (n,) whether the wait ended with the event, not with the data."""
    seen, n = np.sort(waited_s), len(waited_s)
    times, came = np.unique(waited_s[done], return_counts=True)
    at_risk = n - np.searchsorted(seen, times, side="left")
    left = np.cumprod(1 - came / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.sqrt(np.cumsum(came / (at_risk * (at_risk - came))))
        spread = Z95 * greenwood / -np.log(left)
        low, high = 1 - left ** np.exp(-spread), 1 - left ** np.exp(spread)
    return Curve(n, int(done.sum()), times, 1 - left, low, high, at_risk, seen)


def log_rank(waited_s: np.ndarray, done: np.ndarray, group: np.ndarray) -> tuple[float, float, int] | None:
    """(chi-square, p, degrees of freedom) of whether groups wait alike; None where nothing can be told apart.

    Source: Mantel 1966, Cancer Chemotherapy Reports 50, 163.
    """
    from statsmodels.duration.survfunc import survdiff

    groups = np.unique(group)
    if len(groups) < 2 or not done.any():
        return None
    try:
        chi2 = float(survdiff(waited_s, done.astype(int), group)[0])
    except np.linalg.LinAlgError:
        return None
    freedom = len(groups) - 1
    # its own p is 1 - cdf, which is 0 from 1e-16 on
    return (chi2, float(chdtrc(freedom, chi2)), freedom) if np.isfinite(chi2) and chi2 >= 0 else None


def _first(times: np.ndarray, values: np.ndarray, share: float) -> float | None:
    reached = np.flatnonzero(values >= share - HALVES)
    return float(times[reached[0]]) if len(reached) else None


def _pair(low: float, high: float) -> Interval | None:
    return (float(low), float(high)) if np.isfinite(low) and np.isfinite(high) else None

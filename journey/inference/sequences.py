"""Intervals that may be looked at as often as one likes: confidence sequences of means and of their differences.

An ordinary 95% interval is right 95 times in 100 where it is looked at once.  Looked at every day until it leaves zero, it
calls a difference where there is none far more often: 22 times in 100 over 14 days.  These hold at all times together: the
chance that the interval ever leaves the truth out, however often it is looked at, is at most alpha.

Known limit: they are asymptotic, as an ordinary interval is.  The first look should have dozens of values in each group, and
of an event that is rare some dozens of those that did it.
"""

import math

TUNED_AT = 5_000
"""The number of values, of both groups together, at which the interval is the tightest it can be.  It is fixed before any data
are seen: where it followed them, the promise would not hold.  At 500 values the interval is 27% wider than one tuned to 500, at
50,000 it is 7% wider than one tuned to those."""


def sequence_rho(alpha: float = 0.05, tuned_at: int = TUNED_AT) -> float:
    """The scale at which the mixture is tightest after `tuned_at` values.

    Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2024, "Time-uniform central limit theory and asymptotic confidence
    sequences", Annals of Statistics 52, 2613, appendix B.2: the minimum of the width, without Lambert's W.
    """
    return math.sqrt((-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / tuned_at)


def always_valid_half(variance: float, n: int, alpha: float = 0.05, tuned_at: int | None = None) -> float | None:
    """Half the width of the interval of a mean of n values with this variance; None below two values.

    Source: the same, equation 9.
    """
    if n < 2 or not variance >= 0:
        return None
    seen = n * sequence_rho(alpha, tuned_at or TUNED_AT) ** 2
    return math.sqrt(variance / n * 2 * (seen + 1) / seen * math.log(math.sqrt(seen + 1) / alpha))


def always_valid_p(z: float, n: int, alpha: float = 0.05, tuned_at: int | None = None) -> float:
    """The least level at which the interval of n values leaves out a truth z standard errors away, at most 1.

    It is at most alpha exactly where the interval of that alpha leaves it out, and looking often does not wear it out.
    Source: the same; GrowthBook's `gbstats` computes it likewise.
    """
    seen = n * sequence_rho(alpha, tuned_at or TUNED_AT) ** 2
    return min(1.0, math.exp(math.log(seen + 1) / 2 - z * z * seen / (seen + 1) / 2))

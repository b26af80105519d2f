"""Whether two groups differ: p-values of shares and means, the interval of a difference of means, and many at once.

Two independent groups; every test is two-sided.  Undefined is None.
"""

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import chdtrc, gammaln, ndtr, stdtr, stdtrit

FEW = 5
"""Below this expected count in any cell, the normal approximation gives way to the exact test."""


def p_of_counts(counts: Sequence[int], shares: Sequence[float] | None = None) -> float | None:
    """Whether groups are as large as the dice meant them to be: shares, or all alike; None below two groups, or of nobody.

    Source: Pearson's chi-square test, as Fabijan and others 2019, KDD 25, use it for the sizes of an experiment's arms.
    """
    square = square_of_counts(counts, shares)
    return None if square is None else float(chdtrc(len(counts) - 1, square))


def square_of_counts(counts: Sequence[int], shares: Sequence[float] | None = None) -> float | None:
    """Pearson's chi-square of counts against the shares meant, which sum to 1; None where `p_of_counts` is."""
    n, meant = sum(counts), shares or [1 / max(len(counts), 1)] * len(counts)
    if n <= 0 or len(counts) < 2 or not all(share > 0 for share in meant):
        return None
    return sum((count - n * share) ** 2 / (n * share) for count, share in zip(counts, meant, strict=True))


def p_of_shares(k1: int, n1: int, k2: int, n2: int) -> float | None:
    """Whether k1 of n1 and k2 of n2 share one chance; None where a group is empty or nobody, or everybody, did it.

    The pooled z test; Fisher's exact test where a cell expects fewer than 5 (Cochran 1954, Biometrics 10, 417).
    """
    total, n = k1 + k2, n1 + n2
    if n1 <= 0 or n2 <= 0 or total in (0, n):
        return None
    if min(n1, n2) * min(total, n - total) < FEW * n:
        return _fisher(k1, n1, total, n)
    chance = total / n
    z = (k1 / n1 - k2 / n2) / math.sqrt(chance * (1 - chance) * (1 / n1 + 1 / n2))
    return float(2 * ndtr(-abs(z)))


def _fisher(k1: int, n1: int, total: int, n: int) -> float:
    """The chance of a table as unlikely as this one, the margins given.

    Source: Fisher 1935, "The Logic of Inductive Inference", J. R. Stat. Soc. 98, 39.
    """
    possible = np.arange(max(0, total - (n - n1)), min(n1, total) + 1)
    logs = _choose(n1, possible) + _choose(n - n1, total - possible) - _choose(n, np.array(total))
    chances = np.exp(logs)
    seen = chances[k1 - possible[0]]
    return float(min(1.0, chances[chances <= seen * (1 + 1e-7)].sum()))


def _choose(n: int, k: np.ndarray) -> np.ndarray:
    """The logarithm of "n over k"."""
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)


def difference_of_means(
    mean1: float, variance1: float, n1: int, mean2: float, variance2: float, n2: int, confidence: float = 0.95
) -> tuple[float, float, float, float] | None:
    """(mean1 - mean2, low, high, p) of groups that need not vary alike; variances are of the sample (n - 1).

    None below two values in a group, or where neither group varies.
    Source: Welch 1947, Biometrika 34, 28.
    """
    if n1 < 2 or n2 < 2:
        return None
    part1, part2 = variance1 / n1, variance2 / n2
    spread = part1 + part2
    if not spread > 0:
        return None
    freedom = spread**2 / (part1**2 / (n1 - 1) + part2**2 / (n2 - 1))
    error, difference = math.sqrt(spread), mean1 - mean2
    half = float(stdtrit(freedom, 0.5 + confidence / 2)) * error
    return difference, difference - half, difference + half, float(2 * stdtr(freedom, -abs(difference) / error))


def adjusted(ps: Sequence[float | None]) -> list[float | None]:
    """The q of each p: the smallest false discovery rate at which it would be called a difference; None stays None.

    Source: Benjamini, Hochberg 1995, J. R. Stat. Soc. B 57, 289.
    """
    known = sorted((p, place) for place, p in enumerate(ps) if p is not None)
    found: list[float | None] = [None] * len(ps)
    least = 1.0
    for rank in range(len(known), 0, -1):
        p, place = known[rank - 1]
        least = min(least, p * len(known) / rank)
        found[place] = least
    return found


def holm(ps: Sequence[float | None]) -> list[float | None]:
    """Each p adjusted for being one of several, so that the chance of calling any difference where none is stays alpha.

    None stays None, and counts as none of them.
    Source: Holm 1979, Scandinavian Journal of Statistics 6, 65.
    """
    known = sorted((p, place) for place, p in enumerate(ps) if p is not None)
    found: list[float | None] = [None] * len(ps)
    most = 0.0
    for rank, (p, place) in enumerate(known):
        most = max(most, min(1.0, p * (len(known) - rank)))
        found[place] = most
    return found

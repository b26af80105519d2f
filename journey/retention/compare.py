"""Do newer customers come back more than older ones did?  Decided by a rule set before looking at the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from journey.inference import Interval, difference_of_shares, wilson
from journey.retention.result import Cohort, Retention, RetentionTable


@dataclass(frozen=True)
class Side:
    """Half of the cohorts.  since: start of the first, ms.  shares, intervals: (entries,) over complete cells; [0] is 1."""

    since: int
    cohorts: tuple[Cohort, ...]
    shares: tuple[float | None, ...]
    intervals: tuple[Interval | None, ...]

    @property
    def size(self) -> int:
        return sum(cohort.size for cohort in self.cohorts)


@dataclass(frozen=True)
class Comparison:
    """newer against older at entry `place`; difference: of shares, newer minus older, with its 95% interval.

    halves: both are of one span, the later half of its cohorts against the earlier; else of two spans.
    """

    newer: Side
    older: Side
    place: int
    difference: float
    interval: Interval
    halves: bool = True

    @property
    def told_apart(self) -> bool:
        return self.interval[0] > 0 or self.interval[1] < 0


def compare_cohorts(retention: Retention, settled: int | None = None) -> Comparison | None:
    """The later half of the cohorts that had time to come back, against the earlier half.

    They are compared at the last entry that more than half of the newer ones have completed and that still sees at least half
    as many come back, of both halves together, as the entry that sees most: neither the date nor the entry is picked by
    how the halves differ, and nobody is compared where hardly anyone returns.  Left out are the cohort in which the log
    begins and those before `settled` (see find_settled): they hold customers who had joined before.  None where either
    half is missing; with `recurring`, where the same customers are on both sides; and on or after, where older cohorts
    had more time to come back.
    """
    if not _can_be_compared(retention):
        return None
    ready = _ready(retention, settled)
    return _compared(ready[: len(ready) // 2], ready[len(ready) // 2 :], retention.question.places, True)


def compare_spans(retention: Retention, before: Retention, settled: int | None = None) -> Comparison | None:
    """The cohorts of one span against those of another, asked the same way; the entry is chosen as by `compare_cohorts`.

    A cohort that both spans hold, since periods are widened to whole ones, is left to the later one.
    """
    if not _can_be_compared(retention) or not retention.cohorts:
        return None
    older = [cohort for cohort in _ready(before, settled) if cohort.stop <= retention.cohorts[0].start]
    return _compared(older, _ready(retention, settled), retention.question.places, False)


def _can_be_compared(retention: Retention) -> bool:
    return retention.question.first == "ever" and retention.question.mode != "on_or_after"


def _ready(retention: Retention, settled: int | None) -> list[Cohort]:
    """The cohorts that had time to come back, without the one in which the log begins and those that are not settled."""
    ready = [cohort for cohort in retention.cohorts if cohort.size and any(cohort.complete[1:])]
    begins = retention.data_from
    ready = [cohort for cohort in ready if settled is None or cohort.start >= settled]
    return [cohort for cohort in ready if begins is None or not cohort.start <= begins < cohort.stop]


def _compared(before: Sequence[Cohort], after: Sequence[Cohort], places: int, halves: bool) -> Comparison | None:
    if not before or not after:
        return None
    older, newer = _side(before), _side(after)
    possible = [k for k in range(1, places + 1) if k == 1 or 2 * _completed(newer.cohorts, k) > len(newer.cohorts)]
    possible = [k for k in possible if _totals(newer.cohorts, k)[1] and _totals(older.cohorts, k)[1]]
    if not possible:
        return None
    place = telling_place([*before, *after], possible)
    difference = difference_of_shares(*_totals(newer.cohorts, place), *_totals(older.cohorts, place))
    return None if difference is None else Comparison(newer, older, place, difference[0], (difference[1], difference[2]), halves)


def telling_place(cohorts: Sequence[Cohort], places: Sequence[int]) -> int:
    """The last of the entries that still sees at least half the return of the one that sees most."""
    totals = {place: _totals(cohorts, place) for place in places}
    shares = {place: returned / size if size else 0.0 for place, (returned, size) in totals.items()}
    return max(place for place in places if 2 * shares[place] >= max(shares.values()))


def _side(cohorts: Sequence[Cohort]) -> Side:
    entries = range(max(len(cohort.returned) for cohort in cohorts))
    totals = [_totals(cohorts, place) for place in entries]
    return Side(
        cohorts[0].start,
        tuple(cohorts),
        tuple(returned / size if size else None for returned, size in totals),
        tuple(wilson(*total) if place else None for place, total in enumerate(totals)),
    )


def _totals(cohorts: Sequence[Cohort], place: int) -> tuple[int, int]:
    return RetentionTable(tuple(cohorts), (), ()).totals(place)


def _completed(cohorts: Sequence[Cohort], place: int) -> int:
    return sum(place < len(cohort.complete) and cohort.complete[place] for cohort in cohorts)

"""How fast customers go from stage to stage, how many go on, and whether that is faster than in the period before.

Counted are customers who came to a stage in the period and stood there: the event that brought them there brought them no
further.  Each is followed for a window, half of the period and 30 days at most; those who came too late to be followed so
long are left out, so nobody's time is cut short by the data's end.

    came to the stage    at the next by     the window is 10 days
    day 3                day 5              went on, 2 days
    day 3                day 20             did not go on; counts 10 days
    day 3                day 3, same event  passed over: never stood there

Who was there before the log began comes to every stage a second time in its first weeks.  So nothing is compared with a
period that begins less than one window after the log does.

The time to go on is told twice: the median of those who went on, and the mean of all, where who did not go on counts the
whole window.  Only the second is compared: it falls both when more go on and when they go on sooner.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from journey.inference import Interval, difference_of_shares, wilson
from journey.inference.differences import adjusted, difference_of_means
from journey.inference.medians import median_interval
from journey.rules import Binder
from journey.rules.dated import can_be_dated, first_held
from journey.rules.saved import saved_segments
from journey.rules.staged import StageRule
from journey.scope import Scope

DAY = 86_400_000
LONGEST = 30 * DAY
FEWEST = 10  # customers on either side of a comparison


@dataclass(frozen=True)
class Spell:
    """What became of `entered` customers within the window.  waits: days until each who did went on."""

    entered: int
    waits: tuple[float, ...]
    window: float

    @property
    def went_on(self) -> int:
        return len(self.waits)

    @property
    def share(self) -> float | None:
        return self.went_on / self.entered if self.entered else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.went_on, self.entered)

    @property
    def median(self) -> float | None:
        return float(np.median(self.waits)) if self.waits else None

    @property
    def median_interval(self) -> Interval | None:
        return median_interval(self.waits)

    @property
    def mean(self) -> float | None:
        """Days until they went on, the whole window for who did not."""
        return (sum(self.waits) + self.window * (self.entered - self.went_on)) / self.entered if self.entered else None

    @property
    def variance(self) -> float:
        if self.entered < 2 or self.mean is None:
            return 0.0
        squares = sum((wait - self.mean) ** 2 for wait in self.waits) + (self.entered - self.went_on) * (self.window - self.mean) ** 2
        return squares / (self.entered - 1)

    def as_plain(self) -> dict[str, Any]:
        return {
            "entered": self.entered,
            "went_on": self.went_on,
            "completion_rate": self.share,
            "interval": _plain(self.interval),
            "median_days": self.median,
            "median_interval": _plain(self.median_interval),
            "mean_days": self.mean,
        }


NOWHERE = Spell(0, (), 0.0)


@dataclass(frozen=True)
class Pace:
    """One stage of the journey.  on: to the next stage, None at the last.  there: to this one from the first event, None at
    the first.  came: who came to it or further in the period; skipped: of those, who had passed it over.

    before: `on` of the period before, None where the data do not reach back so far.  q: of the comparison, adjusted over
    all stages (Benjamini-Hochberg).
    """

    stage: str
    on: Spell | None
    there: Spell | None
    came: int
    skipped: int
    before: Spell | None
    q: float | None = None

    @property
    def difference(self) -> tuple[float, float, float, float] | None:
        """(mean days now less before, low, high, p) by Welch; None below ten on a side."""
        if self.on is None or self.before is None or min(self.on.entered, self.before.entered) < FEWEST:
            return None
        now, then = self.on, self.before
        return difference_of_means(now.mean or 0.0, now.variance, now.entered, then.mean or 0.0, then.variance, then.entered)

    @property
    def change(self) -> tuple[float, float, float] | None:
        """(share that went on now less before, low, high) by Newcombe."""
        if self.on is None or self.before is None:
            return None
        return difference_of_shares(self.on.went_on, self.on.entered, self.before.went_on, self.before.entered)

    @property
    def word(self) -> str:
        """faster | slower | "not told apart" | "not compared": at a false discovery rate of 5% over the stages."""
        if self.difference is None or self.q is None:
            return "not compared"
        return "not told apart" if self.q >= 0.05 else "faster" if self.difference[0] < 0 else "slower"

    @property
    def skipped_interval(self) -> Interval | None:
        return wilson(self.skipped, self.came)

    def as_plain(self) -> dict[str, Any]:
        difference, change = self.difference, self.change
        return {
            "stage": self.stage,
            **(NOWHERE if self.on is None else self.on).as_plain(),
            "from_start": None if self.there is None else self.there.as_plain(),
            "came": self.came,
            "skipped": self.skipped,
            "skipped_share": self.skipped / self.came if self.came else None,
            "skipped_interval": _plain(self.skipped_interval),
            "velocity": {
                "word": self.word,
                "difference_days": None if difference is None else difference[0],
                "interval": None if difference is None else list(difference[1:3]),
                "q": self.q,
                "completion_change": None if change is None else change[0],
                "completion_change_interval": None if change is None else list(change[1:]),
                "before": None if self.before is None else self.before.as_plain(),
            },
        }


@dataclass(frozen=True)
class Paces:
    """stages: in the order of the journey.  window: ms.  undated: stages whose rules cannot be dated, left out.
    why_not: why nothing is compared; None where it is."""

    stages: tuple[Pace, ...]
    window: int
    undated: tuple[str, ...]
    why_not: str | None

    def of(self, stage: str) -> Pace | None:
        return next((pace for pace in self.stages if pace.stage == stage), None)

    def as_plain(self) -> dict[str, Any]:
        told = {"window_days": self.window / DAY, "not_dated": list(self.undated), "not_compared": self.why_not}
        return {"stages": [pace.as_plain() for pace in self.stages], **told}


def measure_pace(binder: Binder, rules: Sequence[StageRule], start: int, stop: int, first: int, scope: Scope) -> Paces:
    """How those who came to each stage in [start, stop) went on, beside those of the stretch as long before it."""
    dates, steps, undated = reached(binder, rules, stop, scope)
    window, length = window_of(start, stop), stop - start
    earliest = first + window - DAY  # a log begins at some hour of its first day
    compared = start - length > earliest
    why = None if compared else f"the period before begins less than {window / DAY:.0f} days after the log, where old customers look new"
    last = len(steps) - 1
    paces = [
        Pace(
            rules[place].name,
            _spell(dates, k, k + 1, start, stop, window) if k < last else None,
            _spell(dates, 0, k, start, stop, window, stood=False) if k else None,
            *_passed(dates, k, start, stop),
            _spell(dates, k, k + 1, start - length, start, window) if compared and k < last else None,
        )
        for k, place in enumerate(steps)
    ]
    qs = adjusted([None if pace.difference is None else pace.difference[3] for pace in paces])
    return Paces(tuple(replace(pace, q=q) for pace, q in zip(paces, qs, strict=True)), window, undated, why)


def window_of(start: int, stop: int) -> int:
    """How long everyone is followed, ms."""
    return min((stop - start) // 2, LONGEST)


def reached(binder: Binder, rules: Sequence[StageRule], moment: int, scope: Scope) -> tuple[pl.DataFrame, list[int], tuple[str, ...]]:
    """-> (dates, places of the stages they are of, names of those that cannot be dated).

    dates: customer; own_k, when the rule of stage k first held; at_k, when it or a later one's did.  k counts the journey's
    stages from 0, which everyone reaches with their first event.
    """
    saved = saved_segments(binder.con)
    ordered = [place for _, place in sorted((rule.step, place) for place, rule in enumerate(rules) if rule.step is not None)]
    steps = [place for k, place in enumerate(ordered) if k == 0 or can_be_dated(rules[place].rule, saved)]
    undated = tuple(rules[place].name for place in ordered if place not in steps)
    held = first_held(binder, [rules[place].rule for place in steps[1:]], moment, scope)
    named = held.rename({f"held_{k}": f"own_{k + 1}" for k in range(len(steps) - 1)}).with_columns(pl.col("first_ts").alias("own_0"))
    ats = [pl.min_horizontal([f"own_{j}" for j in range(k, len(steps))]).alias(f"at_{k}") for k in range(len(steps))]
    return named.with_columns(ats), steps, undated


def _spell(dates: pl.DataFrame, k: int, to: int, start: int, stop: int, window: int, stood: bool = True) -> Spell:
    """Who came to step k early enough to be followed, and when they came to step `to`."""
    entered = dates.filter((pl.col(f"at_{k}") >= start) & (pl.col(f"at_{k}") < stop - window))
    waits = (pl.col(f"at_{to}") - pl.col(f"at_{k}")).alias("wait")
    timed = entered.select(waits)
    there = timed.filter(pl.col("wait").is_null() | (pl.col("wait") > 0)) if stood else timed
    went = there.filter(pl.col("wait") < window)["wait"]
    return Spell(there.height, tuple((went / DAY).to_list()), window / DAY)


def _passed(dates: pl.DataFrame, k: int, start: int, stop: int) -> tuple[int, int]:
    """-> (who came to step k or further in the period, who of them had gone further before ever standing at k)."""
    came = dates.filter((pl.col(f"at_{k}") >= start) & (pl.col(f"at_{k}") < stop))
    over = came.filter(pl.col(f"own_{k}").is_null() | (pl.col(f"own_{k}") > pl.col(f"at_{k}")))
    return came.height, 0 if k == 0 else over.height


def _plain(interval: Interval | None) -> list[float] | None:
    return None if interval is None else list(interval)

"""What to do, in one sentence, by rules that looking often or choosing among numbers cannot bend."""

from collections.abc import Sequence

from journey.experiments.judge.how import HowRead
from journey.experiments.result import BROKEN, RUNNING, Estimate, Split, Verdict


def decide_verdict(
    estimates: Sequence[Estimate],
    split: Split,
    how: HowRead,
    *,
    control: str = "control",
    size: int | None = None,
    effect: float | None = None,
    pace: float | None = None,
    now: int | None = None,
    stop: int | None = None,
    over: bool = False,
    cause: str = "",
    timezone: str = "UTC",
) -> Verdict:
    """size: units of each variant planned.  effect: the smallest worth finding, above 0, in the primary metric's unit.

    pace: units a day, of all variants.  now, stop: ms, until when the data reach, and the planned end; None of a table.
    over: nobody is exposed any more (of a table or of sums: they are all there is).  cause: a sentence on what broke the split.
    """
    return Verdict(BROKEN if split.alarm else RUNNING, "")

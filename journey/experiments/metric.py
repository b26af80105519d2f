"""What is compared between the variants of an experiment: one number for each unit, and what it is for."""

from dataclasses import dataclass
from typing import Any

KINDS = ("share", "mean", "ratio")
ROLES = ("secondary", "primary", "guardrail")
DIRECTIONS = ("up", "down")


@dataclass(frozen=True)
class Counted:
    """One number for each unit.

    Over events: step: which events (an event, {"event", "where"}, {"any_of"}).  of: did (1 or 0) | count | sum.
    property: whose values are summed; revenue: the workspace's mapped revenue is, refunds taken off.
    Over a table: column.
    """

    step: Any = None
    of: str = "did"
    property: str | None = None
    revenue: bool = False
    column: str | None = None


@dataclass(frozen=True)
class ExperimentMetric:
    """A metric of an experiment.

    kind: share (of units that did it) | mean (per unit) | ratio (of two sums, clustered by unit: revenue per order).
    role: primary | secondary | guardrail.  good: up | down, the direction one wishes for.
    over: the denominator of a ratio.
    within: ms after the exposure that count; None for all until the end.  Units whose time is not over are left out, and counted.
    winsorise: the quantile of all units at which greater values are cut, .99 say; None for none.
    covariate: a column of a table known before the exposure; before: ms before the exposure over which the same number is
    taken from the events as one.  Either lowers the variance (CUPED) without moving the estimate's meaning.
    margin: of a guardrail, above 0: the harm that is still tolerated, in the metric's unit; relative: as a share of control.
    """

    name: str
    kind: str = "share"
    role: str = "secondary"
    good: str = "up"
    value: Counted = Counted()
    over: Counted | None = None
    within: int | None = None
    winsorise: float | None = None
    covariate: str | None = None
    before: int | None = None
    margin: float | None = None
    relative: bool = False

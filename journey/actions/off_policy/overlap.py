"""How far the log can speak for a policy: where they hardly overlap, a few decisions decide, and an estimate says little."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.actions.off_policy.estimates import Logs, effective_size, weights
from journey.inference.clustered import clustered_error

LEAST_SHARE, LEAST_SIZE = 0.1, 100.0
MOST_OF_ONE = 0.05
MOST_OF_TOP = 0.5
FAR_FROM_ONE, ERRORS = 0.1, 3.0
LEAST_OUTCOMES = 30.0


@dataclass(frozen=True)
class Overlap:
    """n: decisions.  effective_size: as many of equal weight would tell as much.  agreeing: those in which the policy might have
    done what was done.  mean_weight: 1, but for chance, where the log tried all that the policy does.  largest: weight.
    largest_share, top_share: of all weight, that of one decision and of the top percent.  clipped: share of decisions.
    unheard: share of the policy's choices that the log never tried at all.  outcomes: decisions with a reward other than 0;
    effective_outcomes: as many of these, of equal weight, would tell as much.
    """

    n: int
    effective_size: float
    agreeing: int
    mean_weight: float
    mean_weight_error: float | None
    largest: float
    largest_share: float
    top_share: float
    clipped: float
    unheard: float
    outcomes: int
    effective_outcomes: float

    @property
    def warnings(self) -> tuple[str, ...]:
        found = []
        size = round(self.effective_size, 6)  # what is left of dividing floats is no lack of overlap
        if self.n and (size < LEAST_SHARE * self.n or size < LEAST_SIZE):
            found.append(
                f"Little overlap: {self.n:,} decisions tell as much about this policy as {self.effective_size:,.0f} would "
                f"(warned of below {LEAST_SIZE:,.0f}, and below {LEAST_SHARE:.0%} of all)."
            )
        if self.effective_outcomes < LEAST_OUTCOMES:
            found.append(
                f"Little overlap where it counts: a reward came in {self.outcomes:,} decisions, which tell as much about this policy "
                f"as {self.effective_outcomes:,.0f} would (warned of below {LEAST_OUTCOMES:.0f}): the intervals are rough."
            )
        if self.largest_share > MOST_OF_ONE:
            found.append(f"One decision bears {self.largest_share:.0%} of all weight (warned of above {MOST_OF_ONE:.0%}).")
        if self.top_share > MOST_OF_TOP:
            found.append(f"One decision in a hundred bears {self.top_share:.0%} of all weight (warned of above {MOST_OF_TOP:.0%}).")
        off = abs(self.mean_weight - 1)
        if not self.clipped and off > FAR_FROM_ONE and off > ERRORS * (self.mean_weight_error or 0.0):
            found.append(
                f"The weights average {self.mean_weight:.2f} and not 1: the policy does what this log did not try for such customers, "
                "or the logged chances are wrong. Trust neither estimate."
            )
        if self.unheard > 0:
            found.append(f"{self.unheard:.1%} of what the policy chooses was never tried in this log, so nothing is known of it.")
        if self.clipped:
            found.append(f"The weights of {self.clipped:.1%} of decisions were clipped: the estimates lean toward today's policy.")
        return tuple(found)

    def as_plain(self) -> dict[str, Any]:
        keys = ("agreeing", "mean_weight", "largest", "largest_share", "top_share", "clipped", "unheard", "outcomes", "effective_outcomes")
        least = {"effective_size": LEAST_SIZE, "effective_share": LEAST_SHARE, "effective_outcomes": LEAST_OUTCOMES}
        most = {"largest_share": MOST_OF_ONE, "top_share": MOST_OF_TOP, "mean_weight_from_1": FAR_FROM_ONE}
        share = self.effective_size / self.n if self.n else None
        return {key: getattr(self, key) for key in keys} | {"effective_share": share, "warned_of": {"below": least, "above": most}}


def overlap(logs: Logs, clip: float | None = None, unheard: float = 0.0) -> Overlap:
    """How the policy's weights are spread over the log.  unheard: share of its choices that the log never tried."""
    whole, weight = weights(logs), weights(logs, clip)
    total, n = float(weight.sum()), len(logs)
    highest = np.sort(weight)[::-1]
    return Overlap(
        n=n,
        effective_size=effective_size(weight),
        agreeing=int((logs.target > 0).sum()),
        mean_weight=float(weight.mean()) if n else 0.0,
        mean_weight_error=clustered_error(weight - weight.mean(), logs.group) if n else None,
        largest=float(highest[0]) if n else 0.0,
        largest_share=float(highest[0]) / total if total else 0.0,
        top_share=float(highest[: max(1, n // 100)].sum()) / total if total else 0.0,
        clipped=float((whole > weight).mean()) if n else 0.0,
        unheard=unheard,
        outcomes=int((logs.reward != 0).sum()),
        effective_outcomes=effective_size(weight[logs.reward != 0]),
    )

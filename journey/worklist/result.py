"""Whom to call, in which order, what is at stake, and how far the list may be trusted."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence, iso
from journey.inference import Z95, Interval
from journey.predict.reasons import Reason, number
from journey.worklist.question import WorklistQuestion
from journey.worklist.standing import Proven

RANKED = {
    "value": "by value at stake: the chance times what the customer is expected to bring",
    "probability": "by the chance alone",
    "quiet": "by how long they have been quiet against their own habit; this is no prediction",
}


@dataclass(frozen=True)
class Item:
    """One line of the list.  rank: from 1.  probability, interval, tier: None in a list that is no prediction.

    value: what the customer is expected to bring over the horizon, None where nobody can say; value_interval: 95%.
    quiet: days since the last event; usual_gap: between the days they came on, where the list goes by it.
    """

    rank: int
    customer: str
    probability: float | None
    interval: Interval | None
    tier: str | None
    value: float | None
    value_interval: Interval | None
    reasons: tuple[Reason, ...]
    stage: str
    quiet: float
    usual_gap: float | None = None

    @property
    def at_stake(self) -> float | None:
        """Chance times value."""
        return None if self.value is None or self.probability is None else self.probability * self.value

    @property
    def at_stake_interval(self) -> Interval | None:
        """From both lower ends to both upper ends: wider than 95%."""
        if self.value_interval is None or self.interval is None:
            return None
        return self.interval[0] * self.value_interval[0], self.interval[1] * self.value_interval[1]

    @property
    def why(self) -> str:
        """The reasons in one line, value beside the typical value."""
        if self.usual_gap is not None:
            return f"quiet for {number(self.quiet, 'days')} days, where every {number(self.usual_gap, 'days')} days is usual for them"
        return "; ".join(reason_told(one) for one in self.reasons) or "nothing stands out"

    def as_plain(self) -> dict[str, Any]:
        return {
            "rank": self.rank,
            "customer": self.customer,
            "probability": self.probability,
            "interval": _plain(self.interval),
            "tier": self.tier,
            "value": self.value,
            "value_interval": _plain(self.value_interval),
            "at_stake": self.at_stake,
            "at_stake_interval": _plain(self.at_stake_interval),
            "reasons": [{**one.as_plain(), "text": reason_told(one)} for one in self.reasons],
            "why": self.why,
            "stage": self.stage,
            "days_since_seen": self.quiet,
            "usual_gap_days": self.usual_gap,
        }


def reason_told(one: Reason) -> str:
    """ "days since the last event 24 (typical 8.1)": labels are data and are shown as they are."""
    return f"{one.label[:1].lower()}{one.label[1:]} {number(one.value, one.unit)} (typical {number(one.typical, one.unit)})"


@dataclass(frozen=True)
class Worklist:
    """items: as many as the team can reach, the most at stake first.  scored: customers they were chosen from.

    ranked: value | probability | quiet.  refused: why there is no ranking by score, "" where there is;
    learnable: whether learning now might change that.
    unvalued: why nobody can say what customers are worth, "" where somebody can.  trust: the model's proof in one line.
    wanted: whether it is good when the outcome comes.  outcome: "does nothing for 30 days".
    """

    question: WorklistQuestion
    items: tuple[Item, ...]
    scored: int
    ranked: str
    refused: str
    learnable: bool
    unvalued: str
    trust: str
    tested: Proven | None
    wanted: bool
    outcome: str
    currency: str | None
    as_of: int
    evidence: Evidence

    @property
    def expected(self) -> float | None:
        """For how many of the listed the outcome is expected to come: their chances added up."""
        chances = [item.probability for item in self.items if item.probability is not None]
        return sum(chances) if chances else None

    @property
    def expected_interval(self) -> Interval | None:
        """95%: by how far the chances may be off, all in one direction, and by what chance makes of them."""
        items = [item for item in self.items if item.probability is not None and item.interval is not None]
        expected = self.expected
        if not items or expected is None:
            return None
        together = sum((item.interval[1] - item.interval[0]) / 2 for item in items if item.interval)
        alone = Z95 * math.sqrt(sum(p * (1 - p) for item in items if (p := item.probability) is not None))
        half = math.hypot(together, alone)
        return max(0.0, expected - half), min(float(len(items)), expected + half)

    @property
    def at_stake(self) -> float | None:
        """The value at stake of all listed who have one."""
        stakes = [stake for item in self.items if (stake := item.at_stake) is not None]
        return sum(stakes) if stakes else None

    @property
    def at_stake_interval(self) -> Interval | None:
        found = [interval for item in self.items if (interval := item.at_stake_interval) is not None]
        return (sum(low for low, _ in found), sum(high for _, high in found)) if found else None

    def tiers(self) -> Mapping[str, int]:
        """Listed customers by tier."""
        found: dict[str, int] = {}
        for item in self.items:
            if item.tier is not None:
                found[item.tier] = found.get(item.tier, 0) + 1
        return found

    def as_plain(self) -> dict[str, Any]:
        return {
            "model": self.question.model,
            "as_of": iso(self.as_of),
            "outcome": self.outcome,
            "enough": self.refused or True,
            "ranked_by": self.ranked,
            "ranking": RANKED[self.ranked],
            "unvalued": self.unvalued,
            "trust": self.trust,
            "total": {
                "listed": len(self.items),
                "scored": self.scored,
                "expected": self.expected,
                "expected_interval": _plain(self.expected_interval),
                "at_stake": self.at_stake,
                "at_stake_interval": _plain(self.at_stake_interval),
                "currency": self.currency,
            },
            "customers": [item.as_plain() for item in self.items],
            **self.evidence.as_plain(),
        }


def _plain(interval: Interval | None) -> list[float] | None:
    return None if interval is None else list(interval)

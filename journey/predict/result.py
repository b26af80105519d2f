"""The answer of a prediction: the chance of each customer, the proof of it on later customers, or what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from journey.answers import Evidence, iso
from journey.features import Feature
from journey.predict.dates import Plan
from journey.predict.fitted import Fitted, chance
from journey.predict.fitting import Trial
from journey.predict.measures import Metrics
from journey.predict.outcome import Outcome
from journey.predict.question import PredictQuestion
from journey.predict.reasons import Reason, in_order, sentence
from journey.predict.tiers import THRESHOLDS, TIERS, Treated, tier_of, treat_from

MOST_REASONS, LISTED = 1_000_000, 1_000  # more reasons than that are too much for one answer: then so many customers are listed


@dataclass(frozen=True)
class Chance:
    """One customer's.  interval: of the share among all who look like this one.  base: log-odds of the typical customer.

    base + the sum of the contributions = log-odds of probability.  reasons: every feature, actionable ones first.
    """

    customer: str
    probability: float
    interval: tuple[float, float]
    tier: str
    base: float
    reasons: tuple[Reason, ...]

    @property
    def sentence(self) -> str:
        return sentence(self.probability, self.interval, float(chance(np.array([self.base]))[0]), self.reasons)

    def as_plain(self) -> dict[str, Any]:
        return {
            "customer": self.customer,
            "probability": self.probability,
            "interval": list(self.interval),
            "tier": self.tier,
            "base": self.base,
            "sentence": self.sentence,
            "reasons": [one.as_plain() for one in self.reasons],
        }


def tell_chance(
    customer: str,
    p: float,
    interval: tuple[float, float],
    base: float,
    features: Sequence[Feature],
    typical: np.ndarray,
    parts: np.ndarray,
    raw: np.ndarray,
) -> Chance:
    """A chance with a reason for every feature.  typical, parts (log-odds), raw (in units, NaN where unknown): (k,)."""
    known = [None if np.isnan(value) else value for value in raw.tolist()]
    reasons = [
        Reason(one.name, one.label, one.unit, one.family, one.actionable, value, usual, part)
        for one, value, usual, part in zip(features, known, typical.tolist(), parts.tolist(), strict=True)
    ]
    return Chance(customer, p, interval, tier_of(p), base, in_order(reasons))


@dataclass(frozen=True, eq=False)
class Scored:
    """Everybody asked about, those with the highest chance first, ties by id.

    ids, customers (numbers in this version of the dataset), probability, low, high: (n,).  values: (n, k) as the model sees
    them; raw: (n, k) in their units, NaN where unknown.  typical: (k,) in their units.
    """

    fitted: Fitted
    features: tuple[Feature, ...]
    ids: tuple[str, ...]
    customers: np.ndarray
    probability: np.ndarray
    low: np.ndarray
    high: np.ndarray
    values: np.ndarray
    raw: np.ndarray
    typical: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def places(self) -> dict[str, int]:
        return {customer: place for place, customer in enumerate(self.ids)}

    def of(self, customer: str) -> Chance | None:
        """One customer's chance; None for one who is not asked about."""
        place = self.places.get(customer)
        return None if place is None else self.at(place)

    def at(self, place: int) -> Chance:
        """The chance of who stands at a place of the list, from 0."""
        return self._chances(range(place, place + 1))[0]

    def top(self, k: int) -> list[Chance]:
        """The first k of the list."""
        return self._chances(range(min(k, len(self))))

    def _chances(self, places: range) -> list[Chance]:
        if not places:
            return []
        base, parts = self.fitted.contributions(self.values[places.start : places.stop])
        return [self._chance(place, base, of) for place, of in zip(places, parts, strict=True)]

    def _chance(self, place: int, base: float, parts: np.ndarray) -> Chance:
        interval = (float(self.low[place]), float(self.high[place]))
        return tell_chance(
            self.ids[place], float(self.probability[place]), interval, base, self.features, self.typical, parts, self.raw[place]
        )

    def tiers(self) -> dict[str, int]:
        """Customers by tier of the fixed thresholds."""
        counts = [int((self.probability >= least).sum()) for _, least in TIERS]
        return {name: counts[place] - (counts[place - 1] if place else 0) for place, (name, _) in enumerate(TIERS)}


@dataclass(frozen=True, eq=False)
class Proof:
    """What the model said of customers as of a date it had not learned from, and what came.

    label, probability: (n,).  recency: by how long each had been quiet alone.  majority: everybody the share learned from.
    """

    as_of: int
    label: np.ndarray
    probability: np.ndarray
    model: Metrics
    recency: Metrics
    majority: Metrics

    def treat_from(self, threshold: float) -> Treated:
        """What treating everyone from a threshold on would have caught."""
        return treat_from(self.label, self.probability, threshold)

    def thresholds(self) -> tuple[Treated, ...]:
        return tuple(self.treat_from(threshold) for threshold in THRESHOLDS)


@dataclass(frozen=True, eq=False)
class Prediction:
    """enough: "" where there is enough to learn from and test on, else what is missing; then there are no scores.

    asked: customers asked about.  typical_share: of those learned from, for whom the outcome came.
    proof, earlier: the test, and tests of models learned in the same way as of earlier dates.
    """

    question: PredictQuestion
    outcome: Outcome
    evidence: Evidence
    asked: int
    enough: str = ""
    plan: Plan | None = None
    fitted: Fitted | None = None
    trial: Trial | None = None
    proof: Proof | None = None
    earlier: tuple[Proof, ...] = ()
    scored: Scored | None = None

    @property
    def listed(self) -> int:
        """How many customers the plain answer lists: all, or the first of them where their reasons are too many."""
        if self.scored is None:
            return 0
        most = max(LISTED, self.question.capacity)
        return len(self.scored) if len(self.scored) * len(self.scored.features) <= MOST_REASONS else min(most, len(self.scored))

    def as_plain(self) -> dict[str, Any]:
        """The numbers, and the customers with the highest chance first, each with every reason."""
        evidence = self.evidence.as_plain()
        if self.scored and self.listed < len(self.scored):
            evidence["warnings"].append(f"Of {len(self.scored):,} customers the first {self.listed:,} are listed; all are in the tiers.")
        told = {
            "outcome": self.outcome.as_plain(),
            "enough": True if self.proof else f"Not enough to learn from yet: {self.enough}.",
            "dates": self._dates(),
            "model": self.fitted and self.fitted.kind,
            **self._proved(),
            "tiers": self.scored and self.scored.tiers(),
            "typical": self._typical(),
            "customers": [one.as_plain() for one in self.scored.top(self.listed)] if self.scored else [],
        }
        return told | evidence

    def _dates(self) -> dict[str, Any] | None:
        if self.plan is None:
            return None
        plan = self.plan
        learn = [iso(date) for date in plan.learn]
        return {"learn": learn, "calibrate": iso(plan.calibrate), "test": iso(plan.test), "score": iso(plan.score)}

    def _typical(self) -> dict[str, Any] | None:
        from journey.predict.portrait import portray  # it portrays what is defined here

        return portray(self.scored).as_plain() if self.scored else None

    def _proved(self) -> dict[str, Any]:
        if self.proof is None or self.trial is None:
            return {"metrics": None, "baselines": None, "reliability": [], "thresholds": [], "stability": [], "tried": {}}
        proof = self.proof
        return {
            "metrics": proof.model.as_plain(),
            "baselines": {"recency": proof.recency.as_plain(), "majority": proof.majority.as_plain()},
            "reliability": [one.as_plain() for one in proof.model.bins],
            "thresholds": [one.as_plain() for one in proof.thresholds()],
            "stability": [{"as_of": iso(one.as_of), **one.model.as_plain()} for one in (*self.earlier, proof)],
            "tried": {"log_loss": dict(self.trial.losses), "lead": self.trial.lead, "standard_error": self.trial.error},
        }

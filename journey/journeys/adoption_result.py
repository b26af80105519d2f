"""What adoption answers: facts of each feature with their denominators; rates and differences are properties."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence, iso
from journey.inference import Interval, difference_of_shares, wilson
from journey.inference.differences import p_of_shares
from journey.journeys.result import Timing

Difference = tuple[float, float, float]
TOLD = 0.05  # the q below which a difference is told from chance


@dataclass(frozen=True)
class Feature:
    """adopters: of `active` customers of the scope those who used it.  waited: from their first event to their first use,
    of those whose first use lies in the scope.  uses: median per adopter.  deep: adopters who used it on three days or more.

    early: adopters of the scope's first half, and how many were active in the second; others: those active in the first
    half who did not use it in that half, likewise.  bands: the same four numbers by how much customers did in that half.
    q, q_alike: of the difference as it is and among customers who did as much, adjusted over all features asked for.
    """

    name: str
    adopters: int
    active: int
    waited: Timing | None
    uses: float | None
    deep: int
    early: tuple[int, int]
    others: tuple[int, int]
    bands: Mapping[int, tuple[int, int, int, int]]
    q: float | None = None
    q_alike: float | None = None

    @property
    def share(self) -> float | None:
        return self.adopters / self.active if self.active else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.adopters, self.active)

    @property
    def deep_share(self) -> float | None:
        return self.deep / self.adopters if self.adopters else None

    @property
    def staying(self) -> Difference | None:
        """(share of adopters who stayed less that of the others, low, high); None where one side is empty."""
        return difference_of_shares(self.early[1], self.early[0], self.others[1], self.others[0])

    @property
    def p(self) -> float | None:
        return p_of_shares(self.early[1], self.early[0], self.others[1], self.others[0])

    @property
    def alike(self) -> Difference | None:
        """The same among customers who did as much in the first half: the others weighted to be spread over the bands like
        adopters, at their effective number (Kish).  Adopters of a band without others are left out."""
        sides = self._alike()
        return None if sides is None else difference_of_shares(*sides)

    @property
    def p_alike(self) -> float | None:
        sides = self._alike()
        if sides is None:
            return None
        stayed, n = round(sides[2]), max(1, round(sides[3]))
        return p_of_shares(int(sides[0]), int(sides[1]), min(stayed, n), n)

    def _alike(self) -> tuple[float, float, float, float] | None:
        """(adopters who stayed, adopters, others who stayed, others), the others by their effective number."""
        shared = [band for band in self.bands.values() if band[0] and band[2]]
        if not shared:
            return None
        adopters, stayed = (sum(band[place] for band in shared) for place in (0, 1))
        expected = sum(band[0] * band[3] / band[2] for band in shared) / adopters
        effective = adopters**2 / sum(band[0] ** 2 / band[2] for band in shared)
        return stayed, adopters, expected * effective, effective

    @property
    def told(self) -> bool:
        """Whether the difference among those who did as much is told from chance after adjustment."""
        return self.q_alike is not None and self.q_alike < TOLD

    def as_plain(self) -> dict[str, Any]:
        return {
            "feature": self.name,
            "adopters": self.adopters,
            "share": self.share,
            "interval": _plain(self.interval),
            "median_seconds_to_first_use": None if self.waited is None else self.waited.median,
            "median_interval": None if self.waited is None else _plain(self.waited.interval),
            "first_uses": 0 if self.waited is None else self.waited.n,
            "uses_per_adopter": self.uses,
            "on_three_days": self.deep,
            "share_on_three_days": self.deep_share,
            "interval_on_three_days": _plain(wilson(self.deep, self.adopters)),
            "staying": self._staying_plain(),
        }

    def _staying_plain(self) -> dict[str, Any]:
        difference, alike = self.staying, self.alike
        return {
            "adopters": self.early[0],
            "adopters_stayed": self.early[1],
            "others": self.others[0],
            "others_stayed": self.others[1],
            "difference": None if difference is None else difference[0],
            "interval": None if difference is None else list(difference[1:]),
            "q": self.q,
            "alike": None if alike is None else {"difference": alike[0], "interval": list(alike[1:]), "q": self.q_alike},
        }


@dataclass(frozen=True)
class Adoption:
    """features: the most used first.  active: customers of the scope.  start, middle, stop: ms; where staying is judged."""

    features: tuple[Feature, ...]
    active: int
    start: int | None
    middle: int | None
    stop: int | None
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        halves = {"start": iso(self.start), "middle": iso(self.middle), "stop": iso(self.stop)}
        return {"features": [feature.as_plain() for feature in self.features], "active": self.active, **halves, **self.evidence.as_plain()}


def _plain(interval: Interval | None) -> list[float] | None:
    return None if interval is None else list(interval)

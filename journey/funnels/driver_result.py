"""The answer of drivers: one comparison each, with both sides' counts."""

from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence
from journey.funnels.driver_story import BEFORE, ON_THE_WAY
from journey.inference import Interval, difference_of_shares

TOLD = 0.05  # of those called different, the share that may be chance


@dataclass(frozen=True)
class Driver:
    """One comparison.  when: before | on_the_way for an event, entry | customer for a property.

    n_with, converted_with: entrants of whom it holds, and those of them who convert; the others likewise.
    q: Benjamini-Hochberg over all that were tested; None where nothing could be (nobody, or everybody, converted).
    """

    when: str
    name: str
    value: str | None
    n_with: int
    converted_with: int
    n_without: int
    converted_without: int
    q: float | None

    @property
    def share_with(self) -> float:
        return self.converted_with / self.n_with

    @property
    def share_without(self) -> float:
        return self.converted_without / self.n_without

    @property
    def difference(self) -> float:
        return self.share_with - self.share_without

    @property
    def interval(self) -> Interval:
        """Newcombe 95% of the difference, of this comparison alone."""
        found = difference_of_shares(self.converted_with, self.n_with, self.converted_without, self.n_without)
        return (-1.0, 1.0) if found is None else (found[1], found[2])

    @property
    def told_apart(self) -> bool:
        return self.q is not None and self.q <= TOLD

    @property
    def mark(self) -> dict[str, Any]:
        """Names it among the customers asked for; "with" is to be added."""
        if self.when in (BEFORE, ON_THE_WAY):
            return {"event": self.name, "when": self.when}
        return {"property": self.name, "of": self.when, "value": self.value}

    def as_plain(self) -> dict[str, Any]:
        return {
            **self.mark,
            "with": self.share_with,
            "without": self.share_without,
            "n_with": self.n_with,
            "n_without": self.n_without,
            "difference": self.difference,
            "interval": list(self.interval),
            "q": self.q,
        }


@dataclass(frozen=True)
class Drivers:
    """drivers: those told apart first, by the size of the difference, the first `most` of the `tested`, of which `told` are
    told apart.

    entered, converted: first entries that are judged.  waiting: of those, who had not converted by the landmark, and how
    many of them did later.  landmark: ms after the entry, None where conversions come too soon for any.
    still_open: entries that are not judged, as their window has not closed.
    """

    drivers: tuple[Driver, ...]
    tested: int
    told: int
    entered: int
    converted: int
    waiting: tuple[int, int]
    landmark: int | None
    still_open: int
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        return {
            "drivers": [driver.as_plain() for driver in self.drivers],
            "tested": self.tested,
            "told_apart": self.told,
            "entered": self.entered,
            "converted": self.converted,
            "still_open": self.still_open,
            "on_the_way": {
                "seconds": None if self.landmark is None else self.landmark / 1000,
                "entered": self.waiting[0],
                "converted": self.waiting[1],
            },
            **self.evidence.as_plain(),
        }

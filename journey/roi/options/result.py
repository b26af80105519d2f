"""Which of several things brings most per unit of effort, and how sure that order is."""

from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence

TOLD_APART = 0.9


@dataclass(frozen=True)
class Option:
    """rank: from 1.  p10, p50, p90: net over its months.  per_effort: the same three per unit of effort.

    p_loss: share of draws that lose.  payback_month: at central values, None where it is not back.
    beats_next: share of draws in which it brings more per effort than the one ranked after it, None of the last; best: than all.
    """

    rank: int
    name: str
    effort: float
    months: int
    p10: float
    p50: float
    p90: float
    per_effort: tuple[float, float, float]
    p_loss: float
    payback_month: float | None
    why: str
    beats_next: float | None
    best: float

    @property
    def told_apart(self) -> bool | None:
        """From the next: whether nine in ten draws put them in this order; None of the last."""
        return None if self.beats_next is None else self.beats_next >= TOLD_APART

    def as_plain(self) -> dict[str, Any]:
        plain = {key: getattr(self, key) for key in self.__dataclass_fields__}
        return plain | {"per_effort": dict(zip(("p10", "p50", "p90"), self.per_effort, strict=True)), "told_apart": self.told_apart}


@dataclass(frozen=True)
class Options:
    """options: the most per effort first, by P50.  effort_is: days | money."""

    options: tuple[Option, ...]
    effort_is: str
    draws: int
    seed: int
    currency: str | None
    evidence: Evidence

    @property
    def first(self) -> tuple[str, ...]:
        """The option ranked first, and those that cannot be told apart from it one after the other."""
        names = []
        for one in self.options:
            names.append(one.name)
            if one.told_apart is not False:
                break
        return tuple(names)

    def as_plain(self) -> dict[str, Any]:
        return {
            "options": [one.as_plain() for one in self.options],
            "first": list(self.first),
            "effort_is": self.effort_is,
            "currency": self.currency,
            **self.evidence.as_plain(),
        }

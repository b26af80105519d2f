"""How an experiment is read: what its intervals promise, and what one has to do for the promise to hold."""

from dataclasses import dataclass

from journey.inference.sequences import TUNED_AT

LOOKS = 14


@dataclass(frozen=True)
class HowRead:
    """kind: as in READINGS.  confidence: of two-sided intervals, 0.95 say.

    looks: how many a planned reading has, evenly spread over what was planned.  look: which of them the data stand at, 1 to
    looks; 0 where the first is not due yet.  tuned_at: units of two variants at which an always-valid interval is tightest.
    """

    kind: str = "always_valid"
    confidence: float = 0.95
    looks: int = LOOKS
    look: int = 0
    tuned_at: int = TUNED_AT

    @property
    def alpha(self) -> float:
        """How often, where there is no difference, one may be called."""
        return round(1 - self.confidence, 12)


def assumes(how: HowRead) -> str:
    """What this way of reading promises, and what one has to keep to for that."""
    percent = f"{100 * how.confidence:.4g}%"
    if how.kind == "always_valid":
        return (
            f"Right however often one looks and whenever one stops: the {percent} intervals of all looks hold the truth together. "
            f"They pay with width, are tightest at {how.tuned_at:,} units of two variants, and need some dozens of units in each."
        )
    if how.kind == "planned":
        return (
            f"Right at {how.looks} looks planned before the start and spread evenly: {percent} over all of them together "
            "(Lan-DeMets spending, O'Brien-Fleming form). By a locked plan, what comes between two looks waits for the next; "
            "whoever looks daily at all of it errs about 6 times in 100 instead of 5."
        )
    if how.kind == "bayesian":
        return (
            "The chance that a variant is better, from no opinion beforehand (shares: each equally likely; means and ratios: flat). "
            f"Its {percent} interval is meant for one look at the planned size: stopping at the first good chance "
            "calls a difference where there is none far more often."
        )
    return (
        f"Right at one look, at the size or the time planned before the start: {percent}. "
        "Looking daily and stopping at the first difference is wrong about 22 times in 100 over two weeks instead of 5."
    )

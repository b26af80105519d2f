"""How far an experiment has come against what was planned: whether a reading may decide yet, and about when it could."""

from dataclasses import dataclass

from journey.experiments.judge.how import HowRead

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Progress:
    """units: so far, of all variants.  planned: units in all that were planned, None without a plan.

    pace: units a day.  now: ms, until when the data reach; stop: the planned end; both None of a table or of sums.
    over: nobody is exposed any more.
    """

    units: int
    planned: int | None = None
    pace: float | None = None
    now: int | None = None
    stop: int | None = None
    over: bool = False

    @property
    def is_full(self) -> bool:
        return self.planned is not None and self.units >= self.planned

    @property
    def is_late(self) -> bool:
        return self.stop is not None and self.now is not None and self.now >= self.stop

    @property
    def is_all_there_is(self) -> bool:
        """Of a table or of sums without a plan nobody knows whether more is to come."""
        return self.now is None and self.planned is None and self.stop is None

    def has_ended(self, how: HowRead) -> bool:
        """Whether what was planned is done.  A table without a plan is the one look of a reading that has one, and no end of others.

        Of a reading that is right at one planned look nobody may make an end by letting nobody in.
        """
        if how.kind == "planned" and how.look >= how.looks:
            return True
        if self.is_all_there_is:
            return how.kind in ("fixed", "bayesian")
        done = self.is_full or self.is_late
        return done or (self.over and not (how.kind in ("fixed", "bayesian") and self.is_planned))

    @property
    def is_planned(self) -> bool:
        """Whether a size or an end was planned."""
        return self.planned is not None or self.stop is not None

    def why_ended(self, how: HowRead) -> str:
        """Why there is nothing more to wait for."""
        if how.kind == "planned" and how.look >= how.looks:
            return "This is the last of the planned looks"
        if self.is_all_there_is:
            return "This is the one look"
        if self.is_full and self.planned is not None:
            return f"The planned {self.planned:,} units are in"
        return "The planned end is here" if self.is_late else "Nobody new is exposed any more"

    def end(self) -> int | None:
        """ms, about when what was planned is done: the planned end, or the planned units at this pace, whichever is first."""
        at_pace = None if self.planned is None else self.reaches(self.planned)
        known = [when for when in (self.stop, at_pace) if when is not None]
        return min(known) if known else None

    def reaches(self, units: float) -> int | None:
        """ms, about when so many units are in at this pace; None where that is unknown."""
        if self.now is None or not self.pace or self.pace <= 0:
            return None
        return round(self.now + max(0.0, units - self.units) / self.pace * DAY_MS)

"""Whether a new model may be put in use: on the same later customers, by log loss, beyond chance.

Known limit: the customers of the test are the same from one training to the next until new events come, so that of many
challengers on the same data one may win by chance.
"""

from dataclasses import dataclass

import numpy as np

from journey.answers import iso
from journey.inference import Interval, mean_interval
from journey.predict.dates import Plan
from journey.predict.fitting import Rows, fit, log_losses, together
from journey.predict.measure import Look
from journey.predict.outcome import Outcome, observe
from journey.predict.store.looking import look_as
from journey.predict.store.record import Record
from journey.scope import Scope
from journey.warehouse import Warehouse

ALIKE = 1e-12


@dataclass(frozen=True)
class Lead:
    """By how much the challenger's log loss is lower, on average over n customers.  interval: 95%, of the paired difference."""

    over: str
    loss: float
    other: float
    n: int
    interval: Interval | None
    alike: bool = False

    @property
    def mean(self) -> float:
        return self.other - self.loss

    @property
    def wins(self) -> bool:
        return self.interval is not None and self.interval[0] > 0

    @property
    def told(self) -> str:
        if self.interval is None:
            return f"{self.over} {self.other:.4f}"
        return f"{self.over} {self.other:.4f} (difference {self.mean:+.4f}, {self.interval[0]:+.4f} to {self.interval[1]:+.4f})"


@dataclass(frozen=True)
class Verdict:
    """state: what the challenger becomes.  reason: a sentence."""

    state: str
    reason: str


def judge(con: Warehouse, challenger: Record, test: Look, used: Record | None) -> Verdict:
    """What becomes of a challenger beside the model in use, or beside the baselines where there is none to compare with."""
    p, label = challenger.fitted.probability(test.rows.values), test.rows.label
    where = f"on {len(label):,} customers as of {_day(test.as_of)}, later than all it learned from"
    bases = [_lead(name, label, p, other) for name, other in baselines(con, challenger.outcome, challenger.lookback, challenger.plan)]
    beaten = all(base.wins for base in bases)
    beside = " and ".join(base.told for base in bases)
    loss = f"Log loss {bases[0].loss:.4f} {where}"
    why_not = None if used is None else _why_not_compared(challenger, used)
    if used is None or why_not:
        began = f"{why_not} " if why_not else ""
        if beaten:
            return Verdict("champion", f"{began}{loss}, better than what is known without a model: {beside}.")
        return Verdict("challenger", f"{began}{loss}, not better beyond chance than what is known without a model: {beside}.")
    lead = _lead(f"version {used.version}", label, p, used.fitted.probability(look_as(con, used, test.as_of).rows.values))
    if lead.alike:
        return Verdict("retired", f"It says the same of every customer as version {used.version}, which stays in use.")
    if lead.wins and beaten:
        return Verdict("champion", f"{loss}, better than {lead.told}.")
    return Verdict("challenger", f"{loss}, not better beyond chance than {lead.told if not lead.wins else beside}.")


def _why_not_compared(challenger: Record, used: Record) -> str | None:
    """A sentence where the two cannot be compared fairly."""
    if used.outcome != challenger.outcome:
        return f"Version {used.version} foretells another outcome."
    if used.lookback != challenger.lookback:
        return f"Version {used.version} is about customers of another time looked back over."
    known = max(used.plan.learn) + used.outcome.ahead if used.plan.calibrate is None else used.plan.calibrate + used.outcome.ahead
    if known > challenger.plan.test:
        return f"Version {used.version} has learned from later dates than the one of this test."
    return None


def baselines(con: Warehouse, outcome: Outcome, lookback: int | None, plan: Plan) -> list[tuple[str, np.ndarray]]:
    """(name, chances (n,)) as of the test, of what is known without a model: how long each had been quiet, and the share of all."""
    looks = {date: _quiet(con, outcome, lookback, date) for date in {*plan.learn, plan.calibrate, plan.test} if date is not None}
    learned = together([looks[date] for date in plan.learn])
    later = None if plan.calibrate is None else looks[plan.calibrate]
    fitted, _ = fit(["quiet"], [True], learned, later, boosted=False)
    test = looks[plan.test]
    return [("recency alone", fitted.probability(test.values)), ("the same chance for all", np.full(len(test), learned.label.mean()))]


def _quiet(con: Warehouse, outcome: Outcome, lookback: int | None, as_of: int) -> Rows:
    """The only feature: days since they last did something."""
    told = observe(con, outcome, as_of, Scope())
    days = told["quiet_ms"].to_numpy() / 86_400_000
    return Rows(days[:, None], told["label"].to_numpy().astype(int), told["customer"].to_numpy())


def _lead(over: str, label: np.ndarray, p: np.ndarray, other: np.ndarray) -> Lead:
    first, second = log_losses(label, p), log_losses(label, other)
    saved, n = second - first, len(label)
    interval = mean_interval(float(saved.mean()), float(saved.std(ddof=1)), n) if n > 1 else None
    return Lead(over, float(first.mean()), float(second.mean()), n, interval, bool(np.abs(p - other).max(initial=0) < ALIKE))


def _day(ms: int) -> str:
    return str(iso(ms))[:10]

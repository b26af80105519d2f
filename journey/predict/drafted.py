"""What a prediction would be about before anything is learned: who is asked about now, how often it came, what is missing."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from journey.answers import Evidence, data_until, extent, iso
from journey.inference import Interval, wilson
from journey.predict.dates import DAY, Plan, plan_dates
from journey.predict.measure import what_lacks
from journey.predict.outcome import Outcome, in_words, labels_sql, observe
from journey.predict.question import PredictQuestion
from journey.rules import Binder
from journey.scope import Scope
from journey.warehouse import Warehouse


@dataclass(frozen=True)
class Draft:
    """now: customers it would be about at the data's end.  asked, came: as of the last date whose outcome is known, ms.

    who: what makes a customer one of them.  missing: part of a sentence; "" where there is enough to learn from and test on.
    """

    outcome: Outcome
    who: str
    now: int
    as_of: int | None
    asked: int
    came: int
    missing: str
    evidence: Evidence

    @property
    def base_rate(self) -> float | None:
        """Of those asked about then, the share for whom it came; None where nobody was, or no outcome is known yet."""
        return self.came / self.asked if self.asked else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.came, self.asked)

    def as_plain(self) -> dict[str, Any]:
        return {
            "foretells": in_words(self.outcome),
            "who": self.who,
            "now": self.now,
            "as_of": iso(self.as_of),
            "asked": self.asked,
            "came": self.came,
            "base_rate": self.base_rate,
            "interval": None if self.interval is None else list(self.interval),
            "enough": self.missing or True,
            **self.evidence.as_plain(),
        }


def measure_draft(con: Warehouse, question: PredictQuestion) -> Draft:
    """Counts alone: a look at the customers of each date, no feature and no model.

    Raises: QuestionError: the outcome names what cannot be read.
    """
    outcome = question.outcome
    if not isinstance(outcome, Outcome):
        raise TypeError("A draft tells its outcome itself.")
    held = extent(con)
    if held is None:
        return Draft(outcome, _who(outcome, question), 0, None, 0, 0, "nothing is loaded", _evidence(con, outcome, question, 0, 0))
    end = held[1] + 1
    now = observe(con, outcome, end, Scope()).height
    plan = plan_dates(held[0], end, outcome.ahead, end)
    last = (end - outcome.ahead) // DAY * DAY
    known = observe(con, outcome, last, Scope()) if last > held[0] else None
    asked, came = (0, 0) if known is None else (known.height, int(known["label"].sum() or 0))
    missing = plan if isinstance(plan, str) else _missing(con, outcome, plan)
    evidence = _evidence(con, outcome, question, last, asked)
    return Draft(outcome, _who(outcome, question), now, None if known is None else last, asked, came, missing, evidence)


def _missing(con: Warehouse, outcome: Outcome, plan: Plan) -> str:
    """The counts that learning will ask for, in its order and words."""
    looks = {date: observe(con, outcome, date, Scope()) for date in {*plan.learn, plan.calibrate, plan.test} if date is not None}
    learned = pl.concat([looks[date] for date in plan.learn])
    later = learned if plan.calibrate is None else looks[plan.calibrate]
    return what_lacks(*((rows["customer"].to_numpy(), rows["label"].to_numpy()) for rows in (learned, later, looks[plan.test])))


def _evidence(con: Warehouse, outcome: Outcome, question: PredictQuestion, as_of: int, asked: int) -> Evidence:
    binder = Binder(con)
    sql = labels_sql(binder, outcome, as_of, Scope())
    definition = (
        f"Of those who {_who(outcome, question)} {str(iso(as_of))[:10]}, the last day whose outcome is known: the share for whom it came "
        f"true that a customer {in_words(outcome)}. Asked about now are those of the data's end. Interval: Wilson, 95%. Times in UTC."
    )
    return Evidence(definition, sql, binder.params, asked, data_until(con), tuple(binder.warnings))


def _who(outcome: Outcome, question: PredictQuestion) -> str:
    """The middle of "those who ..."."""
    reach = outcome.active
    active = "did something" if reach is None else f"did something in the {reach / DAY:g} days before"
    return active + {True: " and had done it", False: " and had not done it yet", None: ""}[outcome.again]

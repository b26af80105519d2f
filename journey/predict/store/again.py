"""How a model's proof was counted, and which question repeats it: asked again, it gives the same numbers."""

from typing import Any

from journey.answers import Evidence, data_until, iso
from journey.predict.outcome import in_words, labels_sql, told_ms
from journey.predict.store.record import Record
from journey.rules import Binder
from journey.scope import Scope
from journey.warehouse import Warehouse

DAY = 86_400_000


def asked_again(record: Record) -> dict[str, Any]:
    """The question that learns and tests as this version did: as of the same dates, for as large a team."""
    plan = record.plan
    dates = [*plan.learn] if plan.calibrate is None else [*plan.learn, plan.calibrate]
    return {
        "ask": "predict",
        "outcome": record.outcome.as_plain(),
        "as_of": iso(plan.test),
        "train_as_of": [iso(date) for date in dates],
        "lookback": None if record.lookback is None else told_ms(record.lookback),
        "capacity": record.capacity,
    }


def proof_evidence(con: Warehouse, record: Record) -> Evidence:
    """Who was tested, and what came: the query of the labels as of the test."""
    plan, binder = record.plan, Binder(con)
    sql = labels_sql(binder, record.outcome, plan.test, Scope())
    reach = record.outcome.active
    who = "did something before it" if reach is None else f"did something in the {reach / DAY:g} days before it"
    done = {True: " and had done it", False: " and had not done it yet", None: ""}[record.outcome.again]
    calibrated = "on customers left out of the learning" if plan.calibrate is None else f"as of {_day(plan.calibrate)}"
    definition = (
        f"The chance that a customer {in_words(record.outcome)} from a date on, for those who {who}{done}. "
        f"Version {record.version} learned as of {', '.join(_day(date) for date in plan.learn)}, each time from what was known before the "
        f"date; it was calibrated {calibrated} and tested as of {_day(plan.test)}, when all it learned from was known. Recency: the same "
        "method with one feature, how long each had been quiet. Majority: everybody is given the share learned from. Intervals are 95%, "
        "over customers. Times in UTC."
    )
    stale = () if record.last == data_until(con) else ("Events came since this version was trained; it is told as it was proved then.",)
    return Evidence(definition, sql, binder.params, record.proof.model.n, record.last, (*binder.warnings, *stale))


def _day(ms: int) -> str:
    return str(iso(ms))[:10]

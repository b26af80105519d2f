"""The metrics of an experiment for which nobody named any: what this log says a shop, an app or a site is there for."""

from typing import Any

from journey.errors import QuestionError
from journey.experiments.metric import Counted, ExperimentMetric
from journey.experiments.read.exposure import exposures
from journey.features.earned import read_earned
from journey.metrics import held_by, lacking, read_metrics
from journey.metrics.catalog import revenue_of, shape_of
from journey.rules import Binder, event_names
from journey.rules.commonest import SETBACKS
from journey.warehouse import Warehouse, ask_sql, kept

GOALS = ("purchase", "order", "buy", "bought", "subscri", "paid", "payment", "checkout", "sign up", "signup", "register", "conver")
EARNS = """
-- How often do these events carry revenue?  Columns: events, valued.
select count(*) as events, count({value}) as valued
from events e
where {step}"""
MOSTLY = 0.5


def usual_metrics(con: Warehouse, experiment: str | None = None) -> tuple[ExperimentMetric, ...]:
    """The share that converts, which decides; the revenue per unit, and per conversion.

    The conversion is the first share of metrics.toml that the log can answer, else an event whose name says so.
    Raises: QuestionError: the log makes none plain.
    """
    step = _conversion(con)
    found = [] if step is None else [ExperimentMetric(_label(con, step), "share", "primary", value=Counted(step))]
    if revenue_of(con) is not None:
        found.append(ExperimentMetric("Revenue per unit", "mean", "secondary" if found else "primary", value=_revenue(None)))
        if step is not None and _earns(con, step):
            found.append(ExperimentMetric(f"Revenue per {_label(con, step)}", "ratio", value=_revenue(step), over=Counted(step, "count")))
    if not found and event_names(con):
        raise QuestionError(
            'No metric is named, and the log makes none plain. Say what is compared: "metrics": [{"name": "Orders", "event": "order"}].'
        )
    return tuple(found)


def _revenue(step: Any) -> Counted:
    return Counted(step, "sum", revenue=True)


def _conversion(con: Warehouse) -> Any:
    """A step: what one hopes that people do."""
    held, shown = held_by(con), exposures(con)
    for named in read_metrics(con):
        if lacking(named.shape, held) is None and named.shape.is_share and not named.shape.is_cohort and named.good == "up":
            return shape_of(con, named)[1].side.step
    mapped = (revenue_of(con) or {}).get("event")
    if mapped is not None:
        return mapped
    names = [name for name in event_names(con) if shown is None or name != shown.event]
    return next((name for goal in GOALS for name in names if goal in name.lower() and not _undone(name)), None)


def _undone(name: str) -> bool:
    return any(word in name.lower() for word in SETBACKS)


def _label(con: Warehouse, step: Any) -> str:
    return Binder(con).match(step).label


def _earns(con: Warehouse, step: Any) -> bool:
    """Whether most of these events carry the mapped revenue."""

    def ask() -> bool:
        earned, binder = read_earned(con), Binder(con)
        if earned is None:
            return False
        text = EARNS.format(value=earned.sql(binder), step=binder.match(step).sql)
        events, valued = ask_sql(con, text, binder.params).row(0)
        return bool(valued > MOSTLY * events)

    return kept(con, f"earns {step!r} {revenue_of(con)!r}", ask)

"""How the units of an experiment were counted, in sentences."""

from typing import Any

from journey.experiments.metric import Counted, ExperimentMetric
from journey.experiments.read.log import Log
from journey.experiments.read.metrics import duration_plain
from journey.experiments.read.question import CUSTOMER, ExperimentQuestion
from journey.rules import Binder
from journey.scope import to_datetime


def log_words(log: Log) -> str:
    told = log.told
    who = "Customers" if told.unit == CUSTOMER else f"Values of {told.unit.removeprefix('property:')!r}"
    where = "" if told.exposure is None else f" (event {told.exposure.event!r})" if told.exposure.event else " (any event that carries it)"
    control = f", against {log.arms[0]!r}" if log.arms else ""
    within = " within the segment" if told.segment is not None else ""
    by = "the end of the data" if told.is_all else to_datetime(told.entered_by).strftime("%Y-%m-%d %H:%M")
    metrics = " ".join(metric_words(metric, log.binder) for metric in told.metrics)
    return (
        f"{who}{within} by the variant of {told.experiment!r} that they were shown{where} before {by}{control}; who saw more than one "
        f"is left out. What they did counts from their first exposure on, until {by} where no time is said. {metrics} Times in UTC."
    ).replace("  ", " ")


def table_words(question: ExperimentQuestion, name: str) -> str:
    many = f"Rows of one {question.unit!r} are one unit (numbers add up, a share is of units with it in any row, covariates are means)"
    one = "Each row is a unit" if question.unit is None else many
    control = "" if question.control is None else f", against {question.control!r}"
    metrics = " ".join(metric_words(metric, None) for metric in question.metrics)
    return f"{one} of {name}, by its {question.variant!r}{control}; a unit with more than one is left out. {metrics} Times, if any, in UTC."


def sums_words(question: ExperimentQuestion, control: str) -> str:
    what = "how many did it" if question.arms[0].conversions is not None else "the mean and the variance of the sample"
    return f"Of each variant the number of units and {what}, as given, against {control!r}. No times; those named are in UTC."


def metric_words(metric: ExperimentMetric, binder: Binder | None) -> str:
    """One sentence: which number of a unit it is, and how it is cut and adjusted."""
    value = _counted(metric.value, binder)
    if metric.kind == "ratio" and metric.over is not None:
        what = f"the sum of {value} over the sum of {_counted(metric.over, binder)}, by the delta method over units"
    else:
        what = f"the share of units with {value}" if metric.kind == "share" else f"the mean per unit of {value}"
    more = [
        f"within {duration_plain(metric.within)} of the exposure, of units whose time is over" if metric.within is not None else "",
        f"cut at its {metric.winsorise:g} quantile over all units" if metric.winsorise is not None else "",
        f"adjusted by the same number in the {duration_plain(metric.before)} before the exposure (CUPED)" if metric.before else "",
        f"adjusted by {metric.covariate!r}, known before (CUPED)" if metric.covariate else "",
    ]
    return f"{metric.name!r} is {', '.join([what, *filter(None, more)])}."


def _counted(side: Counted, binder: Binder | None) -> str:
    """What is counted of a unit, as part of a sentence."""
    if side.column is not None:
        return repr(side.column)
    if side.revenue:
        return "the mapped revenue, refunds taken off" if side.step is None else f"the mapped revenue of {_label(side.step, binder)}"
    step = "any event" if side.step is None else _label(side.step, binder)
    return {"did": step, "count": f"the number of {step}"}.get(side.of, f"{side.property!r} of {step}")


def _label(step: Any, binder: Binder | None) -> str:
    return repr(step) if isinstance(step, str) or binder is None else Binder(binder.con).match(step).label

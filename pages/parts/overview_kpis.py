"""The row of metrics: the north star wide, the others beside it, each with its change and how sure that is."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import streamlit as st

from journey.answers import extent
from journey.charts.overview_words import change_words, interval_words, margin_words, units_words, value_words
from journey.charts.words import UNKNOWN, delta
from journey.charts.words import date as day_told
from journey.metrics import Choice, Metric, MetricQuestion, Named, can_be_judged, choose_metrics, measure_metric, usual_period
from journey.metrics.overview import ENOUGH
from journey.scope import to_ms
from pages.parts.frame import Page, literal, measured
from pages.parts.workspace import answer, one_of

FEWEST_POINTS = 3


def measure_all(page: Page) -> tuple[Choice, list[Metric]]:
    """The metrics this log can answer, the north star first."""
    choice = one_of(choose_metrics(page.con))
    return choice, [measured(page, measure_metric, question_of(page, named)) for named in choice.metrics]


def question_of(page: Page, named: Named, breakdown: str | None = None) -> MetricQuestion:
    """The page's own choices put to one metric: its period, and what it is compared with."""
    first, last = answer(page.con, page.version, extent)
    start = first if page.scope.start is None else page.scope.start
    stop = last if page.scope.stop is None else page.scope.stop
    against = None if page.before is None else "previous" if page.before.stop == page.scope.start else "year"
    return MetricQuestion(named, usual_period(start, stop), breakdown, against, edges="cut")


def show_kpis(choice: Choice, metrics: Sequence[Metric]) -> None:
    """Every card has a sparkline, or none has."""
    lines = [[point.value for point in metric.now.points if point.complete and point.value is not None] for metric in metrics]
    drawn = all(len(line) >= FEWEST_POINTS for line in lines)
    with st.grid(len(metrics) + 1, min_column_width=150, key="kpis") as grid:
        for place, (named, metric) in enumerate(zip(choice.metrics, metrics, strict=True)):
            trend = {"chart_data": lines[place], "chart_type": "line" if place else "area"} if drawn else {}
            if place:
                _card(named, metric, named.name, trend)
            else:
                with grid.cell(column_span=2):
                    _card(named, metric, f"{named.name} · {named.role}" if named.role == "north star" else named.name, trend)


def _card(named: Named, metric: Metric, label: str, trend: dict[str, Any]) -> None:
    total = metric.now.total
    st.metric(
        literal(label),
        literal(value_words(named, total.value if total else None, metric.currency)),
        border=True,
        height="stretch",
        help=_help(named, metric),
        **_delta(named, metric),
        **trend,
    )


def _delta(named: Named, metric: Metric) -> dict[str, Any]:
    """Coloured only where the change is told from noise; without one, the interval of the value stands there."""
    said, margin, off = change_words(named, metric), margin_words(named, metric), {"delta_color": "off", "delta_arrow": "off"}
    if said is None or said == UNKNOWN:
        total = metric.now.total
        if total and total.interval and total.n < ENOUGH:
            return {"delta": f"of {units_words(named, total.n)}", **off}
        words = interval_words(named, total.interval if total else None, metric.currency)
        return {"delta": words or "nothing to compare", **off}
    beside = margin or f"from {value_words(named, metric.before.total.value if metric.before and metric.before.total else None)}"
    if metric.change is None or not (can_be_judged(metric) and metric.change.told_from_noise):
        return {"delta": delta(said) if said[:1] in "+−" else "no change", "delta_description": beside, **off}
    return {"delta": delta(said), "delta_description": beside, "delta_color": "normal" if named.good == "up" else "inverse"}


def _help(named: Named, metric: Metric) -> str:
    """What it means, whose it is, where it should be."""
    total = metric.now.total
    parts = [named.definition, f"Owner: {named.owner}." if named.owner else ""]
    if named.target is not None:
        by = f" by {day_told(to_ms(_midnight(named.by)))}" if named.by else ""
        parts.append(f"Target: {value_words(named, named.target, metric.currency)}{by}.")
    words = interval_words(named, total.interval if total else None, metric.currency)
    parts.append(f"95% interval: {words}." if words else metric.why or "")
    return literal(" ".join(part for part in parts if part))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

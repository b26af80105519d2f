"""What separates those who convert from those who do not, with who is behind each side."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from journey.charts.funnels_drivers import (
    SHOWN,
    describe_drivers,
    driver_name,
    driver_when,
    drivers_caption,
    drivers_figure,
    drivers_sentence,
    judged,
)
from journey.charts.words import percent, points, short
from journey.funnels import Drivers, DriversQuestion, Funnel, FunnelQuestion, drivers_customers, measure_drivers, read_drivers
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_figure, download_table, measured
from pages.parts.funnel_marks import Mark, show_marks
from pages.parts.funnel_people import bare_plain
from pages.parts.text import literal
from pages.parts.workspace import derived

BEFORE = {"7d": "7 days before", "30d": "30 days before", "90d": "90 days before", "ever": "any time before"}
WITHIN = {"auto": "chosen from the log", "1m": "1 minute", "10m": "10 minutes", "1h": "1 hour", "1d": "1 day"}


def show_drivers(page: Page, funnel: Funnel, question: FunnelQuestion) -> None:
    with st.container(border=True, key="funnel_drivers"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("What separates those who convert", anchor=False, width="stretch")
            before, within = _choose()
        asked = read_drivers({"of": bare_plain(question), "before": before, "within": within})
        drivers: Drivers = measured(page, measure_drivers, asked)
        st.markdown(f"**{literal(drivers_sentence(drivers, asked.before))}**")
        st.caption(literal(drivers_caption(drivers)))
        shown = drivers.drivers[:SHOWN]
        if not shown:
            return
        figure = derived(drivers_figure, drivers, asked.before, shown)
        click = draw(figure, "funnel_drivers_bars", alt=describe_drivers(drivers, shown), clicks=True, min_width=640)
        at = click.get("index") if isinstance(click, dict) and click.get("curve") == 0 else None
        rule = {"drivers": asked.as_plain() | {"scope": page.scope.as_plain()}}
        marks = _marks(drivers, asked)
        show_marks(page, "funnel_driver", marks, 2 * at if isinstance(at, int) else None, drivers_customers, asked, rule, funnel.unit)
        with st.expander("All comparisons as a table", icon=":material/table:"):
            st.dataframe(_table(drivers, asked), hide_index=True, height="content", placeholder="", key="funnel_drivers_table")
        with st.container(horizontal=True):
            download_table("funnel_drivers", _facts(drivers))
            download_figure("funnel_drivers", figure)
        counted(page, drivers.evidence, "counted_drivers")


def _choose() -> tuple[str | None, str | None]:
    with st.popover("What counts", icon=":material/tune:", type="tertiary"):
        before = st.radio(
            "Done before the entry", list(BEFORE), index=1, format_func=BEFORE.__getitem__, key="funnel_before", bind="query-params"
        )
        within = st.radio("On the way is within", list(WITHIN), format_func=WITHIN.__getitem__, key="funnel_within", bind="query-params")
        st.caption("On the way compares those who had not converted by then, and asks who converts later: all had the same time to do it.")
    return None if before == "ever" else before or "30d", None if within in ("auto", None) else within


def _marks(drivers: Drivers, asked: DriversQuestion) -> list[Mark]:
    """With it, then without it, for each."""
    marks = []
    for driver in drivers.drivers:
        title = f"{short(driver_name(driver), 40)} ({driver_when(driver, drivers, asked.before)})"
        marks.append(Mark(title, {**driver.mark, "with": True}, driver.n_with))
        marks.append(Mark(f"Without {title}", {**driver.mark, "with": False}, driver.n_without))
    return marks


def _table(drivers: Drivers, asked: DriversQuestion) -> pl.DataFrame:
    rows = [
        {
            "What": driver_name(driver),
            "When": driver_when(driver, drivers, asked.before),
            "With it": f"{percent(driver.share_with)} of {driver.n_with:,}",
            "Without": f"{percent(driver.share_without)} of {driver.n_without:,}",
            "Difference": points(driver.difference),
            "95% interval": f"{points(driver.interval[0]).removesuffix(' pts')} to {points(driver.interval[1])}",
            "Told apart?": judged(driver),
        }
        for driver in drivers.drivers
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _facts(drivers: Drivers) -> pl.DataFrame:
    return pl.DataFrame([_flat(driver.as_plain()) for driver in drivers.drivers], infer_schema_length=None)


def _flat(plain: Mapping[str, Any]) -> dict[str, Any]:
    low, high = plain["interval"]
    names = ("event", "property", "value", "when", "of", "with", "without", "n_with", "n_without", "difference", "q")
    return {**{name: plain.get(name) for name in names}, "low": low, "high": high}

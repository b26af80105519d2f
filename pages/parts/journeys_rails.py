"""The rails of the journeys, and a table of the same."""

from typing import Any

import polars as pl
import streamlit as st

from journey.charts.journeys import LEAKS, MILESTONES, describe, marks, min_width, rails_figure
from journey.journeys import Journeys
from pages.parts.charts import draw
from pages.parts.frame import download_figure, download_table
from pages.parts.workspace import derived


def show_rails(found: Journeys) -> dict[str, Any] | None:
    """The mark that was clicked in this run, or None: a milestone is who reached it, the way after it who went no further."""
    if not found.journeys:
        st.caption("Nothing to draw: a journey needs two milestones that the log holds.")
        return None
    figure = derived(rails_figure, found)
    click = draw(figure, "journeys", alt=describe(found), clicks=True, min_width=min_width(found))
    return _clicked(found, click) if click else None


def show_downloads(found: Journeys) -> None:
    download_table("journeys", rails_table(found))
    download_figure("journeys", derived(rails_figure, found))


def _clicked(found: Journeys, click: dict[str, Any]) -> dict[str, Any] | None:
    curve, at = click.get("curve"), click.get("index")
    if curve not in (MILESTONES, LEAKS):
        return None
    points = marks(found, curve)
    if not isinstance(at, int) or not 0 <= at < len(points):
        return None
    journey, place = points[at]
    return {"journey": journey, "reached" if curve == MILESTONES else "dropped_after": place}


def rails_table(found: Journeys) -> pl.DataFrame:
    """One row per milestone."""
    rows = [
        {
            "journey": told.journey.name,
            "milestone": milestone.name,
            "customers": milestone.count,
            "share": milestone.share,
            "low": None if milestone.interval is None else milestone.interval[0],
            "high": None if milestone.interval is None else milestone.interval[1],
            "went_no_further": milestone.left,
            "median_seconds": None if milestone.time is None else milestone.time.median,
        }
        for told in found.journeys
        for milestone in told.milestones
    ]
    return pl.DataFrame(rows, infer_schema_length=None)

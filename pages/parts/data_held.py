"""What the workspace holds: when events happened, which there are, what they carry, and the loads that brought them."""

from typing import Literal

import polars as pl
import streamlit as st

from journey.charts.data import events_figure
from journey.charts.words import count, moment, several
from journey.ingest.carried import Property, measure_properties
from journey.ingest.holdings import EventsOverTime, Holdings, Load, measure_events_over_time
from journey.ingest.quality import Catalog, measure_events
from pages.parts.charts import draw
from pages.parts.data_words import TYPES, calendar, clock, day_column, moment_column
from pages.parts.frame import Page, counted, download_table, literal
from pages.parts.notes import Axis, noted, offer_to_hide
from pages.parts.workspace import answer

SHORT = 10
COLUMNS = {
    "load": st.column_config.NumberColumn("Load", width=60),
    "kind": st.column_config.TextColumn("Kind", width=90),
    "files": st.column_config.TextColumn("Files", width="medium"),
    "received": st.column_config.NumberColumn("Received", format="localized"),
    "stored": st.column_config.NumberColumn("= stored", format="localized"),
    "duplicates": st.column_config.NumberColumn("+ duplicates", format="localized"),
    "quarantined": st.column_config.NumberColumn("+ quarantined", format="localized"),
    "rate": st.column_config.NumberColumn("Rows a second", format="localized"),
}


def show_held(page: Page, held: Holdings) -> None:
    """The picture, then the tables."""
    over_time = answer(page.con, page.version, measure_events_over_time, page.scope.timezone)
    if over_time is not None:
        _picture(page, over_time)
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        _events(page)
    with right, st.container(border=True, height="stretch"):
        _properties(page)
    with st.container(border=True):
        _loads(held.loads, page.scope.timezone)
    if over_time is not None:
        counted(page, over_time.evidence)


def _picture(page: Page, over_time: EventsOverTime) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"Events per {over_time.period}", anchor=False, width="stretch")
        if over_time.outside:
            began = moment(over_time.starts[0], over_time.timezone)
            told = f"{several(over_time.outside, 'event')} with stray times, before {began} or long after, not drawn"
            st.caption(literal(told))
        total = sum(over_time.earlier) + sum(over_time.newest)
        axis = Axis(over_time.starts[0], None, over_time.starts, width=620)
        picture = noted(page, "data_events", axis, events_figure, over_time)
        told = f"{count(total)} events per {over_time.period}, the newest load apart."
        draw(picture.figure, picture.name, alt=told + picture.told, min_width=620 if picture.told else None)
        offer_to_hide(picture)


def _loads(loads: tuple[Load, ...], timezone: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Loads", anchor=False, width="stretch")
        frame = loads_frame(loads, timezone)
        if loads:
            download_table("loads", frame)
    if not loads:
        st.caption("Nothing was loaded from files.")
        return
    st.dataframe(
        frame,
        hide_index=True,
        height=_height(frame),
        column_config={**COLUMNS, "when": moment_column("When", list(frame["when"]))},
        alt="Loads, the newest first, with what became of their rows",
    )


def loads_frame(loads: tuple[Load, ...], timezone: str) -> pl.DataFrame:
    """One row per load, the newest first; received = stored + duplicates + quarantined in each."""
    return pl.DataFrame(
        {
            "load": [load.load for load in loads],
            "kind": [load.kind for load in loads],
            "files": [", ".join(load.files).replace("(frame)", "not from a file") for load in loads],
            "received": [load.received for load in loads],
            "stored": [load.stored for load in loads],
            "duplicates": [load.duplicates for load in loads],
            "quarantined": [load.quarantined for load in loads],
            "when": [clock(load.started_at, timezone) for load in loads],
            "rate": [round(load.rows_per_second) if load.rows_per_second else None for load in loads],
        },
        schema_overrides={"rate": pl.Int64},
    )


def _height(frame: pl.DataFrame) -> int | Literal["content"]:
    """Short tables in full, long ones with a bar to scroll by."""
    return "content" if frame.height <= SHORT else 350


def _properties(page: Page) -> None:
    properties = answer(page.con, page.version, measure_properties)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(several(len(properties), "property", "properties"), anchor=False, width="stretch")
        if properties:
            download_table("properties", properties_frame(properties))
    if not properties:
        st.caption("No column beside customer, event and time was loaded.")
        return
    frame = properties_frame(properties)
    st.dataframe(
        frame,
        hide_index=True,
        height=_height(frame),
        column_config={
            "property": st.column_config.TextColumn("Property"),
            "of": st.column_config.TextColumn("Of", width=70),
            "type": st.column_config.TextColumn("Type", width=115),
            "filled": st.column_config.ProgressColumn("Rows that have it", format="percent", min_value=0, max_value=1, width=125),
            "values": st.column_config.NumberColumn("Values, about", format="localized", width=92),
        },
        alt="Properties of events and customers, their type and how many rows have them",
    )


def properties_frame(properties: tuple[Property, ...]) -> pl.DataFrame:
    """One row per property; personal ones are said to be hashed, since their values are not what the source held."""
    return pl.DataFrame(
        {
            "property": [held.name for held in properties],
            "of": [held.of for held in properties],
            "type": ["personal, hashed" if held.personal else TYPES.get(held.type, held.type) for held in properties],
            "filled": [held.share_filled for held in properties],
            "values": [held.distinct for held in properties],
        },
        schema_overrides={"filled": pl.Float64},
    )


def _events(page: Page) -> None:
    catalog = answer(page.con, page.version, measure_events)
    frame = events_frame(catalog, page.scope.timezone)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(several(frame.height, "kind of event", "kinds of events"), anchor=False, width="stretch")
        if frame.height:
            download_table("events", frame)
    if not frame.height:
        st.caption("No events are loaded.")
        return
    st.dataframe(
        frame,
        hide_index=True,
        height=_height(frame),
        column_config={
            "event": st.column_config.TextColumn("Event"),
            "count": st.column_config.ProgressColumn("Events", format="localized", min_value=0, max_value=max(frame["count"]), width=118),
            "customers": st.column_config.NumberColumn("Customers", format="localized", width=84),
            "first": day_column("First", [*frame["first"], *frame["last"]]),
            "last": day_column("Last", [*frame["first"], *frame["last"]]),
        },
        alt="Events with their number, their customers, the first and the last time",
    )


def events_frame(catalog: Catalog, timezone: str) -> pl.DataFrame:
    """One row per event name, the most frequent first."""
    return pl.DataFrame(
        {
            "event": [row.event for row in catalog.events],
            "count": [row.count for row in catalog.events],
            "customers": [row.customers for row in catalog.events],
            "first": [calendar(row.first, timezone) for row in catalog.events],
            "last": [calendar(row.last, timezone) for row in catalog.events],
        }
    )

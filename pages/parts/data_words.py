"""Words and columns that the sections of the data page share."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from journey.charts.words import several_years
from journey.scope import to_datetime

TYPES = {"varchar": "text", "double": "number", "bigint": "whole number", "boolean": "yes or no", "timestamp": "time"}


def clock(ms: int, timezone: str) -> datetime:
    """The time as a clock on the wall of the zone shows it, so that a table can sort by it."""
    return to_datetime(ms, ZoneInfo(timezone)).replace(tzinfo=None)


def calendar(ms: int, timezone: str) -> date:
    return clock(ms, timezone).date()


def day_column(label: str, days: list[date]) -> ColumnConfig:
    """A column of days: "21 Nov", with the year where there are several."""
    one_year = not several_years(days)
    return st.column_config.DateColumn(label, format="D MMM" if one_year else "D MMM YYYY", width=66 if one_year else 100)


def moment_column(label: str, moments: list[datetime]) -> ColumnConfig:
    """A column of times: "21 Nov, 06:00", with the year where there are several."""
    one_year = not several_years(moments)
    return st.column_config.DatetimeColumn(label, format="D MMM, HH:mm" if one_year else "D MMM YYYY, HH:mm", width=140)

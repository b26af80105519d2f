"""Which periods and whom the pages compare: one rule, so that no two pages disagree."""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.rules.saved import save_segment
from journey.warehouse import open_warehouse
from tests.lent import lent_folder

SHELL = str(Path(__file__).parent.parent.parent / "pages" / "_shell.py")
PAGES = ("overview.py", "funnels.py", "paths.py", "journey_map.py")
Open = Callable[..., str]
DAY = 86_400_000
START = 1772409600000  # 2026-03-02
LEFT = {"funnel": {"steps": ["view", "buy"], "scope": {}}, "dropped_after": 0}


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """`said(days, script, address)`: what the page says first and below it, of a log of so many days."""
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()

    def run(days: int, script: str, **address: str) -> str:
        lent_folder(tmp_path, log(days))
        with open_warehouse(tmp_path) as con:
            save_segment(con, "Left before buy", LEFT)
            save_segment(con, "Phones", {"property": "device", "op": "eq", "value": "phone"})
        app = AppTest.from_file(SHELL, default_timeout=60)
        app.query_params.update(address)
        app.switch_page(script).run()
        assert not app.exception, app.exception
        assert not app.error, app.error[0].value
        from pages.parts.workspace import warehouse

        warehouse().close()
        return " ".join([app.header[0].value, *(caption.value for caption in app.caption)]).replace("\\", "")

    yield run
    st.cache_resource.clear()
    st.cache_data.clear()


def log(days: int) -> pl.DataFrame:
    """Each day 20 customers view, and every third of them buys."""
    rows = [
        (f"c{(7 * day + i) % 90}", event, START + day * DAY + i * 60_000 + k * 1000, "phone" if i % 2 else "desktop")
        for day in range(days)
        for i in range(20)
        for k, event in enumerate(("view", "buy"))
        if k == 0 or i % 3 == 0
    ]
    frame = pl.DataFrame(rows, schema=["customer", "event", "ts", "device"], orient="row")
    return frame.with_columns(pl.col("ts").cast(pl.Datetime("ms", "UTC")))


@pytest.mark.parametrize("script", PAGES)
def test_no_page_compares_where_the_data_begin_inside_the_period_before(said: Open, script: str) -> None:
    told = said(59, script, period="Last 30 days")
    assert "not compared: the data begin inside the period before" in told
    assert not any(claim in told for claim in (" on the period before (", "before: ", " against ", " by 31 Mar: "))


def test_a_period_before_that_the_data_hold_to_its_first_day_is_compared(said: Open) -> None:
    told = said(60, "funnels.py", period="Last 30 days")
    assert "on the period before (" in told
    assert "not compared" not in told


def test_a_year_before_all_data_is_said_to_hold_none(said: Open) -> None:
    assert "not compared: no data lie in the period before" in said(60, "paths.py", period="Last 30 days", compare="Year before")


def test_who_asks_for_no_comparison_is_told_of_none(said: Open) -> None:
    assert "not compared" not in said(59, "funnels.py", period="Last 30 days", compare="No comparison")


@pytest.mark.parametrize("script", PAGES)
def test_a_segment_chosen_by_its_outcome_makes_no_news(said: Open, script: str) -> None:
    told = said(70, script, period="Last 30 days", segment="Left before buy")
    assert "not compared: chosen by what they did" in told
    assert not any(claim in told for claim in (" on the period before (", "before: ", " fell ", " rose "))


def test_a_segment_by_a_property_is_compared(said: Open) -> None:
    assert "on the period before (" in said(70, "funnels.py", period="Last 30 days", segment="Phones")

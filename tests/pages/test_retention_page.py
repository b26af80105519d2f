"""The Retention page run by its script: what it says first, what the address holds, who is behind a cell."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.ingest import load_events
from journey.warehouse import open_warehouse
from tests.drawn import drawn_frame

SHELL = str(Path(__file__).parent.parent.parent / "pages" / "_shell.py")
LOG = "\n".join(f"c{i} +{i % 5}d a" + (" +1d a" if i % 3 else "") + " +3d b" for i in range(60)).replace("+0d ", "")
Open = Callable[..., AppTest]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path / "w"))
    st.cache_resource.clear()
    st.cache_data.clear()

    def run(log: str, **address: str) -> AppTest:
        if log:
            con = open_warehouse(tmp_path / "w")
            load_events(con, drawn_frame(log))
            con.close()
        app = AppTest.from_file(SHELL, default_timeout=60)
        app.query_params.update(address)
        app.switch_page("retention.py").run()
        assert not app.exception, app.exception
        return app

    yield run
    st.cache_resource.clear()
    st.cache_data.clear()


def charts(app: AppTest) -> int:
    return len(app.get("plotly_chart"))


def test_an_empty_workspace_says_what_to_do(opened: Open) -> None:
    assert "no events are loaded" in opened("").header[0].value


def test_one_customer_at_one_moment_is_not_enough(opened: Open) -> None:
    app = opened("ann a")
    assert app.header[0].value.startswith("Not enough data yet")
    assert charts(app) == 2  # who is active, and on how many days: both are known of one event


def test_a_small_log_shows_heatmap_curve_and_lifecycle(opened: Open) -> None:
    app = opened(LOG)
    assert "come back in day" in app.header[0].value
    assert charts(app) == 4


def test_a_cell_in_the_address_lists_its_customers(opened: Open) -> None:
    app = opened(LOG, retention_cohort="3 Mar", retention_place="Day 1")
    assert any(head.value == "8 of 12 who joined 3 Mar came back in day 1" for head in app.subheader)


def test_the_rest_of_a_cohort_can_be_listed_too(opened: Open) -> None:
    app = opened(LOG, retention_cohort="3 Mar", retention_place="Day 1", retention_who="Did not come back")
    assert any(head.value == "4 of 12 who joined 3 Mar did not come back in day 1" for head in app.subheader)


def test_an_address_that_holds_nonsense_falls_back(opened: Open) -> None:
    app = opened(LOG, retention_cohort="x", retention_place="9", retention_mode="never", retention_split="no", retention_least="-4")
    assert "come back in day" in app.header[0].value


def test_options_change_the_question(opened: Open) -> None:
    app = opened(LOG)
    app.selectbox(key="retention_return").set_value("b").run()
    app.selectbox(key="retention_mode").set_value("on_or_after").run()
    assert not app.exception
    assert "or later" in app.header[0].value


def test_hostile_names_are_shown_as_they_are(opened: Open) -> None:
    app = opened("ann ![x](http://e.example/i) +2d <b>b</b> +1d a", retention_first="![x](http://e.example/i)")
    assert "](http" not in app.header[0].value

"""The Paths page run by its script: what it says first, what the address holds, who is behind a mark."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.ingest import load_events
from journey.warehouse import open_warehouse
from tests.drawn import drawn_frame

SHELL = str(Path(__file__).parent.parent.parent / "pages" / "_shell.py")
SHOP = "ann 09:00 home 09:01 search 09:02 buy\nbob 09:00 home 09:01 buy\ncat 09:00 home 12:00 home 12:01 buy\n"
Open = Callable[..., AppTest]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """`opened(log, paths_start="home")`: the page, run on a workspace of its own that holds the log."""
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()

    def run(log: str, **address: str) -> AppTest:
        with open_warehouse(tmp_path) as con:
            if log:
                load_events(con, drawn_frame(*log.splitlines()))
        page = AppTest.from_file(SHELL, default_timeout=30)
        for key, value in address.items():
            page.query_params[key] = value
        return page.switch_page("paths.py").run()

    yield run
    from pages.parts.workspace import warehouse

    warehouse().close()
    st.cache_resource.clear()
    st.cache_data.clear()


def answer(page: AppTest) -> str:
    assert not page.exception
    return page.header[0].value.replace("\\", "")


def test_the_answer_comes_first(opened: Open) -> None:
    assert answer(opened(SHOP)).startswith("After home most often comes buy: 50% of 4 sessions; 75% are gone by step 3.")


def test_the_question_stands_in_the_address(opened: Open) -> None:
    page = opened(SHOP, paths_start="search", paths_end="buy")
    assert answer(page) == "There is one path to see: search → buy."
    assert page.selectbox(key="paths_start").value == "search"


def test_a_start_set_by_another_page_comes_without_a_warning(opened: Open) -> None:
    page = opened(SHOP)
    page.session_state["paths_start"] = "search"
    page.session_state["paths_steps"] = 4
    assert answer(page.run()).endswith("search → buy.") and not page.warning
    assert page.selectbox(key="paths_start").value == "search"


def test_the_usual_start_can_be_given_up(opened: Open) -> None:
    page = opened(SHOP)
    assert page.selectbox(key="paths_start").value == "home"
    page.selectbox(key="paths_start").select("").run()
    assert page.selectbox(key="paths_start").value == "" and "commonest first" in answer(page)


def test_a_log_of_lone_events_is_told_by_whole_histories(opened: Open) -> None:
    page = opened("ann 09:00 fine 12:00 letter 15:00 pay\nbob 09:00 fine 12:00 letter")
    assert answer(page) == "After fine most often comes letter: 100% of 2 customers; 50% are gone by step 3."
    assert any("100% of sessions hold one event" in caption.value for caption in page.caption)


def test_a_mark_in_the_address_lists_its_customers(opened: Open) -> None:
    page = opened(SHOP, paths_mark="Step 1: home → buy")
    lists = [table.value for table in page.dataframe if list(table.value.columns) == ["customer"]]
    assert [sorted(table["customer"]) for table in lists] == [["bob", "cat"]]


def test_a_mark_that_is_gone_is_forgotten(opened: Open) -> None:
    page = opened(SHOP, paths_mark="Step 4: home → nowhere")
    assert answer(page) and page.selectbox(key="paths_mark").value is None


def test_the_button_lists_those_on_the_way(opened: Open) -> None:
    page = opened(SHOP)
    page.button(key="paths_way_people").click().run()
    lists = [table.value for table in page.dataframe if list(table.value.columns) == ["customer"]]
    assert [sorted(table["customer"]) for table in lists] == [["bob", "cat"]]


def test_a_group_that_is_none_is_said(opened: Open) -> None:
    page = opened(SHOP, paths_group="home")
    assert not page.exception and "is no group" in page.error[0].value.replace("\\", "")


@pytest.mark.parametrize(
    "log",
    ["ann 09:00 a", "ann 09:00 a\nbob 09:00 a", "ann 09:00 a a a b", "ann 09:00 :red[x] ![](http://x) $y$", "ann 09:00 Other Drop-off"],
)
def test_a_tiny_log_has_a_page(opened: Open, log: str) -> None:
    assert answer(opened(log))


def test_an_empty_workspace_says_what_to_do(opened: Open) -> None:
    assert "nothing to see yet" in answer(opened(""))

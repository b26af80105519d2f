"""The Paths page run by its script: what it says first, what the address holds, who is behind a mark."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.rules.saved import save_segment
from journey.warehouse import Warehouse
from tests.drawn import drawn_frame
from tests.lent import lent_folder


def open_warehouse_of(page: AppTest) -> Warehouse:
    """A cursor on the workspace that the page runs on."""
    from pages.parts.workspace import warehouse

    return warehouse().cursor()


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
        lent_folder(tmp_path, drawn_frame(*log.splitlines()) if log else None)
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


def test_a_group_is_told_by_its_label_and_previewed(opened: Open) -> None:
    page = opened(SHOP, paths_pattern_1="s*", paths_label_1="Seek", paths_start="Seek")
    assert answer(page) == "There is one path to see: Seek → buy."
    assert any(caption.value.replace("\\", "") == "1 event: search." for caption in page.caption)
    assert page.text_input(key="paths_pattern_2").value == ""


def test_a_step_is_expanded_by_a_property(opened: Open) -> None:
    log = "ann 09:00 home view{of=hats} buy\nbob 09:00 home view{of=hats}\ncat 09:00 home view{of=shoes} buy"
    page = opened(log, paths_start="home", paths_expand="view", paths_expand_by="of")
    assert answer(page).startswith("After home most often comes view: hats: 67% of 3 sessions")
    page.selectbox(key="paths_start").select("view: shoes").run()
    assert answer(page) == "There is one path to see: view: shoes → buy."


def test_two_groups_are_compared_and_each_lists_its_customers(opened: Open) -> None:
    lines = [f"c{n} 09:00 home {'buy' if n < 30 else 'quit'}" for n in range(60)]
    page = opened("\n".join(lines), paths_start="home")
    with open_warehouse_of(page) as con:
        save_segment(con, "First", {"customers": [f"c{n}" for n in range(30)]})
    st.cache_data.clear()
    page.run()
    page.selectbox(key="paths_against").select("First").run()
    assert answer(page).startswith("All but First go home → buy at step 1 less than First: 0% against 100% of sessions")
    page.selectbox(key="paths_mark").select('{"step": 1, "source": "home", "target": "buy"}').run()
    page.segmented_control(key="paths_side").set_value("b").run()
    assert any("30 customers" in caption.value for caption in page.caption)


def test_from_a_mark_to_what_leads_to_it(opened: Open) -> None:
    page = opened(SHOP, paths_mark="Step 1: home → buy")
    page.button(key="paths_leads").click().run()
    assert (page.selectbox(key="paths_start").value, page.selectbox(key="paths_end").value) == ("", "buy")
    assert page.selectbox(key="paths_mark").value is None and not page.exception


def test_a_cell_and_a_loop_list_their_customers(opened: Open) -> None:
    page = opened("ann 09:00 a b a\nbob 09:00 a b\ncat 09:00 c", paths_cell="a → b", paths_loop="a → b → a")
    lists = [sorted(table.value["customer"]) for table in page.dataframe if list(table.value.columns) == ["customer"]]
    assert lists == [["ann", "bob"], ["ann"]]


@pytest.mark.parametrize(
    "log",
    ["ann 09:00 a", "ann 09:00 a\nbob 09:00 a", "ann 09:00 a a a b", "ann 09:00 :red[x] ![](http://x) $y$", "ann 09:00 Other Drop-off"],
)
def test_a_tiny_log_has_a_page(opened: Open, log: str) -> None:
    assert answer(opened(log))


def test_an_empty_workspace_says_what_to_do(opened: Open) -> None:
    assert "nothing to see yet" in answer(opened(""))

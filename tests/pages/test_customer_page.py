"""The page of one customer run by its script: found by id, told in a sentence, and names that are anything."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.ingest import load_events
from journey.warehouse import open_warehouse
from tests.drawn import drawn_frame
from tests.lent import lent_folder

SHELL = str(Path(__file__).parent.parent.parent / "pages" / "_shell.py")
LOG = "ann 09:00 view{device=m} 09:01 buy{price=4} 09:02 SupportTicket{text=late}\nbob 09:00 view +9d 09:00 view\ncyd-1 09:00 view"
ODD = "<b>x</b> ![i](http://evil.example) $x$ :red[y] `"
Open = Callable[..., AppTest]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()

    def run(log: str = LOG, script: str = "customer.py", **address: str) -> AppTest:
        if log:
            lent_folder(tmp_path, drawn_frame(*log.splitlines()))
        page = AppTest.from_file(SHELL, default_timeout=60)
        page.query_params.update(address)
        return page.switch_page(script).run()

    yield run
    from pages.parts.workspace import warehouse

    warehouse().close()
    st.cache_resource.clear()
    st.cache_data.clear()


def said(page: AppTest) -> str:
    assert not page.exception, page.exception
    return page.header[0].value.replace("\\", "")


def texts(page: AppTest) -> str:
    return "\n".join(one.value for one in [*page.markdown, *page.caption])


def test_an_empty_workspace_says_what_to_do(opened: Open) -> None:
    assert "no events are loaded" in said(opened(""))


def test_without_an_id_those_seen_last_are_offered(opened: Open) -> None:
    page = opened()
    assert said(page) == "Choose a customer, or type an id."
    assert page.dataframe[0].value["Customer"].to_list() == ["bob", "ann", "cyd-1"]


def test_the_address_names_the_customer_and_the_page_tells_their_life(opened: Open) -> None:
    page = opened(customer="bob")
    assert page.title[0].value == "Customer bob"
    assert "2 sessions" in said(page) and "last seen just now" in said(page)
    assert len(page.get("plotly_chart")) == 1 and "view" in texts(page)


def test_tickets_and_the_timeline_show_what_events_carried(opened: Open) -> None:
    page = opened(customer="ann")
    assert "**SupportTicket**" in texts(page) and "text late" in texts(page)
    assert {metric.label: metric.value for metric in page.metric} == {"Sessions": "1", "Active days": "1", "Orders": "–", "Brought": "–"}


def test_an_id_nobody_has_is_told_and_the_nearest_open_by_a_button(opened: Open) -> None:
    page = opened(customer="cyd")
    assert said(page) == "Nobody has the id cyd."
    page.button(key="near_0").click().run()
    assert page.title[0].value.replace("\\", "") == "Customer cyd-1"


def test_a_row_of_a_list_of_people_opens_the_page_of_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.parts import people

    went: list[object] = []
    monkeypatch.setattr(people, "go_to", lambda *to: went.append(to[1:]))
    for rows in ([], [7], [1]):  # a row taken back, one that is gone, one that is there
        monkeypatch.setattr(st, "session_state", {"table": {"selection": {"rows": rows}}})
        people.open_selected(None, ["ann", "bob"], "table")  # type: ignore[arg-type]
    assert went == [("customer.py", None, {"customer": "bob"})]


def test_names_from_data_are_shown_letter_by_letter(opened: Open, tmp_path: Path) -> None:
    import polars as pl

    frame = drawn_frame("ann 09:00 view").with_columns(pl.lit(ODD).alias("customer"), pl.lit(ODD).alias("event"), pl.lit(ODD).alias(ODD))
    with open_warehouse(tmp_path) as con:
        load_events(con, frame)
    page = opened("", customer=ODD)
    assert not page.exception
    for told in [*page.title, *page.header, *page.subheader, *page.markdown, *page.caption]:
        assert (
            "<b>" not in told.value.replace("\\<b\\>", "")
            and "![i]" not in told.value
            and ":red[y]" not in told.value.replace("\\:red\\[", "")
        )
    figure = page.get("plotly_chart")[0].proto.spec
    assert "<b>x</b>" not in figure and "evil.example" in figure

"""The Segments page: the rule in the address, its conditions as widgets, saving, renaming, and names that are anything."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.rules.saved import save_segment, saved_segments
from journey.warehouse import open_warehouse
from tests.drawn import drawn_frame
from tests.lent import lent_folder

SHELL = str(Path(__file__).parent.parent.parent / "pages" / "_shell.py")
LOG = "ann 09:00 view{device=m} 09:01 buy{price=4}\nbob 09:00 view{device=d} 09:05 cart\ncyd 09:00 view{device=m} +2d 09:00 view"
ODD = 'Comma, "quote" *bold* 🐈 [x](http://evil.example) $x$ :red[y]'
Open = Callable[..., AppTest]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """`opened(script, log, saved, **address)`: a page, run on a workspace that holds the log and the saved segments."""
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()

    def run(script: str = "segments.py", log: str = LOG, saved: dict[str, object] | None = None, **address: str) -> AppTest:
        lent_folder(tmp_path, drawn_frame(*log.splitlines()) if log else None)
        if saved:
            with open_warehouse(tmp_path) as con:
                for name, rule in saved.items():
                    save_segment(con, name, rule)
        page = AppTest.from_file(SHELL, default_timeout=60)
        page.query_params.update(address)
        return page.switch_page(script).run()

    yield run
    from pages.parts.workspace import warehouse

    warehouse().close()
    st.cache_resource.clear()
    st.cache_data.clear()


def kept() -> dict[str, object]:
    from pages.parts.workspace import warehouse

    return saved_segments(warehouse().cursor())


def answer(page: AppTest) -> str:
    assert not page.exception, page.exception
    return page.header[0].value.replace("\\", "")


def ruled(rule: object) -> str:
    return json.dumps(rule)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"did": "buy"}, "1 of 3 customers did buy."),
        ({"any": [{"did": "buy"}, {"not": {"property": "device", "op": "eq", "value": "m"}}]}, "2 of 3 customers"),
        ({"all": []}, "It holds for all 3 customers known: they are anyone."),
        ({"did": "fly"}, "Nobody of 3 customers: none did fly."),
        ({"sequence": ["view", "cart"]}, "1 of 3 customers did view, then cart in one session."),
        ({"funnel": {"steps": ["view", "buy"], "window": "1d"}, "dropped_after": 0}, "2 of 3 customers left after view in the funnel"),
        ({"all": [{"sum": "price", "op": "ge", "value": 3}, {"did": {"event": "view", "where": {"device": "m"}}}]}, "1 of 3 customers"),
        (
            {
                "any": [
                    {"stall": "view", "for": "1d", "until": {"any_of": ["cart", "buy"]}, "within": "7d", "other_than": ["buy"]},
                    {"time_since": "view", "op": "ge", "value": "5h"},
                    {"sum": "price", "of": {"any_of": ["cart", "buy"]}, "op": "gt", "value": 2.5, "within": "6d"},
                    {"distinct": "session", "op": "ge", "value": 2},
                    {"trend": None, "recent": "14d", "before": "28d", "change": ">0.25"},
                    {"did_not": {}, "since": {"any_of": ["cart", "buy"]}},
                ]
            },
            "It holds for all 3 customers known",
        ),
    ],
)  # fmt: skip
def test_the_address_says_the_rule_and_the_widgets_leave_it_as_it_is(opened: Open, rule: object, said: str) -> None:
    page = opened(segment_rule=ruled(rule))
    assert answer(page).startswith(said)
    assert json.loads(page.text_area(key="segment_rule").value) == rule


def test_a_condition_is_changed_by_its_widgets(opened: Open) -> None:
    page = opened(segment_rule=ruled({"did": "buy"}))
    page.selectbox(key="segment_0_0_did_event").select("view").run()
    page.number_input(key="segment_0_0_did_n").set_value(2).run()
    assert json.loads(page.text_area(key="segment_rule").value) == {"did": "view", "times": ">=2"}
    assert answer(page) == "1 of 3 customers did view at least 2 times."


def test_conditions_are_added_and_taken_away(opened: Open) -> None:
    page = opened(segment_rule=ruled({"did": "view"}))
    page.button(key="segment_add_did_not").click().run()
    assert json.loads(page.text_area(key="segment_rule").value) == {"all": [{"did": "view"}, {"did_not": "buy"}]}
    page.button(key="segment_button_0").click().run()
    assert answer(page) == "2 of 3 customers never did buy."


@pytest.mark.parametrize("text", ["{", '{"foo": 1}', '{"did": "buy", "times": "often"}', "[" * 400 + "]" * 400, '"nobody"', "7"])
def test_a_text_that_is_no_rule_is_said_to_be_none(opened: Open, text: str) -> None:
    page = opened(segment_rule=text)
    assert answer(page) == "The rule cannot be read yet." and page.error


def test_a_segment_is_saved_renamed_with_those_that_use_it_and_deleted(opened: Open) -> None:
    page = opened(saved={"not buyers": {"not": "buyers"}}, segment_rule=ruled({"did": "buy"}))
    page.text_input(key="segment_name").set_value("buyers").run()
    page.button(key="segment_save").click().run()
    assert kept()["buyers"] == {"did": "buy"} and page.selectbox(key="segment_saved").value == "buyers"
    page.text_input(key="segment_rename_buyers").set_value(ODD).run()
    page.button(key="segment_rename").click().run()
    assert kept() == {ODD: {"did": "buy"}, "not buyers": {"not": ODD}}
    assert any("“not buyers”" in caption.value.replace("\\", "") for caption in page.caption)  # said before it is deleted
    page.button(key="segment_delete").click().run()
    assert list(kept()) == ["not buyers"] and not page.exception


@pytest.mark.parametrize("script", ["overview.py", "journey_map.py", "funnels.py", "paths.py", "retention.py", "segments.py"])
def test_a_segment_of_any_name_is_in_scope_on_every_page(opened: Open, script: str) -> None:
    page = opened(script, saved={ODD: {"did": "view"}}, segment=ODD)
    assert answer(page) and not page.error
    assert page.selectbox(key="segment").value == ODD


def test_an_empty_workspace_is_said_to_be_empty(opened: Open) -> None:
    assert "nothing to see yet" in answer(opened(log=""))

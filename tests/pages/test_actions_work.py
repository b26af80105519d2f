"""Working with actions by the pages' scripts: the card of a customer, the list of those at risk, the queue, results, health."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.actions.ledger import decide_all, ledger_of, mark, queue
from journey.catalogs import keep_text
from journey.ingest import load_events
from journey.warehouse import open_warehouse
from tests.drawn import drawn_frame
from tests.lent import lent_folder

SHELL = str(Path(__file__).parent.parent.parent / "pages" / "_shell.py")
ODD = "<b>x</b>![i](http://evil.example)$x$:red[y]"
LOG = f"""{ODD} 09:00 view +1d 09:00 cart +1d 09:00 view
bob 09:00 view +1d 09:00 cart +1d 09:00 view +2d 09:00 view
cyd 09:00 view +30d 09:00 view"""
CATALOG = """
[guardrails]
quiet = []
holdout = 0.0
[[action]]
name = "Nudge"
channel = "email"
purpose = ""
wanted = { did = "cart", within = "7d" }
assumed = { likely = 0.5, low = 0.4, high = 0.6, source = "a guess" }
worth = 10
cost = 1
[[action]]
name = "Call"
channel = "phone"
purpose = ""
wanted = { did = "cart", within = "7d" }
assumed = { likely = 0.4, low = 0.3, high = 0.5, source = "a guess" }
worth = 10
cost = 1
[[action]]
name = "Mail"
channel = "email"
wanted = { did = "cart", within = "7d" }
[[trigger]]
name = "Left"
action = "Nudge"
why = "A basket was left."
when = { did = "cart" }
"""
Open = Callable[..., AppTest]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """`opened(script, by, catalog, **address)`: a page on a workspace with the log and the catalog, by somebody of this name."""
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()

    def run(script: str = "customer.py", by: str = "Ann", catalog: str = CATALOG, **address: str) -> AppTest:
        lent_folder(tmp_path, drawn_frame(*LOG.splitlines()))
        with open_warehouse(tmp_path) as con:
            keep_text(con, "actions.toml", catalog)
        page = AppTest.from_file(SHELL, default_timeout=60)
        page.query_params.update(address)
        page.session_state["acting_as"] = by
        return page.switch_page(script).run()

    yield run
    from pages.parts.workspace import warehouse

    warehouse().close()
    st.cache_resource.clear()
    st.cache_data.clear()


def texts(page: AppTest) -> str:
    assert not page.exception, page.exception
    return "\n".join(one.value for one in [*page.subheader, *page.markdown, *page.caption]).replace("\\", "")


def held_by(customer: str) -> list[tuple[str, str]]:
    """(action, state) of what the ledger holds of a customer, what changed last first."""
    from pages.parts.workspace import warehouse

    return [(entry.proposal.action, entry.state) for entry in ledger_of(warehouse().cursor(), customer)]


def keys(page: AppTest) -> set[str]:
    return {str(button.key) for button in page.button}


def test_the_card_says_what_it_is_worth_why_against_what_and_what_forbids_the_rest(opened: Open) -> None:
    page = opened(customer="bob")
    told = texts(page)
    values = {metric.label: metric.value.replace("\\", "") for metric in page.metric}
    assert values["Expected value"] == "4.00" and values["Adds to the chance"] == "+50.0 pts"  # .5 x 10 - 1; no currency, no sign
    assert "Nudge" in told and "A basket was left" in told and "Runner-up: Call, 1.00 behind" in told
    assert "consent" in next(one.label for one in page.expander if "vetoed" in one.label)
    assert "Nothing is recorded of what customers allow, which means no: 1 action needs consent and reaches nobody." in told
    assert "€" not in told and "Call would be better if Nudge added less than 40.0 points" in told
    assert len(page.get("plotly_chart")) == 3  # the life, what adds up, the options


def test_accepting_books_and_approves_in_one_press_and_can_be_taken_back(opened: Open) -> None:
    page = opened(customer=ODD)
    page.button(key="action_accept").click().run()
    assert held_by(ODD) == [("Nudge", "approved")]
    assert "Nudge is approved by Ann." in texts(page) and "Approved by Ann on" in texts(page)
    assert not {"action_accept", "action_reject_now"} & keys(page)
    page.radio(key="action_undo_reason").set_value("Not the right moment").run()
    page.button(key="action_undo_now").click().run()
    assert held_by(ODD) == [("Nudge", "withdrawn")] and "taken back by Ann" in texts(page)


def test_nobody_decides_without_a_name_and_a_rejection_needs_its_reason(opened: Open) -> None:
    page = opened(customer="bob", by=" ")
    page.button(key="action_accept").click().run()
    assert held_by("bob") == [] and "Say who you are first" in texts(page)
    assert page.button(key="action_reject_now").disabled
    page.text_input(key="acting_as").input("Bea").run()
    page.radio(key="action_reject_reason").set_value("Not the right moment").run()
    page.button(key="action_reject_now").click().run()
    assert held_by("bob") == [("Nudge", "rejected")] and "rejected by Bea: Not the right moment" in texts(page)


def test_another_allowed_action_is_chosen_with_a_reason_and_both_are_remembered(opened: Open) -> None:
    page = opened(customer="bob")
    page.selectbox(key="change_action").select("Call").run()
    page.radio(key="action_change_reason").set_value("In my own words").run()
    page.text_input(key="action_change_words").input("She asked for a call").run()
    page.button(key="action_change_now").click().run()
    assert sorted(held_by("bob")) == [("Call", "approved"), ("Nudge", "replaced")] and "She asked for a call" in texts(page)


def test_who_is_held_out_is_told_why_and_nothing_can_be_decided(opened: Open) -> None:
    page = opened(customer="bob", catalog=CATALOG.replace("holdout = 0.0", "holdout = 0.99"))
    assert "never get an action" in texts(page) and not {"action_accept", "action_change_now", "action_reject_now"} & keys(page)


def test_nothing_is_worth_doing_where_the_catalog_is_empty_and_the_next_customer_opens(opened: Open) -> None:
    page = opened(customer="bob", catalog="")
    assert "Nothing is worth doing now" in texts(page) and "action_accept" not in keys(page)
    page.button(key="customer_next").click().run()
    assert "evil" in page.title[0].value  # who is quiet the longest for them


def test_the_list_proposes_for_all_in_one_press_and_says_what_waits(opened: Open) -> None:
    page = opened("at_risk.py")
    shown = page.dataframe[-1].value
    assert set(shown["Proposed action"]) == {"Nudge"} and set(shown["Its value"]) == {"4.00"}
    page.button(key="propose_these").click().run()
    assert f"{len(shown)} proposed" in texts(page)
    assert set(page.dataframe[-1].value["Proposed action"]) == {"Nudge, waiting"} and "propose_these" not in keys(page)


def test_the_queue_shows_what_waits_and_exports_what_was_approved(opened: Open) -> None:
    from pages.parts.workspace import warehouse

    page = opened("at_risk.py")
    page.button(key="propose_these").click().run()
    waiting = queue(warehouse().cursor())
    page.query_params.clear()
    page = page.switch_page("actions.py").run()
    table = page.dataframe[0].value
    assert len(table) == len(waiting) and set(table["Action"]) == {"Nudge"} and set(table["Expected value"]) == {4.0}
    assert page.button(key="queue_approve").disabled  # nothing is selected

    decide_all(warehouse().cursor(), [one.proposal.proposal for one in waiting], "approved", by="Ann")
    page.run()
    page.button(key="queue_export").click().run()
    assert f"{len(waiting)} proposals in the file." in texts(page) or "1 proposal in the file." in texts(page)
    assert {entry.state for entry in queue(warehouse().cursor(), "exported")} == {"exported"}
    assert not page.get("exception") and len(page.get("download_button")) >= 1


def test_results_and_health_have_something_to_say_before_anything_was_done(opened: Open) -> None:
    page = opened("actions.py", actions_view="Results")
    assert "Nothing was done yet that could be measured" in texts(page)
    page.session_state["actions_view"] = "Health"
    page.run()
    assert "No daily run yet" in texts(page) and "No webhook is set up" in texts(page) and "Nothing in 14 days" in texts(page)
    assert {metric.label: metric.value for metric in page.metric}["Wait for a decision"] == "0"


def test_the_ledger_of_a_customer_tells_what_came_of_what_was_handed_over(opened: Open, tmp_path: Path) -> None:
    page = opened(customer="bob")
    page.button(key="action_accept").click().run()
    from pages.parts.workspace import warehouse

    con = warehouse().cursor()
    mark(con, [queue(con, "approved")[0].proposal.proposal], "exported", by="test")
    assert "no outcome yet; its time runs until" in texts(page.run())
    load_events(con, drawn_frame("bob 2026-04-02 09:00 cart", "zed 2026-05-01 09:00 view"))
    assert "the outcome came on 2 Apr 2026, 09:00" in texts(page.run())


def test_a_catalog_that_cannot_be_read_takes_no_page_away(opened: Open) -> None:
    page = opened(customer="bob", catalog="[[action]]\nname = 3")
    assert "No action can be told" in texts(page) and page.title[0].value == "Customer bob"
    page.query_params.clear()
    page = page.switch_page("at_risk.py").run()
    assert len(page.dataframe[0].value) == 2 and "propose_these" not in keys(page) and "an action needs a name" in texts(page)


def test_what_is_out_of_range_is_held_and_the_queue_says_why(opened: Open) -> None:
    page = opened(customer="bob", catalog=CATALOG.replace("quiet = []", "quiet = []\nmost_value = 1"))
    page.button(key="action_accept").click().run()
    assert held_by("bob") == [("Nudge", "held")] and "It stops until somebody releases it" in texts(page)
    page.query_params.clear()
    page = page.switch_page("actions.py").run()
    assert "1 proposal held: something about them is unusual" in texts(page)
    assert "above the 1.00" in page.dataframe[0].value["Why it was held"][0] and page.button(key="held_release").disabled

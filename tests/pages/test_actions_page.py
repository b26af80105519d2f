"""The page Actions run by its script: the catalog edited with its sentences, rules tried and launched, versions, any log."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.actions.catalog import actions_in_force, history
from journey.actions.ledger import queue
from journey.catalogs import keep_text
from journey.warehouse import Warehouse, open_warehouse
from tests.drawn import drawn_frame
from tests.lent import lent_folder

SHELL = str(Path(__file__).parent.parent.parent / "pages" / "_shell.py")
ODD = "<b>x</b>![i](http://evil.example)$x$:red[y]"
LOG = f"""{ODD} 09:00 view 09:05 cart
bob 09:00 view 09:05 cart
cyd 09:00 view 09:05 cart 09:10 buy
dee 09:00 view"""
ONE = "ann 09:00 view"
CATALOG = """
[guardrails]
quiet = []
holdout = 0.0
most_value = 900
[[action]]
name = "Nudge"
what = "A word."
channel = "email"
purpose = ""
wanted = { did = "buy", within = "7d" }
assumed = { likely = 0.5, low = 0.4, high = 0.6, source = "a guess" }
worth = 10
cost = 1
[[trigger]]
name = "Left"
action = "Nudge"
why = "A basket was left."
when = { all = [{ did = "cart" }, { did_not = "buy" }] }
"""
Open = Callable[..., AppTest]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """`opened(log, catalog, **address)`: the page on a workspace with this log and this catalog, by somebody named Ann."""
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()

    def run(log: str = LOG, catalog: str | None = CATALOG, by: str = "Ann", **address: str) -> AppTest:
        lent_folder(tmp_path, drawn_frame(*log.splitlines()) if log else None)
        if catalog is not None:
            with open_warehouse(tmp_path) as con:
                keep_text(con, "actions.toml", catalog)
        page = AppTest.from_file(SHELL, default_timeout=60)
        page.query_params.update(address)
        page.session_state["acting_as"] = by
        return page.switch_page("actions.py").run()

    yield run
    warehouse().close()
    st.cache_resource.clear()
    st.cache_data.clear()


def warehouse() -> Warehouse:
    from pages.parts.workspace import warehouse

    return warehouse()


def said(page: AppTest) -> str:
    assert not page.exception, page.exception
    return page.header[0].value.replace("\\", "")


def texts(page: AppTest) -> str:
    return "\n".join(one.value for one in [*page.markdown, *page.caption, *page.error]).replace("\\", "")


def test_an_empty_workspace_says_what_to_do(opened: Open) -> None:
    assert "no events are loaded" in said(opened(""))


@pytest.mark.parametrize(
    ("log", "view"), [("ann 09:00 view", "Catalog"), ("ann 09:00 view\nbob 09:00 view", "Rules"), (LOG, "Before launch")]
)
def test_the_shipped_catalog_is_shown_for_any_log(opened: Open, log: str, view: str) -> None:
    page = opened(log, None, actions_view=view)
    assert said(page).startswith("No proposal waits for approval; ") and not page.error
    assert page.session_state["actions_view"] == view


def test_without_any_action_the_page_says_so(opened: Open) -> None:
    assert said(opened(catalog="")) == "No proposal waits for approval; the catalog holds no action."


def test_an_assumed_effect_says_who_assumes_it_and_is_not_called_proven(opened: Open) -> None:
    page = opened(actions_view="Catalog")
    assert said(page) == "No proposal waits for approval; no action is proven to work yet."
    row = page.dataframe[0].value.iloc[0]
    assert (row["Adds"], row["Known from"], row["An outcome brings"]) == ("+50.0 pts", "Assumed: a guess", "10.00")


def test_a_text_that_cannot_be_read_is_told_and_can_be_mended(opened: Open) -> None:
    page = opened(catalog='[[action]]\nname = "x"\nwanted = { did = "buy" }\n')
    assert said(page) == "The catalog of actions cannot be read." and "names no channel" in texts(page)


def test_an_action_is_added_by_its_fields_and_what_is_wrong_is_said(opened: Open) -> None:
    page = opened(actions_view="Catalog")
    page.button(key="action_new").click().run()
    page.text_input(key="action_0_+_name").set_value("Advice").run()
    page.toggle(key="action_0_+_assumes").set_value(True).run()
    assert "names no source" in texts(page) and page.button(key="action_keep").disabled
    page.text_input(key="action_0_+_source").set_value("the last season").run()
    page.number_input(key="action_0_+_cost").set_value(0.5).run()
    page.multiselect(key="action_0_+_did").set_value(["buy"]).run()
    page.button(key="action_keep").click().run()
    found = actions_in_force(warehouse().cursor()).action("Advice")
    assert found is not None and found.cost == 0.5 and found.wanted.did == "buy" and found.assumed and found.assumed.likely == 0.02
    assert page.selectbox(key="action").value == "Advice" and not page.error


def test_nothing_is_kept_without_a_name(opened: Open) -> None:
    page = opened(actions_view="Catalog", by="", action="Nudge")
    page.button(key="action_switch").click().run()
    assert "Say who you are first" in texts(page) and actions_in_force(warehouse().cursor()).actions[0].on


def test_an_action_is_copied_switched_off_and_deleted_and_each_change_is_a_version(opened: Open) -> None:
    page = opened(actions_view="Catalog", action="Nudge")
    page.button(key="action_copy").click().run()
    assert page.selectbox(key="action").value == "Nudge copy"
    page.button(key="action_delete").click().run()
    con = warehouse().cursor()
    assert [action.name for action in actions_in_force(con).actions] == ["Nudge"]
    assert [version.by for version in history(con) if version.changes][:2] == ["Ann", "Ann"]


def test_the_guardrails_are_edited_and_told(opened: Open) -> None:
    page = opened(actions_view="Catalog", guardrails_edit="true")
    page.number_input(key="action_0_guardrails_holdout").set_value(25.0).run()
    page.button(key="guardrails_keep").click().run()
    guardrails = actions_in_force(warehouse().cursor()).guardrails
    assert guardrails.holdout == 0.25 and guardrails.quiet is None and not page.error
    assert guardrails.most_value == 900  # what has no field stays


def test_a_rule_says_who_is_due_and_its_dry_run_comes_to_the_same(opened: Open) -> None:
    page = opened(actions_view="Rules", rule="Left")
    assert "2 customers of 4 due now: they did cart and never did buy." in texts(page)
    assert "2 customers would have come due in the last 28 days" in texts(page)
    assert page.subheader[1].value == "Left"  # as the address says


def test_a_changed_rule_is_tried_before_it_is_kept_and_can_be_taken_back(opened: Open) -> None:
    page = opened(actions_view="Rules", rule="Left")
    place = next(one.key for one in page.selectbox if one.key and one.key.endswith("_0_did_event"))
    page.selectbox(key=place).select("view").run()
    assert "3 customers of 4 due now" in texts(page) and "try it before it is kept" in texts(page)
    page.button(key="dry_run_now").click().run()
    assert "3 customers would have come due" in texts(page)
    page.button(key="rule_keep").click().run()
    con = warehouse().cursor()
    assert actions_in_force(con).triggers[0].when == {"all": [{"did": "view"}, {"did_not": "buy"}]}
    assert "rule" in history(con, "trigger", "Left")[0].changes[0].told


def test_a_launch_shows_what_it_would_propose_and_books_it_once(opened: Open) -> None:
    page = opened(actions_view="Rules", rule="Left")
    page.button(key="launch_plan_now").click().run()
    assert "2 of 2 customers who are due would be proposed Nudge." in texts(page)
    numbers = {metric.label: metric.value.replace("\\", "") for metric in page.metric}
    assert numbers["Proposals"] == "2" and numbers["Expected value"] == "8.00" and numbers["Cost, if all are done"] == "2.00"
    page.button(key="launch_book").click().run()
    assert "2 proposals booked by Ann." in texts(page)
    assert said(page).startswith("2 proposals wait for approval, worth about 8.00; ")
    assert {entry.proposal.customer_id for entry in queue(warehouse().cursor(), "waiting")} == {ODD, "bob"}
    page.button(key="launch_plan_now").click().run()
    assert "Nobody of 2 customers who are due would be proposed Nudge; 2 may not get it." in texts(page)

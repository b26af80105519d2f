"""The page At risk run by its script: whom to call first, the honest list without a score, and names that are anything."""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.predict import Named, PredictQuestion, Treated, read_outcome
from journey.predict.measures import Measured, Metrics
from journey.worklist import Proven, Standing, measure
from journey.worklist.standing import NOBODY
from tests.drawn import drawn_frame
from tests.lent import lent_folder

SHELL = str(Path(__file__).parent.parent.parent / "pages" / "_shell.py")
ODD = "<b>x</b>![i](http://evil.example)$x$:red[y]"
LOG = f"""{ODD} 2026-03-01 09:00 a 2026-03-03 09:00 a 2026-03-05 09:00 a
bob 2026-03-01 09:00 a 2026-03-11 09:00 a 2026-03-21 09:00 a
dee 2026-03-24 09:00 a 2026-03-25 09:00 a 2026-04-01 09:00 a"""
LEAVES = read_outcome({"inactive_for": "30d"})
Open = Callable[..., AppTest]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()

    def run(log: str = LOG, **address: str) -> AppTest:
        if log:
            lent_folder(tmp_path, drawn_frame(*log.splitlines()))
        page = AppTest.from_file(SHELL, default_timeout=60)
        page.query_params.update(address)
        return page.switch_page("at_risk.py").run()

    yield run
    from pages.parts.workspace import warehouse

    warehouse().close()
    st.cache_resource.clear()
    st.cache_data.clear()


def said(page: AppTest) -> str:
    assert not page.exception, page.exception
    return page.header[0].value.replace("\\", "")


def texts(page: AppTest) -> str:
    return "\n".join(one.value for one in [*page.markdown, *page.caption]).replace("\\", "")


def test_an_empty_workspace_says_what_to_do(opened: Open) -> None:
    assert "no events are loaded" in said(opened(""))


def test_without_a_model_the_list_says_it_is_no_prediction_and_offers_to_learn(opened: Open) -> None:
    page = opened()
    assert "has been quiet the longest for them, 27 days where every 2.0 is usual" in said(page)
    assert "This list is no prediction" in texts(page) and "No model has been learned yet." in texts(page)
    assert page.dataframe[0].value["Customer"].to_list() == [ODD, "bob"]
    assert [button.label for button in page.button if button.key == "learn_now"] == ["Learn from this log now"]
    for told in [*page.header, *page.markdown, *page.caption]:
        assert "![i]" not in told.value and ":red[y]" not in told.value.replace("\\:red\\[", "")


def test_learning_from_too_little_says_what_is_missing(opened: Open) -> None:
    page = opened()
    page.button(key="learn_now").click().run()
    assert not page.exception and "days needed" in texts(page)
    assert not [button for button in page.button if button.key == "learn_now"]


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model in use that was good on later customers, and what customers are worth."""
    found = {"auc": Measured(0.8, (0.75, 0.85)), "precision_at_capacity": Measured(0.6)}
    metrics = Metrics(1000, 300, 200, found, ())
    thresholds = (Treated(0.05, 900, 290, 300, 1000), Treated(0.5, 250, 200, 300, 1000))
    rows = [("bob", 0, 0.8, 0.7, 0.9), ("dee", 1, 0.5, 0.4, 0.6), (ODD, 2, 0.2, 0.1, 0.3)]
    scores = pl.DataFrame(rows, schema=NOBODY.schema, orient="row")
    named = Named("churn", "Who leaves?", "", False, PredictQuestion(LEAVES))
    standing = Standing(named, LEAVES, 2_000_000_000_000, scores, tested=Proven(0, metrics, metrics, thresholds))
    worth = pl.DataFrame([("bob", 10.0, 5.0, 20.0), ("dee", 40.0, 20.0, 80.0)], orient="row")
    monkeypatch.setattr(measure, "stand", lambda *_: standing)
    monkeypatch.setattr(measure, "expected_values", lambda *_: worth)


@pytest.mark.usefixtures("scored")
def test_the_first_to_call_is_named_and_each_row_has_chance_and_stake(opened: Open) -> None:
    page = opened()
    assert said(page) == "Start with dee: 50% likely to do nothing for 30 days, 20.00 at stake."
    rows = page.dataframe[0].value
    assert rows["Customer"].to_list() == ["dee", "bob", ODD] and rows["95%"].to_list()[0] == "40% to 60%"
    assert {metric.label: metric.value for metric in page.metric}["On the list"] == "3"
    assert "200\\*\\*" not in texts(page) and "**200** of 300 caught, 67%" in texts(page) and "**50** false alarms" in texts(page)


@pytest.mark.usefixtures("scored")
def test_the_address_holds_capacity_and_tier(opened: Open) -> None:
    assert opened(capacity="1").dataframe[0].value["Customer"].to_list() == ["dee"]
    assert opened("", tier="High").dataframe[0].value["Customer"].to_list() == ["bob"]

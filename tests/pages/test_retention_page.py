"""The Retention page run by its script: what it says first, what the address holds, who is behind a cell."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.drawn import drawn_frame
from tests.lent import lent_folder

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
            lent_folder(tmp_path / "w", drawn_frame(log))
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
    assert charts(app) == 5


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


def heads(app: AppTest) -> list[str]:
    return [head.value.replace("\\", "") for head in app.subheader]


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


def test_every_option_in_force_is_said(opened: Open) -> None:
    address = {
        "retention_first": "a",
        "retention_first_where": "g",
        "retention_first_op": "is one of",
        "retention_first_value": "x, y",
        "retention_return": "a",
        "retention_return_or": "b",
        "retention_mode": "In brackets of periods",
        "retention_brackets": "D1, 2-3",
        "retention_clock": "Each customer's own clock",
        "retention_joins": "First time ever",
        "retention_week": "Sunday",
        "retention_least": "2",
        "retention_period": "Weeks",
    }
    app = opened(LOG.replace(" a", " a{g=x}", 20), **address)
    told = captions(app).replace("\\", "")
    for sentence in (
        "First event: a where g is one of x, y",
        "Return event: a or b",
        "Came back within weeks 1, 2–3",
        "Every customer’s weeks run from their own first event",
        "Weeks start on Sunday",
        "Back only with 2 return events or more",
    ):
        assert sentence in told, sentence


def test_brackets_that_are_none_are_told_of_and_the_usual_ones_shown(opened: Open) -> None:
    app = opened(LOG, retention_mode="In brackets of periods", retention_brackets="1-3, x")
    assert "no bracket" in captions(app) and "1–3, 4–7, 8–14" in captions(app).replace("\\", "")


def test_a_preset_writes_its_brackets(opened: Open) -> None:
    app = opened(LOG, retention_mode="In brackets of periods")
    app.button(key="retention_brackets_1, 7, 30").click().run()
    assert app.text_input(key="retention_brackets").value == "1, 7, 30" and not app.exception


def test_a_condition_that_the_property_cannot_meet_is_a_sentence(opened: Open) -> None:
    log = LOG.replace(" a", " a{n=5}", 20)
    app = opened(log, retention_first_where="n", retention_first_op="is more than", retention_first_value="many")
    assert "'many' is not one" in app.error[0].value.replace("\\", "")


def test_the_mean_of_all_cohorts_lists_its_customers(opened: Open) -> None:
    app = opened(LOG, retention_cohort="All cohorts", retention_place="Day 1")
    assert any(head.value.startswith("40 of 60 came back in day 1") for head in app.subheader)


def test_groups_are_set_against_the_rest_and_list_their_customers(opened: Open) -> None:
    lines = [f"p{i} a{{g=x}} +1d b" for i in range(40)] + [f"q{i} a{{g=y}}" + (" +1d b" if i < 4 else "") for i in range(40)]
    log = "\n".join([*lines, "end +3d b"])
    app = opened(log, retention_first="a", retention_return="b", retention_split="g", retention_group="y")
    told = captions(app).replace("\\", "")
    assert "x comes back more than the rest in day 1, by 90.0 pts" in told
    assert "4 of 40 of y came back in day 1" in heads(app)


def test_the_value_of_a_cohort_lists_who_brought_it(opened: Open) -> None:
    log = LOG.replace(" b", " b{price=4}")
    app = opened(log, retention_value="price", value_cohort="2 Mar", value_place="Day 4")
    assert "12 of 12 who joined 2 Mar brought value by day 4, 48.00 together" in heads(app)


def test_without_revenue_a_value_is_asked_for(opened: Open) -> None:
    assert "No revenue is mapped" in captions(opened(LOG.replace(" b", " b{price=4}")))


def test_bars_of_activity_list_their_customers(opened: Open) -> None:
    app = opened(LOG, sticky_days="2 days", lifecycle_start="3 Mar 2026", lifecycle_state="New", share_start="Mar 2026")
    assert "20 of 60 were active on 2 days" in heads(app)
    assert "12 customers: New, day of 3 Mar 2026" in heads(app)
    assert "60 customers active in the month of Mar 2026" in heads(app)


def test_what_active_means_can_differ_from_the_return_event(opened: Open) -> None:
    app = opened(LOG, life_event="b", lifecycle_start="5 Mar 2026", lifecycle_state="New")
    assert not app.exception
    app.selectbox(key="life_event").set_value("*").run()
    assert not app.exception

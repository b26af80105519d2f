"""The results of an experiment and why a metric moved, on the page run by its script: read, divided, listed, decided."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.experiments.plan import keep_plan, looks_of, plan_from
from journey.experiments.record import decisions
from journey.rules.saved import save_segment
from journey.warehouse import Warehouse
from tests.drawn import drawn_frame
from tests.lent import lent_folder

SHELL = str(Path(__file__).parent.parent.parent / "pages" / "_shell.py")
ODD = "<b>Won</b>![i](http://evil.example)$x$"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
Open = Callable[..., AppTest]


def person(name: str, test: str, arm: str, buys: bool, day: int, device: str) -> list[dict[str, Any]]:
    """Visits, sees a variant at once, buys two days later or not."""
    at = START + timedelta(days=day)
    own = {"customer": name, "device": device}
    rows = [{**own, "event": "Visit", "ts": at}, {**own, "event": "Shown", "ts": at, "experiment": test, "variant": arm}]
    return rows + ([{**own, "event": "Purchase", "ts": at + timedelta(days=2)}] if buys else [])


def tried(test: str, arm: str, n: int, buying: int, devices: tuple[str, ...] = ("desktop", "mobile")) -> list[dict[str, Any]]:
    """n people over 20 days, of whom so many in 10 buy."""
    people = (person(f"{test[-4:]}{arm}{k}", test, arm, k % 10 < buying, k % 20, devices[k % len(devices)]) for k in range(n))
    return [row for one in people for row in one]


LOG = pl.DataFrame(
    [
        *tried(ODD, "control", 240, 3),
        *tried(ODD, "treatment", 240, 6),
        *tried("Off", "control", 240, 3),
        *tried("Off", "treatment", 130, 5, ("desktop",)),
    ],
    infer_schema_length=None,
)


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """`opened(log, **address)`: the page Experiments on a workspace with this log, by somebody named Ann."""
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()

    def run(log: pl.DataFrame = LOG, **address: str) -> AppTest:
        lent_folder(tmp_path, log)
        page = AppTest.from_file(SHELL, default_timeout=60)
        page.query_params.update(address)
        page.session_state["acting_as"] = "Ann"
        return page.switch_page("experiments.py").run()

    yield run
    warehouse().close()
    st.cache_resource.clear()
    st.cache_data.clear()


def warehouse() -> Warehouse:
    from pages.parts.workspace import warehouse

    return warehouse()


def texts(page: AppTest) -> str:
    assert not page.exception, page.exception
    shown = [*page.header, *page.subheader, *page.markdown, *page.caption, *page.error, *page.warning]
    return "\n".join(str(one.value) for one in shown).replace("\\", "").replace("\u2060", "")


def test_a_winner_is_told_pictured_divided_listed_and_decided_by_a_person(opened: Open) -> None:
    page = opened(experiment=ODD)
    told = texts(page)
    assert page.header[0].value.startswith("A hint to ship treatment") and "No plan was locked" in told and "Ship, a hint" in told
    assert "60% in treatment against 30% in control" in page.header[0].value
    assert "Exploratory: no plan was locked" in told and "is better, told from no difference" in told
    assert "The split is as meant: 240 in control, 240 in treatment" in told
    assert len(looks_of(warehouse(), ODD)) == 1 and "evil.example)" not in "".join(one.value for one in page.markdown)

    page.selectbox(key="experiment_by").set_value("device").run()
    assert "of 2 groups by device looked at together" in texts(page)
    for mark, n in {"saw treatment and did Purchase: 144": 144, "saw control, device mobile: 120": 120}.items():
        page.selectbox(key="experiment_who").set_value(mark).run()
        assert f"{n} customers. Select a row" in texts(page)

    assert "The verdict is a hint and no proof" in texts(page)  # nobody locked a plan
    page.button_group(key=f"experiment_decided_0_{ODD}").set_value("stop").run()
    assert "This goes against the verdict, which is to ship" in texts(page)
    page.text_area(key=f"decide_why_0_{ODD}").set_value("Too dear to build.")
    page.text_area(key=f"decide_learned_0_{ODD}").set_value("Short forms sell.")
    next(one for one in page.button if "Record it" in one.label).click().run()
    told = texts(page)
    (made,) = decisions(warehouse(), ODD)
    assert (made.decided, made.by, made.why, made.learned) == ("stop", "Ann", "Too dear to build.", "Short forms sell.")
    assert "Against the verdict then, which was to ship" in told and "Learned:** Short forms sell." in told


def test_of_a_broken_split_no_winner_is_named_anywhere(opened: Open) -> None:
    page = opened(experiment="Off")
    told = texts(page)
    assert page.header[0].value.startswith("Broken")
    assert "Ship is no choice" in told and "is not judged while the split is broken" in told
    assert "better, told" not in told and "Ship treatment" not in told and "would have called" not in told
    assert "ship" not in [value for one in page.button_group for value in one.options if value == "ship"]
    assert page.button(key="experiment_roi").disabled
    assert any(one.label.startswith("The estimates all the same") for one in page.expander)

    save_segment(warehouse(), "Desktop", {"property": "device", "op": "eq", "value": "desktop"})
    st.cache_data.clear()
    page.run()
    page.selectbox(key="segment").set_value("Desktop").run()  # where variants are as large as they were meant to be
    told = texts(page)
    assert not page.header[0].value.startswith("Broken") and "As a whole it is broken." in told
    assert "It is decided on all its customers" in told and "Ship is no choice" in told and page.button(key="experiment_roi").disabled


def test_a_log_without_exposures_says_what_to_log_or_where_it_stands(opened: Open) -> None:
    renamed = LOG.filter(pl.col("experiment").is_null() | (pl.col("experiment") == ODD)).rename({"experiment": "what", "variant": "which"})
    page = opened(renamed)
    told = texts(page)
    assert "No event of this log says who saw which variant" in page.header[0].value.replace("\\", "")
    assert "sent **where it is shown**" in told
    event, experiment, variant = page.selectbox[-3:]
    event.set_value("Shown")
    experiment.set_value("what")
    variant.set_value("which")
    next(one for one in page.button if "Read it from here" in one.label).click().run()
    assert "hint to ship treatment" in texts(page)

    page.selectbox[-1].set_value("device")  # no name of its variants tells which is control
    next(one for one in page.button if "Read it from here" in one.label).click().run()
    assert "is control?" in page.header[0].value and page.selectbox(key="experiment_control").options == ["desktop", "mobile"]
    page.selectbox(key="experiment_control").set_value("mobile").run()
    assert "mobile 240" in texts(page) and "in desktop against" in page.header[0].value
    page.button(key="exposure_forget").click().run()
    assert "No event of this log says who saw which variant" in page.header[0].value


def test_a_table_that_is_brought_along_is_read_by_its_columns(opened: Open) -> None:
    page = opened(experiment_from="A table")
    assert "Bring a table of units" in texts(page)
    rows = "".join(f"u{k},{'No mail' if k % 2 else 'Mail'},{int(k % 10 in (0, 2, 4, 1))},{k % 7}\n" for k in range(800))
    page.file_uploader[0].set_value(("units.csv", f"unit,group,bought,spend\n{rows}".encode(), "text/csv")).run()
    told = texts(page)
    assert page.header[0].value.startswith("Ship Mail") and "60% in Mail against 20% in No mail" in page.header[0].value
    assert "units.csv: 800 rows of 4 columns" in told and "No mail 400 · Mail 400" in told
    assert page.selectbox(key="table_control").value == "No mail" and page.multiselect(key="table_metrics").value == ["bought", "spend"]
    page.session_state["experiment_counted"] = True
    page.run()
    assert "800 customers · all of it · not from the log" in texts(page) and not [one for one in page.button if one.label == "Run it now"]


def test_why_a_metric_moved_is_told_beside_what_was_tried(opened: Open) -> None:
    page = opened(experiments_view="Why it moved", period="Last 7 days")
    told = texts(page)
    assert "What was tried in that time" in told and "Won" in told
    assert "Visit to order rose" in told and "mostly within the groups by device" in told
    who = page.selectbox(key="moved_who")
    (shown,) = [one for one in who.options if one.startswith("mobile, now")]
    who.set_value("mobile\nnow").run()
    assert f"{shown.split(': ')[1]} customers. Select a row" in texts(page)


def test_sums_are_read_as_they_are_typed_and_by_the_reading_that_is_chosen(opened: Open) -> None:
    page = opened(experiment_from="Sums")
    assert "0 of 2 variants have a name and all their numbers" in texts(page)
    for key, value in {"n_0": 1000, "conversions_0": 100, "n_1": 1000, "conversions_1": 130}.items():
        page.number_input(key=f"sums_{key}").set_value(value)
    page.run()
    assert page.header[0].value.startswith("Keep running") and "cannot be told from no difference" in texts(page)
    page.radio(key="experiment_reading").set_value("fixed").run()
    assert "is better, told from no difference: p = .035" in texts(page)  # z = 2.103, pooled
    page.radio(key="experiment_reading").set_value("bayesian").run()
    assert "the chance that it is the better one is 98.2%" in texts(page)
    page.number_input(key="sums_conversions_1").set_value(2000).run()
    assert not page.exception and len(page.error) == 1


def test_what_cannot_be_compared_yet_says_what_is_missing(opened: Open) -> None:
    few = pl.DataFrame([*tried("Few", "control", 20, 3), *tried("Few", "treatment", 20, 6), *tried("Alone", "control", 30, 3)])
    page = opened(few, experiment="Few")
    assert "20 of 100 units needed in control" in texts(page) and page.header[0].value.startswith("Keep running")
    page.selectbox(key="experiment").set_value("Alone").run()
    assert "Only control was seen, by 30 units" in texts(page)
    plan = {"experiment": "Later", "hypothesis": "More buy.", "start": "2027-01-01", "metrics": [{"name": "Bought", "event": "Purchase"}]}
    keep_plan(warehouse(), plan_from(plan), by="Bob")
    page.run()
    page.selectbox(key="experiment").set_value("Later").run()
    told = texts(page)
    assert (
        "Later has not started: nobody was exposed" in told.replace("\\", "")
        and "1 Jan 2027" in told
        and "A draft of a plan by Bob" in told
    )


def test_one_event_is_enough_for_both_views_to_say_what_is_missing(opened: Open) -> None:
    page = opened(drawn_frame("ann 09:00 view"))
    assert "No event of this log says who saw which variant" in texts(page) and "No event of this log carries a property" in texts(page)
    page.button_group(key="experiments_view").set_value("Why it moved").run()
    assert page.header[0].value and "No experiment of this log was exposed to anybody" in texts(page)

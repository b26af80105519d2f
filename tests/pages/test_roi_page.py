"""The page of ROI, run as the app runs it: with little data, with a shop, with hostile addresses, and through its buttons."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.answers import Evidence
from journey.ask import ask
from journey.charts.roi_told import sum_told
from journey.experiments.metric import ExperimentMetric
from journey.experiments.result import Arm, Comparison, Estimate, Reading, Split, Verdict
from journey.ingest import load_events
from journey.roi import KEEP, SELL, keep_scenario, read_roi, scenarios
from journey.rules.saved import save_segment
from journey.warehouse import Warehouse, open_warehouse
from pages.parts.roi_experiment import Taken, takeable
from pages.parts.roi_options import _checked, _moved
from pages.parts.workspace import warehouse
from tests.drawn import drawn_frame

OPENED: list[Warehouse] = []
PAGE = str(Path(__file__).parents[2] / "pages" / "_shell.py")
KEPT = {"model": "retention", "customers": 100, "churn": 0.1, "lift": 0.2, "revenue_per_month": 10, "setup": 50, "margin": 0.5}


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """The page's warehouse is closed after each test, so that the next may open the same workspace."""
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    while OPENED:
        OPENED.pop().close()
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with open_warehouse(tmp_path / "w") as con:
        load_events(con, drawn_frame("ann visit +2d visit", "bob visit +1d buy"))
    return tmp_path / "w"


def opened(place: Path, monkeypatch: pytest.MonkeyPatch, **address: str | list[str]) -> AppTest:
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(place))
    OPENED.append(warehouse())
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.switch_page("roi.py")
    app.query_params.update(address)
    return ran(app)


def ran(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception
    assert not app.error, app.error
    return app


def words(app: AppTest) -> str:
    return " ".join(re.sub(r"\\(.)", r"\1", text.value) for text in [*app.header, *app.markdown, *app.caption])


def cards(app: AppTest) -> dict[str, str]:
    return {card.label: card.value.replace("\\", "") for card in app.metric}


def test_two_customers_make_a_page_that_says_what_is_assumed_and_moves_with_its_sliders(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(place, monkeypatch)
    assert app.header[0].value.startswith("It does not pay") and len(app.get("plotly_chart")) == 3
    assert "from no effect to one leaver in ten kept" in " ".join(str(one.proto) for one in app.markdown)
    before = cards(app)["Profit in 12 months"]
    app.slider(key="roi_setup").set_value(0.0)
    ran(app)
    assert cards(app)["Profit in 12 months"] != before
    assert "set by hand" in words(app)
    app.button(key="roi_reset").click()
    ran(app)
    assert cards(app)["Profit in 12 months"] == before


def test_what_nobody_measured_is_named_and_made_ranges_with_one_press(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(place, monkeypatch)
    app.checkbox(key="roi_lift_range").set_value(False)
    app.slider(key="roi_tied").set_value(-0.5)
    ran(app)
    before = cards(app)["Profit in 12 months"]
    firm = next(one.value for one in app.caption if one.value.startswith("Not measured"))
    assert firm.endswith("and 4 more\\.") and "This does nothing while the churn a month and the lift are single figures" in words(app)
    app.button(key="roi_widen").click()
    ran(app)
    assert firm not in [one.value for one in app.caption] and "is assumed as well" in words(app)
    assert app.slider(key="roi_margin_ends").value == (37.5, 62.5) and cards(app)["Profit in 12 months"] != before
    app.button(key="roi_reset").click()
    ran(app)
    assert not app.checkbox(key="roi_margin_range").value
    app.slider(key="roi_margin").set_value(60.0)
    ran(app)
    app.checkbox(key="roi_margin_range").set_value(True)
    ran(app)
    assert app.slider(key="roi_margin_ends").value == (45.0, 75.0)  # the figure that was moved is its middle
    assert app.query_params["roi_margin_ends"] == ["45", "75"]  # and the address opens the same


def test_an_address_says_it_all_and_what_cannot_be_is_brought_within_bounds(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = {
        "roi_customers": "10000", "roi_churn_range": "false", "roi_churn": "5", "roi_lift_range": "false", "roi_lift": "10",
        "roi_revenue_per_month": "100", "roi_margin": "70", "roi_setup": "20000", "roi_adoption_range": "false", "roi_adoption": "60",
        "roi_recall": "50", "roi_treated": "10", "roi_cost_per_treated": "5", "roi_tool_per_month": "500", "roi_discount": "1",
        "roi_name": "![x](http://e.org) $1$ <b>", "roi_options": '[{"Option":"x"},7,{"Option":"a","Effort":-1}]',
    }  # fmt: skip
    app = opened(place, monkeypatch, **address)
    assert app.header[0].value.replace("\\", "") == "It pays: 3.9k in the first year, back in month 11."
    assert cards(app)["Break-even lift"] == "9.38%" and "![x]" not in app.caption[0].value and "http:" not in app.caption[0].value
    wild: dict[str, str | list[str]] = {
        "roi_margin": "1e9",
        "roi_setup": "nan",
        "roi_months": "7 years",
        "roi_model": "x",
        "roi_lift_ends": ["-900", "x"],
        "roi_options": "[[[",
    }
    app = opened(place, monkeypatch, **wild)
    assert float(str(app.slider(key="roi_margin").value)) <= 100 and app.header[0].value


def test_the_published_calculator_is_exact_and_says_what_it_leaves_out(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(place, monkeypatch, roi_model="Published calculator")
    app.button(key="roi_example").click()
    ran(app)
    assert app.header[0].value.replace("\\", "").startswith("The published calculator says 4,250 a month, 51,000 in the first year; ")
    assert cards(app)["Profit in 12 months"] == "51,000" and cards(app)["Break-even lift"] == "1.053%" and cards(app)["Payback"] == "0.353"
    assert "charges only the customers who are saved" in words(app)
    assert app.checkbox(key="roi_adoption_range").value  # what it leaves out may be ranges
    assert "taken as certain in every future: customers" in words(app) and not [one for one in app.button if one.key == "roi_widen"]


def test_figures_can_be_typed_and_go_on_in_the_sliders(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_warehouse(place) as con:
        save_segment(con, "bought", {"did": "buy"})
    app = opened(place, monkeypatch)
    app.toggle(key="roi_typed").set_value(True)
    ran(app)
    app.number_input(key="roi_setup").set_value(72_350.0)
    app.number_input(key="roi_lift_p10").set_value(20.0)
    app.number_input(key="roi_lift_p90").set_value(30.0)
    ran(app)
    told = cards(app)
    app.toggle(key="roi_typed").set_value(False)
    app.selectbox(key="segment").set_value("bought")
    ran(app)
    assert app.slider(key="roi_customers").value == 1.0  # nobody moved it, so it follows whom this is about
    app.selectbox(key="segment").set_value("All customers")
    ran(app)
    assert app.slider(key="roi_setup").value == 72_350.0 and app.slider(key="roi_lift_ends").value == (20.0, 30.0) and cards(app) == told


def test_scenarios_are_kept_compared_taken_up_and_ranked(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_warehouse(place) as con:
        keep_scenario(con, "cheap <b>", KEPT, by="ann")
        keep_scenario(con, "dear", KEPT | {"setup": 900}, by="ann")
    app = opened(place, monkeypatch)
    assert len(app.get("plotly_chart")) == 5 and "“cheap <b>” brings most" in words(app) and "First “cheap <b>”" in words(app)
    app.selectbox(key="roi_scenario").set_value("dear")
    ran(app)
    app.button(key="roi_take_up").click()
    ran(app)
    assert app.slider(key="roi_setup").value == 900.0 and "“dear” is taken up" in words(app)
    con = warehouse().cursor()
    dear = {one.name: one for one in scenarios(con)}["dear"]
    assert cards(app)["Profit in 12 months"] == sum_told(ask(con, {"ask": "roi", **dear.question})["total"], None)
    app.button(key="roi_forget").click()
    ran(app)
    assert [one.name for one in scenarios(con)] == ["cheap <b>"]


def reading(*, good: str = "up", counts: tuple[int, int] = (1_000, 1_000), state: str = "ship", kind: str = "share") -> Reading:
    metric = ExperimentMetric("Purchase", kind, "primary", good)
    interval = (0.01, 0.05) if good == "up" else (-0.05, -0.01)
    found = Comparison(
        1_000, 1_000, 0.13, 0.1, 0.03 if good == "up" else -0.03, interval, interval,
        relative=0.3 if good == "up" else -0.3, relative_interval=(0.1, 0.5) if good == "up" else (-0.5, -0.1),
    )  # fmt: skip
    p = 1e-9 if counts[0] != counts[1] else 0.9
    split = Split((Arm("a", counts[0], 0.5), Arm("b", counts[1], 0.5)), 0.0, p)
    estimates, verdict = (Estimate(metric, "b", found),), Verdict(state, "Wait.")
    return Reading("<b>checkout</b>", "a", "fixed", 0.95, split, estimates, verdict, Evidence("", ""), start=0, stop=60 * 86_400_000)


def test_an_experiments_lift_is_taken_with_its_interval_and_of_whom_it_reached() -> None:
    found = takeable(reading())
    assert isinstance(found, dict) and list(found) == [SELL]
    taken: Taken = found[SELL]
    assert dict(taken.plain) == {"estimate": 0.03, "low": 0.01, "high": 0.05, "confidence": 0.95}
    assert taken.a_month == 1_000 and taken.shipped and not taken.cautions and taken.told == "Purchase +3.0 pts (+1.0 to +5.0 pts)"
    kept = takeable(reading(good="down", state="keep running"))
    assert isinstance(kept, dict) and dict(kept[KEEP].plain)["estimate"] == 0.3 and "not to ship: Wait." in kept[KEEP].cautions[0]
    question = read_roi({"model": KEEP, "customers": 1, "churn": 0.1, "revenue_per_month": 1, "lift": dict(kept[KEEP].plain)})
    assert question.spread("lift").central == pytest.approx(0.3)


def test_an_experiment_with_a_broken_split_or_without_a_share_is_refused_in_a_sentence() -> None:
    assert "its split is broken" in str(takeable(reading(counts=(1_000, 800))))
    hint = replace(reading(), verdict=Verdict("ship", "A hint to ship b.", hint=True))
    taken = takeable(hint)
    assert isinstance(taken, dict) and "no more than a hint: A hint to ship b." in taken[SELL].cautions[0]
    assert "no share" in str(takeable(reading(kind="mean")))


def test_a_row_of_options_is_checked_and_moves_a_spread_as_it_is() -> None:
    checked = {"Option": "a b", "Effort": 2.0, "Assumptions": "As set now"}
    assert _checked({"Option": " a  b ", "Effort": 2, "Lift, %": float("nan"), "Set-up": True}) == checked
    assert _checked({"Option": "", "Effort": 2}) is None and _checked({"Option": "a", "Effort": 0}) is None
    moved = _moved({"estimate": 0.1, "low": 0.05, "high": 0.15, "confidence": 0.9}, 0.2, 0.1)
    assert moved == pytest.approx({"estimate": 0.2, "low": 0.1, "high": 0.3, "confidence": 0.9}) and _moved(0.1, 0.2, 0.1) == 0.2

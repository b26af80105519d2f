"""The page of models, run as the app runs it: before any training, with too little, with a model in use."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.ask import ask
from journey.charts.models import baselines_figure, reliability_figure, stability_figure
from journey.charts.models_change import drift_figure, fairness_figure
from journey.charts.models_said import models_sentence, progress_of
from journey.ingest import load_events
from journey.predict import delete_prediction, named_predictions, save_prediction
from journey.predict.store import ModelCard, model_cards, train
from journey.predict.store.again import asked_again, proof_evidence
from journey.rules.segment import measure_segment
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, open_warehouse
from pages.parts import data_job
from pages.parts.workspace import warehouse
from tests.drawn import drawn_frame
from tests.predict.test_kept_models import NAME, shop

OPENED: list[Warehouse] = []
PAGE = str(Path(__file__).parents[2] / "pages" / "_shell.py")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose one prediction of its own was trained; copied by nobody, so tests leave it as it is."""
    place = tmp_path_factory.mktemp("models") / "w"
    with shop(place) as con:
        train(con, [NAME])
    return place


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


def opened(place: Path, monkeypatch: pytest.MonkeyPatch, **address: str) -> AppTest:
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(place))
    OPENED.append(warehouse())
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.switch_page("models.py")
    app.query_params.update(address)
    return ran(app)


def ran(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception
    return app


def words(app: AppTest) -> str:
    return " ".join(re.sub(r"\\(.)", r"\1", text.value) for text in [*app.header, *app.subheader, *app.markdown, *app.caption])


def card_of(con: Warehouse) -> ModelCard:
    return next(card for card in model_cards(con) if card.name == NAME)


def test_too_little_history_says_what_is_missing_and_offers_no_training_of_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_warehouse(tmp_path / "w") as con:
        load_events(con, drawn_frame("ann visit +2d visit", "bob visit +1d buy"))
    app = opened(tmp_path / "w", monkeypatch)
    assert "too little to predict from" in app.header[0].value and not app.get("plotly_chart")
    assert "2 of the 90 days needed" in words(app)
    assert not [button for button in app.button if button.key == "models_train_all"]
    app.button(key="models_train_0").click()
    ran(app)
    job = data_job.running(data_job.TRAINING)
    if job is not None and job.thread is not None:
        job.thread.join(30)
    ran(app)
    assert app.header[0].value.startswith("No model is in use") and "not trained" in words(app)


def test_what_can_be_tried_is_offered_first(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_warehouse(trained) as con:
        save_prediction(con, {"name": "quieter", "outcome": {"inactive_for": "14d"}})
    app = opened(trained, monkeypatch)
    assert app.button(key="models_train_all").label == "**Train 1 prediction**" and "Train what is new" in words(app)
    delete_prediction(warehouse(), "quieter")


def test_the_sentence_says_what_is_in_use_and_how_often_it_was_right(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(trained, monkeypatch)
    with_model = model_cards(warehouse())
    used = next(card for card in with_model if card.used)
    share = round(100 * (used.metrics["precision_at_capacity"] or 0)) if used.metrics else None
    assert app.header[0].value.replace("\\", "").startswith(f"In use: {NAME} ({share}% right of its first 100).")
    assert app.metric[0].value == f"{share}%" and len(app.get("plotly_chart")) == 7  # no money without a value
    assert "for whom it came" in words(app) and "It goes most by" in words(app)


def test_the_numbers_are_repeated_by_the_question_that_the_page_names(trained: Path) -> None:
    with open_warehouse(trained) as con:
        card = card_of(con)
        assert card.shown is not None and card.metrics is not None
        again = ask(con, asked_again(card.shown))
        assert again["metrics"] == card.metrics.as_plain()
        assert again["baselines"] == {name: metrics.as_plain() for name, metrics in card.baselines.items()}
        evidence = proof_evidence(con, card.shown)
        rows = ask_sql(con, evidence.sql, evidence.params)
        assert rows.height == evidence.population == card.metrics.n and rows["label"].sum() == card.metrics.came


def test_the_cards_are_a_question_too_and_a_tier_has_as_many_customers_as_it_tells(trained: Path) -> None:
    with open_warehouse(trained) as con:
        card = card_of(con)
        answer = ask(con, {"ask": "models", "name": NAME, "customers": {"tier": "high"}})
        assert answer["models"][0]["name"] == NAME and card.scores is not None
        assert (
            answer["customers"]["count"]
            == card.scores.tiers["high"]
            == measure_segment(con, {"score": NAME, "tier": "high"}, Scope()).people.count
            > 0
        )


def test_a_threshold_of_the_address_is_told_in_customers(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(trained, monkeypatch, act_from="50%", act_value="10", act_cost="1")
    record = card_of(warehouse()).shown
    assert record is not None
    one = next(one for one in record.proof.thresholds if one.threshold == 0.5)
    assert f"**{one.treated:,}** of {one.n:,} treated" in words(app) and len(app.get("plotly_chart")) == 8


def test_a_prediction_of_ones_own_is_counted_saved_and_deleted(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(trained, monkeypatch)
    app.selectbox(key="define_event_False").set_value("search")
    app.number_input(key="define_days").set_value(14)
    ran(app)
    assert "does “search” within 14 days" in words(app)
    app.text_input(key="define_name").set_value("second search")
    ran(app)
    app.button(key="define_save").click()
    ran(app)
    kept = named_predictions(warehouse())["second search"]
    assert kept.kept and kept.asked.as_plain()["outcome"]["did"] == "search"
    app.selectbox(key="define_own").set_value("second search")
    app.button(key="define_delete").click()
    ran(app)
    assert "second search" not in named_predictions(warehouse())


def test_the_figures_draw_every_card_and_names_are_letters(trained: Path) -> None:
    with open_warehouse(trained) as con:
        card = card_of(con)
        assert card.metrics is not None and card.drift is not None
        assert len(baselines_figure(card.metrics, card.baselines).data) == 3
        assert list(reliability_figure(card.reliability).data[2].x) == [one.predicted for one in card.reliability]
        assert len(stability_figure(card.stability, "UTC").data[1].x) == len(card.stability)
        assert drift_figure(card.drift).data[0].x[0] == card.drift.found[0].drift.index
        told = fairness_figure(card.fairness[0])
        assert [round(x, 9) for x in told.data[0].x] == [round(group.selection or 0, 9) for group in card.fairness[0].groups]


def test_progress_is_read_off_what_is_missing() -> None:
    assert progress_of("56 of 100 customers for whom it came true needed to learn from") == 0.56
    assert progress_of("before 2026-03-01 the log spans 40 of about 80 days needed: 20 to look at") == 0.5
    assert progress_of("nothing is loaded") is None
    assert models_sentence([], {}).startswith("Nothing is predicted yet")

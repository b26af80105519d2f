"""Asking for predictions of a simulated shop: what is answered, that it adds up, who is behind a mark, what is missing."""

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from journey.ask import ask
from journey.errors import QuestionError
from journey.ingest import load_events
from journey.predict import delete_prediction, named_predictions, read_predict, save_prediction
from journey.predict.measure import LAST, Looks, measure_predict
from journey.predict.named import usual_pause
from journey.predict.reasons import Reason, number, sentence, worth_telling
from journey.predict.result import Prediction
from journey.rules.saved import save_segment
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse

START = datetime(2026, 1, 1, tzinfo=UTC)
CHURN = {"ask": "predict", "outcome": {"inactive_for": "30d", "active_within": "30d"}}


def simulated(people: int, days: int = 180) -> pl.DataFrame:
    """Each comes on some days, leaves for good some day, sooner after errors, and buys on one visit in four."""
    rng = np.random.default_rng(7)
    rows: list[tuple[str, str, datetime]] = []
    for person in range(people):
        rate, troubled = rng.uniform(0.05, 0.4), rng.random() < 0.3
        day = int(rng.integers(0, 60))
        while day < days:
            at = START + timedelta(days=day, seconds=int(rng.integers(0, 80_000)))
            rows.append((f"p{person:04d}", "visit", at))
            if troubled and rng.random() < 0.5:
                rows.append((f"p{person:04d}", "error", at + timedelta(seconds=30)))
            if rng.random() < 0.25:
                rows.append((f"p{person:04d}", "purchase", at + timedelta(minutes=2)))
            if rng.random() < (0.12 if troubled else 0.02):
                break
            day += 1 + int(rng.geometric(rate))
    return pl.DataFrame(rows, schema={"customer": pl.String, "event": pl.String, "ts": pl.Datetime("ms", "UTC")}, orient="row")


@pytest.fixture(scope="module")
def shop() -> Warehouse:
    con = empty_warehouse()
    load_events(con, simulated(1200))
    return con


@pytest.fixture(scope="module")
def prediction(shop: Warehouse) -> Prediction:
    return measure_predict(shop, read_predict({"outcome": CHURN["outcome"], "capacity": 50}), Scope())


@pytest.fixture(scope="module")
def answer(prediction: Prediction) -> dict[str, Any]:
    return prediction.as_plain()


def test_the_answer_is_plain_and_proved_on_a_later_date(answer: dict[str, Any]) -> None:
    assert json.loads(json.dumps(answer)) == answer
    dates = answer["dates"]
    assert answer["enough"] is True and answer["model"] in ("logistic", "boosted")
    assert max(dates["learn"]) < dates["calibrate"] < dates["test"] <= dates["score"]
    metrics, recency = answer["metrics"], answer["baselines"]["recency"]
    assert metrics["auc"] > recency["auc"] > answer["baselines"]["majority"]["auc"] == 0.5
    assert metrics["log_loss"] < recency["log_loss"]
    assert metrics["intervals"]["auc"][0] < metrics["auc"] < metrics["intervals"]["auc"][1]
    assert sum(one["n"] for one in answer["reliability"]) == metrics["n"]
    assert [one["as_of"] for one in answer["stability"]][-1] == dates["test"]


def test_base_and_contributions_of_every_customer_are_the_log_odds(answer: dict[str, Any]) -> None:
    for one in answer["customers"]:
        p = one["probability"]
        assert one["base"] + sum(reason["contribution"] for reason in one["reasons"]) == pytest.approx(math.log(p / (1 - p)), abs=1e-9)
        assert one["interval"][0] <= p <= one["interval"][1]
        assert [reason["actionable"] for reason in one["reasons"]] == sorted((r["actionable"] for r in one["reasons"]), reverse=True)


def test_what_drives_leaving_is_told(prediction: Prediction) -> None:
    """Those who met errors leave six times as often per visit; nobody whom many errors raise has met none."""
    scored = prediction.scored
    assert scored is not None
    names = [one.name for one in scored.features]
    _, parts = scored.fitted.contributions(scored.values)
    errors = scored.raw[:, names.index("did error")]
    added = parts[:, names.index("did error")] + parts[:, names.index("failures")]
    assert added[errors >= 3].mean() > 0.2 > 0 > added[errors == 0].mean()


def test_the_typical_customer_is_drawn_and_what_moves_others_away_from_them(prediction: Prediction, answer: dict[str, Any]) -> None:
    traits = {one["feature"]: one for one in answer["typical"]["traits"]}
    assert prediction.scored is not None and len(traits) == len(prediction.scored.features)
    assert traits["overdue"]["direction"] > 0.9 and traits["did error"]["direction"] > 0.5
    assert [one["moves"] for one in answer["typical"]["traits"]] == sorted((one["moves"] for one in traits.values()), reverse=True)
    assert prediction.scored.low.min() < answer["typical"]["probability"] < prediction.scored.high.max()


def test_the_sentence_is_one_says_typical_and_never_because(prediction: Prediction) -> None:
    scored = prediction.scored
    assert scored is not None
    for place in range(0, len(scored), 37):
        told = scored.at(place).sentence
        assert told.endswith(".") and "because" not in told and "typical" in told and told.count(". ") == 0


def test_who_is_behind_a_mark_is_as_many_as_the_mark(shop: Warehouse, answer: dict[str, Any]) -> None:
    question = {**CHURN, "capacity": 50}
    people = {mark: ask(shop, {**question, "customers": dict([mark])})["customers"] for mark in (("tier", "high"), ("top", 25))}
    assert people["tier", "high"]["count"] == answer["tiers"]["high"] == len(people["tier", "high"]["ids"])
    listed = sorted(one["customer"] for one in answer["customers"][:25])
    assert people["top", 25]["ids"] == listed


def test_asking_changes_nothing_and_says_the_same_again(shop: Warehouse, answer: dict[str, Any]) -> None:
    shop.shared.pop(LAST, None)  # learned anew
    again = ask(shop, {**CHURN, "capacity": 50})
    assert again["customers"] == answer["customers"] and again["metrics"] == answer["metrics"]


def test_what_comes_after_the_date_changes_no_score(prediction: Prediction) -> None:
    """The log cut at the date of the test gives the features, and so the scores, that the whole log gives as of it."""
    rows, plan, fitted = simulated(1200), prediction.plan, prediction.fitted
    assert plan is not None and fitted is not None and prediction.scored is not None
    cut = empty_warehouse()
    load_events(cut, rows.filter(pl.col("ts").dt.epoch("ms") < plan.test))
    looks = Looks(cut, prediction.question, prediction.outcome, Scope())
    looks.features = prediction.scored.features
    assert prediction.proof is not None
    assert np.allclose(fitted.probability(looks.at(plan.test).rows.values), prediction.proof.probability, atol=1e-12)


def test_of_very_many_customers_a_sample_is_learned_from_and_everybody_is_scored(
    shop: Warehouse, prediction: Prediction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journey.predict.looks.MOST", 500)
    monkeypatch.setattr("journey.predict.measure.CUSTOMERS", 300)
    shop.shared.pop(LAST, None)
    sampled = measure_predict(shop, prediction.question, Scope())
    assert sampled.proof is not None and prediction.proof is not None and sampled.scored is not None and prediction.scored is not None
    assert 0.2 < sampled.proof.model.n / prediction.proof.model.n < 0.8
    assert set(sampled.scored.ids) == set(prediction.scored.ids)
    assert any("a sample" in warning for warning in sampled.evidence.warnings)
    shop.shared.pop(LAST, None)


def test_a_segment_narrows_who_is_asked_about(shop: Warehouse) -> None:
    narrowed = ask(shop, {**CHURN, "scope": {"segment": {"did": "error"}}})
    assert narrowed["enough"] is not True and "of 1,000 customers needed" in narrowed["enough"]
    assert narrowed["customers"] == [] and narrowed["metrics"] is None and 0 < narrowed["population"] < 1000


@pytest.mark.parametrize(
    ("log", "missing"),
    [("ann 09:00 visit +10d 09:00 visit", "10 of the 90 days"), ("ann 09:00 visit +200d 09:00 visit", "of 1,000 customers needed")],
)
def test_too_little_history_is_told_instead_of_scores(log: str, missing: str) -> None:
    answer = ask(drawn(log), {"ask": "predict", "outcome": {"inactive_for": "7d"}})
    assert missing in answer["enough"] and answer["customers"] == [] and answer["metrics"] is None


def test_an_outcome_that_hardly_ever_comes_is_told(shop: Warehouse) -> None:
    answer = ask(shop, {"ask": "predict", "outcome": {"did": "never", "within": "30d"}})
    assert "0 of 100 customers for whom it came true needed to learn from" in answer["enough"]
    assert any("'never'" in warning for warning in answer["warnings"])


@pytest.mark.parametrize("mark", [{"tier": "huge"}, {"top": -1}, {"top": 1.5}, {"tier": "high", "top": 3}, {"colour": "blue"}])
def test_a_mark_that_is_none_is_refused(mark: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        ask(drawn("ann 09:00 visit"), {"ask": "predict", "outcome": {"inactive_for": "7d"}, "customers": mark})


def test_predictions_have_names_in_the_words_of_the_log_and_a_person_adds_their_own(shop: Warehouse) -> None:
    known = named_predictions(shop)
    assert set(known) == {"churn", "conversion", "upsell"} and known["conversion"].outcome.step == "purchase"
    assert known["upsell"].outcome.again is True and known["churn"].outcome.days == usual_pause(shop)
    save_prediction(shop, {"name": "trouble", "outcome": {"did": "error", "within": "14d"}, "wanted": False, "capacity": 10})
    assert named_predictions(shop)["trouble"].kept
    told = ask(shop, {"ask": "predict", "outcome": "trouble"})
    assert told["outcome"]["did"] == "error"
    delete_prediction(shop, "trouble")
    with pytest.raises(QuestionError, match="Known are: 'churn'"):
        ask(shop, {"ask": "predict", "outcome": "trouble"})


def test_the_usual_pause_is_longer_than_nine_in_ten() -> None:
    """Nine pauses of a day and one of ten days: a day is what nine in ten do not exceed, so seven are unusual."""
    con = drawn("ann 09:00 a " + "+1d 09:00 a " * 9 + "+10d 09:00 a", "bob 09:00 a +200d 09:00 a")
    assert usual_pause(con) == 14  # of 11 pauses one in ten is 10 days


def reason(label: str, value: float | None, contribution: float, actionable: bool = False, family: str | None = None) -> Reason:
    return Reason(label, label, "times", family or label, actionable, value, 3.0, contribution)


def test_reasons_told_are_the_largest_that_agree_one_of_a_family_actionable_first() -> None:
    given = [
        reason("Days away", 84, 1.2, family="recency"),
        reason("Overdue", 7, 1.1, family="recency"),
        reason("Events", 2, 0.5, family="sessions"),  # taken back by what says the same
        reason("Days with a visit", 2, -0.6, family="sessions"),
        reason("Tickets", 4, 0.9, actionable=True),
        reason("Orders", 9, -0.8),
        reason("Visits", 2, 0.01),
    ]
    assert [one.label for one in worth_telling(given)] == ["Tickets", "Days away"]
    told = sentence(0.41, (0.35, 0.48), 0.18, given)
    assert told == (
        "41% (35% to 48%), where the typical customer has 18%; stands out by tickets 4 (typical 3) and days away 84 (typical 3), "
        "which go with a higher chance."
    )
    assert sentence(0.18, (0.1, 0.2), 0.18, []).endswith("nothing stands out.")


def test_numbers_are_told_as_a_person_would() -> None:
    assert [number(*pair) for pair in ((None, "days"), (1, "yes or no"), (0.3, "yes or no"), (1234.5, "days"), (0.25, "share"))] == [
        "none",
        "yes",
        "30% yes",
        "1,234",
        "25%",
    ]


def test_an_answer_is_not_held_beyond_the_segment_it_was_asked_of() -> None:
    with drawn("ann 09:00 visit +40d 09:00 visit", "bob 10:00 visit +40d 10:00 buy") as con:
        question, few = read_predict({"outcome": {"inactive_for": "1d"}}), Scope(segment="few")
        save_segment(con, "few", {"did": "visit"})
        assert measure_predict(con, question, few).asked == 2
        save_segment(con, "few", {"did": "buy"})
        assert measure_predict(con, question, few).asked == 1

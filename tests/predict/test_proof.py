"""Predictions on real customers, out of time, beside what is known without a model."""

import gzip
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from journey.ingest import load_events
from journey.predict import read_outcome, read_predict
from journey.predict.fitting import fit, together
from journey.predict.measure import Looks, measure_predict
from journey.predict.measures import Metrics, measure
from journey.predict.result import Prediction
from journey.predict.table import predict_from_table
from journey.scope import Scope, to_ms
from journey.warehouse import Warehouse
from tests.lent import empty_warehouse

DATA = pytest.mark.skipif("JOURNEY_DATA" not in os.environ, reason="JOURNEY_DATA names the folder of real logs; it is not set")


def data(name: str) -> Path:
    return Path(os.environ["JOURNEY_DATA"]) / name


def purchases(name: str) -> Warehouse:
    """The CDNOW purchases, one row each: customer, day, units, dollars."""
    with gzip.open(data(f"cdnow/CDNOW_{name}.txt.gz"), "rt") as lines:
        rows = [line.split() for line in lines]
    rows = [row for row in rows if row and row[0].isdigit()]
    frame = pl.DataFrame({"customer": [row[0] for row in rows], "ts": [row[-3] for row in rows], "price": [float(row[-1]) for row in rows]})
    con = empty_warehouse()
    load_events(con, frame.with_columns(pl.col("ts").str.to_datetime("%Y%m%d", time_zone="UTC"), event=pl.lit("purchase")))
    return con


@pytest.fixture(scope="module")
def cdnow() -> Iterator[Prediction]:
    dates = ["1997-06-30", "1997-09-30", "1997-12-31"]
    question = {"outcome": {"inactive_for": "90d"}, "as_of": "1998-03-31", "train_as_of": dates}
    with purchases("master") as con:
        yield measure_predict(con, read_predict(question), Scope())


@DATA
def test_who_of_23570_buyers_stays_away_is_told_better_than_by_recency(cdnow: Prediction) -> None:
    """Reference: recency alone .828 AUC, .1001 Brier; BG/NBD .830, .0895; logistic .839, .0926 (independent run)."""
    assert cdnow.proof is not None
    found, recency = cdnow.proof.model, cdnow.proof.recency
    assert (found.n, round(found["base_rate"] or 0, 2)) == (23_570, 0.86)
    assert recency["auc"] == pytest.approx(0.828, abs=0.002)
    assert (found["auc"] or 0) >= 0.835 and (found["brier"] or 1) <= 0.091
    assert (found["log_loss"] or 1) < (recency["log_loss"] or 0)
    assert cdnow.proof.majority["auc"] == 0.5


@DATA
def test_the_chances_of_buyers_add_up(cdnow: Prediction) -> None:
    assert cdnow.scored is not None
    base, parts = cdnow.scored.fitted.contributions(cdnow.scored.values)
    p = cdnow.scored.probability
    assert np.abs(base + parts.sum(axis=1) - np.log(p / (1 - p))).max() < 1e-9


@DATA
@pytest.mark.skipif("JOURNEY_CASES" not in os.environ, reason="JOURNEY_CASES names the folder of reference values; it is not set")
def test_an_honest_test_is_the_reference_and_recency_as_of_now_would_leak(cdnow: Prediction) -> None:
    cases = json.loads((Path(os.environ["JOURNEY_CASES"]) / "reference_values.json").read_text())
    expected = next(one["expected"] for one in cases if one["name"] == "leakage_demo_auc")
    assert cdnow.proof is not None and cdnow.scored is not None
    assert cdnow.proof.model["auc"] == pytest.approx(expected["honest_temporal"], abs=0.01)
    assert (cdnow.proof.model["auc"] or 1) < expected["recency_as_of_now"] - 0.1


@DATA
def test_a_tenth_of_the_buyers_is_enough_and_their_chances_are_as_good() -> None:
    with purchases("sample") as con:
        dates = ["1997-09-30", "1997-12-31"]
        question = {"outcome": {"inactive_for": "90d"}, "as_of": "1998-03-31", "train_as_of": dates}
        proof = measure_predict(con, read_predict(question), Scope()).proof
    assert proof is not None and proof.model.n == 2357
    assert (proof.model["auc"] or 0) > 0.81 and (proof.model["brier"] or 1) < (proof.recency["brier"] or 0)


COURSE = datetime(2013, 6, 1, tzinfo=UTC)  # a day that stands for the start of every course
OUTCOME = {"did": "unregister", "within": "30d"}


def courses(year: str) -> Looks:
    """Half of the enrolments of a year, told in days of their course."""
    rows = pl.read_parquet(data("oulad/events.parquet")).filter(
        pl.col("code_presentation").str.starts_with(year) & (pl.col("id_student") % 2 == 0)
    )
    con = empty_warehouse()
    load_events(con, rows.select("event", customer="enrolment_id", ts=pl.lit(COURSE) + pl.duration(days=pl.col("day"))))
    return Looks(con, read_predict({"outcome": OUTCOME}), read_outcome(OUTCOME), Scope())


@DATA
def test_who_will_withdraw_from_a_course_is_told_from_the_courses_of_the_year_before() -> None:
    """Behaviour alone: submissions.  Learned as of several days of the courses of 2013, tested as of the same in 2014."""
    days = [to_ms(COURSE + timedelta(days=day)) for day in (180, 30, 60, 90, 120, 150)]  # the features are those of the last
    before, after = courses("2013"), courses("2014")
    learned = [before.at(day) for day in days]
    after.features = before.features
    tested = [after.at(day) for day in days]
    names = [one.name for one in before.features or ()]
    rows, label = together([look.rows for look in learned]), np.concatenate([look.rows.label for look in tested])
    fitted, _ = fit(names, [False] * len(names), rows, None)
    found = measured(label, fitted.probability(np.concatenate([look.rows.values for look in tested])))
    quiet = np.concatenate([look.quiet for look in tested])
    recency = measured(label, (quiet - quiet.min()) / np.ptp(quiet))
    assert (found["auc"] or 0) > (recency["auc"] or 1) + 0.02 and (found["auc"] or 0) > 0.62
    assert (found["ece"] or 1) < 0.015


def measured(label: np.ndarray, p: np.ndarray) -> Metrics:
    return measure(label, p, 200, np.random.default_rng(7))


@DATA
def test_a_table_of_subscribers_tells_who_leaves_as_others_have_found() -> None:
    """Reference: a logistic regression has AUC .845."""
    rows = pl.read_csv(data("telco_churn/Telco-Customer-Churn.csv.gz"), infer_schema_length=None)
    found = predict_from_table(rows, "Churn", "Yes", "customerID")
    assert found.proof["auc"] == pytest.approx(0.845, abs=0.003) and found.proof["base_rate"] == pytest.approx(0.265, abs=0.001)
    assert (found.proof["ece"] or 1) < 0.02
    base, parts = found.fitted.contributions(found.scored.values)
    assert np.abs(base + parts.sum(axis=1) - found.fitted.log_odds(found.scored.values)).max() < 1e-9

"""An experiment brought as a table, or as sums: what is read of it, and what is refused."""

import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from journey.ask import ask
from journey.errors import JourneyError, QuestionError
from journey.experiments.read import measure_experiment, read_experiment, table_rows, units_of
from journey.scope import Scope
from journey.warehouse import ask_sql
from tests.lent import empty_warehouse

DATA = os.environ.get("JOURNEY_DATA")
ROWS: list[dict[str, Any]] = [
    {"who": "a", "arm": "off", "bought": 1, "spent": 5.0, "visits": 2, "before": 3},
    {"who": "a", "arm": "off", "bought": 0, "spent": 2.0, "visits": 1, "before": 3},
    {"who": "b", "arm": "on", "bought": 1, "spent": 9.0, "visits": 4, "before": 1},
    {"who": "c", "arm": "on", "bought": 0, "spent": 0.0, "visits": 1, "before": 0},
    {"who": "c", "arm": "off", "bought": 0, "spent": 0.0, "visits": 1, "before": 0},
    {"who": "d", "arm": None, "bought": 1, "spent": 1.0, "visits": 1, "before": 2},
]
METRICS: list[dict[str, Any]] = [
    {"name": "bought", "column": "bought"},
    {"name": "spent", "column": "spent", "kind": "mean", "covariate": "before"},
    {"name": "per visit", "column": "spent", "kind": "ratio", "denominator": "visits"},
]
ASKED: dict[str, Any] = {"table": ROWS, "variant": "arm", "metrics": METRICS}


def test_rows_of_one_unit_are_added_up_and_a_unit_of_two_variants_is_left_out() -> None:
    units = units_of(empty_warehouse(), read_experiment({**ASKED, "unit": "who"}), Scope())
    assert (units.arms, units.crossed) == (("off", "on"), 1)
    assert units.frame.drop("unit", "exposed_at").rows() == [
        ("off", 1.0, 1.0, 7.0, 1.0, 3.0, 7.0, 3.0),
        ("on", 1.0, 1.0, 9.0, 1.0, 1.0, 9.0, 4.0),
    ]


def test_without_a_unit_each_row_is_one() -> None:
    units = units_of(empty_warehouse(), read_experiment(ASKED), Scope())
    assert units.counts() == {"off": 3, "on": 2} and units.frame["unit"].to_list() == [0, 1, 2, 3, 4]
    answer = ask(empty_warehouse(), {"ask": "experiment", **ASKED})
    assert answer["warnings"] == ["Rows of the table without a 'arm' are left out: 1."] and answer["population"] == 5
    assert "experiment_rows" in answer["sql"] and answer["data_until"] is None


def test_a_frame_is_read_as_rows_are_and_values_are_cut_over_all_units() -> None:
    metric = [{"name": "spent", "column": "spent", "kind": "mean", "winsorise": 0.5}]
    units = units_of(empty_warehouse(), read_experiment({**ASKED, "table": pl.DataFrame(ROWS), "metrics": metric}), Scope())
    assert units.frame["y0"].to_list() == [2.0, 2.0, 2.0, 0.0, 0.0]


def test_the_query_that_is_shown_runs_beside_the_table() -> None:
    con, question = empty_warehouse(), read_experiment({**ASKED, "unit": "who", "by": "before"})
    evidence = measure_experiment(con, question, Scope()).evidence
    with table_rows(con, question):
        assert ask_sql(con, evidence.sql, evidence.params).height == evidence.population == 2


def changed(**values: Any) -> list[dict[str, Any]]:
    return [{**row, **values} if at == 0 else row for at, row in enumerate(ROWS)]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ({"variant": "group"}, "no column 'group'"),
        ({"metrics": [{"column": "sold"}]}, "no column 'sold'"),
        ({"metrics": [{"column": "who"}]}, "holds texts such as 'a'"),
        ({"metrics": [{"column": "spent"}]}, 'holds 0 and 1.*Ask for kind "mean"'),
        ({"table": changed(spent=None)}, "missing in 1 of 5 rows"),
        ({"table": changed(spent=float("nan"))}, "missing in 1 of 5 rows"),
        ({"table": changed(spent=float("inf"))}, "infinite"),
        ({"table": [row for row in ROWS if row["arm"] == "off"]}, "All rows have the variant 'off'"),
        ({"table": [row for row in ROWS if row["arm"] is None]}, "No row of the table says a variant"),
        ({"control": "none"}, "No variant of the column 'arm' is named 'none'"),
        ({"metrics": [{"column": "arm"}]}, "cannot be a metric as well"),
        ({"unit": "arm"}, "cannot be both"),
        ({"split": {"off": 0.5, "of": 0.5}}, "no share for 'on'"),
        ({"table": "no such file.csv"}, "no such file.csv"),
        ({"table": []}, "list of rows"),
        ({"metrics": None}, "which columns are read"),
        ({"reading": "planned"}, "how many looks"),
        ({"exposure": {"variant": "x"}}, "no meaning over a table"),
        ({"over_time": True}, "no meaning over a table"),
    ],
)
def test_a_table_that_cannot_be_read_so_is_refused_with_a_sentence(question: dict[str, Any], told: str) -> None:
    with pytest.raises(JourneyError, match=told):
        ask(empty_warehouse(), {"ask": "experiment", **ASKED, **question})


def test_a_page_names_no_file() -> None:
    with pytest.raises(QuestionError, match="names a file"):
        read_experiment({**ASKED, "table": "rows.csv"}, files=False)


ARMS = [{"name": "a", "n": 1000, "conversions": 100}, {"name": "b", "n": 1000, "conversions": 130}]


def test_sums_are_read_as_they_are_given() -> None:
    answer = ask(empty_warehouse(), {"ask": "experiment", "arms": ARMS, "reading": "fixed"})
    (metric,) = answer["metrics"]
    assert (metric["estimate"], metric["control_estimate"], metric["n"], answer["control"]) == (0.13, 0.1, 1000, "a")
    means = [{"name": "old", "n": 50, "mean": 3, "variance": 4}, {"name": "control", "n": 60, "mean": 2.5, "variance": 0}]
    answer = ask(empty_warehouse(), {"ask": "experiment", "arms": means, "metrics": [{"name": "waiting", "good": "down"}]})
    assert answer["control"] == "control" and answer["metrics"][0]["name"] == "waiting" and answer["metrics"][0]["difference"] == 0.5


@pytest.mark.parametrize(
    ("arms", "told"),
    [
        (ARMS[:1], "2 to 20 variants"),
        ("a", "arms lists the variants"),
        ([ARMS[0], ARMS[0]], "Two arms are named 'a'"),
        ([ARMS[0], {**ARMS[1], "n": -5}], "whole number, 0 or more"),
        ([ARMS[0], {**ARMS[1], "conversions": 1001}], "1,001 conversions of 1,000 units"),
        ([ARMS[0], {**ARMS[1], "conversions": float("nan")}], "write a number"),
        ([ARMS[0], {**ARMS[1], "conversions": "130"}], "write a number"),
        ([ARMS[0], {**ARMS[1], "n": 10.5}], "whole number"),
        ([ARMS[0], {**ARMS[1], "n": 10**400}], "write a number"),
        ([ARMS[0], {"name": "b", "n": 10, "mean": 1, "variance": 1}], "Some arms give conversions"),
        ([{"name": "a", "n": 9, "mean": 1, "variance": -1}, {"name": "b", "n": 9, "mean": 1, "variance": 1}], "cannot be below 0"),
        ([{"name": "a", "n": 9, "mean": 1}, {"name": "b", "n": 9, "mean": 1, "variance": 1}], "variance of the arm 'a'"),
        ([ARMS[0], {**ARMS[1], "size": 1}], "size.*Known are"),
        ([ARMS[0], {"n": 1, "conversions": 1}], "needs a name"),
    ],
)
def test_sums_that_cannot_be_are_refused_with_a_sentence(arms: Any, told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        read_experiment({"arms": arms})


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"confidence": 1.2}, "confidence is 1.2"),
        ({"confidence": True}, "confidence is True"),
        ({"reading": "peeking"}, "always_valid"),
        ({"reading": "planned"}, "how many looks"),
        ({"looks": 0}, "whole number from 1"),
        ({"split": {"a": 0.5, "b": 0.4}}, "add up to 1"),
        ({"split": {"a": 1.5, "b": -0.5}}, "write a number above 0"),
        ({"control": "c"}, "No variant of the sums is named 'c'"),
        ({"split": {"a": 0.5, "z": 0.5}}, "no share for 'b'"),
        ({"split": {"a": 0.5, "b": 0.25, "z": 0.25}}, "'z', which is no arm"),
        ({"metrics": [{"name": "m", "kind": "mean"}]}, "so the metric is a share"),
        ({"metrics": [{"name": "m"}, {"name": "n"}]}, "Sums are of one metric"),
        ({"experiment": "x"}, "about one of"),
        ({"checks": 1}, "checks is 1"),
        ({"by": "device"}, "no meaning over sums"),
        ({"tuned_at": -1}, "tuned_at is -1"),
    ],
)
def test_an_option_that_cannot_be_is_refused_with_a_sentence(more: dict[str, Any], told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        ask(empty_warehouse(), {"ask": "experiment", "arms": ARMS, **more})


def test_a_question_without_a_source_is_refused() -> None:
    with pytest.raises(QuestionError, match="none was given"):
        read_experiment({"reading": "fixed"})


@pytest.mark.skipif(DATA is None, reason="JOURNEY_DATA is not set: it names the folder of real data")
def test_a_campaign_read_as_a_table_gives_its_published_figures() -> None:
    """Hillstrom 2008; the shares as its README states them."""
    metrics = [{"name": name, "column": name, "kind": "mean" if name == "spend" else "share"} for name in ("visit", "conversion", "spend")]
    question = {
        "table": str(Path(str(DATA)) / "hillstrom/hillstrom.csv.gz"),
        "variant": "segment",
        "control": "No E-Mail",
        "metrics": metrics,
    }
    answer = ask(empty_warehouse(), {"ask": "experiment", **question})
    found = {(one["name"], one["arm"]): (one["estimate"], one["control_estimate"]) for one in answer["metrics"]}
    assert found == {
        ("visit", "Mens E-Mail"): (pytest.approx(0.182757, abs=5e-7), pytest.approx(0.106167, abs=5e-7)),
        ("visit", "Womens E-Mail"): (pytest.approx(0.151400, abs=5e-7), pytest.approx(0.106167, abs=5e-7)),
        ("conversion", "Mens E-Mail"): (pytest.approx(0.012531, abs=5e-7), pytest.approx(0.005726, abs=5e-7)),
        ("conversion", "Womens E-Mail"): (pytest.approx(0.008837, abs=5e-7), pytest.approx(0.005726, abs=5e-7)),
        ("spend", "Mens E-Mail"): (pytest.approx(1.4226, abs=5e-5), pytest.approx(0.6528, abs=5e-5)),
        ("spend", "Womens E-Mail"): (pytest.approx(1.0772, abs=5e-5), pytest.approx(0.6528, abs=5e-5)),
    }
    assert not answer["srm"]["alarm"] and answer["population"] == 64_000

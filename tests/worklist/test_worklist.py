"""The worklist: ranked by what is at stake, cut to the team's capacity, totals that add up, and an honest list without a score."""

import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ask import ask
from journey.errors import QuestionError
from journey.predict import Named, PredictQuestion, read_outcome
from journey.predict.measures import Measured, Metrics
from journey.predict.reasons import Reason
from journey.scope import Scope
from journey.warehouse import Warehouse
from journey.worklist import Proven, Standing, WorklistQuestion, measure, measure_worklist, people_on, reason_told
from journey.worklist.standing import NOBODY, refused
from tests.drawn import drawn
from tests.lent import empty_warehouse

LEAVES = read_outcome({"inactive_for": "30d"})
NAMED = Named("churn", "", "", False, PredictQuestion(LEAVES))
LOG = "\n".join(f"{who} 09:00 visit" for who in ("ann", "bob", "cyd", "dee"))


def proven(auc: float = 0.8, low: float = 0.7) -> Proven:
    found = {"auc": Measured(auc, (low, 0.9)), "precision_at_capacity": Measured(0.6)}
    silent = {"auc": Measured(0.65, None), "precision_at_capacity": Measured(0.4)}
    return Proven(0, Metrics(1000, 300, 200, found, ()), Metrics(1000, 300, 200, silent, ()), ())


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`scored(chances, values)`: a list by these chances and values, of customers of the drawn log."""

    def run(
        chances: dict[str, float], values: dict[str, float] | str = "", question: WorklistQuestion | None = None, scope: Scope | None = None
    ) -> Any:
        con = drawn(LOG)
        numbers = dict(con.connection.execute("select id, customer from customers").fetchall())
        rows = sorted(((one, numbers[one], p, p - 0.1, p + 0.1) for one, p in chances.items()), key=lambda row: (-row[2], row[0]))
        standing = Standing(NAMED, LEAVES, 2_000_000_000_000, pl.DataFrame(rows, schema=NOBODY.schema, orient="row"), tested=proven())
        monkeypatch.setattr(measure, "stand", lambda *_: standing)
        worth = values if isinstance(values, str) else pl.DataFrame([(one, v, v / 2, v * 2) for one, v in values.items()], orient="row")
        monkeypatch.setattr(measure, "expected_values", lambda *_: worth)
        return measure_worklist(con, question or WorklistQuestion(), scope or Scope())

    return run


def test_the_list_goes_by_chance_times_value_and_is_cut_to_the_capacity(scored: Any) -> None:
    found = scored({"ann": 0.9, "bob": 0.5, "cyd": 0.2}, {"ann": 10.0, "bob": 40.0, "cyd": 30.0}, WorklistQuestion(2))
    assert [(item.rank, item.customer, item.at_stake) for item in found.items] == [(1, "bob", 20.0), (2, "ann", 9.0)]
    assert found.items[1].at_stake_interval == pytest.approx((0.8 * 5, 1.0 * 20))
    assert found.ranked == "value" and found.scored == 3 and found.at_stake == 29.0


def test_those_without_a_value_follow_by_chance(scored: Any) -> None:
    found = scored({"ann": 0.9, "bob": 0.5, "cyd": 0.2}, {"cyd": 1.0})
    assert [item.customer for item in found.items] == ["cyd", "ann", "bob"]
    assert found.items[1].at_stake is None and found.items[1].as_plain()["value"] is None


def test_without_revenue_the_list_goes_by_chance_and_says_so(scored: Any) -> None:
    found = scored({"ann": 0.9, "bob": 0.95}, "No revenue is mapped.")
    assert [item.customer for item in found.items] == ["bob", "ann"] and found.at_stake is None
    assert found.ranked == "probability" and "Ranked by chance alone: No revenue is mapped." in found.evidence.warnings


def test_how_many_are_expected_is_the_sum_of_chances_with_an_interval_for_both_errors(scored: Any) -> None:
    found = scored({"ann": 0.8, "bob": 0.5}, "none")
    assert found.expected == pytest.approx(1.3)
    half = math.hypot(0.2, 1.959964 * math.sqrt(0.8 * 0.2 + 0.5 * 0.5))
    assert found.expected_interval == pytest.approx((max(0.0, 1.3 - half), min(2.0, 1.3 + half)))


def test_tiers_and_marks_count_as_many_as_they_list(scored: Any) -> None:
    found = scored({"ann": 0.8, "bob": 0.5, "cyd": 0.1}, "none")
    assert found.tiers() == {"high": 1, "medium": 1, "low": 1}
    for tier, n in found.tiers().items():
        assert people_on(found, {"tier": tier}).count == n
    assert people_on(found, {}).ids == ("ann", "bob", "cyd") and people_on(found, {"top": 1}).ids == ("ann",)
    for wrong in ({"tier": "vip"}, {"top": -1}, {"top": 1, "tier": "low"}, {"who": 1}):
        with pytest.raises(QuestionError):
            people_on(found, wrong)


def test_a_tier_and_a_segment_narrow_the_list(scored: Any) -> None:
    chances = {"ann": 0.8, "bob": 0.75, "cyd": 0.1}
    assert [item.customer for item in scored(chances, "none", WorklistQuestion(tier="high")).items] == ["ann", "bob"]
    inside = Scope(segment={"customers": ["bob", "dee"]})
    assert [item.customer for item in scored(chances, "none", None, inside).items] == ["bob"]


def test_the_proof_is_told_beside_silence_alone(scored: Any) -> None:
    assert scored({"ann": 0.5}, "none").trust == (
        "Tested on 1,000 later customers: of 100 pairs it put 80 in the right order, days of silence alone 65. "
        "The outcome came for 60% of the 200 it ranked highest, for 40% of those longest silent, and for 30% of all."
    )


class Slope:
    slope = 1.0


@pytest.mark.parametrize(("auc", "low", "refuses"), [(0.8, 0.7, False), (0.8, 0.55, True), (0.5, 0.45, True)])
def test_a_score_that_is_not_clearly_better_than_chance_ranks_nobody(auc: float, low: float, refuses: bool) -> None:
    assert bool(refused(proven(auc, low).model, Slope())) == refuses  # type: ignore[arg-type]


SILENT = """
ann 2026-03-01 09:00 a 2026-03-03 09:00 a 2026-03-05 09:00 a
bob 2026-03-01 09:00 a 2026-03-11 09:00 a 2026-03-21 09:00 a
cyd 2026-03-01 09:00 a 2026-03-02 09:00 a
dee 2026-03-24 09:00 a 2026-03-25 09:00 a 2026-04-01 09:00 a
"""


def listed(con: Warehouse, **more: Any) -> dict[str, Any]:
    return ask(con, {"ask": "worklist", "learn": False, **more})


def test_without_a_score_the_list_goes_by_silence_against_habit_and_says_it_is_no_prediction() -> None:
    answer = listed(drawn(SILENT))
    assert [(row["customer"], round(row["days_since_seen"]), row["usual_gap_days"]) for row in answer["customers"]] == [
        ("ann", 27, 2.0),  # 5 March to 1 April, where every second day is usual; bob 11 days of 10; dee was here now, cyd has no habit
        ("bob", 11, 10.0),
    ]
    assert answer["ranked_by"] == "quiet" and "no prediction" in answer["ranking"] and answer["definition"].startswith("No prediction")
    assert answer["enough"] == "No model has been learned yet." and answer["total"]["expected"] is None
    assert all(row["probability"] is None for row in answer["customers"])
    assert listed(drawn(SILENT), customers={"top": 1})["customers"] == {"count": 1, "ids": ["ann"]}


def test_what_is_missing_to_learn_is_said() -> None:
    assert "days needed" in ask(drawn(SILENT), {"ask": "worklist"})["enough"]


def test_an_empty_workspace_lists_nobody() -> None:
    answer = ask(empty_warehouse(), {"ask": "worklist"})
    assert answer["customers"] == [] and answer["enough"] == "Nothing is loaded, so nobody can be listed."


@pytest.mark.parametrize(
    "wrong", [{"capacity": 0}, {"capacity": True}, {"model": "fate"}, {"tier": "vip"}, {"horizon": "1h"}, {"learn": 1}, {"colour": "blue"}]
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        listed(drawn(SILENT), **wrong)


def test_a_reason_names_the_value_beside_the_typical_one() -> None:
    reason = Reason("x", "Days since the last event", "days", "recency", False, 24.0, 8.12, 0.5)
    assert reason_told(reason) == "days since the last event 24 (typical 8.1)"


@settings(max_examples=4, deadline=None)
@given(st.dictionaries(st.sampled_from("pqrstu"), st.sets(st.integers(1, 40), min_size=1, max_size=6), min_size=1), st.integers(1, 5))
def test_the_list_never_exceeds_the_capacity_and_falls(log: dict[str, set[int]], capacity: int) -> None:
    lines = [
        f"{who} 2026-03-01 09:00" + "".join(f" +{b - a}d 09:00 a" for a, b in zip([0, *sorted(days)], sorted(days), strict=False))
        for who, days in log.items()
    ]
    answer = listed(drawn("\n".join(lines)), capacity=capacity)["customers"]
    gaps = [row["days_since_seen"] / row["usual_gap_days"] for row in answer]
    assert len(answer) <= capacity and gaps == sorted(gaps, reverse=True) and all(gap > 1 for gap in gaps)
    assert [row["rank"] for row in answer] == list(range(1, len(answer) + 1))

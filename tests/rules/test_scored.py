"""Rules on kept scores: known from the moment they are of, by id, and refused with what to do where there are none."""

from typing import Any

import pytest

from journey.ask import ask
from journey.errors import QuestionError
from journey.ingest import load_events
from journey.ingest.start_over import KEPT, TABLES, start_over
from journey.rules.words import tell_rule
from journey.warehouse import Warehouse, one, write
from tests.drawn import drawn, drawn_frame

MONDAY = 1_772_409_600_000  # 2026-03-02, UTC
TUESDAY = "2026-03-03T00:00:00Z"
ADD = """insert into scores (name, version, customer_id, as_of, dataset, probability, low, high, tier)
values ('churn', 1, ?, ?, ?, ?, 0, 1, ?)"""


def scored() -> Warehouse:
    """ann .9, bob .3, cid none; as of Tuesday."""
    con = drawn("ann 09:00 visit", "bob 09:00 visit", "cid 09:00 visit +3d visit")
    dataset = one(con, "select version from dataset")
    with write(con) as db:
        for customer, chance, tier in (("ann", 0.9, "high"), ("bob", 0.3, "low")):
            db.execute(ADD, [customer, MONDAY + 86_400_000, dataset, chance, tier])
    return con


def who(con: Warehouse, rule: Any, stop: str | None = None) -> list[str]:
    question = {"ask": "segment", "where": rule, "customers": {}, **({"scope": {"stop": stop}} if stop else {})}
    ids: list[str] = ask(con, question)["customers"]["ids"]
    return ids


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ({"score": "churn", "op": "gt", "value": 0.3}, ["ann"]),
        ({"score": "churn", "op": "ge", "value": 0.3}, ["ann", "bob"]),
        ({"score": "churn", "value": 0.5}, ["ann"]),
        ({"score": "churn", "op": "lt", "value": 0.5}, ["bob"]),  # who was not scored is on neither side
        ({"not": {"score": "churn", "op": "lt", "value": 0.5}}, ["ann", "cid"]),
        ({"score": "churn", "tier": "high"}, ["ann"]),
        ({"all": [{"score": "churn", "value": 0}, {"did": "visit"}]}, ["ann", "bob"]),
    ],
)
def test_a_rule_on_a_score_names_those_whose_score_it_holds_for(rule: Any, named: list[str]) -> None:
    assert who(scored(), rule) == named


def test_as_of_an_earlier_moment_nobody_has_the_score() -> None:
    con, rule = scored(), {"score": "churn", "value": 0}
    assert who(con, rule, TUESDAY) == ["ann", "bob"]
    answer = ask(con, {"ask": "segment", "where": rule, "scope": {"stop": "2026-03-02T20:00:00Z"}})
    assert answer["customers"] == 0
    assert "at an earlier moment nobody had one" in answer["warnings"][0]


def test_scores_follow_their_customers_when_a_load_numbers_them_anew() -> None:
    con = scored()
    load_events(con, drawn_frame("abe 10:00 visit", "aaa 11:00 visit"))
    answer = ask(con, {"ask": "segment", "where": {"score": "churn", "tier": "high"}, "customers": {}})
    assert answer["customers"]["ids"] == ["ann"]
    assert "the data changed since" in answer["warnings"][0]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"score": "chrn", "value": 0.3}, "The nearest known is 'churn'"),
        ({"score": "upsell", "value": 0.3}, "python -m journey train"),
        ({"score": "churn", "value": 30}, "from 0 to 1"),
        ({"score": "churn", "op": "in", "value": 0.3}, "eq, gt"),
        ({"score": "churn", "tier": "best"}, "high, medium, low"),
        ({"score": "churn", "above": 0.3}, "score, op, value, tier"),
    ],
)
def test_a_score_that_cannot_be_compared_is_refused_with_what_to_do(rule: Any, said: str) -> None:
    with pytest.raises(QuestionError, match=said):
        who(scored(), rule)


def test_a_score_is_told_in_words() -> None:
    assert "have a score of churn that is above 0.3" in tell_rule({"score": "churn", "op": "gt", "value": 0.3})
    assert "have a high score of churn" in tell_rule({"score": "churn", "tier": "high"})


def test_starting_over_forgets_everything_but_what_a_person_wrote() -> None:
    con = scored()
    tables = {name for (name,) in con.connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert tables == {*TABLES, *KEPT}
    start_over(con)
    assert one(con, "select count(*) from scores") == 0

"""Where hardly anything can be told apart, what can be answered is answered; and what was answered is held while it holds."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from journey.ask import ask
from journey.catalogs import write_catalog
from journey.ingest import load_events
from journey.predict.following import Accuracy, measure_next_accuracy, methods, read_next_accuracy
from journey.predict.following import accuracy as proof
from journey.predict.following.methods import FEWEST, by_boosting, by_markov, learnable
from journey.predict.following.rows import BACK, Moments
from journey.rules.held import MOST
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.lent import empty_warehouse

ALL, START = Scope(), datetime(2026, 1, 5, 9, tzinfo=UTC)
QUIET: list[dict[str, Any]] = [{"name": "quiet", "rule": {"did_not": {}, "since": "900d"}}, {"name": "known", "step": 1}]


def loaded(rows: list[tuple[str, str, datetime]]) -> Warehouse:
    con = empty_warehouse()
    load_events(con, pl.DataFrame(rows, schema=["customer", "event", "ts"], orient="row"))
    return con


@pytest.fixture(scope="module")
def monthly() -> Iterator[Warehouse]:
    """Everyone orders once a month and does nothing else."""
    with loaded([(f"c{who}", "order", START + timedelta(days=30 * month, minutes=who)) for who in range(120) for month in range(6)]) as con:
        yield con


def drawn_moments(following: np.ndarray, kinds: int) -> Moments:
    n = len(following)
    trail = np.column_stack([np.roll(following, 1), *[np.full(n, -1)] * (BACK - 1)])
    numbers = np.random.default_rng(1).random((n, 2))
    order = np.arange(n)
    return Moments(order % 50, order, order, trail, following, numbers, tuple(f"e{kind}" for kind in range(kinds)), 1)


@pytest.mark.parametrize(
    "question", [{"of": "event"}, {"of": "event", "collapse_repeats": True}, {"of": "stage", "horizon": "30d", "rules": QUIET}]
)
def test_where_one_thing_ever_followed_trees_are_not_tried_and_the_rest_is_told(monthly: Warehouse, question: dict[str, Any]) -> None:
    answer = ask(monthly, {"ask": "next_accuracy", **question, "customers": {"tested": True}})
    assert answer["enough"] is True and answer["chosen"] == "markov" and answer["gain"] is None
    told = {one["method"]: one for one in answer["methods"]}
    assert "boosted" not in told and told["markov"]["top1"] == 1 and told["frequency"]["top1"] == 1
    assert answer["customers"]["count"] == answer["tested_customers"] == 120
    assert "Boosted trees learned" not in answer["definition"]


def test_where_every_event_is_rare_no_kind_is_learned() -> None:
    rows = [(f"c{k}", f"e{k // 5:02d}", START + timedelta(days=k % 40, minutes=k)) for k in range(400)]
    with loaded(rows) as con:
        answer = ask(con, {"ask": "next_accuracy", "order": 0})
    assert answer["enough"] is True and answer["chosen"] == "markov", "one event a session: only leaving follows"
    moments = drawn_moments(np.repeat(np.arange(40), FEWEST - 1), 40)
    assert not len(learnable(moments)) and len(learnable(drawn_moments(np.zeros(0, np.int64), 3))) == 0


def test_trees_tell_the_commonest_kinds_apart_and_markov_tells_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kind k comes 60 - 8 k times, of 6 kinds: with 3 learned the last 3 are as Markov tells them, but for what is kept for all."""
    monkeypatch.setattr(methods, "MOST_KINDS", 3)
    following = np.random.default_rng(2).permutation(np.repeat(np.arange(6), 60 - 8 * np.arange(6)))
    moments, question = drawn_moments(following, 6), read_next_accuracy({"order": 1})
    assert learnable(moments).tolist() == [0, 1, 2]
    trees, markov = by_boosting(moments, moments, question), by_markov(moments, moments, question)
    assert trees.sum(axis=1) == pytest.approx(np.ones(len(moments))) and (trees > 0).all()
    assert np.abs(trees[:, 3:] - markov[:, 3:]).max() < 0.001
    assert np.abs(trees[:, :3] - markov[:, :3]).max() > 0.05


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A line for each time that the methods are fitted anew."""
    fitted: list[str] = []
    read: Callable[..., Moments] = proof.read_moments

    def noted(*asked: Any) -> Moments:
        fitted.append("anew")
        return read(*asked)

    monkeypatch.setattr(proof, "read_moments", noted)
    return fitted


def test_an_answer_is_held_until_what_it_follows_from_changes(counted: list[str]) -> None:
    rows = [(f"c{who}", "order", START + timedelta(days=30 * month)) for who in range(60) for month in range(8)]
    with loaded(rows) as con:
        question = read_next_accuracy({"of": "stage", "horizon": "30d", "boosted": False})

        def asked(scope: Scope = ALL) -> Accuracy:
            return measure_next_accuracy(con, question, scope)

        first = asked()
        assert asked() is first and measure_next_accuracy(con.cursor(), question, ALL) is first and len(counted) == 1
        assert asked(Scope(timezone="Europe/Berlin")) is not first and len(counted) == 2
        write_catalog(con, "stages", '[[stage]]\nname = "all"\nwhy = "Everyone."\nstep = 1\n')
        assert asked() is not first and len(counted) == 3, "other stages"
        load_events(con, pl.DataFrame([("new", "order", START)], schema=["customer", "event", "ts"], orient="row"))
        before = asked()
        assert len(counted) == 4 and asked() is before and len(counted) == 4
        for seed in range(9):
            measure_next_accuracy(con, read_next_accuracy({"boosted": False, "seed": seed}), ALL)
        assert len(con.shared[proof.LAST]) == MOST, "the latest alone are held"

"""What those who left did instead: counted over all of them, shown of a few."""

from typing import Any

import pytest

from journey.errors import QuestionError
from journey.funnels import Dropoffs, dropoffs_customers, measure_dropoffs, measure_funnel, read_dropoffs
from journey.scope import Scope, read_scope
from journey.warehouse import Warehouse, ask_sql
from tests.drawn import drawn
from tests.lent import empty_warehouse

LOG = (
    "ann 09:00 view 09:05 help 09:06 home 12:00 help",
    "bob 09:00 view 09:01 home",
    "cat 09:00 view",
    "dan 09:00 view 09:10 buy",
    "eve 09:00 view view 09:02 help 09:03 help",
    "zed 2026-03-30 00:00 end",
)


def dropoffs(con: Warehouse, scope: Scope | None = None, **plain: Any) -> Dropoffs:
    of = {"steps": ["view", "buy"], "window": "1h", **plain.pop("of", {})}
    return measure_dropoffs(con, read_dropoffs({"of": of, "after": 0, **plain}), scope or Scope())


def counts(tally: Any) -> dict[str | None, int]:
    return {found.event: found.count for found in tally}


def test_all_who_left_are_counted_inside_the_window() -> None:
    found = dropoffs(drawn(*LOG))
    assert (found.population, found.still_open, found.step) == (4, 0, "view")
    assert counts(found.next) == {"help": 2, "home": 1, None: 1}
    assert counts(found.last) == {"home": 2, "help": 1, None: 1}
    assert counts(found.ever) == {"help": 2, "home": 2, None: 1}
    assert found.next[0].share == 0.5 and found.next[0].interval == pytest.approx((0.150, 0.850), abs=1e-3)


def test_without_a_window_everything_after_counts() -> None:
    assert counts(dropoffs(drawn(*LOG), of={"window": None}).last) == {"help": 2, "home": 1, None: 1}


def test_hidden_events_are_looked_past() -> None:
    found = dropoffs(drawn(*LOG), hide=["help"])
    assert counts(found.next) == {"home": 2, None: 2}
    assert all(name != "help" for timeline in found.timelines for _, name in timeline.events)


def test_timelines_tell_time_from_the_step() -> None:
    found = {timeline.id: timeline.events for timeline in dropoffs(drawn(*LOG)).timelines}
    assert found["ann"] == ((0, "view"), (300, "help"), (360, "home"))
    assert found["cat"] == ((0, "view"),)
    assert found["eve"] == ((0, "view"), (0, "view"), (120, "help"), (180, "help"))


def test_the_sample_is_drawn_by_the_seed_and_says_of_how_many() -> None:
    con = drawn(*(f"c{n:02d} 09:00 view" for n in range(50)), LOG[-1])
    first, again, other = (dropoffs(con, sample=5, seed=seed) for seed in (1, 1, 2))
    assert len(first.timelines) == 5 and first.population == 50
    assert first.timelines == again.timelines
    assert [t.id for t in first.timelines] != [t.id for t in other.timelines]
    assert dropoffs(con, sample=0).timelines == ()
    assert len(dropoffs(con, sample=200).timelines) == 50


def test_a_session_ends_what_came_after_in_it() -> None:
    con = drawn("ann 09:00 view 09:05 help 12:00 home", LOG[-1])
    found = dropoffs(con, of={"count_by": "session", "window": "1d"})
    assert counts(found.next) == {"help": 1} and counts(found.last) == {"help": 1}
    assert found.timelines[0].id == "ann, session 1"
    assert found.timelines[0].events == ((0, "view"), (300, "help"))


def test_who_may_still_go_on_is_said() -> None:
    assert dropoffs(drawn("ann 09:00 view", "bob 11:30 view", "zed 12:00 end")).still_open == 1


@pytest.mark.parametrize("of", [{}, {"count_by": "session"}, {"order": "unordered"}, {"order": "strict"}, {"optional": [1]}])
def test_the_tallies_sum_to_the_funnels_drop_off_and_their_customers_to_them(of: dict[str, Any]) -> None:
    con = drawn(*LOG)
    question = read_dropoffs({"of": {"steps": ["view", "home", "buy"], "window": "1h", **of}, "after": 0})
    scope = read_scope({"start": "2026-03-02"})
    found = measure_dropoffs(con, question, scope)
    assert found.population == measure_funnel(con, question.of, scope).steps[0].left
    for which in ("next", "last", "ever"):
        for done in getattr(found, which):
            assert dropoffs_customers(con, question, scope, {which: done.event}).count == done.count
    assert sum(counts(found.next).values()) == sum(counts(found.last).values()) == found.population


def test_the_shown_query_answers_the_numbers() -> None:
    con = drawn(*LOG)
    evidence = dropoffs(con).evidence
    assert {("all", None, 4), ("next", "help", 2), ("ever", "home", 2)} <= set(ask_sql(con, evidence.sql, evidence.params).rows())
    assert "UTC" in evidence.definition


def test_nobody_who_left_is_an_answer() -> None:
    found = dropoffs(empty_warehouse())
    assert (found.population, found.next, found.timelines) == (0, (), ())
    assert dropoffs(drawn("ann 09:00 view 09:01 buy", LOG[-1])).next == ()


@pytest.mark.parametrize(
    ("plain", "told"),
    [
        ({}, "names its funnel"),
        ({"of": {"steps": ["a", "b"]}}, "after"),
        ({"of": {"steps": ["a", "b"]}, "after": 1}, "from 0 to 0"),
        ({"of": {"steps": ["a"]}, "after": 0}, "no drop-offs"),
        ({"of": {"steps": ["a", "b"]}, "after": 0, "sample": 1_000}, "sample"),
        ({"of": {"steps": ["a", "b"]}, "after": 0, "seed": -1}, "seed"),
        ({"of": {"steps": ["a", "b"]}, "after": 0, "hide": "x"}, "hide"),
        ({"of": {"steps": ["a", "b"], "count_by": "property:d"}, "after": 0}, "customers or sessions"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(plain: dict[str, Any], told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        read_dropoffs(plain)


@pytest.mark.parametrize("mark", [{}, {"next": "a", "last": "b"}, {"then": "a"}])
def test_marks_that_are_not_there_are_refused(mark: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        dropoffs_customers(drawn(*LOG), read_dropoffs({"of": {"steps": ["view", "buy"]}, "after": 0}), Scope(), mark)

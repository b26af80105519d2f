"""What separates those who convert: by hand, blind to what comes after, and silent where there is nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest

from journey.errors import QuestionError
from journey.funnels import Driver, Drivers, drivers_customers, measure_drivers, read_drivers
from journey.ingest import load_events
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql
from tests.drawn import drawn
from tests.lent import empty_warehouse

LATER = "zed 2026-03-30 00:00 end"


def drivers(con: Warehouse, scope: Scope | None = None, window: str | None = "1h", **plain: Any) -> Drivers:
    of = {"steps": ["view", "buy"], "window": window, **plain.pop("of", {})}
    return measure_drivers(con, read_drivers({"of": of, "minimum": 1, **plain}), scope or Scope())


def sides(found: Drivers, **wanted: Any) -> list[tuple[int, int, int, int]]:
    """(n with, converted with, n without, converted without) of the drivers with these facts."""
    chosen = [d for d in found.drivers if all(getattr(d, key) == value for key, value in wanted.items())]
    return [(d.n_with, d.converted_with, d.n_without, d.converted_without) for d in chosen]


def test_both_sides_of_what_was_done_before_are_counted() -> None:
    con = drawn("ann 08:00 promo 09:00 view 09:30 buy", "bob 08:00 promo 09:00 view", "cat 09:00 view 09:30 buy", "dan 09:00 view", LATER)
    found = drivers(con)
    assert sides(found, when="before", name="promo") == [(2, 1, 2, 1)]
    assert (found.entered, found.converted, found.tested) == (4, 2, 1)
    assert found.drivers[0].difference == 0


def test_nothing_after_the_entry_counts_as_before_and_its_own_moment_as_neither() -> None:
    con = drawn("ann 09:00 view promo 09:01 promo 09:30 buy", "bob 09:00 view", LATER)
    assert sides(drivers(con, within="10m"), when="before") == []
    assert sides(drivers(con, within="30s"), name="promo") == []


def test_before_reaches_back_as_far_as_asked() -> None:
    con = drawn("ann 08:00 promo 09:00 view 09:30 buy", "bob 09:00 view", LATER)
    assert sides(drivers(con, before="1h"), name="promo") == [(1, 1, 1, 0)]
    assert sides(drivers(con, before="59m"), name="promo") == []
    assert sides(drivers(con, before=None), name="promo") == [(1, 1, 1, 0)]


def test_on_the_way_all_have_the_same_time_and_who_converted_by_then_is_out() -> None:
    con = drawn(
        "ann 09:00 view 09:05 help 09:20 buy", "bob 09:00 view 09:01 help 09:02 buy", "cat 09:00 view 09:50 help", "dan 09:00 view", LATER
    )
    found = drivers(con, within="10m")
    assert sides(found, when="on_the_way", name="help") == [(1, 1, 2, 0)]
    assert found.waiting == (3, 1)


def test_who_takes_longer_has_no_more_time_to_do_things_on_the_way() -> None:
    """Everyone asks for help at minute 30, if still there; half convert at minute 5, half at minute 45: help drives nothing."""
    fast = [f"f{n} 09:00 view 09:05 buy" for n in range(10)]
    slow = [f"s{n} 09:00 view 09:30 help 09:45 buy" for n in range(10)]
    none = [f"n{n} 09:00 view 09:30 help" for n in range(10)]
    found = drivers(drawn(*fast, *slow, *none, LATER), within="40m")
    assert sides(found, name="help") == []  # all who are still waiting have done it: there is no side without


def test_every_customer_is_judged_by_the_first_entry() -> None:
    con = drawn("ann 09:00 view 12:00 promo 13:00 view 13:01 buy", "bob 09:00 view 09:01 buy", LATER)
    found = drivers(con)
    assert (found.entered, found.converted) == (2, 1)
    assert sides(found, name="promo") == []


def test_open_windows_are_left_out_whether_converted_or_not() -> None:
    con = drawn("ann 09:00 view 09:10 buy", "bob 11:30 view 11:40 buy", "cat 11:30 view", "zed 12:00 end")
    assert (drivers(con).entered, drivers(con).converted) == (1, 1)


def test_steps_are_no_drivers_of_themselves() -> None:
    con = drawn("ann 08:00 buy 09:00 view 09:30 buy", "bob 09:00 view", LATER)
    assert drivers(con).drivers == ()


def test_properties_of_the_entry_are_compared_once_for_two_values() -> None:
    con = drawn("ann 09:00 view{d=x} 09:30 buy", "bob 09:00 view{d=x}", "cat 09:00 view{d=y}", LATER)
    assert sides(drivers(con), name="d") == [(1, 0, 2, 1)]
    three = drawn("ann 09:00 view{d=x} 09:30 buy", "bob 09:00 view{d=z}", "cat 09:00 view{d=y}", LATER)
    assert [d.value for d in drivers(three).drivers] == ["x", "y", "z"]


def test_numbers_are_cut_at_the_median_of_all_entrants() -> None:
    con = drawn(*(f"c{n} 09:00 view{{price={n}}}{' 09:30 buy' if n > 3 else ''}" for n in range(1, 6)), LATER)
    found = drivers(con)
    assert [d.value for d in found.drivers if d.name == "price"] == ["above 3"]
    assert sides(found, name="price") == [(2, 2, 3, 0)]


def test_who_lacks_a_customers_property_is_left_out_of_its_comparison() -> None:
    con = drawn("ann 09:00 view 09:30 buy", "bob 09:00 view", "cat 09:00 view", LATER)
    con.connection.execute("alter table customers add column c_plan varchar")
    con.connection.execute("update customers set c_plan = case id when 'ann' then 'plus' when 'bob' then 'free' end")
    con.connection.execute("insert into properties values ('customer', 'plan', 'c_plan', 'varchar', false)")
    found = drivers(con)
    assert sides(found, when="customer", name="plan") == [(1, 0, 1, 1)]
    mark = {"property": "plan", "of": "customer", "value": "free"}
    question = read_drivers({"of": {"steps": ["view", "buy"], "window": "1h"}})
    assert drivers_customers(con, question, Scope(), {**mark, "with": False}).ids == ("ann",)


def simulated(folds: int, people: int, seed: int, lift: float = 0.0) -> Warehouse:
    """Visits at any time, of anybody as often as chance has it; noise between them; each visit converts by a coin of its own.

    lift: added to the chance of converting where a "tip" came in the ten minutes before the visit.
    """
    rng = np.random.default_rng(seed)
    start, rows = datetime(2026, 3, 2, tzinfo=UTC), []
    for fold in range(folds):
        for person in range(people):
            who = f"{fold}-{person}"
            for when in rng.uniform(0, 20 * 86_400, 1 + rng.poisson(1.5)):
                tip = rng.random() < 0.4
                rows += [(who, "tip", when - 300, fold)] if tip and lift else []
                rows.append((who, "view", when, fold))
                if rng.random() < 0.3 + lift * tip:
                    rows.append((who, "buy", when + rng.uniform(60, 3_000), fold))
            rows += [(who, f"noise {rng.integers(8)}", when, fold) for when in rng.uniform(0, 22 * 86_400, rng.poisson(12))]
    rows.append(("last", "end", 40 * 86_400, -1))
    frame = pl.DataFrame(
        {
            "customer": [who for who, *_ in rows],
            "event": [event for _, event, *_ in rows],
            "ts": [start + timedelta(seconds=when) for _, _, when, _ in rows],
            "fold": [str(fold) for *_, fold in rows],
        }
    )
    con = empty_warehouse()
    load_events(con, frame)
    return con


def of_fold(con: Warehouse, fold: int) -> Drivers:
    scope = Scope(segment={"property": "fold", "op": "eq", "value": str(fold)})
    return drivers(con, scope, minimum=20, within="5m", most=1_000, before="7d")


def test_where_nothing_drives_conversion_few_logs_are_told_that_something_does() -> None:
    folds = 24
    con = simulated(folds, 150, seed=11)
    found = [of_fold(con, fold) for fold in range(folds)]
    assert min(one.tested for one in found) >= 8
    assert sum(one.told > 0 for one in found) <= 4  # 5% of logs are expected; five or more have a chance of 0.6%


def test_a_planted_effect_is_found_first_and_its_interval_holds_it() -> None:
    best = of_fold(simulated(1, 1_500, seed=5, lift=0.4), 0).drivers[0]
    assert (best.name, best.when, best.told_apart) == ("tip", "before", True)
    assert best.interval[0] < 0.4 < best.interval[1] + 0.05  # a tip of an earlier visit is no help, so it dilutes a little


def test_q_is_that_of_a_second_implementation() -> None:
    found = of_fold(simulated(1, 600, seed=3), 0).drivers
    ps = [proportions_ztest([d.converted_with, d.converted_without], [d.n_with, d.n_without])[1] for d in found]
    assert [d.q for d in found] == pytest.approx(list(multipletests(ps, method="fdr_bh")[1]), rel=1e-9)


def test_the_told_apart_come_first_by_the_size_of_the_difference() -> None:
    found = of_fold(simulated(1, 1_000, seed=5, lift=0.4), 0).drivers
    assert [d.told_apart for d in found] == sorted((d.told_apart for d in found), reverse=True)
    apart = [abs(d.difference) for d in found if d.told_apart]
    assert apart == sorted(apart, reverse=True)


@pytest.mark.parametrize("count_by", ["customer", "session"])
def test_the_customers_of_a_side_are_as_many_as_it_says(count_by: str) -> None:
    con = simulated(1, 150, seed=2, lift=0.3)
    question = read_drivers({"of": {"steps": ["view", "buy"], "window": "1h", "count_by": count_by}, "minimum": 1, "within": "50m"})
    found = measure_drivers(con, question, Scope())
    assert {driver.when for driver in found.drivers} == {"before", "on_the_way"}
    for driver in found.drivers:
        assert [behind(con, question, driver, has).count for has in (True, False)] == [driver.n_with, driver.n_without]
        assert behind(con, question, driver, True, converted=True).count == driver.converted_with


def behind(con: Warehouse, question: Any, driver: Driver, has: bool, **more: Any) -> Any:
    return drivers_customers(con, question, Scope(), {**driver.mark, "with": has, **more})


@pytest.mark.parametrize(
    "of", [{"order": "strict"}, {"order": "unordered"}, {"ties": "load_order"}, {"hold": ["fold"]}, {"exclusions": [{"event": "noise 1"}]}]
)
def test_every_kind_of_funnel_has_drivers(of: dict[str, Any]) -> None:
    found = drivers(simulated(1, 40, seed=4), of=of)
    assert 0 < found.converted < found.entered
    assert found.tested


def test_the_shown_query_answers_the_numbers() -> None:
    con = drawn("ann 08:00 promo 09:00 view 09:30 buy", "bob 09:00 view", LATER)
    evidence = drivers(con).evidence
    rows = ask_sql(con, evidence.sql, evidence.params).filter(pl.col("part") == "before")
    assert rows.select("name", "n", "converted").rows() == [("promo", 1, 1)]
    assert "not cause" in evidence.definition


def test_an_empty_log_has_no_drivers() -> None:
    found = drivers(empty_warehouse())
    assert (found.drivers, found.entered, found.tested, found.landmark) == ((), 0, 0, None)


@pytest.mark.parametrize(
    ("plain", "told"),
    [
        ({}, "names its funnel"),
        ({"of": {"steps": ["a"]}}, "two steps"),
        ({"of": {"steps": ["a", "b"], "count_by": "property:team"}}, "customers or sessions"),
        ({"of": {"ask": "paths", "steps": ["a", "b"]}}, "holds a funnel"),
        ({"of": {"steps": ["a", "b"], "window": "1h"}, "within": "1h"}, "shorter"),
        ({"of": {"steps": ["a", "b"]}, "minimum": 0}, "minimum"),
        ({"of": {"steps": ["a", "b"]}, "most": True}, "most"),
        ({"of": {"steps": ["a", "b"]}, "before": "soon"}, "duration"),
        ({"of": {"steps": ["a", "b"], "windw": 1}}, "windw"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(plain: dict[str, Any], told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        read_drivers(plain)


@pytest.mark.parametrize(
    "mark",
    [{}, {"event": "a", "property": "b"}, {"event": "a", "when": "entry"}, {"event": "a", "with": "yes"}, {"event": "a", "colour": 1}],
)
def test_marks_that_are_not_there_are_refused(mark: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        drivers_customers(drawn("ann 09:00 a"), read_drivers({"of": {"steps": ["a", "b"]}}), Scope(), mark)

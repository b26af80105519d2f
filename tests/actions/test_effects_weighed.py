"""The weighed difference of means, its error by customer, and a control that has the stages of the treated."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.actions.effects.added import added, added_chance
from journey.actions.effects.weighed import matched, weighed_difference


def test_worked_by_hand() -> None:
    """Treated 1, 0 with weights 3, 1: 0.75.  Control 1, 0, 0 with weights 1, 1, 2: 0.25.

    Errors (value - mean) weight / sum: 3/4 x .25, -1/4 x .75 | 1/4 x -.75, 1/4 x .25, 1/2 x .25; each customer once.
    """
    value, treated = np.array([1.0, 0, 1, 0, 0]), np.array([True, True, False, False, False])
    found = weighed_difference(value, treated, np.array([3.0, 1, 1, 1, 2]), np.arange(5))
    assert found is not None and found.mean == pytest.approx(0.5)
    assert (found.treated, found.control, found.decisions, found.controls, found.customers) == (0.75, 0.25, 2, 3, 5)
    squares = 0.1875**2 + 0.1875**2 + 0.1875**2 + 0.0625**2 + 0.125**2
    assert found.se == pytest.approx((squares * 5 / 4) ** 0.5)


def test_it_is_a_weighed_regression_with_errors_by_cluster() -> None:
    """statsmodels 0.15: WLS on a flag, cov_type="cluster" with use_correction=False, says 0.36531047 and 0.13131731; times G / (G - 1)."""
    rng = np.random.default_rng(5)
    customer = rng.integers(0, 60, 300)
    treated, weight = rng.random(300) < 0.4, rng.uniform(1, 5, 300)
    value = rng.normal(0, 1, 300) + rng.normal(0, 1, 60)[customer] + 0.3 * treated
    found = weighed_difference(value, treated, weight, customer)
    assert found is not None and found.mean == pytest.approx(0.3653104673829942)
    assert found.se == pytest.approx(0.13131730709127162 * (60 / 59) ** 0.5)


def test_seeing_every_decision_twice_tells_nothing_new() -> None:
    rng = np.random.default_rng(6)
    value, treated, customer = rng.random(80), rng.random(80) < 0.5, np.arange(80)
    once = weighed_difference(value, treated, np.ones(80), customer)
    twice = weighed_difference(*(np.tile(part, 2) for part in (value, treated, np.ones(80), customer)))
    assert once is not None and twice is not None and twice.se == pytest.approx(once.se)


def test_a_group_of_nobody_has_no_difference_and_one_of_a_single_customer_no_error() -> None:
    value, ones = np.array([1.0, 0.0, 1.0]), np.ones(3)
    assert weighed_difference(value, np.array([True] * 3), ones, np.arange(3)) is None
    alone = weighed_difference(value, np.array([True, False, False]), ones, np.arange(3))
    assert alone is not None and alone.se is None and alone.interval is None


def test_a_matched_control_has_the_stages_of_the_treated() -> None:
    """Treated: 3 in a, 1 in b.  Control: 1 in a, 2 in b, 1 in c where nobody was treated."""
    treated = np.array([True] * 4 + [False] * 4)
    stage = np.array(["a", "a", "a", "b", "a", "b", "b", "c"])
    assert matched(treated, np.ones(8), stage).tolist() == [1, 1, 1, 1, 3, 0.5, 0.5, 0]
    assert matched(treated[:6], np.ones(6), np.array(["a", "a", "a", "d", "a", "a"])).tolist() == [1, 1, 1, 0, 1.5, 1.5]


def rows(treated: list[bool], done: list[bool], did: list[bool]) -> pl.DataFrame:
    n = len(treated)
    frame = {"treated": treated, "done": done, "did": did, "weight": [1.0] * n, "customer": list(range(n)), "stage": ["a"] * n}
    return pl.DataFrame(frame)


def test_where_a_person_stopped_some_the_difference_is_for_each_on_whom_it_was_done() -> None:
    """100 meant to get it, 60 of whom did; 20 of the 100 bought, of 100 held out 8: 12 points, 20 for each it was done for."""
    frame = rows(
        [True] * 100 + [False] * 100, [place < 60 for place in range(200)], [place < 20 or 100 <= place < 108 for place in range(200)]
    )
    found, all_done = added_chance(frame), added_chance(frame.with_columns(done=pl.col("treated")))
    assert found is not None and all_done is not None and found.se is not None and all_done.se is not None
    assert found.mean == pytest.approx(0.20) and all_done.mean == pytest.approx(0.12)
    assert found.se == pytest.approx(all_done.se / 0.6)
    assert (found.treated, found.control) == (0.20, 0.08)


def test_a_group_in_which_nobody_did_it_is_not_called_sure() -> None:
    """Agresti and Caffo add a success and a failure to each: 1/62 and 1/62."""
    found = added_chance(rows([True] * 60 + [False] * 60, [True] * 60 + [False] * 60, [False] * 120))
    share = 1 / 62
    assert found is not None and found.mean == 0 and found.se == pytest.approx((2 * share * (1 - share) / 62) ** 0.5)


def test_fewer_than_50_on_a_side_are_not_measured() -> None:
    few = rows([True] * 49 + [False] * 60, [True] * 49 + [False] * 60, [True] * 109)
    assert added_chance(few) is None and added(few, "did", is_share=True) is not None
    stopped = rows([True] * 60 + [False] * 60, [place < 49 for place in range(120)], [True] * 120)
    assert added_chance(stopped) is None


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 4), st.floats(0.5, 4)), min_size=4, max_size=40))
def test_swapping_the_groups_turns_the_sign_alone(drawn: list[tuple[bool, bool, int, float]]) -> None:
    did, treated, customer, weight = (np.array(part) for part in zip(*drawn, strict=True))
    found, other = (weighed_difference(did.astype(float), flags, weight, customer) for flags in (treated, ~treated))
    assert (found is None) == (other is None)
    if found is not None and other is not None:
        assert found.mean == pytest.approx(-other.mean) and found.se == pytest.approx(other.se)


def test_its_intervals_cover_the_planted_effect() -> None:
    """400 campaigns of 200 customers with three decisions each that hang together, propensities .2 and .6: 95% of them."""
    rng, hits = np.random.default_rng(8), 0
    for _ in range(400):
        customer, chance = np.repeat(np.arange(200), 3), np.repeat(np.where(np.arange(200) < 100, 0.2, 0.6), 3)
        treated, luck = rng.random(600) < chance, np.repeat(rng.random(200), 3)
        base = np.where(chance == 0.2, 0.1, 0.3)
        did = np.where(rng.random(600) < 0.5, luck, rng.random(600)) < base + 0.1 * treated
        found = weighed_difference(did.astype(float), treated, 1 / np.where(treated, chance, 1 - chance), customer)
        assert found is not None and found.interval is not None
        hits += found.interval[0] <= 0.1 <= found.interval[1]
    assert hits / 400 == pytest.approx(0.95, abs=0.033)  # three standard errors

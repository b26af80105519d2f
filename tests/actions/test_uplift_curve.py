"""The Qini curve and its coefficient, against scikit-uplift, by hand, and by what no order can change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.actions.uplift.curve import qini_coefficient, qini_curve, tried, uplift_at, uplift_auc, uplift_curve
from tests.actions.cases import case

# ann and bob got the mail, cid and dee did not; ann and dee bought
FOUR = tried(np.array([1.0, 0.0, 0.0, 1.0]), np.array([True, True, False, False]))


def test_the_figures_are_those_of_a_second_implementation() -> None:
    told, expected = case("qini_tiny_sklift")["inputs"], case("qini_tiny_sklift")["expected"]
    those, score = tried(np.array(told["y"]), np.array(told["t"])), np.array(told["score"])
    assert qini_coefficient(those, score) == pytest.approx(expected["qini_auc"], abs=1e-9)
    assert uplift_auc(those, score) == pytest.approx(expected["uplift_auc"], abs=1e-9)
    assert uplift_at(those, score, 0.5) == pytest.approx(expected["uplift_at_50"], abs=1e-9)


def test_the_curve_says_how_many_the_action_added_among_the_first() -> None:
    customers, added = qini_curve(FOUR, np.array([4.0, 2.0, 3.0, 1.0]))  # ann, cid, bob, dee
    assert customers.tolist() == [0, 1, 2, 3, 4]
    assert added.tolist() == [0, 1, 1, 1, 0]  # of one treated, one bought; dee, untreated, takes it back at the end


def test_customers_of_one_score_are_one_point_of_the_curve() -> None:
    customers, added = qini_curve(FOUR, np.zeros(4))
    assert (customers.tolist(), added.tolist()) == ([0, 4], [0, 0])


def test_the_best_order_has_the_coefficient_one_and_its_reverse_less_than_nought() -> None:
    best = np.array([4.0, 2.5, 2.0, 1.0])
    assert qini_coefficient(FOUR, best) == pytest.approx(1.0)
    assert (qini_coefficient(FOUR, -best) or 0.0) < 0


@pytest.mark.parametrize("outcome", [[0.0, 0, 0, 0], [1.0, 1, 1, 1]])
def test_where_all_did_the_same_no_order_is_better(outcome: list[float]) -> None:
    assert qini_coefficient(tried(np.array(outcome), FOUR.treated), np.arange(4.0)) is None


def test_without_a_control_nothing_is_said() -> None:
    those = tried(np.array([1.0, 0.0]), np.array([True, True]))
    assert (qini_coefficient(those, np.arange(2.0)), uplift_at(those, np.arange(2.0), 1.0)) == (None, None)


drawn = st.lists(st.tuples(st.integers(0, 1), st.booleans(), st.integers(0, 5)), min_size=4, max_size=40)


@settings(max_examples=25, deadline=None)
@given(drawn)
def test_the_end_of_the_curve_is_the_same_for_any_order(rows: list[tuple[int, bool, int]]) -> None:
    outcome, treated, score = (np.array(part) for part in zip(*rows, strict=True))
    those = tried(outcome, treated)
    for curve in (qini_curve, uplift_curve):
        ends = {round(float(curve(those, order)[1][-1]), 9) for order in (score, -score, np.zeros(len(rows)))}
        assert len(ends) == 1


@settings(max_examples=25, deadline=None)
@given(drawn, st.floats(0.1, 20))
def test_weights_that_are_all_alike_change_nothing(rows: list[tuple[int, bool, int]], weight: float) -> None:
    outcome, treated, score = (np.array(part) for part in zip(*rows, strict=True))
    plain = qini_coefficient(tried(outcome, treated), score)
    weighed = qini_coefficient(tried(outcome, treated, np.full(len(rows), weight)), score)
    assert weighed == (None if plain is None else pytest.approx(plain))


def test_weights_undo_unequal_chances_of_treatment() -> None:
    """Half of the customers answer to the action; they were treated nine times out of ten, the others once: weighed, the curve
    ends where it would had all been treated by a coin."""
    rng = np.random.default_rng(3)
    answers = rng.random(40_000) < 0.5
    chance = np.where(answers, 0.9, 0.1)
    treated = rng.random(40_000) < chance
    outcome = (rng.random(40_000) < 0.1 + 0.2 * (answers & treated)).astype(float)
    weight = 1 / np.where(treated, chance, 1 - chance)
    assert uplift_at(tried(outcome, treated, weight), answers.astype(float), 1.0) == pytest.approx(0.1, abs=0.02)
    assert uplift_at(tried(outcome, treated), answers.astype(float), 1.0) == pytest.approx(0.18, abs=0.02)


def test_random_orders_have_the_coefficient_nought_on_average() -> None:
    rng = np.random.default_rng(4)
    those = tried(rng.random(2_000) < 0.2, rng.random(2_000) < 0.5)
    found = [qini_coefficient(those, rng.random(2_000)) or 0.0 for _ in range(200)]
    assert abs(np.mean(found)) < 4 * np.std(found) / np.sqrt(200)

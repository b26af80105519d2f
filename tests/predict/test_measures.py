"""Measures of probabilities: by hand, beside scikit-learn's, and intervals that cover the truth as often as they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from journey.errors import QuestionError
from journey.predict.measures import caught_within, measure, reliability
from journey.predict.tiers import money, tier_of, treat_from

LABEL = np.array([1, 0, 1, 0, 0, 0, 1, 0])
P = np.array([0.9, 0.8, 0.7, 0.4, 0.3, 0.3, 0.3, 0.1])


def test_eight_customers_worked_by_hand() -> None:
    """Pairs of one with and one without: .9 beats 5, .7 beats 4, .3 beats 1 and ties with 2: (5 + 4 + 2) / 15."""
    found = measure(LABEL, P, 3, np.random.default_rng(1))
    assert found["auc"] == pytest.approx(11 / 15)
    assert found["brier"] == pytest.approx(np.mean((P - LABEL) ** 2))
    assert found["precision_at_capacity"] == pytest.approx(2 / 3)
    assert found["lift_at_capacity"] == pytest.approx((2 / 3) / (3 / 8))
    assert (found["base_rate"], found.n) == (3 / 8, 8)
    assert found["average_precision"] == pytest.approx((1 + 2 / 3 + 3 / 7) / 3)


def test_of_those_tied_at_the_edge_the_share_that_has_room_counts() -> None:
    """Five of eight: .9, .8, .7, .4 and one of the three at .3, one of whom had it."""
    assert caught_within(LABEL, P, 5) == pytest.approx(2 + 1 / 3)
    assert caught_within(LABEL, P, 99) == 3


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.05, 0.2, 0.2001, 0.5, 0.8, 0.95])), min_size=2, max_size=40))
def test_the_measures_are_those_of_scikit_learn(pairs: list[tuple[bool, float]]) -> None:
    label, p = np.array([int(one) for one, _ in pairs]), np.array([chance for _, chance in pairs])
    found = measure(label, p, 5, np.random.default_rng(1))
    assert found["brier"] == pytest.approx(brier_score_loss(label, p))
    assert found["log_loss"] == pytest.approx(log_loss(label, p, labels=[0, 1]))
    if 0 < label.sum() < len(label):
        assert found["auc"] == pytest.approx(roc_auc_score(label, p))
        assert found["average_precision"] == pytest.approx(average_precision_score(label, p))
    for one in found.found.values():
        assert one.value is None or one.interval is None or one.interval[0] - 1e-9 <= one.value <= one.interval[1] + 1e-9
    assert sum(bin.n for bin in found.bins) == len(label) and sum(bin.came for bin in found.bins) == label.sum()


def test_what_cannot_be_told_is_none_with_a_reason() -> None:
    found = measure(np.zeros(5, dtype=int), np.full(5, 0.1), 2, np.random.default_rng(1))
    assert found["auc"] is None and "nobody" in found.found["auc"].why
    assert found["lift_at_capacity"] is None and found["brier"] == pytest.approx(0.01)
    assert measure(np.zeros(0, dtype=int), np.zeros(0), 2, np.random.default_rng(1))["base_rate"] is None


def test_intervals_cover_the_truth() -> None:
    """200 samples of 400 customers of a population whose measures are known: 95% within what 200 draws may show."""
    rng = np.random.default_rng(3)
    whole = rng.beta(1, 4, 200_000)
    came = (rng.random(len(whole)) < whole).astype(int)
    truth = measure(came, whole, 1, rng)
    covered = dict.fromkeys(("auc", "average_precision", "brier", "log_loss", "base_rate"), 0)
    for _ in range(200):
        of = rng.integers(0, len(whole), 400)
        found = measure(came[of], whole[of], 40, rng).found
        for name in covered:
            low, high = found[name].interval or (0.0, 0.0)
            covered[name] += low <= (truth[name] or 0) <= high
    assert all(0.91 <= hits / 200 <= 0.99 for hits in covered.values()), covered


def test_equal_chances_are_never_parted() -> None:
    bins = reliability(np.array([0, 1] * 10), np.array([0.1] * 15 + [0.9] * 5))
    assert [(one.n, one.predicted) for one in bins] == [(15, pytest.approx(0.1)), (5, pytest.approx(0.9))]


def test_perfect_probabilities_have_a_calibration_error_of_about_nothing() -> None:
    rng = np.random.default_rng(5)
    p = rng.random(4000)
    found = measure((rng.random(4000) < p).astype(int), p, 10, rng).found["ece"]
    assert found.value is not None and found.value < 0.03 and found.interval is not None and found.interval[0] < 0.005


def test_a_threshold_catches_and_misses() -> None:
    """From .4 on: four are treated, two of the three are caught, two are false alarms."""
    found = treat_from(LABEL, P, 0.4)
    assert (found.treated, found.caught, found.false_alarms, found.missed) == (4, 2, 2, 1)
    assert (found.precision, found.recall) == (0.5, pytest.approx(2 / 3))
    assert treat_from(LABEL, P, 0.95).precision is None


def test_money_is_what_is_kept_less_what_all_treatments_cost() -> None:
    """Two caught, half of them kept, worth 100; four treated at 5: 100 - 20; 10% of those caught pay for it."""
    found = money(treat_from(LABEL, P, 0.4), 100, 5, 0.5)
    assert (found.net, found.break_even) == (80, pytest.approx(0.1))
    assert found.interval is not None and found.interval[0] < 80 < found.interval[1]
    with pytest.raises(QuestionError):
        money(treat_from(LABEL, P, 0.4), 100, 5, 1.5)


def test_tiers_begin_at_their_thresholds() -> None:
    assert [tier_of(p) for p in (0.7, 0.69, 0.4, 0.39)] == ["high", "medium", "medium", "low"]


def test_perfect_probabilities_are_seldom_called_miscalibrated() -> None:
    rng, called = np.random.default_rng(5), 0
    for _ in range(120):
        p = rng.beta(2, 5, 400)
        interval = measure((rng.random(400) < p).astype(int), p, 50, rng).found["ece"].interval
        called += interval is not None and interval[0] > 0
    assert called <= 14  # 6 expected of one in twenty; more than 14 would be one chance in a thousand

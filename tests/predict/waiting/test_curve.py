"""The Kaplan-Meier curve: by hand, against statsmodels and textbooks, and what holds for every log."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.predict.waiting.curve import kaplan_meier, log_rank

PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
TREATED = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]  # the first nine relapsed
waits = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=25)


def of(rows: list[tuple[int, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([wait for wait, _ in rows], dtype=float), np.array([done for _, done in rows], dtype=bool)


def test_by_hand_of_five_customers() -> None:
    curve = kaplan_meier(*of([(1, True), (2, False), (3, True), (3, True), (9, False)]))
    assert curve.times.tolist() == [1, 3] and curve.at_risk.tolist() == [5, 3]
    assert curve.share == pytest.approx([1 / 5, 1 - 4 / 5 * 1 / 3])  # 1 of 5 left, then 2 of 3
    assert (curve.quantile(0.2), curve.quantile(0.5), curve.quantile(0.75)) == (1, 3, None)
    assert curve.at(0.5)[0] == 0 and curve.at(9)[0] == curve.share[1] and curve.at(9.1) == (None, None)


def test_who_has_all_done_it_ends_at_one_and_nobody_at_nothing() -> None:
    assert kaplan_meier(*of([(1, True), (2, True)])).share.tolist() == [0.5, 1.0]
    nobody = kaplan_meier(*of([(4, False), (2, False)]))
    assert (nobody.done, nobody.waiting, nobody.quantile(0.5), nobody.at(3)) == (0, 2, None, (0.0, None))


def test_the_median_of_the_leukaemia_trial_is_the_published_one() -> None:
    """Gehan 1965 data: medians 8 and 23 weeks, and S(6) of the treated .857 with 95% log-log .620 to .952."""
    assert kaplan_meier(np.array(PLACEBO, float), np.ones(21, bool)).quantile(0.5) == 8
    treated = kaplan_meier(np.array(TREATED, float), np.arange(21) < 9)
    share, interval = treated.at(6)
    assert treated.quantile(0.5) == 23
    assert interval is not None and [share, *interval] == pytest.approx([1 - 0.857, 1 - 0.952, 1 - 0.620], abs=5e-4)
    assert treated.quantile_interval(0.5) == (13, None)


def test_the_log_rank_test_of_the_leukaemia_trial_is_the_published_one() -> None:
    waited = np.array(PLACEBO + TREATED, float)
    done = np.array([True] * 21 + [k < 9 for k in range(21)])
    found = log_rank(waited, done, np.array([0] * 21 + [1] * 21))
    assert found is not None and found[0] == pytest.approx(16.79, abs=0.01) and found[1] == pytest.approx(4.17e-5, rel=0.01)


def test_one_group_and_groups_in_which_nothing_happened_are_not_compared() -> None:
    assert log_rank(np.array([1.0, 2.0]), np.array([True, True]), np.array([0, 0])) is None
    assert log_rank(np.array([1.0, 2.0]), np.array([False, False]), np.array([0, 1])) is None


@settings(max_examples=25, deadline=None)
@given(waits)
def test_the_curve_is_that_of_statsmodels(rows: list[tuple[int, bool]]) -> None:
    from statsmodels.duration.survfunc import SurvfuncRight

    waited, done = of(rows)
    curve = kaplan_meier(waited, done)
    if not done.any():
        assert len(curve.times) == 0
        return
    theirs = SurvfuncRight(waited, done.astype(int))
    assert curve.times.tolist() == theirs.surv_times.tolist() and curve.at_risk.tolist() == theirs.n_risk.tolist()
    assert curve.share == pytest.approx(1 - theirs.surv_prob, abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(waits)
def test_shares_rise_within_their_intervals_and_without_waiting_they_are_the_plain_ones(rows: list[tuple[int, bool]]) -> None:
    waited, done = of(rows)
    curve = kaplan_meier(waited, done)
    assert np.all(np.diff(curve.share) >= 0) and np.all((curve.share >= 0) & (curve.share <= 1))
    known = np.isfinite(curve.low)
    assert np.all(curve.low[known] <= curve.share[known]) and np.all(curve.high[known] >= curve.share[known])
    everyone = kaplan_meier(waited, np.ones(len(waited), bool))
    assert everyone.share == pytest.approx([(waited <= time).mean() for time in everyone.times])


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng, hits, tries = np.random.default_rng(5), 0, 400
    for _ in range(tries):
        wait, seen = rng.exponential(10, 120), rng.uniform(0, 25, 120)
        interval = kaplan_meier(np.minimum(wait, seen), wait <= seen).at(7.0)[1]
        hits += interval is not None and interval[0] <= 1 - np.exp(-0.7) <= interval[1]
    assert 0.92 <= hits / tries <= 0.98

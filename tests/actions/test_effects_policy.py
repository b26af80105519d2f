"""In a world whose truth is known, choosing by measured effects pays, and what it is said to be worth holds.

A few seeds here; `python -m bench.proof policy` runs many, and the whole way through loaded shops.
"""

import numpy as np
import pytest
from scipy.stats import binom

from bench import policy
from journey.demo import world


def test_the_planted_money_is_that_of_the_world() -> None:
    """A call in trouble: (.30 - .03) x .5 x 42.6 - 3 more than nothing."""
    mean = float(np.exp(3.6 + 0.55**2 / 2))
    assert policy.TRUE[0, 3] - policy.TRUE[0, 0] == pytest.approx(0.27 * 0.5 * mean - 3)
    assert [world.ACTIONS[place] for place in policy.TRUE.argmax(axis=1)] == ["call back", "reminder", "voucher", "reminder", "nothing"]


def test_what_is_chosen_beats_rules_and_dice() -> None:
    values = [policy.value_of(policy.choose(policy.draw_log(policy.DECISIONS, rng), rng)) for rng in map(np.random.default_rng, range(6))]
    assert np.mean(values) > policy.value_of(policy.PRIORITY) > policy.RANDOM
    assert min(values) > policy.RANDOM and max(values) <= policy.BEST + 1e-9


def test_much_data_finds_the_best_there_is() -> None:
    rng = np.random.default_rng(2)
    assert policy.value_of(policy.choose(policy.draw_log(60_000, rng), rng)) == pytest.approx(policy.BEST)


def test_no_data_chooses_nothing() -> None:
    rng = np.random.default_rng(3)
    assert policy.choose(policy.draw_log(60, rng), rng).tolist() == [0] * 5


def test_the_intervals_of_the_estimated_value_cover_the_true_one() -> None:
    """20 simulations: not fewer hits than 95% would give but once in a thousand times."""
    runs = [policy.value_on(policy.draw_log(3_000, rng), rng, with_model=False) for rng in map(np.random.default_rng, range(20))]
    hits = sum(run.covers("snips") for run in runs)
    assert hits >= binom.ppf(0.001, 20, 0.95)
    assert abs(np.mean([(run.found.snips.value or 0) - run.truth for run in runs])) < 0.15


def test_the_intervals_of_each_effect_cover_the_planted_one() -> None:
    """25 logs of 15 effects each, drawn toward one another within an action, those hardly tried included."""
    hits = []
    true = policy.EFFECT - policy.EFFECT[:, :1]
    for rng in map(np.random.default_rng, range(25)):
        mean, sd = policy.learn(policy.draw_log(4_000, rng))
        hits += (np.abs(mean - true)[:, 1:] <= 1.96 * sd[:, 1:]).ravel().tolist()
    assert 0.90 <= np.mean(hits) <= 0.99

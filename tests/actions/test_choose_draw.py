"""Choosing by drawing: the chance of every choice, invariants over random options, and what exploring comes to."""

import json
import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.actions.choose import NOTHING, Options, best_by_mean, choose_many

SEED = 20_260_302
CASES = os.environ.get("JOURNEY_CASES")


def options(mean: list[list[float]], sd: float = 0.02, worth: float = 40.0, cost: float = 1.5, **more: object) -> Options:
    means = np.array(mean, float)
    ones = np.ones_like(means)
    return Options(means, sd * ones, worth * ones, cost * ones, **{"allowed": ones > 0, **more})  # type: ignore[arg-type]


def test_one_action_by_hand() -> None:
    # .1 x 40 - 1.5 = 2.5, with an sd of .02 x 40 = .8: above 0 with a chance of Phi(2.5 / .8) = .99911
    one = options([[0.1]])
    assert one.value == pytest.approx(2.5) and one.value_sd == pytest.approx(0.8)
    found = choose_many(one, np.random.default_rng(SEED), draws=20_000)
    assert found.shares[0, 0] == pytest.approx(0.99911, abs=0.001) and found.shares[0, 1] == pytest.approx(1 - found.shares[0, 0])


def test_the_chance_of_being_the_best_of_two_is_that_of_their_difference() -> None:
    # Values 2.5 and 1.7, each with an sd of .8: the first is above the second with a chance of Phi(.8 / (.8 sqrt 2)) = .7602
    found = choose_many(options([[0.1, 0.08]]), np.random.default_rng(SEED), draws=40_000)
    assert found.shares[0, 0] == pytest.approx(0.7602, abs=0.01)


def test_the_worths_uncertainty_widens_and_does_not_move_the_value() -> None:
    wide = options([[0.1]], worth_sd=np.array([[10.0]]))
    assert wide.value == pytest.approx(2.5)
    assert wide.value_sd == pytest.approx(math.sqrt(0.8**2 + (0.1 * 10) ** 2 + (0.02 * 10) ** 2))
    drawn = choose_many(wide, np.random.default_rng(SEED), draws=40_000).shares[0, 0]
    assert 0.95 < drawn < choose_many(options([[0.1]]), np.random.default_rng(SEED), draws=40_000).shares[0, 0]


def test_what_is_tried_is_drawn_from_its_beta_distribution() -> None:
    # Never tried: Beta(1, 1) less a base of .2, worth 10, cost 3: best where the chance is above .5, so half of the time.
    never = options([[0.3]], 12**-0.5, 10.0, 3.0, trying=np.array([[True]]), base=np.array([[0.2]]))
    assert choose_many(never, np.random.default_rng(SEED), draws=20_000).shares[0, 0] == pytest.approx(0.5, abs=0.015)
    # 1 of 8: Beta(2, 8), of mean .2; above .5 with a chance of (9 choose 0..1) / 2^9 = 10 / 512
    few = options([[0.0]], math.sqrt(0.2 * 0.8 / 11), 10.0, 3.0, trying=np.array([[True]]), base=np.array([[0.2]]))
    assert choose_many(few, np.random.default_rng(SEED), draws=40_000).shares[0, 0] == pytest.approx(10 / 512, abs=0.004)


def test_the_kept_propensities_are_the_chances_at_which_actions_are_chosen() -> None:
    """Of many alike, each action is chosen as often as its propensity says, within four standard errors."""
    n = 20_000
    found = choose_many(options([[0.05, 0.06, 0.03]] * n), np.random.default_rng(SEED))
    for action, share in enumerate(found.shares[0]):
        chosen = found.action == (NOTHING if action == 3 else action)
        assert chosen.mean() == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / n) + 1e-9)
        assert not chosen.any() or set(found.propensity[chosen]) == {share}


def test_weighing_by_the_propensities_is_fair_to_every_action() -> None:
    """The mean of what an action would bring, from those who got it alone, each weighed by one over its chance."""
    n, rng = 40_000, np.random.default_rng(SEED)
    found = choose_many(options([[0.06, 0.05]] * n), rng)
    for action, would in enumerate((0.3, 0.2)):
        outcome = rng.random(n) < would
        estimate = float((outcome * (found.action == action) / found.shares[:, action]).mean())
        assert estimate == pytest.approx(would, abs=4 * math.sqrt(would / float(found.shares[0, action]) / n))


@st.composite
def some_options(draw: st.DrawFn) -> Options:
    shape = (draw(st.integers(0, 6)), draw(st.integers(0, 4)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    mean = np.where(rng.random(shape) < 0.1, np.nan, rng.normal(0.02, 0.05, shape))
    trying = rng.random(shape) < 0.2
    base = np.full(shape, 0.1)
    return Options(
        np.where(trying, 0.4, mean), np.where(trying, 12**-0.5, rng.uniform(0, 0.05, shape)), rng.uniform(0, 60, shape),
        rng.uniform(0, 4, shape), rng.random(shape) < 0.7, rng.uniform(0, 5, shape), trying, base,
    )  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(some_options(), st.booleans(), st.integers(0, 99))
def test_what_is_forbidden_or_unknown_is_never_chosen_and_chances_add_up(some: Options, explore: bool, seed: int) -> None:
    found = choose_many(some, np.random.default_rng(seed), explore, draws=60)
    again = choose_many(some, np.random.default_rng(seed), explore, draws=60)
    assert (found.action == again.action).all() and (found.shares == again.shares).all()
    assert found.shares.sum(axis=1) == pytest.approx(1)
    assert (found.shares[:, :-1][~some.open] == 0).all() and (found.propensity > 0).all()
    for row, action in enumerate(found.action):
        if action == NOTHING:
            assert explore or not (some.open[row] & (np.nan_to_num(some.value[row]) > 0)).any()
        else:
            assert some.open[row, action]
            assert explore or some.value[row, action] == np.nanmax(np.where(some.open[row], some.value[row], -np.inf)) > 0


def test_nothing_wins_where_every_action_costs_more_than_it_brings() -> None:
    poor = options([[0.01, 0.02]], sd=0.0001)
    assert best_by_mean(poor).tolist() == [NOTHING] and choose_many(poor, np.random.default_rng(SEED)).shares[0].tolist() == [0, 0, 1]


def test_each_gets_the_draw_that_falls_to_them_whoever_else_is_asked() -> None:
    many = options([[0.05, 0.06, 0.03], [0.03, 0.05, 0.06]])
    picks = np.array([7, 8])
    both = choose_many(many, np.random.default_rng(SEED), picks=picks)
    alone = choose_many(options([[0.03, 0.05, 0.06]]), np.random.default_rng(SEED), picks=picks[1:])
    assert both.action[1] == alone.action[0] and both.propensity[1] == alone.propensity[0]


@pytest.mark.skipif(not CASES, reason="JOURNEY_CASES names no folder of reference values")
def test_trying_loses_as_few_conversions_as_a_published_simulation_of_it() -> None:
    """10,000 customers in batches of 100, three actions of which nothing is known at first: conversions lost against the best."""
    listed = json.loads((Path(str(CASES)) / "reference_values.json").read_text())
    case = next(one for one in listed if one["name"] == "bandit_regret_10k")
    chance, rng, runs = np.array(case["inputs"]["p"]), np.random.default_rng(1), case["inputs"]["reps"] // 2
    won, lost, regret = np.ones((runs, 3)), np.ones((runs, 3)), np.zeros(runs)
    flat, ones = np.zeros((runs, 3)), np.ones((runs, 3))
    for _ in range(case["inputs"]["T"] // case["inputs"]["batch"]):
        mean = won / (won + lost)
        sd = np.sqrt(mean * (1 - mean) / (won + lost + 1))
        shares = choose_many(Options(mean, sd, ones, flat, ones > 0, trying=ones > 0, base=flat), rng).shares
        given_to = rng.multinomial(case["inputs"]["batch"], shares)[:, :3]
        hits = rng.binomial(given_to, chance)
        won, lost = won + hits, lost + given_to - hits
        regret += given_to @ (chance.max() - chance)
    assert regret.mean() == pytest.approx(case["expected"]["ts"]["mean"], rel=case["tolerance"]["rel"])
    assert regret.mean() < 0.8 * case["expected"]["uniform"]["mean"]

"""The models' formulas: by hand, against simulation and slow sums, and what holds for every history."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.predict.lifetime.dropout import BG_NBD, MBG_NBD, Dropout
from journey.predict.lifetime.fitting import fit
from journey.predict.lifetime.history import Histories, distinct
from journey.predict.lifetime.pareto import PARETO_NBD, Pareto
from journey.predict.lifetime.renewal import log_survival, remaining
from journey.predict.lifetime.spend import expected_spend, fit_spend, log_likelihood, slope

THETA = {"bg_nbd": (0.24, 4.4, 0.8, 2.4), "mbg_nbd": (0.52, 6.2, 0.9, 1.6), "pareto_nbd": (0.55, 10.6, 0.61, 11.7)}
MODELS = [BG_NBD, MBG_NBD, PARETO_NBD]
names = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
histories = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 200), st.integers(0, 200)), min_size=1, max_size=8)


def of(*rows: tuple[int, float, float]) -> Histories:
    x, seen, age = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return Histories(x, seen, age, np.ones(len(x)))


def theta(model: Dropout | Pareto) -> np.ndarray:
    return np.array(THETA[model.name])


def test_the_likelihood_of_two_histories_by_hand() -> None:
    """With a = b = r = 1 and alpha = 2: one order in 2 weeks; one more at 1 of 2."""
    one = np.ones(4) * np.array([1, 2, 1, 1])
    never, again = np.exp(BG_NBD.log_likelihood(one, of((0, 0, 2), (1, 1, 2))))
    assert never == pytest.approx(2 / 4)  # alpha / (alpha + age)
    assert again == pytest.approx(2 * (1 / 2 / 16 + 1 / 2 / 9))  # stayed: B(1, 2) = 1/2; or left after it
    assert BG_NBD.alive(one, of((0, 0, 2), (1, 1, 2))) == pytest.approx([1, (1 / 16) / (1 / 16 + 1 / 9)])


@names
def test_expected_orders_are_the_derivative_of_nothing_and_grow_with_time(model: Dropout | Pareto) -> None:
    h = of((0, 0, 20), (3, 12, 30), (9, 30, 31))
    at = [model.expected(theta(model), h, t) for t in (0.0, 1.0, 10.0, 100.0)]
    assert at[0] == pytest.approx(np.zeros(3)) and all(np.all(later > earlier) for earlier, later in itertools.pairwise(at))


@names
def test_orders_to_come_have_the_simulated_mean_and_spread(model: Dropout | Pareto) -> None:
    """Draw the rate and the leaving of somebody who is still there, and let them order for ten weeks."""
    rng, h, n, t = np.random.default_rng(3), of((4, 15, 20)), 200_000, 10.0
    r, alpha, third, fourth = theta(model)
    rate = rng.gamma(r + 4, 1 / (alpha + 20), n)
    if isinstance(model, Pareto):
        left = rng.exponential(1 / rng.gamma(third, 1 / (fourth + 20), n))
        came = rng.poisson(rate * np.minimum(left, t)).astype(float)
    else:
        leave = rng.beta(third, fourth + 4 + model.first, n)
        came = np.minimum(rng.poisson(rate * t), rng.geometric(np.maximum(leave, 1e-12))).astype(float)
    assert model.expected(theta(model), h, t)[0] == pytest.approx(came.mean(), rel=0.01)
    assert model.squared(theta(model), h, t)[0] == pytest.approx((came**2).mean(), rel=0.03)


@names
@settings(max_examples=15, deadline=None)
@given(histories)
def test_chances_are_chances_and_likelihoods_below_one_are_finite(model: Dropout | Pareto, rows: list[tuple[int, int, int]]) -> None:
    h = of(*((x, 0 if x == 0 else seen, seen + more) for x, seen, more in rows))
    alive, expected = model.alive(theta(model), h), model.expected(theta(model), h, 12.0)
    assert np.all((alive >= 0) & (alive <= 1)) and np.all(np.isfinite(model.log_likelihood(theta(model), h)))
    assert np.all(expected >= 0) and np.all(model.squared(theta(model), h, 12.0) >= expected**2 - 1e-9)


@settings(max_examples=20, deadline=None)
@given(st.floats(-3, 2), st.floats(0, 4), st.floats(-6, 8), st.floats(-4, 12), st.integers(0, 60), st.floats(0, 100))
def test_expected_orders_are_the_slow_sum_for_any_parameters(r: float, alpha: float, a: float, b: float, x: int, age: float) -> None:
    at, h = np.exp(np.array([r, alpha, a, b])), of((x, age, age))
    assert BG_NBD.expected(at, h, 13.0) == pytest.approx(BG_NBD._moments(at, h, 13.0)[0], rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("model", [BG_NBD, MBG_NBD], ids=lambda model: model.name)
def test_slopes_are_those_of_the_likelihood(model: Dropout) -> None:
    h, at = of((0, 0, 9), (1, 3, 9), (6, 8, 30)), theta(model)
    for k, step in enumerate(np.eye(4) * 1e-6):
        numeric = (model.log_likelihood(at + step, h) - model.log_likelihood(at - step, h)) / 2e-6
        assert model.slope(at, h)[k] == pytest.approx(numeric, rel=1e-5, abs=1e-7)
    spend, orders, mean = np.array([6.2, 3.7, 15.4]), np.array([1.0, 4.0]), np.array([20.0, 71.0])
    for k, step in enumerate(np.eye(3) * 1e-6):
        numeric = (log_likelihood(spend + step, orders, mean) - log_likelihood(spend - step, orders, mean)) / 2e-6
        assert slope(spend, orders, mean)[k] == pytest.approx(numeric, rel=1e-5, abs=1e-7)


def simulated(rng: np.random.Generator, n: int, weeks: float) -> Histories:
    """Customers of a known BG/NBD who joined over half a year."""
    r, alpha, a, b = theta(BG_NBD)
    rate, leave, age = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n), weeks - rng.integers(0, 26, n)
    x, seen = np.zeros(n, dtype=int), np.zeros(n)
    for k in range(n):
        clock = 0.0
        while True:
            clock += rng.exponential(1 / rate[k])
            if clock > age[k]:
                break
            x[k], seen[k] = x[k] + 1, clock
            if rng.random() < leave[k]:
                break
    return distinct(x, (seen * 7).astype(int), (age * 7).astype(int), 7.0)[0]


def test_a_known_truth_is_found_again_and_lies_in_the_intervals() -> None:
    h = simulated(np.random.default_rng(11), 6_000, 52)
    found = fit(
        BG_NBD.parameters,
        BG_NBD.start(h),
        lambda at: float((BG_NBD.log_likelihood(at, h) * h.count).sum()),
        6_000,
        lambda at: BG_NBD.slope(at, h) @ h.count,
    )
    for name, truth in zip(BG_NBD.parameters, THETA["bg_nbd"], strict=True):
        interval = found.intervals()[name]
        assert interval is not None and interval[0] < truth < interval[1], name


def test_spend_of_a_known_truth_is_found_again_and_shrinks_the_less_the_more_is_known() -> None:
    rng, n = np.random.default_rng(4), 4_000
    orders, nu = rng.integers(1, 6, n).astype(float), rng.gamma(3.7, 1 / 15.4, n)
    mean = rng.gamma(6.2 * orders, 1 / nu) / orders
    spend = fit_spend(orders, mean)
    assert spend.mean == pytest.approx(6.2 * 15.4 / 2.7, rel=0.05) and abs(spend.correlation or 0) < 0.05
    drawn_in = expected_spend(spend.fitted.values, np.array([0.0, 1, 5, 500]), np.full(4, 100.0))
    assert spend.mean == pytest.approx(drawn_in[0]) and np.all(np.diff(drawn_in) > 0) and drawn_in[3] == pytest.approx(100, rel=0.01)


def test_where_nobody_leaves_a_weak_prior_settles_the_fit_and_says_so() -> None:
    h = of(*((x, 50.0, 50.5) for x in (3, 5, 8, 9, 12, 4, 7, 10)))
    found = fit(BG_NBD.parameters, BG_NBD.start(h), lambda at: float((BG_NBD.log_likelihood(at, h) * h.count).sum()), 8)
    assert found.steadied and found.covariance is not None


def test_contracts_to_come_are_the_sum_of_those_still_there() -> None:
    at = np.array([0.7, 1.2])
    share = np.exp(log_survival(at, np.arange(10)))
    assert share[:2] == pytest.approx([1, 1.2 / 1.9])
    assert remaining(at, np.array([2]), 3)[0] == pytest.approx(share[3:6].sum() / share[2])
    assert remaining(at, np.array([2]), 3, 0.1)[0] == pytest.approx((share[3:6] / share[2] / 1.1 ** np.arange(1, 4)).sum())


def test_equal_histories_are_kept_once_with_their_count() -> None:
    h, place = distinct(np.array([0, 2, 0]), np.array([0, 7, 0]), np.array([14, 21, 14]), 7.0)
    assert (h.x.tolist(), h.seen.tolist(), h.age.tolist(), h.count.tolist()) == ([0, 2], [0, 1], [2, 3], [2, 1])
    assert place.tolist() == [0, 1, 0] and h.customers == 3

"""Groups are drawn toward what they have in common as far as the data bear it out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.inference.pooling import pooled

SCHOOLS = ([28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18])


def test_the_eight_schools_come_out_as_published() -> None:
    """Gelman and others 2013, table 5.3 (from 200 draws, rounded): 95% intervals of A [-2, 31] and C [-11, 19], G [-1, 26].

    Means and the spread as Stan's sampler gives them for the same model (Stan user's guide): 11.4 for A, 8 in common, 6.6.
    """
    found = pooled(*SCHOOLS, widest=1000)
    assert found is not None
    assert found.means[0] == pytest.approx(11.4, abs=0.2) and found.sds[0] == pytest.approx(8.3, abs=0.3)
    assert (
        found.mean == pytest.approx(7.9, abs=0.3)
        and found.sd == pytest.approx(5.2, abs=0.3)
        and found.spread == pytest.approx(6.6, abs=0.3)
    )
    for place, (low, high) in {0: (-2, 31), 2: (-11, 19), 6: (-1, 26)}.items():
        assert found.means[place] - 1.96 * found.sds[place] == pytest.approx(low, abs=4)
        assert found.means[place] + 1.96 * found.sds[place] == pytest.approx(high, abs=4)


def test_the_grid_agrees_with_drawing_from_the_same_model() -> None:
    y, errors = (np.array(part, float) for part in SCHOOLS)
    rng, spread = np.random.default_rng(1), np.linspace(0.001, 200, 20_000)
    weight = 1 / (errors**2 + spread[:, None] ** 2)
    common, variance = (weight * y).sum(1) / weight.sum(1), 1 / weight.sum(1)
    log = 0.5 * np.log(variance) + 0.5 * np.log(weight).sum(1) - 0.5 * (weight * (y - common[:, None]) ** 2).sum(1)
    drawn = rng.choice(len(spread), 40_000, p=np.exp(log - log.max()) / np.exp(log - log.max()).sum())
    shared = rng.normal(common[drawn], np.sqrt(variance[drawn]))
    own = spread[drawn, None] ** 2 * weight[drawn]
    true = rng.normal(own * y + (1 - own) * shared[:, None], errors * np.sqrt(own))
    found = pooled(*SCHOOLS, widest=200)
    assert found is not None
    assert found.means == pytest.approx(true.mean(0), abs=0.2) and found.sds == pytest.approx(true.std(0), abs=0.2)
    assert np.array(found.covariance) == pytest.approx(np.cov(true.T), abs=2.0)


def test_one_group_is_left_as_it_is_and_none_is_none() -> None:
    one = pooled([0.1], [0.02], 1)
    assert one is not None and (one.means, one.sds, one.spread) == ((0.1,), (0.02,), 0.0)
    assert pooled([], [], 1) is None


def test_groups_that_agree_are_drawn_together_and_groups_far_apart_stay() -> None:
    alike, apart = pooled([0.10, 0.10, 0.10], [0.05] * 3, 1), pooled([-0.4, 0.1, 0.6], [0.01] * 3, 1)
    assert alike is not None and apart is not None
    assert alike.sds[0] < 0.05 and apart.sds[0] == pytest.approx(0.01, rel=0.01)
    assert apart.means == pytest.approx((-0.4, 0.1, 0.6), abs=0.002)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.floats(-0.5, 0.5), st.floats(0.01, 0.3)), min_size=2, max_size=9))
def test_every_mean_lies_between_its_own_and_what_is_common_and_no_error_grows(groups: list[tuple[float, float]]) -> None:
    y, errors = zip(*groups, strict=True)
    found = pooled(y, errors, 1)
    assert found is not None
    low, high = min(y), max(y)
    assert all(low - 1e-9 <= mean <= high + 1e-9 for mean in found.means)
    assert np.diag(np.array(found.covariance)) == pytest.approx(np.array(found.sds) ** 2)
    assert np.linalg.eigvalsh(np.array(found.covariance)).min() > -1e-12


def test_intervals_cover_the_truth_whatever_the_spread_is() -> None:
    """300 times 6 groups for each spread.  Not knowing the spread makes intervals err on the wide side where it is small."""
    rng = np.random.default_rng(3)
    for spread in (0.02, 0.06):
        hits = []
        for _ in range(300):
            errors = rng.uniform(0.02, 0.06, 6)
            true = rng.normal(0.05, spread, 6)
            found = pooled(rng.normal(true, errors).tolist(), errors.tolist(), 1)
            assert found is not None
            hits += (np.abs(np.array(found.means) - true) <= 1.96 * np.array(found.sds)).tolist()
        assert 0.935 <= np.mean(hits) <= 0.985


def test_another_group_is_as_uncertain_as_groups_differ() -> None:
    found = pooled([-0.4, 0.1, 0.6, 0.2], [0.01] * 4, 1)
    assert found is not None and found.sd_of_another > found.spread > 0.3 > max(found.sds)
    rng, hits = np.random.default_rng(4), []
    for _ in range(400):
        errors, true = rng.uniform(0.02, 0.06, 6), rng.normal(0.05, 0.05, 7)
        one = pooled(rng.normal(true[:6], errors).tolist(), errors.tolist(), 1)
        assert one is not None
        hits.append(abs(true[6] - one.mean) <= 1.96 * one.sd_of_another)
    assert 0.92 <= np.mean(hits) <= 0.99

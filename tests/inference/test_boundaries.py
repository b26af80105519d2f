"""Planned looks: what may be spent is spent, and nothing of the walk is lost.  Published constants: tests/experiments/test_reference.py."""

import pytest
from scipy.special import ndtri

from journey.inference.boundaries import FARTHEST, Walk, boundaries, p_of_look, spent


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2])
def test_all_of_alpha_is_spent_at_the_end_and_little_at_first(alpha: float) -> None:
    assert spent(1, alpha) == pytest.approx(alpha)
    assert spent(0.2, alpha) < alpha / 100 < spent(0.5, alpha) < alpha / 2


def test_whoever_is_not_stopped_goes_on() -> None:
    walk, stopped = Walk(), 0.0
    for look, z in enumerate(boundaries(5), 1):
        stopped += walk.beyond(z, look / 5)
        walk.go_on(z, look / 5)
        assert stopped + walk.mass.sum() == pytest.approx(1, abs=1e-9)
        assert stopped == pytest.approx(spent(look / 5, 0.05), abs=1e-9)


@pytest.mark.parametrize("alpha", [0.05, 0.001])
def test_of_very_many_looks_the_last_is_where_a_walk_watched_all_the_time_would_be_stopped(alpha: float) -> None:
    # of a Brownian motion alpha is 4 P(Z > c), but for both sides; .5826 of a step is lost by looking at steps (Siegmund 1985, 10.2)
    expected = float(ndtri(1 - alpha / 4)) - 0.5826 / 400**0.5
    assert boundaries(400, alpha)[-1] == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize("looks", [1, 2, 14, 25])
def test_the_first_looks_ask_for_most(looks: int) -> None:
    found = boundaries(looks)
    assert list(found) == sorted(found, reverse=True)
    assert found[-1] > 1.959 and found[0] <= FARTHEST
    assert p_of_look(0, looks, looks) == 1.0 and p_of_look(50, looks, looks) <= 1e-6

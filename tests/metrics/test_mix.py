"""Mix against rate: parts that sum to the difference, whatever the groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.metrics.mix import mixed, split


def rows(*cells: tuple[int, int, float, float, int]) -> tuple[np.ndarray, ...]:
    """(whole, group, denominator, numerator, how often) -> columns."""
    told = [cell[:4] for cell in cells for _ in range(cell[4])]
    whole, group, under, over = (np.array(column) for column in zip(*told, strict=True))
    return whole.astype(int), group.astype(int), under.astype(float), over.astype(float)


def test_worked_by_hand() -> None:
    """Before: 6 on the app of whom 3 bought, 4 on the web of whom 1.  Now: 2 of whom 1, and 8 of whom 4.

    Shares .6 -> .2 and .4 -> .8; values .5 -> .5 and .25 -> .5; all .4 -> .5, their mean .45.
    App: mix -.4 x (.5 - .45) = -.02.  Web: mix .4 x (.375 - .45) = -.03, rate .6 x .25 = .15.
    """
    found = mixed(
        ["app", "web"],
        *rows(
            (0, 0, 1, 1, 3), (0, 0, 1, 0, 3), (0, 1, 1, 1, 1), (0, 1, 1, 0, 3),
            (1, 0, 1, 1, 1), (1, 0, 1, 0, 1), (1, 1, 1, 1, 4), (1, 1, 1, 0, 4),
        ),
    )  # fmt: skip
    assert found is not None
    assert found.value == pytest.approx((0.4, 0.5))
    assert [(group.units, group.mix, group.rate) for group in found.groups] == [
        ((6, 2), pytest.approx(-0.02), pytest.approx(0)),
        ((4, 8), pytest.approx(-0.03), pytest.approx(0.15)),
    ]
    assert (found.mix, found.rate) == (pytest.approx(-0.05), pytest.approx(0.15))


def test_a_group_of_one_whole_alone_is_all_mix() -> None:
    found = mixed(["old", "new"], *rows((0, 0, 1, 1, 2), (0, 0, 1, 0, 2), (1, 0, 1, 1, 2), (1, 0, 1, 0, 2), (1, 1, 1, 1, 4)))
    assert found is not None
    assert (found.mix, found.rate) == (pytest.approx(0.25), pytest.approx(0))
    assert found.groups[1].value == (None, 1)


def test_nothing_to_divide_by_is_no_answer() -> None:
    assert mixed(["a"], *rows((0, 0, 1, 1, 2))) is None


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*[st.floats(0, 100)] * 4), min_size=1, max_size=6))
def test_the_parts_sum_to_the_difference(cells: list[tuple[float, ...]]) -> None:
    totals = np.array(cells).reshape(-1, 2, 2).transpose(1, 0, 2)
    totals[..., 0] = np.where(totals[..., 0] < 1e-3, 0, totals[..., 0])
    totals[..., 1] = np.where(totals[..., 0] > 0, totals[..., 1], 0)
    if np.all(totals[..., 0].sum(axis=1) > 0):
        value = totals[..., 1].sum(axis=1) / totals[..., 0].sum(axis=1)
        assert split(totals).sum() == pytest.approx(value[1] - value[0], abs=1e-9 * max(1, *value))


def test_the_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Shares .5 -> .6 of a group worth .6, the other .2; mix .1 x .4 = .04, rate 0.  Each unit is of one whole."""
    rng, held = np.random.default_rng(3), np.zeros(2)
    for _ in range(300):
        group = (rng.random(1200) < np.repeat([0.5, 0.4], 600)).astype(int)
        over = (rng.random(1200) < np.where(group == 0, 0.6, 0.2)).astype(float)
        found = mixed(["good", "poor"], np.repeat([0, 1], 600), group, np.ones(1200), over)
        assert found is not None and found.mix_interval is not None and found.rate_interval is not None
        held += [low <= truth <= high for (low, high), truth in ((found.mix_interval, 0.04), (found.rate_interval, 0.0))]
    assert np.all(held / 300 > 0.95 - 3 * np.sqrt(0.95 * 0.05 / 300)), held


def test_rows_of_one_unit_hang_together() -> None:
    """The same rows told twice, as twice as many units or as the same units, differ in their intervals by a factor of sqrt 2."""
    columns = rows((0, 0, 1, 1, 30), (0, 1, 1, 0, 40), (1, 0, 1, 1, 50), (1, 1, 1, 0, 20), (0, 0, 1, 0, 20), (1, 1, 1, 1, 20))
    unit = np.arange(len(columns[0]))
    whole, group, under, over = (np.concatenate([column, column]) for column in columns)
    alone, together = (mixed(["a", "b"], whole, group, under, over, of) for of in (None, np.concatenate([unit, unit])))
    assert alone is not None and together is not None and alone.mix_interval is not None and together.mix_interval is not None
    widths = [high - low for low, high in (alone.mix_interval, together.mix_interval)]
    assert widths[1] / widths[0] == pytest.approx(np.sqrt(2), rel=0.01)

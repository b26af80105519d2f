"""A comparison under every way of reading: worked by hand, invariants, and what it says where nothing can be said."""

import math
from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.experiments.judge import HowRead, adjust, compare, split_of
from journey.experiments.judge.effect import effect_of
from journey.experiments.metric import Counted, ExperimentMetric
from journey.experiments.moments import Moments, moments_of, moments_of_share
from journey.experiments.result import READINGS, Comparison, Estimate
from journey.inference.boundaries import boundaries

SHARE = ExperimentMetric("conversion")
MEAN = ExperimentMetric("revenue", "mean")
RATIO = ExperimentMetric("value per order", "ratio", over=Counted())
FIXED, ALWAYS = HowRead("fixed"), HowRead()


def test_a_ratio_counts_units_and_not_their_orders() -> None:
    """Worked by hand.  Two units a side: revenue 1 and 3 of one order each against 2 and 6 of one and two."""
    control, treated = (moments_of(np.array(y), np.array(x)) for y, x in (([1.0, 3.0], [1.0, 1.0]), ([2.0, 6.0], [1.0, 2.0])))
    effect = effect_of(RATIO, control, treated)
    assert not isinstance(effect, str)
    assert (effect.control.value, effect.treated.value) == pytest.approx((2, 8 / 3))
    # (y - 8/3 x) / 1.5 of the treated: -4/9 and 4/9, of variance 2 x 16/81; of control -1 and 1, of variance 2
    assert (effect.control.variance, effect.treated.variance) == pytest.approx((2, 32 / 81))


def test_a_covariate_takes_off_what_was_known_before() -> None:
    """Worked by hand: y = c in both, but for 1 more in the treated.  All of the spread is known before, up to that 1."""
    c = np.arange(10.0)
    found = compare(replace(MEAN, covariate="before"), moments_of(c, None, c), moments_of(c + 1, None, c), FIXED)
    assert found.difference == pytest.approx(1)
    assert (found.estimate, found.control_estimate) == (5.5, 4.5)
    assert found.variance_reduction == pytest.approx(1, abs=0.01)
    shifted = compare(replace(MEAN, covariate="before"), moments_of(c, None, c), moments_of(c + 3, None, c + 2), FIXED)
    assert shifted.difference == pytest.approx(1, abs=0.2)  # 2 of the 3 were there before


def test_a_covariate_that_never_varies_changes_nothing() -> None:
    y, same = np.arange(20.0), np.ones(20)
    plain = compare(MEAN, moments_of(y), moments_of(y + 1), FIXED)
    assert compare(replace(MEAN, covariate="before"), moments_of(y, None, same), moments_of(y + 1, None, same), FIXED) == plain


@pytest.mark.parametrize("look", [1, 7, 14])
def test_a_planned_interval_is_as_many_errors_wide_as_its_boundary(look: int) -> None:
    found = compare(SHARE, moments_of_share(1_000, 10_000), moments_of_share(1_100, 10_000), HowRead("planned", look=look))
    error = math.sqrt(0.1 * 0.9 / 10_000 + 0.11 * 0.89 / 10_000)
    assert found.interval == pytest.approx((0.01 - boundaries(14)[look - 1] * error, 0.01 + boundaries(14)[look - 1] * error))


def test_before_the_first_look_a_planned_reading_says_nothing() -> None:
    found = compare(SHARE, moments_of_share(10, 100), moments_of_share(20, 100), HowRead("planned", look=0))
    assert (found.interval, found.p, found.why) == (None, None, "The first look is not due yet.")
    assert found.difference == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("metric", "control", "treated", "why"),
    [
        (SHARE, moments_of_share(0, 0), moments_of_share(5, 10), "0 units count in control; at least two are needed."),
        (MEAN, moments_of(np.arange(9.0)), moments_of(np.array([3.0])), "1 unit counts in the variant; at least two are needed."),
        (RATIO, Moments(9, 0, 0, 0, 0, 0), Moments(9, 1, 1, 1, 1, 0), "In control there is nothing to divide by yet."),
        (MEAN, Moments(9, 1e308, 1e308, 1e-200, 1.0, 0), Moments(9, 1, 1), "The numbers are too large to be added up."),
    ],
)
@pytest.mark.parametrize("kind", READINGS)
def test_what_cannot_be_compared_says_why(metric: ExperimentMetric, control: Moments, treated: Moments, why: str, kind: str) -> None:
    found = compare(metric, control, treated, HowRead(kind, look=1))
    assert (found.difference, found.interval, found.p, found.why) == (None, None, None, why)


def test_numbers_that_are_all_the_same_have_a_difference_and_no_interval() -> None:
    found = compare(MEAN, moments_of(np.full(50, 3.0)), moments_of(np.full(50, 4.0)), ALWAYS)
    assert (found.difference, found.interval, found.p) == (1.0, None, None)
    assert found.why == "Within each variant all units have the same number, 3 in control: nothing varies."


@pytest.mark.parametrize("kind", READINGS)
def test_nobody_and_everybody_leave_an_interval_with_a_width(kind: str) -> None:
    """The sample's own variance is nothing there; whoever believed it would call a difference of one customer."""
    found = compare(SHARE, moments_of_share(0, 200), moments_of_share(200, 200), HowRead(kind, look=14))
    assert found.interval is not None and found.interval[0] < found.interval[1]
    nobody = compare(SHARE, moments_of_share(0, 200), moments_of_share(1, 200), HowRead(kind, look=14))
    assert nobody.interval is not None and nobody.interval[0] < 0 < nobody.interval[1]


def test_a_relative_difference_needs_something_to_be_relative_to() -> None:
    for control in (-1.0, 0.0):
        found = compare(MEAN, Moments(99, control, 4.0), Moments(99, 1.0, 4.0), ALWAYS)
        assert found.difference is not None and (found.relative, found.relative_interval) == (None, None)


def test_holm_leaves_guardrails_out_and_keeps_the_order() -> None:
    ps = {"a": 0.01, "b": 0.04, "c": 0.03, "g": 0.001}
    metrics = [ExperimentMetric(name, role="guardrail" if name == "g" else "secondary") for name in ps]
    found = adjust([Estimate(metric, "B", Comparison(9, 9, p=ps[metric.name])) for metric in metrics])
    assert [one.compared.p_adjusted for one in found] == [pytest.approx(0.03), pytest.approx(0.06), pytest.approx(0.06), None]


def test_the_split_is_held_against_what_was_meant() -> None:
    assert split_of({"a": 5_050, "b": 4_950}).p == pytest.approx(0.3173105, abs=1e-6)
    assert split_of({"a": 900, "b": 100}, {"a": 90, "b": 10}).p == 1.0
    assert split_of({"a": 5_000, "b": 4_600}).alarm and not split_of({"a": 5_000, "b": 4_750}).alarm
    assert split_of({"a": 500, "b": 500, "c": 3}, {"a": 1, "b": 1}).alarm  # nobody was meant for c
    assert split_of({"a": 500}).p is None and split_of({}).arms == ()
    assert split_of({"a": 500}, {"a": 0.5, "b": 0.5}).alarm  # nobody at all came to b


numbers = st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1e-9, 1e12])


@settings(max_examples=25, deadline=None)
@given(
    n=st.tuples(st.integers(2, 10**9), st.integers(2, 10**9)),
    y=st.tuples(numbers, numbers),
    yy=st.tuples(st.floats(0, 1e12), st.floats(0, 1e12)),
    kind=st.sampled_from(READINGS),
    confidence=st.sampled_from([0.8, 0.95, 0.999]),
)
def test_every_number_is_finite_and_turning_the_variants_turns_the_difference(
    n: tuple[int, int], y: tuple[float, float], yy: tuple[float, float], kind: str, confidence: float
) -> None:
    one, other = (Moments(*arm) for arm in zip(n, y, yy, strict=True))
    how = HowRead(kind, confidence, look=3)
    found, turned = compare(MEAN, one, other, how), compare(MEAN, other, one, how)
    assert finite(found)
    if found.interval is not None:
        assert turned.interval is not None and found.difference is not None
        assert turned.interval == pytest.approx((-found.interval[1], -found.interval[0]), rel=1e-9, abs=1e-12)
        assert found.interval[0] <= found.difference <= found.interval[1]
        if found.p is not None and abs(found.p - how.alpha) > 1e-3:
            assert (found.p < how.alpha) == found.told_from_none


@settings(max_examples=25, deadline=None)
@given(
    n=st.tuples(st.integers(2, 10**7), st.integers(2, 10**7)),
    shares=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    kind=st.sampled_from(READINGS),
)
def test_of_shares_too(n: tuple[int, int], shares: tuple[float, float], kind: str) -> None:
    one, other = (moments_of_share(round(size * share), size) for size, share in zip(n, shares, strict=True))
    found = compare(SHARE, one, other, HowRead(kind, look=3))
    assert finite(found) and found.interval is not None
    assert found.p_better is not None and 0 <= found.p_better <= 1 and (found.expected_loss or 0) >= 0
    for interval in (found.interval, found.fixed_interval, found.always_valid_interval):
        assert interval is not None and -1 <= interval[0] <= interval[1] <= 1


def finite(found: Comparison) -> bool:
    flat = [one for value in astuple(found) for one in (value if isinstance(value, tuple) else (value,))]
    return all(math.isfinite(one) for one in flat if isinstance(one, float))


@pytest.mark.parametrize("metric", [SHARE, MEAN])
def test_the_always_valid_interval_is_the_widest_and_a_surer_one_is_wider(metric: ExperimentMetric) -> None:
    control, treated = moments_of_share(200, 1_000), moments_of_share(230, 1_000)
    widths = []
    for confidence in (0.8, 0.95, 0.999):
        found = compare(metric, control, treated, HowRead(confidence=confidence))
        assert found.always_valid_interval == found.interval and found.fixed_interval is not None and found.interval is not None
        assert found.interval[0] < found.fixed_interval[0] < found.fixed_interval[1] < found.interval[1]
        widths.append(found.interval[1] - found.interval[0])
    assert widths == sorted(widths)

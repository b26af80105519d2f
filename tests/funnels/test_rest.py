"""Each group of a breakdown against the rest, and how often chance alone is taken for a difference."""

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from journey.funnels import measure_funnel, read_funnel
from journey.funnels.rest import against_rest
from journey.scope import Scope
from tests.drawn import drawn


def test_the_rest_is_all_the_others() -> None:
    found = against_rest({"x": (100, 50), "y": (100, 20), "z": (100, 22)}, 300)
    assert [(g.n, g.converted, g.rest_n, g.rest_converted) for g in found.values()] == [
        (100, 50, 200, 42),
        (100, 20, 200, 72),
        (100, 22, 200, 70),
    ]
    assert found["x"].difference == pytest.approx(0.29)
    assert found["x"].interval == pytest.approx(confint_proportions_2indep(50, 100, 42, 200, method="newcomb"), abs=1e-9)
    ps = [proportions_ztest([g.converted, g.rest_converted], [g.n, g.rest_n])[1] for g in found.values()]
    assert [g.q for g in found.values()] == pytest.approx(list(multipletests(ps, method="fdr_bh")[1]))


def test_small_groups_are_shown_and_not_tested() -> None:
    found = against_rest({"x": (100, 50), "y": (29, 2)}, 129)
    assert found["y"].q is None and found["y"].difference is not None
    assert found["x"].q is None  # its rest is as small


def test_groups_that_share_units_have_no_rest() -> None:
    assert against_rest({"x": (100, 50), "y": (80, 2)}, 150) == {}
    con = drawn("ann 09:00 a{d=x} 09:01 a{d=y} b{d=y}", "bob 09:00 a{d=x}")
    within = {"property": "d", "attribution": "all_events"}
    assert measure_funnel(con, read_funnel({"steps": ["a", "b"], "breakdown": within}), Scope()).against_rest == {}


def test_one_group_has_no_rest() -> None:
    assert against_rest({"x": (100, 50)}, 100) == {}
    assert against_rest({}, 0) == {}


def test_chance_alone_is_seldom_taken_for_a_difference() -> None:
    """Eight groups of one share: a log in twenty may be told that some group differs, by Benjamini-Hochberg."""
    rng = np.random.default_rng(3)
    hits = sum(
        any(g.told_apart for g in against_rest({str(at): (200, int(k)) for at, k in enumerate(rng.binomial(200, 0.3, 8))}, 1_600).values())
        for _ in range(1_000)
    )
    assert hits / 1_000 < 0.07


def test_the_answer_carries_it() -> None:
    con = drawn(*(f"c{n:02d} 09:00 a{{d={'x' if n % 2 else 'y'}}}{' 09:05 b' if n % 2 else ''}" for n in range(80)))
    told = measure_funnel(con, read_funnel({"steps": ["a", "b"], "breakdown": "d"}), Scope()).as_plain()["breakdown"]["x"]["rest"]
    assert (told["share"], told["entered"], told["difference"]) == (0.0, 40, 1.0)
    assert told["q"] < 0.001

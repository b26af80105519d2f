"""Drawn experiments whose truth is known: how seldom a difference is called where there is none, how often intervals hold.

A share of what `python -m bench.proof experiments` runs; the bounds are those of so few runs.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from bench import experiments
from bench.experiments_shop import CAMPAIGN, campaign
from journey.ask import ask
from journey.warehouse import open_warehouse

SURE = 0.9999
"""Of the simulation's own interval: a dozen of them are looked at here."""


@pytest.fixture(scope="module")
def called() -> dict[str, experiments.Counted]:
    return experiments.called(150)


@pytest.mark.parametrize(
    ("rule", "published"),
    [("always valid", 0.012), ("planned", 0.05), ("fixed", 0.05), ("peeking: an ordinary", 0.222), ("peeking: P(better)", 0.382)],
)
def test_over_fourteen_daily_looks_so_many_are_called_different(
    called: dict[str, experiments.Counted], rule: str, published: float
) -> None:
    found = next(count for name, count in called.items() if name.startswith(rule))
    low, high = found.interval(SURE)
    assert low <= published <= high
    assert published > 0.05 or found.share < 0.1


def test_who_obeys_the_verdict_daily_is_seldom_fooled() -> None:
    assert experiments.verdicts(40).hits <= 3  # .5 are expected, 2 are what .05 would give


def test_a_guardrail_that_is_harmed_by_its_margin_is_seldom_held() -> None:
    assert experiments.held(40).hits <= 3  # .025 of them at most: 1


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    for name, found in experiments.covered(60, 1_000).items():
        low, high = found.interval(SURE)
        assert low <= 0.95 <= high, (name, str(found))


def test_intervals_of_all_looks_hold_it_together() -> None:
    for name, found in experiments.covered_always(24, looks=4, a_look=250).items():
        assert found.interval(SURE)[1] >= 0.95, (name, str(found))


def test_the_planned_units_have_the_planned_power() -> None:
    for name, found in experiments.powers(150).items():
        low, high = found.interval(SURE)
        assert low <= 0.8 <= high, (name, str(found))


FOLDER = os.environ.get("JOURNEY_DATA")


@pytest.mark.skipif(not FOLDER, reason="JOURNEY_DATA does not name the folder of public data")
def test_the_public_campaign_gives_the_published_figures() -> None:
    """Hillstrom's: each mail against none, by the figures of the data's description and of the challenge's answers."""
    table = str(Path(str(FOLDER)) / "hillstrom" / "hillstrom.csv.gz")
    with open_warehouse(":memory:") as con:
        found = ask(con, CAMPAIGN | {"table": table})
    told = {(one["name"], one["arm"]): one for one in found["metrics"]}
    published = {"visit": (0.106167, 0.182757, 0.151400), "conversion": (0.005726, 0.012531, 0.008837), "spend": (0.6528, 1.4226, 1.0772)}
    for name, (control, mens, womens) in published.items():
        one, other = told[name, "Mens E-Mail"], told[name, "Womens E-Mail"]
        figures = (one["control_estimate"], one["estimate"], other["estimate"])
        assert figures == pytest.approx((control, mens, womens), abs=5e-5 if name == "spend" else 5e-7)
    assert [told["visit", arm]["difference"] for arm in ("Mens E-Mail", "Womens E-Mail")] == pytest.approx([0.0766, 0.0452], abs=5e-5)
    assert told["spend", "Mens E-Mail"]["difference"] == pytest.approx(0.770, abs=5e-4)
    assert told["spend", "Mens E-Mail"]["fixed_interval"] == pytest.approx([0.485, 1.055], abs=5e-4)
    assert told["spend", "Womens E-Mail"]["difference"] == pytest.approx(0.424, abs=5e-4)
    assert (found["srm"]["alarm"], found["state"]) == (False, "ship")
    assert found["verdict"].startswith("Ship Mens E-Mail: visit is 18.3% in Mens E-Mail against 10.6% in No E-Mail, +7.7 points")


def test_without_public_data_the_proof_says_that_it_left_it_out(monkeypatch: Any) -> None:
    monkeypatch.delenv("JOURNEY_DATA", raising=False)
    assert campaign() == ["Hillstrom's mails: left out, JOURNEY_DATA names no folder"]

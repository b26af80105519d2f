"""The reading by group: corrected for how many, whether it differs, and what is mix."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import false_discovery_control

from journey.errors import QuestionError
from journey.experiments.checks import group_of
from journey.experiments.checks.groups import differing_in, groups_in, mix_between, mix_in
from journey.experiments.judge import HowRead
from journey.experiments.metric import ExperimentMetric
from journey.experiments.read import read_experiment, units_of
from journey.experiments.units import Units
from journey.scope import Scope
from tests.drawn import drawn

SHARE = ExperimentMetric("did", role="primary")
Cells = dict[tuple[str, str], tuple[int, int]]


def units(cells: Cells) -> tuple[Units, pl.Series]:
    """(arm, group) -> (did it, units)."""
    rows = [(arm, group, float(n < did)) for (arm, group), (did, size) in cells.items() for n in range(size)]
    frame = pl.DataFrame(rows, schema=["arm", "group", "y0"], orient="row").with_row_index("unit").with_columns(pl.lit(1.0).alias("x0"))
    return Units(frame.drop("group"), ("a", "b"), (SHARE,), 0, (0,)), frame["group"]


def test_groups_carry_their_own_comparison_and_a_q_over_all_of_them() -> None:
    told, group = units({("a", "x"): (100, 500), ("b", "x"): (160, 500), ("a", "y"): (40, 200), ("b", "y"): (45, 200)})
    found = groups_in(told, group, HowRead("fixed"))
    assert [(one.value, one.compared.n) for one in found] == [("x", 500), ("y", 200)]
    assert [one.compared.difference for one in found] == pytest.approx([0.12, 0.025])
    ps = [one.compared.p for one in found]
    assert [one.q for one in found] == pytest.approx(false_discovery_control(np.array(ps, dtype=float)))
    assert groups_in(told, group, HowRead("bayesian"))[0].q is None


def test_an_effect_that_differs_between_groups_is_told_and_one_that_does_not_is_not() -> None:
    apart, group = units({("a", "x"): (100, 500), ("b", "x"): (200, 500), ("a", "y"): (100, 500), ("b", "y"): (90, 500)})
    assert differing_in(apart, 0, group, "device").state == "look"
    alike, group = units({("a", "x"): (100, 500), ("b", "x"): (150, 500), ("a", "y"): (100, 500), ("b", "y"): (150, 500)})
    found = differing_in(alike, 0, group, "device")
    assert found.state == "fine" and "not told apart between the groups by device (p = 1)" in found.sentence


def test_a_difference_that_is_all_mix_is_told_to_be() -> None:
    """The app buys half the time and the web never, in both variants; b has four times as many of the app."""
    told, group = units({("a", "app"): (100, 200), ("b", "app"): (400, 800), ("a", "web"): (0, 800), ("b", "web"): (0, 200)})
    split = mix_between(told, 0, group, "b")
    assert split is not None
    assert (split.value, split.mix, split.rate) == ((0.1, 0.4), pytest.approx(0.3), pytest.approx(0))
    found = mix_in(told, 0, group, "device")
    assert found.state == "look" and "+30.0 points" in found.sentence and "is the mix by device" in found.sentence
    assert [row["group"] for row in found.rows] == ["app", "web"]


def test_a_mix_of_chance_is_told_to_be_no_more() -> None:
    told, group = units({("a", "app"): (100, 505), ("b", "app"): (150, 495), ("a", "web"): (50, 495), ("b", "web"): (80, 505)})
    found = mix_in(told, 0, group, "device")
    assert found.state == "fine" and "The mix is no more than chance." in found.sentence


def test_groups_are_those_of_the_first_exposure_and_the_small_ones_are_together() -> None:
    lines = ["ann 09:00 seen{experiment=x,variant=control,device=web} +1d seen{experiment=x,variant=control,device=app}"]
    lines += ["bob 09:00 seen{experiment=x,variant=new}", "cid 09:00 visit{device=tv} 10:00 seen{experiment=x,variant=new,device=app}"]
    lines += ["dan 09:00 seen{experiment=x,variant=control,device=web}"]
    lines += [f"z{n:02} 09:00 seen{{experiment=x,variant=new,device=d{n:02}}}" for n in range(14)]
    con, question = drawn(*lines), read_experiment({"experiment": "x", "metrics": [{"name": "visited", "event": "visit"}]})
    told = units_of(con, question, Scope())
    groups = group_of(con, question, Scope(), told, "device")
    assert groups[:3].to_list() == ["web", "", "app"]
    assert groups.value_counts().filter(pl.col("group") == "other")["count"].to_list() == [5] and groups.n_unique() == 13
    with pytest.raises(QuestionError, match="nearest known is 'device'"):
        group_of(con, question, Scope(), told, "devise")


def test_groups_of_a_table_are_its_columns() -> None:
    rows = [{"arm": "ab"[n % 2], "bought": n % 3 == 0, "zone": "north" if n % 4 < 2 else "south"} for n in range(40)]
    question = read_experiment({"table": rows, "variant": "arm", "control": "a", "metrics": [{"name": "bought", "column": "bought"}]})
    con = drawn("ann 09:00 visit")
    told = units_of(con, question, Scope())
    assert group_of(con, question, Scope(), told, "zone").to_list() == [row["zone"] for row in rows]

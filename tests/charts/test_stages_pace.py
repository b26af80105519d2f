"""Figures and sentences of the journey's movement: every number of the answer, names letter by letter, nothing claimed on little."""

import json
from dataclasses import replace

from journey.charts.stages_accuracy import methods_figure, reliability_figure
from journey.charts.stages_accuracy_said import accuracy_sentence
from journey.charts.stages_pace import flow_figure, groups_figure, pace_figure
from journey.charts.stages_pace_said import flow_sentence, group_cell, groups_sentence, pace_sentence, pace_words
from journey.inference.reliability import Bin
from journey.scope import Scope
from journey.stages import Flow, Group, Pace, Paces, Part, Shift, Spell, measure_stages, read_stages
from journey.stages.accuracy import Method, StageAccuracy
from journey.stages.accuracy.scores import Calibration, Estimate
from journey.stages.flow import KINDS
from journey.warehouse import open_warehouse

EVIL = '<b>x</b> %{y} $1$ #000001 "'
DAY = 86_400_000


def paces(wait: float, before: float, n: int = 60) -> Paces:
    """Two stages; from the first all go on, half of them a day later than the others."""

    def spell(days: float) -> Spell:
        return Spell(n, tuple(days + k % 2 for k in range(n)), 30.0)

    first = Pace(EVIL, spell(wait), None, n, 0, spell(before), 0.001 if wait != before else 0.9)
    return Paces((first, Pace("last", None, spell(wait), n, 3, None)), 30 * DAY, (), None)


def test_a_changed_pace_is_said_with_its_interval_and_an_unchanged_one_is_not_claimed() -> None:
    assert "faster" in pace_sentence(paces(3, 6)) and "3.0 d sooner on average (2.8 d to 3.2 d)" in pace_sentence(paces(3, 6))
    assert "slower" in pace_sentence(paces(6, 3)) and pace_words(paces(6, 3).stages[0]) == ("3.0 d slower", "slower")
    assert pace_sentence(paces(3, 3)).startswith("Customers go on no faster and no slower")
    assert pace_sentence(paces(3, 6, n=12)).startswith("Not enough data yet: 12 customers of 30")
    assert "not compared: too young" in pace_sentence(replace(paces(3, 3), why_not="too young"))


def test_names_are_shown_letter_by_letter() -> None:
    groups = (Group(EVIL, 40, (Part(EVIL, 3, 40, 30, 0.5, 0.01),)), Group("", 2, (Part(EVIL, 1, 2, 2, None, None),)))
    shifts = tuple(Shift(kind, None, None, 2, 1, 10) for kind in KINDS)
    for figure in (pace_figure(paces(3, 6)), groups_figure(groups), flow_figure(Flow(3, shifts, ()))):
        text = json.dumps(figure.to_plotly_json(), default=str)
        assert "<b>x" not in text and "%{y}" not in text and "$1$" not in text


def test_a_group_is_named_only_where_it_surely_does_worse() -> None:
    worse = Part("cart", 5, 100, 80, 0.5, 0.001)
    groups = (Group("mobile", 100, (worse,)), Group("desktop", 100, (Part("cart", 5, 100, 50, 0.2, 0.001),)))
    assert groups_sentence(groups, "device") == "mobile goes on least from cart: 20% against 50% of all others."
    assert group_cell(worse) == "<b>20% ▼</b>" and group_cell(replace(worse, q=0.4)) == "20%"
    calm = tuple(replace(group, parts=tuple(replace(part, q=0.6) for part in group.parts)) for group in groups)
    assert groups_sentence(calm, "device") == "No group of device goes on surely less than all others."
    assert groups_sentence(groups[:1], "device") == "All customers are of one group of device."


def test_an_empty_workspace_has_sentences_too() -> None:
    found = measure_stages(open_warehouse(":memory:"), read_stages({}), Scope())
    assert flow_sentence(found.flow).startswith("Nobody was seen at two looks yet")
    assert pace_sentence(found.pace).startswith("Not enough data yet: 0 customers")


def test_learning_that_does_not_help_is_said_not_to_be_used() -> None:
    def method(name: str, right: float, loss: float) -> Method:
        bins = (Bin(10, 5, 0.5, 0.5, 0.5),)
        return Method(
            name, Estimate(right, (right - 0.1, right)), Estimate(0.5), Estimate(loss), Estimate(0.4), (Calibration(EVIL, bins),), ()
        )

    methods = (method("rules", 0.8, 0.5), method("learned", 0.8, 0.49), method("stays", 0.7, 0.9), method("common", 0.4, 1.1))
    evidence = measure_stages(open_warehouse(":memory:"), read_stages({}), Scope()).evidence
    gains = {"rules": (-0.02, 0.01), "stays": (-0.5, -0.3), "common": (-0.8, -0.5)}
    found = StageAccuracy((EVIL,), 28 * DAY, methods, (), gains, ((0.0,),), None, evidence)
    assert found.used == "rules" and "80% of customers; by staying, for 70%" in accuracy_sentence(found)
    assert accuracy_sentence(found).endswith("The learned method does not surely beat the simpler ones, so it is not used.")
    assert accuracy_sentence(replace(found, gains={**gains, "rules": (-0.02, -0.01)})).endswith("beats the others and is used.")
    assert accuracy_sentence(replace(found, methods=(), lacking="3 of 5 days")) == "Not enough data yet: 3 of 5 days."
    assert len(methods_figure(found).data[0].x) == 4 and len(reliability_figure(methods[0].calibration[0]).data) == 2

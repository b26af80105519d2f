"""Pictures and words of actions: what is proven, what a rule would have done, what a policy or an action would bring."""

from dataclasses import replace

import pytest

from journey.actions.catalog import Action, ActionCatalog, Assumed, Guardrails, Wanted
from journey.actions.choose import Proposing
from journey.actions.effects import Effect
from journey.actions.launch import Launch
from journey.actions.off_policy import measure_policy_value, read_policy_value
from journey.actions.triggers import DryRun, Look, Overlap
from journey.actions.triggers.result import Part
from journey.answers import Evidence
from journey.charts.actions_dry_run import describe_overlaps, dry_run_sentence, newly_figure, often_told, overlaps_figure
from journey.charts.actions_effects import describe_effects, effects_figure
from journey.charts.actions_launch_said import launch_sentence
from journey.charts.actions_policy import policy_figure, policy_sentence
from journey.charts.actions_said import actions_sentence, added_interval, added_told, guardrail_lines, source_told
from journey.scope import Scope
from journey.warehouse import open_warehouse

ODD = "<b>x</b>$y$"
EVIDENCE = Evidence("", "", {}, 0, None)


def action(name: str, **more: object) -> Action:
    return replace(Action(name, "", "email", Wanted("buy", 1)), **more)  # type: ignore[arg-type]


def effect(name: str, mean: float | None, sd: float | None, source: str) -> Effect:
    return Effect(name, None, mean, sd, 500, 500, 0.1, source, f"told of {name}")


SURE, UNSURE, BELIEVED = effect("a", 0.1, 0.01, "experiment"), effect("b", 0.1, 0.2, "experiment"), effect("c", 0.1, 0.01, "assumed")
ALSO = effect("d", 0.1, 0.01, "experiment")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([SURE], "No proposal waits for approval; a is proven to work."),
        ([SURE, UNSURE], "No proposal waits for approval; a is proven to work, 1 action is not yet."),
        ([UNSURE, BELIEVED], "No proposal waits for approval; no action is proven to work yet."),
        ([SURE, ALSO, BELIEVED], "No proposal waits for approval; a and d are proven to work, 1 action is not yet."),
        ([], "No proposal waits for approval; the catalog holds no action."),
    ],
)  # fmt: skip
def test_only_an_experiment_that_leaves_zero_is_proof(found: list[Effect], said: str) -> None:
    catalog = ActionCatalog(tuple(action(one.action) for one in found), (), Guardrails())
    assert actions_sentence(catalog, {one.action: one for one in found}, 0, None, None) == said


def test_what_waits_is_told_with_its_worth_where_all_of_it_is_known() -> None:
    catalog = ActionCatalog((action("a", lacking=("buy",)),), (), Guardrails())
    rest = "none of the actions can be done with this log."
    assert actions_sentence(catalog, {}, 1, 4.0, "EUR") == f"1 proposal waits for approval, worth about €4.00; {rest}"
    assert actions_sentence(catalog, {}, 37, None, None, 2) == f"37 proposals wait for approval, and 2 are held for a look; {rest}"
    assert actions_sentence(catalog, {}, 0, None, None, 1) == f"No proposal waits for approval, 1 is held for a look; {rest}"


def test_an_effect_says_where_it_comes_from() -> None:
    believed = action("c", assumed=Assumed(0.1, 0.0, 0.2, "a guess"))
    assert (added_told(SURE), added_interval(SURE)) == ("+10.0 pts", "+8.0 to +12.0")
    assert source_told(SURE, action("a")) == "Experiment: 500 with it, 500 without"
    assert source_told(BELIEVED, believed) == "Assumed: a guess"
    assert added_told(effect("t", 0.4, 0.3, "trying")) == "–"  # a guess of the dice is no figure


def test_the_picture_of_effects_draws_what_is_known_and_shows_names_letter_by_letter() -> None:
    figure = effects_figure([SURE, BELIEVED, effect(ODD, 0.4, 0.3, "trying")])
    assert [trace.x[0] for trace in figure.data] == [0.1, 0.1]
    assert [trace.marker.color for trace in figure.data] == ["#000001", "#000038"]  # filled, hollow
    assert figure.layout.yaxis.ticktext[2] == "&lt;b&gt;x&lt;/b&gt;&#36;y&#36;"
    assert "told of a" in describe_effects([SURE])


def run(**more: object) -> DryRun:
    looks = (Look(86_400_000, 5, 3, 3, 1), Look(172_800_000, 6, 2, 2, 0))
    found = DryRun("t", "a", "did x", looks, 86_400_000, Part(4, 10), 5, ((1, 3), (2, 1)), 1, (5, 5), (), Part(1, 4), (), (), (), EVIDENCE)
    return replace(found, **more)  # type: ignore[arg-type]


def test_the_bars_of_a_dry_run_add_up_to_the_newly_due() -> None:
    figure = newly_figure(run().looks, "UTC")
    assert [a + b for a, b in zip(figure.data[0].y, figure.data[1].y, strict=True)] == [3, 2]
    assert figure.data[1].y == (1, 0) and figure.data[1].marker.pattern.shape == "/"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (run(), "4 customers would have come due in the last 2 days, 5 times together; 25% of them had a contact in the week before."),
        (run(reached=Part(0, 10)), "Nobody of 10 customers would have come due in the last 2 days."),
        (run(resting=("renewal",)), "It is at rest: the log holds no renewal."),
    ],
)
def test_a_dry_run_is_told_in_a_sentence(found: DryRun, said: str) -> None:
    assert dry_run_sentence(found) == said


def test_how_often_and_beside_which_rules() -> None:
    overlaps = (Overlap(ODD, "b", True, Part(2, 4)), Overlap("off", "c", False, Part(1, 4)), Overlap("none", "c", True, Part(0, 4)))
    figure = overlaps_figure(overlaps)
    assert figure.data[0].x == (0.5, 0.25) and "<" not in figure.layout.yaxis.ticktext[0]
    assert often_told(run()) == "once 3, twice 1"
    assert describe_overlaps(overlaps[2:]) == "No other rule held for any of them."


def test_a_launch_says_for_whom_and_what_kept_the_rest() -> None:
    plan = Launch("t", "a", 10, Proposing(()), {"consent": 6})
    assert launch_sentence(plan) == (
        "Nobody of 10 customers who are due would be proposed a; 6 may not get it, for 4 doing nothing is as good by what is known."
    )
    assert (plan.value, plan.interval, plan.cost, plan.held_out) == (None, None, 0, 0)


def test_guardrails_are_told_whatever_they_are() -> None:
    bare = dict(guardrail_lines(Guardrails((), None, protected=(), holdout=0.0), None))
    assert bare["At most"].startswith("No cap") and bare["Protected"] == "No property marks anybody" and bare["Budget"] == "No limit"


def test_a_policy_stands_beside_todays() -> None:
    """Half got a at random; it came for 3 of 4 with it and for 1 of 4 without: everybody with it is worth .75, today .5."""
    came = [("a", 1.0)] * 30 + [("a", 0.0)] * 10 + [("b", 1.0)] * 10 + [("b", 0.0)] * 30
    log = [{"action": name, "reward": reward, "p": 0.5} for name, reward in came]
    asked = {"log": log, "action": "action", "reward": "reward", "propensity": "p", "policy": "a"}
    with open_warehouse(":memory:") as con:
        found = measure_policy_value(con, read_policy_value(asked), Scope())
    figure = policy_figure(found, None)
    snips = next(trace.x[0] for trace in figure.data if "Self" in trace.hovertext[0])
    assert snips == pytest.approx(0.75) and figure.data[0].x[0] == pytest.approx(0.5)
    assert policy_sentence(found, "action a", None).endswith(", more.")
    assert policy_sentence(replace(found, estimates=None, missing="too few"), "it", None) == "It cannot be told: too few."

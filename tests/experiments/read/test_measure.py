"""A reading as a whole: by the plan where one is locked, of a past moment where that is asked, and with what may be wrong."""

from typing import Any

import pytest

from journey.ask import ask
from journey.errors import QuestionError
from journey.experiments.plan import keep_plan, lock_plan, plan_from
from journey.experiments.read import experiments_in, exposures, keep_exposure, usual_metrics
from journey.scope import read_time, read_zone
from journey.warehouse import Warehouse
from tests.drawn import drawn

BUY, CART = {"name": "bought", "event": "buy"}, {"name": "carts", "event": "cart"}
PLAN: dict[str, Any] = {
    "experiment": "button",
    "hypothesis": "A larger button is found by more.",
    "metrics": [{**BUY, "role": "primary"}, CART],
    "variants": {"large": 0.5, "small": 0.5},
    "control": "small",
    "reading": "planned",
    "looks": 4,
    "units_per_arm": 4,
    "effect": 0.1,
    "start": "2026-03-02",
    "stop": "2026-03-09",
    "segment": {"property": "country", "value": "FR"},
}
LOG = "\n".join(
    f"{who} +{day}d 0{day}:00 seen{{experiment=button,variant={arm},country={country}}} 0{day}:30 {then}"
    for who, day, arm, country, then in [
        ("ann", 1, "small", "FR", "buy"),
        ("bob", 1, "large", "FR", "buy"),
        ("cid", 2, "small", "FR", "cart"),
        ("dee", 3, "large", "FR", "cart +7d buy"),
        ("eve", 3, "small", "DE", "buy"),
        ("fay", 8, "large", "FR", "buy"),
    ]
)


def locked(con: Warehouse, by: str = "eva", at: str = "2026-03-01", **more: Any) -> Warehouse:
    moment = read_time(at, read_zone("UTC"), "at")
    keep_plan(con, plan_from({**PLAN, **more}), by=by, at=moment)
    lock_plan(con, "button", by=by, at=moment)
    return con


def read(con: Warehouse, **more: Any) -> dict[str, Any]:
    return ask(con, {"ask": "experiment", "experiment": "button", **more})


def plan_finding(answer: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in answer["findings"] if one["check"] == "plan")


def test_a_locked_plan_says_metrics_control_split_reading_looks_segment_and_end() -> None:
    answer = read(locked(drawn(LOG)))
    assert [(one["name"], one["role"]) for one in answer["metrics"]] == [("bought", "primary"), ("carts", "secondary")]
    assert (answer["control"], answer["reading"], answer["looks"]) == ("small", "planned", 4)
    assert [(arm["name"], arm["n"], arm["intended"]) for arm in answer["srm"]["arms"]] == [("small", 2, 0.5), ("large", 2, 0.5)]
    assert answer["metrics"][0]["estimate"] == 0.5  # dee bought after the end, fay came after it, eve is of elsewhere
    assert answer["plan_version"] == 2 and answer["look"] == 4  # the end has come
    found = plan_finding(answer)
    assert found["state"] == "fine" and "eva locked on 1 March 2026, before anybody was exposed" in found["sentence"]


def test_a_time_within_which_something_counts_may_outlast_the_end_of_the_plan() -> None:
    con = locked(drawn(LOG), metrics=[{**BUY, "role": "primary", "within": "10110m"}])  # seven days and half an hour
    (metric,) = read(con)["metrics"]
    assert (metric["n"], metric["estimate"], metric["open"]) == (2, 1.0, 0)


def test_a_question_that_departs_from_the_plan_is_answered_and_says_so() -> None:
    con = locked(drawn(LOG))
    found = plan_finding(read(con, metrics=[CART], reading="fixed", control="large", split={"small": 0.2, "large": 0.8}))
    assert found["state"] == "look"
    for told in (
        "primary metric is 'carts' here, 'bought' in the plan",
        "reading is one look here, planned looks in",
        "control is 'large' here",
        "split is",
    ):
        assert told in found["sentence"]
    assert "a segment" in plan_finding(read(con, scope={"segment": {"property": "country", "value": "DE"}}))["sentence"]
    assert "counted otherwise" in plan_finding(read(con, metrics=[{**BUY, "within": "1d"}]))["sentence"]
    assert plan_finding(read(con, metrics=[{**BUY, "role": "primary"}, CART], reading="planned", control="small"))["state"] == "fine"


def test_a_guardrail_that_the_question_leaves_out_is_said() -> None:
    guard = {**CART, "role": "guardrail", "margin": 0.1}
    con = locked(drawn(LOG), metrics=[{**BUY, "role": "primary"}, guard])
    assert plan_finding(read(con))["state"] == plan_finding(read(con, metrics=[BUY, guard]))["state"] == "fine"
    for metrics in ([BUY], [BUY, {**guard, "margin": 0.9}]):
        assert "guardrail 'carts' of the plan is not held here" in plan_finding(read(con, metrics=metrics))["sentence"]


def test_variants_that_the_plan_does_not_name_and_first_exposures_left_out_are_said() -> None:
    con = locked(drawn(LOG, "gus +1d 09:00 seen{experiment=button,variant=preview,country=FR}"))
    found = plan_finding(read(con))
    assert found["state"] == "look" and "names no 'preview': units that saw it are left out (1)" in found["sentence"]
    assert "left out here" in plan_finding(read(con, scope={"start": "2026-03-04"}))["sentence"]
    assert "left out here" not in plan_finding(read(con, scope={"start": "2026-03-02"}))["sentence"]


def test_a_draft_binds_nobody_and_what_is_changed_or_locked_late_shows() -> None:
    con = drawn(LOG)
    keep_plan(con, plan_from(PLAN), by="eva", at=1)
    answer = read(con, control="large", metrics=[BUY])
    assert (answer["reading"], answer["plan_version"]) == ("always_valid", 0) and "draft" in plan_finding(answer)["sentence"]
    lock_plan(con, "button", by="eva", at=read_time("2026-03-04", read_zone("UTC"), "at"))
    assert "units had been exposed already (2)" in plan_finding(read(con))["sentence"]
    keep_plan(con, plan_from({**PLAN, "looks": 2}), by="max", reason="Fewer meetings.", at=None)
    found = plan_finding(read(con))
    assert found["state"] == "look" and "changed once since (looks)" in found["sentence"]
    assert found["rows"][0]["from"] == 4 and found["rows"][0]["to"] == 2 and found["rows"][0]["by"] == "max"


def test_the_look_follows_the_units_that_were_planned() -> None:
    con = locked(drawn(LOG), stop=None, days=100, segment=None)
    assert [read(con, scope={"stop": f"2026-03-{day:02d}"})["look"] for day in (3, 4, 5, 6, 11)] == [0, 1, 1, 2, 3]  # of 0, 2, 3, 5, 6 of 8
    assert read(con, look=2)["look"] == 2
    course = read(con, over_time=True)["courses"][0]
    assert course["points"][0]["low"] is None and course["points"][-1]["low"] is not None


def test_a_planned_reading_without_a_plan_needs_its_looks_and_is_taken_to_be_at_the_last() -> None:
    con = drawn(LOG)
    with pytest.raises(QuestionError, match="how many looks"):
        read(con, reading="planned", control="small", metrics=[BUY])
    answer = read(con, reading="planned", looks=3, control="small", metrics=[BUY])
    assert answer["look"] == 3 and "taken to be the last of the 3" in answer["warnings"][0]


def test_a_reading_of_a_past_moment_is_what_it_was_then() -> None:
    con = drawn(LOG)
    early = drawn("\n".join(LOG.splitlines()[:3]))
    asked = {"control": "small", "metrics": [BUY]}
    then, alone = read(con, **asked, scope={"stop": "2026-03-05"}), read(early, **asked)
    for key in ("metrics", "srm", "crossed", "start", "stop"):
        assert then[key] == alone[key], key


def test_a_segment_of_what_was_done_is_said_to_be_unsafe() -> None:
    asked = {"control": "small", "metrics": [BUY], "checks": False}
    assert "no effect" in read(drawn(LOG), **asked, scope={"segment": {"did": "cart"}})["warnings"][0]
    assert read(drawn(LOG), **asked, scope={"segment": {"all": [{"property": "country", "value": "FR"}]}})["warnings"] == []


def test_where_variants_are_shown_is_guessed_overridden_and_kept() -> None:
    con = drawn(LOG, "gus 09:00 $feature_flag_called{$feature_flag=f,$feature_flag_response=on}")
    found = exposures(con)
    assert found is not None and found.as_plain() == {
        "event": "$feature_flag_called",
        "experiment": "$feature_flag",
        "variant": "$feature_flag_response",
    }
    keep_exposure(con, {"event": "seen", "experiment": "experiment", "variant": "variant"})
    (seen,) = experiments_in(con)
    assert (seen.name, dict(seen.variants), seen.running) == ("button", {"large": 3, "small": 3}, False)
    keep_exposure(con, None)
    assert exposures(con) == found
    only = read(drawn(LOG), experiment="seen", exposure={"event": "seen", "variant": "variant"}, control="small", metrics=[BUY])
    assert only["population"] == 6 and exposures(drawn("ann 09:00 visit{device=m}")) is None


@pytest.mark.parametrize(
    ("exposure", "told"),
    [
        ("seen", "exposure is"),
        ({"event": "seen"}, "The variant of the exposure"),
        ({"variant": "v", "who": "x"}, "Known are"),
        ({"variant": 3}, "is 3"),
    ],
)
def test_an_exposure_that_cannot_be_is_refused(exposure: Any, told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        read(drawn(LOG), exposure=exposure)


def test_without_metrics_it_is_what_the_log_makes_plain() -> None:
    rows = "ann 09:00 seen{experiment=e,variant=control} 09:01 Purchase{revenue=5} bob 09:00 seen{experiment=e,variant=new}"
    con = drawn(rows.replace(" bob", "\nbob"), mapping={"revenue": {"property": "revenue"}})
    assert [(one.name, one.kind, one.role) for one in usual_metrics(con)] == [
        ("Purchase", "share", "primary"),
        ("Revenue per unit", "mean", "secondary"),
        ("Revenue per Purchase", "ratio", "secondary"),
    ]
    assert [one.name for one in usual_metrics(drawn("ann 09:00 open 09:01 subscribe_done 09:02 subscribe_failed"))] == ["subscribe_done"]
    with pytest.raises(QuestionError, match="makes none plain"):
        usual_metrics(drawn("ann 09:00 open"))

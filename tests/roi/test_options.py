"""Which of several things to do first; assumptions kept under a name."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from journey.ask import ask
from journey.cli import main
from journey.errors import QuestionError
from journey.roi import Options, forget_scenario, keep_scenario, measure_options, read_options, scenarios
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.lent import empty_warehouse

BASE = {"customers": 1_000, "churn": {"p10": 0.04, "p90": 0.06}, "revenue_per_month": 10}


def ranked(con: Warehouse | None = None, effort_is: str = "days", **options: tuple[float, dict[str, Any]]) -> Options:
    listed = [{"name": name, "effort": effort, "question": {**BASE, **asked}} for name, (effort, asked) in options.items()]
    return measure_options(con or empty_warehouse(), read_options({"options": listed, "effort_is": effort_is}), Scope())


def test_what_brings_more_for_each_day_comes_first() -> None:
    found = ranked(big=(10, {"lift": 0.2}), small=(1, {"lift": 0.1}))
    assert [(one.rank, one.name) for one in found.options] == [(1, "small"), (2, "big")]
    first, last = found.options
    assert last.p50 == pytest.approx(2 * first.p50) and first.per_effort[1] == first.p50 and last.per_effort[1] == last.p50 / 10
    assert (first.beats_next, first.told_apart, first.best, last.beats_next) == (1, True, 1, None)
    assert found.first == ("small",)


def test_the_same_luck_falls_on_what_is_the_same_and_its_own_on_what_is_not() -> None:
    sure = ranked(better=(1, {"lift": 0.11}), worse=(1, {"lift": 0.1}))
    assert sure.options[0].beats_next == 1  # churn alone is unsure, and it is the same for both
    spread = {"lift": {"p10": 0.05, "p90": 0.15}}
    alike = ranked(left=(1, spread), right=(1, spread))
    assert alike.options[0].beats_next == pytest.approx(0.5, abs=0.02) and alike.options[0].told_apart is False
    assert alike.first == (alike.options[0].name, alike.options[1].name)
    assert [one.best for one in alike.options] == pytest.approx([0.5, 0.5], abs=0.02)


def test_an_option_says_of_itself_what_the_question_of_roi_says() -> None:
    asked = {**BASE, "lift": {"p10": 0.05, "p90": 0.15}, "tool_per_month": 400}
    own = {key: asked[key] for key in ("lift", "tool_per_month")}
    found = ranked(first=(1, {"lift": 0.5}), second=(3, own)).options[1]
    alone = ask(empty_warehouse(), {"ask": "roi", **asked})
    assert found.name == "second" and found.rank == 2
    assert [found.p10, found.p50, found.p90, found.p_loss] == [alone[key] for key in ("p10", "p50", "p90", "p_loss")]
    assert (found.payback_month, found.why) == (alone["payback_month"], alone["why"])


def test_options_that_lose_and_last_differently_say_so() -> None:
    found = ranked(dear=(1, {"lift": 0.1, "tool_per_month": 10_000}), cheap=(1, {"lift": 0.1, "months": 6}))
    assert [one.name for one in found.options] == ["cheap", "dear"]
    assert found.options[1].p_loss == 1 and found.options[1].payback_month is None and "not back" in found.options[1].why
    assert found.evidence.warnings == ("The options are reckoned over different times (6, 12 months).",)


@pytest.mark.parametrize(
    ("plain", "told"),
    [
        ({}, "lists 1 to 30"),
        ({"options": []}, "lists 1 to 30"),
        ({"options": ["calls"]}, "no option"),
        ({"options": [{"name": "a", "effort": 0, "question": {"preset": "saved_only"}}]}, "above 0"),
        ({"options": [{"name": "a", "effort": 1}]}, "either"),
        ({"options": [{"name": "", "effort": 1, "question": {"preset": "saved_only"}}]}, "needs a name"),
        ({"options": [{"name": "a", "effort": 1, "question": {"preset": "saved_only"}}] * 2}, "Two options"),
        ({"options": [{"name": "a", "effort": 1, "question": {}}]}, "Without lift"),
        ({"options": [{"name": "a", "effort": 1, "question": 3}]}, "it is an object"),
        ({"options": [{"name": "a", "effort": 1, "question": {"preset": "saved_only"}}], "effort_is": "love"}, "'days', 'money'"),
    ],
)
def test_options_that_cannot_be_ranked_are_refused_with_a_sentence(plain: dict[str, Any], told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        read_options(plain)


def test_scenarios_are_kept_replaced_listed_and_forgotten() -> None:
    con = empty_warehouse()
    asked = {"ask": "roi", **BASE, "lift": 0.1}
    keep_scenario(con, " calls  to leavers ", asked, by="ann", note="first try", at=1_000)
    keep_scenario(con, "calls to leavers", {**asked, "lift": 0.2}, by="bob", at=2_000)
    keep_scenario(con, "a voucher", {"preset": "saved_only"}, by="ann")
    assert [one.name for one in scenarios(con)] == ["a voucher", "calls to leavers"]
    kept = scenarios(con)[1]
    assert (kept.kept_by, kept.kept_at, kept.note, kept.asked.spread("lift").central) == ("bob", 2_000, "", 0.2)
    listed = [{"scenario": "calls to leavers", "effort": 2}, {"name": "vouchers", "scenario": "a voucher", "effort": 5}]
    answer = ask(con, {"ask": "roi_options", "options": listed})
    assert {one["name"] for one in answer["options"]} == {"calls to leavers", "vouchers"}
    forget_scenario(con, "a voucher")
    with pytest.raises(QuestionError, match=r"No scenario is kept as 'a voucher'\. Kept are: 'calls to leavers'"):
        ask(con, {"ask": "roi_options", "options": listed})
    with pytest.raises(QuestionError, match="No scenario"):
        forget_scenario(con, "a voucher")


@pytest.mark.parametrize(
    ("name", "by", "asked"), [("", "ann", {}), ("\ud800", "ann", {}), ("a", " ", {}), ("a" * 81, "ann", {}), ("a", "ann", {"churn": 2})]
)
def test_a_scenario_without_name_person_or_sense_is_refused(name: str, by: str, asked: dict[str, Any]) -> None:
    con = empty_warehouse()
    with pytest.raises(QuestionError):
        keep_scenario(con, name, {"preset": "saved_only", **asked}, by=by)
    assert scenarios(con) == ()


def test_of_many_who_keep_and_forget_at_once_none_fails() -> None:
    con = empty_warehouse()

    def change(number: int) -> None:
        own = con.cursor()
        for _ in range(4):
            keep_scenario(own, "calls", {"preset": "saved_only", "churn": number / 100}, by="ann")
            keep_scenario(own, f"voucher {number}", {"preset": "saved_only"}, by="bob")
            forget_scenario(own, f"voucher {number}")

    with ThreadPoolExecutor(4) as people:
        list(people.map(change, range(1, 5)))
    assert [one.name for one in scenarios(con)] == ["calls"]


def test_the_command_line_answers(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "question.json").write_text('{"ask": "roi", "preset": "saved_only"}')
    assert main(["--workspace", str(tmp_path / "ws"), "ask", str(tmp_path / "question.json")]) == 0
    assert '"total": 51000.0' in capsys.readouterr().out

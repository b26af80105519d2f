"""What a log says of the inputs, counted by hand; and that it says so where it knows nothing."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from journey.ask import ask, resolve_rule
from journey.errors import QuestionError
from journey.predict.outcome import read_outcome
from journey.predict.tiers import Treated
from journey.roi import INPUTS, Inputs, inputs_customers, measure_inputs, measure_roi, read_inputs, read_roi
from journey.roi.log import found
from journey.roi.log.assumed import PLACEHOLDERS
from journey.rules.segment import measure_segment
from journey.scope import Scope, read_scope
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse

MAPPING = {"revenue": {"property": "price", "currency": "EUR"}}
# The data end at 06-10 12:00; the last 30 days begin at 05-11 12:00.  Pauses are 7 days or less but for cid's, so who is
# silent for 14 days is gone: the month to see customers go from is 04-27 12:00 to 05-27 12:00.
LOG = """
ann 2026-03-02 09:00 visit +7d visit +7d visit +7d visit +7d visit 2026-05-20 visit 10:00 buy{price=20} 2026-06-10 12:00 visit
bob 2026-03-02 09:00 visit +7d visit +7d visit +7d visit +7d visit 2026-05-20 visit 10:00 buy{price=30} 11:00 buy{price=10}
cid 2026-03-02 09:00 visit +7d visit +7d visit +7d visit +7d visit 2026-05-01 visit
dee 2026-05-15 09:00 visit +7d visit +7d visit +7d visit
eve 2026-05-15 09:00 Email_sent 2026-06-09 Email_sent
"""


@pytest.fixture(scope="module")
def con() -> Warehouse:
    return drawn(LOG, mapping=MAPPING)


def inputs(con: Warehouse, **question: Any) -> Inputs:
    return measure_inputs(con, read_inputs(question), Scope())


def test_customers_and_what_they_bring_are_those_of_the_last_thirty_days(con: Warehouse) -> None:
    told = inputs(con)
    assert (told.of("customers").value, told.of("customers").source) == (3, "measured")  # ann, bob, dee; what eve got she did not do
    assert told.of("customers").sentence == "Counted: 3 customers who did something themselves in the last 30 days. 2 of them paid."
    revenue = told.of("revenue_per_month")
    assert revenue.value == 20 and revenue.interval == (0.0, pytest.approx(20 + 1.96 * 20 / 3**0.5, abs=1e-3))  # 20, 40, 0
    assert "Only 3 customers" in revenue.sentence and told.currency == "EUR"
    paying = inputs(con, of="paying")
    assert (paying.of("customers").value, paying.of("revenue_per_month").value) == (2, 30)


def test_churn_is_who_did_nothing_after_a_month_for_longer_than_is_usual(con: Warehouse) -> None:
    churn = inputs(con).of("churn")
    assert churn.value == 2 / 4 and churn.behind == 2  # of ann, bob, cid, dee the last was seen after 05-27: dee on 06-05, ann on 06-10
    assert churn.sentence.startswith("Measured: 2 of 4 customers who did something themselves in 30 days did nothing in the 14 days after")
    assert "Those had brought 20.00 each" in churn.sentence  # bob 40, cid 0
    assert churn.interval is not None and churn.interval[0] < 0.5 < churn.interval[1]


def test_visitors_conversion_and_orders(con: Warehouse) -> None:
    told = inputs(con, event="visit", goal="buy")
    assert (told.of("visitors_per_month").value, told.of("conversion").value, told.of("value_per_order").value) == (3, 2 / 3, 20)
    nowhere = inputs(con, event="vist")
    assert nowhere.of("visitors_per_month").source == "assumed" and "'visit'" in nowhere.of("visitors_per_month").sentence
    assert any("'visit'" in warning for warning in nowhere.evidence.warnings)


def test_the_number_on_an_input_is_the_length_of_its_list(con: Warehouse) -> None:
    told, who = inputs(con), ["ann", "bob", "dee"]
    lists = {"customers": who, "churn": ["bob", "cid"], "visitors_per_month": who, "conversion": who[:2], "value_per_order": who[:2]}
    for name, ids in lists.items():
        assert list(inputs_customers(con, read_inputs({}), Scope(), {"input": name}).ids) == ids and told.of(name).behind == len(ids)
    assert [one.input for one in told.assumptions if one.behind is not None] == [one.name for one in INPUTS if one.name in lists]
    answer = ask(con, {"ask": "roi_inputs", "customers": {"input": "churn"}})
    assert answer["customers"] == {"count": 2, "ids": ["bob", "cid"]} and answer["inputs"]["churn"]["customers"] == 2
    rule = resolve_rule(con, {"roi_inputs": {}, "input": "churn"}, Scope())
    assert list(measure_segment(con, rule, Scope()).people.ids) == ["bob", "cid"]


def test_other_marks_are_refused_and_the_known_ones_named(con: Warehouse) -> None:
    for mark in ({"input": "margin"}, {"tier": 1}, {}):
        with pytest.raises(QuestionError, match="one of customers, churn"):
            ask(con, {"ask": "roi_inputs", "customers": mark})
    for question in ({"ask": "roi_options", "options": [{"name": "a", "effort": 1, "question": {"preset": "saved_only"}}]},):
        with pytest.raises(QuestionError, match="Nobody is behind a sum of money"):
            ask(con, {**question, "customers": {"option": "a"}})
    with pytest.raises(QuestionError, match="Nobody is behind a sum of money"):
        resolve_rule(con, {"roi": {"preset": "saved_only"}, "lost": True}, Scope())


def test_a_segment_and_a_stop_narrow_what_is_read(con: Warehouse) -> None:
    segment = read_scope({"segment": {"customers": ["ann", "cid"]}})
    told = measure_inputs(con, read_inputs({}), segment)
    assert (told.of("customers").value, told.of("revenue_per_month").value, told.of("churn").value) == (1, 20, 0.5)
    early = measure_inputs(con, read_inputs({}), read_scope({"stop": "2026-05-12"}))
    assert early.of("customers").value == 1  # cid on 05-01


def test_a_short_log_and_an_empty_one_say_so() -> None:
    short = measure_inputs(drawn("ann 09:00 visit 10:00 buy{price=5} +3d visit", mapping=MAPPING), read_inputs({}), Scope())
    assert short.of("churn").source == "assumed" and "days of log, and it holds 3" in short.of("churn").sentence
    assert "less than a month" in short.of("customers").sentence and short.evidence.warnings
    empty = measure_inputs(empty_warehouse(), read_inputs({}), Scope())
    assert [one.input for one in empty.assumptions] == [one.name for one in INPUTS]
    assert {one.source for one in empty.assumptions} == {"assumed"} and empty.evidence.population == 0
    assert (empty.since, empty.until) == (None, None)


def test_one_customer_is_no_customers_and_where_all_buy_no_more_can() -> None:
    told = measure_inputs(drawn("ann 09:00 buy{price=5}", mapping=MAPPING), read_inputs({}), Scope())
    assert told.of("customers").sentence.startswith("Counted: 1 customer who did something themselves in the 1 day that the log holds")
    assert "over its 1 order; 1 customer paid or got money back. Only 1 customer:" in told.of("value_per_order").sentence
    assert "and it holds less than a day." in told.of("churn").sentence
    assert told.evidence.warnings == ("The log holds less than a day, so what is said of a month is too low.",)
    nobody = measure_inputs(drawn("ann 09:00 buy{price=5}", mapping=MAPPING), read_inputs({"event": "bye"}), Scope())
    assert nobody.of("conversion").sentence == "Assumed: nobody came by, so nothing says how many buy."
    asked = told.question("conversion")
    assert asked["conversion"] == 1 and read_roi(asked).spread("lift").central == 0


def test_without_mapped_revenue_money_is_assumed_and_said_to_be() -> None:
    told = measure_inputs(drawn("ann 09:00 visit 10:00 buy{price=5} +3d visit"), read_inputs({"event": "visit"}), Scope())
    assert {told.of(name).source for name in ("revenue_per_month", "value_per_order")} == {"assumed"}
    assert "no revenue is mapped" in told.of("value_per_order").sentence
    paying = measure_inputs(drawn("ann 09:00 buy{price=5} +90d visit"), read_inputs({"of": "paying"}), Scope())
    for name in ("customers", "churn"):
        assert paying.of(name).sentence == "Assumed: no revenue is mapped, so nothing says who pays."
    assert (told.of("conversion").source, told.of("conversion").value) == (
        "measured",
        1.0,
    )  # buying is what metrics.toml calls a conversion


@pytest.mark.parametrize("model", ["retention", "conversion", "saved_only"])
def test_the_inputs_make_a_question_that_can_be_asked(con: Warehouse, model: str) -> None:
    for log in (con, empty_warehouse()):
        plain = measure_inputs(log, read_inputs({}), Scope()).question(model)
        assert measure_roi(log, read_roi(plain), Scope()).months
    for one in inputs(con).assumptions:
        assert one.low <= one.value <= one.high and 0 < one.step < one.high, one
    assert set(PLACEHOLDERS) == {one.name for one in INPUTS}


def test_a_model_in_use_says_whom_it_finds(con: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = tuple(
        Treated(threshold, treated, caught, 100, 1_000) for threshold, treated, caught in ((0.1, 400, 90), (0.5, 150, 60), (0.8, 40, 20))
    )
    record = SimpleNamespace(
        name="churn", capacity=200, outcome=read_outcome({"inactive_for": "30d"}), proof=SimpleNamespace(thresholds=steps)
    )
    monkeypatch.setattr(found, "champion", lambda con, name: SimpleNamespace(version=1))
    monkeypatch.setattr(found, "readable_record", lambda con, name, version: (record, ""))
    told = inputs(con)  # the lowest threshold whose customers the team can all reach
    assert (told.of("recall").value, told.of("treated").value) == (0.6, 0.15)
    assert told.of("recall").interval == pytest.approx(replace(steps[1]).recall_interval)
    assert "found 60 of them" in told.of("recall").sentence and "from a chance of 0.5 on" in told.of("treated").sentence
    assert inputs(con, threshold=0.75).of("recall").value == 0.2
    for wrong in ({"threshold": 2}, {"prediction": ""}, {"of": "all"}):
        with pytest.raises(QuestionError):
            read_inputs(wrong)
    with pytest.raises(QuestionError, match="No prediction is named 'chrun'"):
        inputs(con, prediction="chrun")

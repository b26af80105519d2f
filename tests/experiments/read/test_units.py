"""Who is a unit of an experiment, of which variant, and what it brought: logs worked by hand."""

from typing import Any

import polars as pl
import pytest

from journey.ask import ask
from journey.errors import QuestionError
from journey.experiments.read import changes_of, read_experiment, units_of
from journey.scope import read_scope
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse

SHOP = """
ann 09:00 buy{price=50} 09:30 seen{experiment=button,variant=control} 09:35 buy{price=10} +1d buy{price=4}
bob 09:00 seen{experiment=button,variant=new} 09:00 buy{price=7} +3d seen{experiment=button,variant=new} buy{price=1}
cid 09:00 seen{experiment=button,variant=control} 09:05 buy{price=9} 10:00 seen{experiment=button,variant=new}
dee 10:00 seen{experiment=button,variant=new} 10:01 cart
eve 10:00 buy{price=99} 11:00 seen{experiment=other,variant=new}
fay +2d 10:00 seen{experiment=button,variant=control} +1d cart +6d cart
"""
BUY: dict[str, Any] = {"name": "bought", "event": "buy"}
SUM: dict[str, Any] = {"name": "money", "event": "buy", "property": "price"}


def table(con: Warehouse, *metrics: dict[str, Any], scope: Any = None, **more: Any) -> dict[str, tuple[Any, ...]]:
    """customer -> (arm, y0, y1, ...)."""
    question = read_experiment({"experiment": "button", "metrics": list(metrics), **more})
    frame = units_of(con, question, read_scope(scope)).frame
    ids = dict(con.connection.execute("select customer, id from customers").fetchall())
    columns = ["arm", *(f"y{k}" for k in range(len(metrics)))]
    return {ids[unit]: rest for unit, *rest in map(list, frame.select("unit", *columns).iter_rows())}  # type: ignore[misc]


def test_outcomes_count_from_the_first_exposure_on_and_who_saw_two_variants_is_left_out() -> None:
    con = drawn(SHOP)
    found = table(con, BUY, SUM, {"name": "carts", "event": "cart", "of": "count"})
    assert found == {
        "ann": ["control", 1.0, 14.0, 0.0],  # what was bought before is not of the experiment
        "bob": ["new", 1.0, 8.0, 0.0],  # the same moment is
        "dee": ["new", 0.0, 0.0, 1.0],
        "fay": ["control", 0.0, 0.0, 2.0],
    }
    question = read_experiment({"experiment": "button", "metrics": [BUY]})
    units = units_of(con, question, read_scope(None))
    assert (units.arms, units.crossed, units.open) == (("control", "new"), 1, (0,))
    assert units.frame.columns == ["unit", "arm", "exposed_at", "y0", "x0"]


def test_within_a_time_counts_what_came_in_it_and_leaves_out_whose_time_is_not_over() -> None:
    con = drawn(SHOP)  # the data end on 11 March at 10:00, with fay's last cart
    within = {"name": "carts", "event": "cart", "of": "count", "within": "1d"}  # a day to the minute is within it
    assert {who: row[1] for who, row in table(con, within).items()} == {
        "ann": 0,
        "bob": 0,
        "dee": 1,
        "fay": 1,
    }
    week = {**within, "within": "7d"}
    question = read_experiment({"experiment": "button", "metrics": [week]})
    assert units_of(con, question, read_scope(None)).open == (0,)
    early = read_scope({"stop": "2026-03-10"})
    assert units_of(con, question, early).open == (1,)
    assert table(con, week, scope={"stop": "2026-03-10"})["fay"] == ["control", None]


def test_a_reading_of_a_past_moment_knows_nothing_later() -> None:
    con = drawn(SHOP)
    then = table(con, BUY, SUM, scope={"stop": "2026-03-02T09:40"})
    assert then == {"ann": ["control", 1.0, 10.0], "bob": ["new", 1.0, 7.0], "cid": ["control", 1.0, 9.0]}  # cid had seen one variant only
    later = table(con, BUY, scope={"start": "2026-03-02T09:10"})
    assert set(later) == {"ann", "dee", "fay"}  # whose first exposure came then


def test_the_same_number_before_the_exposure_is_a_covariate() -> None:
    con = drawn(SHOP)
    question = read_experiment({"experiment": "button", "metrics": [{**SUM, "before": "20m"}, {**SUM, "name": "wide", "before": "30m"}]})
    frame = units_of(con, question, read_scope(None)).frame
    assert frame["c0"].to_list() == [0, 0, 0, 0] and frame["c1"].to_list() == [50, 0, 0, 0]


def test_revenue_is_what_was_mapped_less_refunds() -> None:
    mapping = {"revenue": {"event": "buy", "property": "price", "refund": "refund"}}
    con = drawn(SHOP + "gus 10:00 seen{experiment=button,variant=new} buy{price=30} refund{price=10}", mapping=mapping)
    money = {"name": "revenue", "revenue": True}
    assert table(con, money)["gus"] == ["new", 20.0]
    assert table(con, {**money, "winsorise": 0.5})["gus"] == ["new", 8.0]  # of 0, 0, 8, 14, 20
    with pytest.raises(QuestionError, match="No revenue is mapped"):
        table(drawn(SHOP), money)


def test_a_ratio_is_of_sums_over_units() -> None:
    answer = ask(
        drawn(SHOP),
        {
            "ask": "experiment",
            "experiment": "button",
            "metrics": [{**SUM, "denominator": {"event": "buy"}, "kind": "ratio"}],
            "checks": False,
        },
    )
    (metric,) = answer["metrics"]
    assert metric["control_estimate"] == pytest.approx(14 / 2) and metric["estimate"] == pytest.approx(8 / 2)


def test_values_are_cut_at_the_quantile_of_all_units_and_a_cut_that_leaves_nothing_is_said() -> None:
    con = drawn(SHOP)
    assert {who: row[1] for who, row in table(con, {**SUM, "winsorise": 0.75}).items()} == {"ann": 9.5, "bob": 8, "dee": 0, "fay": 0}
    answer = ask(con, {"ask": "experiment", "experiment": "button", "metrics": [{**SUM, "winsorise": 0.5}]})
    assert "too few units have any" not in " ".join(answer["warnings"])
    rare = {"name": "rare", "event": "cart", "property": "price", "winsorise": 0.5}
    assert "too few units have any" in " ".join(ask(con, {"ask": "experiment", "experiment": "button", "metrics": [rare]})["warnings"])


def test_the_unit_may_be_what_a_property_names() -> None:
    con = drawn(
        "ann 09:00 seen{experiment=button,variant=control,firm=acme} 09:01 buy{firm=acme} 09:02 buy{firm=zeta}",
        "bob 09:00 seen{experiment=button,variant=control,firm=acme} 09:03 buy{firm=acme} 10:00 seen{experiment=button,variant=new}",
        "cid 09:00 seen{experiment=button,variant=new,firm=zeta}",
    )
    question = {"experiment": "button", "unit": "property:firm", "metrics": [{"name": "n", "event": "buy", "of": "count"}]}
    units = units_of(con, read_experiment(question), read_scope(None))
    assert units.frame.select("unit", "arm", "y0").rows() == [(1, "control", 2.0), (2, "new", 1.0)]  # ann bought for zeta
    with pytest.raises(QuestionError, match="that counts customers"):
        ask(con, {"ask": "experiment", **question, "customers": {"arm": "new"}, "checks": False})


def test_changes_add_up_to_what_each_unit_brought() -> None:
    con = drawn(SHOP)
    metrics = [BUY, {**SUM, "winsorise": 0.75}, {**SUM, "name": "ratio", "kind": "ratio", "denominator": "buy"}]
    question = read_experiment({"experiment": "button", "metrics": metrics})
    scope = read_scope(None)
    bought, cut, ratio = (changes_of(con, question, scope, k) for k in range(3))
    assert bought.select("unit", "dy").rows() == [(1, 1.0), (0, 1.0)]  # once each, bob first
    assert cut.select("unit", "dy").rows() == [(1, 7.0), (0, 9.5), (0, 0.0), (1, 1.0)]  # ann's 10 is cut, and her 4 adds nothing
    assert ratio.group_by("unit").agg(pl.sum("dy", "dx")).sort("unit").select("unit", "dy", "dx").rows() == [(0, 14.0, 2.0), (1, 8.0, 2.0)]
    assert ratio.columns == ["unit", "arm", "exposed_at", "ts", "dy", "dx"]


def test_the_customers_behind_a_mark_are_as_many_as_it_says() -> None:
    con = drawn(SHOP)
    question = {"ask": "experiment", "experiment": "button", "metrics": [BUY]}
    marks = [{"arm": "new"}, {"arm": "control"}, {"arm": "control", "metric": "bought"}, {"crossed": True}]
    found = [ask(con, {**question, "customers": mark})["customers"]["ids"] for mark in marks]
    assert found == [["bob", "dee"], ["ann", "fay"], ["ann"], ["cid"]]
    for mark, told in (
        ({"arm": "newest"}, "No variant is named"),
        ({"arm": "new", "metric": "sold"}, "no share"),
        ({"who": 1}, "Known are"),
    ):
        with pytest.raises(QuestionError, match=told):
            ask(con, {**question, "customers": mark})


def test_a_log_without_such_an_experiment_answers_zero_and_names_the_nearest() -> None:
    answer = ask(drawn(SHOP), {"ask": "experiment", "experiment": "buton", "metrics": [BUY]})
    assert answer["warnings"] == ["No experiment is named 'buton'. The nearest known is 'button'."]
    assert answer["metrics"] == [] and answer["population"] == 0 and answer["state"] == "keep running"
    assert "shows no variants" in ask(drawn("ann 09:00 buy"), {"ask": "experiment", "experiment": "x", "metrics": [BUY]})["warnings"][0]
    assert ask(empty_warehouse(), {"ask": "experiment", "experiment": "x"})["population"] == 0
    assert ask(drawn(SHOP), {"ask": "experiment", "experiment": "other", "metrics": [BUY], "control": "new"})["population"] == 1


def test_an_event_or_a_property_that_never_was_counts_nothing_and_is_said() -> None:
    con = drawn(SHOP)
    asked = {"ask": "experiment", "experiment": "button", "checks": False}
    answer = ask(con, {**asked, "metrics": [{"event": "by"}, {"name": "m", "event": "buy", "property": "prize"}]})
    assert answer["warnings"] == [
        "No event is named 'by'. The nearest known is 'buy'.",
        "No property is named 'prize'. The nearest known is 'price'.",
    ]
    assert {metric["estimate"] for metric in answer["metrics"]} == {0.0}
    with pytest.raises(QuestionError, match="a sum needs numbers"):
        ask(con, {**asked, "metrics": [{"name": "m", "event": "seen", "property": "variant"}]})


def test_variants_beyond_those_meant_are_left_out_and_said() -> None:
    con = drawn(SHOP, "gus 10:00 seen{experiment=button,variant=preview}")
    split = {"control": 0.5, "new": 0.5}
    answer = ask(con, {"ask": "experiment", "experiment": "button", "metrics": [BUY], "split": split})
    assert answer["population"] == 4 and answer["warnings"] == [
        "'preview' is not compared, since no share was meant for it; units that saw it: 1."
    ]
    with pytest.raises(QuestionError, match="Say which variant of 'button' is control"):
        ask(drawn(SHOP.replace("control", "old")), {"ask": "experiment", "experiment": "button", "metrics": [BUY]})
    with pytest.raises(QuestionError, match="No variant of 'button' is named 'ctrl'"):
        ask(con, {"ask": "experiment", "experiment": "button", "metrics": [BUY], "control": "ctrl"})


def test_where_one_variant_alone_was_seen_nothing_is_compared() -> None:
    asked = {"ask": "experiment", "experiment": "button", "metrics": [BUY], "checks": False}
    alone = ask(drawn("ann 09:00 seen{experiment=button,variant=x}"), asked)
    assert (alone["control"], alone["metrics"], alone["state"], alone["population"]) == ("x", [], "keep running", 1)
    both = drawn("ann 09:00 seen{experiment=button,variant=x}\nbob +1d 09:00 seen{experiment=button,variant=control}")
    first = ask(both, {**asked, "scope": {"stop": "2026-03-03"}})
    assert ask(both, asked)["population"] == 2 and [(arm["name"], arm["n"]) for arm in first["srm"]["arms"]] == [("control", 0), ("x", 1)]


def test_a_variant_named_like_nothing_is_none() -> None:
    con = drawn(SHOP)
    con.connection.execute("update events set p_variant = '' where p_experiment = 'button' and p_variant = 'new' and ts > 1772442000000")
    assert set(table(con, BUY)) == {"ann", "bob", "cid", "fay"}  # what dee saw, and cid later, has no name


def test_what_is_no_number_adds_nothing() -> None:
    con = drawn(SHOP.replace("price=10}", "price=10.5}"))
    con.connection.execute("update events set p_price = 'inf' where p_price = 10.5")
    con.connection.execute("update events set p_price = 'nan' where p_price = 7")
    assert {who: row[1] for who, row in table(con, SUM).items()} == {"ann": 4, "bob": 1, "dee": 0, "fay": 0}


def test_the_customers_of_a_group_are_as_many_as_it_says() -> None:
    mobile = SHOP.replace("variant=new}", "variant=new,device=m}")
    con = drawn(mobile, "gus 10:00 seen{experiment=button,variant=new,device=d} buy{price=1}")
    question = {"ask": "experiment", "experiment": "button", "metrics": [BUY], "by": "device", "checks": False}
    groups = ask(con, question)["groups"]
    assert {one["group"]: (one["n"], one["estimate"]) for one in groups} == {"m": (2, 0.5), "": (0, None), "d": (1, 1.0)}
    for one in groups:
        mark = {"arm": "new", "group": one["group"]}
        assert ask(con, {**question, "customers": mark})["customers"]["count"] == one["n"]
        did = ask(con, {**question, "customers": {**mark, "metric": "bought"}})["customers"]["ids"]
        assert did == {"m": ["bob"], "": [], "d": ["gus"]}[one["group"]]
    with pytest.raises(QuestionError, match='asks "by" a property'):
        ask(con, {**question, "by": None, "customers": {"arm": "new", "group": "m"}})

"""The number on a mark is the length of its list: any log, any question that counts customers, any mark of its answer."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from journey.ask import KINDS, ask, resolve_rule
from journey.errors import QuestionError
from journey.ingest import load_events
from journey.rules.segment import measure_segment
from journey.scope import read_scope
from journey.warehouse import Warehouse
from tests.lent import empty_warehouse

NAMES = ["a", "b", "Drop-off", "Other", 'x\' "y" 🐈', "(end)"]
PEOPLE = ["ann", "Bob", "ann ", "Ünal", "10", "9"]
VALUES = ["m", "d", "", "m' \"", None]
START = datetime(2026, 3, 2, tzinfo=UTC)
MOST_MARKS = 7
MINUTES = [0, 0, 1, 20, 60, 1440, 1441, 3000, 10_000, 20_160]  # the same moment, the same session, a day, a week and a fortnight on
EXAMPLES = int(os.environ.get("JOURNEY_EXAMPLES", "4"))

QUIET: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck), "phases": tuple(Phase)[:5]}  # all but explain

logs = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE), st.sampled_from(MINUTES), st.sampled_from(NAMES), st.sampled_from(VALUES), st.sampled_from([None, 1, 5])
    ),
    min_size=1,
    max_size=24,
)
names = st.sampled_from([*NAMES, "unheard"])
steps = st.one_of(names, st.none(), st.builds(lambda n, v: {"event": n, "where": {"device": v}}, names, st.sampled_from(["m", None])))
rules = st.sampled_from(
    [
        None,
        {"did": "a"},
        {"not": {"did": "Other", "within": "1d"}},
        {"property": "device", "op": "eq", "value": "m"},
        {"any": [{"sequence": ["a", "b"]}, {"funnel": {"steps": ["a", "b"]}, "dropped_after": 0}]},
    ]
)
scopes = st.fixed_dictionaries(
    {},
    optional={
        "start": st.sampled_from(["2026-03-02", "2026-03-03T00:20"]),
        "stop": st.sampled_from(["2026-03-04", "2026-03-16"]),
        "timezone": st.sampled_from(["Europe/Paris", "America/Los_Angeles"]),
        "segment": rules,
    },
)
periods = st.sampled_from(["day", "week", "month"])
QUESTIONS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "funnel": st.fixed_dictionaries(
        {"steps": st.lists(steps, min_size=1, max_size=3), "times": st.just(False)},
        optional={
            "order": st.sampled_from(["ordered", "strict", "unordered"]),
            "window": st.sampled_from(["1m", "1d", None]),
            "ties": st.sampled_from(["step_order", "load_order"]),
            "breakdown": st.builds(
                lambda at: {"property": "device", "attribution": at}, st.sampled_from(["first_touch", "all_events", "step:0"])
            ),
            "exclusions": st.builds(lambda n: [{"event": n, "from_step": 0, "to_step": 1}], names),
            "count_by": st.just("customer"),
        },
    ),
    "paths": st.fixed_dictionaries(
        {"steps": st.integers(2, 4), "rows": st.integers(1, 3)},
        optional={
            "unit": st.sampled_from(["session", "customer", "history"]),
            "start": st.sampled_from(NAMES),
            "end": st.sampled_from(NAMES),
            "collapse_repeats": st.sampled_from([True, False]),
            "group": st.just({"x*": "a", "Oth*": "Drop-off"}),
        },
    ),
    "transitions": st.fixed_dictionaries(
        {}, optional={"unit": st.sampled_from(["customer", "session"]), "ends": st.booleans(), "collapse_repeats": st.booleans()}
    ),
    "loops": st.fixed_dictionaries({}, optional={"unit": st.sampled_from(["customer", "session"])}),
    "sessions": st.fixed_dictionaries(
        {}, optional={"gap": st.sampled_from(["30m", "1m", None]), "at_gap": st.sampled_from(["same", "splits"])}
    ),
    "retention": st.fixed_dictionaries(
        {"period": periods, "periods": st.integers(1, 3)},
        optional={
            "target": steps,
            "returning": steps,
            "mode": st.sampled_from(["on", "on_or_after"]),
            "first": st.sampled_from(["ever", "recurring"]),
            "clock": st.sampled_from(["calendar", "rolling"]),
            "minimum_occurrences": st.integers(1, 2),
            "breakdown": st.just("device"),
        },
    ),
    "lifecycle": st.fixed_dictionaries({"period": periods}, optional={"event": steps, "week_start": st.sampled_from(["monday", "sunday"])}),
    "stickiness": st.fixed_dictionaries({"period": periods}, optional={"event": steps}),
    "metric": st.fixed_dictionaries(
        {
            "period": periods,
            "metric": st.one_of(
                st.builds(lambda n: {"event": n, "of": "customers"}, names),
                st.builds(lambda n: {"event": n, "of": "new"}, names),
                st.builds(
                    lambda n, d: {"event": n, "of": "ratio", "denominator": {"event": d, "of": "customers"}},
                    names,
                    st.one_of(names, st.none()),
                ),
            ),
        },
        optional={"breakdown": st.just("device")},
    ),
    "moved": st.fixed_dictionaries(
        {
            "period": periods,
            "metric": st.builds(
                lambda n, way, d: {"event": n, "of": "ratio", "numerator": way, "denominator": {"event": d, "of": "customers"}},
                names,
                st.sampled_from(["customers", "count"]),
                st.one_of(names, st.none()),
            ),
        },
        optional={"breakdown": st.just("device"), "edges": st.just("cut")},
    ),
    "stages": st.fixed_dictionaries({}, optional={"as_of": st.sampled_from(["2026-03-04", "2026-03-20"]), "breakdown": st.just("device")}),
    "compare": st.fixed_dictionaries(
        {"a": rules.filter(bool)},
        optional={"b": rules.filter(bool), "outcomes": st.builds(lambda n, d: [{"name": "x", "did": n, "of": d}], names, steps)},
    ),
    "dry_run": st.fixed_dictionaries(
        {"rule": rules.filter(bool)},
        optional={
            "every": st.sampled_from(["1d", "6h", "7d"]),
            "from": st.just("2026-03-02"),
            "to": st.sampled_from(["2026-03-04T07:00", "2026-03-20"]),
            "action": st.just("Check in"),
        },
    ),
    "experiment": st.builds(
        lambda shown, did, within: {
            "experiment": shown or "device",
            "exposure": {"event": shown, "variant": "device"},
            "control": "m",
            "metrics": [{"name": "did", "event": did, "within": within}, {"name": "often", "event": did, "of": "count"}],
            "checks": False,
        },
        st.sampled_from([None, *NAMES]),
        names,
        st.sampled_from([None, "1d"]),
    ),
    "next": st.fixed_dictionaries(
        {"after": st.lists(names, max_size=2), "top": st.just(9)},
        optional={"unit": st.sampled_from(["customer", "session"]), "collapse_repeats": st.just(True)},
    ),
}
Mark = tuple[dict[str, Any], int]


def marks_of(name: str, question: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    """Every mark of an answer that counts customers, with its number."""
    yield from MARKS[name](question, answer)


def _funnel(question: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    groups = {None: answer["steps"], **{group: found["steps"] for group, found in (answer.get("breakdown") or {}).items()}}
    for group, found in groups.items():
        counts = [step["count"] for step in found]
        more = {} if group is None else {"group": group}
        for k, count in enumerate(counts):
            yield {"reached": k, **more}, count
            if k + 1 < len(counts) and not question.get("optional"):
                yield {"dropped_after": k, **more}, count - counts[k + 1]


def _paths(_: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    for link in answer["links"]:
        yield {key: link[key] for key in ("step", "source", "target")}, link["customers"]
    for node in answer.get("nodes", ()):
        yield {"step": node["step"], "node": node.get("event", node.get("node"))}, node["customers"]
    for path in answer["top_paths"]:
        yield {"path": path["events"]}, path["customers"]


def _transitions(_: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    for edge in answer["edges"]:
        yield {"from": edge["from"], "to": edge["to"]}, edge["customers"]


def _loops(_: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    for loop in answer["loops"]:
        yield {"loop": loop["events"]}, loop["customers"]


def _sessions(_: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    rows = answer["sessions"]
    yield {}, len({row["customer"] for row in rows})
    for number in {row["session"] for row in rows}:
        yield {"session": number}, sum(row["session"] == number for row in rows)


def _retention(question: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    tables = {None: answer["cohorts"], **{group: found["cohorts"] for group, found in (answer.get("breakdown") or {}).items()}}
    for group, cohorts in tables.items():
        for cohort in cohorts:
            for period, returned in enumerate(cohort["returned"]):
                mark = {"cohort": cohort["start"], "period": period} | ({} if group is None else {"group": group})
                yield mark, returned
                yield {**mark, "came_back": False}, cohort["size"] - returned


def _lifecycle(_: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    for state in ("new", "returning", "resurrected", "dormant"):
        for start, n in zip(answer["periods"], answer[state], strict=True):
            yield {"period": start, "state": state}, abs(n)


def _stickiness(_: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    for row in answer["stickiness"]:
        yield {"active_days": row["active_days"]}, row["customers"]


def _metric(_: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    groups = {None: answer, **(answer.get("breakdown") or {})}
    for group, found in groups.items():
        for point in found["series"]:
            if point["value"] is not None:
                yield {"start": point["start"]} | ({} if group is None else {"group": group}), round(point["count"])


def _moved(_: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    for group in (answer["mix_and_rate"] or {"groups": ()})["groups"]:
        for span in ("before", "now"):
            yield {"group": group["group"], "span": span}, group[span]["units"]


def _stages(_: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    for stage in answer["stages"]:
        yield {"stage": stage["stage"]}, stage["customers"]
        if stage.get("reached") is not None:
            yield {"reached": stage["stage"]}, stage["reached"]
    for move in answer["transitions"]:
        yield {"from": move["from"], "to": move["to"]}, move["customers"]
    for shift in [*answer["flow"]["kinds"], *answer["flow"]["shifts"]]:
        yield {key: shift[key] for key in ("kind", "from", "to") if key in shift}, shift["customers"]
    for pace in answer["pace"]["stages"]:
        for kind in ("entered", "went_on", "skipped"):
            yield {"pace": kind, "stage": pace["stage"]}, pace[kind]
    for group, found in (answer["breakdown"] or {}).items():
        for stage in found["stages"]:
            yield {"stage": stage["stage"], "group": group}, stage["customers"]
            if stage["reached"] is not None:
                yield {"reached": stage["stage"], "group": group}, stage["reached"]


def _compare(_: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    for side in ("a", "b"):
        yield {"side": side}, answer[f"n_{side}"]
        for one in answer["differences"]:
            yield {key: one[key] for key in ("kind", "of", "name", "value")} | {"side": side}, one[f"count_{side}"]


def _next(_: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    yield {"now": True}, answer["now"]
    for one in answer["next"]:
        yield {"then": one["next"]}, one["customers"]


def _dry_run(_: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    yield {}, answer["reached"]["customers"]
    for look in answer["looks"]:
        yield {"day": look["at"]}, look["newly"]
        yield {"due": look["at"]}, look["due"]
        if look["proposed"] is not None:
            yield {"proposed": look["at"]}, look["proposed"]
    for key, rows in (("times", "times"), ("overlap", "overlaps"), ("stage", "stages"), ("treated", "contacts")):
        for row in answer[rows]:
            yield {key: row.get({"overlap": "trigger", "treated": "by"}.get(key, key))}, row["customers"]
    yield {"treated": True}, answer["treated"]["customers"]


def _experiment(_: dict[str, Any], answer: dict[str, Any]) -> Iterator[Mark]:
    yield {"crossed": True}, answer["crossed"]
    for arm in answer["srm"]["arms"]:
        yield {"arm": arm["name"]}, arm["n"]
    for one in answer["metrics"]:
        if one["kind"] == "share" and one["estimate"] is not None:
            yield {"arm": one["arm"], "metric": one["name"]}, round(one["estimate"] * one["n"])


MARKS: dict[str, Callable[[dict[str, Any], dict[str, Any]], Iterator[Mark]]] = {
    "funnel": _funnel,
    "paths": _paths,
    "transitions": _transitions,
    "loops": _loops,
    "sessions": _sessions,
    "retention": _retention,
    "lifecycle": _lifecycle,
    "stickiness": _stickiness,
    "metric": _metric,
    "moved": _moved,
    "stages": _stages,
    "compare": _compare,
    "next": _next,
    "dry_run": _dry_run,
    "experiment": _experiment,
}


def loaded(rows: list[tuple[Any, ...]]) -> Warehouse:
    con = empty_warehouse()
    table = [
        {"customer": who, "event": name, "ts": START + timedelta(minutes=at), "device": value, "price": price}
        for who, at, name, value, price in [*rows, ("zoe", 40_000, "a", "m", 1)]
    ]
    kinds = {"customer": pl.String, "event": pl.String, "ts": pl.Datetime("ms", "UTC"), "device": pl.String, "price": pl.Int64}
    load_events(con, pl.DataFrame(table, schema=kinds))
    return con


def is_a_list_of(people: dict[str, Any], count: int) -> bool:
    ids = people["ids"]
    return people["count"] == count == len(ids) == len(set(ids)) and ids == sorted(ids)


@pytest.mark.parametrize("name", MARKS)
@settings(max_examples=EXAMPLES, **QUIET)
@given(data=st.data())
def test_the_number_on_a_mark_is_the_length_of_its_list(name: str, data: st.DataObject) -> None:
    with loaded(data.draw(logs, "log")) as con:
        question, plain = data.draw(QUESTIONS[name], "question"), data.draw(scopes, "scope")
        try:
            answer = ask(con, {"ask": name, **question, "scope": plain})
        except QuestionError:
            return  # options that do not go together are refused with a sentence
        marks = list(marks_of(name, question, answer))
        if not marks:
            return
        chosen = data.draw(st.lists(st.integers(0, len(marks) - 1), min_size=1, max_size=MOST_MARKS, unique=True), "marks")
        scope = read_scope(plain)
        scope = type(scope)(scope.start, scope.stop, scope.timezone, resolve_rule(con, scope.segment, scope))
        for at in chosen:
            mark, count = marks[at]
            people = ask(con, {"ask": name, **question, "scope": plain, "customers": mark})["customers"]
            assert is_a_list_of(people, count), (mark, count, people)
            rule = {name: {**question, "scope": plain}, **mark}
            if at == chosen[0] and mark:
                assert measure_segment(con, resolve_rule(con, rule, scope), read_scope({})).people.ids == tuple(people["ids"])


@settings(max_examples=2 * EXAMPLES, **QUIET)
@given(logs, rules.filter(bool), scopes)
def test_a_segment_counts_as_many_as_it_lists(rows: Any, rule: Any, scope: Any) -> None:
    with loaded(rows) as con:
        answer = ask(con, {"ask": "segment", "where": rule, "scope": scope, "customers": {}})
        count = ask(con, {"ask": "segment", "where": rule, "scope": scope})["customers"]
        assert is_a_list_of(answer["customers"], count)


@pytest.mark.parametrize("name", MARKS)
@settings(max_examples=max(2, EXAMPLES // 3), **QUIET)
@given(data=st.data())
def test_a_rule_as_scope_is_the_list_of_whom_it_holds_for(name: str, data: st.DataObject) -> None:
    with loaded(data.draw(logs)) as con:
        question, plain = data.draw(QUESTIONS[name]), data.draw(scopes)
        rule = data.draw(rules.filter(bool))
        ids = ask(con, {"ask": "segment", "where": rule, "scope": {**plain, "segment": None}, "customers": {}})["customers"]["ids"]
        try:
            asked = [ask(con, {"ask": name, **question, "scope": {**plain, "segment": one}}) for one in (rule, {"customers": ids})]
        except QuestionError:
            return
        for answer in asked:
            for told in ("sql", "parameters", "definition", "warnings"):
                answer.pop(told)
        assert asked[0] == asked[1]


def test_every_kind_is_tried() -> None:
    """Those left out list their customers in tests of their own rooms."""
    elsewhere = {
        "models",
        "predict",
        "drivers",
        "dropoffs",
        "cohort_value",
        "active_share",
        "journeys",
        "conformance",
        "adoption",
        "adoption_effect",
        "customer",
        "worklist",
        "next_accuracy",
        "stage_accuracy",
        "lifetime_value",
        "time_to",
        "actions",
        "next_best_action",
        "action_results",
        "ledger",
        "what_if",
        "uplift",
        "policy_value",
        "roi",
        "roi_inputs",
        "roi_options",
        "power",
        "experiments",
    }
    assert set(KINDS) <= set(MARKS) | elsewhere

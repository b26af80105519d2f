"""Every condition against the oracle, at one moment and at several, and blind to what comes later."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.errors import QuestionError
from journey.ingest import load_events
from journey.rules import Binder, customers_where
from journey.rules.running import Running
from journey.rules.segment import holds
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql
from tests.drawn import drawn
from tests.lent import empty_warehouse
from tests.rules import oracle

START = datetime(2026, 3, 2, tzinfo=UTC)
ORIGIN = int(START.timestamp() * 1000)
HOUR = 3_600_000
NAMES = ["a", "b", "c"]
PEOPLE = ["ann", "bob", "cyd", "dan"]

raw_events = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.one_of(st.integers(0, 40).map(lambda n: n * 2 * HOUR), st.integers(0, 9).map(lambda n: n * HOUR // 3)),  # visits, and within one
        st.sampled_from(NAMES),
        st.sampled_from([None, 1, 2, 5]),
        st.sampled_from([None, "m", "d"]),
    ),
    min_size=1,
    max_size=25,
)
steps = st.one_of(
    st.none(),
    st.sampled_from([*NAMES, "unheard"]),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=2).map(lambda names: {"any_of": names}),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["m", "d"])).map(lambda t: {"event": t[0], "where": {"device": t[1]}}),
)
lengths = st.sampled_from([None, "1d", "2d"])
times = st.tuples(st.sampled_from([">=", "<=", ">", "<", "="]), st.integers(0, 3)).map(lambda t: f"{t[0]}{t[1]}")
ops = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"])


def trimmed(**parts: Any) -> dict[str, Any]:
    """Without what is None, but for the step itself."""
    return {key: value for key, value in parts.items() if value is not None or key in ("did", "did_not", "trend")}


others = st.one_of(st.none(), st.lists(st.sampled_from([*NAMES, "unheard"]), min_size=1, max_size=2))


singles = st.one_of(
    st.builds(lambda s, t, w, o: trimmed(did=s, times=t, within=w, other_than=o), steps, times, lengths, others),
    st.builds(lambda s, v, t: {"did": s, "where": {"device": v}, "times": t}, st.sampled_from(NAMES), st.sampled_from(["m", "d"]), times),
    st.builds(lambda s, since, o: trimmed(did_not=s, since=since, other_than=o), steps, st.sampled_from([None, "1d", "a", "b"]), others),
    st.builds(
        lambda s, f, u, w, o: trimmed(stall=s, **{"for": f}, until=u, within=w, other_than=o),
        st.sampled_from(NAMES), st.sampled_from(["1d", "2d"]), st.sampled_from([None, "a", "b"]),
        st.sampled_from([None, "2d", "3d"]), others,
    ),
    st.builds(
        lambda s, op, v, o: trimmed(time_since=s, op=op, value=v, other_than=o),
        st.sampled_from([*NAMES, "unheard"]), st.sampled_from(["ge", "gt", "le", "lt"]), st.sampled_from(["1d", "2d"]), others,
    ),
    st.builds(
        lambda kind, prop, of, op, value, within: trimmed(**{kind: prop}, of=of, op=op, value=value, within=within),
        st.sampled_from(["sum", "mean", "distinct"]), st.just("price"), steps, ops, st.integers(0, 6), lengths,
    ),
    st.builds(lambda op, n, w: trimmed(distinct="session", op=op, value=n, within=w), ops, st.integers(0, 3), lengths),
    st.builds(lambda s, c: trimmed(trend=s, recent="1d", before="2d", change=c), steps, st.sampled_from(["<-0.4", ">=0", ">1"])),
    st.builds(lambda op, v: {"property": "price", "op": op, "value": v}, st.sampled_from(["eq", "gt", "le"]), st.integers(0, 5)),
    st.sampled_from([{"property": "device", "op": "is_null"}, {"property": "device", "op": "eq", "value": "m"}]),
    st.builds(
        lambda seq, unit, within: trimmed(sequence=seq, **{"in": unit}, within=within),
        st.lists(st.one_of(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), min_size=1, max_size=2)), min_size=1, max_size=3),
        st.sampled_from(["session", "customer"]), lengths,
    ),
)  # fmt: skip
rules = st.recursive(
    singles,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2).map(lambda parts: {"all": parts}),
        st.lists(inner, max_size=2).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=3,
)
several = st.lists(rules, min_size=3, max_size=3)  # of one log: to load it takes longer than to ask
QUICK = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def loaded(rows: list[tuple[Any, ...]]) -> Warehouse:
    """The rows, and long after them one that makes every property known."""
    con = empty_warehouse()
    table = [
        {"customer": who, "event": name, "ts": START + timedelta(milliseconds=at), "price": price, "device": device}
        for who, at, name, price, device in [*rows, ("zoe", 1_000 * HOUR, "a", 1, "mobile")]
    ]
    kinds = {"customer": pl.String, "event": pl.String, "ts": pl.Datetime("ms", "UTC"), "price": pl.Int64, "device": pl.String}
    load_events(con, pl.DataFrame(table, schema=kinds))
    return con


def histories(con: Warehouse) -> dict[str, list[oracle.Event]]:
    columns = set(ask_sql(con, "select name from properties")["name"])
    extra = "".join(f", e.p_{name}" if name in columns else f", null as p_{name}" for name in ("price", "device"))
    rows = ask_sql(
        con,
        f"select c.id, e.ts, n.name, e.session{extra} from events e join customers c using (customer) join event_names n using (event)"
        " order by c.id, e.ts, e.seq",
    )
    found: dict[str, list[oracle.Event]] = {}
    for who, ts, name, session, price, device in rows.iter_rows():
        found.setdefault(who, []).append(oracle.Event(ts, name, session, price, device))
    return found


def expected(con: Warehouse, rule: Any, at: int) -> list[str]:
    return [who for who, events in histories(con).items() if events[0].ts < at and oracle.holds(rule, events, at)]


def answered(con: Warehouse, rule: Any, at: int) -> list[str]:
    binder = Binder(con)
    sql = customers_where(binder, rule, Scope(stop=at))
    return ask_sql(con, f"select id from customers where customer in ({sql}) order by id", binder.params)["id"].to_list()


@QUICK
@given(raw_events, several, st.integers(0, 90))
def test_a_rule_names_whom_the_oracle_names(rows: Any, asked: list[Any], hours: int) -> None:
    with loaded(rows) as con:
        at = ORIGIN + hours * HOUR
        for rule in asked:
            assert answered(con, rule, at) == expected(con, rule, at), rule


@QUICK
@given(raw_events, several, st.lists(st.integers(0, 90), min_size=1, max_size=4))
def test_several_moments_agree_with_each_alone(rows: Any, asked: list[Any], hours: list[int]) -> None:
    with loaded(rows) as con:
        moments = sorted({ORIGIN + hour * HOUR for hour in hours})
        for rule in asked:
            facts = Running(Binder(con), moments)
            rows_at = ask_sql(con, facts.query("k.moment, k.id", holds(facts, rule)), facts.binder.params)
            for at in moments:
                assert sorted(rows_at.filter(pl.col("moment") == at)["id"].to_list()) == answered(con, rule, at), rule


@QUICK
@given(raw_events, raw_events, several, st.integers(0, 40))
def test_later_events_change_nothing(rows: Any, more: Any, asked: list[Any], hours: int) -> None:
    cut = hours * HOUR
    later = [(who, cut + at, name, price, device) for who, at, name, price, device in more]
    earlier = [row for row in rows if row[1] < cut]
    if not earlier:
        return
    with loaded(earlier) as alone, loaded(earlier + later) as both:
        for rule in asked:
            assert answered(alone, rule, ORIGIN + cut) == answered(both, rule, ORIGIN + cut), rule


@QUICK
@given(raw_events, several)
def test_not_is_the_complement(rows: Any, asked: list[Any]) -> None:
    with loaded(rows) as con:
        at = ORIGIN + 48 * HOUR
        everyone = answered(con, {"all": []}, at)
        for rule in asked:
            assert sorted(answered(con, rule, at) + answered(con, {"not": rule}, at)) == everyone, rule


def who(rule: Any, *lines: str, at: str = "2026-03-04T12:00") -> list[str]:
    with drawn(*lines) as con:
        return answered(con, rule, int(datetime.fromisoformat(at + "+00:00").timestamp() * 1000))


def test_a_stall_is_a_step_with_nothing_after_it_for_so_long_and_no_longer() -> None:
    stalled = {"stall": "checkout", "for": "1d", "within": "2d"}
    lines = (
        "ann +1d 12:00 checkout",  # just a day ago
        "bob +1d 12:01 checkout",  # not yet
        "cyd +1d 10:00 checkout 10:05 help",  # went further
        "dan +1d 09:00 help 10:00 checkout 10:00 note",  # something of the same moment is nothing further
        "eve 11:59 checkout",  # longer ago than two days
        "fay 12:00 checkout",  # just two days
        "gus 09:00 checkout +1d 10:00 checkout",  # the last one counts
    )
    assert who(stalled, *lines) == ["ann", "dan", "fay", "gus"]


def test_a_stall_ends_with_the_step_it_waits_for_and_with_no_other() -> None:
    lines = (
        "ann +1d 10:00 checkout 10:05 help",
        "bob +1d 10:00 checkout 10:05 pay",
        "cyd +1d 10:00 checkout 10:00 pay",  # at the same moment: it was done
        "dan +1d 09:00 pay 10:00 checkout 10:01 mail",
    )
    assert who({"stall": "checkout", "for": "1d", "until": "pay"}, *lines) == ["ann", "dan"]
    assert who({"stall": "checkout", "for": "1d", "other_than": ["mail"]}, *lines) == ["cyd", "dan"]


def test_time_since_is_of_the_last_such_event_and_unknown_without_one() -> None:
    lines = ("ann 12:00 buy", "bob 12:00 buy +1d buy", "cyd 12:00 look")
    assert who({"time_since": "buy", "op": "ge", "value": "2d"}, *lines) == ["ann"]
    assert who({"time_since": "buy", "op": "gt", "value": "2d"}, *lines) == []
    assert who({"time_since": "buy", "op": "lt", "value": "2d"}, *lines) == ["bob"]
    assert who({"time_since": "buy", "op": "le", "value": 2 * 86_400}, *lines) == ["ann", "bob"]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"stall": "a"}, "for how long nothing came"),
        ({"stall": "a", "for": "2d", "within": "1d"}, "which is shorter"),
        ({"stall": "a", "for": "1d", "since": "b"}, "Known are: stall, where, for, until"),
        ({"time_since": "a"}, "compared with a duration"),
        ({"time_since": "a", "op": "eq", "value": "1d"}, "ge, gt, le, lt"),
        ({"time_since": "a", "value": "soon"}, "write a duration"),
    ],
)
def test_a_stall_or_a_time_that_cannot_be_is_refused_with_a_sentence(rule: Any, sentence: str) -> None:
    with drawn("ann 09:00 a") as con, pytest.raises(QuestionError, match=sentence):
        answered(con, rule, ORIGIN)

"""Every condition against the oracle, at one moment and at several, and blind to what comes later."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.ingest import load_events
from journey.rules import Binder, customers_where
from journey.rules.running import Running
from journey.rules.segment import holds
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql
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
QUICK = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


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

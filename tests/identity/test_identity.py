"""Which ids are one person: the first login takes an anonymous history, and two people who logged in are never made one."""

import json
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ingest import load_consent, load_customers, load_events
from journey.ingest.quality import measure_identity
from journey.warehouse import Warehouse, ask_sql
from tests.lent import empty_warehouse

MINUTE = 60_000
START = 1_700_000_000_000
Row = tuple[str | None, str | None, int]


def log(rows: list[Row]) -> pl.DataFrame:
    """(anonymous, customer, minute) -> events."""
    return pl.DataFrame(
        {
            "anonymous_id": [anonymous for anonymous, _, _ in rows],
            "customer": [customer for _, customer, _ in rows],
            "event": "view",
            "ts": [START + minute * MINUTE for _, _, minute in rows],
            "n": list(range(len(rows))),
        },
        schema_overrides={"anonymous_id": pl.String, "customer": pl.String},
    )


def held(*loads: list[Row]) -> Warehouse:
    con = empty_warehouse()
    mapping = {"customer": "customer", "anonymous": "anonymous_id"}
    at = 0
    for rows in loads:
        load_events(con, log(rows).with_columns(pl.col("n") + at), mapping)
        at += len(rows)
    return con


def owners(con: Warehouse) -> list[str]:
    """The person of each row, in order of loading."""
    return ask_sql(con, "select c.id from events e join customers c using (customer) order by e.seq")["id"].to_list()


def test_an_anonymous_history_joins_the_person_it_first_logs_in_as() -> None:
    con = held([("d1", None, 0), ("d1", None, 1), ("d1", "ann", 2), ("d1", None, 3)])
    assert owners(con) == ["ann"] * 4
    assert ask_sql(con, "select id, kind from customer_ids order by number").rows() == [("ann", "customer"), ("d1", "anonymous")]


def test_a_second_device_stays_anonymous_until_it_logs_in() -> None:
    assert owners(held([("d1", None, 0), ("d1", "ann", 1), ("d2", None, 2)])) == ["ann", "ann", "d2"]


def test_a_shared_device_gives_its_history_to_the_first_and_later_logins_start_anew() -> None:
    con = held([("tv", None, 0), ("tv", "ann", 1), ("tv", None, 2), ("tv", "bob", 3), ("tv", None, 4)])
    assert owners(con) == ["ann", "ann", "ann", "bob", "ann"]


def test_first_is_by_time_not_by_place_in_the_file_and_ties_go_to_the_first_loaded() -> None:
    assert owners(held([("d", "bob", 9), ("d", "ann", 1), ("d", None, 0)])) == ["bob", "ann", "ann"]
    assert owners(held([("d", "bob", 1), ("d", "ann", 1), ("d", None, 0)])) == ["bob", "ann", "bob"]


def test_two_people_who_logged_in_are_never_merged_through_any_chain_of_devices() -> None:
    con = held([("d1", "ann", 0), ("d1", "bob", 1), ("d2", "bob", 2), ("d2", "ann", 3), ("d1", None, 4), ("d2", None, 5)])
    assert owners(con) == ["ann", "bob", "bob", "ann", "ann", "bob"]


def test_a_later_load_identifies_an_earlier_history_and_cuts_its_sessions_anew() -> None:
    con = held([("d1", None, 0), ("d1", None, 10), (None, "ann", 20)], [("d1", "ann", 30)])
    assert owners(con) == ["ann"] * 4
    rows = ask_sql(con, "select customer, ts, session from events order by customer, ts, seq")
    assert rows["session"].to_list() == [1, 1, 1, 1] and rows["ts"].is_sorted()
    assert ask_sql(con, "select id, events from customers").rows() == [("ann", 4)]


def test_an_earlier_login_that_arrives_later_takes_the_history_over() -> None:
    con = held([("d", None, 0), ("d", "bob", 5), (None, "bob", 6)], [("d", "ann", 2)])
    assert owners(con) == ["ann", "bob", "bob", "ann"]


def test_the_same_text_as_customer_and_as_anonymous_id_is_one_person() -> None:
    assert owners(held([("x", None, 0), (None, "x", 1)])) == ["x", "x"]


def test_what_is_known_of_a_customer_and_what_it_allowed_follow_the_new_numbers() -> None:
    con = held([("d1", None, 0), (None, "mia", 1)])
    load_customers(con, pl.DataFrame({"customer": ["mia", "d1"], "plan": ["pro", "free"]}))
    load_consent(con, pl.DataFrame({"customer": ["mia"], "purpose": ["email"], "given": [True], "ts": ["2024-01-01"]}))
    load_events(con, log([(None, "ann", 2), ("d1", "zoe", 3)]).with_columns(n=9), {"customer": "customer", "anonymous": "anonymous_id"})
    assert ask_sql(con, "select id, c_plan from customers order by customer").rows() == [("ann", None), ("mia", "pro"), ("zoe", "free")]
    assert ask_sql(con, "select c.id from consent join customers c using (customer)")["id"].to_list() == ["mia"]


def test_a_large_workspace_keeps_what_it_knows_of_customers_when_more_arrive() -> None:
    con = empty_warehouse()
    ids = [f"u{number:06d}" for number in range(25_000)]
    load_customers(con, pl.DataFrame({"customer": ids, "plan": ["pro", "free"] * 12_500}))
    load_events(con, log([(None, "u000000", 0), (None, "aaa", 1)]), {"customer": "customer", "anonymous": "anonymous_id"})
    assert ask_sql(con, "select id, c_plan from customers order by customer limit 2").rows() == [("aaa", None), ("u000000", "pro")]
    assert ask_sql(con, "select count(*) as n from customers where c_plan is not null")["n"][0] == 25_000


def test_the_answer_counts_ids_people_and_merges() -> None:
    found = measure_identity(held([("d1", None, 0), ("d1", "ann", 1), ("d2", None, 2)]))
    assert (found.ids, found.people, found.merged) == (3, 2, 1)
    assert [(merge.anonymous, merge.person) for merge in found.merges] == [("d1", "ann")]


IDS = st.sampled_from([None, "a", "b", "c"])


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(IDS, st.sampled_from([None, "x", "y", "z"]), st.integers(0, 5)).filter(lambda row: row[0] or row[1]),
        min_size=1,
        max_size=14,
    ),
    st.data(),
)
def test_every_split_of_a_log_into_loads_gives_the_same_people(rows: list[Row], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(rows)))
    loads = [part for part in (rows[:cut], rows[cut:]) if part]
    whole, split = held(rows), held(*loads)
    assert owners(split) == owners(whole) == oracle(rows)
    for con in (whole, split):
        assert ask_sql(con, "select id from customers order by customer")["id"].is_sorted()
        assert (
            ask_sql(con, "select customer, ts, seq from events").rows()
            == ask_sql(con, "select customer, ts, seq from events order by all").rows()
        )


def oracle(rows: list[Row]) -> list[str]:
    """The rule, row by row."""
    first: dict[str, str] = {}
    for anonymous, customer, _ in sorted(rows, key=lambda row: row[2]):
        if anonymous and customer:
            first.setdefault(anonymous, customer)
    return [customer or first.get(anonymous or "", anonymous or "") for anonymous, customer, _ in rows]


def cases() -> list[dict[str, Any]]:
    """Cases that event rows can express: devices with or without a user, and identify with a previous id."""
    folder = os.environ.get("JOURNEY_CASES")
    if not folder:
        return []
    every = json.loads((Path(folder) / "identity.json").read_text())
    return [case for case in every if case["policy"] in ("merge_protected", "link_once_retroactive") and as_rows(case)]


def as_rows(case: dict[str, Any]) -> list[Row] | None:
    """None where rows cannot say it: alias, and merging by force, are choices of a person and no events."""
    rows: list[Row] = []
    for person in case["initial_persons"]:
        for name in person["ids"]:
            rows.append((None, name, 0) if person["identified"] else (name, None, 0))
    for minute, op in enumerate(case["operations"], 1):
        if "device" in op:
            rows.append((op["device"], op["user"], minute))
        elif op.get("op") == "identify":
            rows.append((op.get("previous_id"), op["id"], minute))
        else:
            return None
    return rows


@pytest.mark.skipif(not cases(), reason="JOURNEY_CASES is unset")
@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_cases_of_other_tools(case: dict[str, Any]) -> None:
    con = held(as_rows(case) or [])
    if "event_owner" in case["expected"]:
        expected = [owner.removeprefix("$device:") for owner in case["expected"]["event_owner"].values()]
        assert owners(con) == expected
    for cluster in case["expected"].get("clusters", []):
        listed = ", ".join(f"'{name}'" for name in cluster)
        assert ask_sql(con, f"select count(distinct customer) as people from customer_ids where id in ({listed})")["people"][0] == 1
    if case["expected"].get("persons"):
        assert measure_identity(con).people == case["expected"]["persons"]

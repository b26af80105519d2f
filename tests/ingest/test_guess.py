"""Columns are told by names and values together; what cannot be told for certain is asked for by name."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from journey.errors import LoadError
from journey.ingest import load_customers, load_events, preview_file
from journey.scope import to_ms
from journey.warehouse import ask_sql, one, setting
from tests.lent import empty_warehouse

DATA = Path(os.environ.get("JOURNEY_DATA", "/nowhere"))
real = pytest.mark.skipif(not DATA.exists(), reason="JOURNEY_DATA is unset")


def roles(tmp_path: Path, **columns: list[Any]) -> dict[str, str]:
    path = tmp_path / "log.csv"
    pl.DataFrame(columns).write_csv(path)
    return preview_file(path).mapping


TIMES = ["2024-01-01 10:00", "2024-01-01 11:00", "2024-01-02 10:00", "2024-01-03 10:00"]


def test_a_persons_name_is_no_event(tmp_path: Path) -> None:
    found = roles(
        tmp_path, user_id=["u1", "u1", "u2", "u2"], name=["Ann", "Ann", "Bob", "Bob"], action=["view", "buy", "view", "view"], time=TIMES
    )
    assert found == {"customer": "user_id", "event": "action", "ts": "time"}


def test_a_duration_is_no_time(tmp_path: Path) -> None:
    found = roles(
        tmp_path, user=["a", "a", "b", "b"], event=["x", "y", "x", "y"], time=["00:01", "00:02", "00:03", "00:09"], when_it_was=TIMES
    )
    assert found["ts"] == "when_it_was"


def test_camel_case_and_dollars_are_read_through(tmp_path: Path) -> None:
    found = roles(tmp_path, **{"userId": ["a", "b"], "Event Name": ["x", "x"], "$time": [1700000000, 1700000001], "sessionId": ["s", "t"]})
    assert found == {"customer": "userId", "event": "Event Name", "ts": "$time", "session": "sessionId"}


def test_a_device_is_a_property_where_every_row_has_a_customer(tmp_path: Path) -> None:
    full = roles(tmp_path, user_id=["a", "b"], device_id=["d", "e"], event=["x", "x"], ts=TIMES[:2])
    part = roles(tmp_path, user_id=["a", None], device_id=["d", "e"], event=["x", "x"], ts=TIMES[:2])
    assert "anonymous" not in full and part["anonymous"] == "device_id"


def test_two_candidates_are_said(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    pl.DataFrame({"user_id": ["a"], "account_id": ["b"], "event": ["x"], "ts": TIMES[:1]}).write_csv(path)
    guess = next(guess for guess in preview_file(path).guesses if guess.role == "customer")
    assert guess.column == "user_id" and not guess.sure and "'account_id' would fit too" in guess.reason


def test_what_cannot_be_told_is_refused_with_the_map_to_give() -> None:
    with pytest.raises(LoadError, match=r"--map ts=COLUMN; the columns are 'who', 'event', 'n'"):
        load_events(empty_warehouse(), pl.DataFrame({"who": ["a"], "event": ["x"], "n": [1]}), {"customer": "who"})
    with pytest.raises(LoadError, match="'uid', which the source does not have"):
        load_events(empty_warehouse(), pl.DataFrame({"customer": ["a"], "event": ["x"], "ts": TIMES[:1]}), {"customer": "uid"})
    with pytest.raises(LoadError, match="Unknown in the mapping: 'costumer'"):
        load_events(empty_warehouse(), pl.DataFrame({"customer": ["a"], "event": ["x"], "ts": TIMES[:1]}), {"costumer": "a"})


@pytest.mark.parametrize(
    ("written", "mapping"),
    [
        ("2024-03-09T10:20:30Z", {}),
        ("2024-03-09 11:20:30+01:00", {}),
        ("2024-03-09 11:20:30", {"timezone": "Europe/Paris"}),
        ("1709979630", {}),
        ("1709979630000", {}),
        ("1709979630000000", {}),
        ("1709979630000000000", {}),
        ("1709979630.0", {}),
        ("20240309102030", {}),
        ("13.03.2024 10:20:30", {}),
        ("03/13/2024 10:20:30", {}),
        ("09-03-2024 10h20m30", {"format": "%d-%m-%Y %Hh%Mm%S"}),
    ],
)
def test_every_way_to_write_a_time_is_one_time(written: str, mapping: dict[str, str]) -> None:
    con = empty_warehouse()
    load_events(con, pl.DataFrame({"customer": ["a"], "event": ["x"], "ts": [written]}), mapping)
    day = 13 if "13" in written[:5] else 9
    assert one(con, "select ts from events") == to_ms(datetime(2024, 3, day, 10, 20, 30, tzinfo=UTC))


def test_day_and_month_that_could_be_either_are_asked_for() -> None:
    frame = pl.DataFrame({"customer": ["a", "b"], "event": ["x", "x"], "ts": ["03/04/2024 10:00", "05/06/2024 10:00"]})
    with pytest.raises(LoadError, match="--map format="):
        load_events(empty_warehouse(), frame)


def test_a_property_widens_and_loses_nothing() -> None:
    con = empty_warehouse()
    for n, values in enumerate((["1", "20"], ["2.5", None], ["007", "x"])):
        load_events(con, pl.DataFrame({"customer": ["a", "b"], "event": "e", "ts": f"2024-01-0{n + 1}", "v": values}))
    assert ask_sql(con, "select p_v from events order by seq")["p_v"].to_list() == ["1", "20", "2.5", None, "007", "x"]
    assert one(con, "select type from properties where name = 'v'") == "varchar"


def test_properties_whose_names_collide_get_columns_of_their_own() -> None:
    con = empty_warehouse()
    load_events(con, pl.DataFrame({"customer": ["a"], "event": ["e"], "ts": TIMES[:1], "a b": [1], "a-b": [2], "é": [3], "ü": [4]}))
    assert ask_sql(con, 'select name, "column" from properties').rows() == [
        ("a b", "p_a_b"),
        ("a-b", "p_a_b_2"),
        ("é", "p_x"),
        ("ü", "p_x_2"),
    ]


def test_the_revenue_and_short_forms_are_kept() -> None:
    con = empty_warehouse()
    frame = pl.DataFrame({"customer": ["a"], "day": ["2024-01-01"], "old": [1], "amount": [5.5]})
    load_events(con, frame, {"ts": "day", "constant": "event=order", "rename": ["old=new"], "revenue": "amount"})
    assert setting(con, "revenue") == {"property": "amount"} and ask_sql(con, "select name from event_names")["name"].to_list() == ["order"]
    assert set(ask_sql(con, "select name from properties")["name"]) == {"new", "amount"}


@real
@pytest.mark.parametrize(
    ("name", "events", "customers"),
    [
        ("retentioneering_app_onboarding/train.csv.gz", 30_943, 4_139),
        ("retentioneering_ecom/ecom.csv.gz", 31_106, 600),
        ("oulad/events.parquet", 214_623, 32_587),
        ("traffic_fines/traffic_fines.parquet", 34_724, 10_000),
    ],
)
def test_real_logs_load_unedited(name: str, events: int, customers: int) -> None:
    con = empty_warehouse()
    receipt = load_events(con, DATA / name)
    assert (receipt.stored, receipt.quarantined, receipt.people) == (events, 0, customers)


@real
def test_a_table_of_fixed_width_loads_by_naming_its_columns() -> None:
    con = empty_warehouse()
    mapping = {"delimiter": "whitespace", "columns": "id,day,units,dollars", "header": "yes"}
    mapping |= {"customer": "id", "ts": "day", "constant": "event=order", "revenue": "dollars"}
    receipt = load_events(con, DATA / "cdnow" / "CDNOW_master.txt.gz", mapping)
    assert (receipt.received, receipt.stored, receipt.quarantined, receipt.people) == (69_659, 69_659, 0, 23_570)


def test_a_later_row_of_a_customer_counts_and_an_older_file_does_not_win(tmp_path: Path) -> None:
    con = empty_warehouse()
    load_customers(
        con, pl.DataFrame({"customer": ["a", "a", "b"], "valid_from": ["2024-02-01", "2024-01-01", None], "plan": ["new", "old", "free"]})
    )
    assert ask_sql(con, "select id, c_plan from customers").rows() == [("a", "new"), ("b", "free")]
    receipt = load_customers(con, pl.DataFrame({"customer": ["a"], "valid_from": ["2023-01-01"], "plan": ["ancient"]}))
    assert (receipt.stored, receipt.duplicates) == (0, 1) and ask_sql(con, "select c_plan from customers where id = 'a'").rows() == [
        ("new",)
    ]

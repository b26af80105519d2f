"""The index says what the table of events says, in memory and from the disk."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ask import ask
from journey.index import END, NONE, PAD, Index, build_index, forget_index, index_of, load_index, open_index, save_index, use_index
from journey.ingest import load_events
from journey.warehouse import Warehouse, ask_sql, open_warehouse
from tests.drawn import drawn, drawn_frame
from tests.lent import empty_warehouse

LOG = ("ann 09:00 visit 09:00 cart 12:00 visit", "bob 08:00 visit 08:00 visit +1d 08:00 pay", "cat 10:00 cart")


@pytest.fixture
def warm() -> Any:
    use_index()
    yield
    use_index(False)


def stored(con: Warehouse) -> pl.DataFrame:
    return ask_sql(con, "select customer, ts, event, session from events order by customer, ts, seq")


def built(con: Warehouse) -> Index:
    index = index_of(con)
    assert index is not None
    return index


def agree(index: Index, rows: pl.DataFrame) -> None:
    """Every array, by its meaning, against the rows of the table."""
    customer, ts, event = (rows[name].to_numpy() for name in ("customer", "ts", "event"))
    assert (index.keys >> index.bits).tolist() == customer.tolist()
    assert ((index.keys & (2**index.bits - 1)) + index.origin).tolist() == ts.tolist()
    assert index.codes.tolist() == event.tolist()
    for code in range(len(index.names)):
        found = index.posting(code)
        assert found.rows.tolist() == np.flatnonzero(event == code).tolist()
        assert found.keys[0] == NONE and (found.keys[-PAD:] == END).all()
        assert found.keys[1:-PAD].tolist() == index.keys[event == code].tolist()
    assert np.diff(index.customers).tolist() == [int((customer == one).sum()) for one in range(index.people)]
    starts = [at for at in range(len(rows)) if at == 0 or rows.row(at)[::3] != rows.row(at - 1)[::3]]
    assert index.sessions is not None and index.sessions.tolist() == [*starts, len(rows)]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.sampled_from("abc")), min_size=1, max_size=40))
def test_every_array_says_what_the_table_says(drawn_rows: list[tuple[int, int, str]]) -> None:
    con = empty_warehouse()
    load_events(
        con,
        pl.DataFrame(
            {
                "customer": [f"c{one}" for one, _, _ in drawn_rows],
                "event": [name for _, _, name in drawn_rows],
                "ts": pl.Series([1_772_000_000_000 + hour * 3_600_000 for _, hour, _ in drawn_rows]).cast(pl.Datetime("ms", "UTC")),
            }
        ),
    )
    agree(built(con), stored(con))
    con.close()


def test_a_saved_index_is_the_same(tmp_path: Path) -> None:
    with drawn(*LOG) as con:
        index = built(con)
        save_index(index, tmp_path)
        save_index(index, tmp_path)
        again = load_index(tmp_path, index.version)
        assert again is not None
        agree(again, stored(con))
        assert [one.name for one in tmp_path.iterdir()] == [str(index.version)]
        assert load_index(tmp_path, index.version + 1) is None


def test_the_index_of_a_workspace_follows_its_loads(tmp_path: Path, warm: None) -> None:
    con = open_warehouse(tmp_path / "workspace")
    assert open_index(con) is None, "nothing is stored"
    load_events(con, drawn_frame(*LOG))
    first = open_index(con)
    assert first is not None and first.events == 7
    assert open_index(con.cursor()) is first, "cursors share it"
    load_events(con, drawn_frame("dan 07:00 visit"))
    second = open_index(con)
    assert second is not None and second.events == 8
    agree(second, stored(con))
    forget_index(con)
    reopened = open_index(con)
    assert reopened is not None and reopened is not second
    agree(reopened, stored(con))
    con.close()


def test_a_small_log_waits_for_warm_kernels() -> None:
    with drawn(*LOG) as con:
        assert open_index(con) is None


def test_rows_lie_in_the_table_in_the_order_of_the_index() -> None:
    """Columns are read without an order by: the stored order is the order, also over many row groups."""
    n = 300_000
    rng = np.random.default_rng(3)
    frame = pl.DataFrame(
        {
            "customer": rng.integers(0, 9_000, n).astype(str),
            "event": rng.choice(["a", "b", "c"], n),
            "ts": pl.Series(1_772_000_000_000 + rng.integers(0, 10_000_000_000, n)).cast(pl.Datetime("ms", "UTC")),
        }
    )
    with empty_warehouse() as con:
        load_events(con, frame)
        plain = ask_sql(con, "select customer, ts, event, session from events")
        assert plain.equals(stored(con))


def test_sessions_that_overlap_are_left_to_sql() -> None:
    customer, ts = np.zeros(3, np.int32), np.arange(3, dtype=np.int64)
    index = build_index(1, ("a",), 1, customer, ts, np.zeros(3, np.uint16), np.array([1, 2, 1], np.int32))
    assert index is not None and index.sessions is None


def test_times_that_do_not_fit_into_a_key_are_left_to_sql() -> None:
    ts = np.array([0, 2**61], np.int64)
    assert build_index(1, ("a",), 1, np.zeros(2, np.int32), ts, np.zeros(2, np.uint16), np.ones(2, np.int32)) is None


@pytest.mark.parametrize("by_index", [False, True])
def test_an_answer_is_of_one_moment_whatever_is_loaded_meanwhile(by_index: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load gives customers new numbers: abe comes before ann."""
    from journey.funnels import measure

    use_index(by_index)
    ids = measure._ids

    def loaded_meanwhile(con: Warehouse, *rest: Any) -> tuple[str, ...]:
        load_events(con.cursor(), drawn_frame("abe 09:00 cart"))
        return ids(con, *rest)

    monkeypatch.setattr(measure, "_ids", loaded_meanwhile)
    question = {"ask": "funnel", "steps": ["visit"], "customers": {"reached": 0}}
    with drawn("ann 09:00 visit", "bob 10:00 cart") as con:
        answer = ask(con, question)
        assert answer["customers"]["ids"] == ["ann"] and answer["data_until"] == "2026-03-02T10:00:00Z"
        monkeypatch.setattr(measure, "_ids", ids)
        assert ask(con, {**question, "steps": ["cart"]})["customers"]["ids"] == ["abe", "bob"]
    use_index(False)

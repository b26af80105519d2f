from datetime import UTC, datetime

import pytest

from journey.ingest.holdings import (
    measure_events_over_time,
    measure_holdings,
    quarantine_reasons,
    read_quarantine,
)
from journey.scope import to_ms
from journey.warehouse import write
from tests.drawn import drawn
from tests.lent import empty_warehouse


def ms(*when: int) -> int:
    return to_ms(datetime(*when, tzinfo=UTC))


def quarantined(*rows):
    """A workspace without events in which these (load, file, line, reason, raw) wait."""
    con = empty_warehouse()
    with write(con) as db:
        db.executemany("insert into quarantine values (?, ?, ?, ?, ?)", rows)
    return con


def test_an_empty_workspace_holds_nothing():
    held = measure_holdings(empty_warehouse())
    assert (held.events, held.customers, held.first_ts, held.last_ts, held.quarantined, held.loads) == (0, 0, None, None, 0, ())
    assert measure_events_over_time(empty_warehouse()) is None


def test_the_stock_is_counted_over_everything():
    held = measure_holdings(drawn("ann 09:00 visit 09:05 cart", "bob +1d 10:00 visit"))
    assert (held.events, held.customers) == (3, 2)
    assert (held.first_ts, held.last_ts) == (ms(2026, 3, 2, 9), ms(2026, 3, 3, 10))


def test_days_are_those_of_the_zone():
    late = drawn("ann 23:30 visit", "bob +1d 10:00 visit")
    assert measure_events_over_time(late, "UTC").newest == (1, 1)
    assert measure_events_over_time(late, "Europe/Paris").newest == (2,)
    assert measure_events_over_time(late, "Asia/Kathmandu").newest == (2,)


def test_the_events_of_all_periods_are_all_events():
    con = drawn("ann 2026-01-01 09:00 a 2026-03-29 00:30 b 2026-03-29 01:30 c 2026-04-01 10:00 d")
    over_time = measure_events_over_time(con, "Europe/Paris")
    assert (over_time.period, sum(over_time.newest), len(over_time.starts)) == ("day", 4, 91)


@pytest.mark.parametrize(("until", "period"), [("2026-04-01", "day"), ("2027-04-01", "week"), ("2031-04-01", "month")])
def test_a_longer_log_has_coarser_periods(until, period):
    assert measure_events_over_time(drawn(f"ann 09:00 a {until} b")).period == period


def test_stray_times_do_not_stretch_the_picture():
    days = " ".join("+1d " + " ".join(f"{hour:02}:00 a" for hour in range(24)) for _ in range(100))
    over_time = measure_events_over_time(drawn("stray 1970-01-02 a 2099-01-01 a", f"ann {days}"))
    assert (over_time.period, len(over_time.starts)) == ("day", 100)
    assert over_time.outside + sum(over_time.newest) == 2402


def test_quarantine_is_in_the_order_of_the_file():
    con = quarantined((1, "a.csv", 7, "no time", "x,y,"), (1, "a.csv", 3, "no time", "q"), (2, "b.csv", None, "no customer", "{}"))
    assert [(row.load, row.line, row.raw) for row in read_quarantine(con)] == [(2, None, "{}"), (1, 3, "q"), (1, 7, "x,y,")]
    assert [row.line for row in read_quarantine(con, load=1, reason="no time")] == [3, 7]
    assert quarantine_reasons(con) == (("no time", 2), ("no customer", 1))

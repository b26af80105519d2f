"""What is found wrong can be asked again by the query that is shown for it."""

from datetime import datetime

from journey.ingest.quality import measure_quality
from journey.scope import to_ms
from journey.warehouse import ask_sql
from tests.drawn import drawn
from tests.lent import empty_warehouse


def test_the_query_lists_what_was_found() -> None:
    con = drawn("ann 2020-01-01 09:00 visit 09:00 cart", "bob 2099-01-01 visit")
    quality = measure_quality(con, now=to_ms(datetime.fromisoformat("2026-01-01T00:00:00+00:00")))
    again = ask_sql(con, quality.evidence.sql, quality.evidence.params)
    assert again["finding"].to_list() == [finding.kind for finding in quality.findings]
    assert dict(again.iter_rows())["future"] == 1


def test_silent_days_are_found_again_by_their_query() -> None:
    busy = [f"c{n} 09:00 visit +1d 09:00 visit +3d 09:00 visit" for n in range(60)]
    quality = measure_quality(drawn(*busy))
    found = next(finding for finding in quality.findings if finding.kind == "silent_days")
    assert (found.count, found.params) == (2, {"least": 15.0})


def test_nothing_found_is_no_row() -> None:
    con = empty_warehouse()
    assert ask_sql(con, measure_quality(con).evidence.sql).height == 0

"""What a newcomer is shown first."""

from journey.ingest import load_events
from journey.paths import common_events, earning_event, usual_start
from journey.warehouse import open_warehouse
from tests.drawn import drawn, drawn_frame


def test_the_usual_start_is_of_sessions_that_go_on() -> None:
    assert usual_start(drawn("ann 09:00 mail 12:00 mail 15:00 home buy", "bob 09:00 home buy", "cat 09:00 ad buy")) == "home"
    assert usual_start(drawn("ann 09:00 mail")) is None and usual_start(drawn("")) is None


def test_the_earning_event_is_the_one_that_brought_most() -> None:
    con = open_warehouse(":memory:")
    load_events(con, drawn_frame("ann 09:00 buy{paid=20} refund{paid=-5} renew{paid=8}"), {"revenue": {"property": "paid"}})
    assert earning_event(con) == "buy"


def test_a_list_to_choose_from_holds_the_commonest_events() -> None:
    assert common_events(drawn("ann 09:00 b b a c c c"), most=2) == ["b", "c"]


def test_without_revenue_no_event_earns() -> None:
    assert earning_event(drawn("ann 09:00 buy")) is None

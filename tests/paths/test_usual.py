"""What a newcomer is shown first."""

from journey.paths import common_events, lone_sessions, usual_start, usual_unit
from tests.drawn import drawn


def test_the_usual_start_is_of_sessions_that_go_on() -> None:
    assert usual_start(drawn("ann 09:00 mail 12:00 mail 15:00 home buy", "bob 09:00 home buy", "cat 09:00 ad buy")) == "home"
    assert usual_start(drawn("ann 09:00 mail")) is None and usual_start(drawn("")) is None


def test_a_list_to_choose_from_holds_the_commonest_events() -> None:
    assert common_events(drawn("ann 09:00 b b a c c c"), most=2) == ["b", "c"]


def test_where_nearly_all_sessions_hold_one_event_a_path_is_a_history() -> None:
    days = drawn("ann 09:00 fine 12:00 letter 15:00 pay", "bob 09:00 fine 12:00 pay")
    assert (usual_unit(days), lone_sessions(days), usual_start(days)) == ("history", 1, "fine")
    assert usual_unit(drawn("ann 09:00 fine 12:00 letter", "bob 09:00 fine pay")) == "session"


def test_customers_who_never_come_again_have_no_longer_history() -> None:
    assert usual_unit(drawn("ann 09:00 fine", "bob 09:00 fine")) == "session"
    assert usual_unit(drawn("")) == "session" and lone_sessions(drawn("")) is None

"""What a newcomer is shown first."""

from journey.paths import anchor_names, common_events, event_properties, lone_sessions, matched_by, usual_start, usual_unit
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


def test_anchors_are_labels_and_values_too() -> None:
    con = drawn("ann 09:00 help/1 view{of=x} buy")
    assert anchor_names(con, (("help/*", "Help"),), (("view", "of"),)) == ["Help", "view: (none)", "view: x"]


def test_an_event_is_told_with_what_it_carries() -> None:
    con = drawn("ann 09:00 view{of=x} buy{sum=5}")
    assert (event_properties(con, "view"), event_properties(con, "buy"), event_properties(con, "none")) == (["of"], ["sum"], [])


def test_a_name_is_matched_by_the_first_group_that_fits() -> None:
    assert matched_by(["help/1", "help/2", "x"], [("help/1", "One"), ("help/*", "Help"), ("y*", "Y")]) == [("help/1",), ("help/2",), ()]

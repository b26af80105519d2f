"""Likely funnels, windows and breakdowns from the log itself."""

from journey.funnels import suggest_breakdowns, suggest_steps, suggest_values, suggest_window
from tests.drawn import drawn
from tests.lent import empty_warehouse

SHOP = [f"c{n:02d} 09:00 home view 09:05 cart 09:10 pay 09:11 purchase" for n in range(20)]
SHOP += [f"d{n:02d} 09:00 home view 09:05 cart" for n in range(20)] + [f"e{n:02d} 09:00 home 09:01 view" for n in range(20)]
SHOP += [f"f{n:02d} 09:00 home" for n in range(20)]


def test_a_chain_ends_in_the_goal_and_each_step_needs_the_one_before() -> None:
    first = suggest_steps(drawn(*SHOP))[0]
    assert first[-1] in ("pay", "purchase")
    assert first[:3] == ("home", "view", "cart")


def test_a_log_without_a_chain_answers_its_commonest_events() -> None:
    assert suggest_steps(drawn("ann 09:00 a 09:01 b", "bob 09:00 b 09:01 a"))
    assert suggest_steps(drawn("ann 09:00 a")) == (("a",),)
    assert suggest_steps(empty_warehouse()) == ()


def test_the_window_holds_most_conversions() -> None:
    assert suggest_window(drawn("ann 09:00 a 09:10 b", "zed +30d 09:00 z"), ["a", "b"]) == 7 * 86_400_000
    assert suggest_window(drawn("ann 09:00 a +20d 09:10 b"), ["a", "b"]) == 30 * 86_400_000
    assert suggest_window(drawn("ann 09:00 a +900d 09:10 b"), ["a", "b"]) is None


def test_in_a_short_log_the_window_is_one_that_can_close() -> None:
    assert suggest_window(drawn("ann 09:00 a 09:10 b"), ["a", "b"]) == 3_600_000
    assert suggest_window(drawn("ann 09:00 a 12:00 b"), ["a", "b"]) == 86_400_000
    assert suggest_window(drawn("ann 09:00 a +3d 12:00 b"), ["a", "b"]) == 7 * 86_400_000


def test_values_come_commonest_first() -> None:
    con = drawn("ann 09:00 a{d=x} a{d=y} a{d=y} a")
    assert suggest_values(con, "d") == ("y", "x")
    assert suggest_values(con, "e") == ()


def test_breakdowns_have_a_few_values_and_devices_come_first() -> None:
    con = drawn("ann 09:00 a{device=x,area=k,one=z}", "bob 09:00 a{device=y,area=l,one=z}")
    assert suggest_breakdowns(con) == ("device", "area")

"""Which journeys a log can tell, in its own words; and what a catalog may not say."""

from typing import Any

import pytest

from journey.catalogs import write_catalog
from journey.errors import QuestionError
from journey.journeys import journeys_in_force, read_journeys_catalog
from tests.drawn import drawn
from tests.lent import empty_warehouse

SHOP = "ann 09:00 ProductView 09:01 add-to-cart 09:02 Begin_Checkout 09:03 Purchase"
SAAS = "ann 09:00 signed_up 09:01 trial_started 09:02 subscription_started"
APP = "ann 09:00 first_open 09:01 tutorial_begin 09:02 login 09:03 level_up"
STEPS = ["a", "b"]


def names(log: str) -> dict[str, list[str]]:
    return {journey.name: journey.names for journey in journeys_in_force(drawn(log))}


def test_a_shop_an_app_and_a_service_have_their_own_journeys() -> None:
    assert names(SHOP) == {"Conversion": ["Product", "Cart", "Till", "Order"]}
    assert names(SAAS)["Conversion"] == ["Sign-up", "Trial", "Subscription"]
    assert names(APP)["Activation"] == ["Install", "Onboarding", "Account", "First value"]


def test_names_are_taken_as_the_log_writes_them() -> None:
    (journey,) = journeys_in_force(drawn(SHOP))
    assert [milestone.step for milestone in journey.milestones] == ["ProductView", "add-to-cart", "Begin_Checkout", "Purchase"]


def test_a_milestone_that_the_log_does_not_hold_is_left_out_and_named() -> None:
    (journey,) = journeys_in_force(drawn("ann 09:00 product_page 09:03 Purchase"))
    assert (journey.names, journey.left_out) == (["Product", "Order"], ("Cart", "Till"))


def test_a_log_of_unknown_words_has_the_journey_most_customers_make() -> None:
    goers = [f"g{n} 09:00 alpha 09:01 beta 09:02 gamma 09:03 omega" for n in range(8)]
    con = drawn(*goers, *(f"s{n} 09:00 alpha 09:01 beta" for n in range(4)))
    (journey,) = journeys_in_force(con)
    assert journey.derived and journey.names == ["alpha", "beta", "gamma", "omega"]


def test_a_goal_is_known_by_its_name_and_a_setback_is_none() -> None:
    con = drawn(*(f"g{n} 09:00 start 09:01 form 09:02 order_done 09:03 logout 09:04 order_failed" for n in range(8)))
    assert journeys_in_force(con)[0].names[-1] == "order_done"


def test_nothing_and_one_event_have_no_journey() -> None:
    assert journeys_in_force(empty_warehouse()) == ()
    assert journeys_in_force(drawn("ann 09:00 a", "bob 09:00 a")) == ()


def test_an_edited_catalog_is_in_force() -> None:
    con = drawn("ann 09:00 a 09:01 b")
    text = '[[journey]]\nname = "mine"\nwindow = "1d"\n[[journey.milestone]]\nevent = "a"\n[[journey.milestone]]\nname = "B"\nevent = "b"\n'
    write_catalog(con, "journeys", text)
    (journey,) = journeys_in_force(con)
    assert (journey.name, journey.names, journey.window, journey.derived) == ("mine", ["a", "B"], 86_400_000, False)


def test_conditions_narrow_every_event_of_a_milestone() -> None:
    con = drawn("ann 09:00 a{k=x} 09:01 c", "bob 09:00 b{k=y} 09:01 c", "end +9d z")
    text = (
        '[[journey]]\nname = "mine"\nwindow = "1d"\n[[journey.milestone]]\nname = "first"\nany_of = ["a", "b"]\nwhere = { k = "x" }\n'
        '[[journey.milestone]]\nevent = "c"\n'
    )
    write_catalog(con, "journeys", text)
    from journey.ask import ask

    assert ask(con, {"ask": "journeys"})["journeys"][0]["began"] == 1


@pytest.mark.parametrize(
    ("plain", "sentence"),
    [
        ({"journeys": []}, "Known are: journey"),
        ({"journey": []}, "1 to 40"),
        ([{"window": "1d", "milestone": STEPS}], "needs a name"),
        ([{"name": "j", "milestone": STEPS}], "no window"),
        ([{"name": "j", "window": "soon", "milestone": STEPS}], "duration"),
        ([{"name": "j", "window": "1d", "milestone": ["a"]}], "2 to 12"),
        ([{"name": "j", "window": "1d", "milestone": ["a", "a"]}], "name of its own"),
        ([{"name": "j", "window": "1d", "milestone": ["a", "(end)"]}], "other than"),
        ([{"name": "j", "window": "1d", "milestone": ["a", {"name": "b"}]}], "one of event and any_of"),
        ([{"name": "j", "window": "1d", "milestone": ["a", {"name": "b", "any_of": [3]}]}], "are names"),
        ([{"name": "j", "window": "1d", "milestone": ["a", {"name": "b", "event": "b", "where": 3}]}], "map properties"),
        ([{"name": "j", "window": "1d", "milestone": STEPS, "colour": 1}], "Known are"),
    ],
)
def test_what_is_no_journey_is_refused_with_a_sentence(plain: Any, sentence: str) -> None:
    with pytest.raises(QuestionError, match=sentence):
        read_journeys_catalog(plain)

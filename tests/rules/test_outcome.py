"""Which segments are chosen by what their customers did, as seen in another answer."""

import pytest

from journey.ask import KINDS
from journey.rules.outcome import ANSWERS, is_by_outcome

LEFT = {"funnel": {"steps": ["view", "buy"]}, "dropped_after": 0}
SAVED = {"left": LEFT, "app": {"property": "device", "op": "eq", "value": "app"}, "round": {"any": ["round", "app"]}}


@pytest.mark.parametrize("rule", [LEFT, "left", {"not": "left"}, {"all": ["app", {"any": [{"metric": {}, "group": "x"}]}]}])
def test_who_is_behind_a_mark_is_chosen_by_outcome(rule: object) -> None:
    assert is_by_outcome(rule, SAVED)


@pytest.mark.parametrize("rule", [None, "app", "unknown", "round", {"customers": ["ann"]}, {"stage": "Active"}, {"all": []}])
def test_what_holds_of_a_customer_otherwise_is_not(rule: object) -> None:
    assert not is_by_outcome(rule, SAVED)


def test_every_kind_of_question_can_stand_in_a_rule() -> None:
    assert set(ANSWERS) == set(KINDS)

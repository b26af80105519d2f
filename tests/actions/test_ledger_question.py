"""What `ask` tells of the ledger, and who is behind its numbers."""

from typing import Any

import pytest

from journey.actions.ledger import book, decide, mark
from journey.ask import ask
from journey.errors import QuestionError
from tests.actions.shop import NOW, proposal, shop


def test_ask_tells_how_many_are_in_which_state_and_who_they_are() -> None:
    con = shop()
    made = [proposal("ann"), proposal("bob"), proposal("cid", "Call"), proposal("hal")]
    ann, bob, *_ = book(con, made, by="daily 1", at=NOW).new
    for key in (ann, bob):
        decide(con, key, "approved", by="Ann", at=NOW)
    mark(con, [ann], "sent", by="hook", at=NOW)
    answer = ask(con, {"ask": "ledger"})
    counted = {(each["state"], each["arm"]): each["customers"] for each in answer["states"]}
    assert counted == {("sent", "treated"): 1, ("approved", "treated"): 1, ("waiting", "treated"): 1, ("waiting", "holdout"): 1}
    assert answer["population"] == 4 and answer["entries"][0]["proposal"] == ann
    assert [step["state"] for step in answer["entries"][0]["steps"]] == ["waiting", "approved", "sent"]
    for (state, arm), count in counted.items():
        people = ask(con, {"ask": "ledger", "customers": {"state": state, "arm": arm}})["customers"]
        assert people["count"] == len(people["ids"]) == count
    assert ask(con, {"ask": "ledger", "customers": {"action": "Call"}})["customers"]["ids"] == ["cid"]
    who = {"ledger": {"action": "Mail"}, "state": "sent"}
    assert ask(con, {"ask": "segment", "where": who, "customers": {}})["customers"]["ids"] == ["ann"]
    of_ann = ask(con, {"ask": "ledger", "customer": "ann", "limit": 0})
    assert of_ann["population"] == 1 and of_ann["entries"] == []
    inside = {"scope": {"segment": {"did": "visit", "where": {"price": 1}}}}
    assert ask(con, {"ask": "ledger", **inside})["population"] == 4
    assert ask(con, {"ask": "ledger", "scope": {"stop": "2026-03-01"}})["states"] == []


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "done"},
        {"limit": -1},
        {"limit": True},
        {"action": 3},
        {"who": "ann"},
        {"customers": {"stage": "x"}},
        {"customers": {"state": "x"}},
    ],
)
def test_what_cannot_be_asked_of_the_ledger_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        ask(shop(), {"ask": "ledger", **asked})

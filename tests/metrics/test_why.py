"""Why a metric moved, asked as plain data."""

import pytest

from journey.ask import ask
from journey.errors import QuestionError
from tests.drawn import drawn

LOG = """
ann 09:00 visit{device=app} 09:01 order{price=10} +1d 09:00 visit{device=app} 09:01 order{price=10} +1d 09:00 visit
bob 09:00 visit{device=web} +1d 09:00 visit{device=web}
cat +1d 09:00 visit{device=app} 09:01 order{price=10}
"""
SHARE = {"event": "order", "of": "ratio", "denominator": {"event": "visit", "of": "customers"}}
QUESTION = {"ask": "moved", "metric": SHARE, "scope": {"start": "2026-03-03", "stop": "2026-03-04"}}


def test_mix_and_rate_by_group_worked_by_hand() -> None:
    """One of two ordered, then two of three; those on the app always do: the change of 1/6 is mix alone."""
    answer = ask(drawn(LOG), {**QUESTION, "breakdown": "device", "customers": {"group": "app"}})
    assert (answer["before"], answer["value"], answer["difference"]) == (0.5, pytest.approx(2 / 3), pytest.approx(1 / 6))
    table = answer["mix_and_rate"]
    assert (table["mix"], table["rate"]) == (pytest.approx(1 / 6), pytest.approx(0))
    assert [(row["group"], row["before"]["units"], row["now"]["units"]) for row in table["groups"]] == [("app", 1, 2), ("web", 1, 1)]
    assert sum(part["change"] for part in answer["parts"]) == pytest.approx(answer["difference"])
    assert answer["customers"] == {"count": 2, "ids": ["ann", "cat"]}
    assert not answer["judged"] and "too few" in answer["why"]


def test_what_cannot_be_explained_says_why() -> None:
    con = drawn(LOG)
    assert "Choose a later start" in ask(con, {**QUESTION, "scope": {}})["why"]
    count = ask(con, {**QUESTION, "metric": {"event": "visit", "of": "count"}})
    assert count["difference"] == 1 and count["parts"] == [] and "no ratio" in count["why"]


def test_what_is_no_group_or_no_option_is_refused() -> None:
    con = drawn(LOG)
    for more, told in (
        ({"customers": {"group": "tv"}, "breakdown": "device"}, "'app'"),
        ({"customers": {"span": "later"}}, "'before'"),
        ({"parts": 1}, "2 to 40"),
        ({"compare": None}, "previous"),
    ):
        with pytest.raises(QuestionError, match=told):
            ask(con, {**QUESTION, **more})


def test_a_group_that_is_called_other_is_one_of_the_others() -> None:
    log = "\n".join(f"{who} 09:00 visit{{device={device}}} +1d 09:00 visit" for who, device in zip("abcdefghi", "ppqqxrsto", strict=True))
    con = drawn(log.replace("device=x", "device=other"))
    groups = ask(con, {**QUESTION, "breakdown": "device"})["mix_and_rate"]["groups"]
    assert len({row["group"] for row in groups}) == len(groups)
    for row in groups:
        behind = ask(con, {**QUESTION, "breakdown": "device", "customers": {"group": row["group"], "span": "before"}})["customers"]
        assert behind["count"] == row["before"]["units"]

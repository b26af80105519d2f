"""Which events a step names."""

from typing import Any

import pytest

from journey.errors import QuestionError
from journey.rules.match import Binder
from journey.warehouse import ask_sql
from tests.drawn import drawn

LOG = drawn("ann 09:00 view{device=mobile,price=5} 09:01 view{device=desktop,price=7.5} 09:02 cart{price=10,due=2026-04-01} 09:03 view")


def matched(step: Any) -> tuple[list[int], list[str]]:
    """Minutes past nine of the events that the step names, and the warnings."""
    binder = Binder(LOG)
    found = ask_sql(LOG, f"select e.ts from events e where {binder.match(step).sql} order by e.seq", binder.params)
    return [ts // 60_000 % 60 for ts in found["ts"]], binder.warnings


@pytest.mark.parametrize(
    ("step", "minutes"),
    [
        ("view", [0, 1, 3]),
        (None, [0, 1, 2, 3]),
        ({"any_of": ["cart", {"event": "view", "where": {"device": "mobile"}}]}, [0, 2]),
        ({"event": "view", "where": {"device": ["mobile", "desktop"]}}, [0, 1]),
        ({"event": None, "where": {"price": {"op": "gt", "value": 5}}}, [1, 2]),
        ({"event": "view", "where": {"price": "7.5"}}, [1]),
        ({"event": "view", "where": {"device": {"op": "ne", "value": "mobile"}}}, [1, 3]),
        ({"event": "view", "where": {"device": {"op": "not_in", "value": ["mobile"]}}}, [1, 3]),
        ({"event": "view", "where": {"device": {"op": "is_null"}}}, [3]),
        ({"event": "view", "where": {"device": None}}, [3]),
        ({"event": "view", "where": {"device": {"op": "eq", "value": None}}}, [3]),
        ({"event": "view", "where": {"device": {"op": "ne", "value": None}}}, [0, 1]),
        ({"event": "cart", "where": {"due": "2026-04-01"}}, [2]),
        ({"event": "cart", "where": {"due": ["2026-04-01T02:00:00+02:00"]}}, [2]),
        ({"event": "cart", "where": {"due": {"op": "lt", "value": "2026-04-01"}}}, []),
        ({"event": None, "where": {"due": {"op": "ge", "value": "2026-03-31"}}}, [2]),
        ({"event": None, "where": {"due": {"op": "prefix", "value": "2026-04"}}}, [2]),
        ({"event": "view", "where": {"device": {"op": "is_set"}}}, [0, 1]),
        ({"event": "view", "where": {"device": {"op": "contains", "value": "sk"}}}, [1]),
        ({"event": "view", "where": {"device": {"op": "prefix", "value": "mo"}}}, [0]),
        ({"event": "view", "where": {"device": "' or 1=1 --"}}, []),
    ],
)
def test_a_step_names_these_events(step: Any, minutes: list[int]) -> None:
    assert matched(step) == (minutes, [])


def test_what_the_log_never_held_matches_nothing_and_names_the_nearest() -> None:
    assert matched("veiw") == ([], ["No event is named 'veiw'. The nearest known is 'view'."])
    assert matched({"event": "view", "where": {"devise": 1}}) == ([], ["No property is named 'devise'. The nearest known is 'device'."])


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (5, "is not a step"),
        ({"evnt": "view"}, "Known are: event, where"),
        ({"event": "view", "where": {"price": {"op": "like", "value": 1}}}, "it can be eq, ne"),
        ({"event": "view", "where": {"price": "cheap"}}, "holds values of type"),
        ({"event": "view", "where": {"price": {"op": "in", "value": 3}}}, "needs a list"),
        ({"event": "view", "where": {"device": {"op": "gt", "value": None}}}, "needs a value"),
        ({"event": "view", "where": {"device": ["mobile", None]}}, 'Ask for missing values with the op "is_null"'),
        ({"event": "view", "where": {"due": "soon"}}, "ISO-8601"),
        ({"any_of": []}, "one at least"),
    ],
)
def test_a_step_that_cannot_be_is_refused_with_a_sentence(step: Any, told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        matched(step)

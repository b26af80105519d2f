"""The index and the definition in SQL tell the same runs over a journey, and the same customers behind each mark."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.index import Index, forget_index, open_index, use_index
from journey.journeys import conformance_customers, measure_conformance
from journey.journeys.question import read_conformance
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.journeys.test_journeys import LOGS, MONDAY, loaded


@pytest.fixture(autouse=True)
def small_shares(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Logs as small as these are cut into shares, too."""
    whole = Index.shares
    monkeypatch.setattr(Index, "shares", lambda index, parts: whole(index, parts, least=4))
    yield
    use_index(False)


def answers(con: Warehouse, plain: dict[str, Any], scope: Scope) -> tuple[Any, list[Any]]:
    question = read_conformance(plain)
    found = measure_conformance(con, question, scope)
    marks: list[dict[str, Any]] = [{"follows": True}, {"completed": True}, {"open": True}, {"after": "a", "instead": "(end)"}]
    marks += [{"loop": ["b", "a"]}, {"rework": "a"}]
    return found, [conformance_customers(con, question, scope, mark) for mark in marks]


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(LOGS, st.integers(0, 30), st.booleans(), st.sampled_from([(None, None), (5, None), (3, 12)]), st.sampled_from([None, {"did": "x"}]))
def test_runs_are_the_same(log: list[Any], minutes: int, collapse: bool, bounds: tuple[int | None, int | None], segment: Any) -> None:
    con, _ = loaded(log)
    milestones = ["a", {"name": "b", "event": "b"} if collapse else "b", "c"]
    plain = {"journey": {"name": "j", "window": max(1, minutes) * 60, "milestone": milestones}, "collapse_repeats": collapse}
    start, stop = (None if minute is None else MONDAY + minute * 60_000 for minute in bounds)
    scope = Scope(start, stop, segment=segment)
    use_index()
    assert open_index(con) is not None
    fast = answers(con, plain, scope)
    use_index(False)
    forget_index(con)
    assert open_index(con) is None and answers(con, plain, scope) == fast
    con.close()


def test_runs_to_places_of_one_time_come_in_the_order_of_the_milestones() -> None:
    """Loaded as c, b, a at one moment, they are a run that follows the journey."""
    use_index()
    con = drawn("ann 09:00 c 09:00 b 09:00 a", "bob 09:00 a 09:05 b 09:05 a 09:09 c", "end +9d 09:00 x")
    assert open_index(con) is not None
    found, people = answers(con, {"journey": {"name": "j", "window": "1d", "milestone": ["a", "b", "c"]}}, Scope())
    assert [person.ids for person in people[:2]] == [("ann",), ("ann", "bob")]
    assert {(one.after, one.instead): one.count for one in found.deviations} == {("a", "a"): 1}

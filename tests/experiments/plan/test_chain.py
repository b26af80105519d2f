"""No text of a plan can be put in place of another, taken out or dated anew without it showing."""

import threading
from dataclasses import fields, replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from journey.experiments.plan import keep_plan, lock_plan, note_look, plan_from, plan_of
from journey.experiments.plan.chain import Link, broken_at, hash_of
from journey.warehouse import Warehouse, one
from tests.experiments.plan.test_plan import FIRST, PLAN
from tests.lent import empty_warehouse

TEXTS = st.text(max_size=12)
ROWS = st.lists(st.tuples(st.integers(0, 2**50), TEXTS, TEXTS, st.booleans(), TEXTS), min_size=1, max_size=6)
TEMPERED = [field.name for field in fields(Link)]


def chain(rows: list[tuple[int, str, str, bool, str]]) -> list[Link]:
    links: list[Link] = []
    for version, (at, by, reason, locked, plan) in enumerate(rows, 1):
        link = Link("Checkout", version, at, by, reason, locked, plan, "")
        links.append(replace(link, hash=hash_of(link, links[-1].hash if links else "")))
    return links


@settings(max_examples=40, deadline=None)
@given(ROWS, st.data())
def test_any_change_of_any_row_shows_at_that_row(rows: list[tuple[int, str, str, bool, str]], data: st.DataObject) -> None:
    links = chain(rows)
    assert broken_at(links) is None
    place = data.draw(st.integers(0, len(links) - 1))
    name = data.draw(st.sampled_from(TEMPERED))
    before: Any = getattr(links[place], name)
    other = (not before) if isinstance(before, bool) else before + 1 if isinstance(before, int) else data.draw(TEXTS)
    assume(other != before)
    changed: dict[str, Any] = {name: other}
    assert broken_at([*links[:place], replace(links[place], **changed), *links[place + 1 :]]) == place + 1


@settings(max_examples=15, deadline=None)
@given(ROWS, st.data())
def test_a_row_taken_out_put_in_or_moved_shows(rows: list[tuple[int, str, str, bool, str]], data: st.DataObject) -> None:
    links = chain(rows)
    place = data.draw(st.integers(0, len(links) - 1))
    if place < len(links) - 1:  # of the last one only the hash, noted elsewhere, tells
        without = [*links[:place], *links[place + 1 :]]
        assert broken_at(without) == place + 1
        assert broken_at([replace(link, version=number) for number, link in enumerate(without, 1)]) is not None
    assert broken_at([*links[: place + 1], *links[place:]]) is not None


def test_what_is_written_past_the_door_is_shown() -> None:
    con = empty_warehouse()
    keep_plan(con, PLAN, by="Ann", at=FIRST)
    assert lock_plan(con, "Checkout", by="Ann", at=FIRST).unbroken
    con.connection.execute("update experiment_plans set plan = replace(plan, '0.02', '0.01') where version = 2")
    found = plan_of(con, "Checkout")
    assert found is not None and not found.unbroken and found.broken_at == 2
    con.connection.execute("update experiment_plans set plan = 'gone' where version = 2")
    found = plan_of(con, "Checkout")
    assert found is not None and found.broken_at == 2 and found.plan == PLAN  # the last that is a plan holds


def test_of_many_who_keep_and_lock_at_once_every_text_is_in_one_chain() -> None:
    con = empty_warehouse()
    gate = threading.Barrier(6)

    def work(place: int, own: Warehouse) -> None:
        gate.wait()
        keep_plan(own, plan_from({**PLAIN_OF_MANY, "days": 7 + place}), by=f"p{place}", reason="mine is better")
        lock_plan(own, "Many", by=f"p{place}")
        note_look(own, "Many", place, 5)

    threads = [threading.Thread(target=work, args=(place, con.cursor())) for place in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = plan_of(con, "Many")
    assert found is not None and found.unbroken and found.locked
    assert found.version == one(con, "select count(*) from experiment_plans") == 7  # six texts and one lock
    assert one(con, "select count(*) from experiment_looks") == 1


PLAIN_OF_MANY: dict[str, Any] = {
    "experiment": "Many",
    "hypothesis": "h",
    "metrics": [{"name": "Bought", "event": "buy"}],
    "variants": {"a": 0.5, "b": 0.5},
    "effect": 0.1,
    "start": "2026-03-02",
}

"""What looks like a fault stops and waits for a person."""

import pytest

from journey.actions.ledger import book, decide, decide_all, find_entry, health, mark, queue
from journey.catalogs import catalog_text, write_catalog
from journey.errors import QuestionError
from journey.ingest import load_events
from journey.warehouse import Warehouse
from tests.actions.shop import CATALOG, DAY, HOUR, NOW, consents, new_shop, proposal, ready, shop
from tests.drawn import drawn_frame
from tests.lent import empty_warehouse


@pytest.mark.parametrize(
    "value, told",
    [
        (float("nan"), "no number"),
        (float("inf"), "no number"),
        (-0.01, "doing nothing is worth more"),
        (1e6, "above the 500.00"),
    ],
)
def test_a_value_out_of_range_waits_for_a_person(value: float, told: str) -> None:
    con = shop("most_value = 500")
    found = book(con, [proposal("ann", expected_value=value)], by="daily 1", at=NOW)
    (key,) = found.new
    assert told in found.held[key] and find_entry(con, key).state == "held" and queue(con) == ()
    assert mark(con, [key], "sent", by="hook", at=NOW).refused
    with pytest.raises(QuestionError, match="is held until a person releases or rejects it"):
        decide(con, key, "approved", by="Ann", at=NOW)
    decide(con, key, "released", by="Ann", reason="It is right", at=NOW)
    decide(con, key, "approved", by="Ann", at=NOW)
    assert mark(con, [key], "sent", by="hook", at=NOW).done == (key,)


def test_what_was_drawn_to_learn_from_may_be_expected_to_cost_a_little() -> None:
    """Such draws are made on purpose: only where even the best that is thought possible is below nothing, somebody looks."""
    con = shop()
    drawn = {"expected_value": -0.1, "low": -2.0, "propensity": 0.4}
    found = book(con, [proposal("ann", high=1.8, **drawn), proposal("bob", high=-0.01, **drawn)], by="daily 1", at=NOW)
    assert list(found.held.values()) == ["Its expected value is -0.10: doing nothing is worth more."]
    assert find_entry(con, found.new[0]).state == "waiting"


def test_the_most_that_may_be_expected_is_ten_times_the_largest_order_s_margin() -> None:
    con = new_shop()
    con.connection.execute("""insert into settings values ('revenue', '{"property": "price"}')""")
    write_catalog(con, "actions", catalog_text(con, "actions").replace("quiet =", "margin = 0.5\nquiet ="))
    most = 10 * 26 * 0.5  # the largest of the seven orders is 26
    found = book(con, [proposal("ann", expected_value=most), proposal("bob", expected_value=most + 0.01)], by="daily 1", at=NOW)
    assert list(found.held.values()) == ["Its expected value is 130.01, above the 130.00 that stop for a person."]


def test_the_same_action_for_the_same_customer_under_another_key_waits_for_a_person() -> None:
    con = shop()
    first = ready(con)
    second = book(con, [proposal("ann", occasion="again")], by="daily 2", at=NOW + HOUR)
    assert "twice: under another key it is approved" in second.held[second.new[0]]
    mark(con, [first], "sent", by="hook", at=NOW + HOUR)
    third = book(con, [proposal("ann", occasion="once more")], by="daily 3", at=NOW + 10 * DAY)
    assert "twice: under another key it is sent" in next(iter(third.held.values()))
    for key in (second.new[0], third.new[0]):
        with pytest.raises(QuestionError):
            decide(con, key, "released", by="Ann", reason="They asked for it", at=NOW + 10 * DAY)
        decide(con, key, "rejected", by="Ann", reason="A mistake", at=NOW + 10 * DAY)
    assert not book(con, [proposal("ann", occasion="april")], by="daily 4", at=NOW + 15 * DAY).held


def test_two_for_one_customer_in_one_run_are_one_and_one_that_waits_for_a_person() -> None:
    con = shop()
    found = book(con, [proposal("ann"), proposal("ann", occasion="too"), proposal("ann", "Call")], by="daily 1", at=NOW)
    assert len(found.new) == 2 and len(found.held) == 1 and [each.guardrail for each in found.refused] == ["channel"]


def crowd(number: int) -> Warehouse:
    con = empty_warehouse()
    load_events(con, drawn_frame(*(f"c{one} 12:00 buy" for one in range(number))))
    consents(con, {f"c{one}": True for one in range(number)}, "2026-03-01")
    write_catalog(con, "actions", CATALOG.replace("holdout = 0.1", "holdout = 0"))
    return con


def test_a_sudden_flood_of_one_action_waits_for_a_person() -> None:
    con = crowd(200)

    def run(name: str, day: int, first: int, many: int, **eligible: int) -> int:
        made = [proposal(f"c{one}", "Mail", name, run=name) for one in range(first, first + many)]
        found = book(con, made, by=name, at=NOW + day * 20 * DAY, eligible=eligible)
        assert len(found.new) == many and len(found.held) in (0, many)
        return len(found.held)

    assert run("daily 1", 0, 0, 51) == 51  # a quarter of the 200 may come at first
    assert run("daily 2", 1, 60, 50) == 0
    assert run("weekly 1", 1, 110, 30, Mail=100) == 30  # another kind of run, which chose among fewer
    stopped = [entry.proposal.proposal for entry in queue(con, "held", run="daily 1")]
    decide_all(con, stopped, "rejected", by="Ann", reason="Too many", at=NOW)
    for day in range(2, 5):
        assert run(f"daily {day + 1}", day, 0, 10) == 0
    assert run("daily 6", 6, 0, 60) == 60  # usual are 10 in the median of 50, 10, 10, 10; five times that is 50
    assert run("daily 7", 6, 60, 50) == 0
    told = health(con, NOW + 120 * DAY)
    assert "A flood: this run proposes it to 60 customers; usual are 10" in told.held[-1].reason
    assert [(each.run, each.count) for each in told.held] == [("weekly 1", 30), ("daily 6", 60)]

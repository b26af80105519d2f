"""Which proposals of the ledger are compared: those that the same dice could have held out, each with the person it is of now."""

import polars as pl

from journey.actions.catalog import Wanted, actions_in_force
from journey.actions.effects import effects_of
from journey.actions.effects.decided import proposed
from journey.actions.ledger import book, ledger_of, mark
from journey.actions.results.came import came_of
from journey.ask import ask
from journey.catalogs import write_catalog
from journey.ingest import load_events
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.actions.campaigns import half, logged
from tests.actions.ledgers import proposals
from tests.actions.shop import CATALOG, DAY, END, NOW, proposal
from tests.lent import empty_warehouse

WANTED = Wanted("buy", 7 * DAY)
MAPPING = {"customer": "customer", "event": "event", "ts": "ts", "anonymous": "device"}


def compared(con: Warehouse) -> tuple[int, int]:
    found = effects_of(con, actions_in_force(con), Scope()).of("Note")
    return found.treated, found.control


def test_what_a_person_chose_by_hand_is_not_compared_with_those_held_out() -> None:
    """Whom somebody picks are not like those whom a run proposes, and nobody who is held out is ever picked."""
    con = logged(*half("m", None, 60, 12), *half("n", None, 60, 6), *half("h", None, 30, 30))
    proposals(con, "Note", {f"m {place:03}": "sent" for place in range(60)} | {f"n {place:03}": "holdout" for place in range(60)})
    proposals(con, "Note", {f"h {place:03}": "sent" for place in range(30)}, by_hand=True)
    assert compared(con) == (60, 60)
    (note,) = ask(con, {"ask": "action_results", "action": "Note"})["actions"]
    assert note["counts"]["sent"] == {"proposals": 90, "customers": 90}
    assert note["compared"][0]["treated"]["decisions"] == 60


def test_a_run_that_proposes_what_somebody_chose_before_counts() -> None:
    con = logged(*half("m", None, 2, 1))
    proposals(con, "Note", {"m 000": "sent"}, by_hand=True)
    proposals(con, "Note", {"m 000": "sent"}, as_of=END - 300 * DAY)
    assert proposed(con, "Note", WANTED, END).rows["at"].to_list() == [END - 300 * DAY]


def test_a_proposal_follows_its_customer_into_the_person_that_a_load_makes_of_them() -> None:
    """A device was sent a note; later it turns out to be ann's, who bought the next day."""
    con = empty_warehouse()
    load_events(con, _frame([("", "x1", "visit", "2026-03-02T09:00:00"), ("bob", "", "buy", "2026-03-02T12:00:00")]), MAPPING)
    write_catalog(con, "actions", CATALOG.replace("holdout = 0.1", "holdout = 0"))
    (key,) = book(con, [proposal("x1", "Note")], by="daily 1", at=NOW).new
    mark(con, [key], "sent", by="hook", at=NOW)
    load_events(con, _frame([("ann", "x1", "log in", "2026-03-02T12:30:00"), ("ann", "", "buy", "2026-03-03T12:30:00")]), MAPPING)
    load_events(con, _frame([("zoe", "", "visit", "2026-03-22T12:30:00")]), MAPPING)

    assert proposed(con, "Note", WANTED, END + 30 * DAY).rows.select("done", "did").rows() == [(True, True)]
    (entry,) = ledger_of(con, "ann")
    came = came_of(con, entry, WANTED)
    assert came is not None and came.at is not None
    sent = {"action": "Note", "group": "sent"}
    for question in (
        {"ask": "action_results", "customers": sent},
        {"ask": "ledger", "customers": {}},
        {"ask": "ledger", "customer": "ann", "customers": {"state": "sent"}},
    ):
        assert ask(con, question)["customers"] == {"count": 1, "ids": ["ann"]}
    dry = {"ask": "dry_run", "rule": {"did": "buy", "within": "1d"}, "from": "2026-03-02", "to": "2026-03-06"}
    assert ask(con, {**dry, "customers": {"treated": "Note"}})["customers"]["ids"] == ["ann"]


def _frame(rows: list[tuple[str, str, str, str]]) -> pl.DataFrame:
    return pl.DataFrame([[value or None for value in row] for row in rows], schema=["customer", "device", "event", "ts"], orient="row")

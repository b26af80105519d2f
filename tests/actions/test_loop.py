"""The whole loop, by the ledger's own functions: decide, act, see what came, and choose the next by it.

400 customers visit on the days before 11 March.  On the 11th at 04:00, four hours after the log's end, a run proposes a mail to all;
Ann approves nine of ten.  Of those it is sent to, 30 in 100 buy because of it, on the 13th; one in ten of all buys anyway, on the
14th.  In the night before the run, which only the next load tells of, every third customer buys: no mail had a part in that.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from journey.actions.catalog import actions_in_force
from journey.actions.choose.propose import Proposing, Wanted, proposing_for
from journey.actions.effects import effects_of
from journey.actions.guardrails.holdout import SALT
from journey.actions.ledger import book, decide_all, find_entry, mark
from journey.actions.results import ResultsQuestion, measure_results, results_customers
from journey.actions.results.came import came_of
from journey.catalogs import write_catalog
from journey.ingest import load_events
from journey.scope import Scope, to_ms
from journey.warehouse import Warehouse, write
from tests.lent import empty_warehouse

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
END = datetime(2026, 3, 11, tzinfo=UTC)
RUN = to_ms(END) + 4 * 3_600_000
PEOPLE = tuple(f"c{number:03}" for number in range(400))
MAPPING = {"customer": "customer", "event": "event", "ts": "ts", "revenue": {"event": "buy", "property": "revenue", "currency": "EUR"}}
CATALOG = """
[guardrails]
caps = [{ times = 1, within = "7d" }]
holdout = 0.3
margin = 0.5
explore = false

[[action]]
name = "Mail"
channel = "email"
purpose = ""
cost = 0.1
cooldown = "7d"
wanted = { did = "buy", within = "7d" }
assumed = { likely = 0.02, low = -0.04, high = 0.08, source = "A guess." }

[[action]]
name = "Call"
channel = "phone"
purpose = ""
cost = 0.1
wanted = { did = "buy", within = "7d" }
assumed = { likely = 0.1, low = 0.08, high = 0.12, source = "A guess." }

[[trigger]]
name = "Came lately"
action = "Mail"
when = { did = "visit", within = "30d" }

[[trigger]]
name = "Came lately, too"
action = "Call"
when = { did = "visit", within = "30d" }
"""


@dataclass(frozen=True)
class Loop:
    """treated, held_out, sent: ids.  did: who bought in the seven days after the run.  before: what the mail was taken to add."""

    con: Warehouse
    found: Proposing
    treated: tuple[str, ...]
    held_out: tuple[str, ...]
    sent: frozenset[str]
    did: frozenset[str]
    before: str


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    with empty_warehouse() as con:
        load_events(
            con, _events([(one, "visit", FIRST + timedelta(days=k % 9)) for k, one in enumerate(PEOPLE)] + _history()), mapping=MAPPING
        )
        write_catalog(con, "actions", CATALOG)
        with write(con) as database:  # dice that fall the same way in every run of the tests
            database.execute("insert or replace into settings values (?, ?)", [SALT, json.dumps("loop")])
        before = effects_of(con, actions_in_force(con), Scope()).of("Mail").source
        found = _run(con, RUN, ("Came lately",))
        treated, held_out = (tuple(one.customer_id for one in found.proposals if one.arm == arm) for arm in ("treated", "holdout"))
        sent = _sent(con, found)
        did = _what_came(con, sent)
        yield Loop(con, found, treated, held_out, sent, did, before)


def _run(con: Warehouse, at: int, triggers: tuple[str, ...] | None = None) -> Proposing:
    return proposing_for(con, Scope(), Wanted(triggers=triggers), run=f"run {at}", rng=np.random.default_rng(1), at=at)


def _history() -> list[tuple[str, str, datetime]]:
    """Some bought long ago, so that what an outcome is worth is known; the log ends just before the 11th."""
    bought = [(one, "buy", FIRST + timedelta(hours=3)) for one in PEOPLE[::20]]
    return [*bought, (PEOPLE[0], "visit", END - timedelta(milliseconds=1))]


def _events(rows: list[tuple[str, str, datetime]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["customer", "event", "ts"], orient="row")
    return frame.with_columns(revenue=pl.when(pl.col("event") == "buy").then(20.0))


def _sent(con: Warehouse, found: Proposing) -> frozenset[str]:
    """Who got the mail: a first run is so large that it stops for a person, who lets it pass, and rejects one in ten."""
    held = book(con, found.proposals, by="run", at=RUN, eligible=found.eligible).held
    decide_all(con, list(held), "released", by="Ann", at=RUN + 1)
    keys = [one.proposal for one in found.proposals if one.arm == "treated"]
    decide_all(con, keys[::10], "rejected", by="Ann", reason="Not now.", at=RUN + 2)
    decide_all(con, [one for place, one in enumerate(keys) if place % 10], "approved", by="Ann", at=RUN + 3)
    noon = RUN + 8 * 3_600_000
    done = mark(con, [one for place, one in enumerate(keys) if place % 10], "sent", by="Ann", at=noon).done
    return frozenset(one.customer_id for one in found.proposals if one.proposal in set(done))


def _what_came(con: Warehouse, sent: frozenset[str]) -> frozenset[str]:
    """The rest of the log, in two loads: the night before the run, then the days after it."""
    night = [(one, "buy", END + timedelta(hours=2)) for one in PEOPLE[::3]]
    moved = [one for place, one in enumerate(sorted(sent)) if place % 10 < 3]
    anyway = PEOPLE[5::10]
    load_events(con, _events(night), mapping=MAPPING)
    rows = [(one, "buy", END + timedelta(days=2)) for one in moved] + [(one, "buy", END + timedelta(days=3)) for one in anyway]
    load_events(con, _events([*rows, ("zoe", "visit", END + timedelta(days=9))]), mapping=MAPPING)
    return frozenset([*moved, *anyway])


def test_everybody_is_chosen_for_and_the_dice_hold_some_out(loop: Loop) -> None:
    assert set(loop.treated) | set(loop.held_out) == set(PEOPLE) and not set(loop.treated) & set(loop.held_out)
    assert len(loop.sent) == len(loop.treated) - -(-len(loop.treated) // 10) and loop.before == "assumed"


def test_what_came_is_counted_from_the_run_and_against_those_held_out(loop: Loop) -> None:
    (result,) = measure_results(loop.con, ResultsQuestion(action="Mail"), Scope()).actions
    (own,) = result.compared
    counted = [(side.decisions, side.did) for side in (own.treated, own.control)]
    expected = [(len(ids), len(loop.did & set(ids))) for ids in (loop.treated, loop.held_out)]
    assert counted == expected and result.counts["sent"].customers == len(loop.sent)
    for group, ids in (("treated", loop.treated), ("control", loop.held_out)):
        mark_ = {"action": "Mail", "source": "ledger", "group": group, "did": True}
        assert results_customers(loop.con, ResultsQuestion(), Scope(), mark_).ids == tuple(sorted(loop.did & set(ids)))


def test_the_planted_effect_is_found_for_those_it_was_sent_to(loop: Loop) -> None:
    """Of all meant to get it nine in ten did: the difference is divided by that."""
    shares = [len(loop.did & set(ids)) / len(ids) for ids in (loop.treated, loop.held_out)]
    effect = effects_of(loop.con, actions_in_force(loop.con), Scope()).of("Mail")
    assert effect.mean == pytest.approx((shares[0] - shares[1]) * len(loop.treated) / len(loop.sent))
    assert effect.source == "experiment" and effect.interval is not None
    assert effect.interval[0] < 0.3 * 0.9 < effect.interval[1]  # of ten moved one would have bought anyway


def test_a_customers_ledger_tells_what_came_and_when(loop: Loop) -> None:
    wanted = actions_in_force(loop.con).actions[0].wanted
    for proposal in loop.found.proposals[::10]:
        came = came_of(loop.con, find_entry(loop.con, proposal.proposal), wanted)
        assert (came is not None) is (proposal.customer_id in loop.sent)
        if came is not None:
            assert (came.at is not None) is (proposal.customer_id in loop.did) and came.over
            assert came.at is None or came.at > RUN


def test_the_next_choice_goes_by_it(loop: Loop) -> None:
    """A call was taken to add more than a mail; since the mail is measured, it is the mail again."""
    later = to_ms(END) + 9 * 86_400_000 + 1
    assert effects_of(loop.con, actions_in_force(loop.con), Scope()).of("Call").source == "assumed"
    chosen = {one.action for one in _run(loop.con, later).proposals}
    assert chosen == {"Mail"}

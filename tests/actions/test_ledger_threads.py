"""However many decide at once, no guardrail is passed and nothing is done twice."""

import threading
from collections.abc import Callable
from functools import partial

from journey.actions.ledger import Decided, book, decide, mark
from journey.errors import QuestionError
from journey.warehouse import Warehouse, one
from tests.actions.shop import NOW, proposal, shop


def at_once(con: Warehouse, *tries: Callable[[Warehouse], object]) -> list[object]:
    """What came of each, a sentence where it was refused; they begin at the same moment, each in a thread of its own."""
    gate = threading.Barrier(len(tries))
    told: list[object] = [None] * len(tries)

    def attempt(place: int) -> None:
        with con.cursor() as own:
            gate.wait()
            try:
                told[place] = tries[place](own)
            except QuestionError as refused:
                told[place] = str(refused)

    threads = [threading.Thread(target=attempt, args=(place,)) for place in range(len(tries))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_two_who_decide_at_once_cannot_both_take_the_last_of_the_budget() -> None:
    con = shop("budget = { most = 5.0, within = '30d' }")
    keys = book(con, [proposal(one, "Call") for one in ("ann", "bob", "cid", "dee")], by="daily 1", at=NOW).new

    def approve(key: str, own: Warehouse) -> Decided:
        return decide(own, key, "approved", by="Ann", at=NOW)

    told = at_once(con, *(partial(approve, key) for key in keys))
    refused = [each for each in told if isinstance(each, str)]
    assert refused == ["It costs 3.00, and 3.00 of 5.00 are spent in 30 days."] * 3
    assert one(con, "select count(*) from action_steps where state = 'approved'") == 1


def test_many_who_book_approve_and_send_at_once_break_no_cap_and_do_nothing_twice() -> None:
    con = shop()

    def work(place: int, own: Warehouse) -> list[str]:
        done: list[str] = []
        for turn in range(3):
            made = [proposal(one, "Note", f"{turn % 2} {place % 2}", run=f"run {place}") for one in ("ann", "bob")]
            keys = book(own, made, by=f"run {place}", at=NOW + turn).new
            done += mark(own, keys, "sent", by=f"run {place}", at=NOW + turn).done
        return done

    told = at_once(con, *(partial(work, place) for place in range(4)))
    sent = [key for keys in told if isinstance(keys, list) for key in keys]
    assert len(sent) == len(set(sent)) == 2  # one contact a day for each of the two
    assert one(con, "select count(*) from action_steps where state = 'sent'") == 2
    steps = con.connection.execute("select step from action_steps order by step").fetchall()
    assert [step for (step,) in steps] == list(range(1, len(steps) + 1))

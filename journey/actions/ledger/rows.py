"""Reading and appending the ledger's rows.  Nothing here changes a row, and `changing` is the only way to append one."""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from journey.actions.ledger.proposal import COLUMNS, STEP_COLUMNS, Entry, Proposal, Refused, Step
from journey.errors import QuestionError, WorkspaceError
from journey.warehouse import Warehouse, one, quote, write

LOCK, HOLDER = "ledger lock", "ledger holder"
CHUNK = 200
FEW = 50
LONGEST = 500
PROPOSALS = f"select {', '.join(map(quote, COLUMNS))} from proposals where "
STEPS = f"select {', '.join(map(quote, STEP_COLUMNS))} from action_steps where "
PEOPLE = """
-- The person that each id of a proposal belongs to now, by number, and the id they are known by: a load may join two.
select p.customer_id as proposed_as, c.customer, c.id as known_by
from (select distinct customer_id from proposals) p
join customers c on c.customer = coalesce(
    (select k.customer from customers k where k.id = p.customer_id),
    (select min(i.customer) from customer_ids i where i.id = p.customer_id)
)"""
NOW = """
-- What each proposal is now: the state of its last step.
select proposal, arg_max(state, step) as state, max(step) as step
from action_steps
group by proposal"""


@contextmanager
def changing(con: Warehouse) -> Iterator[None]:
    """One change of the ledger: a transaction that no other change of it overlaps, whichever thread makes it.

    What it reads is therefore what it changes, so two that decide at once cannot both take the last place under a cap.
    Inside another change it is part of that one.
    Raises: WorkspaceError: within a `write` of something else, which began before this could be sure to be alone.
    """
    with con.shared.setdefault(LOCK, threading.RLock()):
        if con.shared.get(HOLDER) is con:
            yield
            return
        if con.writing or con.reading:
            raise WorkspaceError("The ledger is changed in a transaction of its own. Finish the one under way first.")
        con.shared[HOLDER] = con
        try:
            with write(con):
                yield
        finally:
            con.shared[HOLDER] = None


@dataclass(frozen=True)
class NewStep:
    """A step that is to be appended.  by_person: this one is somebody's, whoever takes the others appended with it."""

    proposal: str
    state: str
    reason: str = ""
    key: str | None = None
    by_person: bool = False


def append_proposals(con: Warehouse, proposals: Iterable[Proposal]) -> None:
    _append(con, "proposals", COLUMNS, [[getattr(one, name) for name in COLUMNS] for one in proposals])


def append_steps(con: Warehouse, steps: Sequence[NewStep], by: str, at: int, by_person: bool = False) -> list[Step]:
    """Append steps in this order.  One without a key is always a new one: whoever takes it has looked that it is."""
    if not steps:
        return []
    last = int(one(con, "select coalesce(max(step), 0) from action_steps"))
    keys = [step.key or f"{step.state} after {last + place}: {step.proposal}" for place, step in enumerate(steps)]
    made = [
        Step(last + place, each.proposal, each.state, at, by, each.reason[:LONGEST], by_person or each.by_person)
        for place, each in enumerate(steps, 1)
    ]
    rows = [[*(getattr(step, name) for name in STEP_COLUMNS), key] for step, key in zip(made, keys, strict=True)]
    _append(con, "action_steps", (*STEP_COLUMNS, "step_key"), rows)
    return made


def remember(con: Warehouse, refused: Sequence[Refused], door: str, by: str, at: int) -> None:
    """Keep what a guardrail forbade, once for each proposal, door and guardrail, and for each run that books."""
    if not refused:
        return
    last = int(one(con, "select coalesce(max(refusal), 0) from action_refusals"))
    of = f"{door} by {by}" if door == "booking" else door
    keyed = {f"{of}: {each.guardrail}: {each.proposal}": each for each in refused}
    columns = ("refusal", "refusal_key", "proposal", "customer_id", "action", "door", "guardrail", "why", "done_at", "done_by")
    rows = [
        [last + place, key, each.proposal, each.customer_id, each.action, door, each.guardrail, each.why[:LONGEST], at, by]
        for place, (key, each) in enumerate(keyed.items(), 1)
    ]
    _append(con, "action_refusals", columns, rows, "or ignore")


def _append(con: Warehouse, table: str, columns: Sequence[str], rows: list[list[Any]], otherwise: str = "") -> None:
    names = ", ".join(quote(name) for name in columns)
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        places = ", ".join(["(" + ", ".join("?" * len(columns)) + ")"] * len(part))
        text = f"insert {otherwise} into {quote(table)} ({names}) values {places}"
        con.connection.execute(text, [value for row in part for value in row]).fetchall()


def entries(con: Warehouse, keys: Sequence[str]) -> dict[str, Entry]:
    """Key -> the proposal with its steps, in the order of the keys; keys of no proposal are left out."""
    asked = list(dict.fromkeys(keys))
    found = {each.proposal.proposal: each for each in _entries(con, "proposal", asked)}
    return {key: found[key] for key in asked if key in found}


def entries_of(con: Warehouse, customer_ids: Sequence[str]) -> list[Entry]:
    """Everything ever proposed under these ids of customers."""
    return _entries(con, "customer_id", list(customer_ids))


def entries_where(
    con: Warehouse, condition: str, params: Mapping[str, Any], limit: int | None = None, order: str = "n.step desc"
) -> list[Entry]:
    """Proposals p, being what n says they are now, for which the condition holds."""
    text = f"select p.proposal from proposals p join ({NOW}) n on n.proposal = p.proposal where {condition} order by {order}, p.proposal"
    bounded = text if limit is None else f"{text} limit {int(limit)}"
    return list(entries(con, [key for (key,) in _rows(con, bounded, params)]).values())


def _entries(con: Warehouse, column: str, values: list[str]) -> list[Entry]:
    if not values:
        return []
    found = [Proposal(*row) for row in _rows(con, PROPOSALS + _among(column, values), {"values": values})]
    keys = [each.proposal for each in found]
    steps: dict[str, list[Step]] = {key: [] for key in keys}
    for row in _rows(con, f"{STEPS}{_among('proposal', keys)} order by step", {"values": keys}) if keys else []:
        steps[row[1]].append(Step(*row))
    return [Entry(each, tuple(steps[each.proposal])) for each in found]


def _among(column: str, values: Sequence[str]) -> str:
    """SQL: the column is one of $values.  A few are found faster by looking through them, many by a join."""
    few = f"list_contains($values, {quote(column)})"
    return few if len(values) <= FEW else f"{quote(column)} in (select unnest($values::varchar[]))"


def customers_of(con: Warehouse, keys: Sequence[str]) -> list[str]:
    """Ids of the customers these proposals are for."""
    values = list(keys)
    return [each for (each,) in _rows(con, f"select customer_id from proposals where {_among('proposal', values)}", {"values": values})]


def find_entry(con: Warehouse, key: str) -> Entry:
    """Raises: QuestionError: no such proposal."""
    found = entries(con, [key]).get(key)
    if found is None:
        raise no_proposal(key)
    return found


def no_proposal(key: str) -> QuestionError:
    return QuestionError(f"The ledger holds no proposal {key!r}. It may have been forgotten with its customer; look at the queue again.")


def steps_with(con: Warehouse, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Key of a step -> (proposal, state) of the step that was taken with it."""
    text = "select step_key, proposal, state from action_steps where step_key in (select unnest($keys::varchar[]))"
    return {key: (proposal, state) for key, proposal, state in _rows(con, text, {"keys": list(keys)})} if keys else {}


def _rows(con: Warehouse, text: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """A few rows, for which making a frame would take longer than the query."""
    return con.connection.execute(text, dict(params)).fetchall() if params else con.connection.execute(text).fetchall()


def named(value: object, what: str) -> str:
    """Who did it, or why: a text with something in it.  Raises: QuestionError: it is empty."""
    if not isinstance(value, str) or not value.strip():
        raise QuestionError(f"{what} is missing. The ledger keeps it with every step, so write it.")
    return value.strip()[:LONGEST]

"""What is approved and how far its handing over has come.  Counted are proposals of the treated arm; no other is ever looked at."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from journey.actions.ledger import Proposal
from journey.actions.ledger.proposal import COLUMNS
from journey.errors import QuestionError
from journey.warehouse import Warehouse, ask_sql, write
from journey.warehouse import one as one_value

DOOR = "handing over actions"  # in `shared`: the lock of this workspace
FILE = "file:"
READY = """
with now as (
    -- the last step of each proposal
    select proposal, max(step) as step
    from action_steps
    group by proposal
)
select
    {columns},
    s.state,
    s.done_at as since
from proposals p
join now on now.proposal = p.proposal
join action_steps s on s.step = now.step
where list_contains($states, s.state) and p.arm = 'treated'
order by s.step"""
TRIED = """
with last as (
    -- the last attempt at each target
    select proposal, target, max(delivery) as delivery
    from deliveries
    group by proposal, target
)
select d.proposal, d.target, d.attempt, d.done_at, d.status, d.next_at
from deliveries d
join last on last.delivery = d.delivery
where list_contains($proposals, d.proposal)
order by d.delivery"""
STATE = "select arg_max(state, step) from action_steps where proposal = $proposal"
ADD = """insert into deliveries
select coalesce(max(delivery), 0) + 1, $proposal, $target, $attempt, $at, $status, $told, $next_at from deliveries"""


@dataclass(frozen=True)
class Tried:
    """The last attempt at one target.  attempt: from 1.  next_at: ms, None where it is over."""

    target: str
    attempt: int
    done_at: int
    status: int | None
    next_at: int | None

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_file(self) -> bool:
        return self.target.startswith(FILE)


@dataclass(frozen=True)
class Ready:
    """A proposal that may be handed over.  since: ms, when it came into this state.  tried: by target, the oldest first."""

    proposal: Proposal
    state: str
    since: int
    tried: Mapping[str, Tried] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.proposal.proposal

    @property
    def bound_to(self) -> Tried | None:
        """Where it may have arrived, though nobody answered: it goes nowhere else then, so that it is never done twice."""
        return next((one for one in self.tried.values() if one.is_file or one.accepted or one.next_at is not None), None)


def read_ready(con: Warehouse, states: Sequence[str] = ("approved",), proposals: Sequence[str] | None = None) -> tuple[Ready, ...]:
    """Those in these states, in the order in which they came into them.  proposals: only these keys, None for all."""
    rows = ask_sql(con, READY.format(columns=",\n    ".join(f"p.{name}" for name in COLUMNS)), {"states": list(states)})
    wanted = None if proposals is None else set(proposals)
    found = [row for row in rows.iter_rows() if wanted is None or row[0] in wanted]
    tried = read_tried(con, [row[0] for row in found])
    return tuple(Ready(Proposal(*row[:-2]), row[-2], row[-1], tried.get(row[0], {})) for row in found)


def read_tried(con: Warehouse, proposals: Sequence[str]) -> dict[str, dict[str, Tried]]:
    """Proposal -> target -> the last attempt there."""
    found: dict[str, dict[str, Tried]] = {}
    for proposal, *rest in ask_sql(con, TRIED, {"proposals": list(proposals)}).iter_rows() if proposals else ():
        found.setdefault(proposal, {})[rest[0]] = Tried(*rest)
    return found


def state_of(con: Warehouse, proposal: str) -> str:
    """What a proposal is at this moment."""
    return str(one_value(con, STATE, {"proposal": proposal}))


def add_delivery(con: Warehouse, proposal: str, tried: Tried, told: str) -> None:
    """One attempt, kept whatever came of it, within a `write` or as one of its own."""
    row = {"proposal": proposal, "target": tried.target, "attempt": tried.attempt, "at": tried.done_at, "status": tried.status}
    row |= {"told": told[:500], "next_at": tried.next_at}
    if con.writing:
        con.connection.execute(ADD, row)
        return
    with write(con) as connection:
        connection.execute(ADD, row)


@contextmanager
def one_hand(con: Warehouse) -> Iterator[None]:
    """One delivery or export of a workspace at a time, so that no proposal goes two ways.

    Raises: QuestionError: another is under way.
    """
    lock: threading.Lock = con.shared.setdefault(DOOR, threading.Lock())
    if not lock.acquire(blocking=False):
        raise QuestionError("Actions are being handed over just now. Wait until that is done, then try again.")
    try:
        yield
    finally:
        lock.release()

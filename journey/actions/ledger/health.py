"""Whether proposing, deciding and delivering goes as it should: what got through, what was refused, what waits and for how long.

Counted are proposals, without those held out, and what guardrails refused at the ledger's door.  Days are of UTC, by the
clock of the machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.actions.ledger.rows import NOW
from journey.answers import iso
from journey.scope import wall_clock
from journey.warehouse import Warehouse, ask_sql

DAY = 86_400_000
DAYS = 14
DONE = ("approved", "rejected", "replaced", "exported", "sent", "failed", "expired", "withdrawn", "held")
PER_DAY = """
select s.done_at // 86400000 as day, s.state, count(*) as steps
from action_steps s
join proposals p on p.proposal = s.proposal
where p.arm = 'treated' and s.done_at >= $since and s.done_at <= $at
group by day, s.state"""
PROPOSED = """
select proposed_at // 86400000 as day, count(*) as proposals
from proposals
where arm = 'treated' and proposed_at >= $since and proposed_at <= $at
group by day"""
STATES = f"""
select n.state, count(*) as proposals, count(distinct p.customer_id) as customers
from proposals p
join ({NOW}) n on n.proposal = p.proposal
where p.arm = 'treated'
group by n.state
order by n.state"""
REFUSALS = """
select guardrail, door, count(*) as refused, max(done_at) as last_at, arg_max(why, refusal) as why
from action_refusals
where done_at >= $since and done_at <= $at
group by guardrail, door
order by refused desc, guardrail, door"""
WAITS = f"""
select count(*) as proposals, min(s.done_at) as oldest, median(s.done_at) as middle,
  count(*) filter (p.proposed_at + (p.act_by - p.as_of) <= $soon) as lapsing
from proposals p
join ({NOW}) n on n.proposal = p.proposal
join action_steps s on s.step = n.step
where p.arm = 'treated' and n.state = 'waiting'"""
HELD = f"""
select p.action, p.run, s.reason, count(*) as proposals, min(s.done_at) as oldest
from proposals p
join ({NOW}) n on n.proposal = p.proposal
join action_steps s on s.step = n.step
where p.arm = 'treated' and n.state = 'held'
group by p.action, p.run, s.reason
order by oldest, p.action, s.reason"""
UNSEEN = """
with ended as (
    -- what expired in this time, and whether anybody had decided on it
    select proposal, bool_or(state in ('approved', 'failed')) as decided
    from action_steps
    group by proposal
    having max(done_at) filter (state = 'expired') between $since and $at
)
select count(*) filter (not decided) as unseen, count(*) filter (decided) as unsent
from ended"""
ATTEMPTS = """
select target, count(*) as attempts,
  count(*) filter (status is null or status < 200 or status > 299) as failed,
  arg_max(told, delivery) filter (status is null or status < 200 or status > 299) as told
from deliveries
where done_at >= $since and done_at <= $at and not starts_with(target, 'file:')
group by target
order by target"""


@dataclass(frozen=True)
class Day:
    """start: ms.  proposed: proposals booked.  steps: state -> how many came into it that day."""

    start: int
    proposed: int
    steps: Mapping[str, int]

    def as_plain(self) -> dict[str, Any]:
        return {"day": (iso(self.start) or "")[:10], "proposed": self.proposed, **{state: self.steps.get(state, 0) for state in DONE}}


@dataclass(frozen=True)
class InState:
    """proposals, customers: how many are in this state now."""

    state: str
    proposals: int
    customers: int


@dataclass(frozen=True)
class Refusals:
    """door: booking | approval | delivery.  why: the latest sentence.  last_at: ms."""

    guardrail: str
    door: str
    count: int
    last_at: int
    why: str


@dataclass(frozen=True)
class HeldBack:
    """Proposals of one run and action that are held for one reason.  oldest_ms: how long the first of them has waited."""

    action: str
    run: str
    reason: str
    count: int
    oldest_ms: int

    def as_plain(self) -> dict[str, Any]:
        told = {"action": self.action, "run": self.run, "reason": self.reason}
        return {**told, "count": self.count, "oldest_seconds": self.oldest_ms / 1000}


@dataclass(frozen=True)
class Target:
    """Where things are delivered.  failed: of the attempts; told: what came back at the last that failed, "" without one."""

    name: str
    attempts: int
    failed: int
    told: str


@dataclass(frozen=True)
class Health:
    """at: ms by the machine's clock.  days: the last 14, the earliest first; what else is counted is of these days, or is so now.

    waiting: proposals that wait for a decision; oldest_ms, median_ms: for how long, None where none waits; lapsing: of
    them, those that lapse within a day.  failed: proposals whose delivery failed and was not made good.
    expired_unseen: nobody had decided on them; expired_unsent: approved, and not sent in time.
    """

    at: int
    days: tuple[Day, ...]
    states: tuple[InState, ...]
    refusals: tuple[Refusals, ...]
    held: tuple[HeldBack, ...]
    targets: tuple[Target, ...]
    waiting: int
    oldest_ms: int | None
    median_ms: int | None
    lapsing: int
    expired_unseen: int
    expired_unsent: int

    def in_state(self, state: str) -> int:
        """Proposals that are in it now."""
        return next((each.proposals for each in self.states if each.state == state), 0)

    @property
    def failed(self) -> int:
        return self.in_state("failed")

    @property
    def refused(self) -> int:
        return sum(each.count for each in self.refusals)

    @property
    def sentence(self) -> str:
        """What needs a person now, in one sentence."""
        parts = [
            (sum(each.count for each in self.held), "held"),
            (self.waiting, "waiting for a decision"),
            (self.failed, "failed to be delivered"),
            (self.expired_unseen, "expired unseen in 14 days"),
        ]
        told = [f"{count:,} {what}" for count, what in parts if count]
        return f"{_listed(told)}." if told else "Nothing waits for a person, and nothing has failed."

    def as_plain(self) -> dict[str, Any]:
        return {
            "at": iso(self.at),
            "sentence": self.sentence,
            "days": [each.as_plain() for each in self.days],
            "refusals": [
                {"guardrail": each.guardrail, "door": each.door, "count": each.count, "last_at": iso(each.last_at), "why": each.why}
                for each in self.refusals
            ],
            "held": [
                {
                    "action": each.action,
                    "run": each.run,
                    "reason": each.reason,
                    "count": each.count,
                    "oldest_seconds": each.oldest_ms / 1000,
                }
                for each in self.held
            ],
            "targets": [
                {"target": each.name, "attempts": each.attempts, "failed": each.failed, "told": each.told} for each in self.targets
            ],
            "waiting": {
                "count": self.waiting,
                "oldest_seconds": None if self.oldest_ms is None else self.oldest_ms / 1000,
                "median_seconds": None if self.median_ms is None else self.median_ms / 1000,
                "lapsing_within_a_day": self.lapsing,
            },
            "failed": self.failed,
            "expired_unseen": self.expired_unseen,
            "expired_unsent": self.expired_unsent,
        }


def health(con: Warehouse, at: int | None = None) -> Health:
    """How proposing, deciding and delivering stand at a moment of the machine's clock, in ms; now, where none is given."""
    at = wall_clock() if at is None else at
    since = (at // DAY - DAYS + 1) * DAY
    bound = {"since": since, "at": at, "soon": at + DAY}
    count, oldest, middle, lapsing = ask_sql(con, WAITS, bound).row(0)
    unseen, unsent = ask_sql(con, UNSEEN, bound).row(0)
    return Health(
        at=at,
        days=_days(con, bound, since),
        states=tuple(InState(*row) for row in ask_sql(con, STATES).iter_rows()),
        refusals=tuple(
            Refusals(guardrail, door, found, last, why) for guardrail, door, found, last, why in ask_sql(con, REFUSALS, bound).iter_rows()
        ),
        held=tuple(HeldBack(action, run, why, found, at - first) for action, run, why, found, first in ask_sql(con, HELD).iter_rows()),
        targets=tuple(Target(name, tried, failed, told or "") for name, tried, failed, told in ask_sql(con, ATTEMPTS, bound).iter_rows()),
        waiting=count,
        oldest_ms=None if oldest is None else max(0, at - oldest),
        median_ms=None if middle is None else max(0, at - round(middle)),
        lapsing=lapsing,
        expired_unseen=unseen,
        expired_unsent=unsent,
    )


def _days(con: Warehouse, bound: Mapping[str, int], since: int) -> tuple[Day, ...]:
    proposed = dict(ask_sql(con, PROPOSED, bound).rows())
    steps: dict[int, dict[str, int]] = {}
    for day, state, count in ask_sql(con, PER_DAY, bound).iter_rows():
        steps.setdefault(day, {})[state] = count
    days = range(since // DAY, since // DAY + DAYS)
    return tuple(Day(day * DAY, proposed.get(day, 0), steps.get(day, {})) for day in days)


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"

"""What a dry run answers: who would have come due, when, how often, and what else is done for the same customers."""

from dataclasses import dataclass
from typing import Any

from journey.answers import Evidence, iso
from journey.inference import Interval, wilson


@dataclass(frozen=True)
class Look:
    """One moment of the past.

    due: customers for whom the rule held; newly: of them, for whom it did not at the look before.
    proposed: for whom the action would have been proposed had the rule been on since the first look: they were due, and
    had it not within its cooldown; None where no action is named.
    treated: of those newly due, who had a contact in the 7 days before.
    """

    at: int
    due: int
    newly: int
    proposed: int | None
    treated: int = 0

    def as_plain(self) -> dict[str, Any]:
        return {"at": iso(self.at), "due": self.due, "newly": self.newly, "proposed": self.proposed, "treated": self.treated}


@dataclass(frozen=True)
class Part:
    """Some of the customers who newly came due.  of: all of these; share: of them, with its Wilson 95% interval."""

    customers: int
    of: int

    @property
    def share(self) -> float | None:
        return self.customers / self.of if self.of else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.customers, self.of)

    def as_plain(self) -> dict[str, Any]:
        return {"customers": self.customers, "share": self.share, "interval": None if self.interval is None else [*self.interval]}


@dataclass(frozen=True)
class Overlap:
    """Those for whom another trigger held too, at a look at which they newly came due.  action: what that one proposes."""

    trigger: str
    action: str
    on: bool
    part: Part

    def as_plain(self) -> dict[str, Any]:
        return {"trigger": self.trigger, "action": self.action, "on": self.on, **self.part.as_plain()}


@dataclass(frozen=True)
class Contacted:
    """Those who had this contact in the 7 days before they newly came due.  source: log | ledger."""

    by: str
    channel: str
    source: str
    part: Part

    def as_plain(self) -> dict[str, Any]:
        return {"by": self.by, "channel": self.channel, "in": self.source, **self.part.as_plain()}


@dataclass(frozen=True)
class DryRun:
    """What a rule would have done.  Counted are customers; an occasion is a customer newly due at a look.

    reached: who came newly due at least once, of all known at the last look.  occasions: how often together.
    times: (k, how many came newly due k times).  cooldown_ms: of the action, None without one.
    proposed: proposals together had the rule been on since the first look, and their customers; None without an action.
    stages: (stage, customers), each by the stage in which they first came newly due.
    treated: of those reached, who had any contact in the 7 days before; contacts: by what.
    resting: what the trigger looks for that the log does not hold, so that it proposes to nobody.
    """

    trigger: str | None
    action: str | None
    told: str
    looks: tuple[Look, ...]
    every_ms: int
    reached: Part
    occasions: int
    times: tuple[tuple[int, int], ...]
    cooldown_ms: int | None
    proposed: tuple[int, int] | None
    overlaps: tuple[Overlap, ...]
    treated: Part
    contacts: tuple[Contacted, ...]
    stages: tuple[tuple[str, Part], ...]
    resting: tuple[str, ...]
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        return {
            "trigger": self.trigger,
            "action": self.action,
            "rule_told": self.told,
            "looks": [look.as_plain() for look in self.looks],
            "every_seconds": self.every_ms / 1000,
            "reached": self.reached.as_plain(),
            "occasions": self.occasions,
            "times": [{"times": k, "customers": n} for k, n in self.times],
            "cooldown_seconds": None if self.cooldown_ms is None else self.cooldown_ms / 1000,
            "proposed": None if self.proposed is None else {"proposals": self.proposed[0], "customers": self.proposed[1]},
            "overlaps": [overlap.as_plain() for overlap in self.overlaps],
            "treated": self.treated.as_plain(),
            "contacts": [contact.as_plain() for contact in self.contacts],
            "stages": [{"stage": stage, **part.as_plain()} for stage, part in self.stages],
            "resting": list(self.resting),
            **self.evidence.as_plain(),
        }

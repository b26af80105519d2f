"""From which moment of the log the outcome of a proposal counts: when it was decided, by the log's clock.

A proposal bears two clocks: `as_of`, just after the last event it went by, and `proposed_at`, by the machine.  Events bear the
log's.  Where the log has come as far as `proposed_at`, the two clocks are one, and what came before it, loaded only later, was
no outcome.  Where it never does (a log of the past, replayed or simulated), the machine's clock says nothing of its events.

    log at the proposal     booked at        log now         outcomes count from
    until Mon 02:00         Mon 06:00        until Fri       Mon 06:00: the night's orders, loaded on Tue, came before
    until 1 Oct             22 Nov           until 31 Oct    1 Oct: the log runs by a clock of its own
    until 1 Oct             22 Nov           until 24 Nov    22 Nov: the log was behind, and caught up
    until 1 Dec             22 Nov           until 9 Dec     1 Dec: what it went by had happened

Known limit: of a log that is behind by more than the outcome's window, and has not caught up yet, the window may be called over
before anything was sent.  Those held out wait as long by the same clock, so this makes a difference smaller and turns none round.
"""

from journey.actions.ledger.proposal import Proposal

DECIDED_AT = "case when p.proposed_at > p.as_of and p.proposed_at < $as_of then p.proposed_at else p.as_of end"
"""SQL over `proposals p`; $as_of: just after the last event of the log, ms."""


def decided_at(proposal: Proposal, until: int | None) -> int:
    """The same of one.  until: the log's last event, ms; None of an empty log."""
    reached = until is not None and proposal.as_of < proposal.proposed_at <= until
    return proposal.proposed_at if reached else proposal.as_of

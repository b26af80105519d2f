"""What was proposed for whom, what people decided, and what was handed over: appended, never changed, never done twice.

Counted are proposals.  Known limit: the ledger knows what it handed over, and not whether anybody read it.
"""

from journey.actions.ledger.proposal import ARMS, Entry, Proposal, Refused, Step, proposal_key
from journey.actions.ledger.states import FIRST, HANDED, OPEN, STATES, WAYS

__all__ = [
    "ARMS",
    "FIRST",
    "HANDED",
    "OPEN",
    "STATES",
    "WAYS",
    "Entry",
    "Proposal",
    "Refused",
    "Step",
    "proposal_key",
]

"""What was proposed for whom, what people decided, and what was handed over: appended, never changed, never done twice.

Counted are proposals.  Known limit: the ledger knows what it handed over, and not whether anybody read it.
"""

from journey.actions.ledger.book import Booked, book
from journey.actions.ledger.decide import Decided, DecidedAll, decide, decide_all
from journey.actions.ledger.expire import expire
from journey.actions.ledger.forget import Forgotten, forget
from journey.actions.ledger.health import Health, health
from journey.actions.ledger.mark import Marked, Withdrawn, mark, withdraw
from journey.actions.ledger.proposal import ARMS, Entry, Proposal, Refused, Step, proposal_key, run_of
from journey.actions.ledger.question import Ledger, LedgerQuestion, ledger_customers, measure_ledger, read_ledger
from journey.actions.ledger.queue import ledger_of, open_proposals, queue
from journey.actions.ledger.rows import changing, entries, find_entry
from journey.actions.ledger.states import FIRST, HANDED, OPEN, STATES, WAYS

__all__ = [
    "ARMS",
    "FIRST",
    "HANDED",
    "OPEN",
    "STATES",
    "WAYS",
    "Booked",
    "Decided",
    "DecidedAll",
    "Entry",
    "Forgotten",
    "Health",
    "Ledger",
    "LedgerQuestion",
    "Marked",
    "Proposal",
    "Refused",
    "Step",
    "Withdrawn",
    "book",
    "changing",
    "decide",
    "decide_all",
    "entries",
    "expire",
    "find_entry",
    "forget",
    "health",
    "ledger_customers",
    "ledger_of",
    "mark",
    "measure_ledger",
    "open_proposals",
    "proposal_key",
    "queue",
    "read_ledger",
    "run_of",
    "withdraw",
]

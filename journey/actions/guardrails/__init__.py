"""What forbids an action for a customer: consent, protection, caps, cooldown, quiet hours, budget.

Counted are contacts of one customer: those the log holds and those the ledger holds or will make.  What is known of a
customer (`standings`) is read in bulk; what follows from it (`vetoes`, `send_from`) is worked out without the workspace.
Known limit: a contact that is loaded into the log after the ledger made it counts twice, so caps err on the safe side.
"""

from journey.actions.guardrails.known import consent_is_said
from journey.actions.guardrails.quiet import is_quiet, send_from
from journey.actions.guardrails.spent import spent_on_actions
from journey.actions.guardrails.stand import standings
from journey.actions.guardrails.standing import ASKED, Contact, Rejection, Standing
from journey.actions.guardrails.veto import GUARDRAILS, Veto, blocking, rejections, vetoes
from journey.actions.guardrails.wishes import wishes

__all__ = [
    "ASKED",
    "GUARDRAILS",
    "Contact",
    "Rejection",
    "Standing",
    "Veto",
    "blocking",
    "consent_is_said",
    "is_quiet",
    "rejections",
    "send_from",
    "spent_on_actions",
    "standings",
    "vetoes",
    "wishes",
]

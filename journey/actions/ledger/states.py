"""The states of a proposal and the only ways between them."""

from journey.actions.ledger.proposal import Entry
from journey.answers import iso
from journey.errors import QuestionError

WAYS: dict[str, tuple[str, ...]] = {
    "waiting": ("approved", "rejected", "replaced", "expired", "withdrawn"),
    "held": ("waiting", "rejected", "withdrawn"),
    "approved": ("exported", "sent", "failed", "expired", "withdrawn"),
    "exported": ("sent", "failed"),
    "failed": ("exported", "sent", "expired", "withdrawn"),
    "sent": (),
    "rejected": (),
    "replaced": (),
    "expired": (),
    "withdrawn": (),
}
"""From each state to those that may follow it.  What was sent cannot be called back, and no end is left again."""

STATES = tuple(WAYS)
FIRST = ("waiting", "held")
OPEN = ("waiting", "held", "approved")
HANDED = ("exported", "sent")
"""In these a customer was contacted, or is about to be."""
TOLD = {
    "waiting": "is waiting for a decision",
    "held": "is held until a person releases or rejects it",
    "approved": "was approved",
    "exported": "was exported",
    "failed": "could not be delivered",
    "sent": "was sent",
    "rejected": "was rejected",
    "replaced": "was replaced by another action",
    "expired": "expired",
    "withdrawn": "was withdrawn",
}


def forbidden(entry: Entry, state: str) -> str:
    """Why a proposal may not come into this state from the one it is in; "" where it may."""
    if state in WAYS[entry.state]:
        return ""
    known = ", ".join(WAYS[entry.state])
    then = f"From here it can become: {known}." if known else "That is its end; propose the action anew."
    return f"It cannot become {state}: {so_far(entry)}. {then}"


def so_far(entry: Entry) -> str:
    """What it is now, by whom and since when: the half of a sentence that every refusal needs."""
    last = entry.last
    reason = f" ({last.reason.rstrip('.')})" if last.reason else ""
    return f"it {TOLD[last.state]} by {last.done_by} on {(iso(last.done_at) or '')[:16].replace('T', ' ')} UTC{reason}"


def read_state(state: object, known: tuple[str, ...] = STATES) -> str:
    """Raises: QuestionError: no state, or not one of those that are known here."""
    if isinstance(state, str) and state in known:
        return state
    raise QuestionError(f"state is {state!r}; it can be {', '.join(known)}.")

"""What the guardrails look at: one customer's consent, protection, contacts and open proposals."""

from collections.abc import Mapping
from dataclasses import dataclass, field

CLOCKS = ("log", "ledger")
ASKED = "They asked not to be contacted"
"""The reason of a rejection that holds for every action from then on."""


@dataclass(frozen=True)
class Rejection:
    """Somebody decided against an action for the customer.  at_ms: by the machine's clock.  why: as they said it."""

    action: str
    at_ms: int
    by: str
    why: str


@dataclass(frozen=True)
class Contact:
    """The customer was reached, or will be.

    channel: "" where it is known that the action was done but not that it reached the customer by itself: it counts for
    the action's cooldown and for no cap.  action: name in the catalog, "" for a contact of no action, such as a newsletter.
    at_ms: by the clock of the log, or of the machine for one that the ledger knows; one that was approved and not
    sent yet counts as made now.
    """

    channel: str
    action: str
    at_ms: int
    clock: str = "log"


@dataclass(frozen=True)
class Standing:
    """One customer as the guardrails see them.

    stage: name, "" where it is not known.  zone: IANA name.  consent: purpose, as the catalog writes it -> given, withdrawn
    or, where nothing is recorded, None.  protected: a mapped flag marks them.  holdout: they never get anything.
    open: actions that were proposed and wait for a decision or for being sent; open_channels: those actions' channels.
    unmet: action -> why its requirement does not hold, a sentence.  rejected: by people, each action's last decision.
    asked: who noted last, as the reason of a rejection, that they asked not to be contacted; None where they allowed something since.
    """

    customer_id: str
    stage: str = ""
    zone: str = "UTC"
    consent: Mapping[str, bool | None] = field(default_factory=dict)
    protected: bool = False
    holdout: bool = False
    contacts: tuple[Contact, ...] = ()
    open: tuple[str, ...] = ()
    open_channels: tuple[str, ...] = ()
    unmet: Mapping[str, str] = field(default_factory=dict)
    rejected: tuple[Rejection, ...] = ()
    asked: Rejection | None = None

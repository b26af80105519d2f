"""What the catalog of actions holds: actions, the rules that propose them, and the guardrails that hold for all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

RISKS = ("low", "medium", "high")
DAY = 86_400_000
UNITS = (("d", DAY), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1))


def length(ms: int) -> str:
    """A duration as catalogs write it, in the largest unit of which it is a whole number: "14d", "90m"."""
    return next(f"{ms // unit}{sign}" for sign, unit in UNITS if ms % unit == 0)


@dataclass(frozen=True)
class Variant:
    """One way of doing an action.  weight: its chance against the others' is weight over the sum of weights.

    hour: of the customer's day at which it is sent; None for any.
    """

    name: str
    weight: float = 1.0
    offer: str = ""
    message: str = ""
    hour: int | None = None

    def as_plain(self) -> dict[str, Any]:
        plain = {"name": self.name, "weight": self.weight, "offer": self.offer, "message": self.message}
        return plain if self.hour is None else {**plain, "hour": self.hour}


@dataclass(frozen=True)
class Assumed:
    """What somebody believes an action adds to the chance of its outcome, as a share of customers: 0.02 is two points.

    low, high: they are 95% sure that it lies between.  source: who says so, or where it was read.
    """

    likely: float
    low: float
    high: float
    source: str

    def as_plain(self) -> dict[str, Any]:
        return {"likely": self.likely, "low": self.low, "high": self.high, "source": self.source}


@dataclass(frozen=True)
class Logged:
    """Where the log holds a campaign whose actions were drawn at random, so that the effect can be measured in it.

    event: an assignment.  property: of it, that names the action; `is_`: this action's name there; nothing: the name of
    doing nothing.  propensity: a property with the chance at which this action was drawn, None where all had the same.
    where: narrows the assignments.
    """

    event: str
    property: str
    is_: str
    nothing: str
    propensity: str | None = None
    where: Mapping[str, Any] = field(default_factory=dict)

    def as_plain(self) -> dict[str, Any]:
        plain: dict[str, Any] = {"event": self.event, "property": self.property, "is": self.is_, "nothing": self.nothing}
        plain |= {} if self.propensity is None else {"propensity": self.propensity}
        return plain | ({"where": dict(self.where)} if self.where else {})


@dataclass(frozen=True)
class Wanted:
    """The outcome an action is for: the customer does this within that time of it.  did: a step as rules read it."""

    did: Any
    within_ms: int
    where: Any = None
    other_than: tuple[str, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        plain = {"did": self.did, "within": length(self.within_ms)}
        plain |= {} if self.where is None else {"where": self.where}
        return plain | ({"other_than": list(self.other_than)} if self.other_than else {})


SIMPLE = ("name", "what", "channel", "owner", "cost", "worth", "risk", "approval", "persuades", "effort", "on")


@dataclass(frozen=True)
class Action:
    """Something that can be done for a customer.

    stages: those it is for, () for all.  when: a rule that must hold, None for none.  purpose: the consent it needs, None
    for what needs none.  cost: money for each customer it is done for.  worth: money that one outcome brings: a number,
    "outcome" for the mean revenue of the outcome's events times the margin, or "customer" for what this customer is
    expected to bring in 90 days times the margin.
    assumed, logged: where the expected effect comes from; with neither it is not known, and is learned by trying.
    persuades: whether it tries to make somebody buy or stay; those who are protected get none.
    effort: 1 to 5, what it takes to set it up.  cooldown_ms: before the same customer gets it again.
    valid_ms: how long a proposal stands.  lacking: names its rules look for that the log does not hold.
    """

    name: str
    what: str
    channel: str
    wanted: Wanted
    owner: str = ""
    stages: tuple[str, ...] = ()
    when: Any = None
    purpose: str | None = "marketing"
    cost: float = 0.0
    worth: float | str = "outcome"
    assumed: Assumed | None = None
    logged: Logged | None = None
    risk: str = "low"
    approval: bool = True
    persuades: bool = True
    effort: int = 2
    cooldown_ms: int = 14 * DAY
    valid_ms: int = 3 * DAY
    on: bool = True
    variants: tuple[Variant, ...] = ()
    lacking: tuple[str, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        """What `read_action` reads back as this action, but for what it lacks here."""
        plain = {key: getattr(self, key) for key in SIMPLE} | {"stages": list(self.stages), "purpose": self.purpose or ""}
        plain |= {"cooldown": length(self.cooldown_ms), "valid": length(self.valid_ms), "wanted": self.wanted.as_plain()}
        parts = {"when": self.when, "assumed": self.assumed, "logged": self.logged}
        plain |= {key: part.as_plain() if isinstance(part, Assumed | Logged) else part for key, part in parts.items() if part is not None}
        return plain | ({"variant": [one.as_plain() for one in self.variants]} if self.variants else {})


@dataclass(frozen=True)
class Trigger:
    """When an action is proposed: to those for whom the rule holds.

    priority: of several, the highest number goes first where nothing is known of their effects.  why: a sentence that
    the card tells.  lacking: names its rule looks for that the log does not hold; such a trigger is at rest.
    """

    name: str
    action: str
    when: Any
    why: str
    priority: int = 0
    on: bool = True
    lacking: tuple[str, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        """What `read_trigger` reads back as this trigger, but for what it lacks here."""
        return {key: getattr(self, key) for key in ("name", "action", "when", "why", "priority", "on")}


@dataclass(frozen=True)
class Cap:
    """At most so many contacts of one customer in any stretch of this length, over all actions and people."""

    times: int
    within_ms: int
    channel: str | None = None

    def as_plain(self) -> dict[str, Any]:
        plain: dict[str, Any] = {"times": self.times, "within": length(self.within_ms)}
        return plain if self.channel is None else {**plain, "channel": self.channel}


@dataclass(frozen=True)
class Budget:
    """At most so much money for actions in any stretch of this length."""

    most: float
    within_ms: int

    def as_plain(self) -> dict[str, Any]:
        return {"most": self.most, "within": length(self.within_ms)}


@dataclass(frozen=True)
class Guardrails:
    """What holds for every action.

    quiet: (from, to) hours of the customer's day in which nothing is sent, None for none; a stretch over midnight is
    written (20, 8).  zone: the customer property that names their time zone; without it the workspace's zone is taken.
    protected: customer properties that mark minors and the vulnerable.  holdout: the share of customers who never get
    anything, so that effects can be measured; holdout_by: a customer property that says who, in place of our own dice.
    contacts: channel -> steps of the log that are contacts already, each the name of an event or {"event", "where"}:
    {"any_of": [*steps]} is a step that takes any of them.  margin: share of revenue that is kept.
    fatigue: money that a contact costs in goodwill for each other contact in the 7 days before; an assumption.
    most_at_once: proposals of one action in one run, in multiples of its usual number, before a person must look.
    most_value: an expected value above this stops for a person; None: ten times the largest order's margin.
    explore: whether runs choose at random in proportion to how likely each action is the best, so as to learn.
    personal: whether an action that was seen to help some customers more than others has an effect for each; learning them
    takes seconds for each version of the facts.
    """

    caps: tuple[Cap, ...] = (Cap(1, DAY), Cap(2, 7 * DAY), Cap(6, 30 * DAY))
    quiet: tuple[int, int] | None = (20, 8)
    zone: str | None = None
    protected: tuple[str, ...] = ()
    holdout: float = 0.1
    holdout_by: str | None = None
    budget: Budget | None = None
    contacts: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    margin: float = 1.0
    fatigue: float = 0.0
    most_at_once: float = 5.0
    most_value: float | None = None
    explore: bool = True
    personal: bool = False

    def as_plain(self) -> dict[str, Any]:
        """What `read_guardrails` reads back as these."""
        plain: dict[str, Any] = {key: getattr(self, key) for key in ("holdout", "margin", "fatigue", "most_at_once", "explore", "personal")}
        plain |= {"caps": [cap.as_plain() for cap in self.caps], "quiet": list(self.quiet or ()), "protected": list(self.protected)}
        plain |= {"contacts": {channel: list(steps) for channel, steps in self.contacts.items()}}
        named: dict[str, Any] = {"zone": self.zone, "holdout_by": self.holdout_by, "most_value": self.most_value}
        named |= {"budget": None if self.budget is None else self.budget.as_plain()}
        return plain | {key: value for key, value in named.items() if value is not None}


@dataclass(frozen=True)
class ActionCatalog:
    """All of actions.toml.  Triggers name actions of it, and no two of either share a name."""

    actions: tuple[Action, ...]
    triggers: tuple[Trigger, ...]
    guardrails: Guardrails

    def action(self, name: str) -> Action | None:
        return next((one for one in self.actions if one.name == name), None)

    def triggers_of(self, action: str) -> tuple[Trigger, ...]:
        return tuple(one for one in self.triggers if one.action == action)

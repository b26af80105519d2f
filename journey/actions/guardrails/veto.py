"""Which guardrails forbid an action for a customer, each as a sentence for a person.  Nothing is read here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from journey.actions.catalog import Action, Cap, Guardrails
from journey.actions.guardrails.quiet import is_always_quiet
from journey.actions.guardrails.standing import Contact, Rejection, Standing
from journey.answers import iso

DAY = 86_400_000
GUARDRAILS = {
    "off": "Switched off",
    "lacking": "The log does not hold it",
    "stage": "Stage",
    "requirement": "Requirement",
    "consent": "Consent",
    "asked": "Asked not to be contacted",
    "protected": "Protected",
    "open": "Open proposal",
    "channel": "One channel at a time",
    "cooldown": "Cooldown",
    "rejected": "Rejected by a person",
    "cap": "Contact cap",
    "budget": "Budget",
    "quiet": "Quiet hours",
    "holdout": "Holdout",
}
"""Every guardrail in the order in which they are told, and its name for a person."""
Vetoed = Iterator["Veto"]


@dataclass(frozen=True)
class Veto:
    """guardrail: a key of GUARDRAILS.  why: a sentence.  lifts_at: ms when it ends by itself, None where it does not.

    lifts_at is by the clock of what it comes from: the log's for contacts of the log, the machine's for the ledger's.
    """

    action: str
    guardrail: str
    why: str
    lifts_at: int | None = None

    def as_plain(self) -> dict[str, Any]:
        return {"action": self.action, "guardrail": self.guardrail, "why": self.why, "lifts_at": iso(self.lifts_at)}


def vetoes(action: Action, standing: Standing, guardrails: Guardrails, as_of: int, at: int, spent: float) -> tuple[Veto, ...]:
    """Everything that forbids an action for a customer now; () where nothing does.

    as_of: the moment before which the log was seen; at: the time by the machine's clock.  Contacts of the log count in
    stretches that end at as_of, those of the ledger in stretches that end at `at`, and the two are added.
    spent: money that actions cost within the budget's stretch, 0 without a budget.
    Consent that is not recorded is no consent.  Who is held out gets the veto "holdout" beside the others: such a customer
    is chosen for like any other and never reached, so look at `blocking` to know whether an action may be chosen.
    Quiet hours do not forbid, they delay (`send_from`), unless they last all day.
    """
    return (
        *_of_the_action(action, standing, guardrails),
        *_of_the_customer(action, standing),
        *_of_their_wish(action, standing, at),
        *_of_what_is_open(action, standing),
        *_of_contacts(action, standing, guardrails, as_of, at),
        *_of_money(action, guardrails, spent),
        *_of_the_holdout(action, standing),
    )


def rejections(action: Action, standing: Standing, at: int) -> tuple[Veto, ...]:
    """What people decided against for the customer, as long as the action's cooldown lasts: it is not proposed to them again.

    A person may think better of it, so this keeps nobody from choosing the action by hand: it is none of the `vetoes`.
    """
    return tuple(
        Veto(action.name, "rejected", _rejected(one, max(0, at - one.at_ms)), one.at_ms + action.cooldown_ms)
        for one in standing.rejected
        if one.action == action.name and at - one.at_ms < action.cooldown_ms
    )


def blocking(found: tuple[Veto, ...]) -> tuple[Veto, ...]:
    """The vetoes that keep an action from being chosen: all but the holdout, which keeps it from being done."""
    return tuple(veto for veto in found if veto.guardrail != "holdout")


def _of_the_action(action: Action, standing: Standing, guardrails: Guardrails) -> Vetoed:
    if not action.on:
        yield Veto(action.name, "off", "It is switched off in the catalog.")
    if action.lacking:
        yield Veto(action.name, "lacking", f"The log holds no {' or '.join(action.lacking)}.")
    if action.stages and standing.stage not in action.stages:
        found = f"they are in {standing.stage}" if standing.stage else "their stage is not known"
        yield Veto(action.name, "stage", f"It is for customers in {' or '.join(action.stages)}; {found}.")
    if action.name in standing.unmet:
        yield Veto(action.name, "requirement", standing.unmet[action.name])
    if is_always_quiet(guardrails):
        yield Veto(action.name, "quiet", "The quiet hours last all day, so nothing can be sent.")


def _of_the_customer(action: Action, standing: Standing) -> Vetoed:
    given = standing.consent.get(action.purpose) if action.purpose else True
    if given is None:
        yield Veto(action.name, "consent", f"Nothing is recorded of consent to {action.purpose}, which means no.")
    elif not given:
        yield Veto(action.name, "consent", f"They do not allow {action.purpose}.")
    if standing.protected and action.persuades:
        yield Veto(action.name, "protected", "They are marked as protected, and this action persuades.")


def _of_their_wish(action: Action, standing: Standing, at: int) -> Vetoed:
    """Whatever the action and its purpose, for as long as nothing else is recorded: nobody is asked twice to leave them alone."""
    if standing.asked is not None:
        who, when = standing.asked.by, _ago(max(0, at - standing.asked.at_ms))
        yield Veto(action.name, "asked", f"They asked not to be contacted, as {who} noted {when}. Consent that is loaded later lifts it.")


def _of_what_is_open(action: Action, standing: Standing) -> Vetoed:
    """One thing at a time: while a proposal is open there is no second."""
    for name, channel in zip(standing.open, standing.open_channels or ("",) * len(standing.open), strict=True):
        if name == action.name or channel in ("", action.channel):
            what = "It is" if name == action.name else f"{name} is"
            yield Veto(action.name, "open", f"{what} proposed to them already and not done yet.")
        else:
            yield Veto(action.name, "channel", f"{name} is proposed to them by {channel}: one channel at a time.")


def _of_contacts(action: Action, standing: Standing, guardrails: Guardrails, as_of: int, at: int) -> Vetoed:
    now = {"log": as_of, "ledger": at}
    if not standing.contacts and all(cap.times for cap in guardrails.caps):
        return
    # What the ledger did later than now was done on a clock that was set back since: it counts as just done.
    made = [contact for contact in standing.contacts if contact.clock == "ledger" or contact.at_ms < as_of]
    ago = {contact: max(0, now[contact.clock] - contact.at_ms) for contact in made}
    reached = [contact for contact in made if contact.channel]
    other = _latest([one for one in reached if one.channel != action.channel and ago[one] < DAY], ago)
    if other is not None:
        why = f"They were reached by {other.channel} {_ago(ago[other])}: one channel at a time."
        yield Veto(action.name, "channel", why, other.at_ms + DAY)
    same = _latest([one for one in made if one.action == action.name and ago[one] < action.cooldown_ms], ago)
    if same is not None:
        why = f"They got it {_ago(ago[same])}; it is given once in {_length(action.cooldown_ms)}."
        yield Veto(action.name, "cooldown", why, same.at_ms + action.cooldown_ms)
    for cap in guardrails.caps:
        yield from _of_cap(action, cap, reached, ago)


def _of_cap(action: Action, cap: Cap, reached: list[Contact], ago: dict[Contact, int]) -> Vetoed:
    """It lifts when so many have grown old that one more fits: all at once where the cap is of none."""
    if cap.channel not in (None, action.channel):
        return
    counted = sorted((one for one in reached if cap.channel in (None, one.channel) and ago[one] < cap.within_ms), key=ago.__getitem__)
    if len(counted) < cap.times:
        return
    by = f" by {cap.channel}" if cap.channel else ""
    most = f"at most {cap.times} contact{'' if cap.times == 1 else 's'}{by} in {_length(cap.within_ms)}"
    lifts = counted[cap.times - 1].at_ms + cap.within_ms if cap.times else None
    yield Veto(action.name, "cap", f"They had {len(counted)} of {most}.", lifts)


def _of_money(action: Action, guardrails: Guardrails, spent: float) -> Vetoed:
    budget = guardrails.budget
    if budget is not None and action.cost > 0 and spent + action.cost > budget.most:
        why = f"It costs {action.cost:,.2f}, and {spent:,.2f} of {budget.most:,.2f} are spent in {_length(budget.within_ms)}."
        yield Veto(action.name, "budget", why)


def _of_the_holdout(action: Action, standing: Standing) -> Vetoed:
    if standing.holdout:
        yield Veto(action.name, "holdout", "They are held out: they never get anything, so that effects can be measured.")


def _rejected(one: Rejection, ago: int) -> str:
    said = f": “{one.why.strip().rstrip('.')}”" if one.why.strip() else ""
    return f"{one.by} rejected it for them {_ago(ago)}{said}."


def _latest(contacts: list[Contact], ago: dict[Contact, int]) -> Contact | None:
    by_age: Callable[[Contact], int] = ago.__getitem__
    return min(contacts, key=by_age, default=None)


def _ago(ms: int) -> str:
    return "just now" if ms < 3_600_000 else f"{_length(ms)} ago"


def _length(ms: int) -> str:
    """A length of time as a person says it: "5 hours", "1 day", "14 days"."""
    number, unit = (ms // DAY, "day") if ms >= DAY else (max(1, ms // 3_600_000), "hour")
    return f"{number} {unit}{'' if number == 1 else 's'}"

"""Whether an approved proposal may be sent now: what was allowed when it was approved may have changed since.

Consent that was withdrawn, a stage that was left, a requirement that no longer holds, end it.  Caps, cooldown, quiet hours
and an action that is switched off only delay it.  These are the checks of the ledger when it marks, made before anything
leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from journey.actions.catalog import Variant
from journey.actions.delivery.item import variant_of
from journey.actions.delivery.ready import Ready
from journey.actions.guardrails import Standing, is_quiet, send_from
from journey.actions.ledger.desk import Desk
from journey.actions.ledger.facts import facts_of
from journey.actions.ledger.rows import entries
from journey.warehouse import Warehouse

LASTING = ("stage", "requirement", "consent", "protected", "holdout")
NOW, LATER, NEVER = "now", "later", "never"


@dataclass(frozen=True)
class Verdict:
    """when: now | later | never.  from_at: ms, from when on it may be sent; None where that is not known.  why: a sentence.

    timed: only the hour is wrong, so a file that tells the hour may hold it.
    """

    when: str
    from_at: int | None = None
    why: str = ""
    timed: bool = False


class Judge:
    """What is known of those a delivery is for, read once; each is judged again at the moment of sending."""

    def __init__(self, con: Warehouse, ready: Sequence[Ready], at: int) -> None:
        self.con, self.customers = con, [one.proposal.customer_id for one in ready]
        facts_of(con, self.customers, at)
        self.desk = Desk(con, self.customers, at)
        self.rails = self.desk.catalog.guardrails
        self.variants: dict[tuple[str, str, int], Variant] = {}
        self.entries = entries(con, [one.key for one in ready])

    def judge(self, one: Ready, at: int) -> Verdict:
        """at: ms by the machine's clock."""
        self._look_again(one, at)
        action, entry = self.desk.action(one.proposal.action), self.entries.get(one.key)
        if action is not None and action.approval and entry is not None and not entry.approved_by_person:
            return Verdict(LATER, why="It needs a person's approval, and a run approved it.")
        if self.desk.has_lapsed(one.proposal):
            return Verdict(LATER, why="It has lapsed: later it is not worth doing.")
        found = self.desk.forbids(one.proposal, beside=("approved",))
        lasting = next((veto for veto in found if veto.guardrail in LASTING), None)
        if lasting is not None:
            return Verdict(NEVER, why=lasting.why)
        return Verdict(LATER, found[0].lifts_at, found[0].why) if found else self._timed(one, at)

    def _look_again(self, one: Ready, at: int) -> None:
        """What is loaded while a delivery runs, such as consent that was withdrawn, counts from the next message on."""
        now, before = facts_of(self.con, [one.proposal.customer_id], at), self.desk.facts
        if (now.version, now.key) != (before.version, before.key):
            self.desk = Desk(self.con, self.customers, at)
            self.rails = self.desk.catalog.guardrails
        self.desk.at = at

    def send_from(self, one: Ready, at: int) -> int:
        """ms: the first moment from `at` on that suits the variant and the customer's quiet hours."""
        return send_from(self._standing(one), self.rails, at, self.variant(one))

    def variant(self, one: Ready) -> Variant:
        """As the catalog had it when it was proposed; read once for all of an action."""
        of = (one.proposal.action, one.proposal.variant, one.proposal.catalog)
        if of not in self.variants:
            self.variants[of] = variant_of(self.con, one.proposal)
        return self.variants[of]

    def _timed(self, one: Ready, at: int) -> Verdict:
        """The variant's hour is the first one after the approval; quiet hours hold at every moment."""
        meant = self.send_from(one, one.since)
        if at < meant:
            return Verdict(LATER, meant, "It waits for its hour.", timed=True)
        if is_quiet(self._standing(one), self.rails, at):
            after = send_from(self._standing(one), self.rails, at, None)
            return Verdict(LATER, after, "It waits for the end of the quiet hours.", timed=True)
        return Verdict(NOW)

    def _standing(self, one: Ready) -> Standing:
        return self.desk.standing(one.proposal.customer_id) or Standing(one.proposal.customer_id)

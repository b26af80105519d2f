"""What is told of a proposal to the system that carries it out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from journey.actions.catalog import CATALOG, ActionCatalog, Variant, read_actions
from journey.actions.ledger import Proposal
from journey.answers import iso
from journey.catalogs import catalog_text, default_text, parse
from journey.warehouse import Warehouse, one

NO_VARIANT = Variant("")
TYPE = "action.approved"


@dataclass(frozen=True)
class Item:
    """A proposal and what its variant said when it was proposed.  send_from: ms; scores: model -> (chance, tier).

    What is told to be done by a time is told by the machine's clock: the log's may have ended long ago.
    """

    proposal: Proposal
    variant: Variant
    send_from: int | None = None
    scores: Mapping[str, tuple[float, str]] | None = None

    def as_plain(self) -> dict[str, Any]:
        kept = self.proposal
        told: dict[str, Any] = {
            "idempotency_key": kept.proposal,
            "customer": kept.customer_id,
            "action": kept.action,
            "variant": kept.variant,
            "offer": self.variant.offer,
            "message": self.variant.message,
            "channel": kept.channel,
            "stage": kept.stage,
            "expected_value": kept.expected_value,
            "interval": None if kept.low is None or kept.high is None else [kept.low, kept.high],
            "propensity": kept.propensity,
            "variant_propensity": kept.variant_propensity,
            "act_by": iso(kept.lapses_at),
        }
        if self.send_from is not None:
            told["send_from"] = iso(self.send_from)
        if self.scores is not None:
            told["scores"] = {name: {"probability": chance, "tier": tier} for name, (chance, tier) in self.scores.items()}
        return told

    def body(self, approved_at: int) -> bytes:
        """The message to a webhook: the same bytes at every attempt, as its key promises."""
        told = {"type": TYPE, "timestamp": iso(approved_at), "data": self.as_plain()}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def variant_of(con: Warehouse, proposal: Proposal) -> Variant:
    """The variant as the catalog had it when the proposal was made, whatever was edited since; else as it has it now."""
    if not proposal.variant:
        return NO_VARIANT
    kept = one(con, "select text from action_versions where version = $version", {"version": proposal.catalog})
    texts = (default_text(CATALOG) if kept is None else str(kept), catalog_text(con, CATALOG))
    found = (_variant(_catalog_of(text), proposal) for text in texts)
    return next((variant for variant in found if variant is not None), Variant(proposal.variant))


def _variant(catalog: ActionCatalog, proposal: Proposal) -> Variant | None:
    action = catalog.action(proposal.action)
    return next((variant for variant in action.variants if variant.name == proposal.variant), None) if action else None


@lru_cache(maxsize=16)
def _catalog_of(text: str) -> ActionCatalog:
    return read_actions(parse(text, CATALOG))

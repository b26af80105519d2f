"""The texts of a plan as a chain: each is hashed with all that is said of it and with the hash before, so that none can be
put in place of another, taken out of the middle, or dated anew without it showing.

Known limit: who can write the table can write a whole new chain, or take the last texts off the old one.  The hash is kept with
every decision, too, so that either shows once somebody has decided; before that, compare it with one that was noted elsewhere.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Link:
    """A row of table experiment_plans."""

    experiment: str
    version: int
    kept_at: int
    kept_by: str
    reason: str
    locked: bool
    plan: str
    hash: str

    @property
    def plain(self) -> dict[str, Any]:
        """The plan of this text; empty where it is no plan any more."""
        try:
            found = json.loads(self.plan)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def plan_text(plain: dict[str, Any]) -> str:
    """One text for each plan, whatever the order of its keys."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(link: Link, before: str) -> str:
    """SHA-256 of all that a row says and of the hash before; 64 hexadecimal digits."""
    said = [link.experiment, link.version, link.kept_at, link.kept_by, link.reason, link.locked, link.plan, before]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def broken_at(links: Sequence[Link]) -> int | None:
    """The first version of a plan that is not as it was kept, or before which one is gone; None where the chain holds."""
    before = ""
    for place, link in enumerate(links, 1):
        if link.version != place or link.hash != hash_of(link, before):
            return place
        before = link.hash
    return None

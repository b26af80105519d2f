"""Deleting what the ledger holds of customers, when they are to be forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass

from journey.actions.ledger.facts import KEPT
from journey.actions.ledger.rows import changing
from journey.warehouse import Warehouse, quote

THEIRS = "select proposal from proposals where customer_id in (select unnest($ids::varchar[]))"
WHERE = {
    "deliveries": f"proposal in ({THEIRS})",
    "action_steps": f"proposal in ({THEIRS})",
    "action_refusals": "customer_id in (select unnest($ids::varchar[]))",
    "proposals": "customer_id in (select unnest($ids::varchar[]))",
}


@dataclass(frozen=True)
class Forgotten:
    """How many rows were deleted."""

    proposals: int
    steps: int
    deliveries: int
    refusals: int

    def as_plain(self) -> dict[str, int]:
        return {"proposals": self.proposals, "steps": self.steps, "deliveries": self.deliveries, "refusals": self.refusals}


def forget(con: Warehouse, customer_ids: Sequence[str]) -> Forgotten:
    """Delete every proposal, step, delivery and refusal of these customers, and say how many rows that was.

    Name every id a person had: rows stand under the id that was theirs when they were written.  What is left keeps its
    order and its keys; a proposal for somebody who was forgotten can be booked anew.
    """
    bound = {"ids": list(customer_ids)}
    with changing(con):
        counts = {table: _delete(con, table, where, bound) for table, where in WHERE.items()}
        con.shared.pop(KEPT, None)
    return Forgotten(counts["proposals"], counts["action_steps"], counts["deliveries"], counts["action_refusals"])


def _delete(con: Warehouse, table: str, where: str, bound: dict[str, list[str]]) -> int:
    return int(con.connection.execute(f"delete from {quote(table)} where {where}", bound).fetchall()[0][0])

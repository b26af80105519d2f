"""What an event brought in: the mapped revenue, refunds taken off."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.rules import Binder, find_property
from journey.rules.match import NUMBERS
from journey.warehouse import Warehouse, quote, setting


@dataclass(frozen=True)
class Earned:
    """The revenue as it is mapped.

    column: of its property.  event: a step, or None for any that carries it.  refund: an event whose amounts go off.
    """

    column: str
    event: Any
    refund: str | None

    def sql(self, binder: Binder) -> str:
        """The amount of a row of `events e`; null where it brought none."""
        value = f"e.{quote(self.column)}"
        amount = value if self.event is None else f"case when {binder.match(self.event).sql} then {value} end"
        if self.refund is None:
            return amount
        return f"case when {binder.match(self.refund).sql} then -abs({value}) else {amount} end"


def read_earned(con: Warehouse) -> Earned | None:
    """None where no revenue is mapped, or the log never held it as a number of events."""
    mapped = setting(con, "revenue")
    if not isinstance(mapped, Mapping) or not mapped.get("property"):
        return None
    prop = find_property(con, str(mapped["property"]))
    if prop is None or prop.of != "event" or prop.type not in NUMBERS:
        return None
    return Earned(prop.column, mapped.get("event"), mapped.get("refund"))

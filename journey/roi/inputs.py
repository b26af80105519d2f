"""What goes into a sum of what something costs and brings: each input's meaning, unit, bounds, and the value that leaves it out."""

from dataclasses import dataclass

MOST = 1e12


@dataclass(frozen=True)
class Input:
    """One number that is put in.

    unit: customers | visitors | share (0 to 1) | money | money a month.  default: what holds where nothing is said, the
    value that leaves it out; None where it must be said.
    signed: a share whose spread may reach below 0: what is done may do harm.
    straight: the net grows in a straight line with it, so where it crosses zero follows from two points.
    models: in which it is used.
    """

    name: str
    label: str
    unit: str
    default: float | None
    models: tuple[str, ...]
    signed: bool = False
    straight: bool = True

    @property
    def is_share(self) -> bool:
        return self.unit == "share"

    @property
    def bounds(self) -> tuple[float, float]:
        """What one number may be, both included."""
        return 0.0, 1.0 if self.is_share else MOST

    @property
    def reach(self) -> tuple[float, float]:
        """What a spread may reach."""
        return (-1.0, 1.0) if self.signed else self.bounds


KEEP, SELL, PUBLISHED = "retention", "conversion", "saved_only"
BOTH = (KEEP, SELL)
EVERY = (KEEP, SELL, PUBLISHED)

INPUTS: tuple[Input, ...] = (
    Input("lift", "Lift", "share", None, EVERY, signed=True),
    Input("churn", "Churn a month", "share", None, (KEEP, PUBLISHED), straight=False),
    Input("revenue_per_month", "Revenue per customer and month", "money a month", None, (KEEP, PUBLISHED)),
    Input("margin", "Margin", "share", 1.0, BOTH),
    Input("adoption", "Adoption", "share", 1.0, (KEEP,)),
    Input("recall", "Leavers found in time", "share", 1.0, (KEEP,)),
    Input("cost_per_treated", "Cost per customer treated", "money", 0.0, EVERY),
    Input("customers", "Customers", "customers", None, (KEEP, PUBLISHED)),
    Input("treated", "Customers treated a month", "share", 1.0, (KEEP,)),
    Input("tool_per_month", "Running cost a month", "money a month", 0.0, EVERY),
    Input("setup", "Set-up", "money", 0.0, BOTH),
    Input("discount", "Discount a month", "share", 0.0, BOTH, straight=False),
    Input("fade", "Share of the lift lost a month", "share", 0.0, BOTH, straight=False),
    Input("visitors_per_month", "Visitors a month", "visitors", None, (SELL,)),
    Input("conversion", "Conversion today", "share", None, (SELL,)),
    Input("value_per_order", "Value per order", "money", None, (SELL,)),
)
"""In the order in which they take their random numbers: the same seed gives an input the same ones, whatever else is asked."""

NAMED = {one.name: one for one in INPUTS}

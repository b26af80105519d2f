"""What stands for an input that the log says nothing of: a placeholder, said to be one, and never what somebody sells."""

from dataclasses import dataclass
from typing import Any

from journey.roi.inputs import NAMED
from journey.roi.log.ranges import slider
from journey.roi.log.result import Assumption
from journey.roi.written import read_spread


@dataclass(frozen=True)
class Placeholder:
    """spread: as a question takes it.  sentence: why it stands there, and what would be better.  range: low, high, step of
    its slider; None for one about the value."""

    spread: Any
    sentence: str
    range: tuple[float, float, float] | None = None


PLACEHOLDERS = {
    "lift": Placeholder(
        {"low": 0.0, "mode": 0.05, "high": 0.1},
        "Assumed, from no effect to one leaver in ten kept: only an experiment tells. Take its result here, or plan one.",
        (0.0, 0.5, 0.005),
    ),
    "churn": Placeholder(0.05, "Assumed: the log is too short to see customers go."),
    "revenue_per_month": Placeholder(10.0, "Assumed: no revenue is mapped, so nothing says what a customer brings. Put your own figure."),
    "margin": Placeholder(0.5, "Assumed: no log says what is left of revenue. Ask finance for the share after all that grows with it."),
    "adoption": Placeholder(
        {"low": 0.3, "mode": 0.5, "high": 0.7}, "Assumed: the share of those treated who take it up. A trial, or the ledger, tells."
    ),
    "recall": Placeholder(1.0, "Assumed: everybody is treated, so every leaver is among them. A model in use would find a part of them."),
    "treated": Placeholder(1.0, "Assumed: everybody is treated every month. A model in use would choose fewer."),
    "cost_per_treated": Placeholder(
        0.1, "Assumed: a message; a call or a voucher costs more, what is given away included. Put your own figure.", (0.0, 10.0, 0.1)
    ),
    "customers": Placeholder(1_000.0, "Assumed: nothing is loaded, so nobody can be counted."),
    "tool_per_month": Placeholder(500.0, "Assumed: licences and people that it takes each month. Put your own figure."),
    "setup": Placeholder(5_000.0, "Assumed: what it takes to build and to start. Put your own figure."),
    "discount": Placeholder(
        0.01, "Assumed: money a month later is worth 1% less, about 12% a year. Finance knows yours.", (0.0, 0.05, 0.001)
    ),
    "fade": Placeholder(
        0.0, "Assumed: the effect stays as it is. New things often fade; try what a twentieth a month does.", (0.0, 0.5, 0.01)
    ),
    "visitors_per_month": Placeholder(1_000.0, "Assumed: nobody came by in the last 30 days of the log."),
    "conversion": Placeholder(0.02, "Assumed: the log says of nobody that they bought. Name the goal, or map the revenue."),
    "value_per_order": Placeholder(50.0, "Assumed: no revenue is mapped, so nothing says what an order brings. Put your own figure."),
}


def assumed(name: str, sentence: str = "") -> Assumption:
    """The placeholder of an input; its sentence gives way to one that says more."""
    of, stands = NAMED[name], PLACEHOLDERS[name]
    spread = read_spread(stands.spread, of)
    low, high, step = stands.range or slider(of, spread.central, (spread.p10, spread.p90))
    return Assumption(name, spread.central, None, low, high, step, "assumed", sentence or stands.sentence, spread=stands.spread)

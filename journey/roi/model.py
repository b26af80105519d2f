"""Month by month: what comes in and what is spent, for any number of futures at once."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from journey.roi.inputs import KEEP, PUBLISHED, SELL
from journey.roi.question import RoiQuestion

Values = Mapping[str, np.ndarray]

DEFINITIONS = {
    KEEP: (
        "Month by month: customers x churn x recall x adoption x lift are saved and join the living, who shrink by churn; what comes in is "
        "the living x revenue x margin; what is spent is customers treated x adoption x cost per treated, and the running cost."
    ),
    SELL: (
        "Month by month: visitors x lift in the share that buys x value per order x margin comes in; what is spent is visitors x cost per "
        "treated, and the running cost."
    ),
    PUBLISHED: (
        "The published calculator: customers x churn x lift are saved and bring one month's revenue; what is spent is the running cost and "
        "the cost of those saved. Payback is three months' running cost over a month's net."
    ),
}
NOTES = {
    KEEP: (
        "Saved customers stay until they churn like everybody else, and nothing is reckoned after the last month. A customer who would "
        "have stayed anyway costs as much as one who is saved. Not reckoned: taxes, people's time unless it is put into set-up or running "
        "cost."
    ),
    SELL: (
        "One more order is one more order: orders brought forward, returns and what a customer buys later are not reckoned. Not reckoned: "
        "taxes, people's time unless it is put into set-up or running cost."
    ),
    PUBLISHED: (
        "The published calculator charges only the customers who are saved, not all who are treated to save them; counts one month's "
        "revenue for each; and has no margin, no set-up, no adoption and no uncertainty. So it makes nearly everything pay: compare it "
        "with the model of retention before you decide."
    ),
}


def months_of(question: RoiQuestion, values: Values) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(benefit, cost) of month 1, 2, ... without end, each (n,) or (1,), not discounted."""
    return {KEEP: _keep, SELL: _sell, PUBLISHED: _published}[question.model](question, values)


def _keep(_: RoiQuestion, values: Values) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    saved = values["customers"] * values["churn"] * values["recall"] * values["adoption"] * values["lift"]
    worth = values["revenue_per_month"] * values["margin"]
    cost = values["customers"] * values["treated"] * values["adoption"] * values["cost_per_treated"] + values["tool_per_month"]
    stays, lasts = 1 - values["churn"], 1 - values["fade"]
    living = np.zeros(1)
    while True:
        living = living * stays + saved
        yield living * worth, cost
        saved = saved * lasts


def _sell(question: RoiQuestion, values: Values) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    added = values["lift"] * values["conversion"] if question.lift_is == "relative" else values["lift"]
    benefit = values["visitors_per_month"] * added * values["value_per_order"] * values["margin"]
    cost = values["visitors_per_month"] * values["cost_per_treated"] + values["tool_per_month"]
    lasts = 1 - values["fade"]
    while True:
        yield benefit, cost
        benefit = benefit * lasts


def _published(_: RoiQuestion, values: Values) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    saved = values["customers"] * values["churn"] * values["lift"]
    benefit, cost = saved * values["revenue_per_month"], values["tool_per_month"] + saved * values["cost_per_treated"]
    while True:
        yield benefit, cost


@dataclass(frozen=True)
class Step:
    """One month of all futures: each (n,) or (1,).  month: from 0, the set-up.

    cumulative: of benefit - cost until its end; discounted: the same in today's money, of which worth and spent are the parts.
    """

    month: int
    benefit: np.ndarray
    cost: np.ndarray
    cumulative: np.ndarray
    discounted: np.ndarray
    worth: np.ndarray
    spent: np.ndarray


def steps(question: RoiQuestion, values: Values, months: int | None = None) -> Iterator[Step]:
    """Month 0 to the last, one in memory at a time."""
    nothing = np.zeros(1)
    setup, rate = values.get("setup", nothing), 1 / (1 + values.get("discount", nothing))
    cumulative, worth, spent, factor = 0.0 - setup, nothing, setup, np.ones(1)
    yield Step(0, nothing, setup, cumulative, cumulative, worth, spent)
    for month, (benefit, cost) in zip(range(1, (months or question.months) + 1), months_of(question, values), strict=False):
        factor = factor * rate
        cumulative = cumulative + benefit - cost
        worth, spent = worth + benefit * factor, spent + cost * factor
        yield Step(month, benefit, cost, cumulative, worth - spent, worth, spent)


def net(question: RoiQuestion, values: Values, months: int | None = None) -> np.ndarray:
    """(n,): what is left after all months, in today's money."""
    (last,) = deque(steps(question, values, months), maxlen=1)
    return last.discounted


def central_values(question: RoiQuestion) -> dict[str, np.ndarray]:
    """Every input at its median, (1,) each."""
    return {name: np.array([value]) for name, value in question.central.items()}

"""Reckoning it: one pass at central values, one over all futures, and what would have to be true."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.inference import wilson
from journey.roi.draws import draw
from journey.roi.inputs import KEEP, SELL
from journey.roi.model import DEFINITIONS, NOTES, Step, Values, central_values, steps
from journey.roi.payback import Waiting, in_months, pay_back
from journey.roi.question import RoiQuestion
from journey.roi.result import Drawn, Month, Roi
from journey.roi.story import story_of
from journey.roi.turning import swings, turning_points
from journey.scope import Scope
from journey.warehouse import Warehouse, one, setting

CUT = 0.01  # of a spread outside its bounds: more is worth a word
Triple = tuple[float, float, float]


def measure_roi(con: Warehouse, question: RoiQuestion, scope: Scope) -> Roi:
    """What this costs and brings, month by month, with its spread."""
    drawn = draw(question)
    centrals = list(steps(question, central_values(question)))
    bands, losing, waiting, nets = [], [], Waiting(), np.zeros(1)
    for step in steps(question, drawn):
        nets = step.discounted
        bands.append(_band(nets))
        losing.append(float((step.benefit - step.cost < 0).mean()))
        waiting.see(step.month, step.cumulative)
    months = tuple(_month(step, band, share) for step, band, share in zip(centrals, bands, losing, strict=True))
    total = float(centrals[-1].discounted[0])
    tornado, tornado_is = swings(question)
    return Roi(
        question=question,
        months=months,
        total=total,
        benefit=float(centrals[-1].worth[0]),
        cost=float(centrals[-1].spent[0]),
        drawn=_drawn(question, nets, bands[-1]),
        payback=pay_back(question, waiting.back(question.months), drawn),
        break_even=turning_points(question),
        tornado=tornado,
        tornado_is=tornado_is,
        note=NOTES[question.model],
        currency=currency_of(con),
        evidence=_evidence(con, question, scope, drawn),
    )


def currency_of(con: Warehouse) -> str | None:
    """As the workspace says; None where it says none."""
    found = (setting(con, "revenue") or {}).get("currency") or setting(con, "currency")
    return None if found is None else str(found)


def _band(nets: np.ndarray) -> Triple:
    p10, p50, p90 = np.quantile(nets, (0.1, 0.5, 0.9))
    return float(p10), float(p50), float(p90)


def _month(step: Step, band: Triple, losing: float) -> Month:
    benefit, cost = float(step.benefit[0]), float(step.cost[0])
    return Month(step.month, benefit, cost, benefit - cost, float(step.cumulative[0]), float(step.discounted[0]), *band, losing)


def _drawn(question: RoiQuestion, nets: np.ndarray, band: Triple) -> Drawn:
    """What chance made of the draws is put as if they were independent, which says too much rather than too little."""
    losing = float((nets < 0).mean())
    if not question.uncertain:
        return Drawn(*band, float(nets.mean()), 0.0, losing, 0.0, None)
    n = question.draws
    nets = np.broadcast_to(nets, n)  # one number where what is unsure does not touch the net
    error = math.sqrt(losing * (1 - losing) / n)
    return Drawn(*band, float(nets.mean()), float(nets.std(ddof=1)) / math.sqrt(n), losing, error, wilson(losing * n, n))


def _evidence(con: Warehouse, question: RoiQuestion, scope: Scope, drawn: Values) -> Evidence:
    of_draws = (
        f" P10, P50, P90 and the chance of a loss are over {question.draws:,} futures, seed {question.seed}; inputs are drawn "
        f"{'together where they are correlated' if question.correlate else 'independently of each other'}."
        if question.uncertain
        else " No input has a spread, so there is one future."
    )
    rate = question.central.get("discount", 0.0)
    told = f"discounted by {100 * rate:.3g}% a month" if rate else "not discounted"
    sentence = (
        f"{DEFINITIONS[question.model]} Over {in_months(question.months)}, {told}; central is the median of each input. Payback is not "
        f"discounted.{of_draws} Nothing is read from the log; times in UTC."
    )
    params, known = {**question.central, "months": question.months}, int(one(con, "select count(*) from customers"))
    return Evidence(sentence, story_of(question), params, known, data_until(con), _warnings(question, scope, drawn))


def _warnings(question: RoiQuestion, scope: Scope, drawn: Values) -> tuple[str, ...]:
    found = [f"The model {question.model!r} has no place for {name}, so it was left out." for name in question.left_out]
    if scope != Scope():
        found.append("What is put in says of whom this is; the scope changes nothing.")
    for name, spread in question.values:
        if spread.cut > CUT:
            found.append(
                f"{spread.cut:.0%} of the spread of {name} lay outside {spread.bounds[0]:g} to {spread.bounds[1]:g} and was cut off."
            )
    idle = [name for pair in question.correlate for name in pair[:2] if question.spread(name).is_fixed]
    found += [f"{name} is one number, so its correlation does nothing." for name in dict.fromkeys(idle)]
    return (*found, *_impossible(question, drawn))


def _impossible(question: RoiQuestion, drawn: Values) -> tuple[str, ...]:
    """What the inputs say together that cannot be, or hardly."""
    now = question.central
    if question.model == KEEP and now["churn"] * now["recall"] > now["treated"] * (1 + 1e-9):
        return (
            f"More leavers are reached ({now['churn'] * now['recall']:.1%} of customers a month) than customers are treated "
            f"({now['treated']:.1%}). Raise treated, or lower recall.",
        )
    if question.model == SELL and question.lift_is == "added" and "conversion" in drawn:
        share = float((drawn["conversion"] + drawn["lift"] > 1).mean())
        return (f"In {share:.0%} of the futures more than all would buy.",) if share else ()
    return ()


def roi_customers(con: Warehouse, question: RoiQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Nobody is behind a sum of money.

    Raises: QuestionError: always; the sentence says where customers are counted.
    """
    raise QuestionError(
        f"Nobody is behind a sum of money, so {dict(mark)} names no customers. Who is counted in an input: "
        '{"ask": "roi_inputs", "customers": {"input": "customers"}}.'
    )

"""Ranking options over the same futures: what they have in common has the same luck, what is their own has its own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.roi.draws import draw
from journey.roi.measure import currency_of
from journey.roi.model import net
from journey.roi.options.question import OptionsQuestion
from journey.roi.options.result import TOLD_APART, Option, Options
from journey.roi.payback import pay_back
from journey.roi.question import RoiQuestion
from journey.roi.scenarios import scenario
from journey.roi.story import story_of
from journey.scope import Scope
from journey.warehouse import Warehouse, one

QUANTILES = (0.1, 0.5, 0.9)


def measure_options(con: Warehouse, question: OptionsQuestion, scope: Scope) -> Options:
    """Each option's net per unit of effort, and in which share of the futures it brings more than the next.

    Raises: QuestionError: a scenario that is not kept.
    """
    asked = [_asked(con, question, place) for place in range(len(question.options))]
    alone = [_nets(each, 0) for each in asked]  # as the question of ROI draws it, so that both say the same of one option
    together = np.stack([_nets(each, place) / question.options[place].effort for place, each in enumerate(asked)])
    medians = [float(np.median(nets)) / one.effort for nets, one in zip(alone, question.options, strict=True)]
    order = sorted(range(len(asked)), key=lambda place: (-medians[place], question.options[place].name))
    ranked = tuple(_option(question, asked[place], alone[place], together, order, place) for place in order)
    return Options(
        ranked, question.effort_is, question.draws, question.seed, currency_of(con), _evidence(con, question, scope, asked, order[0])
    )


def options_customers(con: Warehouse, question: OptionsQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Nobody is behind a sum of money.

    Raises: QuestionError: always.
    """
    raise QuestionError(f"Nobody is behind a sum of money, so {dict(mark)} names no customers. Those of an input: ask roi_inputs.")


def _asked(con: Warehouse, question: OptionsQuestion, place: int) -> RoiQuestion:
    option = question.options[place]
    asked = option.question or scenario(con, option.scenario or "").asked
    return replace(asked, draws=question.draws, seed=question.seed, name=option.name)


def _nets(asked: RoiQuestion, own: int) -> np.ndarray:
    """(draws,): the net of each future, with luck of the option's own."""
    return np.broadcast_to(net(asked, draw(asked, own=own)), asked.draws)


def _option(question: OptionsQuestion, asked: RoiQuestion, nets: np.ndarray, together: np.ndarray, order: list[int], place: int) -> Option:
    """nets: (draws,) of this option.  together: (options, draws) per effort, of one luck.  order: places, the first in rank first."""
    rank, effort = order.index(place), question.options[place].effort
    back = pay_back(asked, np.array([np.inf]), draw(asked))
    p10, p50, p90 = (float(value) for value in np.quantile(nets, QUANTILES))
    last = rank + 1 == len(order)
    return Option(
        rank=rank + 1,
        name=question.options[place].name,
        effort=effort,
        months=asked.months,
        p10=p10,
        p50=p50,
        p90=p90,
        per_effort=(p10 / effort, p50 / effort, p90 / effort),
        p_loss=float((nets < 0).mean()),
        payback_month=back.month,
        why=back.why,
        beats_next=None if last else _beats(together[place], together[order[rank + 1]]),
        best=float((together[place] >= together.max(axis=0)).mean()),
    )


def _beats(mine: np.ndarray, other: np.ndarray) -> float:
    """Share of draws in which one is above the other; half where they are the same."""
    return float((mine > other).mean() + (mine == other).mean() / 2)


def _evidence(con: Warehouse, question: OptionsQuestion, scope: Scope, asked: list[RoiQuestion], best: int) -> Evidence:
    """best: place of the option ranked first."""
    definition = (
        f"Ranked by the median net per unit of effort ({question.effort_is}) over {question.draws:,} futures, seed {question.seed}; effort "
        "is not taken off the net. Options share the luck of what is the same for all (churn, revenue, margin, visitors); of lift, "
        f"adoption, recall and costs each has its own. Two are told apart where {TOLD_APART:.0%} of the futures put them in this order. "
        f"Nothing is read from the log; times in UTC. The SQL reckons {question.options[best].name!r} at central values."
    )
    first = asked[best]
    params = {**first.central, "months": first.months}
    months = sorted({each.months for each in asked})
    warnings = [f"The options are reckoned over different times ({', '.join(map(str, months))} months)."] if len(months) > 1 else []
    warnings += ["What is put in says of whom this is; the scope changes nothing."] if scope != Scope() else []
    known = int(one(con, "select count(*) from customers"))
    return Evidence(definition, story_of(first), params, known, data_until(con), tuple(warnings))

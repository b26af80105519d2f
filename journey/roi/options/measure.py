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
    nets = np.stack([np.broadcast_to(net(each, draw(each, own=place)), question.draws) for place, each in enumerate(asked)])
    efforts = np.array([each.effort for each in question.options])
    per_effort = nets / efforts[:, None]
    medians = np.median(per_effort, axis=1)
    order = sorted(range(len(asked)), key=lambda place: (-medians[place], question.options[place].name))
    ranked = tuple(_option(question, asked, nets, per_effort, order, rank) for rank in range(len(order)))
    return Options(ranked, question.effort_is, question.draws, question.seed, currency_of(con), _evidence(con, question, scope, asked))


def options_customers(con: Warehouse, question: OptionsQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Nobody is behind a sum of money.

    Raises: QuestionError: always.
    """
    raise QuestionError(f"Nobody is behind a sum of money, so {dict(mark)} names no customers. Those of an input: ask roi_inputs.")


def _asked(con: Warehouse, question: OptionsQuestion, place: int) -> RoiQuestion:
    option = question.options[place]
    asked = option.question or scenario(con, option.scenario or "").asked
    return replace(asked, draws=question.draws, seed=question.seed, name=option.name)


def _option(
    question: OptionsQuestion, asked: list[RoiQuestion], nets: np.ndarray, per_effort: np.ndarray, order: list[int], rank: int
) -> Option:
    place = order[rank]
    said, values = question.options[place], nets[place]
    back = pay_back(asked[place], np.array([np.inf]), draw(asked[place], own=place))
    p10, p50, p90 = (float(value) for value in np.quantile(values, QUANTILES))
    return Option(
        rank + 1, said.name, said.effort, asked[place].months, p10, p50, p90,
        (p10 / said.effort, p50 / said.effort, p90 / said.effort),
        float((values < 0).mean()), back.month, back.why,
        _beats(per_effort[place], per_effort[order[rank + 1]]) if rank + 1 < len(order) else None,
        float((per_effort[place] >= per_effort.max(axis=0)).mean()),
    )  # fmt: skip


def _beats(mine: np.ndarray, other: np.ndarray) -> float:
    """Share of draws in which one is above the other; half where they are the same."""
    return float((mine > other).mean() + (mine == other).mean() / 2)


def _evidence(con: Warehouse, question: OptionsQuestion, scope: Scope, asked: list[RoiQuestion]) -> Evidence:
    definition = (
        f"Ranked by the median net per unit of effort ({question.effort_is}) over {question.draws:,} futures, seed {question.seed}; effort "
        "is not taken off the net. Options share the luck of what is the same for all (churn, revenue, margin, visitors); of lift, "
        f"adoption, recall and costs each has its own. Two are told apart where {TOLD_APART:.0%} of the futures put them in this order. "
        "Nothing is read from the log; times in UTC."
    )
    first = asked[0]
    params = {**first.central, "months": first.months}
    months = sorted({each.months for each in asked})
    warnings = [f"The options are reckoned over different times ({', '.join(map(str, months))} months)."] if len(months) > 1 else []
    warnings += ["What is put in says of whom this is; the scope changes nothing."] if scope != Scope() else []
    known = int(one(con, "select count(*) from customers"))
    return Evidence(definition, story_of(first), params, known, data_until(con), tuple(warnings))

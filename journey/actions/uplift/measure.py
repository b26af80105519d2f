"""Whom an action helps: everybody is scored by models that had not seen them, and the order is held against random ones."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from journey.actions.catalog import actions_in_force
from journey.actions.effects.measure import ledger_height
from journey.actions.effects.weighed import weighed_difference
from journey.actions.uplift.apart import what_differs
from journey.actions.uplift.campaign import trial_of_campaign
from journey.actions.uplift.curve import Tried, area, best_area, qini_curve, uplift_auc
from journey.actions.uplift.learners import Learned, folds, learn_uplift, one_thread
from journey.actions.uplift.question import UpliftQuestion, in_words
from journey.actions.uplift.result import Added, Decile, Qini, Uplift
from journey.actions.uplift.trial import TREATED, Trial, only, trial_of_table
from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.inference.differences import difference_of_means
from journey.rules.held import hold
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse

REPEATS = 3  # foldings whose scores are averaged, so that one lucky folding decides nothing; of trees one, they take long
POINTS = 100
TENTHS = 10
TOP = (0.1, 0.2, 0.3, 0.5)
OF_TABLE = """-- What the action added on average: the outcome of each group.  The rows are those of the table in the question.
select {treatment} as done, count(*) as n, avg({outcome}) as mean, var_samp({outcome}) as variance
from rows_of_the_table
where {treatment} in ($treated, $control)
group by {treatment}"""


def measure_uplift(con: Warehouse, question: UpliftQuestion, scope: Scope) -> Uplift:
    """The average effect with its interval, and whether the action helps some more than others.

    Of a table the scope says nothing; of an action it says which decisions count, and of whom.
    Raises: QuestionError: an action without a campaign, columns that are not there.  LoadError: a file that cannot be read.
    """
    if question.action is not None:
        return hold(
            con,
            "uplift",
            (question, scope, actions_in_force(con).actions, ledger_height(con)),
            lambda: _of_action(con, question, scope),
            most=8,
        )
    return _judged(question, trial_of_table(question), _evidence_of_table(con, question))


def uplift_customers(con: Warehouse, question: UpliftQuestion, scope: Scope, mark: Mapping[str, object]) -> People:
    """Who is behind a mark: {"decile": 1 to 10}; {} is everybody scored.

    Raises: QuestionError: another mark; a table without a column of customers.
    """
    refuse_unknown(mark, ("decile",), "customers of an uplift")
    number = mark.get("decile")
    if number is not None and (isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= TENTHS):
        raise QuestionError(f'"decile" is {number!r}; it is a whole number, 1 (the highest predicted uplift) to {TENTHS}.')
    found = measure_uplift(con, question, scope)
    if found.ids is None:
        raise QuestionError('The table names no customers. Say in "customer" which column holds their ids.')
    chosen = found.decile == number if number is not None else np.ones(len(found.ids), bool)
    return People(tuple(sorted({one for one, inside in zip(found.ids, chosen, strict=True) if inside})))


def _of_action(con: Warehouse, question: UpliftQuestion, scope: Scope) -> Uplift:
    trial, evidence = trial_of_campaign(con, question, scope)
    return _judged(question, trial, evidence)


def _judged(question: UpliftQuestion, trial: Trial, evidence: Evidence) -> Uplift:
    compared = only(trial, trial.compared)
    people = len(np.unique(compared.person))
    evidence = replace(evidence, population=people, warnings=(*evidence.warnings, *trial.warnings))
    bare = Uplift(question, evidence, trial.treated, trial.control, _added(compared), people, trial.missing(), ids=compared.ids)
    if bare.missing:
        return replace(bare, decile=np.zeros(len(compared), int))
    rng = np.random.default_rng(question.seed)
    with one_thread():
        scored, score = _scored(question, trial)
    those = Tried(scored.outcome, scored.arm == 1, 1 / scored.chance)
    tenth = _tenths(score)
    return replace(
        bare,
        qini=_qini(those, score, scored.person, question.draws, rng),
        uplift_auc=uplift_auc(those, score),
        top=tuple((share, _added(only(scored, _first(score, share)))) for share in TOP),
        deciles=tuple(_decile(scored, score, tenth, number) for number in range(1, TENTHS + 1)),
        differs=what_differs(scored, score),
        score=score,
        decile=tenth,
        ids=scored.ids,
    )


def _scored(question: UpliftQuestion, trial: Trial) -> tuple[Trial, np.ndarray]:
    """The compared rows that are scored, and what the action is predicted to add to each, by models that had not seen the customer."""
    rows, compared = trial.learned(), trial.compared
    if question.split == "halves":
        test = folds(len(rows), question.seed, rows.group, parts=2)[0]
        score = learn_uplift(rows.where(~test), question.learner, question.base, question.seed)(trial.values[test & compared])
        return only(trial, test & compared), score
    repeats = REPEATS if question.base == "logistic" else 1
    total = sum((_out_of_fold(rows, question, question.seed + number) for number in range(repeats)), np.zeros(len(rows)))
    weight = 1 / rows.chance[compared]
    treated = rows.arm[compared] == TREATED
    means = [np.average(rows.outcome[compared][arm], weights=weight[arm]) for arm in (treated, ~treated)]
    return only(trial, compared), total[compared] / repeats + means[0] - means[1]


def _out_of_fold(rows: Learned, question: UpliftQuestion, seed: int) -> np.ndarray:
    """(n,) scores by models that had not seen the customer, with the same mean in each fold.

    A fold in which the action happened to do well leaves the others, from which its model learns, with less: left as they are,
    the means of the folds would run against what came.
    """
    score = np.zeros(len(rows))
    for fold in folds(len(rows), seed, rows.group):
        found = learn_uplift(rows.where(~fold), question.learner, question.base, seed)(rows.values[fold])
        score[fold] = found - found.mean()
    return score


def _qini(those: Tried, score: np.ndarray, person: np.ndarray, draws: int, rng: np.random.Generator) -> Qini:
    """The order by score beside orders at random, in which all rows of a customer have one place."""
    best, share = best_area(those), np.linspace(0, 1, POINTS + 1)
    everybody = float(those.weight[those.treated].sum())  # the curve counts those treated, each for as many as they stand for
    place = np.unique(person, return_inverse=True)[1]

    def judged(order: np.ndarray) -> tuple[float, np.ndarray]:
        rows, added = qini_curve(those, order)
        return area(rows, added) / best if best else 0.0, np.interp(share * len(those), rows, added) / everybody

    null = [judged(rng.random(int(place.max()) + 1)[place]) for _ in range(draws)]
    low, high = np.quantile(np.array([curve for _, curve in null]), [0.025, 0.975], axis=0)
    coefficient, added = judged(score)
    return Qini(coefficient, np.array([one for one, _ in null]), share, added, low, high)


def _first(score: np.ndarray, share: float) -> np.ndarray:
    chosen = np.zeros(len(score), bool)
    chosen[np.argsort(score, kind="mergesort")[::-1][: int(len(score) * share)]] = True
    return chosen


def _tenths(score: np.ndarray) -> np.ndarray:
    """(n,) from 1, the highest scores, to 10."""
    order = np.argsort(score, kind="mergesort")[::-1]
    tenth = np.empty(len(score), int)
    tenth[order] = np.arange(len(score)) * TENTHS // len(score) + 1
    return tenth


def _decile(scored: Trial, score: np.ndarray, tenth: np.ndarray, number: int) -> Decile:
    inside = tenth == number
    return Decile(number, len(np.unique(scored.person[inside])), float(score[inside].mean()), _added(only(scored, inside)))


def _added(rows: Trial) -> Added:
    """Welch where every row is a customer of its own and all had the same chance; else weighed, with errors by customer."""
    treated = rows.arm == 1
    first, second = rows.outcome[treated], rows.outcome[~treated]
    n1, n2 = len(first), len(second)
    if n1 == 0 or n2 == 0:
        return Added(n1, n2, _mean(first), _mean(second), None, None)
    alike = len(np.unique(rows.chance[treated])) == 1 and len(np.unique(rows.chance[~treated])) == 1
    if alike and len(np.unique(rows.person)) == len(rows):
        means = float(first.mean()), float(second.mean())
        spread = [float(part.var(ddof=1)) if len(part) > 1 else 0.0 for part in (first, second)]
        found = difference_of_means(means[0], spread[0], n1, means[1], spread[1], n2)
        return Added(n1, n2, *means, means[0] - means[1], None if found is None else (found[1], found[2]))
    weighed = weighed_difference(rows.outcome, treated, 1 / rows.chance, rows.person)
    if weighed is None:
        return Added(n1, n2, _mean(first), _mean(second), None, None)
    return Added(n1, n2, weighed.treated, weighed.control, weighed.mean, weighed.interval)


def _mean(values: np.ndarray) -> float | None:
    return float(values.mean()) if len(values) else None


def _evidence_of_table(con: Warehouse, question: UpliftQuestion) -> Evidence:
    named = question.treatment, question.outcome
    sql = OF_TABLE.format(**{key: '"' + name.replace('"', '""') + '"' for key, name in zip(("treatment", "outcome"), named, strict=True)})
    params: dict[str, Any] = {"treated": question.treated, "control": question.control}
    definition = (
        f"What {question.treatment!r} adds to the mean of {question.outcome!r}, treated less control, with its 95% interval (Welch); "
        f"and whether it adds more to some: {in_words(question)} Times, where there are any, in UTC."
    )
    return Evidence(definition, sql, params, 0, data_until(con))

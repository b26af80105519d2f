"""What an action is expected to add for each customer, where it was seen to help some more than others; else nothing is said.

Learned from the campaign that the log holds, or from our own ledger, by a DR-learner whose last step is linear: what is kept
of it are plain numbers, made anew for each version of the facts.  Known limits: the further a customer is from those decided
on then, the less it says; its error grows with that, but not for what no feature tells.  Where effects differ little, each is
drawn toward the mean: of simulated 95% intervals 88 in 100 then held the truth, and 94 to 96 where they differ much, or not
at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from journey.actions.catalog import ActionCatalog, actions_in_force
from journey.actions.effects import Effect, Effects
from journey.actions.effects.measure import ledger_height
from journey.actions.logged.seen import LOOKBACK
from journey.actions.uplift.campaign import trial_in
from journey.actions.uplift.learners import RIDGES, doubly_robust, one_thread
from journey.actions.uplift.measure import measure_uplift
from journey.actions.uplift.own import tried_in, uplift_actions
from journey.actions.uplift.question import UpliftQuestion
from journey.actions.uplift.result import HETEROGENEOUS, Qini
from journey.actions.uplift.trial import Trial
from journey.features import Feature, take_snapshot
from journey.inference import Z95
from journey.rules import Binder
from journey.rules.held import hold
from journey.rules.staged import stages_in_force
from journey.rules.stages_then import staged_then
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

EVERYONE = Scope()
STAGE = "stage: "
THEIRS = "select customer, id from customers where id in (select unnest($ids::varchar[])) order by customer"


@dataclass(frozen=True, eq=False)
class LearnedUplift:
    """added(x) = mean + (x - middle) / scale @ weights, in chance of the outcome.

    names: of the k columns: features, then stages.  covariance: (k + 1, k + 1) of mean and weights.  qini: why it is believed.
    decisions: from how many it was learned.
    """

    action: str
    names: tuple[str, ...]
    features: tuple[Feature, ...]
    mean: float
    weights: np.ndarray
    middle: np.ndarray
    scale: np.ndarray
    covariance: np.ndarray
    decisions: int
    qini: Qini

    def of(self, con: Warehouse, customers: Sequence[str] | None, as_of: int) -> dict[str, tuple[float, float]]:
        """Customer -> (what it is expected to add to the chance of the outcome, its standard error); without those unknown then.

        customers: their ids, None for everybody.
        """
        look = take_snapshot(con, as_of, LOOKBACK, customers=None if customers is None else list(customers), like=self.features)
        stage = _stages(con, look.ids, as_of)
        here = [name.removeprefix(STAGE) for name in self.names[len(self.features) :]]
        in_stage = np.array([[float(stage.get(one) == name) for name in here] for one in look.ids]).reshape(look.people, len(here))
        mean, error = self.added(np.column_stack([look.values, in_stage]))
        return {one: (float(mean[place]), float(error[place])) for place, one in enumerate(look.ids)}

    def added(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """values (n, k) -> (n,) expected, (n,) standard errors."""
        columns = np.column_stack([np.ones(len(values)), (values - self.middle) / self.scale])
        mean = columns @ np.append(self.mean, self.weights)
        return mean, np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", columns, self.covariance, columns), 0.0))

    def as_plain(self) -> dict[str, Any]:
        """What it rests on, the columns that move it most first."""
        order = np.argsort(-np.abs(self.weights))
        moved: list[Mapping[str, Any]] = [{"feature": self.names[k], "by_one_sd": float(self.weights[k])} for k in order]
        return {"action": self.action, "mean": self.mean, "decisions": self.decisions, "weights": moved, "qini": self.qini.coefficient}


def learned_uplift(con: Warehouse, action: str, scope: Scope = EVERYONE) -> LearnedUplift | None:
    """What the action adds to each customer, as a model; None where it has no campaign, or helps all alike as far as can be told.

    Takes seconds at the first call; then held as long as the facts and the catalog are the same.
    Raises: QuestionError: no such action.
    """
    return hold(
        con,
        "learned uplift",
        (action, scope, actions_in_force(con).actions, ledger_height(con)),
        lambda: _learned(con, action, scope),
        most=16,
    )


def with_personal(con: Warehouse, effects: Effects, catalog: ActionCatalog, scope: Scope, as_of: int) -> Effects:
    """The effects, with each customer's own where the guardrails ask for it and an action was seen to help some more than others."""
    if not catalog.guardrails.personal:
        return effects
    until = Scope(stop=scope.stop)
    return hold(
        con, "personal effects", (effects, catalog, until, as_of), lambda: _with_personal(con, effects, catalog, until, as_of), most=2
    )


def _with_personal(con: Warehouse, effects: Effects, catalog: ActionCatalog, scope: Scope, as_of: int) -> Effects:
    found: dict[tuple[str, str], Effect] = {}
    for name in uplift_actions(con, scope):
        learned, whole = learned_uplift(con, name, scope), effects.of(name)
        if learned is not None and whole.source == "experiment":
            added = learned.of(con, None, as_of).items()
            found |= {(name, one): replace(whole, mean=mean, sd=sd, told=_told(mean, sd, learned)) for one, (mean, sd) in added}
    return replace(effects, personal=found)


def _told(mean: float, sd: float, learned: LearnedUplift) -> str:
    low, high = mean - Z95 * sd, mean + Z95 * sd
    return (
        f"By experiment, for customers who look like this one: {100 * mean:+.1f} points [{100 * low:+.1f}, {100 * high:+.1f}], "
        f"learned from {learned.decisions:,} decisions."
    )


def _learned(con: Warehouse, action: str, scope: Scope) -> LearnedUplift | None:
    question = UpliftQuestion(action=action)
    judged = measure_uplift(con, question, scope)
    if judged.verdict != HETEROGENEOUS or judged.qini is None:
        return None
    trial, features = trial_in(con, tried_in(con, action, scope))
    return _fitted(action, trial, features, judged.qini, question)


def _fitted(action: str, trial: Trial, features: tuple[Feature, ...], qini: Qini, question: UpliftQuestion) -> LearnedUplift:
    from sklearn.linear_model import RidgeCV

    middle, spread = trial.values.mean(axis=0), trial.values.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    columns = (trial.values - middle) / scale
    with one_thread():
        effect = doubly_robust(trial.learned(), question.base, question.seed)
        model = RidgeCV(alphas=RIDGES).fit(columns, effect)
    whole = np.column_stack([np.ones(len(columns)), columns])
    penalty = np.diag([0.0, *([float(model.alpha_)] * columns.shape[1])])
    left = effect - whole @ np.append(model.intercept_, model.coef_)
    covariance = _clustered(whole, left, trial.person, penalty)
    weights = model.coef_.astype(float)
    return LearnedUplift(action, trial.names, features, float(model.intercept_), weights, middle, scale, covariance, len(trial), qini)


def _clustered(whole: np.ndarray, left: np.ndarray, person: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """Of intercept and weights, where one customer may stand in several rows, and with what the ridge may have taken away.

    Sources: Liang, Zeger 1986, Biometrika 73, 13 (the sandwich); the penalty as a prior's precision: Hastie, Tibshirani,
    Friedman 2009, "The Elements of Statistical Learning", 3.4.1.
    """
    bread = np.linalg.pinv(whole.T @ whole + penalty)
    place = np.unique(person, return_inverse=True)[1]
    scores = np.zeros((int(place.max()) + 1, whole.shape[1]))
    np.add.at(scores, place, whole * left[:, None])
    return bread @ (scores.T @ scores + float((left**2).mean()) * penalty) @ bread


def _stages(con: Warehouse, ids: Sequence[str], as_of: int) -> dict[str, str]:
    """Customer -> the stage they are in at a moment."""
    theirs = ask_sql(con, THEIRS, {"ids": list(ids)}).with_row_index("occasion")
    occasions = theirs.with_columns(pl.col("occasion").cast(pl.Int32), at=pl.lit(as_of, pl.Int64))
    stages = stages_in_force(con)
    found = staged_then(Binder(con), stages, occasions).join(occasions, on="occasion")
    return {one: stages[place].name for one, place in found.select("id", "stage").iter_rows() if place is not None and place >= 0}

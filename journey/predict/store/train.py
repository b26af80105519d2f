"""Training every prediction that a log can answer: a challenger each, put in use only where it wins on later customers."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.answers import extent
from journey.errors import QuestionError
from journey.inference.drift import spread_of
from journey.inference.fairness import Fairness, measure_fairness
from journey.predict.measure import SEED, Look, measure_predict
from journey.predict.named import Named, named_predictions
from journey.predict.result import Prediction, Proof
from journey.predict.store.drifting import spreads_of
from journey.predict.store.duel import Verdict, judge
from journey.predict.store.files import keep_plain
from journey.predict.store.groups import groups_of
from journey.predict.store.looking import EVERYONE, look_as
from journey.predict.store.record import Proved, Record, keep_record, readable_record
from journey.predict.store.scoring import score
from journey.predict.store.states import CHALLENGER, RETIRED, champion, enter, next_version, now, promote
from journey.predict.tiers import TIERS
from journey.rules import nearest
from journey.scope import wall_clock
from journey.warehouse import SCORED, Warehouse, dataset_version, one_moment, write

Progress = Callable[[str, str], None]
"""Told of (the prediction's name, what is being done)."""
ATTEMPT = "attempt"
_one_at_a_time = threading.Lock()  # versions are numbered in the order in which they come


@dataclass(frozen=True)
class Trained:
    """What became of one prediction.  version: None where there was not enough to learn from; state: as in table models."""

    name: str
    version: int | None
    state: str
    reason: str
    seconds: float

    @property
    def sentence(self) -> str:
        if self.version is None:
            return f"{self.name}: not trained. {self.reason}"
        told = {"champion": "in use", "challenger": "kept as a challenger", "retired": "retired"}[self.state]
        return f"{self.name}: version {self.version} is {told}. {self.reason}"


def train(con: Warehouse, names: Sequence[str] | None = None, progress: Progress | None = None) -> tuple[Trained, ...]:
    """Learn every named prediction anew, put those in use that win, and score everybody with the models in use.

    The same data and seed give the same numbers.
    Raises: QuestionError: a name that no prediction has.
    """
    tell = progress or (lambda name, doing: None)
    with _one_at_a_time:
        told = tuple(_train_one(con, named, tell) for named in _chosen(con, names))
        for name in [one.name for one in told if champion(con, one.name) is not None]:
            tell(name, "scoring customers")
            score(con, [name], explain=True)
        con.shared[SCORED] = con.shared.get(SCORED, 0) + 1  # cards tell of those that are not in use, too
    return told


def _chosen(con: Warehouse, names: Sequence[str] | None) -> list[Named]:
    known = named_predictions(con)
    for name in names or ():
        if name not in known:
            listed = ", ".join(map(repr, known)) or "none: the workspace holds no events"
            raise QuestionError(f"No prediction is named {name!r}.{nearest(name, list(known))} Known are: {listed}.")
    return [named for name, named in known.items() if names is None or name in names]


def _train_one(con: Warehouse, named: Named, tell: Progress) -> Trained:
    started = time.perf_counter()
    tell(named.name, "learning and testing")
    with one_moment(con):
        prediction = measure_predict(con, named.asked, EVERYONE)
        keep = {"at": wall_clock(), "dataset": dataset_version(con), "missing": prediction.enough}
        if prediction.proof is not None:
            record, test = _recorded(con, named.name, prediction, prediction.proof)
            tell(named.name, "comparing with what is in use")
            used = champion(con, named.name)
            verdict = judge(con, record, test, readable_record(con, named.name, None if used is None else used.version)[0])
    keep_plain(con, named.name, ATTEMPT, keep)
    if prediction.proof is None:
        return Trained(named.name, None, "", f"Not enough to learn from yet: {prediction.enough}.", time.perf_counter() - started)
    keep_record(con, record)
    _enter(con, record, verdict)
    return Trained(named.name, record.version, verdict.state, verdict.reason, time.perf_counter() - started)


def _enter(con: Warehouse, record: Record, verdict: Verdict) -> None:
    """Challengers before it give way; it takes its own state."""
    with write(con):
        for change in now(con, record.name):
            if change.state == CHALLENGER:
                enter(con, record.name, change.version, RETIRED, f"Version {record.version} was trained after it.")
        enter(con, record.name, record.version, CHALLENGER if verdict.state == "champion" else verdict.state, verdict.reason)
    if verdict.state == "champion":
        promote(con, record.name, record.version, verdict.reason)


def _recorded(con: Warehouse, name: str, prediction: Prediction, proof: Proof) -> tuple[Record, Look]:
    """The version as it will be kept, and the customers of its test."""
    held, plan, scored = extent(con), prediction.plan, prediction.scored
    if held is None or plan is None or scored is None or prediction.fitted is None or prediction.trial is None:
        raise QuestionError(f"The prediction {name!r} was proved without a plan or a model. Train it anew.")
    made: dict[str, Any] = {
        "name": name, "version": next_version(con, name), "trained_at": wall_clock(), "dataset": dataset_version(con),
        "first": held[0], "last": held[1], "seed": SEED, "outcome": prediction.outcome, "lookback": prediction.question.lookback,
        "capacity": prediction.question.capacity, "plan": plan, "features": scored.features, "fitted": prediction.fitted,
        "trial": prediction.trial, "proof": _proved(proof), "earlier": tuple(_proved(one) for one in prediction.earlier),
        "scored": spread_of(proof.probability),
    }  # fmt: skip
    bare = Record(**made, spreads=(), fairness=())
    test = look_as(con, bare, plan.test)
    return Record(**made, spreads=spreads_of(test.raw), fairness=_fairness(con, test, proof, bare.capacity)), test


def _proved(proof: Proof) -> Proved:
    return Proved(proof.as_of, proof.model, proof.recency, proof.majority, proof.thresholds())


def _fairness(con: Warehouse, test: Look, proof: Proof, capacity: int) -> tuple[Fairness, ...]:
    """By each group there is.  Chosen: those of the high tier, or as many as a team can reach where those are more."""
    p, (_, least) = proof.probability, TIERS[0]
    chosen, told = p >= least, f"those with a chance from {least:.0%}"
    if chosen.sum() < capacity:
        chosen = np.zeros(len(p), dtype=bool)
        chosen[np.argsort(-p, kind="stable")[:capacity]] = True
        told = f"the {min(capacity, len(p)):,} with the highest chances"
    groups = groups_of(con, test.rows.person, test.as_of)
    return tuple(measure_fairness(by, group, proof.label, p, chosen, told) for by, group in groups.items())

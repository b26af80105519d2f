"""What a prediction says of everybody: by the model in use where one is kept, else learned now; and whether to rank by it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from journey.answers import Evidence
from journey.errors import QuestionError, WorkspaceError
from journey.features import Feature, take_snapshot
from journey.predict import Fitted, Named, Outcome, Prediction, PredictQuestion, Treated, measure_predict, named_predictions
from journey.predict.fitting import Rows
from journey.predict.measure import Look, score_look
from journey.predict.measures import Metrics
from journey.predict.outcome import in_words, labels_sql
from journey.predict.reasons import Reason
from journey.predict.store import Record, champion, kept_record
from journey.predict.store.files import kept_plain
from journey.predict.store.looking import end_of_data, score_with
from journey.predict.store.train import ATTEMPT
from journey.rules import Binder
from journey.rules.match import nearest
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, dataset_version

LEAST_AUC = 0.6
SCORES = """
select c.id, c.customer, s.probability, s.low, s.high
from scores s
join customers c on c.id = s.customer_id
where s.name = $name and s.version = $version and s.dataset = $dataset and s.as_of = $as_of
order by s.probability desc, c.id"""
NOBODY = pl.DataFrame(schema={"id": pl.String, "customer": pl.Int32, "probability": pl.Float64, "low": pl.Float64, "high": pl.Float64})


@dataclass(frozen=True, eq=False)
class Proven:
    """The proof on later customers.  recency: of what silence alone says.  thresholds: what treating from each on would catch."""

    as_of: int
    model: Metrics
    recency: Metrics
    thresholds: tuple[Treated, ...]


@dataclass(frozen=True, eq=False)
class Standing:
    """named: the prediction.  scores: id, customer, probability, low, high, the highest chance first.

    version: of the model that is kept, None of one learned now.  refused: why nobody may be ranked by it, "" where they may.
    learnable: whether learning now might change that.
    """

    named: Named
    outcome: Outcome
    as_of: int
    scores: pl.DataFrame = field(default_factory=lambda: NOBODY)
    features: tuple[Feature, ...] = ()
    fitted: Fitted | None = None
    lookback: int | None = None
    tested: Proven | None = None
    version: int | None = None
    refused: str = ""
    learnable: bool = False

    def reasons(self, con: Warehouse, ids: Sequence[str]) -> dict[str, tuple[Reason, ...]]:
        """Id -> every feature of these customers with what it adds, against the typical customer."""
        if self.fitted is None or not ids:
            return {}
        seen = take_snapshot(con, self.as_of, self.lookback, customers=ids, like=self.features)
        nothing = np.zeros(seen.people)
        look = Look(self.as_of, seen.ids, seen.raw, nothing, Rows(seen.values, nothing.astype(int), seen.customers))
        scored = score_look(self.fitted, self.features, look)
        return {one.customer: one.reasons for one in scored.top(len(scored))}


def stand(con: Warehouse, model: str, capacity: int, scope: Scope, learn: bool = True) -> Standing:
    """The prediction of this name as of the scope's stop, of everybody.

    At the data's end the model in use answers; without one, and as of an earlier moment, one is learned from what was
    known by then, unless not to `learn`.
    Raises: QuestionError: no prediction of that name.
    """
    named = find_named(con, model)
    used = champion(con, named.name)
    if used is not None and scope.stop in (None, end_of_data(con)):
        try:
            return _by_kept(con, named, kept_record(con, named.name, used.version))
        except WorkspaceError as fault:  # its file is gone, or of another shape: the sentence says so
            return Standing(named, named.outcome, end_of_data(con), refused=str(fault), learnable=True)
    if not learn:
        attempt = kept_plain(con, named.name, ATTEMPT) or {}
        missing = str(attempt.get("missing", ""))
        why = f"Not enough to learn from yet: {missing}." if missing else "No model has been learned yet."
        return Standing(named, named.outcome, end_of_data(con), refused=why, learnable=not missing)
    everyone = Scope(None, scope.stop, scope.timezone)
    return _learned(named, measure_predict(con, PredictQuestion(named.name, capacity=capacity), everyone), scope, end_of_data(con))


def find_named(con: Warehouse, model: str) -> Named:
    known = named_predictions(con)
    if model not in known:
        listed = ", ".join(map(repr, known)) or "none that this log can tell"
        raise QuestionError(f"No prediction is named {model!r}.{nearest(model, list(known))} Known are: {listed}.")
    return known[model]


def _by_kept(con: Warehouse, named: Named, record: Record) -> Standing:
    """The kept scores where they are of the data as they are, else everybody scored anew."""
    as_of = end_of_data(con)
    of = {"name": record.name, "version": record.version, "dataset": dataset_version(con), "as_of": as_of}
    scores = ask_sql(con, SCORES, of)
    if scores.is_empty():
        scored = score_with(con, record)
        told = {"id": scored.ids, "customer": scored.customers, "probability": scored.probability, "low": scored.low, "high": scored.high}
        scores = pl.DataFrame(told, schema=NOBODY.schema)
    proof = record.proof
    tested = Proven(proof.as_of, proof.model, proof.recency, proof.thresholds)
    why = refused(proof.model, record.fitted)
    return Standing(
        named, record.outcome, as_of, scores, record.features, record.fitted, record.lookback, tested, record.version, why, bool(why)
    )


def _learned(named: Named, found: Prediction, scope: Scope, end: int) -> Standing:
    as_of = end if scope.stop is None else scope.stop
    scored, proof, fitted = found.scored, found.proof, found.fitted
    if scored is None or proof is None or fitted is None:
        return Standing(named, found.outcome, as_of, refused=f"Not enough to learn from yet: {found.enough}.")
    told = {"id": scored.ids, "customer": scored.customers, "probability": scored.probability, "low": scored.low, "high": scored.high}
    tested = Proven(proof.as_of, proof.model, proof.recency, proof.thresholds())
    scores = pl.DataFrame(told, schema=NOBODY.schema)
    why, lookback = refused(proof.model, fitted), found.question.lookback
    return Standing(named, found.outcome, as_of, scores, scored.features, fitted, lookback, tested, None, why)


def refused(metrics: Metrics, fitted: Fitted) -> str:
    """Why nobody may be ranked by it; "" where it put later customers into an order clearly better than chance."""
    auc = metrics.found["auc"]
    lowest = auc.interval[0] if auc.interval else auc.value
    if auc.value is None or lowest is None or lowest < LEAST_AUC:
        found = "it could not be tested" if auc.value is None else f"it puts {auc.value:.0%} of pairs in the right order, and chance 50%"
        return f"The score is not good enough to rank by: on later customers {found}."
    if fitted.slope == 0:
        return "What was learned did not hold on later customers, so the score says nothing."
    return ""


def trust_in(tested: Proven | None) -> str:
    """The proof in one line: on later customers, beside what silence alone would have said; "" without a proof."""
    if tested is None:
        return ""
    model, recency = tested.model, tested.recency
    auc, other = model["auc"], recency["auc"]
    top, by_silence = model["precision_at_capacity"], recency["precision_at_capacity"]
    if auc is None or other is None or top is None or by_silence is None:
        return "It could not be tested: everybody, or nobody, tested had the outcome."
    return (
        f"Tested on {model.n:,} later customers: of 100 pairs it put {auc * 100:.0f} in the right order, days of silence alone "
        f"{other * 100:.0f}. The outcome came for {top:.0%} of the {model.capacity:,} it ranked highest, for {by_silence:.0%} of "
        f"those longest silent, and for {model.came / model.n:.0%} of all."
    )


def evidence_of(con: Warehouse, standing: Standing, scope: Scope) -> Evidence:
    """Who is asked about and what is foretold, with the query that says of whom."""
    binder = Binder(con)
    sql = labels_sql(binder, standing.outcome, standing.as_of, Scope(timezone=scope.timezone))
    of = f"Version {standing.version} of the model in use" if standing.version else "A model learned now"
    definition = f"{of} gives the chance that a customer {in_words(standing.outcome)}, by what they did before the moment."
    return Evidence(definition, sql, binder.params, standing.scores.height, None, tuple(binder.warnings))

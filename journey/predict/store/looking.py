"""Looking at customers with the features of a kept model, and scoring them."""

import numpy as np

from journey.answers import extent
from journey.features import take_snapshot
from journey.predict.fitting import Rows
from journey.predict.measure import Look, Looks, score_look
from journey.predict.outcome import observe
from journey.predict.question import PredictQuestion
from journey.predict.result import Chance, Scored
from journey.predict.store.record import Record, kept_record
from journey.predict.store.states import champion
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, dataset_version, one, one_moment

EVERYONE = Scope()
KEPT = """select contributions
from scores
where name = $name and version = $version and customer_id = $id and as_of = $as_of and dataset = $dataset
    and contributions is not null"""


def question_of(record: Record) -> PredictQuestion:
    return PredictQuestion(record.outcome, lookback=record.lookback, capacity=record.capacity)


def look_as(con: Warehouse, record: Record, as_of: int) -> Look:
    """Those asked about as of a date, with the features of this model."""
    looks = Looks(con, question_of(record), record.outcome, EVERYONE)
    looks.features = record.features
    return looks.at(as_of)


def end_of_data(con: Warehouse) -> int:
    """The moment customers are scored as of: just after the last event, ms."""
    held = extent(con)
    return 0 if held is None else held[1] + 1


def score_with(con: Warehouse, record: Record) -> Scored:
    """Everybody asked about at the end of the data, those with the highest chance first."""
    return score_look(record.fitted, record.features, look_as(con, record, end_of_data(con)))


def chance_of(con: Warehouse, name: str, customer: str) -> Chance | None:
    """What the model in use says of one customer now, with every reason; None where there is no model, or they are not asked about.

    customer: the id as it is shown.  Told anew, so it fits the events that are stored now.
    """
    with one_moment(con):
        used = champion(con, name)
        number = one(con, "select customer from customers where id = $id", {"id": customer})
        if used is None or number is None:
            return None
        record, as_of = kept_record(con, name, used.version), end_of_data(con)
        told = observe(con, record.outcome, as_of, Scope(segment={"customers": [customer]}))
        seen = take_snapshot(con, as_of, record.lookback, customers=[customer], like=record.features)
    if not told.height or not seen.people:
        return None
    quiet = told["quiet_ms"].to_numpy() / 86_400_000
    look = Look(as_of, seen.ids, seen.raw, quiet, Rows(seen.values, told["label"].to_numpy(), np.array([number])))
    return score_look(record.fitted, record.features, look).of(customer, _kept_parts(con, record, customer, as_of))


def _kept_parts(con: Warehouse, record: Record, customer: str, as_of: int) -> np.ndarray | None:
    """(k,): what each feature adds to the score of one customer, where it was worked out of the facts that are stored now.

    Explaining boosted trees anew waits some seconds for a library to be imported.
    """
    asked = {"name": record.name, "version": record.version, "id": customer, "as_of": as_of, "dataset": dataset_version(con)}
    rows = ask_sql(con, KEPT, asked)
    return rows["contributions"][0].to_numpy() if rows.height and len(rows["contributions"][0]) == len(record.features) else None

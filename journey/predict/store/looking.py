"""Looking at customers with the features of a kept model, and scoring them."""

import numpy as np

from journey.answers import extent
from journey.features import take_snapshot
from journey.predict.fitting import Rows
from journey.predict.looks import Look, Looks, score_look, typical_of
from journey.predict.outcome import observe
from journey.predict.question import PredictQuestion
from journey.predict.result import Chance, Scored, tell_chance
from journey.predict.store.record import Record, kept_record
from journey.predict.store.states import champion
from journey.scope import Scope
from journey.warehouse import Warehouse, dataset_version, one, one_moment

EVERYONE = Scope()
KEPT = """select probability, low, high, contributions, seen
from scores
where name = $name and version = $version and customer_id = $id and as_of = $as_of and dataset = $dataset
    and contributions is not null and seen is not null"""


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

    customer: the id as it is shown.  It fits the events that are stored now: told anew where what is kept is older.
    """
    with one_moment(con):
        used = champion(con, name)
        number = one(con, "select customer from customers where id = $id", {"id": customer})
        if used is None or number is None:
            return None
        record, as_of = kept_record(con, name, used.version), end_of_data(con)
        known = _kept_chance(con, record, customer, as_of)
        return known if known is not None else _told_anew(con, record, customer, number, as_of)


def _told_anew(con: Warehouse, record: Record, customer: str, number: int, as_of: int) -> Chance | None:
    told = observe(con, record.outcome, as_of, Scope(segment={"customers": [customer]}))
    seen = take_snapshot(con, as_of, record.lookback, customers=[customer], like=record.features)
    if not told.height or not seen.people:
        return None
    quiet = told["quiet_ms"].to_numpy() / 86_400_000
    look = Look(as_of, seen.ids, seen.raw, quiet, Rows(seen.values, told["label"].to_numpy(), np.array([number])))
    return score_look(record.fitted, record.features, look).of(customer)


def _kept_chance(con: Warehouse, record: Record, customer: str, as_of: int) -> Chance | None:
    """One customer's chance and reasons as they were worked out of the facts that are stored now; None where they were not.

    Explaining boosted trees anew waits some seconds for a library, and any model for DuckDB to plan a wide query.
    """
    asked = {"name": record.name, "version": record.version, "id": customer, "as_of": as_of, "dataset": dataset_version(con)}
    rows = con.connection.execute(KEPT, asked).fetchall()
    if not rows or len(rows[0][3]) != len(record.features):
        return None
    p, low, high, parts, seen = rows[0]
    typical = typical_of(record.fitted, record.features)
    return tell_chance(customer, p, (low, high), record.fitted.base, record.features, typical, np.array(parts), np.array(seen))

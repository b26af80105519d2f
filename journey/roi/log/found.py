"""Whom a model in use finds among those who leave, and how many it takes to treat for that."""

from collections.abc import Sequence

from journey.predict.outcome import in_words
from journey.predict.store import champion
from journey.predict.store.record import Record, readable_record
from journey.predict.tiers import Treated
from journey.roi.log.assumed import assumed
from journey.roi.log.bound import Log
from journey.roi.log.measured import told_share
from journey.roi.log.result import Assumption


def found_of(log: Log) -> tuple[Assumption, Assumption]:
    """-> (recall, treated) at the threshold chosen, as tested on later customers."""
    name = log.question.prediction
    version = champion(log.con, name)
    record, unreadable = readable_record(log.con, name, None if version is None else version.version)
    if record is None:
        none = unreadable or f"No model {name!r} is in use."
        return assumed("recall", f"Assumed: {none} So everybody is treated, and every leaver is among them."), assumed(
            "treated", f"Assumed: {none} So everybody is treated every month."
        )
    chosen = _chosen(record.proof.thresholds, log.question.threshold, record.capacity)
    if chosen is None or not chosen.came:
        return assumed("recall", f"Assumed: the test of the model {name!r} saw nobody for whom it came true."), assumed("treated")
    return _told(record, chosen)


def _told(record: Record, chosen: Treated) -> tuple[Assumption, Assumption]:
    tested = (
        f"as tested on {chosen.n:,} later customers, of whom it came true for {chosen.came:,} (a customer who {in_words(record.outcome)}), "
        f"treating from a chance of {chosen.threshold:g} on"
    )
    recall = f"Measured: the model {record.name!r} found {chosen.caught:,} of them, {tested}."
    day = "That was as of one day; here it is taken for each month."
    treated = f"Measured: the model {record.name!r} chose {chosen.treated:,} of them, {tested}. {day}"
    return told_share("recall", chosen.caught, chosen.came, recall), told_share("treated", chosen.treated, chosen.n, treated)


def _chosen(thresholds: Sequence[Treated], threshold: float | None, capacity: int) -> Treated | None:
    """The one nearest to the threshold asked for, else the lowest of which a team can reach everybody."""
    if not thresholds:
        return None
    if threshold is not None:
        return min(thresholds, key=lambda one: abs(one.threshold - threshold))
    return next((one for one in thresholds if one.treated <= capacity), thresholds[-1])

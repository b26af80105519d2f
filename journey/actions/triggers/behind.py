"""Who is behind a mark of a dry run.

{}                        all who newly came due
{"day": look}             newly due at that look: its time as the answer writes it, or its date where it is that day's only one
{"due": look}             due at it, newly or not        {"proposed": look}   for whom the action would have been proposed
{"times": k}              newly due k times              {"proposed": true}   at any look
{"overlap": trigger}      another trigger held too       {"stage": name}      first came due in that stage
{"already": look}         newly due at it, with a contact in the week before
{"treated": true | by}    had a contact in the week before, or that contact; {.., "in": "log" | "ledger", "channel": name}
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from journey.actions.triggers.counted import Found
from journey.answers import People
from journey.errors import QuestionError
from journey.rules import nearest
from journey.scope import read_time, refuse_unknown, to_datetime

MARKS = ("day", "due", "proposed", "already", "times", "overlap", "treated", "stage")


def behind(found: Found, mark: Mapping[str, Any], zone: ZoneInfo) -> People:
    """Raises: QuestionError: a mark that the answer has not."""
    refuse_unknown(mark, (*MARKS, "in", "channel"), "a mark of a dry run")
    named = [key for key in MARKS if key in mark]
    if len(named) > 1 or (named != ["treated"] and {"in", "channel"} & set(mark)):
        raise QuestionError(f"A mark of a dry run is {{}} or one of {', '.join(MARKS)}; found {dict(mark)}.")
    rows = found.newly if not named else _rows(found, named[0], mark, zone)
    return People(tuple(rows["id"].unique().sort().to_list()))


def _rows(found: Found, key: str, mark: Mapping[str, Any], zone: ZoneInfo) -> pl.DataFrame:
    wanted = mark[key]
    if key == "treated":
        return _treated(found.contacts, mark)
    if key == "overlap":
        place = _place([trigger.name for trigger in found.others], wanted, "other trigger")
        return found.beside.filter(pl.col(f"due_{place}"))
    if key == "stage":
        return found.first.filter(pl.col("stage") == _place(list(found.stages), wanted, "stage"))
    if key == "times":
        if isinstance(wanted, bool) or not isinstance(wanted, int):
            raise QuestionError(f"times is {wanted!r}; write how often they came due as a whole number.")
        return found.times.filter(pl.col("times") == wanted)
    if key == "proposed":
        rows = found.due.filter(pl.col("proposed"))
        return rows if wanted is True else rows.filter(pl.col("look") == _look(found.looks, wanted, zone))
    rows = {"due": found.due, "already": found.contacts}.get(key, found.newly)
    return rows.filter(pl.col("look") == _look(found.looks, wanted, zone))


def _treated(contacts: pl.DataFrame, mark: Mapping[str, Any]) -> pl.DataFrame:
    narrowed = {"source": mark.get("in"), "channel": mark.get("channel"), "by": None if mark["treated"] is True else str(mark["treated"])}
    for column, value in narrowed.items():
        contacts = contacts if value is None else contacts.filter(pl.col(column) == str(value))
    return contacts


def _look(looks: tuple[int, ...], wanted: Any, zone: ZoneInfo) -> int:
    at = read_time(wanted, zone, "the time of a look")
    if at in looks:
        return looks.index(at)
    that_day = [
        place for place, look in enumerate(looks) if isinstance(wanted, str) and to_datetime(look, zone).date().isoformat() == wanted
    ]
    if len(that_day) != 1:
        raise QuestionError(
            f"The dry run has {'no look' if not that_day else 'several looks'} at {wanted!r}. Name one of those that it answers."
        )
    return that_day[0]


def _place(names: list[str], wanted: Any, what: str) -> int:
    if wanted not in names:
        raise QuestionError(f"The dry run knows no {what} named {wanted!r}.{nearest(str(wanted), names)}")
    return names.index(wanted)

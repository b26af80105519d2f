"""Predictions by name: those of predictions.toml that this log can tell, and those a person kept."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from journey.answers import extent
from journey.catalogs import keep_text, kept_by_name, read_catalog
from journey.errors import QuestionError
from journey.predict.outcome import Outcome, read_outcome
from journey.predict.question import CAPACITY, PredictQuestion, read_predict
from journey.rules import event_names, nearest
from journey.scope import refuse_unknown
from journey.warehouse import Warehouse, kept, one

FILE = "predictions.json"
KEYS = ("name", "question", "owner", "wanted", "outcome", "lookback", "capacity")
LONGEST_NAME = 80
USUAL = "usual"
DAY = 86_400_000
PAUSES = (7, 14, 30, 60, 90, 180)
_one_writer = threading.Lock()

USUAL_PAUSE = """-- The pause between two days of one customer that nine in ten pauses do not exceed, days.
with days as (
    -- each day on which a customer did something
    select distinct e.customer, e.ts // 86400000 as day
    from events e
),
pauses as (
    -- days from one to the next
    select day - lag(day) over (partition by customer order by day) as pause
    from days
)
select quantile_disc(pause, 0.9)
from pauses
where pause is not null"""


@dataclass(frozen=True)
class Named:
    """wanted: whether it is good when it comes true.  kept: by a person in this workspace, else of the catalog."""

    name: str
    question: str
    owner: str
    wanted: bool
    asked: PredictQuestion
    kept: bool = False

    @property
    def outcome(self) -> Outcome:
        return read_outcome(self.asked.outcome)

    def as_plain(self) -> dict[str, Any]:
        asked = {key: value for key, value in self.asked.as_plain().items() if key in KEYS}
        return {"name": self.name, "question": self.question, "owner": self.owner, "wanted": self.wanted, **asked}


def named_predictions(con: Warehouse) -> dict[str, Named]:
    """Name -> prediction: a person's own first, then those of the catalog that the log can tell; {} in an empty workspace.

    Raises: QuestionError: an entry that cannot be read; the sentence names it.
    """
    if extent(con) is None:
        return {}
    found = {name: _read(plain, kept=True) for name, plain in saved_predictions(con).items()}
    for entry in _entries(con):
        fitted = _fitted(con, entry)
        if fitted is not None:
            found.setdefault(fitted.name, fitted)
    return found


def asked_for(con: Warehouse, question: PredictQuestion) -> tuple[PredictQuestion, Outcome]:
    """The question with its outcome; one that names a kept prediction takes its lookback, where it has none of its own.

    Raises: QuestionError: no prediction of that name.
    """
    if isinstance(question.outcome, Outcome):
        return question, question.outcome
    known = named_predictions(con)
    if question.outcome not in known:
        listed = ", ".join(map(repr, known)) or "none"
        raise QuestionError(f"No prediction is named {question.outcome!r}.{nearest(question.outcome, list(known))} Known are: {listed}.")
    named = known[question.outcome]
    lookback = question.lookback if question.lookback is not None else named.asked.lookback
    return replace(question, outcome=named.outcome, lookback=lookback), named.outcome


def saved_predictions(con: Warehouse) -> dict[str, Any]:
    """Name -> plain prediction, as kept in this workspace.

    Raises: WorkspaceError: the file was edited and is no JSON object.
    """
    return kept_by_name(con, FILE, "predictions")


def save_prediction(con: Warehouse, plain: Mapping[str, Any]) -> Named:
    """Keep {"name", "outcome", "question", "owner", "wanted", "lookback", "capacity"}; one of that name is replaced.

    Raises: QuestionError: no name, no outcome, an unknown key.
    """
    named = _read(plain, kept=True)
    with _one_writer:
        _keep(con, {**saved_predictions(con), named.name: named.as_plain()})
    return named


def delete_prediction(con: Warehouse, name: str) -> None:
    """Forget what a person kept; one of the catalog of that name holds again."""
    with _one_writer:
        _keep(con, {known: plain for known, plain in saved_predictions(con).items() if known != name})


def _keep(con: Warehouse, plain: Mapping[str, Any]) -> None:
    keep_text(con, FILE, json.dumps(dict(sorted(plain.items())), ensure_ascii=False, indent=1))


def _entries(con: Warehouse) -> list[Mapping[str, Any]]:
    plain = read_catalog(con, "predictions")
    refuse_unknown(plain, ("prediction",), "the predictions")
    entries = plain.get("prediction", [])
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise QuestionError("Predictions are tables [[prediction]], each with a name and an outcome.")
    return entries


def _read(plain: Mapping[str, Any], kept: bool) -> Named:
    if not isinstance(plain, Mapping):
        raise QuestionError(f"{plain!r} is not a prediction. A prediction is a table with a name and an outcome.")
    refuse_unknown(plain, KEYS, "a prediction")
    name = plain.get("name")
    name = " ".join(name.split()) if isinstance(name, str) else name
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        raise QuestionError(f"A prediction needs a name of 1 to {LONGEST_NAME} characters; found {name!r}.")
    wanted = plain.get("wanted", False)
    if not isinstance(wanted, bool):
        raise QuestionError(f'"wanted" of {name!r} is {wanted!r}; it is true where it is good when it comes true, else false.')
    read_outcome(plain.get("outcome"))  # a name of another prediction is no outcome
    asked = read_predict({"capacity": CAPACITY, **{key: plain[key] for key in ("outcome", "lookback", "capacity") if key in plain}})
    return Named(name, str(plain.get("question", "")), str(plain.get("owner", "")), wanted, asked, kept)


def _fitted(con: Warehouse, entry: Mapping[str, Any]) -> Named | None:
    """An entry of the catalog in the log's own names; None where the log holds none of what it names."""
    outcome = entry.get("outcome")
    if not isinstance(outcome, Mapping):
        return _read(entry, kept=False)
    spelled: dict[str, list[str]] = {}
    for name in event_names(con):
        spelled.setdefault(_spelling(name), []).append(name)
    fitted = dict(outcome)
    for key in ("did", "event"):
        if fitted.get(key) is not None:
            fitted[key] = _held(fitted[key], spelled)
            if fitted[key] is None:
                return None
    if "other_than" in fitted:
        fitted["other_than"] = _in_log(fitted["other_than"], spelled)
    for key in ("inactive_for", "active_within"):
        if fitted.get(key) == USUAL:
            fitted[key] = f"{usual_pause(con)}d"
    return _read({**entry, "outcome": fitted}, kept=False)


def _held(step: Any, spelled: Mapping[str, list[str]]) -> Any:
    """The step with the names that the log holds; None where it holds none."""
    if isinstance(step, str):
        names = _in_log([step], spelled)
    elif isinstance(step, Mapping) and isinstance(step.get("any_of"), list):
        names = _in_log(step["any_of"], spelled)
    else:
        return step
    return None if not names else names[0] if len(names) == 1 else {"any_of": names}


def _in_log(names: Sequence[Any], spelled: Mapping[str, list[str]]) -> list[str]:
    found = [known for name in names for known in spelled.get(_spelling(str(name)), [])]
    return [name for place, name in enumerate(found) if name not in found[:place]]


def _spelling(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum()) or name


def usual_pause(con: Warehouse) -> int:
    """Days of silence that are not usual: the first of PAUSES above nine in ten pauses, and short enough to be tested here."""
    held = extent(con)
    span = 0 if held is None else (held[1] - held[0]) / DAY
    most = max([days for days in PAUSES if 3 * days + min(days, 28) <= span], default=PAUSES[0])
    pause = kept(con, "usual pause", lambda: one(con, USUAL_PAUSE))
    return min(most, next((days for days in PAUSES if pause is not None and days > pause), PAUSES[2] if pause is None else most))

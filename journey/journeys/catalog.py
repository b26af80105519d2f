"""The journeys of journeys.toml: what each asks, its milestones, and which of them this log can tell."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from journey.catalogs import read_catalog
from journey.errors import QuestionError
from journey.journeys.derive import derive_journey
from journey.rules import event_names
from journey.scope import read_duration, refuse_unknown
from journey.warehouse import Warehouse, kept, setting

FEWEST, MOST, MOST_JOURNEYS = 2, 12, 40
LONGEST_NAME = 60
END = "(end)"  # how an answer calls that a customer did no more; no milestone may be called so


@dataclass(frozen=True)
class Milestone:
    """step: which events reach it, as journey.rules reads a step."""

    name: str
    step: Any

    def as_plain(self) -> dict[str, Any]:
        told = self.step if isinstance(self.step, Mapping) else {"event": self.step}
        return {"name": self.name, **told}


@dataclass(frozen=True)
class Journey:
    """window: ms from the first milestone, inclusive.  derived: read off the log, where no journey of the catalog fits.

    left_out: names of milestones that the catalog has and this log does not hold.
    """

    name: str
    question: str
    owner: str
    window: int
    milestones: tuple[Milestone, ...]
    derived: bool = False
    left_out: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash((self.name, self.window, repr(self.milestones)))

    @property
    def names(self) -> list[str]:
        return [milestone.name for milestone in self.milestones]

    @property
    def last(self) -> int:
        return len(self.milestones) - 1

    def as_plain(self) -> dict[str, Any]:
        """The journey as it could be asked again, whatever the catalog says by then."""
        return {
            "name": self.name,
            "question": self.question,
            "owner": self.owner,
            "window": self.window / 1000,
            "milestone": [milestone.as_plain() for milestone in self.milestones],
        }


def journeys_in_force(con: Warehouse) -> tuple[Journey, ...]:
    """The journeys of the workspace's catalog that this log can tell, in its own event names; else the one read off the log.

    Empty in an empty workspace.
    Raises: QuestionError: an entry that is not a journey; the sentence names it.
    """
    return fit_journeys(con, read_journeys_catalog(read_catalog(con, "journeys")))


def fit_journeys(con: Warehouse, journeys: Sequence[Journey]) -> tuple[Journey, ...]:
    """Of each name the first journey whose first and last milestones the log holds; where none does, the one read off the log."""
    spelled: dict[str, list[str]] = {}
    for name in event_names(con):
        spelled.setdefault(_plain(name), []).append(name)
    fitting: dict[str, Journey] = {}
    for journey in journeys:
        fitted = _fitted(journey, spelled)
        if fitted is not None:
            fitting.setdefault(journey.name, fitted)
    return tuple(fitting.values()) or _read_off(con)


def _read_off(con: Warehouse) -> tuple[Journey, ...]:
    revenue = (setting(con, "revenue") or {}).get("event")  # what a log is taken to lead to
    derived = kept(con, f"journey read off, to {revenue}", lambda: derive_journey(con))
    if derived is None:
        return ()
    milestones = tuple(Milestone(name, name) for name in derived.events)
    question = "Do customers get to where this log's journeys lead? Read off the log: put your own journey into the catalog."
    return (Journey("Usual journey", question, "", derived.window, milestones, derived=True),)


def _fitted(journey: Journey, spelled: Mapping[str, list[str]]) -> Journey | None:
    """The journey in the log's names; None where it holds neither end of it."""
    steps = [_held(milestone.step, spelled) for milestone in journey.milestones]
    if steps[0] is None or steps[-1] is None:
        return None
    kept = tuple(replace(milestone, step=step[0]) for milestone, step in zip(journey.milestones, steps, strict=True) if step is not None)
    left_out = tuple(milestone.name for milestone, step in zip(journey.milestones, steps, strict=True) if step is None)
    return replace(journey, milestones=kept, left_out=left_out)


def _held(step: Any, spelled: Mapping[str, list[str]]) -> tuple[Any] | None:
    """(the step in the log's names,), or None where the log holds none of its events.  A tuple, as a step may be null."""
    if step is None:
        return (None,) if spelled else None
    if isinstance(step, str):
        names = spelled.get(_plain(step), [])
        return None if not names else (names[0],) if len(names) == 1 else ({"any_of": names},)
    if "any_of" in step:
        found = [held[0] for part in step["any_of"] if (held := _held(part, spelled)) is not None]
        parts = [inner for part in found for inner in (part["any_of"] if isinstance(part, Mapping) and "any_of" in part else [part])]
        kept = [part for place, part in enumerate(parts) if part not in parts[:place]]
        return None if not kept else (kept[0],) if len(kept) == 1 else ({"any_of": kept},)
    inner = _held(step.get("event"), spelled)
    return None if inner is None else (_narrowed(inner[0], step.get("where")),)


def _narrowed(step: Any, where: Any) -> Any:
    """The step with its conditions, one of several names carrying them each."""
    if isinstance(step, Mapping):
        return {"any_of": [{"event": part, "where": where} for part in step["any_of"]]}
    return {"event": step, "where": where}


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum()) or name


def read_journeys_catalog(plain: Any) -> tuple[Journey, ...]:
    """{"journey": [{"name", "question", "owner", "window", "milestone": [..]}]}, or the list alone, in the order of the file.

    Raises: QuestionError: no journey, an unknown key, no window, fewer than two milestones, a milestone's name twice.
    """
    if isinstance(plain, Mapping):
        refuse_unknown(plain, ("journey",), "the journeys")
        plain = plain.get("journey")
    if not isinstance(plain, list | tuple) or not 1 <= len(plain) <= MOST_JOURNEYS:
        raise QuestionError(f"Journeys are a list of 1 to {MOST_JOURNEYS} tables [[journey]]; found {_short(plain)}.")
    return tuple(read_journey(item) for item in plain)


def read_journey(plain: Any) -> Journey:
    """One journey from plain data.  Raises: QuestionError: as `read_journeys_catalog`."""
    if not isinstance(plain, Mapping):
        raise QuestionError(f"{_short(plain)} is not a journey. A journey is a table with a name, a window and its milestones.")
    refuse_unknown(plain, ("name", "question", "owner", "window", "milestone"), "a journey")
    name = _read_name(plain.get("name"), "A journey")
    what = f"the journey {name!r}"
    window = read_duration(plain.get("window"), f"The window of {what}")
    if not window:
        raise QuestionError(f'The journey {name!r} has no window. Say how long a customer has from the first milestone, such as "30d".')
    told = plain.get("milestone")
    if not isinstance(told, list | tuple) or not FEWEST <= len(told) <= MOST:
        raise QuestionError(f"The journey {name!r} needs {FEWEST} to {MOST} tables [[journey.milestone]], in order; found {_short(told)}.")
    milestones = tuple(_read_milestone(item, what) for item in told)
    names = [milestone.name for milestone in milestones]
    if twice := [name for place, name in enumerate(names) if name in names[:place]]:
        raise QuestionError(f"Two milestones of {what} are named {twice[0]!r}. Give each a name of its own.")
    return Journey(name, str(plain.get("question", "")), str(plain.get("owner", "")), window, milestones)


def _read_milestone(plain: Any, what: str) -> Milestone:
    """A step alone is its own name."""
    if isinstance(plain, str):
        return Milestone(_read_name(plain, f"A milestone of {what}"), plain)
    if not isinstance(plain, Mapping):
        raise QuestionError(f"{_short(plain)} is not a milestone of {what}. A milestone is a table with a name and an event or any_of.")
    refuse_unknown(plain, ("name", "event", "any_of", "where"), f"a milestone of {what}")
    name = _read_name(plain.get("name", plain.get("event")), f"A milestone of {what}")
    where = plain.get("where")
    if where is not None and not isinstance(where, Mapping):
        raise QuestionError(
            f"The conditions of the milestone {name!r} of {what} map properties to what they must be; found {_short(where)}."
        )
    if ("any_of" in plain) == ("event" in plain):
        raise QuestionError(f"The milestone {name!r} of {what} says which events reach it by one of event and any_of.")
    parts = plain["any_of"] if "any_of" in plain else [plain["event"]]
    if not isinstance(parts, list | tuple) or not parts or not all(isinstance(part, str) and part for part in parts):
        raise QuestionError(f"The events of the milestone {name!r} of {what} are names, one at least; found {_short(parts)}.")
    steps: list[Any] = [{"event": part, "where": dict(where)} for part in parts] if where else list(parts)
    return Milestone(name, steps[0] if len(steps) == 1 else {"any_of": steps})


def _read_name(value: Any, what: str) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_NAME or value.strip() == END:
        raise QuestionError(f"{what} needs a name of 1 to {LONGEST_NAME} characters, other than {END!r}; found {_short(value)}.")
    return value.strip()


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def as_text(journeys: Sequence[Journey]) -> str:
    """The journeys as the text of a catalog, to begin one's own with; `read_journeys_catalog` reads it back."""
    return "\n".join(_table(journey) for journey in journeys)


def _table(journey: Journey) -> str:
    days = journey.window / 86_400_000
    window = f'"{days:g}d"' if days >= 1 and days == round(days) else f"{journey.window / 1000:g}"
    lines = ["[[journey]]", f"name = {_quoted(journey.name)}", f"question = {_quoted(journey.question)}"]
    lines += [f"owner = {_quoted(journey.owner)}", f"window = {window}"]
    for milestone in journey.milestones:
        lines += ["[[journey.milestone]]", f"name = {_quoted(milestone.name)}", *_step_lines(milestone.step)]
    return "\n".join(lines) + "\n"


def _step_lines(step: Any) -> list[str]:
    parts = step["any_of"] if isinstance(step, Mapping) and "any_of" in step else [step]
    where = next((part["where"] for part in parts if isinstance(part, Mapping)), None)
    names = [part["event"] if isinstance(part, Mapping) else part for part in parts]
    told = f"event = {_quoted(names[0])}" if len(names) == 1 else f"any_of = [{', '.join(map(_quoted, names))}]"
    return [told, *([f"where = {_value(where)}"] if where else [])]


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_quoted(key)} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _quoted(value) if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, but for the sign of deletion, which JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

"""Questions of journeys as plain data, read and checked once, so that the rest of the room may trust them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from journey.errors import QuestionError
from journey.journeys.catalog import Journey, journeys_in_force, read_journey, read_journeys_catalog
from journey.rules import nearest
from journey.scope import choose, read_time, refuse_unknown
from journey.warehouse import Warehouse

PREVIOUS = "previous"


@dataclass(frozen=True)
class JourneysQuestion:
    """journeys: those to tell, as they stand; None for those in force.

    compare: "previous", the span of the same length just before the scope; (start, stop) in ms; None for no comparison.
    """

    journeys: tuple[Journey, ...] | None = None
    compare: str | tuple[int, int] | None = PREVIOUS


@dataclass(frozen=True)
class ConformanceQuestion:
    """journey: its name, the journey itself, or None for the first in force.

    collapse_repeats: whether the same milestone again and again, with no other between, counts as done once.
    """

    journey: str | Journey | None = None
    collapse_repeats: bool = False

    def as_plain(self) -> dict[str, Any]:
        journey = self.journey.as_plain() if isinstance(self.journey, Journey) else self.journey
        return {"ask": "conformance", "journey": journey, "collapse_repeats": self.collapse_repeats}


def read_journeys(plain: Mapping[str, Any]) -> JourneysQuestion:
    """{"journeys": [..]?, "compare": "previous" | null | {"start", "stop"}}.

    Raises: QuestionError: an unknown key, a journey that is none, a comparison that is no span.
    """
    refuse_unknown(plain, ("journeys", "compare"), "a question of journeys")
    told = plain.get("journeys")
    journeys = None if told is None else read_journeys_catalog(told)
    compare = plain.get("compare", PREVIOUS)
    if not isinstance(compare, Mapping):
        return JourneysQuestion(journeys, choose(plain, "compare", (PREVIOUS, None)))
    refuse_unknown(compare, ("start", "stop"), "compare")
    start, stop = (read_time(compare.get(key), ZoneInfo("UTC"), f"compare.{key}") for key in ("start", "stop"))
    if start is None or stop is None or stop <= start:
        raise QuestionError(f'compare is {dict(compare)}; it needs a "start" and a later "stop".')
    return JourneysQuestion(journeys, (start, stop))


def read_conformance(plain: Mapping[str, Any]) -> ConformanceQuestion:
    """{"journey": name | {"name", "window", "milestone"}, "collapse_repeats": false | true}."""
    refuse_unknown(plain, ("journey", "collapse_repeats"), "a question of conformance")
    told = plain.get("journey")
    journey = told if told is None or isinstance(told, str) else read_journey(told)
    return ConformanceQuestion(journey, choose(plain, "collapse_repeats", (False, True)))


def named_journey(con: Warehouse, wanted: str | Journey | None) -> Journey | None:
    """The journey of that name, or the first where none is named; None where the log can tell none at all.

    Raises: QuestionError: no journey in force has the name; those in force are named.
    """
    if isinstance(wanted, Journey):
        return wanted
    journeys = journeys_in_force(con)
    if wanted is None or not journeys:
        return journeys[0] if journeys else None
    return find_journey(journeys, wanted)


def find_journey(journeys: Sequence[Journey], wanted: Any) -> Journey:
    names = [journey.name for journey in journeys]
    found = next((journey for journey in journeys if journey.name == wanted), None)
    found = found or next((journey for journey in journeys if journey.name.casefold() == str(wanted).casefold()), None)
    if found is None:
        raise QuestionError(f"No journey is named {wanted!r}.{nearest(str(wanted), names)} Known are: {', '.join(map(repr, names))}.")
    return found

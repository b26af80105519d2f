"""What one feature is: a column of numbers, one per customer, described so that it can be computed again on any day."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from journey.errors import QuestionError

FAMILIES = ("recency", "sessions", "duration", "adoption", "trend", "tickets", "revenue", "customer")
SCALES = ("plain", "log")


@dataclass(frozen=True)
class Feature:
    """name: unique among the features of a snapshot.  label: plain words, "Days since the last event".  unit: of the raw number.

    actionable: whether a person who serves the customer could change it.
    measure, of: what is computed, and of which events, parts of event names, or property (and value).
    scale: "log" where models see log(1 + raw), with its sign; "plain" where they see the raw number.
    """

    name: str
    family: str
    label: str
    unit: str
    actionable: bool
    measure: str = ""
    of: tuple[str, ...] = ()
    scale: str = "plain"

    def as_plain(self) -> dict[str, Any]:
        """What `read_feature` reads back as this feature."""
        return asdict(self) | {"of": list(self.of)}


def read_feature(plain: Mapping[str, Any]) -> Feature:
    """A feature from plain data, as a kept model names it.

    Raises: QuestionError: a key that is missing or unknown.
    """
    try:
        return Feature(**{**plain, "of": tuple(plain.get("of", ()))})
    except TypeError as fault:
        raise QuestionError(f"A feature cannot be read from {dict(plain)!r}. Train the model that names it anew.") from fault

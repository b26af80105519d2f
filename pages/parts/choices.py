"""What the head row offers as segments: everyone, the saved ones, and the plain groups that the data itself hold."""

from typing import Any

from journey.rules.groups import plain_groups
from journey.rules.saved import saved_segments
from journey.warehouse import Warehouse

EVERYONE = "All customers"


def segment_choices(con: Warehouse) -> dict[str, Any]:
    """Name -> rule; None is everyone.  Saved segments come before the groups of the data."""
    return {EVERYONE: None, **{name: name for name in saved_segments(con)}, **plain_groups(con)}

"""What the head row offers as segments: everyone, the saved ones, and the plain groups that the data itself hold."""

from typing import Any

from journey.rules.groups import plain_groups
from journey.rules.saved import EVERYONE, saved_segments
from journey.warehouse import Warehouse


def segment_choices(con: Warehouse) -> dict[str, Any]:
    """Name -> rule; None is everyone.  Saved segments come before the groups of the data, and keep a name that both have."""
    saved = {name: name for name in saved_segments(con)}
    return {EVERYONE: None} | {name: rule for name, rule in (saved | plain_groups(con) | saved).items() if name != EVERYONE}

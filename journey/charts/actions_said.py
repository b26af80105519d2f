"""Where the actions stand, in words."""

from journey.actions.catalog import ActionCatalog
from journey.charts.words import several


def actions_sentence(catalog: ActionCatalog) -> str:
    on = [action for action in catalog.actions if action.on and not action.lacking]
    return f"{several(len(on), 'action')} of {len(catalog.actions)} can be done with this log."


def actions_caption(catalog: ActionCatalog, segment: str) -> str:
    return f"{segment} · {several(len(catalog.triggers), 'rule')}"

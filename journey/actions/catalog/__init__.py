"""The catalog of actions: what can be done for a customer, what proposes it, and the guardrails around all of it."""

from journey.actions.catalog.action import Action, ActionCatalog, Assumed, Budget, Cap, Guardrails, Logged, Trigger, Variant, Wanted
from journey.actions.catalog.force import CATALOG, actions_in_force
from journey.actions.catalog.read import read_actions

__all__ = [
    "CATALOG",
    "Action",
    "ActionCatalog",
    "Assumed",
    "Budget",
    "Cap",
    "Guardrails",
    "Logged",
    "Trigger",
    "Variant",
    "Wanted",
    "actions_in_force",
    "read_actions",
]

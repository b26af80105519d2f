"""The catalog of actions: what can be done for a customer, what proposes it, and the guardrails around all of it."""

from journey.actions.catalog.action import Action, ActionCatalog, Assumed, Budget, Cap, Guardrails, Logged, Trigger, Variant, Wanted
from journey.actions.catalog.changes import Change
from journey.actions.catalog.force import CATALOG, actions_in_force, written_actions
from journey.actions.catalog.items import delete_item, roll_back_item, set_item, switch
from journey.actions.catalog.read import read_action, read_actions, read_guardrails, read_trigger
from journey.actions.catalog.versions import Kept, Version, catalog_version, history, keep_catalog, restore, version_text

__all__ = [
    "CATALOG",
    "Action",
    "ActionCatalog",
    "Assumed",
    "Budget",
    "Cap",
    "Change",
    "Guardrails",
    "Kept",
    "Logged",
    "Trigger",
    "Variant",
    "Version",
    "Wanted",
    "actions_in_force",
    "catalog_version",
    "delete_item",
    "history",
    "keep_catalog",
    "read_action",
    "read_actions",
    "read_guardrails",
    "read_trigger",
    "restore",
    "roll_back_item",
    "set_item",
    "switch",
    "version_text",
    "written_actions",
]

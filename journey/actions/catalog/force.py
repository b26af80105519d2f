"""The catalog in force, in the log's own names, with what each entry lacks in this log."""

from dataclasses import replace
from typing import Any

from journey.actions.catalog.action import Action, ActionCatalog, Trigger
from journey.actions.catalog.read import read_actions
from journey.catalogs import catalog_text, parse
from journey.rules import event_names
from journey.rules.staged import fit_rule, named_events
from journey.warehouse import Warehouse

CATALOG = "actions"


def actions_in_force(con: Warehouse) -> ActionCatalog:
    """The workspace's own catalog, or the shipped one.

    Raises: QuestionError, CatalogError: an edited text that cannot be read; the sentence names the entry.
    """
    return fit_catalog(con, read_actions(parse(catalog_text(con, CATALOG), CATALOG)))


def fit_catalog(con: Warehouse, catalog: ActionCatalog) -> ActionCatalog:
    """Names in lists are taken as the log writes them; an entry none of whose names the log holds says what it lacks."""
    known = set(event_names(con))
    actions = tuple(_fit_action(con, action, known) for action in catalog.actions)
    triggers = tuple(_fit_trigger(con, trigger, known) for trigger in catalog.triggers)
    contacts = {channel: tuple(fit_rule(con, {"any_of": list(names)})["any_of"]) for channel, names in catalog.guardrails.contacts.items()}
    held = {channel: tuple(name for name in names if name in known) for channel, names in contacts.items()}
    return ActionCatalog(actions, triggers, replace(catalog.guardrails, contacts=held))


def _fit_action(con: Warehouse, action: Action, known: set[str]) -> Action:
    wanted = replace(
        action.wanted,
        did=fit_rule(con, action.wanted.did),
        other_than=tuple(fit_rule(con, {"other_than": list(action.wanted.other_than)})["other_than"]),
    )
    logged = action.logged
    if logged is not None:
        event = fit_rule(con, {"any_of": [logged.event]})["any_of"][0]
        logged = replace(logged, event=event) if event in known else None
    when = fit_rule(con, action.when)
    return replace(action, wanted=wanted, when=when, logged=logged, lacking=_lacking([{"did": wanted.did}, when], known))


def _fit_trigger(con: Warehouse, trigger: Trigger, known: set[str]) -> Trigger:
    when = fit_rule(con, trigger.when)
    return replace(trigger, when=when, lacking=_lacking([when], known))


def _lacking(rules: list[Any], known: set[str]) -> tuple[str, ...]:
    """The names of the first part of a rule that looks for events of which the log holds none."""
    for part in _parts(rules):
        names = named_events(part)
        if names and not names & known:
            return tuple(sorted(names))
    return ()


def _parts(rules: list[Any]) -> list[Any]:
    parts = []
    for rule in rules:
        inner = rule.get("all") if isinstance(rule, dict) else None
        parts += _parts(list(inner)) if isinstance(inner, list | tuple) else [rule]
    return [part for part in parts if part is not None]

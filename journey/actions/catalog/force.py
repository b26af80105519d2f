"""The catalog in force, in the log's own names, with what each entry lacks in this log."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from journey.actions.catalog.action import Action, ActionCatalog, Guardrails, Logged, Trigger
from journey.actions.catalog.lacking import Held, held_in, held_only, lacks, lacks_step
from journey.actions.catalog.read import read_actions
from journey.catalogs import catalog_text, parse
from journey.rules import find_property
from journey.rules.held import hold
from journey.rules.staged import fit_rule
from journey.warehouse import Warehouse

CATALOG = "actions"


def actions_in_force(con: Warehouse) -> ActionCatalog:
    """The workspace's own catalog, or the shipped one; the same object as long as nothing changes that it follows from.

    Raises: QuestionError, CatalogError: an edited text that cannot be read; the sentence names the entry.
    """
    text = catalog_text(con, CATALOG)
    return hold(con, "actions in force", (text,), lambda: fit_catalog(con, written_actions(text)))


def written_actions(text: str) -> ActionCatalog:
    """The catalog as somebody wrote it, its names not yet fitted to a log."""
    return read_actions(parse(text, CATALOG))


def fit_catalog(con: Warehouse, catalog: ActionCatalog) -> ActionCatalog:
    """Names in lists are taken as the log writes them; an entry that looks for what the log does not hold says what it lacks."""
    held = held_in(con)
    actions = tuple(_fit_action(con, action, held) for action in catalog.actions)
    lacking = {action.name: action.lacking for action in actions}
    triggers = tuple(_fit_trigger(con, trigger, held, lacking) for trigger in catalog.triggers)
    return ActionCatalog(actions, triggers, _fit_guardrails(con, catalog.guardrails, held))


def _fit_action(con: Warehouse, action: Action, held: Held) -> Action:
    others = _fit(con, {"other_than": list(action.wanted.other_than)}, held).get("other_than", ())
    wanted = replace(action.wanted, did=_fit(con, action.wanted.did, held), other_than=tuple(others))
    when = _fit(con, action.when, held)
    staged = {"any": [{"stage": name} for name in action.stages]} if action.stages else {"all": []}
    outcome = {"did": wanted.did, **({} if wanted.where is None else {"where": wanted.where})}
    lacking = lacks(outcome, held) or lacks(when, held) or lacks(staged, held)
    return replace(action, wanted=wanted, when=when, logged=_fit_logged(con, action.logged, held), lacking=lacking)


def _fit(con: Warehouse, rule: Any, held: Held) -> Any:
    return held_only(fit_rule(con, rule), held)


def _fit_logged(con: Warehouse, logged: Logged | None, held: Held) -> Logged | None:
    """None where the log holds no such campaign."""
    if logged is None:
        return None
    event = fit_rule(con, {"any_of": [logged.event]})["any_of"][0]
    return replace(logged, event=event) if event in held.events and logged.property in held.properties else None


def _fit_trigger(con: Warehouse, trigger: Trigger, held: Held, lacking: Mapping[str, tuple[str, ...]]) -> Trigger:
    """A trigger whose action is at rest is so too, for what that lacks."""
    when = _fit(con, trigger.when, held)
    return replace(trigger, when=when, lacking=lacks(when, held) or lacking.get(trigger.action, ()))


def _fit_guardrails(con: Warehouse, guardrails: Guardrails, held: Held) -> Guardrails:
    """The contacts that the log holds, channel by channel; a property that nobody has (zone, protected) stays, to be told."""
    fitted = {channel: [step for entry in steps for step in _fit_contact(con, entry)] for channel, steps in guardrails.contacts.items()}
    contacts = {channel: tuple(step for step in steps if not lacks_step(step, held)) for channel, steps in fitted.items()}
    return replace(guardrails, contacts={channel: steps for channel, steps in contacts.items() if steps})


def _fit_contact(con: Warehouse, entry: Any) -> list[Any]:
    name = entry.get("event") if isinstance(entry, Mapping) else entry
    events = fit_rule(con, {"any_of": [name]})["any_of"]
    return events if not isinstance(entry, Mapping) else [{**entry, "event": event} for event in events]


def absent(con: Warehouse, guardrails: Guardrails) -> tuple[tuple[str, str], ...]:
    """The properties that the guardrails name and nobody has, and what that means."""
    named = [(guardrails.zone, "the workspace's time zone is taken"), (guardrails.holdout_by, "the holdout is drawn by our own dice")]
    named += [(name, "nobody is protected by it") for name in guardrails.protected]
    return tuple((name, told) for name, told in named if name is not None and find_property(con, name) is None)

"""Whether a text can be the catalog of actions of this workspace, said before it is kept.

What names an event, a property or a score that the log does not hold is kept, and rests; what cannot be read is refused.
Entries that stay as they are in force are not tried again: a stage that was renamed meanwhile is no reason to refuse a
change of something else.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from journey.actions.catalog.action import Action, ActionCatalog, Guardrails, Trigger
from journey.actions.catalog.force import absent, fit_catalog, written_actions
from journey.actions.catalog.judge import judge
from journey.actions.catalog.lacking import Held, held_in
from journey.errors import JourneyError, QuestionError
from journey.rules import Binder, nearest
from journey.rules.facts import Facts
from journey.rules.segment import as_of
from journey.scope import Scope
from journey.warehouse import Warehouse

NOTHING: Mapping[str, Any] = {"all": []}


def check_catalog(con: Warehouse, text: str, in_force: str) -> tuple[str, ...]:
    """Sentences about what will rest, of the entries that are not as they are in force.

    Raises: QuestionError, CatalogError: a text that cannot be read, a rule that cannot be, a stage that there is not.
    """
    catalog, known = written_actions(text), _readable(in_force)
    fitted, held = fit_catalog(con, catalog), held_in(con)
    told: list[str] = []
    for action in _changed(catalog.actions, known.actions):
        found = next(one for one in fitted.actions if one.name == action.name)
        told += _check(con, found, [_outcome(found), found.when], held)
    for trigger in _changed(catalog.triggers, known.triggers):
        ready = next(one for one in fitted.triggers if one.name == trigger.name)
        told += _check(con, ready, [ready.when], held)
    if catalog.guardrails != known.guardrails:
        told += _check_guardrails(con, catalog.guardrails, fitted.guardrails, known.guardrails)
    return tuple(dict.fromkeys(told))


def _readable(text: str) -> ActionCatalog:
    """The catalog in force; an empty one where nobody can read it, so that everything is tried."""
    try:
        return written_actions(text)
    except JourneyError:
        return ActionCatalog((), (), written_actions("").guardrails)


def _changed(entries: Sequence[Any], known: Sequence[Any]) -> Iterator[Any]:
    return (entry for entry in entries if entry not in known)


def _outcome(action: Action) -> dict[str, Any]:
    wanted = action.wanted
    narrowed = {"where": wanted.where, "other_than": list(wanted.other_than) or None}
    return {"did": wanted.did, **{key: value for key, value in narrowed.items() if value is not None}}


def _check(con: Warehouse, entry: Action | Trigger, rules: Sequence[Any], held: Held) -> list[str]:
    """Every rule of an entry is read against the log, as it will be when somebody is looked for."""
    kind = "action" if isinstance(entry, Action) else "trigger"
    of = f"The {kind} {entry.name!r}"
    _refuse_unknown_places(entry, of, held)
    binder = Binder(con)
    facts = Facts(binder, as_of(binder, Scope()))
    for rule in rules:
        judge(facts, _without_unknown_scores(rule, held), f"The rule of t{of[1:]}")
    if not entry.lacking:
        return [f"{of}: {warning}" for warning in binder.warnings]
    nearby = [warning for warning in binder.warnings if "nearest" in warning]
    return [" ".join([f"{of} is at rest: this log does not hold {' or '.join(entry.lacking)}.", *nearby])]


def _refuse_unknown_places(entry: Action | Trigger, of: str, held: Held) -> None:
    """The stages that an action is for must be there; in a rule they are refused where it is read."""
    for stage in entry.stages if isinstance(entry, Action) else ():
        if stage not in held.stages:
            known = ", ".join(sorted(map(repr, held.stages)))
            raise QuestionError(f"{of} is for the stage {stage!r}, which is none.{nearest(stage, list(held.stages))} Known are: {known}.")


def _without_unknown_scores(rule: Any, held: Held) -> Any:
    """Scores come with the first training; until then a rule that asks for one is read without it, and rests."""
    if rule is None:
        return NOTHING
    if isinstance(rule, list | tuple):
        return [_without_unknown_scores(part, held) for part in rule]
    if not isinstance(rule, Mapping):
        return rule
    if "score" in rule and isinstance(rule["score"], str) and rule["score"] not in held.scores:
        return NOTHING
    return {key: _without_unknown_scores(part, held) if key in ("all", "any", "not") else part for key, part in rule.items()}


def _check_guardrails(con: Warehouse, written: Guardrails, fitted: Guardrails, known: Guardrails) -> list[str]:
    """What they name that is not there, of what was changed; a contact that cannot be read is refused."""
    before = {known.zone, known.holdout_by, *known.protected}
    told = [f"No customer has the property {name!r}: {means}." for name, means in absent(con, written) if name not in before]
    for channel, steps in written.contacts.items():
        binder = Binder(con)
        for step in steps:
            binder.match(step)
        if steps and channel not in fitted.contacts and steps != known.contacts.get(channel):
            told.append(f"The log holds no contact by {channel}: {' '.join(binder.warnings)}")
    return told

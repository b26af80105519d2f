"""What can be done now: every action, trigger and guardrail in force, what each lacks in this log, and how many are due."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.actions.catalog import CATALOG, Action, ActionCatalog, Trigger, actions_in_force, catalog_version
from journey.actions.catalog.force import absent
from journey.actions.triggers.due import count_known, find_due
from journey.answers import Evidence, People, data_until, iso
from journey.catalogs import catalog_text
from journey.errors import QuestionError
from journey.rules import Binder, nearest
from journey.rules.held import hold
from journey.rules.segment import as_of
from journey.rules.words import tell_rule
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, one_moment

DEFINITION = (
    "The catalog of actions in force, in the log's own names. Due: customers for whom the rule of a trigger holds, by what they did before "
    "{moment}; an action's are those of its triggers that are on. Guardrails are not looked at here: they are judged where an action is "
    "chosen for a customer. At rest is what looks for something that the log does not hold. Times in UTC."
)


@dataclass(frozen=True)
class Offered:
    """due: trigger -> ids, sorted; of those at rest none.  version: of the catalog, 0 for the shipped one.

    absent: guardrails that name a property which nobody has, with what that means.
    """

    catalog: ActionCatalog
    due: Mapping[str, tuple[str, ...]]
    version: int
    absent: tuple[tuple[str, str], ...]
    moment: int
    evidence: Evidence

    def due_for(self, action: str) -> tuple[str, ...]:
        """Those for whom a trigger of the action holds that is on, where the action is on."""
        found = self.catalog.action(action)
        triggers = self.catalog.triggers_of(action) if found is not None and found.on else ()
        return tuple(sorted({one for trigger in triggers if trigger.on for one in self.due[trigger.name]}))

    @property
    def anybody(self) -> tuple[str, ...]:
        return tuple(sorted({one for action in self.catalog.actions for one in self.due_for(action.name)}))

    def as_plain(self) -> dict[str, Any]:
        return {
            "as_of": iso(self.moment),
            "version": self.version,
            "due": len(self.anybody),
            "actions": [self._action(action) for action in self.catalog.actions],
            "triggers": [self._trigger(trigger) for trigger in self.catalog.triggers],
            "guardrails": {**self.catalog.guardrails.as_plain(), "absent": dict(self.absent)},
            **self.evidence.as_plain(),
        }

    def _action(self, action: Action) -> dict[str, Any]:
        effect = "logged" if action.logged else "assumed" if action.assumed else "unknown"
        triggers = [trigger.name for trigger in self.catalog.triggers_of(action.name)]
        more = {"lacking": list(action.lacking), "resting": resting(action), "effect_from": effect, "triggers": triggers}
        told = None if action.when is None else tell_rule(action.when)
        return {**action.as_plain(), **more, "when_told": told, "due": len(self.due_for(action.name))}

    def _trigger(self, trigger: Trigger) -> dict[str, Any]:
        more = {"lacking": list(trigger.lacking), "resting": resting(trigger)}
        return {**trigger.as_plain(), **more, "when_told": tell_rule(trigger.when), "due": len(self.due[trigger.name])}


def resting(entry: Action | Trigger) -> str | None:
    """Why an action or a trigger is at rest, as a sentence; None where it is not."""
    if not entry.on:
        return "It is switched off."
    return f"It looks for {' or '.join(entry.lacking)}, which this log does not hold." if entry.lacking else None


def read_offered(plain: Mapping[str, Any]) -> None:
    """Takes no options."""
    refuse_unknown(plain, (), "a question of the catalog of actions")


def measure_offered(con: Warehouse, question: None, scope: Scope) -> Offered:
    """The catalog in force with how many are due, of the scope's segment and as of its stop.

    Raises: QuestionError: an edited catalog that cannot be read.
    """
    del question
    with one_moment(con):
        asked = (scope, catalog_text(con, CATALOG), catalog_version(con))
        return hold(con, "actions due", asked, lambda: _offered(con, scope))


def offered_customers(con: Warehouse, question: None, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is due: {} for anything that is on, {"action": name}, or {"trigger": name}, on or not.

    Raises: QuestionError: another mark.
    """
    refuse_unknown(mark, ("action", "trigger"), "a mark of the catalog of actions")
    if len(mark) > 1:
        raise QuestionError(f"A mark of the catalog of actions is one of action and trigger; found {dict(mark)}.")
    offered = measure_offered(con, question, scope)
    if not mark:
        return People(offered.anybody)
    known = list(offered.due) if "trigger" in mark else [action.name for action in offered.catalog.actions]
    kind, name = next(iter(mark.items()))
    if name not in known:
        raise QuestionError(f"No {kind} is named {name!r}.{nearest(str(name), known)}")
    return People(offered.due[name] if kind == "trigger" else offered.due_for(name))


def _offered(con: Warehouse, scope: Scope) -> Offered:
    catalog, moment = actions_in_force(con), as_of(Binder(con), scope)
    found = find_due(con, catalog.triggers, moment, scope)
    definition = DEFINITION.format(moment="the end of the data" if scope.stop is None else iso(scope.stop))
    warnings, known = tuple(found.binder.warnings), count_known(found.binder, moment, scope)
    evidence = Evidence(definition, found.sql, found.binder.params, known, data_until(con), warnings)
    return Offered(catalog, found.by, catalog_version(con), absent(con, catalog.guardrails), moment, evidence)

"""What holds for everybody at a moment: the catalog, the effects, and who is due for what."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from journey.actions.catalog import CATALOG, ActionCatalog, Trigger, actions_in_force
from journey.actions.choose.candidate import Money, Situation
from journey.actions.effects import effects_of, worths
from journey.actions.effects.worth import same_worth
from journey.actions.guardrails import spent_on_actions
from journey.actions.guardrails.known import lacking_flags
from journey.actions.triggers import due_all
from journey.actions.uplift.personal import with_personal
from journey.answers import data_until
from journey.catalogs import catalog_text
from journey.errors import QuestionError
from journey.rules.held import hold
from journey.scope import Scope, wall_clock
from journey.warehouse import Warehouse, one

VERSION = "select coalesce(max(version), 0) from action_versions where text = $text"
NO_CONTACTS = "The guardrails name no events of the log that are contacts, so only the ledger's count towards caps."


def situation_of(con: Warehouse, scope: Scope, at: int | None = None) -> Situation:
    """As of the scope's stop, else of just after the last event.  at: ms by the machine's clock, now where left out."""
    at = wall_clock() if at is None else at
    until = data_until(con)
    as_of = scope.stop if scope.stop is not None else (until or -1) + 1
    catalog = actions_in_force(con)
    due, unreadable = hold(con, "due for triggers", (catalog.triggers, as_of), lambda: _due(con, catalog.triggers, as_of))
    warnings = (*unreadable, *lacking_flags(con, catalog.guardrails), *(() if catalog.guardrails.contacts else (NO_CONTACTS,)))
    past = scope.stop is not None and until is not None and scope.stop <= until
    spent = 0.0 if past else spent_on_actions(con, catalog.guardrails, at)
    effects = with_personal(con, effects_of(con, catalog, scope), catalog, scope, as_of)
    return Situation(catalog, effects, due, as_of, at, spent, warnings)


def _due(con: Warehouse, triggers: tuple[Trigger, ...], as_of: int) -> tuple[Mapping[str, frozenset[str]], tuple[str, ...]]:
    """-> (trigger that is on -> for whom it is due, what is wrong with the others): one bad rule does not stop the rest."""
    on = [trigger for trigger in triggers if trigger.on and not trigger.lacking]
    try:
        return {name: frozenset(ids) for name, ids in due_all(con, on, as_of).items()}, ()
    except QuestionError:
        found: dict[str, frozenset[str]] = {}
        wrong = []
        for trigger in on:
            try:
                found[trigger.name] = frozenset(due_all(con, [trigger], as_of)[trigger.name])
            except QuestionError as fault:
                wrong.append(str(fault))
        return found, tuple(wrong)


def worths_of(con: Warehouse, catalog: ActionCatalog, customer_ids: Sequence[str], as_of: int) -> dict[tuple[str, str], Money | None]:
    """(action, customer) -> money for one outcome with its interval, as `journey.actions.effects.worths` has it.

    What is the same for all customers is worked out once and held, so that one customer's card need not ask for each action.
    """
    margin = catalog.guardrails.margin
    shared = [action for action in catalog.actions if action.worth != "customer"]

    def same() -> dict[str, Money | None]:
        return {action.name: same_worth(con, action, margin, as_of) for action in shared}

    held = hold(con, "worth of outcomes", (tuple(shared), margin, as_of), same)
    found = {(name, one): money for name, money in held.items() for one in customer_ids}
    own = tuple(action for action in catalog.actions if action.worth == "customer")
    return found | (worths(con, replace(catalog, actions=own), customer_ids, as_of) if own else {})


def version_of(con: Warehouse) -> int:
    """The number under which the catalog in force was kept; 0 of the shipped text, and of one that nobody kept."""
    return int(one(con, VERSION, {"text": catalog_text(con, CATALOG)}))

"""Editing the catalog entry by entry: each change is a version of the whole, and the rest of the text stays as it was written."""

from collections.abc import Callable, Mapping
from typing import Any

from journey.actions.catalog.edit import GUARDRAILS, item_in, read_kind, same, with_item, without_item
from journey.actions.catalog.force import CATALOG, written_actions
from journey.actions.catalog.read import read_action, read_guardrails, read_trigger
from journey.actions.catalog.versions import Kept, history, keep_catalog, one_writer, version_text
from journey.catalogs import catalog_text, parse
from journey.errors import JourneyError, QuestionError
from journey.rules import nearest
from journey.warehouse import Warehouse, one

READ: dict[str, Callable[[Mapping[str, Any]], Any]] = {"action": read_action, "trigger": read_trigger, GUARDRAILS: read_guardrails}
LEAST: dict[str, dict[str, Any]] = {
    "action": {"name": "-", "channel": "-", "wanted": {"did": "-"}},
    "trigger": {"name": "-", "when": "-"},
    GUARDRAILS: {},
}
OPEN = """with latest as (
    -- what became of each proposal
    select proposal, arg_max(state, step) as state from action_steps group by proposal
)
select count(*) from proposals p join latest l using (proposal)
where p.action = $action and l.state in ('waiting', 'held', 'approved')"""


def set_item(
    con: Warehouse, kind: str, name: str | None, plain: Mapping[str, Any], *, by: str, reason: str = "", at: int | None = None
) -> Kept:
    """Put an action, a trigger or the guardrails in force as `plain` says; name: None for a new one, and for the guardrails.

    Raises: QuestionError: an entry that cannot be read, a name that is taken or that is not the one it has.
    """
    kind = read_kind(kind)
    if not isinstance(plain, Mapping):
        raise QuestionError(f"An entry of the catalog is an object of names and values; found {str(plain)[:80]!r}.")
    with one_writer:
        text = catalog_text(con, CATALOG)
        known = parse(text, CATALOG)
        if kind != GUARDRAILS and name is None and item_in(known, kind, plain.get("name")) is not None:
            of = "an action" if kind == "action" else "a trigger"
            raise QuestionError(f"There is {of} named {plain.get('name')!r} already. Give this one another name.")
        spared = _sparing(kind, item_in(known, kind, name), plain)
        return keep_catalog(con, with_item(text, kind, name, spared), by=by, reason=reason, at=at)


def switch(con: Warehouse, kind: str, name: str, on: bool, *, by: str, reason: str = "", at: int | None = None) -> Kept:
    """Switch an action or a trigger on or off; what is off proposes nothing.

    Raises: QuestionError: no such entry.
    """
    found = _entry(con, kind, name)
    return set_item(con, kind, name, {**{key: value for key, value in found.items() if key != "on"}, "on": on}, by=by, reason=reason, at=at)


def roll_back_item(con: Warehouse, kind: str, name: str | None, version: int, *, by: str, reason: str = "", at: int | None = None) -> Kept:
    """Put one entry in force again as it was in a version; the others stay as they are now.

    Raises: QuestionError: no such version, or none of this entry in it; the sentence names those that have it.
    """
    found = item_in(parse(version_text(con, version), CATALOG), read_kind(kind), name)
    if found is None:
        having = [one.version for one in history(con) if item_in(parse(version_text(con, one.version), CATALOG), kind, name) is not None]
        known = f" Versions that hold it: {', '.join(map(str, sorted(having)))}." if having else ""
        raise QuestionError(f"Version {version} holds no {kind} named {name!r}.{known}")
    there = kind == GUARDRAILS or item_in(parse(catalog_text(con, CATALOG), CATALOG), kind, name) is not None
    return set_item(con, kind, name if there else None, found, by=by, reason=reason or f"As it was in version {version}.", at=at)


def delete_item(con: Warehouse, kind: str, name: str, *, by: str, reason: str = "", at: int | None = None) -> Kept:
    """Take an action or a trigger out of the catalog; it stays in the versions before.

    Raises: QuestionError: no such entry; an action that triggers propose, or of which proposals are open.
    """
    with one_writer:
        _entry(con, kind, name)
        text = catalog_text(con, CATALOG)
        if kind == "action":
            _refuse_used(con, text, name)
        return keep_catalog(con, without_item(text, kind, name), by=by, reason=reason, at=at)


def _refuse_used(con: Warehouse, text: str, action: str) -> None:
    if triggers := written_actions(text).triggers_of(action):
        named = " and ".join(repr(trigger.name) for trigger in triggers)
        raise QuestionError(f"The action {action!r} is proposed by {named}. Delete that first, or switch the action off.")
    if waiting := int(one(con, OPEN, {"action": action})):
        raise QuestionError(f"{waiting:,} proposals of {action!r} are open. Decide or withdraw them first, or switch the action off.")


def _entry(con: Warehouse, kind: str, name: Any) -> Mapping[str, Any]:
    if read_kind(kind) == GUARDRAILS:
        raise QuestionError("The guardrails are always there: set them, or take up an earlier version of them.")
    plain = parse(catalog_text(con, CATALOG), CATALOG)
    found = item_in(plain, kind, name)
    if found is None:
        raise QuestionError(f"No {kind} is named {name!r}.{nearest(str(name), [str(one.get('name')) for one in plain.get(kind, [])])}")
    return found


def _sparing(kind: str, old: Mapping[str, Any] | None, plain: Mapping[str, Any]) -> dict[str, Any]:
    """The entry as a person would write it: what means the same as before stays as it stands, and what is usual is left out."""
    usual = READ[kind](LEAST[kind]).as_plain()
    new = READ[kind](plain).as_plain()
    before = _meant(kind, old)
    found: dict[str, Any] = {}
    for key in {**(old or {}), **plain}:
        if old is not None and key in old and same(before.get(key), new.get(key)):
            found[key] = old[key]
        elif key in plain and (key == "name" or not same(usual.get(key), new.get(key)) or (old is not None and key in old)):
            found[key] = plain[key]
    return found


def _meant(kind: str, old: Mapping[str, Any] | None) -> dict[str, Any]:
    try:
        return {} if old is None else READ[kind](old).as_plain()
    except JourneyError:
        return {}

"""Changing one entry in the text of a catalog, so that everything else stays as it was written, remarks included.

tomlkit keeps what a person wrote around the tables; the values are written here, a rule's conditions a line each.
"""

import json
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.items import AoT, Table

from journey.errors import QuestionError
from journey.rules import nearest

KINDS = ("action", "trigger")
GUARDRAILS = "guardrails"
WIDTH = 100
ANY_EVENT = ("did", "did_not", "stall", "time_since", "of", "trend")


def with_item(text: str, kind: str, name: str | None, plain: Mapping[str, Any]) -> str:
    """The text with this entry as `plain` says; name: the one it has, None for a new one or for the guardrails.

    Raises: QuestionError: no such entry; a name that is not the one it has.
    """
    document = tomlkit.parse(text)
    if kind == GUARDRAILS:
        if GUARDRAILS not in document:
            document[GUARDRAILS] = tomlkit.table()
        table = document[GUARDRAILS]
    elif name is None:
        table = _appended(document, kind)
    else:
        table = _entry(document, kind, name)
        if plain.get("name") != name:
            raise QuestionError(
                f"The {kind} {name!r} cannot be renamed to {plain.get('name')!r}: what became of it is kept under its name. Add a new one."
            )
    _fill(table, written(plain))
    if name is None and kind != GUARDRAILS:
        table.add(tomlkit.nl())
    return tomlkit.dumps(document).rstrip("\n") + "\n"


def without_item(text: str, kind: str, name: str) -> str:
    """The text without this entry.

    Raises: QuestionError: no such entry.
    """
    document = tomlkit.parse(text)
    entries = _entries(document, kind)
    entries.remove(_entry(document, kind, name))
    if not len(entries):
        document.remove(kind)
    return tomlkit.dumps(document)


def item_in(plain: Mapping[str, Any], kind: str, name: str | None) -> Mapping[str, Any] | None:
    """An entry of a catalog as plain data; None where it holds none of that name."""
    if kind == GUARDRAILS:
        found = plain.get(GUARDRAILS)
        return found if isinstance(found, Mapping) else None
    return next((one for one in plain.get(kind, []) if one.get("name") == name), None)


def read_kind(kind: Any) -> str:
    """Raises: QuestionError: no kind of entry."""
    if kind not in (*KINDS, GUARDRAILS):
        raise QuestionError(f"{kind!r} is no kind of entry; it can be {', '.join((*KINDS, GUARDRAILS))}.")
    return str(kind)


def written(value: Any, key: str = "") -> Any:
    """Plain data as TOML can hold it: a null has no place there, so a step that is any event is written {}, and else left out."""
    if isinstance(value, Mapping):
        kept = {name: written({} if part is None and name in ANY_EVENT else part, name) for name, part in value.items()}
        return {name: part for name, part in kept.items() if part is not None}
    if isinstance(value, list | tuple):
        return [written({} if part is None else part) for part in value]
    return value


def _entries(document: Any, kind: str) -> AoT:
    """The tables of a kind; none where the text has none."""
    if kind in document and not isinstance(document[kind], AoT) and not document[kind]:
        document.remove(kind)
    found = document.get(kind, tomlkit.aot())
    if not isinstance(found, AoT):
        raise QuestionError(f"The catalog writes [[{kind}]] in one line, where it cannot be edited entry by entry. Edit its text instead.")
    return found


def _appended(document: Any, kind: str) -> Any:
    """A new table after the others of its kind, a line apart."""
    entries = _entries(document, kind)
    if len(entries) and not entries[-1].as_string().endswith("\n\n"):
        entries[-1].add(tomlkit.nl())
    entries.append(tomlkit.table())
    if kind not in document:
        document.append(kind, entries)
    return document[kind][-1]


def _entry(document: Any, kind: str, name: str) -> Table:
    names = [str(one.get("name")) for one in _entries(document, kind)]
    if name not in names:
        raise QuestionError(f"No {kind} is named {name!r}.{nearest(name, names)}")
    return document[kind][names.index(name)]


def _fill(table: Any, plain: Mapping[str, Any]) -> None:
    """Only what is another value is written anew, so that remarks beside the rest stay where they are."""
    gone = [key for key in table if key not in plain]
    changed = [key for key, value in plain.items() if key in table and not same(_unwrapped(table[key]), value)]
    tables = [key for key in (*gone, *changed) if isinstance(table[key], Table | AoT)]
    for key in {*gone, *tables}:
        table.remove(key)
    for key, value in plain.items():
        if key not in table or key in changed:
            table[key] = tomlkit.value(_line(value))
    if tables:
        table.add(tomlkit.nl())


def same(one: Any, other: Any) -> bool:
    """Equal, and of one kind: 1 and 1.0 are, 1 and true are not."""
    return _plain(one) == _plain(other)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return ("number", float(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _unwrapped(item: Any) -> Any:
    return item.unwrap() if hasattr(item, "unwrap") else item


def _line(value: Any, depth: int = 0) -> str:
    """A value as TOML; a long list with an entry a line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_line(part, depth)}" for key, part in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        parts = [_line(part, depth + 1) for part in value]
        short = "[" + ", ".join(parts) + "]"
        if len(short) <= WIDTH or not any(isinstance(part, Mapping) for part in value):
            return short
        pad = "    " * (depth + 1)
        return "[\n" + "".join(f"{pad}{part},\n" for part in parts) + "    " * depth + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
    return text.replace("\x7f", "\\u007f")


def _key(key: Any) -> str:
    text = str(key)
    return text if text.replace("_", "").replace("-", "").isascii() and text.replace("_", "").replace("-", "").isalnum() else _line(text)

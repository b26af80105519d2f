"""Segments that were saved by name: <workspace>/segments.json, one rule a name."""

import json
import threading
from collections.abc import Mapping
from typing import Any

from journey.catalogs import keep_text, kept_by_name
from journey.errors import QuestionError
from journey.rules.naming import put_for, referring, renamed
from journey.warehouse import Warehouse

FILE = "segments.json"
EVERYONE = "All customers"
LONGEST_NAME = 80
_one_writer = threading.Lock()


def saved_segments(con: Warehouse) -> dict[str, Any]:
    """Name -> rule, by name.

    Raises: WorkspaceError: the file was edited and is no JSON object.
    """
    return kept_by_name(con, FILE, "rules")


def save_segment(con: Warehouse, name: str, rule: Any) -> None:
    """Keep a rule under a name; one that was there is replaced.

    Raises: QuestionError: a name that is empty or too long; a rule that is no plain data.
    """
    name = read_name(name)
    if not isinstance(rule, str | Mapping):
        raise QuestionError(f"{rule!r} is not a rule, so it cannot be saved as {name!r}.")
    try:
        plain = json.loads(json.dumps(rule))
    except (TypeError, ValueError, RecursionError) as fault:
        raise QuestionError(f"The rule for {name!r} is not plain data: {fault}.") from fault
    with _one_writer:
        _keep(con, {**saved_segments(con), name: plain})


def read_name(name: Any) -> str:
    """A name as it is kept: on one line, without space around it."""
    name = " ".join(name.split()) if isinstance(name, str) else name
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        raise QuestionError(f"A segment's name has 1 to {LONGEST_NAME} characters; found {name!r}.")
    if name == EVERYONE:
        raise QuestionError(f"{EVERYONE!r} always means everyone. Give the segment another name.")
    return name


def free_name(segments: Mapping[str, Any], name: str, rule: Any = None) -> str:
    """The name, or where it is taken by another rule, the name with the next free number."""
    name = read_name(name)
    candidate, number = name, 1
    while candidate in segments and (rule is None or segments[candidate] != rule):
        number += 1
        candidate = f"{name[: LONGEST_NAME - len(str(number)) - 3].rstrip()} ({number})"
    return candidate


def written_out(con: Warehouse, rule: Any) -> Any:
    """The rule with the saved segments it refers to written in their place: it means the same, whatever is saved under them later.

    Raises: QuestionError: no such segment, or one that refers to itself.
    """
    saved = saved_segments(con)

    def put(name: str, above: tuple[str, ...] = ()) -> Any:
        if name not in saved or name in above:
            lacks = "refers to itself" if name in above else "is not saved"
            raise QuestionError(f"The segment {name!r} {lacks}. Choose another one. Saved are: {', '.join(map(repr, saved)) or 'none'}.")
        return put_for(saved[name], lambda inner: put(inner, (*above, name)))

    return put_for(rule, put)


def rename_segment(con: Warehouse, old: str, new: str) -> list[str]:
    """Give a saved segment another name, also in the saved rules that refer to it; answers which those are.

    Raises: QuestionError: no such segment, a name that is taken.
    """
    new = read_name(new)
    with _one_writer:
        known = saved_segments(con)
        if old not in known:
            raise QuestionError(f"No segment is saved as {old!r}.")
        if new != old and new in known:
            raise QuestionError(f"A segment is saved as {new!r} already. Choose another name, or delete that one first.")
        others = referring(known, old)
        _keep(con, {new if name == old else name: renamed(rule, old, new) for name, rule in known.items()})
    return others


def delete_segment(con: Warehouse, name: str) -> None:
    """Forget a name.  Rules that refer to it say so when they are next asked."""
    with _one_writer:
        _keep(con, {known: rule for known, rule in saved_segments(con).items() if known != name})


def _keep(con: Warehouse, segments: Mapping[str, Any]) -> None:
    keep_text(con, FILE, json.dumps(dict(sorted(segments.items())), ensure_ascii=False, indent=1))

"""Keeping the catalog of actions: every text that was in force is kept whole, with who kept it and why, and can be taken up again.

Version 0 is the shipped text.  A text that somebody wrote into the file by hand gets a version of its own before the
next one is kept.
"""

import threading
from dataclasses import dataclass
from typing import Any

from journey.actions.catalog.changes import Change, changes
from journey.actions.catalog.check import check_catalog
from journey.actions.catalog.force import CATALOG
from journey.answers import iso
from journey.catalogs import catalog_text, default_text, is_edited, write_catalog
from journey.errors import QuestionError
from journey.scope import wall_clock
from journey.warehouse import Warehouse, ask_sql, one, write

LONGEST_NAME, LONGEST_REASON = 80, 400
SHIPPED = "The catalog as it was shipped."
OUTSIDE = "The file was edited outside of Journey."
one_writer = threading.RLock()
"""Held from reading the text in force to keeping the next, so that of two people's changes none is lost."""


@dataclass(frozen=True)
class Kept:
    """version: the one in force now.  warnings: sentences about what rests, since the log does not hold what it looks for."""

    version: int
    warnings: tuple[str, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        return {"version": self.version, "warnings": list(self.warnings)}


@dataclass(frozen=True)
class Version:
    """One text of the catalog.  at: ms, by the clock of the machine; None for the shipped one.  changes: against the one before."""

    version: int
    at: int | None
    by: str
    reason: str
    changes: tuple[Change, ...]
    in_force: bool

    def as_plain(self) -> dict[str, Any]:
        plain = {"version": self.version, "at": iso(self.at), "by": self.by, "reason": self.reason, "in_force": self.in_force}
        return {**plain, "changes": [change.as_plain() for change in self.changes]}


def keep_catalog(con: Warehouse, text: str, *, by: str, reason: str = "", at: int | None = None) -> Kept:
    """Put a text in force, whole or not at all; where it is the one in force already, nothing changes.

    by: who does it.  reason: a sentence; what changed, in words, where none is given.
    Raises: QuestionError, CatalogError: a text that cannot be the catalog here; that in force stays as it was.
    """
    by, reason = _name(by), _reason(reason)
    with one_writer:
        before = catalog_text(con, CATALOG)
        if text == before:
            return Kept(catalog_version(con))
        warnings = check_catalog(con, text, before)
        now = wall_clock() if at is None else at
        if is_edited(con, CATALOG) and not _versions_of(con, before):
            _append(con, before, "the file", OUTSIDE, now)
        write_catalog(con, CATALOG, text)
        told = " ".join(change.sentence for change in changes(before, text)) or "Remarks and order only."
        return Kept(_append(con, text, by, reason or told[:LONGEST_REASON], now), warnings)


def restore(con: Warehouse, version: int, *, by: str, reason: str = "", at: int | None = None) -> Kept:
    """Put an earlier text in force again, as a new version; 0 is the shipped one.

    Raises: QuestionError: no such version; a text that cannot be the catalog any more.
    """
    return keep_catalog(con, version_text(con, version), by=by, reason=reason or f"Back to version {version}.", at=at)


def version_text(con: Warehouse, version: int) -> str:
    """Raises: QuestionError: no such version."""
    if version == 0 and not isinstance(version, bool):
        return default_text(CATALOG)
    text = one(con, "select text from action_versions where version = $version", {"version": version}) if type(version) is int else None
    if text is None:
        last = one(con, "select coalesce(max(version), 0) from action_versions")
        raise QuestionError(f"The catalog of actions has no version {version!r}; they run from 0, the shipped one, to {last}.")
    return str(text)


def catalog_version(con: Warehouse) -> int:
    """The version in force; 0 for the shipped text, and for one written into the file by hand that is not kept yet."""
    return max(_versions_of(con, catalog_text(con, CATALOG)), default=0)


def history(con: Warehouse, kind: str | None = None, name: str | None = None) -> tuple[Version, ...]:
    """Every version, the latest first, with what it changed; of one kind or one entry only those that changed it."""
    rows = ask_sql(con, "select version, done_at, done_by, reason, text from action_versions order by version").rows()
    now, before = catalog_version(con), default_text(CATALOG)
    found = [Version(0, None, "Journey", SHIPPED, (), now == 0)]
    for version, at, by, reason, text in rows:
        found.append(Version(version, at, by, reason, changes(before, text), version == now))
        before = text
    if kind is None and name is None:
        return tuple(reversed(found))
    return tuple(version for version in reversed(found) if any(_is_of(change, kind, name) for change in version.changes))


def _is_of(change: Change, kind: str | None, name: str | None) -> bool:
    return (kind is None or change.kind == kind) and (name is None or change.name == name)


def _versions_of(con: Warehouse, text: str) -> list[int]:
    return [*ask_sql(con, "select version from action_versions where text = $text", {"text": text})["version"].to_list()]


def _append(con: Warehouse, text: str, by: str, reason: str, at: int) -> int:
    with write(con) as connection:
        version = int(one(con, "select coalesce(max(version), 0) + 1 from action_versions"))
        connection.execute("insert into action_versions values (?, ?, ?, ?, ?)", [version, at, by, reason, text])
    return version


def _name(by: Any) -> str:
    name = " ".join(by.split()) if isinstance(by, str) else ""
    if not 0 < len(name) <= LONGEST_NAME:
        raise QuestionError(f"Say who changes the catalog, in 1 to {LONGEST_NAME} characters; found {by!r}.")
    return name


def _reason(reason: Any) -> str:
    told = " ".join(reason.split()) if isinstance(reason, str) else None
    if told is None or len(told) > LONGEST_REASON:
        raise QuestionError(f"A reason is a sentence of at most {LONGEST_REASON} characters; found {str(reason)[:80]!r}.")
    return told

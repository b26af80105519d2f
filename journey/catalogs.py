"""The catalogs a person may edit (stages, metrics, ...): the workspace's own text where there is one, else the shipped default.

A catalog is a TOML file.  The default is data/<name>.toml; an edited one is <workspace>/<name>.toml, written whole or
not at all.  A workspace in memory keeps it in table settings.
"""

import json
import os
import re
import tempfile
import tomllib
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

from journey.errors import JourneyError, WorkspaceError
from journey.warehouse import Warehouse, keep_setting, setting, write

DEFAULTS = Path(__file__).resolve().parent.parent / "data"
LONGEST = 200_000


class CatalogError(JourneyError):
    """A catalog that cannot be read, or whose text is not TOML."""


def read_catalog(con: Warehouse, name: str) -> dict[str, Any]:
    """The catalog in force, as plain data.

    Raises: CatalogError: an edited file that is not TOML; the sentence names the file, the line and the way back.
    """
    try:
        return parse(catalog_text(con, name), name)
    except CatalogError as fault:
        if not is_edited(con, name):
            raise
        where = f" It stands in {_edited_path(con, name)}." if con.folder else ""
        raise CatalogError(f"{fault}{where} Mend it, or reset it to the default.") from fault


def catalog_text(con: Warehouse, name: str) -> str:
    """The text of the catalog in force, comments included."""
    edited = _edited_text(con, name)
    return default_text(name) if edited is None else edited


def default_text(name: str) -> str:
    """The shipped text."""
    path = DEFAULTS / f"{_known(name)}.toml"
    if not path.is_file():
        shipped = ", ".join(sorted(file.stem for file in DEFAULTS.glob("*.toml"))) or "none"
        raise CatalogError(f"There is no catalog named {name!r}. Known are: {shipped}.")
    return path.read_text(encoding="utf-8")


def is_edited(con: Warehouse, name: str) -> bool:
    """Whether the workspace has a text of its own."""
    return _edited_text(con, name) is not None


def write_catalog(con: Warehouse, name: str, text: str) -> None:
    """Keep an edited text in the workspace.  It must be TOML; what its tables mean is checked by the room that reads it.

    Raises: CatalogError: the text is no TOML, naming the line; the catalog in force is left as it was.
    """
    parse(text, name)
    keep_text(con, f"{_known(name)}.toml", text)


def reset_catalog(con: Warehouse, name: str) -> None:
    """Forget the edited text; the default holds again."""
    drop_text(con, f"{_known(name)}.toml")


def parse(text: str, name: str) -> dict[str, Any]:
    """TOML text -> plain data."""
    if len(text) > LONGEST:
        raise CatalogError(f"The catalog {name!r} has {len(text):,} characters; {LONGEST:,} are the most it may have. Shorten it.")
    try:
        return deepcopy(_loaded(text))
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise CatalogError(f"The catalog {name!r} is not valid TOML: {str(fault) or 'it is nested too deeply'}.") from fault


@lru_cache(maxsize=32)
def _loaded(text: str) -> dict[str, Any]:
    """Pages read their catalogs at every run, and reading TOML takes ten times as long as copying what it holds."""
    return tomllib.loads(text)


def kept_text(con: Warehouse, file: str) -> str | None:
    """A small text the workspace keeps under a file's name; None where it keeps none."""
    if con.folder is None:
        found: str | None = setting(con, f"file:{file}")
        return found
    try:
        return (con.folder / file).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as fault:
        raise WorkspaceError(f"{con.folder / file} cannot be read: {fault}. Mend the file, or move it away.") from fault


def kept_by_name(con: Warehouse, file: str, what: str) -> dict[str, Any]:
    """What the workspace keeps by name in a JSON file, by name.  what: "rules", for the sentence.

    Raises: WorkspaceError: the file was edited and is no JSON object.
    """
    text = kept_text(con, file)
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError) as fault:
        raise WorkspaceError(f"{file} in the workspace is not valid JSON: {fault}. Mend it, or move it away.") from fault
    if not isinstance(found, dict):
        raise WorkspaceError(f"{file} in the workspace must hold an object of names and {what}. Mend it, or move it away.")
    return dict(sorted(found.items()))


def keep_text(con: Warehouse, file: str, text: str) -> None:
    """Write a small text beside the warehouse: the old one or the new one is there, never half of it."""
    if con.folder is None:
        with write(con):
            keep_setting(con, f"file:{file}", text)
        return
    try:
        handle, aside = tempfile.mkstemp(prefix=f".{file}.", dir=con.folder)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        Path(aside).replace(con.folder / file)
    except OSError as fault:
        raise WorkspaceError(
            f"{con.folder / file} cannot be written: {fault.strerror}. Nothing was changed; mend that and try again."
        ) from fault


def drop_text(con: Warehouse, file: str) -> None:
    """Remove a kept text, where there is one."""
    if con.folder is None:
        with write(con) as connection:
            connection.execute("delete from settings where name = $name", {"name": f"file:{file}"})
        return
    (con.folder / file).unlink(missing_ok=True)


def _edited_text(con: Warehouse, name: str) -> str | None:
    return kept_text(con, f"{_known(name)}.toml")


def _edited_path(con: Warehouse, name: str) -> Path:
    return (con.folder or Path()) / f"{name}.toml"


def _known(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name):
        raise CatalogError(f'{name!r} is not the name of a catalog. A name is lowercase letters and digits, such as "stages".')
    return name

"""Where models lie: plain JSON in the workspace, models/<name>/<file>; never anything that runs when it is read."""

import hashlib
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from journey.catalogs import keep_text, kept_text
from journey.errors import WorkspaceError
from journey.warehouse import Warehouse

FOLDER = "models"


def folder_of(name: str) -> str:
    """A name may be anything; its folder is a slug and what tells it from others of the same slug."""
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40] or "model"
    return slug if slug == name else f"{slug}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def keep_plain(con: Warehouse, name: str, file: str, plain: Any) -> None:
    """Write plain data under a model's name: the old or the new, never half of it.

    Raises: WorkspaceError: the folder cannot be written.
    """
    path, text = f"{FOLDER}/{folder_of(name)}/{file}.json", json.dumps(plain, ensure_ascii=False, allow_nan=False)
    if con.folder is None:
        keep_text(con, path, text)
        return
    place = con.folder / path
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix=f".{file}.", dir=place.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        Path(aside).replace(place)
    except OSError as fault:
        raise WorkspaceError(f"{place} cannot be written: {fault.strerror}. Make room there, and train again.") from fault


def kept_plain(con: Warehouse, name: str, file: str) -> Any:
    """What was kept; None where nothing is.

    Raises: WorkspaceError: the file was changed and is no JSON.
    """
    path = f"{FOLDER}/{folder_of(name)}/{file}.json"
    text = kept_text(con, path)
    try:
        return None if text is None else json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise WorkspaceError(f"{path} in the workspace is not valid JSON: {fault}. Move it away, and train again.") from fault

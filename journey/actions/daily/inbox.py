"""New files in the folders that are watched, loaded as the last file of their kind was.

A file is known by its content: one that was loaded before, under whatever name, is passed over.  What a file holds is told by
the folder it lies in or its name (customers, consent, events), else by its columns.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from journey.errors import JourneyError, LoadError, QuestionError
from journey.ingest import LoadReceipt, Preview, load_consent, load_customers, load_events, preview_file
from journey.ingest.mapping import TABLE_ROLES
from journey.ingest.sources import KINDS as SUFFIXES
from journey.warehouse import Warehouse, ask_sql, keep_setting, one, setting, write

WATCH, KNOWN = "watch", "files_known"
LOADERS: Mapping[str, Callable[..., LoadReceipt]] = {"events": load_events, "customers": load_customers, "consent": load_consent}
NEEDED = {"events": ("customer", "event", "ts"), "customers": ("customer",), "consent": ("customer", "purpose", "given")}
GUESSED = ("consent", "events", "customers")  # the most particular first: every file of events has a customer
STILL_S = 2.0  # a file that changed within this may still be written
LAST = "select mapping from loads where kind = $kind order by load desc limit 1"


@dataclass
class Taken:
    """What came of looking: receipts of what was loaded, sentences of what could not be, names of what may still be written."""

    receipts: list[LoadReceipt] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    known: int = 0

    @property
    def stored(self) -> int:
        return sum(receipt.stored for receipt in self.receipts)

    @property
    def sentence(self) -> str:
        told = [receipt.sentence() for receipt in self.receipts if not receipt.already_loaded]
        if self.unfinished:
            told.append(f"Still being written, and left to the next run: {', '.join(self.unfinished)}.")
        return " ".join([*told, *self.faults]) or (
            f"Nothing new: {'the one file that lies there was' if self.known == 1 else f'all {self.known:,} files were'} loaded before."
            if self.known
            else "Nothing new: no file lies in the folders that are watched."
        )


def watched(con: Warehouse) -> tuple[Path, ...]:
    """The folders that are looked into: those that were set, else the workspace's inbox; with what lies one below."""
    named = setting(con, WATCH)
    roots = [Path(name) for name in named] if named else [con.folder / "inbox"] if con.folder is not None else []
    inside = [folder for root in roots if root.is_dir() for folder in sorted(root.iterdir()) if folder.is_dir() and folder.name in LOADERS]
    return (*roots, *inside)


def watch(con: Warehouse, folders: Sequence[str]) -> None:
    """Look into these folders from now on; none for the inbox.

    Raises: QuestionError: one is no folder.
    """
    for name in folders:
        if not Path(name).is_dir() or not Path(name).is_absolute():
            raise QuestionError(f"{name!r} cannot be watched: it is not the whole path of a folder that is there.")
    with write(con):
        keep_setting(con, WATCH, list(folders))


def load_new(con: Warehouse, tell: Callable[..., None] | None = None, sleep: Callable[[float], None] = time.sleep) -> Taken:
    """Load every file that was not loaded before.  A file that cannot be loaded is told, and the next ones go on."""
    taken, seen = Taken(), Seen(con)
    for folder in watched(con):
        if not folder.is_dir():
            taken.faults.append(f"The folder {folder} is not there. Make it, or watch another.")
            continue
        new = [path for path in _files(folder) if not seen.holds(path)]
        taken.known += len(_files(folder)) - len(new)
        still = [path for path in new if _is_still(path, sleep)]
        taken.unfinished += [path.name for path in new if path not in still]
        for kind, mapping, paths in _alike(con, still):
            _load(con, kind, mapping, paths, taken, seen, tell)
    return taken


def _files(folder: Path) -> list[Path]:
    suffix = {path: (Path(path.stem).suffix if path.suffix.lower() == ".gz" else path.suffix).lower() for path in folder.iterdir()}
    return sorted(path for path, ending in suffix.items() if path.is_file() and ending in SUFFIXES and not path.name.startswith("."))


def _is_still(path: Path, sleep: Callable[[float], None]) -> bool:
    """Whether nobody writes to it: it did not change for a while, or does not while it is watched."""
    before = path.stat()
    if time.time() - before.st_mtime >= STILL_S:
        return True
    sleep(STILL_S)
    after = path.stat()
    return (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


class Seen:
    """The files that were loaded from watched folders, by the hash of their bytes; unchanged ones are not read again."""

    def __init__(self, con: Warehouse) -> None:
        self.con = con
        self.files: dict[str, list[Any]] = setting(con, KNOWN, {})
        self.places = {tuple(place): digest for digest, place in self.files.items()}

    def holds(self, path: Path) -> bool:
        return self._place(path) in self.places or _digest(path) in self.files

    def add(self, paths: Iterable[Path]) -> None:
        for path in paths:
            self.files[_digest(path)] = list(self._place(path))
        self.places = {tuple(place): digest for digest, place in self.files.items()}
        with write(self.con):
            keep_setting(self.con, KNOWN, self.files)

    def _place(self, path: Path) -> tuple[Any, ...]:
        told = path.stat()
        return (str(path), told.st_size, told.st_mtime_ns)


def _digest(path: Path) -> str:
    with path.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()


def _alike(con: Warehouse, paths: Sequence[Path]) -> list[tuple[str, dict[str, Any] | None, list[Path]]]:
    """Files that go together: of one kind and ending, with one mapping.  Events go first, as the others may name their people."""
    groups: dict[str, tuple[str, dict[str, Any] | None, list[Path]]] = {}
    for path in paths:
        kind, mapping = _how(con, path)
        key = json.dumps([list(LOADERS).index(kind), "".join(path.suffixes[-2:]), mapping], sort_keys=True)
        groups.setdefault(key, (kind, mapping, []))[2].append(path)
    return [groups[key] for key in sorted(groups)]


def _load(
    con: Warehouse,
    kind: str,
    mapping: dict[str, Any] | None,
    paths: list[Path],
    taken: Taken,
    seen: Seen,
    tell: Callable[..., None] | None,
) -> None:
    """Together, as that is one change of the facts; one by one where together they cannot be loaded."""
    try:
        taken.receipts.append(LOADERS[kind](con, [str(path) for path in paths], mapping, progress=tell))
        seen.add(paths)
    except LoadError as fault:
        if len(paths) == 1:
            taken.faults.append(f"{paths[0].name}: {fault}")
            return
        for path in paths:
            _load(con, kind, mapping, [path], taken, seen, tell)


def _how(con: Warehouse, path: Path) -> tuple[str, dict[str, Any] | None]:
    """(kind, mapping): as the last load of that kind had it; None to guess it."""
    try:
        looked = preview_file(path)
    except LoadError:
        return _named_kind(path) or "events", None  # loading it says why, in a sentence
    named = _named_kind(path)
    for kind in (named,) if named else GUESSED:
        if kind == "customers" and named is None and {"event", "ts"} <= looked.mapping.keys():
            continue  # it tells of events, in columns of other names
        mapping = last_mapping(con, kind, looked)
        if mapping is not None:
            return kind, mapping
    return named or "events", {"personal": sorted(looked.personal)} if looked.personal else None


def _named_kind(path: Path) -> str | None:
    """By the folder, or by how the name begins."""
    return next((kind for kind in LOADERS if path.parent.name == kind or path.name.lower().startswith(kind)), None)


def last_mapping(con: Warehouse, kind: str, looked: Preview) -> dict[str, Any] | None:
    """The mapping of the last load of this kind, as far as this file has its columns; None where it lacks one that is needed.

    Columns that were not there before and look like e-mails or phones are kept as keyed hashes: nobody is here to be asked.
    """
    kept = one(con, LAST, {"kind": kind})
    if kept is None:
        return None
    told, columns = json.loads(kept), set(looked.columns)
    roles = {role: column for role, column in told["roles"].items() if column in columns}
    given = {*roles, *told["constant"]}
    if any(role not in given for role in NEEDED[kind] if role in told["roles"] or role in told["constant"]) or "customer" not in given:
        return None
    before = _columns_before(con, kind)
    personal = {column for column in told["personal"] if column in columns}
    personal |= {column for column in looked.personal if column not in before and column not in roles.values()}
    mapping: dict[str, Any] = {role: column for role, column in roles.items() if role in TABLE_ROLES[kind]}
    mapping |= {key: told[key] for key in ("constant", "timezone", "unit", "format", "revenue") if told.get(key)}
    mapping |= {"skip": [column for column in told["skip"] if column in columns], "personal": sorted(personal)}
    mapping["rename"] = {column: name for column, name in told["rename"].items() if column in columns}
    if told.get("gap"):
        mapping["gap"] = told["gap"] / 1000
    return {key: value for key, value in mapping.items() if value}


def _columns_before(con: Warehouse, kind: str) -> set[str]:
    of = "customer" if kind == "customers" else "event"
    return set(ask_sql(con, "select name from properties where of = $of", {"of": of})["name"].to_list())


def told_fault(fault: Exception) -> str:
    """A failure as a sentence: one of ours as it is, any other as a fault of the program."""
    return (
        str(fault)
        if isinstance(fault, JourneyError)
        else f"It stopped at a fault of the program ({type(fault).__name__}); the log says more."
    )

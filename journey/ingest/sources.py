"""Where a load comes from: files found, told apart by their content, unpacked to plain UTF-8, and hashed."""

import glob
import gzip
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from journey.errors import LoadError

KINDS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252")
MOST_BYTES = 64 << 30  # unpacked
MOST_RATIO = 400  # unpacked to packed: event logs pack 5 to 30 times, gzip at best 1,030 times
SMALL = 64 << 20  # below this an extreme ratio does no harm
CHUNK = 1 << 22
HEAD = 4 << 20


@dataclass(frozen=True)
class SourceFile:
    """A file as the person named it.  kind: csv | parquet | jsonl."""

    path: Path
    kind: str
    packed: bool

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class PlainFile:
    """A file ready to be parsed: unpacked, UTF-8 where it is text.

    sha256: of the bytes as they came.  newlines: line ends in the plain text, 0 for Parquet.
    encoding: as found or named.  open_end: the last line has no line end.
    """

    source: SourceFile
    path: Path
    sha256: str
    newlines: int
    encoding: str
    size: int
    open_end: bool = False


def find_files(source: Any) -> list[SourceFile]:
    """The files that a path, a list of paths, a folder or a glob names, in order of name.

    Raises:
        LoadError: nothing there, an unknown kind, or files of several kinds.
    """
    named = list(source) if isinstance(source, Sequence) and not isinstance(source, str) else [source]
    files = [_told_apart(path) for item in named for path in _expand(Path(str(item)).expanduser())]
    if not files:
        raise LoadError("No file was named. Name a file, a folder or a pattern such as logs/*.csv.")
    kinds = sorted({file.kind for file in files})
    if len(kinds) > 1:
        raise LoadError(f"The files are of several kinds ({', '.join(kinds)}). Load each kind by itself.")
    return files


def _expand(path: Path) -> list[Path]:
    if path.is_dir():
        inside = sorted(file for file in path.iterdir() if file.is_file() and _kind_by_name(file))
        if not inside:
            raise LoadError(f"The folder {path} holds no file that can be loaded (.csv, .tsv, .txt, .jsonl, .parquet; plain or .gz).")
        return inside
    if path.exists():
        return [path]
    found = sorted(Path(name) for name in glob.iglob(str(path))) if glob.has_magic(str(path)) else []  # noqa: PTH207
    if not found:
        raise LoadError(f"There is no file {path}. Check the name, or where the command was started.")
    return [file for file in found if file.is_file()]


def _kind_by_name(path: Path) -> str | None:
    return KINDS.get(Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower())


def _told_apart(path: Path) -> SourceFile:
    """Content first: a Parquet file says so in four bytes, gzip in two; the name decides between CSV and JSON lines."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with _unpacked(path, packed) as plain:
            start = plain.read(4096)
    except (OSError, EOFError, gzip.BadGzipFile) as fault:
        raise LoadError(f"The file {path} cannot be read: {fault}.") from fault
    if start[:4] == b"PAR1":
        return SourceFile(path, "parquet", packed)
    kind = _kind_by_name(path)
    if kind == "parquet":
        raise LoadError(f"The file {path} is named as Parquet, but its content is not. It may be cut short or another format.")
    if kind is None or kind == "csv":
        kind = "jsonl" if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:2] in (b'{"', b"{}", b"{ ") else "csv"
    return SourceFile(path, kind, packed)


def _unpacked(path: Path, packed: bool) -> IO[bytes]:
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


@contextmanager
def plain_files(files: Sequence[SourceFile], encoding: str | None, folder: Path | None) -> Iterator[list[PlainFile]]:
    """The files unpacked and in UTF-8, in a temporary folder where that took a copy.  folder: where temporary files may go."""
    with TemporaryDirectory(prefix="journey-", dir=folder) as scratch:
        yield [_plain(file, number, encoding, Path(scratch)) for number, file in enumerate(files)]


def _plain(file: SourceFile, number: int, encoding: str | None, scratch: Path) -> PlainFile:
    try:
        path = _unpack(file, scratch / f"{number}.{file.kind}") if file.packed else file.path
        sha256 = _sha256(file.path)
        if file.kind == "parquet":
            return PlainFile(file, path, sha256, 0, "", path.stat().st_size)
        seen = _survey(path, file, encoding)
        found = seen.encoding
        if seen.nul:
            raise LoadError(f"The file {file.path} holds NUL bytes, so it is no text. Export it again as UTF-8.")
        if found not in ("utf-8", "utf-8-sig") or seen.mixed:
            path = _rewritten(path, found, scratch / f"{number}.utf8", file)
            seen = _survey(path, file, "utf-8")
        return PlainFile(file, path, sha256, seen.newlines, found, path.stat().st_size, seen.open_end)
    except (OSError, EOFError) as fault:
        raise LoadError(f"The file {file.path} cannot be read: {fault}.") from fault


def _unpack(file: SourceFile, target: Path) -> Path:
    """Raises LoadError where a small file unpacks into far more than an event log would."""
    packed, written = file.path.stat().st_size, 0
    room = shutil.disk_usage(target.parent).free
    with gzip.open(file.path, "rb") as source, target.open("wb") as plain:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > MOST_BYTES or (written > SMALL and written > MOST_RATIO * packed):
                raise LoadError(
                    f"The file {file.path} unpacks into more than {written >> 20:,} MB from {max(1, packed >> 10):,} KB. "
                    "No event log packs that well; nothing was loaded. Unpack it yourself if you trust it."
                )
            if written > room:
                raise LoadError(f"The file {file.path} needs more room to unpack than is free in {target.parent} ({room >> 20:,} MB).")
            plain.write(chunk)
    return target


def _sha256(path: Path) -> str:
    with path.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()


@dataclass(frozen=True)
class Survey:
    """What one pass over the bytes tells.  mixed: lines end in more than one way, or by carriage returns alone."""

    encoding: str
    newlines: int
    open_end: bool
    nul: bool
    mixed: bool


def _survey(path: Path, file: SourceFile, encoding: str | None) -> Survey:
    with path.open("rb") as raw:
        found = encoding or _marked(raw.read(4))
        if found == "utf-16":
            return Survey("utf-16", 0, False, False, False)
        raw.seek(0)
        newlines, pairs, returns, last, ascii_only, nul = 0, 0, 0, b"", True, False
        while chunk := raw.read(CHUNK):
            newlines += chunk.count(b"\n")
            if b"\r" in chunk or last == b"\r":
                returns += chunk.count(b"\r")
                pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            ascii_only = ascii_only and chunk.isascii()
            nul = nul or b"\0" in chunk
            last = chunk[-1:]
    if found is None:
        found = "utf-8" if ascii_only or _is_utf8(path) else None
    if found is None and nul:
        raise LoadError(
            f"The file {file.path} is no text: it holds NUL bytes. Journey reads CSV, Parquet and JSON lines, plain or gzipped."
        )
    if found is None:
        raise LoadError(
            f"The file {file.path} is not UTF-8. It is probably Latin-1 or Windows text: say so under File options, "
            "or with --map encoding=latin-1 (or cp1252, utf-16)."
        )
    return Survey(found, newlines, last not in (b"\n", b""), nul, bool(returns) and (pairs < newlines or not newlines))


def _marked(start: bytes) -> str | None:
    if start[:3] == b"\xef\xbb\xbf":
        return "utf-8-sig"
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or (len(start) == 4 and start.count(b"\0") == 2 and (not start[1] or not start[0])):
        return "utf-16"
    return None


def _is_utf8(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", newline="") as text:
            while text.read(CHUNK):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _rewritten(path: Path, encoding: str, target: Path, file: SourceFile) -> Path:
    """A copy in UTF-8 whose lines all end in one way.  Without a mark, UTF-16 is little-endian unless the first byte is zero."""
    with path.open("rb") as raw:
        start = raw.read(2)
    if encoding == "utf-16" and start not in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16-be" if start[:1] == b"\0" else "utf-16-le"
    try:
        with path.open(encoding=encoding) as source, target.open("w", encoding="utf-8", newline="\n") as plain:
            shutil.copyfileobj(source, plain, CHUNK)
    except (UnicodeError, LookupError) as fault:
        raise LoadError(f"The file {file.path} cannot be read as {encoding}: {fault}. Known encodings: {', '.join(ENCODINGS)}.") from fault
    return target


def head_of(file: SourceFile, encoding: str | None, scratch: Path, size: int = HEAD) -> PlainFile:
    """The first megabytes of a text file, cut at a line's end, as a plain file of their own: enough for a preview."""
    try:
        with _unpacked(file.path, file.packed) as raw:
            start = raw.read(size)
    except (OSError, EOFError) as fault:
        raise LoadError(f"The file {file.path} cannot be read: {fault}.") from fault
    wide = _marked(start[:4]) == "utf-16" or encoding == "utf-16"
    if len(start) == size:
        end = start.rfind(b"\n")
        start = start[: size - size % 2] if wide or end < 0 else start[: end + 1]
    path = scratch / f"head.{file.kind}"
    path.write_bytes(start)
    return _plain(SourceFile(path, file.kind, False), 0, encoding, scratch)

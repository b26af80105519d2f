"""Personal values as keyed hashes: the same person stays the same, and nobody can be read from the file."""

import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from journey.warehouse import Warehouse

KEY_FILE = "personal.key"
_in_memory = secrets.token_bytes(32)


def workspace_key(con: Warehouse) -> bytes:
    """The workspace's secret, made on first use in a file only its owner can read; of the process where there is no folder."""
    if con.folder is None:
        return _in_memory
    path = con.folder / KEY_FILE
    if not path.exists():
        _write_new(path, secrets.token_bytes(32))
    return path.read_bytes()


def _write_new(path: Path, key: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())


def pseudonym(value: str, key: bytes) -> str:
    """32 hexadecimal digits.  Case and outer blanks do not make another person."""
    return hashlib.blake2b(value.strip().lower().encode(), key=key, digest_size=16).hexdigest()


def pseudonymise(batch: pl.DataFrame, columns: Sequence[str], key: bytes) -> pl.DataFrame:
    """The batch with these columns hashed, value by distinct value; missing stays missing."""
    for column in columns:
        values = batch[column].cast(pl.String)
        distinct = [value for value in values.unique().to_list() if value is not None and value.strip()]
        hashes = [pseudonym(value, key) for value in distinct]
        batch = batch.with_columns(values.replace_strict(distinct, hashes, default=None, return_dtype=pl.String).alias(column))
    return batch

"""Who is held out for good: by a property of the log, else by dice that fall the same way for a customer every time."""

import hashlib
import json
import secrets

import duckdb

from journey.warehouse import Warehouse, setting, write

SALT = "holdout_salt"
RANGE = 2**64


def in_holdout(customer_id: str, salt: str, share: float) -> bool:
    """Whether the dice of this workspace hold a customer out.  They know nothing but the id.

    So no load moves anybody, but for who turns out to be somebody else and is known by another id from then on.
    """
    digest = hashlib.blake2b(customer_id.encode(), key=salt.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * RANGE


def holdout_salt(con: Warehouse) -> str:
    """What makes the dice this workspace's own; thrown once and kept, whoever asks first and in whatever transaction."""
    found: str | None = setting(con, SALT)
    return found or _throw(con)


def _throw(con: Warehouse) -> str:
    """On a cursor of its own, so that a question that is being answered reads and does not write."""
    with con.cursor() as aside:
        try:
            with write(aside) as connection:
                connection.execute("insert or ignore into settings values (?, ?)", [SALT, json.dumps(secrets.token_hex(16))])
        except duckdb.TransactionException:
            pass  # another asked at the same moment, and theirs is the one that counts
        return str(setting(aside, SALT))

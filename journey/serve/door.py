"""How a command of this machine finds the app that owns a workspace: a note in its folder with the port, the process and a secret.

The note can be read by its owner alone, and goes with the app.  One that an app left behind when it was killed is told by its
process, which is gone, or by nobody answering there, and is passed over.
"""

import json
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

NOTE = "app.door.json"


@dataclass(frozen=True)
class Door:
    """pid: of the app.  host, port: where it answers.  secret: what a command must bring."""

    pid: int
    host: str
    port: int
    secret: str

    @property
    def is_open(self) -> bool:
        """Whether the process that wrote it lives.  Another may have its number: then it will not know the secret."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


def open_door(folder: Path, port: int, address: str | None) -> Door:
    """Write the note, whole or not at all, for an app that answers at this address and port.

    address: as the server was told it; None, or every address, is reached by this machine's own.
    """
    host = "127.0.0.1" if address in (None, "", "0.0.0.0", "::", "localhost") else str(address)  # noqa: S104
    door = Door(os.getpid(), host, port, secrets.token_urlsafe(32))
    handle, aside = tempfile.mkstemp(prefix=f".{NOTE}.", dir=folder)  # which only its owner can read
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(asdict(door), out)
    Path(aside).replace(folder / NOTE)
    return door


def find_door(folder: Path) -> Door | None:
    """The note of an app that runs on this workspace; None where there is none, or the one there is says nothing."""
    try:
        told = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        door = Door(int(told["pid"]), str(told["host"]), int(told["port"]), str(told["secret"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return door if door.is_open else None


def close_door(folder: Path, door: Door) -> None:
    """Take the note away, where it is still this app's."""
    if find_door(folder) == door:
        (folder / NOTE).unlink(missing_ok=True)

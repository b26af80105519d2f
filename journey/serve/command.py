"""What `python -m journey daily` asks for: the app that owns the workspace does the run where one is up; else this process does."""

import http.client
import json
import queue
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from journey.errors import JourneyError, WorkspaceError
from journey.serve.door import Door, find_door
from journey.warehouse import open_warehouse

ANSWER_S = 60.0  # the app says within this that it lives


def ask_daily(workspace: str, watched: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """{"by": sentence}, then {"step": ..} as each ends, then {"run": ..}.

    watched: folders to look into from now on; None leaves them as they are.
    Raises: JourneyError: it could not run, or did not come to its end; the sentence says why.
    """
    folders = None if watched is None else [str(Path(each).expanduser().resolve()) for each in watched]
    door = find_door(Path(workspace).expanduser().resolve())
    told = _asked(door, folders) if door is not None else None
    ended = False
    for line in _here(workspace, folders) if told is None else told:
        if "error" in line:
            raise JourneyError(line["error"])
        ended = ended or "run" in line
        yield line
    if not ended:
        raise JourneyError("The app went away before the run had ended. Run it again: it does what was left.")


def _asked(door: Door, watched: list[str] | None) -> Iterator[dict[str, Any]] | None:
    """What the app tells; None where nobody answers there any more."""
    connection = http.client.HTTPConnection(door.host, door.port, timeout=ANSWER_S)
    try:
        body = json.dumps({} if watched is None else {"watch": watched}).encode()
        connection.request("POST", "/daily", body, {"Authorization": f"Bearer {door.secret}"})
        answer = connection.getresponse()
    except (OSError, http.client.HTTPException):
        connection.close()
        return None
    if answer.status != 200:
        connection.close()
        return None  # a stranger on that port: it does not know the secret
    return _lines(connection, answer, door)


def _lines(connection: http.client.HTTPConnection, answer: http.client.HTTPResponse, door: Door) -> Iterator[dict[str, Any]]:
    yield {"by": f"The app on port {door.port} does the run."}
    try:
        for line in answer:
            if line.strip():
                yield json.loads(line)
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise JourneyError(f"The app went away before the run had ended ({fault}). Run it again: it does what was left.") from fault
    finally:
        connection.close()


def _here(workspace: str, watched: list[str] | None) -> Iterator[dict[str, Any]]:
    """In this process, told step by step as the app would: the run works in a thread, and what it tells is handed over."""
    from journey.actions.daily import run_daily, watch

    try:
        con = open_warehouse(workspace)
    except WorkspaceError as fault:
        if "in use by" not in str(fault):
            raise
        told = "It is no app that takes commands, or it is starting or ending just now: try again in a moment."
        raise WorkspaceError(f"{fault} {told}") from fault
    with con:
        yield {"by": "No app is up on this workspace; the run is done here."}
        if watched is not None:
            watch(con, watched)
        lines: queue.SimpleQueue[Any] = queue.SimpleQueue()
        with ThreadPoolExecutor(1) as pool:
            work = pool.submit(run_daily, con, progress=lambda step: lines.put({"step": step.as_plain()}))
            work.add_done_callback(lines.put)
            while not isinstance(line := lines.get(), Future):
                yield line
            yield {"run": work.result().as_plain()}

"""The daily run inside the app: POST /daily by a command of this machine that brings the door's secret, told step by step."""

import asyncio
import hmac
import ipaddress
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from journey.errors import JourneyError
from journey.serve.door import Door, close_door, open_door
from journey.warehouse import Warehouse

log = logging.getLogger("journey")
PATH = "/daily"
LEAST_WAIT_S = 5.0  # for a run under way, when the app ends
HEARTBEAT_S = 10.0


class Daily:
    """What app.py mounts: the route, and the note by which a command finds it."""

    def __init__(self) -> None:
        self.con: Warehouse | None = None
        self.door: Door | None = None
        self.running: list[tuple[threading.Thread, Warehouse]] = []

    def open(self, warehouse: Callable[[], Warehouse], port: int, address: str | None) -> None:
        """Leave the note.  A workspace that cannot be opened, or is in memory, has no door."""
        try:
            self.con = warehouse()
            self.door = None if self.con.folder is None else open_door(self.con.folder, port, address)
        except (JourneyError, OSError) as fault:  # each page says why, in a sentence
            log.warning("no door for commands: %s", fault)

    def close(self) -> None:
        """Take the note away, and end a run under way: its row says that it was cut short."""
        if self.con is None or self.door is None:
            return
        from journey.actions.daily.run import ENDING

        self.con.shared[ENDING] = True
        for thread, cursor in self.running:
            if thread.is_alive():
                cursor.connection.interrupt()
                thread.join(LEAST_WAIT_S)
        if self.con.folder is not None:
            close_door(self.con.folder, self.door)

    async def answer(self, request: Request) -> Response:
        """One line of JSON for each step as it ends, the last one the whole run."""
        if not self._is_let_in(request):
            return JSONResponse({"error": "This is for commands of this machine that bring the workspace's secret."}, status_code=403)
        if self.con is None:
            return JSONResponse({"error": "The workspace is not open."}, status_code=503)
        watched = json.loads(await request.body() or b"{}").get("watch")
        lines: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def tell(line: dict[str, Any] | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(lines.put_nowait, line)

        cursor = self.con.cursor()
        thread = threading.Thread(target=_run, args=(cursor, watched, tell), name="journey-daily", daemon=True)
        self.running = [(other, kept) for other, kept in self.running if other.is_alive()] + [(thread, cursor)]
        thread.start()
        return StreamingResponse(_told(lines), media_type="application/x-ndjson")

    def _is_let_in(self, request: Request) -> bool:
        """From this machine, with the secret; told apart in constant time."""
        if self.door is None or request.client is None:
            return False
        brought = request.headers.get("authorization", "").removeprefix("Bearer ")
        here = request.client.host == self.door.host or _is_loopback(request.client.host)
        return here and hmac.compare_digest(brought.encode(), self.door.secret.encode())


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


async def _told(lines: "asyncio.Queue[dict[str, Any] | None]") -> AsyncIterator[bytes]:
    """The run goes on where the command goes away: nothing here ends it.  An empty line says that it lives."""
    while True:
        try:
            line = await asyncio.wait_for(lines.get(), HEARTBEAT_S)
        except TimeoutError:
            yield b"\n"
            continue
        if line is None:
            return
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _run(con: Warehouse, watched: list[str] | None, tell: Callable[[dict[str, Any] | None], None]) -> None:
    from journey.actions.daily import run_daily, watch

    try:
        if watched is not None:
            watch(con, watched)
        run = run_daily(con, progress=lambda step: tell({"step": step.as_plain()}))
        tell({"run": run.as_plain()})
    except JourneyError as fault:
        tell({"error": str(fault)})
    except Exception as fault:  # told to whoever asked; the log holds the traceback
        log.exception("the daily run failed")
        tell({"error": f"The run stopped at a fault of the program ({type(fault).__name__}). The app's log says more."})
    finally:
        con.close()
        tell(None)

"""What app.py mounts around the pages: a warm start, security headers, an orderly end."""

import gc
import importlib
import logging
from collections.abc import Callable, Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from journey.errors import JourneyError
from journey.warehouse import Warehouse

log = logging.getLogger("journey")

# Pages load only from this machine; Streamlit's own bundle needs inline styles, eval for Plotly, blobs and its websocket.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; worker-src 'self' blob:; connect-src 'self' ws: blob: data:; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)


class SecurityHeaders:
    """Adds the headers to every response; nothing is ever loaded from, or framed by, another host."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def warm(modules: Iterable[str], warehouse: Callable[[], Warehouse]) -> None:
    """Import what the first page needs and open the workspace, so that the first visitor does not wait for it.

    A workspace that cannot be opened does not stop the app: each page says why, in a sentence.
    """
    for module in modules:
        importlib.import_module(module)
    try:
        warehouse()
    except JourneyError as fault:
        log.warning("%s", fault)


def keep_for_good() -> None:
    """Take all that lives now out of the search for garbage: modules, compiled kernels, the open workspace.

    Streamlit makes that search after every run of a page; walking what start-up made would take longer than the page.
    """
    gc.collect()
    gc.freeze()


def drain(warehouse: Callable[[], Warehouse]) -> None:
    """Interrupt running queries and close the workspace: a process that ends under a query aborts."""
    try:
        con = warehouse()
        con.connection.interrupt()
        con.close()
    except Exception as fault:  # the process ends either way; a torn log entry would say nothing
        log.info("closed without draining: %s", fault)

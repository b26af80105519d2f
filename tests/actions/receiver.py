"""A real HTTP receiver for tests: it verifies every signature itself, accepts each key once, and fails as it is told to."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OK = "ok"
FAULTS = ("lose", "hang", "500", "429", "cut")
HANG_S = 1.15  # longer than the second that tests wait for an answer


@dataclass
class Receiver:
    """plan: what to do with the n-th call (from 0).  accepted: key -> body, once each.  calls: (key, what was done)."""

    secret: bytes
    plan: Callable[[int], str] = lambda call: OK
    accepted: dict[str, dict[str, Any]] = field(default_factory=dict)
    repeated: int = 0
    refused: int = 0
    calls: list[tuple[str, str]] = field(default_factory=list)
    at_ms: list[int] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: dict[str, set[bytes]] = field(default_factory=dict)
    retry_after: str = "1"
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token=hidden"

    def take(self, headers: Any, body: bytes) -> str:
        key = headers["Idempotency-Key"]
        what = self.plan(len(self.calls))
        self.calls.append((key, what))
        self.headers.append(dict(headers))
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        signed = "v1," + base64.b64encode(hmac.digest(self.secret, content, hashlib.sha256)).decode()
        if not hmac.compare_digest(signed, headers["webhook-signature"]):
            self.refused += 1
            return "401"
        self.bodies.setdefault(key, set()).add(body)
        if what in (OK, "lose", "hang", "cut"):  # done, whether or not the answer arrives
            self.repeated += key in self.accepted
            self.accepted.setdefault(key, json.loads(body))
        return what


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            what = receiver.take(self.headers, body)
            if what in ("lose", "cut"):
                self.close_connection = True
                if what == "cut":
                    self.wfile.write(b"HTTP/1.1 20")
                return
            if what == "hang":
                time.sleep(HANG_S)
            status = {OK: 204, "hang": 204}.get(what) or int(what)
            self.send_response(status)
            if status in (429, 503):
                self.send_header("Retry-After", receiver.retry_after)
            if 300 <= status < 400:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            said = b"" if status == 204 else b"no, thank you"
            if status != 204:
                self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            """Tests read what the receiver took, not what it printed."""

    return Handler


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    """The receiver listens within the block, on the port it had before where it had one."""
    server = ThreadingHTTPServer(("127.0.0.1", receiver.port), _handler(receiver))
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # a sender that is killed in the middle of a call is what is tried here
    server.block_on_close = False
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)

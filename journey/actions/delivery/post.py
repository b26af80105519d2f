"""One call of a receiver: what was answered, or why nothing was.  It follows no redirect and takes no proxy from the environment."""

import http
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError, InvalidHeader

from journey.actions.delivery.address import resolve_host
from journey.actions.delivery.target import Target

AGAIN = (408, 409, 425, 429)  # of 4xx, those that may go better later
LONGEST_TOLD = 500
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Answer:
    """status: of HTTP, None where there was no answer.  retry_after_s: how long the receiver asks to be left alone."""

    status: int | None
    told: str
    retry_after_s: float | None = None

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_final(self) -> bool:
        """Refused for good: asking the same again would be refused again.  A redirect is such an answer."""
        return self.status is not None and not self.accepted and self.status not in AGAIN and self.status < 500


def post(target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post once.

    Raises: QuestionError: the name leads where it must not; nothing was sent.
    """
    told = urlsplit(target.url)
    host, port = told.hostname or "", told.port or PORTS[told.scheme]
    try:
        pool = _pool(told.scheme, resolve_host(host, port, target.nearby), port, host, target.timeout_s)
        with pool:
            path = (told.path or "/") + (f"?{told.query}" if told.query else "")
            sent = {**headers, "Host": told.netloc}
            response = pool.urlopen("POST", path, body=body, headers=sent, retries=False, redirect=False, preload_content=False)
            return _read(response)
    except (HTTPError, OSError) as fault:
        return Answer(None, _why(fault, target.timeout_s)[:LONGEST_TOLD])


def _pool(scheme: str, address: str, port: int, host: str, timeout_s: float) -> urllib3.HTTPConnectionPool:
    limit = urllib3.Timeout(total=timeout_s)
    if scheme == "http":
        return urllib3.HTTPConnectionPool(address, port, timeout=limit)
    return urllib3.HTTPSConnectionPool(address, port, timeout=limit, ssl_context=_trust(), server_hostname=host, assert_hostname=host)


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _read(response: urllib3.BaseHTTPResponse) -> Answer:
    status, after = response.status, response.headers.get("Retry-After")
    try:
        wait = None if after is None else urllib3.Retry().parse_retry_after(after)
    except InvalidHeader:
        wait = None
    name = http.HTTPStatus(status).phrase if status in http.HTTPStatus._value2member_map_ else ""
    said = "" if 200 <= status < 300 else response.read1(LONGEST_TOLD).decode("utf-8", "replace").strip()
    response.close()
    return Answer(status, ": ".join(part for part in (f"{status} {name}".strip(), said) if part)[:LONGEST_TOLD], wait)


def _why(fault: Exception, timeout_s: float) -> str:
    if isinstance(fault, urllib3.exceptions.ConnectTimeoutError | urllib3.exceptions.ReadTimeoutError):
        return f"No answer within {timeout_s:g} s."
    if isinstance(fault, urllib3.exceptions.SSLError | ssl.SSLError):
        return f"The receiver's certificate is not trusted: {fault}"
    if isinstance(fault, urllib3.exceptions.NewConnectionError):
        return f"No connection: {fault.__cause__ or fault}"
    return f"The connection broke: {fault}"

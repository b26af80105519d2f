"""The webhooks a workspace has: systems of somebody else's that a person named, and what each of them takes.

Sending to them is the one thing by which anything leaves this machine.  A target is off until a person switches it on.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from journey.actions.delivery.address import refuse_address
from journey.actions.delivery.signature import made_secret, read_secret
from journey.catalogs import keep_text, kept_by_name
from journey.errors import QuestionError
from journey.scope import refuse_unknown
from journey.warehouse import Warehouse

FILE, SECRETS = "webhooks.json", "webhooks.secret.json"
KEYS = ("name", "url", "channels", "actions", "on", "timeout_s", "nearby")
LEAVES = "Webhooks are the one thing by which data leave this machine: each is off until you switch it on, and only its address is called."
LONGEST_NAME, LONGEST_URL = 60, 2_000
_door = threading.Lock()


@dataclass(frozen=True)
class Target:
    """channels, actions: what it takes, () for all.  timeout_s: seconds it may take to answer, 1 to 60.

    nearby: the receiver runs on this machine or in its own network.  Only then may the address lead there, and be plain http;
    without it an address that leads inside is refused, so that nobody's mistake reaches what is not meant to be reached.
    """

    name: str
    url: str
    channels: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    on: bool = False
    timeout_s: float = 10.0
    nearby: bool = False

    @property
    def place(self) -> str:
        """The address as it may be shown: what stands after the path may be a key."""
        told = urlsplit(self.url)
        return f"{told.scheme}://{told.netloc}{told.path}" + ("?..." if told.query else "")

    def takes(self, channel: str, action: str) -> bool:
        return (not self.channels or channel in self.channels) and (not self.actions or action in self.actions)

    def as_plain(self) -> dict[str, Any]:
        return {**asdict(self), "channels": list(self.channels), "actions": list(self.actions)}


def read_target(plain: Mapping[str, Any]) -> Target:
    """A target from plain data.

    Raises: QuestionError: an unknown key, no name, an address that is none or leads where it must not.
    """
    refuse_unknown(plain, KEYS, "a webhook")
    name = " ".join(str(plain.get("name") or "").split())
    if not 0 < len(name) <= LONGEST_NAME or name.startswith("file:"):
        raise QuestionError(f"A webhook needs a name of 1 to {LONGEST_NAME} characters; found {plain.get('name')!r}.")
    on, nearby = (_flag(plain, key) for key in ("on", "nearby"))
    timeout = plain.get("timeout_s", 10.0)
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 1 <= timeout <= 60:
        raise QuestionError(f"timeout_s of the webhook {name!r} is {timeout!r}; write 1 to 60 seconds.")
    url = _url(plain.get("url"), name, nearby)
    return Target(name, url, _texts(plain, "channels", name), _texts(plain, "actions", name), on, float(timeout), nearby)


def targets(con: Warehouse) -> tuple[Target, ...]:
    """Every webhook of the workspace, in order of name.

    Raises: WorkspaceError, QuestionError: the file was edited and cannot be read.
    """
    return tuple(read_target({"name": name, **entry}) for name, entry in kept_by_name(con, FILE, "webhooks").items())


def keep_target(con: Warehouse, target: Target, secret: str | None = None) -> str | None:
    """Keep a webhook, in place of one of this name.  -> its secret where one was made just now: it is not shown again.

    secret: one that the receiver gave, "whsec_..."; None keeps the one there is, or makes one.
    Raises: QuestionError: the target or the secret is none.
    """
    target = read_target(target.as_plain())
    with _door:
        held = kept_by_name(con, SECRETS, "secrets")
        made = None if secret is not None or target.name in held else made_secret()
        if given := secret or made:
            read_secret(given)
            keep_text(con, SECRETS, json.dumps({**held, target.name: given}))
        _write(con, {**_entries(con), target.name: target})
    return made


def renew_secret(con: Warehouse, name: str) -> str:
    """A new secret in place of the old one; it is shown this once."""
    known_target(con, name)
    with _door:
        made = made_secret()
        keep_text(con, SECRETS, json.dumps({**kept_by_name(con, SECRETS, "secrets"), name: made}))
    return made


def switch_target(con: Warehouse, name: str, on: bool) -> Target:
    """Switch a webhook on or off.  Raises: QuestionError: there is none of this name."""
    target = replace(known_target(con, name), on=on)
    keep_target(con, target)
    return target


def drop_target(con: Warehouse, name: str) -> None:
    """Forget a webhook and its secret.  Raises: QuestionError: there is none of this name."""
    known_target(con, name)
    with _door:
        _write(con, {kept: target for kept, target in _entries(con).items() if kept != name})
        held = kept_by_name(con, SECRETS, "secrets")
        held.pop(name, None)
        keep_text(con, SECRETS, json.dumps(held))


def known_target(con: Warehouse, name: str) -> Target:
    """Raises: QuestionError: there is none of this name; the sentence names those there are."""
    known = _entries(con)
    if name not in known:
        raise QuestionError(f"No webhook is named {name!r}. There are: {', '.join(map(repr, known)) or 'none'}.")
    return known[name]


def secret_of(con: Warehouse, name: str) -> bytes:
    """The key a webhook's messages are signed with.  Raises: QuestionError: it was lost."""
    held = kept_by_name(con, SECRETS, "secrets").get(name)
    if held is None:
        raise QuestionError(f"The webhook {name!r} has no secret to sign with. Make a new one, and give it to the receiver.")
    return read_secret(held)


def _entries(con: Warehouse) -> dict[str, Target]:
    return {target.name: target for target in targets(con)}


def _write(con: Warehouse, entries: Mapping[str, Target]) -> None:
    plain = {name: {key: value for key, value in target.as_plain().items() if key != "name"} for name, target in entries.items()}
    keep_text(con, FILE, json.dumps(plain, indent=2, ensure_ascii=False))


def _url(value: Any, name: str, nearby: bool) -> str:
    url = str(value or "").strip()
    try:
        told = urlsplit(url)
        port, host = told.port, told.hostname
    except ValueError as fault:
        raise QuestionError(f"{url!r} is not an address: {fault}.") from fault
    if told.scheme not in ("https", "http") or not host or len(url) > LONGEST_URL or not url.isprintable() or " " in url or port == 0:
        raise QuestionError(f'The address of the webhook {name!r} is {url[:200]!r}; write one such as "https://example.com/journey".')
    if told.username is not None or told.password is not None or told.fragment:
        raise QuestionError(f"The address of the webhook {name!r} holds a name, a password or a #part; leave those out.")
    if told.scheme == "http" and not nearby:
        raise QuestionError(
            f"The address of the webhook {name!r} is plain http, which anybody on the way can read. Write https, "
            "or say that the receiver is nearby: on this machine or in its own network."
        )
    refuse_address(host, nearby)
    return url


def _texts(plain: Mapping[str, Any], key: str, name: str) -> tuple[str, ...]:
    value = plain.get(key) or ()
    if isinstance(value, str) or not all(isinstance(one, str) for one in value):
        raise QuestionError(f"{key} of the webhook {name!r} is {value!r}; write a list of names, or none for all.")
    return tuple(value)


def _flag(plain: Mapping[str, Any], key: str) -> bool:
    value = plain.get(key, False)
    if not isinstance(value, bool):
        raise QuestionError(f"{key} of a webhook is {value!r}; write true or false.")
    return value

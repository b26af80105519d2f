"""Signing what is sent, so that the receiver knows who sent it and that nobody changed it on the way.

Source: the Standard Webhooks specification (standardwebhooks.com), symmetric scheme "v1": HMAC-SHA256 over
"<webhook-id>.<webhook-timestamp>.<body>" with the key behind "whsec_" in base64.
"""

import base64
import binascii
import hashlib
import hmac
import secrets

from journey.errors import QuestionError

PREFIX = "whsec_"
KEY_BYTES = 32
FEWEST_BYTES, MOST_BYTES = 24, 64  # that the specification asks of a key


def sign(message_id: str, at_s: int, body: bytes, key: bytes) -> str:
    """ "v1,<base64>", the value of webhook-signature.  at_s: seconds since 1970, as in webhook-timestamp."""
    content = f"{message_id}.{at_s}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def made_secret() -> str:
    """A new secret, in the form that receivers' libraries take."""
    return PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def read_secret(text: str) -> bytes:
    """The key behind "whsec_...".

    Raises: QuestionError: it is no such secret; the sentence does not repeat it.
    """
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True) if text.startswith(PREFIX) else b""
    except (binascii.Error, ValueError):
        key = b""
    if not FEWEST_BYTES <= len(key) <= MOST_BYTES:
        raise QuestionError(
            f'The secret is none: it must be "{PREFIX}" and then {FEWEST_BYTES} to {MOST_BYTES} bytes in base64. '
            "Leave it out to have one made."
        )
    return key

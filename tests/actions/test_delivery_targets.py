"""Webhooks of a workspace: what may be named, where an address may lead, and that a secret is shown once and lies safe."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from journey.actions.delivery import Target, drop_target, keep_target, read_target, renew_secret, switch_target, targets
from journey.actions.delivery import address as address_room
from journey.actions.delivery.address import resolve_host
from journey.actions.delivery.patience import LONGEST_RETRY_AFTER_S, Patience, wait_of
from journey.actions.delivery.post import post
from journey.actions.delivery.signature import made_secret, read_secret, sign
from journey.actions.delivery.target import secret_of
from journey.errors import QuestionError
from journey.warehouse import open_warehouse
from tests.actions.receiver import Receiver, receiving
from tests.lent import empty_warehouse

KEY = b"k" * 32


def test_a_signature_is_that_of_the_specification() -> None:
    """Source: the reference vector of the Standard Webhooks libraries (svix-webhooks, go/webhook_test.go, TestWebhookSign)."""
    key = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', key)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_!!!", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
def test_what_is_no_secret_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(QuestionError) as told:
        read_secret(text)
    assert not text or text.removeprefix("whsec_") == "" or text not in str(told.value)


def test_a_secret_is_made_once_shown_once_and_lies_in_a_file_of_its_owner(tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "ws") as con:
        made = keep_target(con, Target("crm", "https://example.com/hook"))
        assert made and len(read_secret(made)) == 32
        assert keep_target(con, Target("crm", "https://example.com/other")) is None, "it has one already"
        assert secret_of(con, "crm") == read_secret(made)
        assert not targets(con)[0].on, "off until somebody switches it on"
        held = tmp_path / "ws" / "webhooks.secret.json"
        assert stat.S_IMODE(held.stat().st_mode) == 0o600
        assert made not in (tmp_path / "ws" / "webhooks.json").read_text() and made not in repr(targets(con))
        assert renew_secret(con, "crm") != made
        assert switch_target(con, "crm", True).on and targets(con)[0].on
        drop_target(con, "crm")
        assert targets(con) == () and json.loads(held.read_text()) == {}


def test_a_secret_that_the_receiver_gave_is_taken() -> None:
    con, given = empty_warehouse(), made_secret()
    assert keep_target(con, Target("crm", "https://example.com"), given) is None
    assert secret_of(con, "crm") == read_secret(given)


@pytest.mark.parametrize(
    ("plain", "told"),
    [
        ({"url": "https://example.com"}, "needs a name"),
        ({"name": "file:x", "url": "https://example.com"}, "needs a name"),
        ({"name": "x", "url": "ftp://example.com"}, "write one such as"),
        ({"name": "x", "url": "https://"}, "write one such as"),
        ({"name": "x", "url": "https://exa mple.com"}, "write one such as"),
        ({"name": "x", "url": "https://example.com:99999"}, "not an address"),
        ({"name": "x", "url": "https://ann:secret@example.com"}, "a name, a password"),
        ({"name": "x", "url": "http://example.com"}, "plain http"),
        ({"name": "x", "url": "https://localhost/hook"}, "nearby"),
        ({"name": "x", "url": "https://10.0.0.8/hook"}, "nearby"),
        ({"name": "x", "url": "https://[::ffff:127.0.0.1]/hook"}, "nearby"),
        ({"name": "x", "url": "http://169.254.169.254/latest", "nearby": True}, "is ever called"),
        ({"name": "x", "url": "http://0.0.0.0/", "nearby": True}, "is ever called"),
        ({"name": "x", "url": "https://example.com", "timeout_s": 600}, "1 to 60"),
        ({"name": "x", "url": "https://example.com", "on": "yes"}, "true or false"),
        ({"name": "x", "url": "https://example.com", "channels": "email"}, "list of names"),
        ({"name": "x", "url": "https://example.com", "colour": "red"}, "Unknown in a webhook"),
    ],
)
def test_what_may_not_be_called_is_refused_in_a_sentence(plain: dict[str, Any], told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        read_target(plain)


def test_a_name_that_leads_inside_is_judged_when_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    leads = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("192.168.1.9", 443))]
    monkeypatch.setattr(address_room.socket, "getaddrinfo", lambda *_, **__: leads)
    with pytest.raises(QuestionError, match=r"192\.168\.1\.9"):
        resolve_host("example.com", 443, nearby=False)
    assert resolve_host("example.com", 443, nearby=True) == "93.184.216.34", "the very address that was judged"


def test_what_is_shown_of_an_address_leaves_out_what_may_be_a_key() -> None:
    assert Target("x", "https://example.com/a?token=hidden").place == "https://example.com/a?..."


@pytest.mark.parametrize(
    ("what", "status", "final"),
    [("ok", 204, False), ("301", 301, True), ("400", 400, True), ("404", 404, True), ("408", 408, False), ("409", 409, False),
     ("425", 425, False), ("429", 429, False), ("500", 500, False), ("lose", None, False), ("cut", None, False), ("hang", None, False)],
)  # fmt: skip
def test_each_answer_is_told_apart(what: str, status: int | None, final: bool) -> None:
    with receiving(Receiver(KEY, plan=lambda _: what)) as receiver:
        target = Target("x", receiver.url, timeout_s=1.0, nearby=True)
        headers = {"Idempotency-Key": "a", "webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": sign("a", 1, b"{}", KEY)}
        answer = post(target, b"{}", headers)
    assert (answer.status, answer.is_final, answer.accepted) == (status, final, what == "ok")
    assert what != "hang" or answer.told == "No answer within 1 s."
    assert answer.told and (what != "500" or "no, thank you" in answer.told)
    assert answer.retry_after_s == (1.0 if what == "429" else None)


def test_no_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with receiving(Receiver(KEY)) as receiver:
        assert post(Target("x", receiver.url, nearby=True), b"{}", {"Idempotency-Key": "a", "webhook-id": "a", "webhook-timestamp": "1",
                    "webhook-signature": sign("a", 1, b"{}", KEY)}).accepted  # fmt: skip


def test_waits_grow_at_random_within_their_bounds_and_never_hurry_a_receiver() -> None:
    import numpy as np

    rng, patience = np.random.default_rng(7), Patience(base_s=1.0, longest_s=8.0)
    for failures, most in ((1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (9, 8.0)):
        drawn = [wait_of(failures, patience, rng) for _ in range(400)]
        assert 0 <= min(drawn) < most * 0.1 and most * 0.9 < max(drawn) <= most
        assert np.mean(drawn) == pytest.approx(most / 2, rel=0.1), "full jitter: even over the whole stretch"
    assert wait_of(1, patience, rng, 30.0) == 30.0
    assert wait_of(1, patience, rng, 1e9) == LONGEST_RETRY_AFTER_S

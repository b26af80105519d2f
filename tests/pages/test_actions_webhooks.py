"""Webhooks on the Actions page: kept switched off, the secret shown once, and what may not be called said in a sentence."""

from streamlit.testing.v1 import AppTest

from journey.actions.delivery import targets
from tests.drawn import drawn

PART = """
import streamlit as st
from types import SimpleNamespace
from journey.actions.catalog import actions_in_force
from journey.actions.delivery import targets
from pages.parts.actions_webhooks import set_up_webhooks

con = st.session_state["con"]
set_up_webhooks(SimpleNamespace(con=con), actions_in_force(con), targets(con))
"""


def shown(at: AppTest) -> str:
    return " ".join(str(each.value) for kind in (at.markdown, at.caption, at.error, at.code) for each in kind)


def test_a_webhook_is_kept_off_and_its_secret_shown_once() -> None:
    con = drawn("ann 09:00 visit")
    at = AppTest.from_string(PART, default_timeout=30)
    at.session_state["con"] = con
    at.run()
    assert "the one thing by which data leave this machine" in shown(at)
    at.text_input[0].set_value("crm")
    at.text_input[1].set_value("http://localhost:9000")
    at.button[0].click().run()
    assert "nearby" in shown(at) and targets(con) == () and at.text_input[0].value == "crm", "what was typed stays"
    at.checkbox[0].check()
    at.button[0].click().run()
    assert "whsec_" in shown(at) and [(each.name, each.on) for each in targets(con)] == [("crm", False)]
    at.toggle[0].set_value(True).run()
    assert targets(con)[0].on
    next(each for each in at.button if each.key == "webhook_made_away").click().run()
    assert "whsec_" not in shown(at)
    next(each for each in at.button if each.key == "webhook_drop_0").click().run()
    assert targets(con) == () and not at.exception

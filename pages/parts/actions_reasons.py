"""Why a person decides as they do: the usual reasons, or their own words."""

import streamlit as st

from journey.actions.guardrails import ASKED
from pages.parts.text import literal

REJECT = (
    "Not the right moment",
    "Wrong for this customer",
    "Already solved another way",
    "Too costly for what it brings",
    ASKED,
)
CHANGE = (
    "This fits the customer better",
    "They prefer this channel",
    "Cheaper, and good enough",
    "Agreed with the customer",
)
OWN = "In my own words"
LONGEST = 300


def forget_reasons() -> None:
    """A callback's: the next decision has a reason of its own."""
    for key in st.session_state:
        if str(key).endswith(("_reason", "_words")) or key == "change_action":
            st.session_state[key] = None


def ask_reason(key: str, usual: tuple[str, ...]) -> str:
    """The reason chosen or typed; "" where neither is done yet."""
    chosen = st.radio("Why", [*usual, OWN], index=None, key=f"{key}_reason", format_func=literal)
    if chosen != OWN:
        return chosen or ""
    typed = st.text_input("Your words", key=f"{key}_words", max_chars=LONGEST, placeholder="What should be known of this later?")
    return " ".join((typed or "").split())

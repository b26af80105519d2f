"""Who is deciding: the name that every decision is kept under, typed once and held for the session."""

import streamlit as st

PERSON = "acting_as"
LONGEST = 60
UNNAMED = "Say who you are first: every decision is kept with a name."


def name_person() -> str:
    """The box for the name; the same on every page that decides."""
    typed = st.text_input(
        "You are",
        key=PERSON,
        max_chars=LONGEST,
        persist_state="session",
        placeholder="Your name",
        icon=":material/badge:",
        label_visibility="collapsed",
        autocomplete="name",
        width=120,
    )
    return tidied(typed)


def person() -> str:
    """The name held, for callbacks, which run before the box is drawn; "" where nobody has said."""
    return tidied(st.session_state.get(PERSON))


def tidied(typed: str | None) -> str:
    return " ".join((typed or "").split())[:LONGEST]

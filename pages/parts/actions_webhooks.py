"""Setting up webhooks: name a receiver, switch it on and off, and see its secret the one time it is shown."""

from collections.abc import Callable, Sequence

import streamlit as st

from journey.actions.catalog import ActionCatalog
from journey.actions.delivery import LEAVES, Target, drop_target, keep_target, read_target, renew_secret, switch_target
from journey.errors import JourneyError
from pages.parts.frame import Page
from pages.parts.text import literal

MADE, SAID, TURN = "webhook_secret", "webhook_said", "webhook_turn"


def set_up_webhooks(page: Page, catalog: ActionCatalog, kept: Sequence[Target]) -> None:
    """What leaves and what does not, the webhooks there are, and a form for one more."""
    st.caption(LEAVES)
    _shown_once()
    said = st.session_state.pop(SAID, None)
    if said:
        st.error(literal(said), icon=":material/error:")
    for place, target in enumerate(kept):
        _switch(page, target, place)
    _form(page, catalog)


def _shown_once() -> None:
    made: tuple[str, str] | None = st.session_state.get(MADE)
    if made is None:
        return
    name, secret = made
    with st.container(border=True, key="webhook_made"):
        st.markdown(f"**{literal(name)}** signs with this secret. It is shown this once: give it to the receiver now.")
        st.code(secret, language=None)
        st.button("I have it", key="webhook_made_away", icon=":material/check:", on_click=lambda: st.session_state.pop(MADE, None))


def _switch(page: Page, target: Target, place: int) -> None:
    """One receiver: on or off, where it is, what it takes; rarely used ways behind a quiet button."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"webhook_{place}"):
        turn = st.session_state.get(TURN, 0)
        st.toggle(
            f"Send to {literal(target.name)}",
            value=target.on,
            key=f"webhook_on_{place}_{turn}_{target.on}",
            on_change=_do,
            args=(lambda: switch_target(page.con.cursor(), target.name, not target.on),),
        )
        takes = ", ".join((*target.channels, *target.actions)) or "every approved action"
        st.caption(literal(f"{target.place} · takes {takes}"), width="stretch")
        with st.popover("More", icon=":material/more_horiz:", type="tertiary"):
            st.button(
                "Make a new secret",
                key=f"webhook_renew_{place}",
                icon=":material/key:",
                on_click=_do,
                args=(lambda: _show(target.name, renew_secret(page.con.cursor(), target.name)),),
            )
            st.button(
                "Forget this webhook",
                key=f"webhook_drop_{place}",
                icon=":material/delete:",
                on_click=_do,
                args=(lambda: drop_target(page.con.cursor(), target.name),),
            )


def _form(page: Page, catalog: ActionCatalog) -> None:
    turn = st.session_state.get(TURN, 0)
    with st.form(f"webhook_form_{turn}", border=False):
        left, right = st.columns([1, 2])
        name = left.text_input("Name", max_chars=60, placeholder="crm", key=f"webhook_name_{turn}")
        url = right.text_input("Address", max_chars=2000, placeholder="https://example.com/journey", key=f"webhook_url_{turn}")
        left, right = st.columns([1, 2])
        channels = left.multiselect(
            "Channels, none for all",
            sorted({action.channel for action in catalog.actions}),
            key=f"webhook_channels_{turn}",
        )
        actions = right.multiselect("Actions, none for all", [action.name for action in catalog.actions], key=f"webhook_actions_{turn}")
        nearby = st.checkbox(
            "The receiver is on this machine or in its own network; plain http is allowed then", key=f"webhook_nearby_{turn}"
        )
        plain = {"name": name, "url": url, "channels": channels, "actions": actions, "nearby": nearby}
        if st.form_submit_button("**Keep it, switched off**", key=f"webhook_keep_{turn}", icon=":material/webhook:"):
            _do(lambda: _keep(page, plain))
            st.rerun()


def _keep(page: Page, plain: dict[str, object]) -> None:
    target = read_target(plain)
    made = keep_target(page.con, target)
    if made is not None:
        _show(target.name, made)


def _show(name: str, secret: str) -> None:
    st.session_state[MADE] = (name, secret)


def _do(work: Callable[[], object]) -> None:
    """Do it and begin the form anew; what is wrong is told, and what was typed stays."""
    try:
        work()
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    except JourneyError as fault:
        st.session_state[SAID] = str(fault)

"""Accept, change, reject: what a person does with the card, and on to the next customer."""

from collections.abc import Sequence

import streamlit as st

from journey.actions.choose import Card
from journey.actions.choose.by_person import accept, change, reject
from journey.actions.ledger import Entry, withdraw
from journey.charts.actions_card_said import agreed_told, alternative_told, alternatives, other_variants, pending_told
from journey.charts.actions_queue_said import action_of, reasons_kept
from journey.errors import JourneyError
from pages.parts.actions_decided import TURN, deciding, tell
from pages.parts.actions_person import UNNAMED, name_person, person
from pages.parts.actions_reasons import CHANGE, REJECT, ask_reason
from pages.parts.customer_next import offer_next
from pages.parts.frame import Page
from pages.parts.text import literal

PLACE = "customer"


def show_decision(page: Page, card: Card, entries: Sequence[Entry]) -> None:
    """The buttons, as far as there is anything to decide; "Next customer" always."""
    if told := pending_told(card, entries):
        st.caption(f":material/hourglass_empty: {literal(told)}")
    decides = card.arm != "holdout"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="customer_decide"):
        if decides and card.action is not None:
            st.button("**Accept**", key="action_accept", icon=":material/check:", shortcut="Alt+A", on_click=_accept, args=(card,))
        if decides and alternatives(card):
            _change(card)
        if decides and card.action is not None:
            _reject(card)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if decides:
            name_person()
        offer_next(page, card.customer)
    if decides and card.action is not None:
        st.caption("Accepted, it waits to be handed over; until then it can be taken back here.")


def show_agreed(page: Page, card: Card, entry: Entry) -> None:
    """What was decided and is not handed over yet: what it was, why, and a way back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Next best action", width="stretch")
        st.badge("Approved", icon=":material/check:", color="green")
    with st.container(horizontal=True):
        st.subheader(literal(action_of(entry)), anchor=False)
    st.markdown(literal(agreed_told(entry, page.scope.timezone)))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="customer_decide"):
        with st.popover("Take it back", icon=":material/undo:", key=_anew("action_undo")):
            reason = ask_reason("action_undo", REJECT)
            st.button("Take it back", key="action_undo_now", disabled=not reason, on_click=_taken_back, args=(entry, reason))
        offer_next(page, card.customer)
    with st.container(horizontal=True):
        name_person()
    if reasons := reasons_kept(entry):
        st.markdown("**Why it was proposed**\n\n" + "\n".join(f"- {literal(one)}" for one in reasons))


def _change(card: Card) -> None:
    others = alternatives(card)
    label = "Change" if card.action is not None else "Do something else"
    with st.popover(label, key=_anew("action_change")):
        names = [one.name for one in others]
        told = {one.name: alternative_told(one, card.currency) for one in others}
        name = st.selectbox("Do this instead", names, index=None, key="change_action", format_func=lambda one: told.get(one, one))
        variants = next((other_variants(card, one) for one in others if one.name == name), [])
        variant = st.selectbox("Variant", variants, key="change_variant") if variants else None
        reason = ask_reason("action_change", CHANGE)
        st.button(
            "Do this instead",
            key="action_change_now",
            icon=":material/check:",
            disabled=not (name and reason),
            on_click=_changed,
            args=(card, name, variant, reason),
        )


def _reject(card: Card) -> None:
    with st.popover("Reject", type="tertiary", key=_anew("action_reject")):
        reason = ask_reason("action_reject", REJECT)
        st.button("Reject it", key="action_reject_now", disabled=not reason, on_click=_rejected, args=(card, reason))


def _accept(card: Card) -> None:
    """A callback, as the next two."""
    if by := _named():
        try:
            tell(PLACE, accept(deciding(), card, by=by).sentence)
        except JourneyError as fault:
            tell(PLACE, str(fault), good=False)


def _changed(card: Card, action: str, variant: str | None, reason: str) -> None:
    if by := _named():
        try:
            tell(PLACE, change(deciding(), card, action, variant, by=by, reason=reason).sentence)
        except JourneyError as fault:
            tell(PLACE, str(fault), good=False)


def _rejected(card: Card, reason: str) -> None:
    if by := _named():
        try:
            tell(PLACE, reject(deciding(), card, by=by, reason=reason).sentence)
        except JourneyError as fault:
            tell(PLACE, str(fault), good=False)


def _taken_back(entry: Entry, reason: str) -> None:
    if by := _named():
        try:
            withdraw(deciding(), proposals=[entry.proposal.proposal], by=by, reason=reason)
            tell(PLACE, f"{entry.proposal.action} is taken back by {by}.")
        except JourneyError as fault:
            tell(PLACE, str(fault), good=False)


def _anew(name: str) -> str:
    """The key of a popover: another one after each decision and for each customer, so that it is closed again."""
    return f"{name}_{st.session_state.get(TURN, 0)}"


def _named() -> str:
    """The name of the person; where nobody has said, that is told instead of deciding."""
    by = person()
    if not by:
        tell(PLACE, UNNAMED, good=False)
    return by

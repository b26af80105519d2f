"""The next best action for a customer: what, what it is worth and how sure that is, why, against what, and what forbids the rest."""

from collections.abc import Sequence

import streamlit as st

from journey.actions.catalog import actions_in_force
from journey.actions.choose import Card, NextQuestion, measure_next_action
from journey.actions.ledger import Entry, ledger_of
from journey.charts.actions_card import describe_options, describe_parts, options_figure, parts_figure
from journey.charts.actions_card_said import (
    effect_told,
    headline,
    held_out_told,
    options_of,
    parts_of,
    reason_lines,
    runner_told,
    sure_told,
    unknown_told,
    value_told,
    vetoes_by_reason,
    vetoes_title,
    when_told,
)
from journey.charts.words import delta
from journey.customer import Customer
from journey.errors import JourneyError
from pages.parts.actions_consent import show_unsaid
from pages.parts.actions_decided import show_done
from pages.parts.charts import draw
from pages.parts.customer_action_decide import PLACE, show_agreed, show_decision
from pages.parts.customer_action_ledger import show_ledger
from pages.parts.frame import Page, counted
from pages.parts.text import literal
from pages.parts.workspace import derived, one_of


def show_action(page: Page, customer: Customer) -> None:
    """The card, the buttons that decide, and below them all that was ever proposed for this customer."""
    try:
        card = measure_next_action(page.con, NextQuestion(customer.id), page.scope)
    except JourneyError as fault:  # a catalog that cannot be read must not take the rest of the page away
        _untold(fault)
        return
    entries = ledger_of(page.con, customer.id)
    agreed = next((entry for entry in entries if entry.state == "approved" and entry.proposal.arm == "treated"), None)
    with st.container(border=True, key="customer_action"):
        show_done(PLACE)
        if agreed is not None:
            show_agreed(page, card, agreed)
        else:
            _card(page, card, entries)
    show_ledger(page, card, entries)


def _untold(fault: JourneyError) -> None:
    with st.container(border=True, key="customer_action"):
        with st.container(horizontal=True):
            st.subheader("No action can be told", anchor=False)
        st.caption(literal(fault))
        st.page_link("actions.py", label="Mend the catalog", icon=":material/bolt:", query_params={"actions_view": "Catalog"})


def _card(page: Page, card: Card, entries: Sequence[Entry]) -> None:
    _head(page, card)
    _worth(page, card)
    show_decision(page, card, entries)  # before its reasons, so that it is in sight without scrolling
    _why(card)
    _against(card)
    _vetoes(page, card)
    _flip(card)
    counted(page, card.evidence, "action_counted", {"ask": "next_best_action", "customer": card.customer})


def _head(page: Page, card: Card) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Next best action", width="stretch")
        sure = sure_told(card)
        if card.arm == "holdout":
            st.badge("Held out", icon=":material/science:", color="gray")
        elif sure is not None:
            st.badge(literal(sure[0]), color=sure[1])  # type: ignore[arg-type]
    with st.container(horizontal=True):
        st.subheader(literal(headline(card)), anchor=False)
    if card.arm == "holdout":
        st.markdown(literal(held_out_told(actions_in_force(page.con).guardrails.holdout)))


def _worth(page: Page, card: Card) -> None:
    """Money and points with their intervals, where they are known; then by when and how."""
    figures = [(name, told) for name, told in (("Expected value", value_told(card)), ("Adds to the chance", effect_told(card))) if told]
    if figures:
        with st.grid(2, min_column_width=120):
            for name, (value, around) in figures:
                st.metric(name, literal(value), delta(around) or None, delta_color="off", delta_arrow="off")
    if not figures or card.action is None:
        st.markdown(literal(card.said))
    if told := when_told(card, page.scope.timezone):
        st.caption(literal(told))


def _why(card: Card) -> None:
    lines = reason_lines(card)
    if lines:
        st.markdown("**Why this one**\n\n" + "\n".join(f"- {literal(line)}" for line in lines))
    parts = one_of(tuple(parts_of(card)))
    if parts and card.expected_value is not None:
        alt = describe_parts(parts, card.expected_value, card.currency)
        draw(derived(parts_figure, parts, card.expected_value, card.currency), "customer_action_parts", alt=alt)


def _against(card: Card) -> None:
    """Every option of a known value on one scale."""
    options = one_of(tuple(options_of(card)))
    if len(options) > 1:
        st.markdown("**Against the others** :gray[value for this customer, 95% interval]")
        alt = describe_options(options, card.currency)
        draw(derived(options_figure, options, card.currency), "customer_action_options", alt=alt)
    if told := [one for one in (runner_told(card), unknown_told(card)) if one]:
        st.caption(literal(" ".join(told)))


def _vetoes(page: Page, card: Card) -> None:
    if not (title := vetoes_title(card)):
        return
    with st.expander(literal(title), icon=":material/block:"):
        found = vetoes_by_reason(card, page.scope.timezone)
        st.markdown("\n\n".join(f"**{name}** {literal(why)}  \n:gray[{literal(', '.join(actions))}]" for name, why, actions in found))
        if any(veto.guardrail == "consent" for veto in card.vetoed):
            show_unsaid(page, actions_in_force(page.con))


def _flip(card: Card) -> None:
    st.markdown(f"**What would change it**  \n:gray[{literal(card.would_flip)}]")

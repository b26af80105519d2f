"""Whom does an action help?  The order by expected gain against random ones, its tenths, what it goes by, and who they are."""

import polars as pl
import streamlit as st

from journey.actions.catalog import ActionCatalog
from journey.actions.uplift import Uplift, UpliftQuestion, measure_uplift, uplift_actions, uplift_customers
from journey.charts.actions_uplift import decile_figure, describe_deciles, describe_qini, qini_figure
from journey.charts.actions_uplift_said import (
    differs_told,
    gap_told,
    in_force_told,
    mean_told,
    uplift_caption,
    uplift_sentence,
)
from journey.charts.words import count
from pages.parts.actions_keep import keep_entry, written
from pages.parts.actions_person import name_person
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_table
from pages.parts.people import show_people
from pages.parts.text import literal
from pages.parts.workspace import derived

OF, SEE, TENTH = "uplift_of", "uplift_see", "uplift_tenth"


def show_uplift(page: Page, catalog: ActionCatalog) -> None:
    """The card; learning takes some seconds, so it is done for who asks."""
    with st.container(border=True, key="uplift_card"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader("Whom does it help?", anchor=False, width="stretch")
            name = _choose(page)
            seen = name is not None and st.toggle("See whom it helps", key=SEE, bind="query-params")
        if name is None:
            st.caption(
                "Nothing can tell yet: the log holds no campaign whose actions were drawn at random, and our own ledger too few "
                "decisions whose time is over, 100 with an action and 100 held out."
            )
            return
        if not seen:
            st.caption("Whether it helps some customers more than others, and who they are. Learning it takes some seconds.")
            return
        question = UpliftQuestion(action=name)
        found = _learned(page, question)
        _picture(found, name)
        _in_force(page, catalog, found, name)
        tenth = _choose_tenth(found)
    if tenth:
        mark = {"decile": tenth}
        people = uplift_customers(page.con, question, page.scope, mark)
        rule = {"uplift": {"action": name, "scope": page.scope.as_plain()}, **mark}
        show_people(page, people, f"{name}: tenth {tenth} by expected gain", rule, f"{name} tenth {tenth}"[:80])
    counted(page, found.evidence, "counted_uplift", {"ask": "uplift", "action": name})


def _choose(page: Page) -> str | None:
    names = uplift_actions(page.con, page.scope)
    if not names:
        return None
    if st.session_state.get(OF) not in (None, *names):
        st.session_state.pop(OF)
    chosen = st.selectbox("Action it is asked of", names, key=OF, bind="query-params", label_visibility="collapsed", width=240)
    return chosen if chosen in names else names[0]


def _learned(page: Page, question: UpliftQuestion) -> Uplift:
    place = st.empty()
    with place.status("Learning from every decision whom it helps, and trying that order against random ones …"):
        found: Uplift = measure_uplift(page.con, question, page.scope)  # held until facts, ledger or catalog change
    place.empty()
    return found


def _picture(found: Uplift, name: str) -> None:
    st.markdown(f"**{literal(uplift_sentence(found, name))}**")
    st.caption(literal(uplift_caption(found)))
    if found.qini is None:
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**If only the first were treated**")
        st.caption("What it adds to the outcome's share of all customers, by how many of them are treated.")
        draw(derived(qini_figure, found.qini), "uplift_qini", alt=describe_qini(found.qini))
    with right:
        st.markdown("**What each tenth gained**")
        st.caption("From who was expected to gain most to least. Dots: what came, with 95%; dashes: what was expected.")
        draw(derived(decile_figure, found.deciles, found.average.difference), "uplift_deciles", alt=describe_deciles(found.deciles))
    _differs(found)


def _differs(found: Uplift) -> None:
    st.markdown("**What the order goes by**")
    st.caption(literal(differs_told(found)))
    if not found.differs:
        return
    frame = pl.DataFrame(
        {
            "Known before": [one.label for one in found.differs],
            "Gains most": [mean_told(one.first, one) for one in found.differs],
            "Gains least": [mean_told(one.last, one) for one in found.differs],
            "Difference": [gap_told(one) for one in found.differs],
        }
    )
    text = st.column_config.TextColumn
    columns = {
        "Known before": text(width=320),
        "Gains most": text(width=100),
        "Gains least": text(width=100),
        "Difference": text(width=140),
    }
    st.dataframe(frame, hide_index=True, height="content", column_config=columns, key="uplift_differs")
    download_table("uplift_differs", frame)


def _in_force(page: Page, catalog: ActionCatalog, found: Uplift, name: str) -> None:
    """Whether choosing goes by it, and a button that turns that round."""
    personal = catalog.guardrails.personal
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(":material/gavel: " + literal(in_force_told(found, name, personal)), width="stretch")
        name_person()
        label = "Switch it off" if personal else "Choose by each customer's own effect"
        if st.button(
            label, key="uplift_personal", icon=":material/tune:", help="Changes the guardrails, for every action, as a new version."
        ):
            plain = written(page).guardrails.as_plain() | {"personal": not personal}
            if keep_entry(page, "guardrails", None, plain):
                st.rerun()


def _choose_tenth(found: Uplift) -> int | None:
    """Which tenth is listed; None while none is."""
    sizes = {one.number: one.customers for one in found.deciles}
    if not sizes:
        return None
    if st.session_state.get(TENTH) not in (None, *sizes):
        st.session_state.pop(TENTH)
    return st.pills(
        "See who is in a tenth",
        list(sizes),
        format_func=lambda number: f"Tenth {number}: {count(sizes[number])}",
        key=TENTH,
        bind="query-params",
    )

"""A prediction of one's own: what shall come true, within how long, of whom; and at once whom it would be about."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from journey.answers import iso
from journey.charts.models_said import draft_told, progress_of
from journey.charts.words import between, count, date, percent
from journey.errors import JourneyError
from journey.predict import delete_prediction, read_predict, save_prediction
from journey.predict.drafted import Draft, measure_draft
from journey.predict.store import ModelCard
from journey.rules import event_names, known_properties
from journey.rules.groups import common_values
from journey.rules.match import NUMBERS, Property
from pages.parts.frame import Page, counted
from pages.parts.text import literal
from pages.parts.workspace import answer

DOES, QUIET = "does something", "goes quiet"
WHO = {"not_yet": ("have not done it yet", False), "again": ("have done it before", True), "all": ("did anything at all", None)}
ACTIVE = {"": "at any time before", "30d": "in the 30 days before", "90d": "in the 90 days before", "180d": "in the 180 days before"}
ANY = ""
MOST_DAYS, MOST_TEAM = 365, 100_000


def define_prediction(page: Page, cards: Sequence[ModelCard]) -> None:
    """One card: the sentence that is predicted, whom it would be about, keep it or delete one's own."""
    with st.container(border=True, key="models_define"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader("Predict something else", anchor=False, width="stretch")
            _delete(page, [card for card in cards if card.named is not None and card.named.kept])
        plain = _sentence(page)
        try:
            with st.spinner("Counting whom it would be about …"):
                draft: Draft = answer(page.con, page.version, measure_draft, read_predict(plain))
        except JourneyError as fault:
            st.error(literal(fault), icon=":material/error:")
            return
        _tell(page, draft)
        counted(page, draft.evidence, "counted_define", _asked(plain, draft))
        _keep(page, plain, draft, [card.name for card in cards])


def _sentence(page: Page) -> dict[str, Any]:
    """The outcome as plain data, from a row of widgets that reads as a sentence."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        kind = st.segmented_control("A customer who", [DOES, QUIET], default=DOES, required=True, key="define_kind", bind="query-params")
        names = answer(page.con, page.version, event_names)
        if kind == QUIET:
            names = [ANY, *names]
        step = st.selectbox("Event", names, format_func=lambda name: name or "any event", key=f"define_event_{kind == QUIET}", width=220)
        where = _where(page) if step else {}
        days = st.number_input(
            "Within days" if kind == DOES else "For days", 1, MOST_DAYS, 30, key="define_days", bind="query-params", width=110
        )
        who = None
        if kind == DOES:
            who = st.selectbox(
                "Of those who", list(WHO), format_func=lambda key: WHO[key][0], key="define_who", bind="query-params", width=190
            )
        active = st.selectbox(
            "Active", list(ACTIVE), index=2, format_func=ACTIVE.__getitem__, key="define_active", bind="query-params", width=190
        )
    length = f"{min(MOST_DAYS, max(1, int(days or 30)))}d"
    reach = {"active_within": active} if active else {}
    conditions = {"where": where} if where else {}
    if kind == QUIET:
        return {"outcome": {"inactive_for": length, **({"event": step} if step else {}), **conditions, **reach}}
    return {"outcome": {"did": step, "within": length, "again": WHO[who or "not_yet"][1], **conditions, **reach}}


def _where(page: Page) -> dict[str, Any]:
    """At most one condition on the event, behind a quiet button."""
    found = {prop.name: prop for prop in answer(page.con, page.version, known_properties) if prop.of == "event"}
    if not found:
        return {}
    with st.popover("Where", icon=":material/filter_alt:"):
        name = st.selectbox("Property", [ANY, *found], format_func=lambda name: name or "whatever it holds", key="define_property")
        return {name: _value(page, found[name])} if name in found else {}


def _value(page: Page, prop: Property) -> Any:
    if prop.type in NUMBERS:
        least = st.number_input("At least", value=0.0, key=f"define_least_{prop.name}")
        return {"op": "ge", "value": least or 0.0}
    return st.selectbox("Is", answer(page.con, page.version, common_values, prop), key=f"define_value_{prop.name}")


def _asked(plain: dict[str, Any], draft: Draft) -> dict[str, Any]:
    """The question whose population is who was asked about, and which learns it where there is enough."""
    return {"ask": "predict", **plain, **({} if draft.as_of is None else {"as_of": iso(draft.as_of)})}


def _tell(page: Page, draft: Draft) -> None:
    """Whom it would be about now, how often it came, what is missing."""
    st.markdown(f"**{literal(draft_told(draft))}**")
    with st.grid(3, min_column_width=150, key="define_numbers"):
        st.metric("Asked about now", count(draft.now), border=True, height="stretch", help=f"Those who {draft.who}.")
        around = between(percent(draft.interval[0]), percent(draft.interval[1])) if draft.interval else "not known yet"
        as_of = "" if draft.as_of is None else f" as of {date(draft.as_of, page.scope.timezone)}"
        st.metric(
            f"Came true{as_of}", percent(draft.base_rate), around, delta_color="off", delta_arrow="off", border=True, height="stretch"
        )
        st.metric("For whom it came then", f"{count(draft.came)} of {count(draft.asked)}", border=True, height="stretch")
    if draft.missing:
        share = progress_of(draft.missing)
        if share is not None:
            st.progress(share)
        st.caption(literal(f"Not enough to learn from yet: {draft.missing}. It can be saved, and trained when the log has grown."))


def _keep(page: Page, plain: dict[str, Any], draft: Draft, names: Sequence[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = " ".join(st.text_input("Name", key="define_name", placeholder="such as: second order", max_chars=80, width=240).split())
        question = st.text_input("It answers", key="define_question", placeholder="Who is about to order again?", max_chars=160, width=300)
        capacity = st.number_input("The team can reach", 1, MOST_TEAM, 200, key="define_capacity", width=140)
        wanted = st.toggle("Good when it comes true", key="define_wanted")
        taken = name in names
        if st.button("Replace" if taken else "**Save it**", key="define_save", icon=":material/save:", disabled=not name):
            _save(
                page,
                plain | {"name": name, "question": question, "wanted": wanted, "capacity": min(MOST_TEAM, max(1, int(capacity or 200)))},
            )
    if taken:
        st.caption("A prediction of this name is there already. Replacing it keeps its versions; train it to learn the new outcome.")


def _save(page: Page, plain: dict[str, Any]) -> None:
    try:
        save_prediction(page.con, plain)
    except JourneyError as fault:
        st.error(literal(fault), icon=":material/error:")
        return
    st.cache_data.clear()
    st.toast(literal(f"Saved: {plain['name']}. Train it to see what it is worth."))
    st.rerun()


def _delete(page: Page, own: Sequence[ModelCard]) -> None:
    """One's own predictions can go; what was trained of them is no longer used."""
    if not own:
        return
    with st.popover("Delete one of your own", icon=":material/delete:", type="tertiary"):
        name = st.selectbox("Prediction", [card.name for card in own], key="define_own")
        st.caption(literal(f"“{name}” is forgotten. Models that were trained of it are kept among the versions, and rank nobody anew."))
        if st.button("Delete it", key="define_delete", icon=":material/delete:") and name:
            delete_prediction(page.con, name)
            st.cache_data.clear()
            st.toast(literal(f"Deleted: {name}."))
            st.rerun()

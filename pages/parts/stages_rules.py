"""The rules of the stages: starter sets and how they fit, each stage's events, the text, and who would move before it is saved."""

import streamlit as st

from journey.catalogs import catalog_text, default_text, is_edited, parse, reset_catalog, write_catalog
from journey.charts.words import several
from journey.errors import JourneyError
from journey.rules.staged import STARTERS, StageRule, catalog_in_force, fit_names, read_stage_rules, stages_in_force
from journey.stages import StagesQuestion, measure_stages
from pages.parts.frame import Page, measured
from pages.parts.stages_events import edit_events, show_signals
from pages.parts.stages_preview import show_preview
from pages.parts.stages_starters import choose_starter, fit_told
from pages.parts.text import literal

TEXT, DRAFT, BY, TURN = "stage_rules_text", "stage_rules_draft", "stage_rules_by", "stage_rules_turn"
FEWEST, MOST = 5, 10
WAYS = {"events": "By their events", "text": "As text"}


def edit_rules(page: Page) -> tuple[StageRule, ...]:
    """The rules in force.  The editor is drawn where it is called, closed at first."""
    name = catalog_in_force(page.con)
    with st.expander("Rules of the stages", icon=":material/tune:", key="stage_rules", on_change="rerun") as box:
        if box.open:
            _editor(page, name, catalog_text(page.con, name))
    return stages_in_force(page.con)


def _editor(page: Page, name: str, text: str) -> None:
    """The draft is kept beside what it began with: rules that change elsewhere begin it anew."""
    own = is_edited(page.con, "stages")
    shipped = next((key for key in STARTERS if own and default_text(key) == text), None if own else name)
    st.caption(literal(f"{_source(own, shipped)} Tried from the top; the first that holds wins. {fit_told(page, shipped)}"))
    chosen = choose_starter(page, shipped)
    if chosen is not None:
        write_catalog(page.con, "stages", default_text(chosen))
        _changed("This set is in force now: put your events' names into it.")
    if st.session_state.get(f"{DRAFT}_of") != text:
        st.session_state[f"{DRAFT}_of"] = text
        _draft(text)
    rules = _drafted(page, text)
    if rules is not None and st.session_state[DRAFT] != text:
        show_preview(page, rules)
    _actions(page, own, rules, text)


def _draft(text: str) -> None:
    st.session_state[DRAFT], st.session_state[TURN] = text, st.session_state.get(TURN, 0) + 1


def _source(own: bool, shipped: str | None) -> str:
    if shipped is None:
        return "Your own rules."
    return f"The starter set “{STARTERS[shipped]}”, {'which you chose' if own else 'which fits your events best'}."


def _drafted(page: Page, text: str) -> tuple[StageRule, ...] | None:
    way = st.segmented_control("Edit", list(WAYS), default="events", format_func=WAYS.__getitem__, key=BY, label_visibility="collapsed")
    if way == "text":
        key = f"{TEXT}_{st.session_state.get(TURN, 0)}"  # another box only where the draft was changed elsewhere
        st.session_state[DRAFT] = st.text_area("Rules", st.session_state[DRAFT], height=420, key=key, label_visibility="collapsed")
        st.caption("`step` is a stage's place in the journey; a stage without one is set apart: those who have gone quiet.")
        return _checked(page, st.session_state[DRAFT])
    rules = _checked(page, st.session_state[DRAFT])
    if rules is None:
        return None
    changed = edit_events(page, rules)
    if changed is not None:
        _draft(changed)
        st.rerun()
    show_signals(measured(page, measure_stages, StagesQuestion(rules=rules)), rules)
    return rules


def _checked(page: Page, drafted: str) -> tuple[StageRule, ...] | None:
    """The rules of the text, or None with the sentence that says what is wrong."""
    try:
        rules = fit_names(page.con, read_stage_rules(parse(drafted, "stages")))
        measured(page, measure_stages, StagesQuestion(rules=rules))
    except JourneyError as fault:
        st.error(literal(fault), icon=":material/error:")
        return None
    if not FEWEST <= len(rules) <= MOST:
        st.caption(f"{several(len(rules), 'stage')}: fewer than {FEWEST} hide where people leave, more than {MOST} are hard to read.")
    return rules


def _actions(page: Page, own: bool, rules: tuple[StageRule, ...] | None, text: str) -> None:
    drafted = st.session_state[DRAFT]
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Save these rules", key="stage_rules_save", icon=":material/save:", disabled=rules is None or drafted == text):
            write_catalog(page.con, "stages", drafted)
            _changed("Saved. The map is drawn by these rules now.")
        if drafted != text and st.button("Discard the changes", key="stage_rules_discard", icon=":material/close:", type="tertiary"):
            st.session_state.pop(f"{DRAFT}_of")
            st.rerun()
        if own and st.button("Back to the shipped rules", key="stage_rules_reset", icon=":material/undo:", type="tertiary"):
            reset_catalog(page.con, "stages")
            _changed("The shipped rules are in force again.")


def _changed(told: str) -> None:
    st.cache_data.clear()
    st.session_state.pop(f"{DRAFT}_of", None)
    st.toast(told)
    st.rerun()

"""The rules of the stages: their text, what is wrong with it, and who would move before it is saved."""

import polars as pl
import streamlit as st

from journey.catalogs import catalog_text, default_text, is_edited, parse, reset_catalog, write_catalog
from journey.charts.words import count, percent, several, signed
from journey.errors import JourneyError
from journey.rules.staged import StageRule, catalog_in_force, fit_names, read_stage_rules, stages_in_force
from journey.stages import Stages, StagesQuestion, measure_stages, who_would_move
from pages.parts.frame import Page, measured
from pages.parts.text import literal
from pages.parts.workspace import answer

TEXT = "stage_rules_text"


def edit_rules(page: Page) -> tuple[StageRule, ...]:
    """The rules in force.  The editor is drawn where it is called, closed at first."""
    name = catalog_in_force(page.con)
    text = catalog_text(page.con, name)
    with st.expander("Rules of the stages", icon=":material/tune:", key="stage_rules", on_change="rerun") as box:
        if box.open:
            _editor(page, name, text)
    return stages_in_force(page.con)


def _editor(page: Page, name: str, text: str) -> None:
    own = is_edited(page.con, "stages")
    source = "Your own rules." if own else "The shipped rules for a shop." if name == "stages" else "The shipped rules for any log."
    st.caption(
        f"{source} Tried from the top; the first that holds wins. `step` is a stage's place in the journey; without one it is set apart."
    )
    drafted = st.text_area("Rules", text, height=420, key=f"{TEXT}_{hash(text)}", label_visibility="collapsed")
    rules = _checked(page, drafted)
    if rules is not None and drafted != text:
        _preview(page, rules)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Save these rules", key="stage_rules_save", icon=":material/save:", disabled=rules is None or drafted == text):
            write_catalog(page.con, "stages", drafted)
            _changed("Saved. The map is drawn by these rules now.")
        if own and st.button("Back to the shipped rules", key="stage_rules_reset", icon=":material/undo:", type="tertiary"):
            reset_catalog(page.con, "stages")
            _changed("The shipped rules are in force again.")
        if name != "stages" and st.button(
            "Start from the shop's rules", key="stage_rules_shop", type="tertiary", icon=":material/storefront:"
        ):
            write_catalog(page.con, "stages", default_text("stages"))
            _changed("The shop's rules are in force: put your events' names into them.")


def _checked(page: Page, drafted: str) -> tuple[StageRule, ...] | None:
    """The rules of the text, or None with the sentence that says what is wrong."""
    try:
        rules = fit_names(page.con, read_stage_rules(parse(drafted, "stages")))
        measured(page, measure_stages, StagesQuestion(rules=rules))
    except JourneyError as fault:
        st.error(literal(fault), icon=":material/error:")
        return None
    if not 5 <= len(rules) <= 10:
        st.caption(f"{several(len(rules), 'stage')}: fewer than 5 hide where people leave, more than 10 are hard to read.")
    return rules


def _preview(page: Page, rules: tuple[StageRule, ...]) -> None:
    kept, drafted = StagesQuestion(rules=stages_in_force(page.con)), StagesQuestion(rules=rules)
    now: Stages = measured(page, measure_stages, kept)
    then: Stages = measured(page, measure_stages, drafted)
    moved = sum(move.customers for move in answer(page.con, page.version, who_would_move, kept, drafted, page.scope))
    told = f"{count(moved)} of {several(now.known, 'customer')} would be in another stage." if moved else "Nobody would move."
    st.caption(f"With these rules, not saved yet: {told}")
    for warning in then.evidence.warnings:
        st.caption(":material/warning: " + literal(warning))
    if not moved:
        return
    names = [stage.name for stage in then.stages] + [stage.name for stage in now.stages if then.stage(stage.name) is None]
    held = [(now.stage(name), then.stage(name)) for name in names]
    shown = pl.DataFrame(
        {
            "Stage": names,
            "Now": [0 if was is None else was.customers for was, _ in held],
            "With these rules": [0 if will is None else will.customers for _, will in held],
            "Change": [signed((will.customers if will else 0) - (was.customers if was else 0)) for was, will in held],
            "Share": [percent(will.share if will else 0.0) for _, will in held],
        }
    )
    counts = {name: st.column_config.NumberColumn(name, format="localized") for name in ("Now", "With these rules")}
    st.dataframe(shown, hide_index=True, height="content", key="stage_rules_preview", column_config=counts)


def _changed(told: str) -> None:
    st.cache_data.clear()
    st.toast(told)
    st.rerun()

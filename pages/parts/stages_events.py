"""What each stage looks for: the events that its rule names, those that the log holds, and choosing others."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from journey.charts.words import short
from journey.rules.match import event_names
from journey.rules.staged import StageRule
from journey.rules.staged_text import event_lists, stages_text, with_events
from journey.rules.words import tell_rule
from journey.stages import Stages
from pages.parts.frame import Page
from pages.parts.text import literal
from pages.parts.workspace import answer

STAGE = "stage_rules_stage"


def edit_events(page: Page, rules: Sequence[StageRule]) -> str | None:
    """The text of the rules once a stage was given other events; None where nothing was changed."""
    named = [rule.name for rule in rules if event_lists(rule.rule)]
    if not named:
        st.caption("No rule names events. Write them as text, or take another starter set.")
        return None
    name = st.selectbox("Stage", named, key=STAGE, format_func=str.capitalize, width=280) or named[0]
    place = next(place for place, rule in enumerate(rules) if rule.name == name)
    stage = rules[place]
    known = answer(page.con, page.version, event_names)
    for number, (at, names) in enumerate(event_lists(stage.rule)):
        label = "One of these is enough" if number == 0 else "Or, further in the rule, one of these"
        chosen = st.multiselect(
            literal(label), list(dict.fromkeys([*known, *names])), list(names), key=f"{STAGE}_{name}_{number}_{hash(names)}"
        )
        if chosen and tuple(chosen) != names:
            return stages_text([with_events(stage, at, chosen) if k == place else rule for k, rule in enumerate(rules)])
    return None


def show_signals(found: Stages, rules: Sequence[StageRule]) -> None:
    """Per stage: its rule in words, the events it finds, those that the log lacks, and how many are in it."""
    stages = [stage for rule in rules if (stage := found.stage(rule.name)) is not None]
    told = {rule.name: tell_rule(rule.rule) for rule in rules[:-1]}
    table = pl.DataFrame(
        {
            "Stage": [stage.name for stage in stages],
            "Customers": [stage.customers for stage in stages],
            "Finds": [", ".join(stage.found) or "–" for stage in stages],
            "Lacks": [", ".join(stage.lacking) or "–" for stage in stages],
            "Those who": [short(told.get(stage.name, "are in no stage above"), 160) for stage in stages],
        }
    )
    numbers = {"Customers": st.column_config.NumberColumn("Customers", format="localized", width="small")}
    st.dataframe(table, hide_index=True, height="content", key="stage_signals", column_config=numbers)

"""The list of rules: what each proposes, for how many now and in the last 28 days, and what it lacks in this log."""

from typing import Any

import polars as pl
import streamlit as st

from journey.actions.catalog import ActionCatalog, Trigger
from journey.actions.triggers import DryRunQuestion, Offered, measure_dry_run
from journey.charts.actions_said import lacking_told
from journey.rules.words import tell_rule
from pages.parts.actions_rule import in_own_names
from pages.parts.frame import Page, measured

RULE, PAST = "rule", "rules_past"
ROW = 36


def show_list(page: Page, catalog: ActionCatalog, offered: Offered) -> None:
    """A row for each rule; selecting one edits it."""
    if not catalog.triggers:
        st.caption("No rule proposes anything yet: define the first one.")
        return
    due = [len(offered.due.get(trigger.name, ())) for trigger in catalog.triggers]
    st.dataframe(
        rows_of(page, catalog, offered),
        hide_index=True,
        row_height=ROW,
        height=min(38 + ROW * len(catalog.triggers), 480),
        key="rules_table",
        selection_mode="single-row",
        on_select=lambda: _selected(catalog),
        column_config=_columns(max([*due, 1])),
    )


def _selected(catalog: ActionCatalog) -> None:
    """A callback: the selected row's rule is the one that is edited."""
    rows = st.session_state["rules_table"]["selection"]["rows"]
    if rows and rows[0] < len(catalog.triggers):
        st.session_state[RULE] = catalog.triggers[rows[0]].name


def rows_of(page: Page, catalog: ActionCatalog, offered: Offered) -> pl.DataFrame:
    """The table, as it is shown and downloaded."""
    past = st.session_state.get(PAST, False)
    return pl.DataFrame(
        [
            {
                "Rule": trigger.name,
                "Is": _state(catalog, trigger),
                "Proposes": trigger.action,
                "Due now": len(offered.due.get(trigger.name, ())),
                **({"Newly due in 28 days": _past(page, trigger)} if past else {}),
                "Priority": trigger.priority,
                "Customers who": tell_rule(in_own_names(page, trigger.when))[:240],
                "Lacks": lacking_told(trigger.lacking),
            }
            for trigger in catalog.triggers
        ],
        infer_schema_length=None,
    )


def _past(page: Page, trigger: Trigger) -> int:
    found = measured(page, measure_dry_run, DryRunQuestion(None, trigger.name))
    return int(found.reached.customers)


def _state(catalog: ActionCatalog, trigger: Trigger) -> str:
    action = catalog.action(trigger.action)
    off = not trigger.on or action is None or not action.on
    return "Off" if off else "At rest" if trigger.lacking else "On"


def _columns(most: int) -> dict[str, Any]:
    text, bar = st.column_config.TextColumn, st.column_config.ProgressColumn
    return {
        "Rule": text(width=176, pinned=True),
        "Is": text(width=64),
        "Proposes": text(width=170),
        "Due now": bar(format="localized", min_value=0, max_value=most, width=128),
        "Newly due in 28 days": st.column_config.NumberColumn(format="localized", width=136),
        "Priority": st.column_config.NumberColumn(width=70),
        "Customers who": text(width=420),
        "Lacks": text(width=240),
    }

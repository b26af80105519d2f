"""The catalog: what can be done for a customer, what it costs, what it adds, and where that is known from."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from journey.actions.catalog import Action, ActionCatalog
from journey.actions.effects import Effect
from journey.actions.effects.worth import same_worth
from journey.charts.actions_effects import describe_effects, effects_figure
from journey.charts.actions_said import added_interval, added_told, lacking_told, length_told, source_told
from journey.charts.words import money, several
from journey.warehouse import setting
from pages.parts.actions_edit import ACTION, NEW, edit_action, follow_change
from pages.parts.actions_guardrails import edit_guardrails
from pages.parts.actions_head import effects_by_action, moment_of
from pages.parts.actions_keep import show_warned
from pages.parts.actions_person import name_person
from pages.parts.actions_text import edit_text, show_versions
from pages.parts.charts import draw
from pages.parts.frame import Page, download_table
from pages.parts.text import literal
from pages.parts.workspace import derived

NONE = ""
ROW = 36


def show_catalog(page: Page, catalog: ActionCatalog) -> None:
    """What each action adds, the list, one of them to edit, and the guardrails around all."""
    effects = effects_by_action(page, catalog)
    picture = st.container()
    with st.container(border=True, key="actions_catalog"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(literal(f"{several(len(catalog.actions), 'action')} in the catalog"), anchor=False, width="stretch")
            name_person()
            download_table("actions", lambda: _rows(page, catalog, effects))
        show_warned()
        _table(page, catalog, effects)
        chosen = _choose(catalog)
    if chosen is not None:
        edit_action(page, catalog, chosen)
    elif catalog.actions:
        with picture:
            _show_effects(catalog, effects)
    edit_guardrails(page, catalog)
    edit_text(page)
    show_versions(page)


def _show_effects(catalog: ActionCatalog, effects: Mapping[str, Effect]) -> None:
    order = sorted(effects.values(), key=lambda one: (not one.is_measured, -(one.mean or 0.0)))
    with st.container(border=True, key="actions_effects"):
        with st.container(horizontal=True):
            st.subheader("What each action adds", anchor=False)
        if not any(one.is_measured for one in order):
            st.caption("None of them is measured or assumed yet: what it adds is learned by trying, unless somebody assumes an effect.")
            return
        st.caption(
            "Points added to the chance of its outcome, with 95% intervals. Filled: measured by an experiment; hollow: somebody assumes it."
        )
        draw(derived(effects_figure, tuple(order)), "actions_effects_chart", alt=describe_effects(order), min_width=420)


def _table(page: Page, catalog: ActionCatalog, effects: Mapping[str, Effect]) -> None:
    if not catalog.actions:
        st.caption("The catalog holds no action yet: define the first one.")
        return
    st.dataframe(
        _rows(page, catalog, effects),
        hide_index=True,
        row_height=ROW,
        height=min(38 + ROW * len(catalog.actions), 520),
        key="actions_table",
        selection_mode="single-row",
        on_select=lambda: _selected(catalog),
        column_config=_columns(),
    )


def _selected(catalog: ActionCatalog) -> None:
    """A callback: the selected row's action is the one that is edited."""
    rows = st.session_state["actions_table"]["selection"]["rows"]
    if rows and rows[0] < len(catalog.actions):
        st.session_state[ACTION] = catalog.actions[rows[0]].name


def _rows(page: Page, catalog: ActionCatalog, effects: Mapping[str, Effect]) -> pl.DataFrame:
    currency = setting(page.con, "currency")
    worths = {action.name: _worth(page, catalog, action, currency) for action in catalog.actions}
    return pl.DataFrame(
        [
            {
                "Action": action.name,
                "Is": _state(action),
                "Channel": action.channel,
                "For": ", ".join(stage.capitalize() for stage in action.stages) or "every stage",
                "Costs": money(action.cost, currency),
                "Adds": added_told(effects[action.name]),
                "95%": added_interval(effects[action.name]),
                "Known from": source_told(effects[action.name], action),
                "An outcome brings": worths[action.name],
                "Risk": action.risk,
                "Approval": "a person" if action.approval else "none",
                "Cooldown": length_told(action.cooldown_ms),
                "Owner": action.owner,
                "Lacks": lacking_told(action.lacking),
            }
            for action in catalog.actions
        ],
        infer_schema_length=None,
    )


def _state(action: Action) -> str:
    return "Off" if not action.on else "At rest" if action.lacking else "On"


def _worth(page: Page, catalog: ActionCatalog, action: Action, currency: str | None) -> str:
    if action.worth == "customer":
        return "each customer's 90 days"
    found = same_worth(page.con, action, catalog.guardrails.margin, moment_of(page))
    return "not known" if found is None else money(found[0], currency)


def _columns() -> dict[str, Any]:
    text = st.column_config.TextColumn
    widths = {"Action": 176, "Is": 60, "Channel": 72, "For": 110, "Costs": 66, "Adds": 80, "95%": 100, "Known from": 236}
    widths |= {"An outcome brings": 140, "Risk": 66, "Approval": 80, "Cooldown": 80, "Owner": 124, "Lacks": 260}
    return {name: text(width=width, pinned=name == "Action") for name, width in widths.items()}


def _choose(catalog: ActionCatalog) -> str | None:
    """The action that is edited, or NEW; None while nobody edits.  The keyboard's way to what a click on a row does."""
    follow_change()
    options = [NONE, *(action.name for action in catalog.actions)]
    if st.session_state.get(ACTION) not in (None, NEW, *options):
        st.session_state.pop(ACTION)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = st.selectbox(
            "Edit",
            [*options, NEW],
            format_func=lambda name: {NONE: "Choose one to edit", NEW: "New action"}.get(name, name),
            key=ACTION,
            bind="query-params",
            label_visibility="collapsed",
            icon=":material/edit:",
            width=300,
        )
        st.button("New action", key="action_new", icon=":material/add:", on_click=_begin, type="tertiary")
    return chosen or None


def _begin() -> None:
    st.session_state[ACTION] = NEW

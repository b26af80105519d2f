"""The rules that propose actions: who is due now, one rule to edit, what it would have done, and launching it to approval."""

from typing import Any

import streamlit as st

from journey.actions.catalog import ActionCatalog, Trigger
from journey.actions.triggers import DryRunQuestion, Offered, measure_offered
from journey.charts.words import count, several
from journey.errors import JourneyError
from journey.rules.words import tell_rule
from pages.parts.actions_dry_run import show_dry_run
from pages.parts.actions_keep import delete_entry, keep_entry, show_warned, switch_entry, written
from pages.parts.actions_launching import offer_launch
from pages.parts.actions_person import name_person
from pages.parts.actions_rule import count_rule, edit_rule, forget_rule, in_own_names
from pages.parts.actions_rules_list import PAST, RULE, rows_of, show_list
from pages.parts.actions_text import show_versions
from pages.parts.frame import Page, counted, download_table, measured
from pages.parts.people import show_people
from pages.parts.text import literal

LIST = "rule_list"
NEW = "+"
NONE = ""
EMPTY: dict[str, Any] = {"all": []}
TURN = "rule_turn"


def show_rules(page: Page, catalog: ActionCatalog) -> None:
    """The list, the chosen rule's editor, its dry run, and its launch."""
    offered: Offered = measured(page, measure_offered, None)
    with st.container(border=True, key="rules_list"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(literal(f"{several(len(catalog.triggers), 'rule')} that propose"), anchor=False, width="stretch")
            name_person()
            download_table("rules", lambda: rows_of(page, catalog, offered))
        show_warned()
        show_list(page, catalog, offered)
        chosen = _choose(page, catalog)
    counted(page, offered.evidence, "counted_rules", {"ask": "actions"})
    if chosen is not None:
        _edit(page, catalog, offered, chosen)
    else:
        st.caption("Choose a rule to edit it, to try it on the past, and to launch it to approval.")
        show_versions(page)


def _choose(page: Page, catalog: ActionCatalog) -> str | None:
    """The rule that is edited, NEW for one that begins; None while nobody edits."""
    if (name := st.session_state.pop("rule_next", None)) is not None:
        st.session_state[RULE] = name
    options = [NONE, *(trigger.name for trigger in catalog.triggers), NEW]
    if st.session_state.get(RULE) not in (None, *options):
        st.session_state.pop(RULE)
    told = {NONE: "Choose one to edit", NEW: "New rule"}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = st.selectbox(
            "Edit",
            options,
            format_func=lambda name: told.get(name, name),
            key=RULE,
            bind="query-params",
            label_visibility="collapsed",
            icon=":material/edit:",
            width=300,
        )
        if catalog.actions:
            st.button("New rule", key="rule_new", icon=":material/add:", on_click=_begin, type="tertiary")
        st.toggle("Count the last 28 days of each", key=PAST, help="Tries every rule on the past, which takes a while the first time.")
    return chosen or None


def _begin() -> None:
    st.session_state[RULE] = NEW


def _edit(page: Page, catalog: ActionCatalog, offered: Offered, chosen: str) -> None:
    kept = next((trigger for trigger in written(page).triggers if trigger.name == chosen), None)
    shown = next((trigger for trigger in catalog.triggers if trigger.name == chosen), None)
    first = in_own_names(page, shown.when) if shown else EMPTY
    with st.container(border=True, key="rule_editor"):
        now = _fields(catalog, chosen, kept)
        rule = edit_rule(page, f"rule {chosen}", first)
        same = rule == first and kept is not None
        if rule == EMPTY:
            st.caption("Without a condition it would be due for everybody, so add one.")
        usable = rule not in (None, EMPTY) and _count(page, rule, now["why"])
        plain = {**now, "when": kept.when if same and kept else rule}
        _buttons(page, catalog, chosen, kept, plain, usable)
        if kept is not None:
            show_versions(page, "trigger", chosen)
    if not usable:
        return
    question = DryRunQuestion(None, chosen) if same else DryRunQuestion(rule, None, now["action"])
    show_dry_run(page, question, now["name"] or "New rule", rule, same)
    if shown is not None:
        offer_launch(page, catalog, shown, len(offered.due.get(shown.name, ())), same)


def _fields(catalog: ActionCatalog, chosen: str, kept: Trigger | None) -> dict[str, Any]:
    def key(name: str) -> str:
        return f"rule_{st.session_state.get(TURN, 0)}_{chosen}_{name}"

    actions = [action.name for action in catalog.actions]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(literal(kept.name if kept else "A new rule"), anchor=False, width="stretch")
        st.button("Close", key="rule_close", icon=":material/close:", type="tertiary", on_click=_close, args=(chosen,))
    columns = st.columns([3, 3, 1.2], vertical_alignment="bottom")
    name = columns[0].text_input("Name", kept.name if kept else "", key=key("name"), max_chars=80, disabled=kept is not None)
    place = actions.index(kept.action) if kept and kept.action in actions else 0
    action = columns[1].selectbox("Proposes", actions, place, key=key("action"))
    priority = columns[2].number_input(
        "Priority",
        -1000,
        1000,
        kept.priority if kept else 50,
        key=key("priority"),
        help="Of several, the highest goes first where no effect is known.",
    )
    why = st.text_input("Why, as the card tells it", kept.why if kept else "", key=key("why"), max_chars=240)
    return {"name": name, "action": action or "", "priority": int(priority or 0), "why": why, "on": kept.on if kept else True}


def _close(chosen: str) -> None:
    st.session_state[RULE] = NONE
    forget_rule(f"rule {chosen}")
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _count(page: Page, rule: Any, why: str) -> bool:
    """The rule in words and whom it holds for now; False, with the sentence why, where it cannot be read."""
    try:
        held = count_rule(page, rule)
    except JourneyError as fault:
        st.error(literal(fault), icon=":material/error:")
        return False
    who = several(held.people.count, "customer")
    st.markdown(literal(f"{who[0].upper()}{who[1:]} of {count(held.known)} due now: they {tell_rule(rule)}.")[:900])
    for warning in held.evidence.warnings:
        st.caption(":material/warning: " + literal(warning))
    if held.people.count and st.toggle(literal(f"See these {who}"), key=LIST, bind="query-params"):
        show_people(page, held.people, "Due now", rule if isinstance(rule, dict) else {"all": [rule]}, why[:80] or "Due now")
    return True


def _buttons(page: Page, catalog: ActionCatalog, chosen: str, kept: Trigger | None, plain: dict[str, Any], usable: bool) -> None:
    name = " ".join(plain["name"].split())
    taken = name in {trigger.name for trigger in catalog.triggers} - {chosen}
    changed = kept is None or plain != kept.as_plain()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label = "**Add it**" if kept is None else "**Keep the changes**"
        if st.button(label, key="rule_keep", icon=":material/save:", disabled=not (usable and name and changed) or taken):
            _done(chosen, keep_entry(page, "trigger", None if kept is None else chosen, plain | {"name": name}), name)
        if kept is not None:
            _others(page, catalog, kept)
    if taken:
        st.caption("A rule of this name is in the catalog already. Give it a name of its own.")


def _others(page: Page, catalog: ActionCatalog, kept: Trigger) -> None:
    plain = kept.as_plain()
    if st.button("Duplicate", key="rule_copy", icon=":material/content_copy:", type="tertiary"):
        taken = {trigger.name for trigger in catalog.triggers}
        copies = (f"{kept.name[:70]} copy", *(f"{kept.name[:70]} copy {n}" for n in range(2, 400)))
        name = next(one for one in copies if one not in taken)
        _done(kept.name, keep_entry(page, "trigger", None, plain | {"name": name, "on": False}), name)
    if st.button("Switch off" if kept.on else "Switch on", key="rule_switch", icon=":material/power_settings_new:", type="tertiary"):
        _done(kept.name, switch_entry(page, "trigger", kept.name, not kept.on), kept.name)
    with st.popover("Delete", icon=":material/delete:", type="tertiary"):
        st.caption("What it proposed stays in the ledger, and an earlier version can be taken up again.")
        if st.button("Delete it", key="rule_delete", icon=":material/delete:"):
            _done(kept.name, delete_entry(page, "trigger", kept.name), NONE)


def _done(chosen: str, kept: bool, choose: str) -> None:
    """Go on with the rule it leaves chosen; what was refused is said already."""
    if not kept:
        return
    forget_rule(f"rule {chosen}")
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    st.session_state["rule_next"] = choose
    st.rerun()

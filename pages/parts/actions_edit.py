"""One action of the catalog to edit: its fields, what is wrong with them in a sentence, and keeping, copying, deleting it."""

import streamlit as st

from journey.actions.catalog import Action, ActionCatalog, read_action
from journey.charts.words import percent, several
from journey.errors import JourneyError
from journey.rules.words import tell_rule
from journey.warehouse import setting
from pages.parts.actions_fields import (
    Plain,
    begin_anew,
    care_fields,
    effect_fields,
    money_fields,
    outcome_fields,
    variant_fields,
    what_and_who,
)
from pages.parts.actions_head import effects_by_action
from pages.parts.actions_keep import delete_entry, keep_entry, switch_entry, written
from pages.parts.actions_rule import count_rule, edit_rule, forget_rule, in_own_names
from pages.parts.actions_text import show_versions
from pages.parts.frame import Page
from pages.parts.text import literal

NEW = "+"  # in the address; names have more than a sign
ACTION = "action"
OPTIONAL = ("when", "assumed", "variant")  # left out where a person chooses nothing
FRESH: Plain = {
    "name": "",
    "what": "",
    "channel": "email",
    "owner": "",
    "wanted": {"did": {}, "within": "7d"},
    "stages": [],
    "purpose": "marketing",
    "cost": 0.0,
    "worth": "outcome",
    "risk": "low",
    "approval": True,
    "persuades": True,
    "effort": 2,
    "cooldown": "14d",
    "valid": "3d",
    "on": True,
}


def edit_action(page: Page, catalog: ActionCatalog, chosen: str) -> None:
    """The card of the chosen action; NEW begins one."""
    kept = None if chosen == NEW else written(page).action(chosen)
    shown = None if kept is None else catalog.action(chosen)
    plain = _fresh(page, catalog) if kept is None else kept.as_plain()
    with st.container(border=True, key="action_editor"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(literal("A new action" if kept is None else plain["name"]), anchor=False, width="stretch")
            st.button("Close", key="action_close", icon=":material/close:", type="tertiary", on_click=_close, args=(chosen,))
        now = _fields(page, catalog, chosen, plain, shown)
        wrong = _wrong(now)
        if wrong and (kept is not None or now["name"].strip()):
            st.error(literal(wrong), icon=":material/error:")
        _buttons(page, catalog, chosen, plain, now, not wrong)
        if kept is not None:
            show_versions(page, "action", chosen)


def _fresh(page: Page, catalog: ActionCatalog) -> Plain:
    """A new action is for the outcome that the first one of the catalog is for, until somebody says another."""
    usual = next((action for action in catalog.actions if not action.lacking), None)
    return FRESH if usual is None else FRESH | {"wanted": {"did": in_own_names(page, usual.wanted.did), "within": "7d"}}


def _close(chosen: str) -> None:
    st.session_state[ACTION] = ""
    forget_rule(f"action {chosen}")
    begin_anew()


def _fields(page: Page, catalog: ActionCatalog, of: str, plain: Plain, shown: Action | None) -> Plain:
    left, right = st.columns(2, gap="large")
    with left:
        now = what_and_who(
            page,
            plain,
            of,
            [action.channel for action in catalog.actions],
            sorted({action.owner for action in catalog.actions if action.owner}),
            sorted({action.purpose for action in catalog.actions if action.purpose}),
        )
        now |= _requirement(page, of, plain, shown)
    with right:
        now |= money_fields(plain, of, setting(page.con, "currency"))
        now |= outcome_fields(page, plain, in_own_names(page, shown.wanted.did if shown else plain["wanted"]["did"]), of)
        known = "" if shown is None else effects_by_action(page, catalog)[shown.name].told
        now |= effect_fields(plain, of, known or "What it adds is not known yet: it is learned by trying, unless somebody assumes it.")
    now |= care_fields(plain, of)
    with st.expander(f"Variants · {len(plain.get('variant', [])) or 'none'}", icon=":material/alt_route:", key="action_variants"):
        st.caption("Ways of doing it, drawn at random by their weights. An hour of the customer's day delays the sending to it.")
        now |= variant_fields(plain, of)
    return {key: value for key, value in plain.items() if key not in OPTIONAL} | now  # what has no field here stays as it is


def _requirement(page: Page, of: str, plain: Plain, shown: Action | None) -> Plain:
    """A rule that must hold beside the rule that proposes it."""
    first = in_own_names(page, shown.when if shown else plain.get("when"))
    if not st.toggle("Only if a rule holds", first is not None, key=f"action_required_{of}"):
        return {}
    begun = first if first is not None else {"all": []}
    with st.container(border=True):
        rule = edit_rule(page, f"action {of}", begun)
        if rule is None:
            return {"when": begun}
        try:
            held = count_rule(page, rule)
            st.caption(
                literal(f"It holds for {several(held.people.count, 'customer')} now, {percent(held.share)}: they {tell_rule(rule)}."[:300])
            )
        except JourneyError as fault:
            st.error(literal(fault), icon=":material/error:")
    return {"when": plain["when"] if first == rule and "when" in plain else rule}


def _wrong(now: Plain) -> str:
    """What the reader of the catalog says against it; "" where nothing is wrong."""
    try:
        read_action(now)
    except JourneyError as fault:
        return str(fault)
    return ""


def _buttons(page: Page, catalog: ActionCatalog, chosen: str, plain: Plain, now: Plain, fit: bool) -> None:
    new = chosen == NEW
    taken = " ".join(now["name"].split()) in {action.name for action in catalog.actions} - {chosen}
    changed = new or read_or_none(now) != read_or_none(plain)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label = "**Add it**" if new else "**Keep the changes**"
        if st.button(label, key="action_keep", icon=":material/save:", disabled=not fit or taken or not changed):
            _done(keep_entry(page, "action", None if new else chosen, now), " ".join(now["name"].split()))
        if not new:
            _others(page, catalog, chosen, plain)
    if taken:
        st.caption("An action of this name is in the catalog already. Give it a name of its own.")


def read_or_none(plain: Plain) -> Action | None:
    try:
        return read_action(plain)
    except JourneyError:
        return None


def _others(page: Page, catalog: ActionCatalog, chosen: str, plain: Plain) -> None:
    """Copy it, switch it, delete it."""
    if st.button("Duplicate", key="action_copy", icon=":material/content_copy:", type="tertiary"):
        name = _free(catalog, f"{chosen[:70]} copy")
        _done(keep_entry(page, "action", None, plain | {"name": name, "on": False}), name)
    told = "Switch off" if plain["on"] else "Switch on"
    if st.button(told, key="action_switch", icon=":material/power_settings_new:", type="tertiary"):
        _done(switch_entry(page, "action", chosen, not plain["on"]), chosen)
    with st.popover("Delete", icon=":material/delete:", type="tertiary"):
        st.caption("What was proposed and done stays in the ledger, and an earlier version can be taken up again.")
        if st.button("Delete it", key="action_delete", icon=":material/delete:"):
            _done(delete_entry(page, "action", chosen), "")


def _free(catalog: ActionCatalog, name: str) -> str:
    taken = {action.name for action in catalog.actions}
    return next(one for one in (name, *(f"{name} {n}" for n in range(2, 400))) if one not in taken)


def _done(kept: bool, choose: str) -> None:
    """Go on with the action it leaves chosen; what was refused is said already."""
    if not kept:
        return
    begin_anew()
    st.session_state["action_next"] = choose
    st.rerun()


def follow_change() -> None:
    """What a change left chosen, before the widget that holds it is drawn."""
    if (name := st.session_state.pop("action_next", None)) is not None:
        st.session_state[ACTION] = name

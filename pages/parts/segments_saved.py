"""The saved segments: choose one, keep the draft under a name, rename, duplicate, delete."""

from typing import Any

import streamlit as st

from journey.errors import JourneyError
from journey.rules.naming import referring, refers_to
from journey.rules.saved import EVERYONE, delete_segment, free_name, rename_segment, save_segment, saved_segments
from journey.rules.staged import stages_in_force
from journey.rules.words import tell_rule
from pages.parts.frame import Page
from pages.parts.segments_draft import NAME, take, usual_rule
from pages.parts.text import literal

NEW = "New segment"


def choose_saved(page: Page) -> str | None:
    """The saved segment that is edited; None while a new one is defined."""
    names = list(saved_segments(page.con))
    options = [NEW, *(name for name in names if name != NEW)]
    if st.session_state.get(NAME) not in (None, *options):
        st.session_state.pop(NAME)
    chosen = st.selectbox(
        "Saved segment",
        options,
        key=NAME,
        bind="query-params",
        on_change=_open,
        args=(page,),
        label_visibility="collapsed",
        icon=":material/bookmark:",
        width=300,
    )
    return chosen if chosen in names and chosen != NEW else None


def _open(page: Page) -> None:
    name = st.session_state[NAME]
    take(saved_segments(page.con).get(name, usual_rule(page)))


def offer_saving(page: Page, name: str | None, rule: Any, usable: bool) -> None:
    """The row of what can be done with the draft.  usable: its rule was answered, so it may be kept."""
    saved = saved_segments(page.con)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if name is None:
            _save_new(page, saved, rule, usable)
            return
        changed = saved[name] != rule
        if st.button("Save changes", key="segment_keep", icon=":material/save:", disabled=not (usable and changed)):
            _did(page, lambda: save_segment(page.con, name, rule), f"Saved: {name}.")
        st.button("Duplicate", key="segment_copy", icon=":material/content_copy:", type="tertiary", on_click=_copy, args=(page, name, rule))
        _rename(page, name)
        _delete(page, name, saved)


def _save_new(page: Page, saved: dict[str, Any], rule: Any, usable: bool) -> None:
    typed = st.text_input(
        "Name", key="segment_name", placeholder="Name this segment", max_chars=80, label_visibility="collapsed", width=300
    )
    taken = " ".join(typed.split()) in saved
    if st.button("Save", key="segment_save", icon=":material/save:", disabled=not (usable and typed.strip()) or taken):
        name = " ".join(typed.split())
        _did(page, lambda: save_segment(page.con, name, rule), f"Saved: {name}. Choose it at the head of any page.", name)
    if taken:
        st.caption("A segment of this name is saved already. Choose it above to change it, or take another name.")


def _copy(page: Page, name: str, rule: Any) -> None:
    """A callback: the draft under a new name, which is then the one that is edited."""
    copy = free_name(saved_segments(page.con), name[:70] + " copy")
    save_segment(page.con, copy, rule)
    st.cache_data.clear()
    st.session_state[NAME] = copy


def _rename(page: Page, name: str) -> None:
    with st.popover("Rename", icon=":material/edit:", type="tertiary"):
        typed = st.text_input("New name", name, key=f"segment_rename_{name}", max_chars=80)
        if users := _users(page, name, stages=False):
            st.caption(literal(f"{_listed(users)} will follow the new name."))
        if staged := _staged(page, name):
            st.caption(literal(f"{_listed(staged)} will not: change the rules of the stages on the Journey map, too."))
        if st.button("Rename", key="segment_rename", icon=":material/edit:", disabled=not typed.strip() or typed.strip() == name):
            new = " ".join(typed.split())
            _did(page, lambda: rename_segment(page.con, name, new), f"Renamed: {new}.", new, was=name)


def _delete(page: Page, name: str, saved: dict[str, Any]) -> None:
    with st.popover("Delete", icon=":material/delete:", type="tertiary"):
        if users := _users(page, name):
            st.caption(literal(f"It is used by {_listed(users)}, which cannot be answered without it."))
        else:
            st.caption("Nothing else refers to it.")
        if st.button("Delete it", key="segment_delete", icon=":material/delete:"):
            _did(page, lambda: delete_segment(page.con, name), f"Deleted: {name}.", NEW, was=name)


def _did(page: Page, change: Any, told: str, choose: str | None = None, was: str | None = None) -> None:
    """Make a change, say so, and go on with the segment it leaves chosen; the head row forgets a name that is gone."""
    try:
        change()
    except JourneyError as fault:
        st.error(literal(fault), icon=":material/error:")
        return
    st.cache_data.clear()
    if was is not None and st.session_state.get("segment") == was:
        st.session_state["segment_next"] = choose if choose != NEW else EVERYONE
    if choose is not None:
        st.session_state["segment_chosen_next"] = choose
    st.toast(literal(told))
    st.rerun()


def follow_change() -> None:
    """What a change left chosen, before the widgets that hold it are drawn."""
    if name := st.session_state.pop("segment_chosen_next", None):
        st.session_state[NAME] = name
    if name := st.session_state.pop("segment_next", None):
        st.session_state["segment"] = name


def _users(page: Page, name: str, stages: bool = True) -> list[str]:
    """What refers to a saved segment: others, and the stages."""
    return [f"“{other}”" for other in referring(saved_segments(page.con), name)] + (_staged(page, name) if stages else [])


def _staged(page: Page, name: str) -> list[str]:
    return [f"the stage {stage.name}" for stage in stages_in_force(page.con) if refers_to(stage.rule, name)]


def _listed(names: list[str]) -> str:
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def show_saved(page: Page) -> None:
    """All saved segments and what they mean."""
    import polars as pl

    saved = saved_segments(page.con)
    if not saved:
        return
    with st.container(border=True, key="segments_saved"):
        with st.container(horizontal=True):
            st.subheader("Saved segments", anchor=False)
        shown = pl.DataFrame(
            {
                "Name": list(saved),
                "Customers who": [tell_rule(rule)[:300] for rule in saved.values()],
                "Used by": [_listed(_users(page, name)) for name in saved],
            }
        )
        st.dataframe(shown, hide_index=True, height="content" if len(saved) < 9 else 320, placeholder="", key="segments_saved_table")

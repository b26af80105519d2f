"""Keeping changes of the catalog of actions: by whom, what rests now, and what is refused in a sentence."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from journey.actions.catalog import (
    ActionCatalog,
    Kept,
    delete_item,
    keep_catalog,
    restore,
    roll_back_item,
    set_item,
    switch,
    written_actions,
)
from journey.catalogs import catalog_text
from journey.errors import JourneyError
from pages.parts.actions_person import UNNAMED, person
from pages.parts.frame import Page
from pages.parts.text import literal

CATALOG = "actions"
WARNED = "catalog_warned"


def written(page: Page) -> ActionCatalog:
    """The catalog as somebody wrote it, its names not fitted to this log."""
    return written_actions(catalog_text(page.con, CATALOG))


def keep_entry(page: Page, kind: str, name: str | None, plain: Mapping[str, Any]) -> bool:
    """Put one entry in force; name: None for a new one.  Whether it was kept: what is refused is said where it was pressed."""
    return _kept(lambda by: set_item(page.con, kind, name, plain, by=by))


def switch_entry(page: Page, kind: str, name: str, on: bool) -> bool:
    return _kept(lambda by: switch(page.con, kind, name, on, by=by))


def delete_entry(page: Page, kind: str, name: str) -> bool:
    return _kept(lambda by: delete_item(page.con, kind, name, by=by))


def keep_text(page: Page, text: str) -> bool:
    return _kept(lambda by: keep_catalog(page.con, text, by=by))


def take_up(page: Page, version: int, kind: str | None, name: str | None) -> bool:
    """An earlier version again: of the whole, or of one entry alone."""
    if kind is None:
        return _kept(lambda by: restore(page.con, version, by=by))
    return _kept(lambda by: roll_back_item(page.con, kind, name, version, by=by))


def _kept(change: Callable[[str], Kept]) -> bool:
    by = person()
    try:
        found = change(by) if by else None
    except JourneyError as fault:
        st.error(literal(fault), icon=":material/error:")
        return False
    if found is None:
        st.error(literal(UNNAMED), icon=":material/badge:")
        return False
    st.cache_data.clear()
    st.session_state[WARNED] = found.warnings
    st.toast(f"Kept as version {found.version}.")
    return True


def show_warned() -> None:
    """What rests by the change that was kept last, once."""
    for warning in st.session_state.pop(WARNED, ()):
        st.caption(":material/warning: " + literal(warning))

"""The catalog as text, and its versions: who changed what, how a version differs from what is in force, and taking it up again."""

import difflib

import polars as pl
import streamlit as st

from journey.actions.catalog import Version, history, version_text
from journey.catalogs import catalog_text
from journey.charts.words import moment, several
from pages.parts.actions_keep import CATALOG, keep_text, take_up
from pages.parts.frame import Page
from pages.parts.text import literal

CONTEXT = 2


def edit_text(page: Page) -> None:
    """All of the catalog in one box, for those who would rather write."""
    with st.expander("As text", icon=":material/data_object:", key="actions_text", on_change="rerun") as box:
        if not box.open:
            return
        text = catalog_text(page.con, CATALOG)
        st.caption("The whole catalog, with its remarks. What the fields above change is written into it, and nothing else.")
        typed = st.text_area("The catalog", text, height=520, key=f"actions_text_{hash(text)}", label_visibility="collapsed")
        if st.button("**Keep this text**", key="actions_text_keep", icon=":material/save:", disabled=typed == text) and keep_text(
            page, typed
        ):
            st.rerun()


def show_versions(page: Page, kind: str | None = None, name: str | None = None) -> None:
    """The versions of the whole catalog, or of one entry, the latest first."""
    label = "Versions of the catalog" if kind is None else f"Versions of {name or 'the guardrails'}"
    key = f"versions_{kind or 'all'}"
    with st.expander(literal(label), icon=":material/history:", key=key, on_change="rerun") as box:
        if not box.open:
            return
        found = history(page.con, kind, name)
        if kind is None or found:
            _show(page, found, kind, name, key)
        else:
            st.caption("It is as it was shipped: nobody has changed it yet.")


def _show(page: Page, found: tuple[Version, ...], kind: str | None, name: str | None, key: str) -> None:
    rows = [
        {
            "Version": version.version,
            "When": "shipped" if version.at is None else moment(version.at, page.scope.timezone),
            "Who": version.by,
            "What changed": _changed(version, kind, name),
            "In force": version.in_force,
        }
        for version in found
    ]
    columns = {
        "Version": st.column_config.NumberColumn(width=70),
        "When": st.column_config.TextColumn(width=140),
        "Who": st.column_config.TextColumn(width=110),
        "What changed": st.column_config.TextColumn(width=400),
        "In force": st.column_config.CheckboxColumn(width=76),
    }
    st.dataframe(pl.DataFrame(rows, infer_schema_length=None), hide_index=True, height=min(38 + 35 * len(rows), 320), column_config=columns)
    numbers = [version.version for version in found] + ([0] if found[-1].version else [])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = st.selectbox(
            "Version",
            numbers,
            format_func=_told_number,
            key=f"{key}_chosen",
            label_visibility="collapsed",
            icon=":material/history:",
            width=220,
        )
        taken = st.button("Take it up again", key=f"{key}_take", icon=":material/undo:")
    _differences(page, int(chosen or 0))
    if taken and take_up(page, int(chosen or 0), kind, name):
        st.rerun()


def _changed(version: Version, kind: str | None, name: str | None) -> str:
    mine = [one for one in version.changes if kind is None or (one.kind == kind and (name is None or one.name == name))]
    return " ".join(change.sentence for change in mine) or version.reason


def _told_number(version: int) -> str:
    return f"Version {version}" if version else "The shipped one"


def _differences(page: Page, version: int) -> None:
    """What taking it up would change: lines with a minus go, lines with a plus come."""
    now, then = catalog_text(page.con, CATALOG), version_text(page.con, version)
    lines = list(difflib.unified_diff(now.splitlines(), then.splitlines(), "in force", f"version {version}", n=CONTEXT, lineterm=""))
    if not lines:
        st.caption("This is what is in force now.")
        return
    changed = sum(line[:1] in "+-" and line[:3] not in ("+++", "---") for line in lines)
    st.caption(f"Against what is in force, {several(changed, 'line')}: those with a minus would go, those with a plus would come.")
    st.code("\n".join(lines), language="diff", height=260 if len(lines) > 12 else "content")

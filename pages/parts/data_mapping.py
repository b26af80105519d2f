"""What each column means: the guess and its reason, to be accepted or corrected."""

import hashlib
from collections.abc import Sequence
from typing import Any
from zoneinfo import available_timezones

import polars as pl
import streamlit as st

from journey.charts.words import SIGNS
from journey.ingest import Preview
from pages.parts.data_words import TYPES
from pages.parts.frame import literal

# role -> (what it is called here, whether the loader needs it)
ROLES = {
    "events": {
        "customer": ("Customer", True),
        "event": ("Event", True),
        "ts": ("Time", True),
        "anonymous": ("Anonymous id", False),
        "session": ("Session", False),
        "event_id": ("Event id", False),
    },
    "customers": {"customer": ("Customer", True), "valid_from": ("Valid from", False)},
    "consent": {
        "customer": ("Customer", True),
        "purpose": ("Purpose", True),
        "given": ("Given", True),
        "ts": ("Time", True),
    },
}
NOT_HERE = {
    "anonymous": "none: every row names its customer",
    "session": "none: 30 minutes of silence end a session",
    "event_id": "none: told from the whole row",
    "valid_from": "none: always valid",
}
NONE_OF_THEM = "none of the columns"


def choose_mapping(preview: Preview, kind: str) -> dict[str, Any]:
    """The mapping as plain data, ready for the loader, which checks it again."""
    mark = _mark(preview, kind)
    plain: dict[str, Any] = {}
    st.markdown("**What the columns mean**")
    with st.grid(4, min_column_width=210, gap="small") as grid:
        for role, (label, needed) in ROLES[kind].items():
            with grid.cell(), st.container(gap="xxsmall"):
                plain |= _choose_role(preview, role, label, needed, mark)
        if {"ts", "valid_from"} & set(ROLES[kind]):
            with grid.cell(), st.container(gap="xxsmall"):
                plain["timezone"] = _choose_zone(mark)
        if kind == "events":
            plain |= _choose_revenue(preview, grid, mark)
    plain |= _choose_treatment(preview, plain, kind, mark)
    return {name: value for name, value in plain.items() if value}


def missing_roles(plain: dict[str, Any], kind: str) -> list[str]:
    """The roles that the loader cannot do without, by the names shown; an anonymous id stands in for a customer."""
    given = {**plain, "customer": plain.get("customer") or plain.get("anonymous")}
    return [label for role, (label, needed) in ROLES[kind].items() if needed and not given.get(role)]


def _mark(preview: Preview, kind: str) -> str:
    """New columns get new widgets, so that a choice made for one file is not carried to another."""
    return hashlib.sha256(repr((kind, tuple(preview.columns))).encode()).hexdigest()[:8]


def _choose_role(preview: Preview, role: str, label: str, needed: bool, mark: str) -> dict[str, Any]:
    """The column of a role, with the reason why it was guessed below."""
    guess = next((guess for guess in preview.guesses if guess.role == role), None)
    column = _column(label, preview.columns, guess.column if guess else None, f"map_{role}_{mark}")
    if guess and column == guess.column:
        times = f" ({preview.times})" if preview.times and role in ("ts", "valid_from") and preview.times not in guess.reason else ""
        st.caption(literal(guess.reason + times + ("" if guess.sure else " · please check")))
    else:
        st.caption("as you chose" if column else "needed" if needed else NOT_HERE.get(role, ""))
    return {role: column} if column else {}


def _column(label: str, columns: Sequence[str], guessed: str | None, key: str) -> str | None:
    columns = list(columns)
    index = columns.index(guessed) if guessed in columns else None
    chosen = st.selectbox(label, columns, index=index, placeholder=NONE_OF_THEM, key=key)
    return chosen if chosen in columns else None


def _choose_zone(mark: str) -> str:
    zones = ["UTC", *sorted(available_timezones() - {"UTC"})]
    zone = st.selectbox("Zone of bare times", zones, key=f"map_zone_{mark}")
    st.caption("for times that name none, such as 2026-03-01 09:30")
    return zone if zone in zones else "UTC"


def _choose_revenue(preview: Preview, grid: Any, mark: str) -> dict[str, Any]:
    """What everything called value reads: the column of the amount, the event that earns, the currency."""
    proposed = ", ".join(preview.revenue[:3])
    with grid.cell(), st.container(gap="xxsmall"):
        amount = _column("Revenue", preview.columns, None, f"map_revenue_{mark}")
        st.caption(literal(f"looks like money: {proposed}" if proposed else "the column that everything called value reads"))
    if not amount:
        return {}
    with grid.cell(), st.container(gap="xxsmall"):
        currency = st.selectbox(
            "Currency",
            list(SIGNS),
            index=None,
            placeholder="none set",
            accept_new_options=True,
            key=f"map_currency_{mark}",
        )
        st.caption("no sign is shown where none is set")
    with grid.cell(), st.container(gap="xxsmall"):
        event = st.text_input("Event that earns", placeholder="every event with an amount", key=f"map_earns_{mark}")
        st.caption("leave empty to count every row that has an amount")
    told = {"property": amount, "currency": (currency or "").strip()[:8].upper(), "event": (event or "").strip()}
    return {"revenue": {name: value for name, value in told.items() if value}}


def _choose_treatment(preview: Preview, plain: dict[str, Any], kind: str, mark: str) -> dict[str, Any]:
    """Which columns are personal and which are left out: a table of all of them, with their first values."""
    if kind == "consent":
        return {}
    frame = columns_frame(preview, plain, kind)
    edited = st.data_editor(
        frame,
        hide_index=True,
        height="content" if frame.height <= 12 else 420,
        disabled=["column", "becomes", "type", "values"],
        column_config={
            "column": st.column_config.TextColumn("Column", width="small"),
            "becomes": st.column_config.TextColumn("Becomes", width="small"),
            "type": st.column_config.TextColumn("Type", width="small"),
            "values": st.column_config.TextColumn("First values", width="large"),
            "personal": st.column_config.CheckboxColumn("Personal", help="Kept as a keyed hash: the value itself is not stored.", width=85),
            "out": st.column_config.CheckboxColumn("Leave out", width=85),
        },
        key=f"map_columns_{mark}",
    )
    personal, out = list(edited["personal"]), list(edited["out"])
    roles = {plain.get(role) for role in ROLES[kind]}
    return {
        "personal": [column for column, chosen in zip(preview.columns, personal, strict=True) if chosen],
        "skip": [column for column, chosen in zip(preview.columns, out, strict=True) if chosen and column not in roles],
    }


def columns_frame(preview: Preview, plain: dict[str, Any], kind: str) -> pl.DataFrame:
    """One row per column of the file: what becomes of it, what it holds, and what is proposed for it."""
    becomes = {plain[role]: label for role, (label, _) in ROLES[kind].items() if plain.get(role)}
    return pl.DataFrame(
        {
            "column": [column.name for column in preview.described],
            "becomes": [becomes.get(column.name, "property") for column in preview.described],
            "type": [TYPES.get(column.type, column.type) for column in preview.described],
            "values": [", ".join(column.samples) for column in preview.described],
            "personal": [column.name in preview.personal for column in preview.described],
            "out": [False for _ in preview.described],
        },
        schema_overrides={"personal": pl.Boolean, "out": pl.Boolean},
    )

"""Which of several things to do first: a table to edit, drawn and ranked by what each brings for its effort."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from journey.charts.roi_compare import Spot, options_figure
from journey.charts.roi_options_said import option_rows, options_sentence
from journey.errors import JourneyError
from journey.roi import NAMED, Options, OptionsQuestion, RoiQuestion, Scenario, measure_options, read_options, scenarios
from journey.scope import Scope
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_table
from pages.parts.roi_assumptions import NOW, Put
from pages.parts.text import literal
from pages.parts.workspace import answer, derived

LISTED, BEGUN, ROWS, TURN, UNIT = "roi_options", "roi_options_begun", "roi_options_rows", "roi_options_turn", "roi_effort_is"
UNITS = {"days": "days of work", "money": "money"}
EFFORT, MOST, LONGEST = 10.0, 12, 4_000
# Columns of the table -> the input that a figure in them replaces.
OVER = {"Lift, %": "lift", "Set-up": "setup", "A month": "tool_per_month"}


def show_options(page: Page, put: Put) -> None:
    """The card: what could be done, by effort and by what it brings."""
    if put.question is None:
        return
    kept = {one.name: one for one in scenarios(page.con)}
    with st.container(border=True, key="roi_options_card"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader("What to do first", anchor=False, width="stretch")
            unit = st.segmented_control(
                "Effort in", list(UNITS), default="days", key=UNIT, bind="query-params", persist_state="session", required=True,
                format_func=lambda one: one.capitalize(), label_visibility="collapsed",
            )  # fmt: skip
        rows = _edited(put, kept)
        found = _ranked(page, put, kept, rows, unit if unit in UNITS else "days")
        _show(found)
        if found is not None and len(found.options) > 1:
            frame = pl.DataFrame(option_rows(found), infer_schema_length=None)
            st.dataframe(frame, hide_index=True, height="content", key="roi_options_table", placeholder="")
            download_table("roi_options", frame)
    if found is not None and len(found.options) > 1:
        counted(
            page, found.evidence, "counted_roi_options", {"ask": "roi_options", **_question(put, kept, rows, unit or "days").as_plain()}
        )


def _edited(put: Put, kept: Mapping[str, Scenario]) -> list[dict[str, Any]]:
    """The table, begun with what the address holds, else with what is set now and what was kept; the address follows it."""
    if BEGUN not in st.session_state:
        st.session_state[BEGUN] = _of_address() or [_row(put.title or NOW, NOW), *(_row(name, name) for name in list(kept)[: MOST - 1])]
    schema = {"Option": pl.String, "Effort": pl.Float64, "Assumptions": pl.String, **dict.fromkeys(OVER, pl.Float64)}
    number = st.column_config.NumberColumn
    st.caption("One row for each. A lift, set-up or running cost that stands here takes the place of its own; a lift stays as wide.")
    edited = st.data_editor(
        pl.DataFrame([{key: row.get(key) for key in schema} for row in st.session_state[BEGUN]], schema=schema),
        num_rows="dynamic",
        hide_index=True,
        key=f"roi_options_edited_{st.session_state.get(TURN, 0)}",
        placeholder="",
        column_config={
            "Option": st.column_config.TextColumn(width=240, required=True, max_chars=80),
            "Effort": number(width=90, min_value=0.1, default=EFFORT, required=True),
            "Assumptions": st.column_config.SelectboxColumn(options=[NOW, *kept], default=NOW, width=200, required=True),
            **{name: number(width=100, min_value=0.0) for name in OVER},
        },
    )
    rows = [row for row in map(_checked, edited.to_dicts()) if row][:MOST]
    _tell_address(rows)
    st.session_state[ROWS] = rows
    return rows


def add_option(name: str) -> None:
    """For a callback: what was just kept is an option too; the table begins anew with it."""
    rows = [row for row in st.session_state.get(ROWS, []) if row["Option"] != name]
    if BEGUN in st.session_state and len(rows) < MOST:
        st.session_state[BEGUN] = [*rows, _row(name, name)]
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _row(name: str, of: str) -> dict[str, Any]:
    return {"Option": name, "Effort": EFFORT, "Assumptions": of}


def _of_address() -> list[dict[str, Any]]:
    """What an address holds, checked like anything else that comes from outside."""
    try:
        rows = json.loads(st.query_params.get(LISTED, "")[:LONGEST])
    except (ValueError, RecursionError):
        return []
    found = [_checked(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [row for row in found if row][:MOST]


def _tell_address(rows: Sequence[Mapping[str, Any]]) -> None:
    """Only what was changed is told."""
    begun = [{key: value for key, value in row.items() if value is not None} for row in rows]
    usual = all(row["Effort"] == EFFORT and not set(row) & set(OVER) and row["Option"] == row["Assumptions"] for row in begun)
    told = "" if usual else json.dumps(begun, ensure_ascii=False, separators=(",", ":"))
    if told and len(told) <= LONGEST:
        st.query_params[LISTED] = told
    elif LISTED in st.query_params:
        del st.query_params[LISTED]


def _checked(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """A row that can be asked; None of one that is not finished."""
    name = " ".join(str(row.get("Option") or "").split())[:80]
    effort = _number(row.get("Effort"))
    if not name or not effort:
        return None
    over = {column: value for column in OVER if (value := _number(row.get(column))) is not None}
    return {"Option": name, "Effort": effort, "Assumptions": str(row.get("Assumptions") or NOW), **over}


def _number(value: Any) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and 0 <= value <= 1e12
    return float(value) if known else None


def _ranked(page: Page, put: Put, kept: Mapping[str, Scenario], rows: Sequence[Mapping[str, Any]], unit: str) -> Options | None:
    if not rows:
        return None
    try:
        found: Options = answer(page.con, page.version, measure_options, _question(put, kept, rows, unit), Scope())
    except JourneyError as fault:
        st.caption(":material/warning: " + literal(fault))
        return None
    return found


def _question(put: Put, kept: Mapping[str, Scenario], rows: Sequence[Mapping[str, Any]], unit: str) -> OptionsQuestion:
    return read_options(
        {
            "options": [{"name": row["Option"], "effort": row["Effort"], "question": _asked(put.decided, kept, row)} for row in rows],
            "effort_is": unit if unit in UNITS else "days",
        }
    )


def _asked(now: RoiQuestion | None, kept: Mapping[str, Scenario], row: Mapping[str, Any]) -> dict[str, Any]:
    """The assumptions of a row, with the figures that stand in it."""
    of = row["Assumptions"]
    question = kept[of].asked if of in kept else now
    if question is None:
        return {}
    plain = {key: value for key, value in question.as_plain().items() if key != "name"}
    for column, name in OVER.items():
        if column in row and name in question.spreads:
            plain[name] = _moved(plain.get(name), row[column] / (100.0 if NAMED[name].is_share else 1.0), question.spread(name).central)
    return plain


def _moved(plain: Any, to: float, central: float) -> Any:
    """The same spread about another middle; a single figure where there is none to move."""
    if not isinstance(plain, Mapping) or central <= 0 or any(isinstance(value, list) for value in plain.values()):
        return to
    return {key: value if key == "confidence" else value * to / central for key, value in plain.items()}


def _show(found: Options | None) -> None:
    if found is None or len(found.options) < 2:
        st.caption("Put a second row: another thing that could be done, what it takes, and what its lift or its costs are.")
        return
    st.markdown(f"**{literal(options_sentence(found))}**")
    spots = [Spot(one.name, one.effort, one.p50, (one.p10, one.p90)) for one in found.options]
    unit = UNITS[found.effort_is]
    draw(derived(options_figure, spots, unit, found.currency), "roi_options_figure", alt=options_sentence(found), min_width=480)

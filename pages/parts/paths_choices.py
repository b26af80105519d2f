"""What is asked of paths: the anchors and columns in the card's first row, the rest behind one button."""

from typing import Any

import streamlit as st

from journey.errors import QuestionError
from journey.paths import PathsQuestion, common_events, lone_sessions, read_paths, usual_start, usual_unit
from pages.parts.frame import Page
from pages.parts.workspace import answer

STEPS = (4, 5, 6, 8)
ROWS = (3, 5, 8, 12)
ANY = ""  # no event is named so: its row would be quarantined
UNITS = {"session": "Sessions", "customer": "First sessions", "history": "Whole histories"}


def choose_question(page: Page) -> PathsQuestion:
    """The row of controls.  Raises QuestionError: a pattern that was typed is not one."""
    names = answer(page.con, page.version, common_events)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        usual = answer(page.con, page.version, usual_start)
        start = _anchor("From", "Any start", names, usual, "paths_start", ":material/flag:")
        end = _anchor("To", "Any end", names, None, "paths_end", ":material/sports_score:")
        steps = st.segmented_control(
            "Columns",
            STEPS,
            default=5,
            required=True,
            format_func=lambda n: f"{n} steps",
            key="paths_steps",
            bind="query-params",
            label_visibility="collapsed",
        )
        st.space("stretch")
        rest = _choose_rest(names, answer(page.con, page.version, usual_unit))
    return read_paths({"start": start, "end": end, "steps": steps if steps in STEPS else 5, **rest})


def _anchor(label: str, nothing: str, names: list[str], usual: str | None, key: str, icon: str) -> str | None:
    """One of the log's events, or None for any; the log's own usual one until a person chooses.

    The usual one stands first: a value that another page sets does not go with an index other than 0.
    """
    options = [usual, ANY, *(name for name in names if name != usual)] if usual in names else [ANY, *names]
    chosen = st.selectbox(
        label,
        options,
        format_func=lambda name: nothing if name == ANY else name,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
        icon=icon,
        width=180,
    )
    return chosen if chosen in names else None


def _choose_rest(names: list[str], usual_unit: str) -> dict[str, Any]:
    with st.popover("Hide, group, count", icon=":material/visibility_off:", type="tertiary"):
        units = sorted(UNITS, key=lambda unit: unit != usual_unit)  # the usual one first: it is the choice until a person makes one
        unit = st.radio("What is a path", units, format_func=UNITS.__getitem__, key="paths_unit", bind="query-params", horizontal=True)
        rows = st.segmented_control("Events in a column", ROWS, default=5, required=True, key="paths_rows", bind="query-params")
        least = st.number_input("Thinnest flow to an event", 0, 1_000_000, 0, key="paths_least", bind="query-params")
        hide = st.multiselect("Hide these events", names, key="paths_hide", bind="query-params")
        once = st.toggle("Tell repeats once", value=True, key="paths_once", bind="query-params")
        typed = st.text_area(
            "Tell several events as one",
            placeholder="Help*=Help\nEmail*=Mail",
            key="paths_group",
            bind="query-params",
            height=90,
            help="One pattern a line: * is any text, and what follows the last equals sign is the label.",
        )
    return {
        "unit": unit if unit in UNITS else usual_unit,
        "rows": rows if rows in ROWS else 5,
        "min_count": int(least or 0),
        "hide": [name for name in hide if name in names],  # an anchor that is hidden as well is refused with its sentence
        "collapse_repeats": bool(once),
        "group": read_groups(typed or ""),
    }


def read_groups(typed: str) -> dict[str, str]:
    """Lines "pattern=label" -> {pattern: label}.  Raises QuestionError naming the line that is not one."""
    groups = {}
    for line in filter(None, (line.strip() for line in typed.splitlines())):
        pattern, equals, label = line.rpartition("=")
        if not equals or not pattern.strip() or not label.strip():
            raise QuestionError(f"{line!r} is no group. Write a pattern, an equals sign and a label, such as Help*=Help.")
        groups[pattern.strip()] = label.strip()
    return groups


def why_unit(page: Page, question: PathsQuestion) -> float | None:
    """Where a path is a whole history because sessions are too short to be one: the share of sessions of one event."""
    if question.unit != "history" or answer(page.con, page.version, usual_unit) != "history":
        return None
    share: float | None = answer(page.con, page.version, lone_sessions)
    return share

"""What is asked of paths: the anchors and columns in the card's first row, the rest behind one button."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from journey.paths import PathsQuestion, anchor_names, common_events, event_properties, lone_sessions, read_paths, usual_start, usual_unit
from pages.parts.frame import Page
from pages.parts.paths_groups import choose_groups
from pages.parts.workspace import answer

STEPS = (4, 5, 6, 8)
ROWS = (3, 5, 8, 12)
ANY = ""  # no event is named so: its row would be quarantined
UNITS = {"session": "Sessions", "customer": "First sessions", "history": "Whole histories"}


@dataclass(frozen=True)
class Asked:
    """anchors: what a path can be asked to begin or end with."""

    question: PathsQuestion
    anchors: tuple[str, ...]


def choose_question(page: Page, beside: Any) -> Asked:
    """The row of controls.  beside: a call that draws what stands left of the last button.

    Raises QuestionError: an anchor that is hidden as well.
    """
    names = answer(page.con, page.version, common_events)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        ends = st.container(horizontal=True, width="content", gap="small")
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
        beside()
        rest = _choose_rest(page, names)
    with ends:
        anchors = names
        if rest["group"] or rest["expand"]:
            anchors = [*names, *answer(page.con, page.version, anchor_names, tuple(rest["group"].items()), tuple(rest["expand"].items()))]
        usual = answer(page.con, page.version, usual_start)
        start = _anchor("From", "Any start", anchors, usual, "paths_start", ":material/flag:")
        end = _anchor("To", "Any end", anchors, None, "paths_end", ":material/sports_score:")
    plain = {"start": start, "end": end, "steps": steps if steps in STEPS else 5, **rest}
    return Asked(read_paths(plain), tuple(anchors))


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
        width=150,
    )
    return chosen if chosen in names else None


def _choose_rest(page: Page, names: list[str]) -> dict[str, Any]:
    usual = answer(page.con, page.version, usual_unit)
    with st.popover("Hide, group, count", icon=":material/visibility_off:", type="tertiary", width="content"):
        units = sorted(UNITS, key=lambda unit: unit != usual)  # the usual one first: it is the choice until a person makes one
        unit = st.radio("What is a path", units, format_func=UNITS.__getitem__, key="paths_unit", bind="query-params", horizontal=True)
        left, right = st.columns(2, gap="small", vertical_alignment="bottom")
        rows = left.segmented_control("Events in a column", ROWS, default=5, required=True, key="paths_rows", bind="query-params")
        least = right.number_input("Thinnest flow to an event", 0, 1_000_000, 0, key="paths_least", bind="query-params")
        once = st.toggle("Tell repeats once", value=True, key="paths_once", bind="query-params")
        hide = st.multiselect("Hide these events", names, key="paths_hide", bind="query-params")
        expand = _choose_expansion(page, names)
        group = choose_groups(names)
    return {
        "unit": unit if unit in UNITS else usual,
        "rows": rows if rows in ROWS else 5,
        "min_count": int(least or 0),
        "hide": [name for name in hide if name in names],  # an anchor that is hidden as well is refused with its sentence
        "collapse_repeats": bool(once),
        "expand": expand,
        "group": group,
    }


def _choose_expansion(page: Page, names: list[str]) -> dict[str, str]:
    """An event and the property it is told with: one event per value, in the picture, the matrix and the loops."""
    left, right = st.columns(2, gap="xsmall", vertical_alignment="bottom")
    event = left.selectbox("Expand a step by a property", names, index=None, placeholder="A step", key="paths_expand", bind="query-params")
    properties = answer(page.con, page.version, event_properties, event) if event in names else []
    name = right.selectbox(
        "The property",
        properties,
        index=None,
        placeholder="A property of it",
        key="paths_expand_by",
        bind="query-params",
        label_visibility="collapsed",
        disabled=not properties,
    )
    return {event: name} if event is not None and name is not None and event in names and name in properties else {}


def why_unit(page: Page, question: PathsQuestion) -> float | None:
    """Where a path is a whole history because sessions are too short to be one: the share of sessions of one event."""
    if question.unit != "history" or answer(page.con, page.version, usual_unit) != "history":
        return None
    share: float | None = answer(page.con, page.version, lone_sessions)
    return share

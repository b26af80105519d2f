"""From a mark of the picture to the customers behind it: by a click, or by the keyboard."""

import json
from typing import Any

import streamlit as st

from journey.charts.paths import PathsPicture
from journey.charts.paths_said import ARROW, told
from journey.charts.words import several, short
from journey.paths import Path, Paths, PathsQuestion, Way, paths_customers
from pages.parts.frame import Page, download_figure, literal
from pages.parts.people import show_people
from pages.parts.workspace import answer

KEY = "paths_mark"


def choose_mark(
    paths: Paths, way: Path | Way | None, clicked: dict[str, Any] | None, picture: PathsPicture | None, sides: tuple[str, str] | None = None
) -> dict[str, Any] | None:
    """The row of actions under the picture: the node, link or path whose customers are asked for.

    A click sets what the select shows, and the address keeps it.  sides: the names of two groups, one of which is chosen.
    """
    marks = _marks(paths, way)
    if clicked and _written(clicked) in marks:
        st.session_state[KEY] = _written(clicked)
    if st.session_state.get(KEY) not in marks:
        st.session_state.pop(KEY, None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = st.selectbox(
            "Who is behind",
            list(marks),
            index=None,
            placeholder="A step or a flow: choose it here, or click it",
            format_func=lambda mark: marks.get(mark, mark),
            key=KEY,
            bind="query-params",
            label_visibility="collapsed",
            icon=":material/ads_click:",
            width=380,
        )
        side = _choose_side(sides) if sides is not None else None
        if way is not None and sides is None:
            mark = _written(_mark(way))
            label = f"See the {several(way.customers, 'customer')} on the blue path"
            st.button(label, key="paths_way_people", icon=":material/group:", on_click=_choose, args=(mark,))
        if picture is not None:
            st.space("stretch")
            download_figure("paths", picture.figure)
    return json.loads(chosen) | ({} if side is None else {"of": side}) if chosen in marks else None


def _choose_side(sides: tuple[str, str]) -> str:
    letters = ("a", "b")
    chosen = st.segmented_control(
        "Of which group",
        letters,
        default="a",
        required=True,
        format_func=lambda letter: f"of {letter.upper()}",
        help=literal(f"A: {sides[0]}; B: {sides[1]}"),
        key="paths_side",
        bind="query-params",
        label_visibility="collapsed",
    )
    return chosen if chosen in letters else "a"


def _choose(mark: str) -> None:
    st.session_state[KEY] = mark


def _written(mark: dict[str, Any]) -> str:
    return json.dumps(mark, ensure_ascii=False)


def _marks(paths: Paths, way: Path | Way | None) -> dict[str, str]:
    """Mark -> what it is called: the way first, then nodes, then flows.

    The name stands in the address, so it holds no number that changes with the data.
    """
    marks: list[dict[str, Any]] = [_mark(way)] if way is not None else []
    marks += [{"step": node.step, "node": node.event} for node in paths.nodes]
    marks += [{"step": link.step, "source": link.source, "target": link.target} for link in paths.links]
    return {_written(mark): title(mark) for mark in marks}


def _mark(way: Path | Way) -> dict[str, Any]:
    return {"path" if isinstance(way, Path) else "way": list(way.events)}


def _column(step: int) -> str:
    return f"Step {step}" if step > 0 else "End" if step == -1 else f"{-step - 1} before the end"


def show_behind(page: Page, question: PathsQuestion, mark: dict[str, Any] | None, anchors: tuple[str, ...]) -> None:
    """The customers behind a mark, and the way on to what leads to its event and what follows it."""
    if mark is None:
        return
    people = answer(page.con, page.version, paths_customers, question, page.scope, mark)
    name = title(mark)
    rule = {"paths": question.as_plain() | {"scope": page.scope.as_plain()}, **mark}
    _offer_anchors(mark, anchors)
    show_people(page, people, name, rule, name[:80])


def _offer_anchors(mark: dict[str, Any], anchors: tuple[str, ...]) -> None:
    """What else leads to the event that was clicked, and what follows it."""
    follows, leads = (mark.get(key, mark.get("node")) for key in ("source", "target"))
    with st.container(horizontal=True, gap="small"):
        for event, told_as, icon, state in (
            (leads, "What leads to", ":material/login:", {"paths_start": "", "paths_end": leads}),
            (follows, "What follows", ":material/logout:", {"paths_start": follows, "paths_end": ""}),
        ):
            if event in anchors:
                label = f"{told_as} {literal(short(str(event), 30))}"
                key = f"paths_{told_as.split()[1]}"
                st.button(label, key=key, icon=icon, type="tertiary", on_click=_set, args=(state,))


def _set(state: dict[str, Any]) -> None:
    """A callback: the same page between other anchors, without a mark."""
    for key, value in state.items():
        st.session_state[key] = value
    st.session_state[KEY] = None


def title(mark: dict[str, Any]) -> str:
    """The mark as a person would name the people behind it."""
    if mark.get("of") == "b":
        return f"B, {title({key: value for key, value in mark.items() if key != 'of'})}"
    if "path" in mark:
        return f"Took {told(tuple(mark['path']))}"
    if "way" in mark:
        return f"Went {told(tuple(mark['way']))}"
    if "node" in mark:
        return f"{_column(mark['step'])}: {mark['node']}"
    return f"{_column(mark['step'])}: {mark['source']}{ARROW}{mark['target']}"

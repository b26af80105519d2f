"""From a mark of the picture to the customers behind it: by a click, or by the keyboard."""

import json
from typing import Any

import streamlit as st

from journey.charts.paths import PathsPicture
from journey.charts.paths_said import ARROW, told
from journey.charts.words import several
from journey.paths import Path, Paths, Way, paths_customers
from pages.parts.frame import Page, download_figure
from pages.parts.people import show_people
from pages.parts.workspace import answer

KEY = "paths_mark"


def choose_mark(
    paths: Paths, way: Path | Way | None, clicked: dict[str, Any] | None, picture: PathsPicture | None
) -> dict[str, Any] | None:
    """The row of actions under the picture: the node, link or path whose customers are asked for.

    A click sets what the select shows, and the address keeps it.
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
        if way is not None:
            mark = _written(_mark(way))
            label = f"See the {several(way.customers, 'customer')} on the blue path"
            st.button(label, key="paths_way_people", icon=":material/group:", on_click=_choose, args=(mark,))
        if picture is not None:
            st.space("stretch")
            download_figure("paths", picture.figure)
    return json.loads(chosen) if chosen in marks else None


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


def show_behind(page: Page, paths: Paths, mark: dict[str, Any] | None) -> None:
    if mark is None:
        return
    people = answer(page.con, page.version, paths_customers, paths.question, page.scope, mark)
    name = title(mark)
    rule = {"paths": paths.question.as_plain() | {"scope": page.scope.as_plain()}, **mark}
    show_people(page, people, name, rule, name[:80])


def title(mark: dict[str, Any]) -> str:
    """The mark as a person would name the people behind it."""
    if "path" in mark:
        return f"Took {told(tuple(mark['path']))}"
    if "way" in mark:
        return f"Went {told(tuple(mark['way']))}"
    if "node" in mark:
        return f"{_column(mark['step'])}: {mark['node']}"
    return f"{_column(mark['step'])}: {mark['source']}{ARROW}{mark['target']}"

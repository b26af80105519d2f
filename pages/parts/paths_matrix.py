"""Which event follows which, and where customers go round in circles."""

import json
from typing import Any

import polars as pl
import streamlit as st

from journey.charts.paths_matrix import (
    ARROW,
    MEASURES,
    describe_matrix,
    loop_name,
    loops_sentence,
    loops_table,
    matrix_caption,
    matrix_figure,
    matrix_sentence,
    narrowest_matrix,
    transitions_table,
)
from journey.paths import (
    Loops,
    Matrix,
    PathsQuestion,
    loops_customers,
    measure_loops,
    measure_matrix,
    read_loops,
    read_transitions,
    transitions_customers,
)
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_figure, download_table, literal, measured
from pages.parts.people import show_people
from pages.parts.workspace import answer, derived

SIZES = (6, 8, 10, 12)
CELL, LOOP = "paths_cell", "paths_loop"


def show_matrix(page: Page, question: PathsQuestion) -> None:
    """Told by the names of the picture above; repeats are always kept, since they are what the diagonal is for."""
    with st.container(border=True, key="paths_matrix_card"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("What follows what", anchor=False, width="stretch")
            measure = st.segmented_control(
                "Cells show",
                list(MEASURES),
                default="share_out",
                required=True,
                format_func=MEASURES.__getitem__,
                key="paths_cells",
                bind="query-params",
                label_visibility="collapsed",
            )
            size = st.selectbox(
                "Events",
                SIZES,
                index=1,
                format_func=lambda n: f"{n} commonest",
                key="paths_size",
                bind="query-params",
                label_visibility="collapsed",
                width=160,
            )
        rows = size if size in SIZES else 8
        asked = read_transitions(_told(question) | {"ends": True, "rows": rows})
        matrix: Matrix = measured(page, measure_matrix, asked)
        if not matrix.cells:
            st.caption("No event follows another here: choose a longer period, or hide fewer events.")
            return
        st.caption(literal(f"{matrix_sentence(matrix)} {matrix_caption(matrix)[:1].upper()}{matrix_caption(matrix)[1:]}."))
        picture = derived(matrix_figure, matrix, measure if measure in MEASURES else "share_out")
        click = draw(picture.figure, "paths_matrix", alt=describe_matrix(matrix), clicks=True, min_width=narrowest_matrix(matrix))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            mark = _choose_cell(matrix, picture.mark(click))
            st.space("stretch")
            download_figure("transitions", picture.figure)
        with st.expander("As a table, with intervals and times", key="paths_matrix_table"):
            _transitions(transitions_table(matrix))
    if mark is not None:
        people = answer(page.con, page.version, transitions_customers, asked, page.scope, mark)
        name = f"{mark['from']}{ARROW}{mark['to']}"
        rule = {"transitions": asked.as_plain() | {"scope": page.scope.as_plain()}, **mark}
        show_people(page, people, f"Went {name}", rule, f"Went {name}"[:80])
    counted(page, matrix.evidence, "counted_matrix")


def _told(question: PathsQuestion) -> dict[str, Any]:
    """By which names, and within what."""
    plain = {key: value for key, value in question.as_plain().items() if key in ("hide", "group", "expand")}
    return plain | {"unit": "customer" if question.unit == "history" else "session"}


def _choose_cell(matrix: Matrix, clicked: dict[str, str] | None) -> dict[str, str] | None:
    """The row under the matrix: a click sets what the select shows, and the address keeps it."""
    cells = sorted(matrix.cells.values(), key=lambda cell: (-cell.edge.count, cell.edge.source, cell.edge.target))
    marks = {json.dumps([cell.edge.source, cell.edge.target], ensure_ascii=False): cell.edge for cell in cells}
    if clicked:
        st.session_state[CELL] = json.dumps([clicked["from"], clicked["to"]], ensure_ascii=False)
    if st.session_state.get(CELL) not in marks:
        st.session_state.pop(CELL, None)
    chosen = st.selectbox(
        "Who went so",
        list(marks),
        index=None,
        placeholder="A cell: choose it here, or click it",
        format_func=lambda mark: f"{marks[mark].source}{ARROW}{marks[mark].target}" if mark in marks else mark,
        key=CELL,
        bind="query-params",
        label_visibility="collapsed",
        icon=":material/ads_click:",
        width=380,
    )
    return {"from": marks[chosen].source, "to": marks[chosen].target} if chosen in marks else None


def _transitions(frame: pl.DataFrame) -> None:
    percent: dict[str, Any] = {"format": "%.1f%%", "width": 90}
    st.dataframe(
        frame,
        hide_index=True,
        height=min(322, 38 + 35 * frame.height),
        alt="Each transition with its counts, shares, intervals and median time",
        column_config={
            "from": st.column_config.TextColumn("From"),
            "to": st.column_config.TextColumn("To"),
            "count": st.column_config.NumberColumn("Times", format="localized"),
            "customers": st.column_config.NumberColumn("Customers", format="localized"),
            "share_out": st.column_config.NumberColumn("Of what follows", **percent),
            "interval_out": st.column_config.TextColumn("95% interval"),
            "share_in": st.column_config.NumberColumn("Of what comes before", **percent),
            "interval_in": st.column_config.TextColumn("95% interval "),
            "time": st.column_config.TextColumn("Median time"),
        },
    )
    download_table("transitions", frame)


def show_loops(page: Page, question: PathsQuestion) -> None:
    """Returns to an event, and the customers who return."""
    asked = read_loops(_told(question))
    loops: Loops = measured(page, measure_loops, asked)
    with st.container(border=True, key="paths_loops_card"):
        with st.container(horizontal=True):
            st.subheader("Going round in circles", anchor=False)
        st.caption(literal(loops_sentence(loops)))
        frame = loops_table(loops)
        if frame.is_empty():
            return
        _loops(frame)
        chosen = _choose_loop(frame["loop"].to_list())
    loop = next((one for one in loops.loops if loop_name(one) == chosen), None)
    if loop is not None:
        mark = {"loop": list(loop.events)}
        people = answer(page.con, page.version, loops_customers, asked, page.scope, mark)
        rule = {"loops": asked.as_plain() | {"scope": page.scope.as_plain()}, **mark}
        show_people(page, people, f"Went round {loop_name(loop)}", rule, f"Went round {loop_name(loop)}"[:80])
    counted(page, loops.evidence, "counted_loops")


def _loops(frame: pl.DataFrame) -> None:
    names = frame["loop"].to_list()

    def pick() -> None:
        rows = st.session_state.paths_loops_table.selection.rows
        st.session_state[LOOP] = names[rows[0]] if rows and rows[0] < len(names) else None

    st.dataframe(
        frame,
        hide_index=True,
        height=min(287, 38 + 35 * frame.height),
        on_select=pick,
        selection_mode="single-row",
        key="paths_loops_table",
        alt="The commonest loops with their returns, customers and times",
        column_config={
            "loop": st.column_config.TextColumn("Loop", width=300),
            "returns": st.column_config.NumberColumn("Returns", format="localized", width=80),
            "customers": st.column_config.NumberColumn("Customers", format="localized", width=90),
            "share": st.column_config.ProgressColumn("Of those who did it", format="%.1f%%", min_value=0, max_value=100, width=130),
            "interval": st.column_config.TextColumn("95% interval", width=100),
            "time": st.column_config.TextColumn("Median time", width=90, help="From leaving the event to being back"),
            "total": st.column_config.TextColumn("Time in all", width=90),
        },
    )


def _choose_loop(names: list[str]) -> str | None:
    if st.session_state.get(LOOP) not in names:
        st.session_state.pop(LOOP, None)
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen: str | None = st.selectbox(
            "Who went round",
            names,
            index=None,
            placeholder="A loop: choose it here, or in the table",
            key=LOOP,
            bind="query-params",
            label_visibility="collapsed",
            icon=":material/ads_click:",
            width=380,
        )
    return chosen

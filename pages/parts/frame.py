"""What every page has: its head row, its answer in one sentence, and how that was counted."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from journey.answers import Evidence, data_until
from journey.charts.theme import Figure
from journey.charts.words import count, moment, several
from journey.errors import JourneyError
from journey.scope import Scope
from journey.spreadsheet import escape_formulas
from journey.warehouse import Warehouse, ask_sql, dataset_version
from pages.parts.scope import choose_scope
from pages.parts.text import literal
from pages.parts.workspace import answer, warehouse

__all__ = ["Page", "counted", "download_figure", "download_table", "literal", "measured", "open_page", "open_workspace", "say", "sentences"]

GO_TO = "go_to"  # the script of the page that a callback asks for


@dataclass(frozen=True)
class Page:
    """One run of a page.  con: this run's own cursor.  before: the scope to compare with, None where there is none.

    segment_label: who, and where a comparison was asked for that no page may make, why not: `no_comparison`.
    """

    con: Warehouse
    version: int
    scope: Scope
    before: Scope | None
    period_label: str
    segment_label: str
    no_comparison: str | None = None


def open_page(title: str, *, compare: bool = True, period: bool = True) -> Page:
    """The head row; stops with the designed state where the workspace cannot be opened or is empty.

    compare, period: whether what to compare with and the period are chosen there.
    """
    con, version = open_workspace(title)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title(literal(title), anchor=False, width="stretch")
        with st.container(horizontal=True, wrap=False, width="content", gap="small"), sentences():
            chosen = choose_scope(con, version, compare, period)
    segment = f"{chosen.segment} · {chosen.no_comparison}" if chosen.no_comparison else chosen.segment
    return Page(con, version, chosen.scope, chosen.before, chosen.period, segment, chosen.no_comparison)


def open_workspace(title: str) -> tuple[Warehouse, int]:
    """This run's cursor and the version of the data; stops with the designed state where there are none."""
    if script := st.session_state.pop(GO_TO, None):
        st.switch_page(script, query_params={})
    try:
        con = warehouse().cursor()
    except JourneyError as fault:
        st.header(literal(title), anchor=False)
        st.error(literal(fault), icon=":material/lock:")
        st.stop()
    version = dataset_version(con)
    if answer(con, version, data_until) is None:
        _empty(title)
        st.stop()
    return con, version


def _empty(title: str) -> None:
    st.title(literal(title), anchor=False)
    st.header("There is nothing to see yet: no events are loaded.", anchor=False)
    st.caption("Load your own event log, or look around in a simulated shop first.")
    st.page_link("data.py", label="Load data or open the simulated shop", icon=":material/database:")


@contextmanager
def sentences() -> Iterator[None]:
    """A JourneyError inside becomes its sentence on the page."""
    try:
        yield
    except JourneyError as fault:
        st.error(literal(fault), icon=":material/error:")
        st.stop()


def measured(page: Page, measure: Callable[..., Any], question: Any, scope: Scope | None = None) -> Any:
    """`measure(con, question, scope)`, kept while the data stay as they are."""
    return answer(page.con, page.version, measure, question, scope or page.scope)


def say(sentence: str, caption: str) -> None:
    """The answer in one sentence, and what it is counted over."""
    with st.container(gap="xxsmall"):
        st.header(literal(sentence), anchor=False)
        st.caption(literal(caption))


def counted(page: Page, evidence: Evidence, key: str = "counted", asked: Mapping[str, Any] | None = None, runs: bool = True) -> None:
    """How was this counted?  The definition, the population, the query as it ran, and a way to run it again.

    asked: the question that repeats the numbers on the command line.  runs: whether the query can run by itself here; one over
    a table that was brought along cannot.
    """
    with st.expander("How was this counted?", icon=":material/help:", key=key, on_change="rerun") as box:
        if not box.open:
            return
        st.markdown(literal(evidence.definition))
        until = "no events" if evidence.data_until is None else f"data until {moment(evidence.data_until, page.scope.timezone)}"
        st.caption(
            literal(
                f"{count(evidence.population)} customers · {page.period_label} · {page.segment_label} · {until} ({page.scope.timezone})"
            )
        )
        for warning in evidence.warnings:
            st.caption(":material/warning: " + literal(warning))
        st.markdown("**The query**, as it ran, with its values bound by name:")
        st.code(evidence.sql, language="sql", height=320)
        st.code(json.dumps(_short(evidence.params), indent=1, ensure_ascii=False, default=str), language="json")
        if asked is not None:
            st.markdown(
                "**The question** that repeats these numbers: save it as question.json, then `python -m journey ask question.json`."
            )
            st.code(json.dumps(asked, ensure_ascii=False), language="json", wrap_lines=True)
        if runs and st.button("Run it now", key=f"{key}_run", icon=":material/play_arrow:"):
            with sentences():
                rows = ask_sql(page.con, evidence.sql, evidence.params)
                st.caption(several(rows.height, "row") + ("; the first 200 are shown." if rows.height > 200 else "."))
                st.dataframe(rows.head(200), hide_index=True, height="content" if rows.height < 9 else 320)


def _short(params: Any) -> Any:
    """Long lists of bound values, told by their length."""
    return {
        name: f"a list of {len(value):,} values" if isinstance(value, list | tuple) and len(value) > 40 else value
        for name, value in params.items()
    }


def download_table(name: str, frame: pl.DataFrame | Callable[[], pl.DataFrame]) -> None:
    """The table, or what makes it, as CSV with its formulas escaped; written when it is asked for."""
    st.download_button(
        "Download CSV",
        lambda: escape_formulas(frame() if callable(frame) else frame).write_csv().encode(),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"download_{name}",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )


def download_figure(name: str, figure: Figure) -> None:
    """The figure as a file of its own that opens in any browser, without a connection."""
    from journey.charts.export import standalone

    st.download_button(
        "Download figure",
        lambda: standalone(figure),
        file_name=f"{name}.html",
        mime="text/html",
        key=f"figure_{name}",
        type="tertiary",
        icon=":material/image:",
        on_click="ignore",
    )

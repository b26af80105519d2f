"""The intended journey beside what customers really do: who follows it, where the others leave it, who goes back."""

import json
from typing import Any

import polars as pl
import streamlit as st

from journey.charts.journeys_conformance import (
    conformance_caption,
    conformance_sentence,
    departure_words,
    departures_figure,
    describe,
    shown_departures,
)
from journey.charts.journeys_said import told_names
from journey.charts.words import between, percent, short, span
from journey.journeys import (
    Conformance,
    ConformanceQuestion,
    Deviation,
    Journey,
    conformance_customers,
    journeys_in_force,
    measure_conformance,
)
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_figure, download_table, literal, measured
from pages.parts.people import show_people
from pages.parts.workspace import answer, derived

JOURNEY, REPEATS, MARK = "conformance_journey", "conformance_repeats", "conformance_mark"
PATH_WIDTH = 136


def show_conformance(page: Page) -> None:
    """The whole section: a card with its choices, its sentence, the picture, two tables, and the customers of a mark."""
    journeys = answer(page.con, page.version, journeys_in_force)
    with st.container(border=True, key="conformance_card"):
        question = _choose(journeys)
        found: Conformance = measured(page, measure_conformance, question)
        st.markdown(f"**{literal(conformance_sentence(found))}**")
        st.caption(literal(conformance_caption(found)))
        if not found.paths:
            return
        clicked = _show_picture(found)
        _show_again(found)
        mark = _choose_mark(found, clicked)
    if mark is not None:
        _show_behind(page, question, mark)
    counted(page, found.evidence, "counted_conformance")


def _choose(journeys: tuple[Journey, ...]) -> ConformanceQuestion:
    """Which journey, and whether the same milestone again is a departure; both in the address."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("The intended journey", anchor=False, width="stretch")
        if not journeys:
            return ConformanceQuestion()
        names = [journey.name for journey in journeys]
        if st.session_state.get(JOURNEY) not in names:
            st.session_state.pop(JOURNEY, None)
        strict = st.toggle("Repeats leave it too", key=REPEATS, bind="query-params", help="Off: a milestone done again is no departure.")
        name = st.selectbox(
            "Journey",
            names,
            key=JOURNEY,
            bind="query-params",
            format_func=_short,
            label_visibility="collapsed",
            icon=":material/moving:",
            width=220,
        )
    return ConformanceQuestion(name, collapse_repeats=not strict)


def _short(name: str) -> str:
    return short(name, 30)


def _show_picture(found: Conformance) -> dict[str, Any] | None:
    figure = derived(departures_figure, found)
    click = draw(figure, "conformance", alt=describe(found), clicks=True, min_width=620)
    at = click.get("index") if click else None
    if not isinstance(at, int):
        return None
    shown = shown_departures(found)
    return {"follows": True} if at == 0 else _mark(shown[at - 1]) if 1 <= at <= len(shown) else None


def _mark(one: Deviation) -> dict[str, Any]:
    return {"after": one.after, "instead": one.instead}


def _show_again(found: Conformance) -> None:
    """Loops and rework side by side; a sentence where there is none."""
    if not found.loops and not found.rework:
        st.caption("Nobody went back to an earlier milestone, and nobody did one again.")
        return
    told = found.journey.names if found.journey else []
    names = dict(zip(told, told_names(told), strict=True))
    left, right = st.columns(2)
    with left:
        st.markdown("**Loops**: back to an earlier milestone")
        loops = [
            (f"{names[one.source]} → {names[one.target]}", one.count, one.customers, one.share, one.interval, one.cost)
            for one in found.loops
        ]
        _table(loops, "Return", "Median time until they were back where they had been, of those who were", "conformance_loops")
    with right:
        st.markdown("**Rework**: a milestone done again")
        again = [(names[one.milestone], one.count, one.customers, one.share, one.interval, one.cost) for one in found.rework]
        _table(again, "Milestone", "Median time from the first to the last time, of those who did it again", "conformance_rework")


def _table(rows: list[Any], what: str, cost: str, name: str) -> None:
    if not rows:
        st.caption("None.")
        return
    shown = pl.DataFrame(
        {
            what: [row[0] for row in rows],
            "times": [row[1] for row in rows],
            "customers": [row[2] for row in rows],
            "share": [percent(row[3]) for row in rows],
            "95%": [between(*(percent(edge) for edge in row[4])) if row[4] else "" for row in rows],
            "cost": [span(row[5].median if row[5] else None) for row in rows],
        }
    )
    config = {
        what: st.column_config.TextColumn(what, width=PATH_WIDTH),
        "times": st.column_config.NumberColumn("Times", format="localized", width=60),
        "customers": st.column_config.NumberColumn("Customers", format="localized", width=78),
        "share": st.column_config.TextColumn("Share", width=56, help="Of all customers whose time for the journey is over"),
        "95%": st.column_config.TextColumn("95%", width=112),
        "cost": st.column_config.TextColumn("Time", width=58, help=cost),
    }
    st.dataframe(shown, hide_index=True, height="content" if shown.height < 6 else 212, column_config=config, key=name)


def _choose_mark(found: Conformance, clicked: dict[str, Any] | None) -> dict[str, Any] | None:
    """The mark whose customers are asked for: by a click on a bar, or by the select, which holds loops and rework too."""
    marks = _marks(found)
    if clicked and _written(clicked) in marks:
        st.session_state[MARK] = _written(clicked)
    if st.session_state.get(MARK) not in marks:
        st.session_state.pop(MARK, None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = st.selectbox(
            "Who is behind",
            list(marks),
            index=None,
            placeholder="See who: choose it here, or click a bar",
            format_func=lambda mark: marks.get(mark, mark),
            key=MARK,
            bind="query-params",
            label_visibility="collapsed",
            icon=":material/ads_click:",
            width=380,
        )
        st.space("stretch")
        download_table("departures", _departures(found))
        download_figure("departures", derived(departures_figure, found))
    return json.loads(chosen) if chosen in marks else None


def _written(mark: dict[str, Any]) -> str:
    return json.dumps(mark, ensure_ascii=False)


def _marks(found: Conformance) -> dict[str, str]:
    told = {_written({"follows": True}): "Follow it to the end"} if found.follows else {}
    told |= {_written(_mark(one)): _raised(departure_words(found, one)) for one in found.deviations}
    told |= {_written({"loop": [one.source, one.target]}): f"Ever back from {one.source} to {one.target}" for one in found.loops}
    told |= {_written({"rework": one.milestone}): f"Ever did {one.milestone} again" for one in found.rework}
    return told | ({_written({"open": True}): "Still open"} if found.open else {})


def _raised(text: str) -> str:
    """With a capital first letter, the names inside left as they are."""
    return text[:1].upper() + text[1:]


def _departures(found: Conformance) -> pl.DataFrame:
    return pl.DataFrame(
        [{key: value for key, value in one.as_plain().items() if key != "interval"} for one in found.deviations], infer_schema_length=None
    )


def _show_behind(page: Page, question: ConformanceQuestion, mark: dict[str, Any]) -> None:
    people = answer(page.con, page.version, conformance_customers, question, page.scope, mark)
    rule = {"conformance": question.as_plain() | {"scope": page.scope.as_plain()}, **mark}
    title = f"{question.journey}: {_title(mark)}"
    show_people(page, people, title, rule, title[:80])


def _title(mark: dict[str, Any]) -> str:
    if "after" in mark:
        return f"{mark['after']} then {mark['instead']}"
    if "loop" in mark:
        return f"back from {mark['loop'][0]} to {mark['loop'][1]}"
    return f"{mark['rework']} again" if "rework" in mark else "follow it" if "follows" in mark else "still open"

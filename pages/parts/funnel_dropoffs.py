"""What those who left after a step did instead: all of them counted, a few of them shown event by event."""

from typing import Any

import polars as pl
import streamlit as st

from journey.charts.funnels_dropoffs import (
    SHOWN,
    TALLIES,
    describe_tally,
    describe_timelines,
    dropoffs_caption,
    dropoffs_sentence,
    event_name,
    sample_caption,
    tally_figure,
    timeline_rows,
    timelines_figure,
)
from journey.charts.words import short
from journey.funnels import Dropoffs, DropoffsQuestion, Funnel, FunnelQuestion, Instead, dropoffs_customers, measure_dropoffs, read_dropoffs
from journey.rules import event_names
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_table, measured
from pages.parts.funnel_marks import Mark, show_marks
from pages.parts.funnel_people import bare_plain
from pages.parts.text import literal
from pages.parts.workspace import answer, derived


def show_dropoffs(page: Page, funnel: Funnel, question: FunnelQuestion) -> None:
    if len(funnel.steps) < 2:
        st.caption("With one step nobody can leave after it: add a second.")
        return
    with st.container(border=True, key="funnel_dropoffs"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("What they did instead", anchor=False, width="stretch")
            hide, seed = _choose_sample(page)
            after = _choose_step(funnel)
        asked = read_dropoffs({"of": bare_plain(question), "after": after, "seed": seed, "hide": hide})
        found: Dropoffs = measured(page, measure_dropoffs, asked)
        st.markdown(f"**{literal(dropoffs_sentence(found, funnel.unit))}**")
        st.caption(literal(dropoffs_caption(found, question.window)))
        if found.population:
            left, right = st.columns([2, 3])
            with left:
                which, clicked = _show_tally(found)
            with right:
                _show_sample(found, asked, funnel.unit)
            rule = {"dropoffs": asked.as_plain() | {"scope": page.scope.as_plain()}}
            tally: tuple[Instead, ...] = getattr(found, which)
            marks = [_mark(which, done, found) for done in tally]
            show_marks(page, "funnel_instead", marks, clicked, dropoffs_customers, asked, rule, funnel.unit)
            _show_table(found)
        counted(page, found.evidence, "counted_dropoffs")


def _choose_sample(page: Page) -> tuple[list[str], int]:
    """What is looked past, since events that pages log by themselves say little of what a person did; and who is drawn."""
    with st.popover("What is shown", icon=":material/tune:", type="tertiary"):
        names = answer(page.con, page.version, event_names)
        hide = st.multiselect("Look past these events", names, key="funnel_hide", bind="query-params", placeholder="None")
        seed = st.number_input(
            "Draw the sample with the seed", 0, 9_999, 7, key="funnel_seed", bind="query-params", help="Another seed draws other customers."
        )
    return hide, seed if isinstance(seed, int) and seed >= 0 else 7


def _choose_step(funnel: Funnel) -> int:
    titles = [step.title for step in funnel.steps[:-1]]
    usual = (funnel.worst or 1) - 1
    at = st.selectbox(
        "Left after",
        range(len(titles)),
        index=usual,
        format_func=lambda k: f"Left after {k + 1}. {short(titles[k], 28)}",
        key="funnel_left_after",
        bind="query-params",
        label_visibility="collapsed",
        width=260,
    )
    return at if isinstance(at, int) and at < len(titles) else usual


def _show_tally(found: Dropoffs) -> tuple[str, int | None]:
    which = st.segmented_control(
        "When",
        list(TALLIES),
        default="next",
        format_func=TALLIES.__getitem__,
        key="funnel_instead_when",
        bind="query-params",
        label_visibility="collapsed",
    )
    which = which or "next"
    tally: tuple[Instead, ...] = getattr(found, which)
    click = draw(derived(tally_figure, tally), f"funnel_tally_{which}", alt=describe_tally(tally, which), clicks=True)
    if len(tally) > SHOWN:
        st.caption(f"The {SHOWN} commonest of {len(tally)}; the download holds all.")
    at = click.get("index") if isinstance(click, dict) and click.get("curve") == 0 else None
    return which, at if isinstance(at, int) else None


def _show_sample(found: Dropoffs, asked: DropoffsQuestion, unit: str) -> None:
    st.caption(literal(sample_caption(found, asked.seed, unit)))
    draw(derived(timelines_figure, found.timelines), "funnel_timelines", alt=describe_timelines(found), min_width=480)


def _show_table(found: Dropoffs) -> None:
    with st.expander("The sample in words", icon=":material/table:"):
        rows = pl.DataFrame(timeline_rows(found.timelines), infer_schema_length=None)
        st.dataframe(rows, hide_index=True, height="content" if rows.height <= 20 else 740, key="funnel_sample_table")
    tallies = [{"when": TALLIES[which], **_flat(done)} for which in TALLIES for done in getattr(found, which)]
    download_table("funnel_instead", pl.DataFrame(tallies, infer_schema_length=None))


def _flat(done: Instead) -> dict[str, Any]:
    low, high = done.interval or (None, None)
    return {"event": event_name(done.event), "count": done.count, "share": done.share, "low": low, "high": high}


def _mark(which: str, done: Instead, found: Dropoffs) -> Mark:
    left = f"left after {short(found.step, 24)}"
    if done.event is None:
        return Mark(f"Did nothing more ({left})", {which: None}, done.count)
    return Mark(f"{TALLIES[which]}: {short(done.event, 30)} ({left})", {which: done.event}, done.count)

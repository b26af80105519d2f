"""Two groups set beside each other: who they are, in what their paths differ, and how sure that is."""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from journey.charts.paths import PathsPicture
from journey.charts.paths_difference import LEGEND, describe_difference, difference_figure, difference_table, narrowest_difference
from journey.charts.words import several
from journey.paths import Comparison, Paths
from journey.rules.outcome import is_by_outcome
from journey.rules.saved import saved_segments
from journey.scope import Scope
from pages.parts.charts import draw
from pages.parts.choices import EVERYONE, segment_choices
from pages.parts.frame import Page, download_table, literal
from pages.parts.workspace import answer, derived, resolved

NOBODY = ""  # no segment is named so
BEFORE = "the period before"


@dataclass(frozen=True)
class Against:
    """page: of the first group.  names: of both.  compare: the second, as a question takes it.  doubt: why to beware, or ""."""

    page: Page
    names: tuple[str, str]
    compare: Any
    doubt: str


def choose_against(page: Page) -> Against | None:
    """Who the paths are set against; None where nobody is chosen.

    All customers are set against a group as all others, so that nobody is in both.
    """
    segments = answer(page.con, page.version, segment_choices)
    own = page.segment_label.split(" · ")[0]
    options = [NOBODY, *([BEFORE] if page.before else []), *(name for name in segments if name not in (EVERYONE, own))]
    chosen = st.selectbox(
        "Set against",
        options,
        format_func=lambda name: "Against nobody" if name == NOBODY else f"Against {name}",
        key="paths_against",
        bind="query-params",
        label_visibility="collapsed",
        icon=":material/compare:",
        width=204,
    )
    if chosen not in options or chosen == NOBODY:
        return None
    if chosen == BEFORE and page.before is not None:
        return Against(page, ("Customers of this period", "those of the period before"), {"scope": page.before.as_plain()}, "")
    return _group(page, own, chosen, segments[chosen])


def _group(page: Page, own: str, name: str, rule: Any) -> Against:
    doubt = "" if not is_by_outcome(rule, saved_segments(page.con)) else f"{name} are chosen by what they did, and may differ by that alone"
    other = resolved(page.con, page.version, Scope(page.scope.start, page.scope.stop, page.scope.timezone, rule))
    if page.scope.segment is not None:
        return Against(page, (own, name), other.segment, doubt)
    first = f"All but {name}"
    rest = replace(page, scope=replace(page.scope, segment={"not": other.segment}), segment_label=first)
    return Against(rest, (first, name), other.segment, doubt)


def show_difference(paths: Paths, comparison: Comparison, against: Against) -> tuple[dict[str, Any] | None, PathsPicture | None]:
    """-> (the mark that was clicked in this run, the picture), None for either where there is none."""
    if not comparison.links:
        st.caption("No flow to draw: choose another start, another end, more steps, or a longer period.")
        return None, None
    st.caption(LEGEND)
    picture = derived(difference_figure, paths, comparison, height=480 + 34 * max(0, paths.question.rows - 5))
    alt = describe_difference(comparison, against.names)
    click = draw(picture.figure, "paths_difference", alt=alt, clicks=True, min_width=narrowest_difference(paths))
    return picture.mark(click), picture


def show_differences(comparison: Comparison, against: Against) -> None:
    """The table of all flows, the surest difference first."""
    frame = difference_table(comparison)
    with st.container(border=True, key="paths_differences"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("In what they differ", anchor=False, width="stretch")
        if frame.is_empty():
            st.caption("There is no flow to compare.")
            return
        st.caption(
            f"Shares of all paths of A and of B; the difference with its 95% interval; q is adjusted for {several(frame.height, 'flow')}."
        )
        percent: dict[str, Any] = {"format": "%.1f%%", "width": 80}
        st.dataframe(
            frame,
            hide_index=True,
            height=min(322, 38 + 35 * frame.height),
            alt="Each flow with its share in both groups, the difference, its interval and q",
            column_config={
                "step": st.column_config.NumberColumn("Step", width=50),
                "flow": st.column_config.TextColumn("Flow", width=300),
                "share_a": st.column_config.NumberColumn("In A", help=literal(against.names[0]), **percent),
                "share_b": st.column_config.NumberColumn("In B", help=literal(against.names[1]), **percent),
                "difference": st.column_config.NumberColumn("A − B, points", format="%+.1f", width=100),
                "interval": st.column_config.TextColumn("95% interval", width=160),
                "more": st.column_config.TextColumn("More in", width=70, help="Empty where it is not told from chance: q of 5% or more"),
                "q": st.column_config.TextColumn("q", width=70),
            },
        )
        with st.container(horizontal=True, horizontal_alignment="right"):
            download_table("paths_differences", frame)

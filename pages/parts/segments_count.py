"""How many the segment holds for, each of its conditions alone, and who they are."""

from typing import Any

import streamlit as st

from journey.ask import resolve_rule
from journey.charts.segments import conditions_figure, describe_conditions
from journey.charts.words import several
from journey.rules.segment import Segment, measure_segment
from journey.rules.words import tell_rule
from journey.scope import Scope
from pages.parts.charts import draw
from pages.parts.frame import Page, download_figure, measured
from pages.parts.people import offer_page, show_people
from pages.parts.segments_draft import parts_of
from pages.parts.text import literal
from pages.parts.workspace import answer, derived

LIST, WHO = "segment_list", "segment_who"
WHOLE = "segment"


def measure(page: Page, rule: Any) -> Segment:
    """Raises JourneyError: a rule that cannot be read."""
    return measured(page, measure_segment, resolved_rule(page, rule))


def resolved_rule(page: Page, rule: Any) -> Any:
    """The rule with what other questions answer in it (a funnel's drop-offs) brought down to lists."""
    scope = page.scope
    return answer(page.con, page.version, resolve_rule, rule, Scope(scope.start, scope.stop, scope.timezone))


def condition_counts(page: Page, rule: Any, segment: Segment) -> list[tuple[str, Any, Segment]]:
    """(words, rule, segment) of each condition alone, and last of the whole."""
    mode, parts = parts_of(rule)
    alone = [(_words(part), part, measure(page, part)) for part in parts[:12]] if len(parts) > 1 else []
    together = "All of these" if mode == "all" else "Any of these"
    return [*alone, (together if alone else _words(rule), rule, segment)]


def _words(rule: Any) -> str:
    told = tell_rule(rule)
    return told[0].upper() + told[1:]


def show_count(rows: list[tuple[str, Any, Segment]]) -> int | None:
    """The bars; answers the place of the one that was clicked in this run."""
    shown = [(words, segment) for words, _, segment in rows]
    figure = derived(conditions_figure, shown)
    click = draw(figure, "segment_conditions", alt=describe_conditions(shown), clicks=True)
    at = click.get("index") if click else None
    return at if isinstance(at, int) and 0 <= at < len(rows) else None


def choose_who(page: Page, rows: list[tuple[str, Any, Segment]], clicked: int | None, name: str | None) -> int | None:
    """Whose list is open: the segment's, unless a condition is chosen; None until it is opened."""
    options = list(range(len(rows) - 1, -1, -1))
    if clicked is not None:
        st.session_state[WHO], st.session_state[LIST] = clicked, True
    if st.session_state.get(WHO) not in options:
        st.session_state.pop(WHO, None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        at = options[0]
        if len(rows) > 1:
            at = st.selectbox(
                "Who",
                options,
                format_func=lambda place: "The whole segment" if place == options[0] else rows[place][0],
                key=WHO,
                label_visibility="collapsed",
                icon=":material/ads_click:",
                width=300,
            )
        at = at if at in options else options[0]
        n = rows[at][2].people.count
        opened = st.toggle(literal(f"See these {several(n, 'customer')}"), key=LIST, bind="query-params", disabled=not n)
        if n and name is not None and at == options[0]:
            for script, label, icon in (("funnels.py", "Funnel of them", "filter_alt"), ("paths.py", "Paths of them", "account_tree")):
                offer_page(page, label, script, rows[at][1], name, f"segment_go_{script}", f":material/{icon}:")
        download_figure("segment_conditions", derived(conditions_figure, [(words, segment) for words, _, segment in rows]))
    return at if opened and n else None


def show_who(page: Page, rows: list[tuple[str, Any, Segment]], at: int | None, name: str | None) -> None:
    if at is None:
        return
    words, rule, segment = rows[at]
    title = name if name and at == len(rows) - 1 else words
    show_people(page, segment.people, title, rule if isinstance(rule, dict) else {"all": [rule]}, title[:80])

"""From a milestone, or the way after it, to the customers behind it: by a click, or by the keyboard."""

from typing import Any

import streamlit as st

from journey.charts.journeys_said import clipped
from journey.charts.words import several, short
from journey.journeys import Journeys, JourneysQuestion, Told, journeys_customers
from pages.parts.frame import Page
from pages.parts.journeys_rails import show_downloads
from pages.parts.people import offer_page, offer_segment, show_people
from pages.parts.text import literal
from pages.parts.workspace import answer

JOURNEY, WHO, LIST = "journey", "journey_who", "journey_list"


def choose_mark(page: Page, found: Journeys, clicked: dict[str, Any] | None) -> dict[str, Any] | None:
    """The mark whose people are asked for; None until the list is opened.  A click sets the controls and opens the list."""
    if not found.journeys:
        return None
    names = [told.journey.name for told in found.journeys]
    _follow(clicked, names)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        default = None if JOURNEY in st.session_state else names[0]
        name = st.segmented_control(
            "Journey", names, default=default, format_func=_label, key=JOURNEY, bind="query-params", label_visibility="collapsed"
        )
        told = found.find(name or names[0]) or found.journeys[0]
        mark, n = _choose_who(told)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        opened = st.toggle(literal(f"See these {several(n, 'customer')}"), key=LIST, bind="query-params", disabled=not n)
        if n:
            rule, title = _rule(page, mark), _title(told, mark)[:80]
            offer_segment(page, rule, title, "journey")
            offer_page(page, "What did they do?", "paths.py", rule, title, "journey_next", ":material/account_tree:")
        st.space("stretch")
        show_downloads(found)
    return mark if opened and n else None


def _follow(clicked: dict[str, Any] | None, names: list[str]) -> None:
    if clicked:
        kind = "reached" if "reached" in clicked else "dropped_after"
        st.session_state[JOURNEY] = clicked["journey"]
        st.session_state[WHO], st.session_state[LIST] = f"{kind}:{clicked[kind]}", True
    if st.session_state.get(JOURNEY) not in names:
        st.session_state.pop(JOURNEY, None)


def _choose_who(told: Told) -> tuple[dict[str, Any], int]:
    """-> (the mark, how many are behind it).  The largest leak is chosen until a person chooses."""
    last = len(told.milestones) - 1
    sizes = {f"dropped_after:{place}": told.milestones[place].left for place in range(last)}
    sizes |= {f"reached:{place}": milestone.count for place, milestone in enumerate(told.milestones)} | {"open": told.open}
    marks = {who: _mark(told, who) for who in sizes}
    if st.session_state.get(WHO) not in marks:
        st.session_state.pop(WHO, None)
    usual = f"dropped_after:{told.leak or 0}" if told.began else "open"
    index = 0 if WHO in st.session_state else list(marks).index(usual)
    who = st.selectbox(
        "Who",
        list(marks),
        index=index,
        format_func=lambda who: _words(told, marks[who]) if who in marks else "",
        key=WHO,
        bind="query-params",
        label_visibility="collapsed",
        icon=":material/group:",
        width=300,
    )
    who = who if who in marks else usual
    return marks[who], sizes[who]


def _mark(told: Told, who: str) -> dict[str, Any]:
    kind, _, place = who.partition(":")
    return {"journey": told.journey.name, kind: int(place) if place else True}


def _words(told: Told, mark: dict[str, Any]) -> str:
    if "open" in mark:
        return "still open"
    kind = "reached" if "reached" in mark else "dropped_after"
    name = clipped(told.milestones[mark[kind]].name, 30)
    return f"reached {name}" if kind == "reached" else f"no further than {name}"


def _label(name: str) -> str:
    return literal(short(name, 24))


def _title(told: Told, mark: dict[str, Any]) -> str:
    return f"{told.journey.name}: {_words(told, mark)}"


def _rule(page: Page, mark: dict[str, Any]) -> dict[str, Any]:
    return {"journeys": {"compare": None, "scope": page.scope.as_plain()}, **mark}


def show_behind(page: Page, question: JourneysQuestion, found: Journeys, mark: dict[str, Any] | None) -> None:
    told = None if mark is None else found.find(mark["journey"])
    if told is None or mark is None:
        return
    people = answer(page.con, page.version, journeys_customers, question, page.scope, mark)
    title = _title(told, mark)
    show_people(page, people, title, _rule(page, mark), title[:80])

"""What if each action were done now for those it is worth it for: effort against money, a ranked table, and who they are."""

from typing import Any

import polars as pl
import streamlit as st

from journey.actions.guardrails import GUARDRAILS
from journey.actions.results import WhatIf, WhatIfQuestion, measure_what_if, what_if_customers
from journey.charts.actions_said import added_told, source_short
from journey.charts.actions_what_if import describe_what_if, in_the_way_told, paying, what_if_figure, what_if_sentence
from journey.charts.words import between, count, money, several
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_table
from pages.parts.people import show_people
from pages.parts.text import literal
from pages.parts.workspace import derived

CAPACITY, BUDGET, WHO, LIST = "what_if_capacity", "what_if_budget", "what_if_who", "what_if_list"
GROUPS = {"best": "worth it for", "allowed": "could be done for", "held_out": "held out", "due": "due for"}
MOST = 1_000_000


def show_what_if(page: Page) -> None:
    with st.container(border=True, key="what_if_card"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            with st.container(width="stretch"):
                st.subheader("What if each were done now?", anchor=False)
            question = _choose()
        with st.spinner("Looking at every customer who is due …", show_time=True):
            found: WhatIf = measure_what_if(page.con, question, page.scope)
        st.markdown(f"**{literal(what_if_sentence(found))}**")
        st.caption("Money that would not come by itself, cost taken off, for those worth it. Filled: measured; hollow: assumed.")
        if not found.options:
            return
        if paying(found.options):
            figure = derived(what_if_figure, found.options, found.currency)
            draw(figure, "what_if", alt=describe_what_if(found), min_width=620)
        _table(found)
        mark = _choose_who(found)
    if mark is not None:
        people = what_if_customers(page.con, question, page.scope, mark)
        name = f"{mark['action']}: {GROUPS[mark['group']]}" if "group" in mark else f"{mark['action']}, forbidden: {mark['guardrail']}"
        show_people(page, people, name, {"what_if": question.as_plain() | {"scope": page.scope.as_plain()}, **mark}, name[:80])
    counted(page, found.evidence, "counted_what_if", {"ask": "what_if", **question.as_plain()})


def _choose() -> WhatIfQuestion:
    """Widgets check bounds in the browser only, so they are checked again."""
    capacity = st.number_input(
        "Customers at most", 0, MOST, None, 50, key=CAPACITY, bind="query-params", placeholder="any number", width=160
    )
    budget = st.number_input(
        "Money at most, each", 0.0, 1e9, None, 100.0, key=BUDGET, bind="query-params", placeholder="no limit", width=170
    )
    return WhatIfQuestion(
        None if budget is None else min(1e9, max(0.0, float(budget))), None if capacity is None else min(MOST, max(0, int(capacity)))
    )


def _table(found: WhatIf) -> None:
    rows = []
    for one in found.options:
        net = one.best.net
        shown = net is not None and bool(one.best.customers)
        rows.append(
            {
                "Action": one.action.name,
                "Effort": one.action.effort,
                "Due": len(one.due),
                "Could be done for": len(one.allowed),
                "Worth it for": one.best.customers if net is not None else None,
                "Adds": added_told(one.effect) if one.effect.is_measured else source_short(one.effect),
                "Brings": money(net.value, found.currency) if net is not None and shown else "",
                "95%": between(money(net.low, found.currency), money(net.high, found.currency)) if net is not None and shown else "",
                "Costs": money(one.best.cost, found.currency) if shown else "",
                "In the way": in_the_way_told(one, GUARDRAILS),
            }
        )
    frame = pl.DataFrame(rows, infer_schema_length=None)
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    columns: dict[str, Any] = {"Action": text(width=176, pinned=True), "Effort": number(width=64), "In the way": text(width=190)}
    columns |= {
        name: number(format="localized", width=width) for name, width in (("Due", 64), ("Could be done for", 122), ("Worth it for", 92))
    }
    columns |= {"Adds": text(width=92), "Brings": text(width=80), "95%": text(width=140), "Costs": text(width=80)}
    st.dataframe(
        frame, hide_index=True, height="content" if len(rows) < 10 else 360, column_config=columns, key="what_if_table", placeholder=""
    )
    download_table("what_if", frame)


def _choose_who(found: WhatIf) -> dict[str, str] | None:
    """Which number's customers are listed; None while the list is closed."""
    marks: dict[str, tuple[dict[str, str], int]] = {}
    for one in found.options:
        groups = {"best": len(one.best.ids), "allowed": len(one.allowed), "held_out": len(one.held_out), "due": len(one.due)}
        for group, n in groups.items():
            marks[f"{one.action.name}: {GROUPS[group]} {count(n)}"] = ({"action": one.action.name, "group": group}, n)
        for guardrail, ids in one.in_the_way.items():
            told = f"{one.action.name}: kept from it by {GUARDRAILS.get(guardrail, guardrail).lower()} {count(len(ids))}"
            marks[told] = ({"action": one.action.name, "guardrail": guardrail}, len(ids))
    offered = {told: mark for told, mark in marks.items() if mark[1]}
    if not offered:
        return None
    if st.session_state.get(WHO) not in (None, *offered):
        st.session_state.pop(WHO)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = st.selectbox("Who", list(offered), key=WHO, label_visibility="collapsed", icon=":material/ads_click:", width=340)
        mark, n = offered[chosen if chosen in offered else next(iter(offered))]
        opened = st.toggle(literal(f"See these {several(n, 'customer')}"), key=LIST, bind="query-params")
    return mark if opened else None

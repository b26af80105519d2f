"""Who is behind a number of an experiment: the customers of a variant, or those of them who did it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from journey.charts.words import count
from journey.experiments.read import experiment_customers
from journey.experiments.read.question import CUSTOMER, ExperimentQuestion
from journey.experiments.result import Reading
from pages.parts.frame import Page
from pages.parts.people import show_people
from pages.parts.workspace import answer

WHO = "experiment_who"


@dataclass(frozen=True)
class Mark:
    """plain: names them among the customers of the answer, told: who they are, n: how many the page says they are."""

    plain: Mapping[str, Any]
    told: str
    n: int

    @property
    def written(self) -> str:
        return f"{self.told}: {count(self.n)}"


def offer_people(page: Page, reading: Reading, question: ExperimentQuestion) -> None:
    """One list at a time; where units are no customers, there is nobody to list."""
    if question.count_by != CUSTOMER:
        return
    known = {mark.written: mark for mark in marks_of(reading) if mark.n}
    if not known:
        return
    if st.session_state.get(WHO) not in (None, *known):
        st.session_state.pop(WHO)
    chosen = st.selectbox(
        "Who is behind",
        list(known),
        index=None,
        key=WHO,
        bind="query-params",
        placeholder="See the customers behind a variant",
        label_visibility="collapsed",
        icon=":material/ads_click:",
        width=420,
    )
    if chosen is None or chosen not in known:
        return
    mark = known[chosen]
    people = answer(page.con, page.version, experiment_customers, question, page.scope, dict(mark.plain))
    by = {} if reading.by is None else {"by": reading.by}
    rule = {"experiment": {"experiment": reading.name, **by, "scope": page.scope.as_plain()}, **mark.plain}
    name = f"{reading.name}: {mark.told}"
    show_people(page, people, name, rule, name[:80])


def marks_of(reading: Reading) -> list[Mark]:
    """Who saw each variant, who of them did it, who of them is in a group, and who was left out."""
    marks = [Mark({"arm": arm.name}, f"saw {arm.name}", arm.units) for arm in reading.split.arms]
    for one in reading.estimates:
        if one.metric.kind == "share":
            found = one.compared
            sides = (one.arm, found.estimate, found.n), (reading.control, found.control_estimate, found.control_n)
            for arm, share, n in sides:
                told = f"saw {arm} and did {one.metric.name}"
                marks.append(Mark({"arm": arm, "metric": one.metric.name}, told, round((share or 0.0) * n)))
    waiting = {one.metric.name for one in reading.estimates if one.open}  # of these the groups leave out whose time is not over
    for group in reading.groups:
        if group.metric.role == "primary" and group.metric.name not in waiting and reading.by is not None:
            of = f"{reading.by} {group.value or 'not known'}"
            for arm, n in ((group.arm, group.compared.n), (reading.control, group.compared.control_n)):
                marks.append(Mark({"arm": arm, "group": group.value}, f"saw {arm}, {of}", n))
    marks.append(Mark({"crossed": True}, "seen in several variants, left out", reading.crossed))
    return list({mark.written: mark for mark in marks}.values())

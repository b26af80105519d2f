"""Who is behind a number of an experiment: the customers of a variant, or those of them who did it."""

import streamlit as st

from journey.charts.words import count
from journey.experiments.read import experiment_customers
from journey.experiments.read.question import CUSTOMER, ExperimentQuestion
from journey.experiments.result import Reading
from pages.parts.frame import Page
from pages.parts.people import show_people
from pages.parts.workspace import answer

WHO = "experiment_who"
Mark = tuple[str, str]


def offer_people(page: Page, reading: Reading, question: ExperimentQuestion) -> None:
    """One list at a time; where units are no customers, there is nobody to list."""
    if question.count_by != CUSTOMER:
        return
    marks = _marks(reading)
    if not marks:
        return
    known = {f"{arm}\n{metric}": (arm, metric) for arm, metric in marks}
    if st.session_state.get(WHO) not in (None, *known):
        st.session_state.pop(WHO)
    chosen = st.selectbox(
        "Who is behind",
        list(known),
        index=None,
        key=WHO,
        bind="query-params",
        placeholder="See the customers behind a variant",
        format_func=lambda key: marks[known[key]],
        label_visibility="collapsed",
        icon=":material/ads_click:",
        width=420,
    )
    if chosen is None or chosen not in known:
        return
    arm, metric = known[chosen]
    mark = {"crossed": True} if not arm else {"arm": arm, **({"metric": metric} if metric else {})}
    people = answer(page.con, page.version, experiment_customers, question, page.scope, mark)
    rule = {"experiment": {"experiment": reading.name, "scope": page.scope.as_plain()}, **mark}
    name = f"{reading.name}: {marks[(arm, metric)].rsplit(': ', 1)[0]}"
    show_people(page, people, name, rule, name[:80])


def _marks(reading: Reading) -> dict[Mark, str]:
    """(variant, share metric or "") -> what is listed and how many; ("", "") those left out."""
    marks: dict[Mark, str] = {(arm.name, ""): f"saw {arm.name}: {count(arm.units)}" for arm in reading.split.arms if arm.units}
    for one in reading.estimates:
        if one.metric.kind == "share":
            for arm, share, n in (
                (one.arm, one.compared.estimate, one.compared.n),
                (reading.control, one.compared.control_estimate, one.compared.control_n),
            ):
                if share is not None and n:
                    marks[(arm, one.metric.name)] = f"saw {arm} and did {one.metric.name}: {count(share * n)}"
    return marks | ({("", ""): f"seen in several variants, left out: {count(reading.crossed)}"} if reading.crossed else {})

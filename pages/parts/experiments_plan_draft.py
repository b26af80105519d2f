"""Plans under construction: one text for each experiment, held for the session, that the fields of the form are a view of."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from journey.answers import iso
from journey.errors import QuestionError
from journey.experiments.plan import Planned, plan_of, plan_plain, plans
from journey.experiments.read.exposure import experiments_in
from journey.experiments.read.metrics import metric_plain
from journey.experiments.read.usual import usual_metrics
from journey.warehouse import Warehouse
from pages.parts.experiments_views import EXPERIMENT
from pages.parts.frame import Page
from pages.parts.workspace import answer

OF, DRAFTS, TURN, CHANGING = "plan_of", "plan_drafts", "plan_turn", "plan_changing"
NEW = "A new experiment"
AFTER = "after"  # the version that was before the person when they began; in a draft, and no part of the plan
SHARE, OWN = "share", "own"  # the effect as a share of today's value: as chosen, and as it came; no part of the plan either
Plain = dict[str, Any]


def choose_experiment(page: Page) -> str:
    """The experiment whose plan is looked at, or NEW; in the address."""
    seen = answer(page.con, page.version, experiments_in)
    options = list(dict.fromkeys([NEW, *plans(page.con), *(one.name for one in seen)]))
    held = st.session_state.get(OF) or st.query_params.get(OF)
    if held not in options:
        st.session_state.pop(OF, None)
    chosen = st.selectbox(
        "Experiment",
        options,
        key=OF,
        bind="query-params",
        persist_state="session",
        label_visibility="collapsed",
        icon=":material/science:",
        width=280,
        on_change=follow,
    )
    return chosen or NEW


def follow() -> None:
    """Whose plan is looked at, its results are looked at next."""
    if (chosen := st.session_state.get(OF)) not in (None, NEW):
        st.session_state[EXPERIMENT] = chosen


def drafts() -> dict[str, Plain]:
    """By the name of the experiment, or NEW, what was written and not yet kept."""
    held: dict[str, Plain] = st.session_state.setdefault(DRAFTS, {})
    return held


def draft_of(page: Page, name: str, planned: Planned | None) -> Plain:
    """What the form shows: what was written in this session, else what is kept, else what the log suggests."""
    if name in drafts():
        return drafts()[name]
    if planned is not None:
        return plan_plain(planned.plan) | {AFTER: planned.version}
    return answer(page.con, page.version, suggested, "" if name == NEW else name)


def suggested(con: Warehouse, name: str) -> Plain:
    """A first plan: the usual metrics of this log, and the variants it holds, as large as one another."""
    try:
        metrics = [metric_plain(metric) for metric in usual_metrics(con, name or None)]
    except QuestionError:  # the log makes none plain: a person chooses
        metrics = []
    seen = next((one for one in experiments_in(con) if one.name == name), None)
    names = ["control", "treatment"] if seen is None else list(seen.variants)
    start = {} if seen is None else {"start": iso(seen.start)}
    return {"experiment": name, "metrics": metrics, "variants": {one: 1 / len(names) for one in names}, **start, AFTER: 0}


def hold(name: str, plain: Mapping[str, Any]) -> None:
    drafts()[name] = dict(plain)


def kept_part(plain: Plain) -> Plain:
    """What of a draft is the plan itself."""
    return {key: value for key, value in plain.items() if key not in (AFTER, SHARE, OWN)}


def drop(name: str) -> None:
    """Forget what was written and not kept; the fields are drawn anew."""
    drafts().pop(name, None)
    turn()


def turn() -> None:
    """Forget what the fields hold: the text has changed beneath them."""
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def seeded(name: str, value: Any) -> str:
    """The key of a field, holding this value until a person changes it."""
    key = f"plan_{st.session_state.get(TURN, 0)}_{st.session_state.get(OF) or NEW}_{name}"
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def planned_of(page: Page, name: str) -> Planned | None:
    """The plan in force; asked anew at every run, as anybody may change it."""
    return None if name == NEW else plan_of(page.con, name)

"""The card of assumptions: which model, the few that matter most in sight, the rest behind an expander, and the question they make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from journey.roi import (
    KEEP,
    NAMED,
    PUBLISHED,
    PUBLISHED_VALUES,
    SELL,
    Assumption,
    RoiQuestion,
    currency_of,
    measure_inputs,
    read_inputs,
    read_roi,
)
from journey.roi.log.ranges import slider
from pages.parts.frame import Page
from pages.parts.roi_experiment import Taken, choose_result, fit_result, show_taken, usual_result
from pages.parts.roi_fields import POINTS, TYPED, Entry, Field, field_of, reset, switch_typing
from pages.parts.roi_sliders import KEPT, show_field
from pages.parts.text import literal
from pages.parts.workspace import answer

MODEL, NAME, MONTHS, LIMIT, TIED = "roi_model", "roi_name", "roi_months", "roi_limit", "roi_tied"
MODELS = {KEEP: "Fewer customers leave", SELL: "More visitors buy", PUBLISHED: "Published calculator"}
IN_SIGHT = {
    KEEP: ("customers", "churn", "lift", "revenue_per_month", "margin", "setup"),
    SELL: ("visitors_per_month", "conversion", "lift", "value_per_order", "margin", "setup"),
    PUBLISHED: ("customers", "churn", "lift", "revenue_per_month", "cost_per_treated", "tool_per_month"),
}
BY, LIFTS = "roi_lift_is", {"relative": "Of the share that buys today", "added": "Points on top of it"}
LOSING = 20
NOW = "As set now"
LONGEST = {6: "6 months", 12: "12 months", 24: "2 years", 36: "3 years", 60: "5 years"}
ORDERS = "Assumed, from no effect to one order in ten more: only an experiment tells. Take its result here, or plan one."
TIES = {KEEP: ("lift", "churn"), SELL: ("lift", "value_per_order")}


@dataclass(frozen=True)
class Rest:
    """months looked at.  limit: the share of futures that may lose.  tied: how the lift moves with what it may be tied to."""

    months: int
    limit: float
    tied: float


@dataclass(frozen=True)
class Put:
    """All that is put in.  question: None while something is missing, and `missing` names it.  limit: share of futures that may lose.

    corrected: beside the published calculator, the question of retention with the same figures and those it leaves out.
    """

    model: str
    question: RoiQuestion | None
    corrected: RoiQuestion | None
    entries: tuple[Entry, ...]
    missing: tuple[str, ...]
    limit: float
    title: str
    taken: Taken | None

    @property
    def decided(self) -> RoiQuestion | None:
        """What is drawn, kept and ranked: beside the published calculator, the question that leaves nothing out."""
        return self.corrected or self.question

    @property
    def about(self) -> str:
        """What is decided, as it was named; else whose lift it is, or what is changed."""
        return self.title or (f"{self.taken.experiment} for everyone it reaches" if self.taken else MODELS[self.model])


def choose_assumptions(page: Page) -> Put:
    """The card, and what it says."""
    with st.container(border=True, key="roi_assumptions"):
        with st.container(horizontal=True):
            st.subheader("Assumptions", anchor=False)
        title = _title()
        model = _model(page)
        taken = None if model == PUBLISHED else choose_result(page, model)
        by = "added" if taken else lift_by() if model == SELL else ""
        fields = fields_of(page, model, by, taken)
        entries = _show_fields(page, fields, IN_SIGHT[model], model, taken)
        with st.expander("What it leaves out" if model == PUBLISHED else "More assumptions", key="roi_more"):
            rest = _choose_rest(model, taken, entries)
            entries += _show_fields(page, fields, [name for name in fields if name not in IN_SIGHT[model]], KEEP, None)
        _buttons(model, list(fields.values()))
    return _put(model, by, entries, taken, rest, title)


def lift_by() -> str:
    """Of conversion by hand: relative to the share that buys today, or added to it."""
    held = st.session_state.get(BY, st.query_params.get(BY))
    return "added" if held in ("added", LIFTS["added"]) else "relative"


def fields_of(page: Page, model: str, by: str, taken: Taken | None) -> dict[str, Field]:
    """Every input of the model by its name; beside those of the published calculator, those that it leaves out.

    by: of conversion, whether the lift is relative or added.
    """
    found = {one.input: one for one in answer(page.con, page.version, measure_inputs, read_inputs({}), page.scope).assumptions}
    of = KEEP if model == PUBLISHED else model
    names = [one.name for one in NAMED.values() if of in one.models and (one.name != "conversion" or by != "added")]
    return {name: _begun(found, name, model, by, taken) for name in names}


def _begun(found: Mapping[str, Assumption], name: str, model: str, by: str, taken: Taken | None) -> Field:
    """What the log says, else a placeholder: of conversion a lift in orders, no cost of each visitor, and whom an experiment reached."""
    one = found[name]
    if model == SELL and name == "lift":
        return field_of(_added(one, found["conversion"]), POINTS) if by == "added" else field_of(replace(one, sentence=ORDERS), "_sold")
    if model == SELL and name == "cost_per_treated":
        return field_of(replace(one, value=0.0, spread=0.0, sentence="Assumed: what is changed costs nothing for each visitor."), "_sold")
    if name == "visitors_per_month" and taken and taken.a_month:
        told = f"{taken.units:,} units were exposed, so many in 30 days: the lift was measured on these and holds for nobody else."
        low, high, step = slider(NAMED[name], taken.a_month)
        found_there = replace(one, value=taken.a_month, spread=taken.a_month, interval=None, source="experiment", sentence=told)
        return field_of(replace(found_there, low=low, high=high, step=step), "_exposed")
    return field_of(one)


def _added(lift: Assumption, today: Assumption) -> Assumption:
    """The placeholder of a lift in points: no effect to a tenth of the share that buys today."""
    share = today.value or 0.0
    low, high, step = slider(NAMED["lift"], share / 20, (0.0, share / 10))
    spread = {"low": 0.0, "mode": share / 20, "high": share / 10} if share else 0.0
    return replace(lift, value=share / 20, spread=spread, low=low, high=high, step=step, sentence=ORDERS)


def _show_fields(page: Page, fields: Mapping[str, Field], names: Sequence[str], model: str, taken: Taken | None) -> list[Entry]:
    currency = answer(page.con, page.version, currency_of)
    return [
        show_taken(fields[name], taken) if taken and name == "lift" else show_field(fields[name], currency, single=model == PUBLISHED)
        for name in names
        if name in fields
    ]


def _buttons(model: str, fields: list[Field]) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Reset to measured", key="roi_reset", type="tertiary", icon=":material/restart_alt:", on_click=_reset, args=(fields,))
        if model == PUBLISHED:
            st.button("Its own example", key="roi_example", type="tertiary", icon=":material/menu_book:", on_click=_example)
        st.toggle("Type figures", key=TYPED, on_change=switch_typing, args=(fields,), **KEPT)


def _title() -> str:
    told = st.text_input(
        "What is decided",
        key=NAME,
        **KEPT,
        max_chars=80,
        label_visibility="collapsed",
        placeholder="What is decided, in a few words",
    )
    return " ".join(str(told or "").split())[:80]


def _model(page: Page) -> str:
    if st.session_state.get(MODEL) not in (None, *MODELS):
        st.session_state.pop(MODEL)
    usual = usual_result(page)
    chosen = st.selectbox(
        "What it changes",
        list(MODELS),
        list(MODELS).index(usual.model if usual else KEEP),
        key=MODEL,
        **KEPT,
        on_change=fit_result,
        args=(page,),
        format_func=MODELS.__getitem__,
        label_visibility="collapsed",
        icon=":material/target:",
    )
    return chosen if chosen in MODELS else KEEP


def _choose_rest(model: str, taken: Taken | None, entries: Sequence[Entry]) -> Rest:
    months = st.selectbox("Looked at for", list(LONGEST), 1, key=MONTHS, format_func=LONGEST.__getitem__, **KEPT)
    months = months if months in LONGEST else 12
    if model == PUBLISHED:
        return Rest(months, LOSING / 100, 0.0)
    if model == SELL and taken is None:
        st.selectbox("The lift is", list(LIFTS), key=BY, format_func=LIFTS.__getitem__, **KEPT)
    limit = st.number_input("Futures that may lose at most, %", 0, 100, LOSING, 5, key=LIMIT, **KEPT)
    first, second = (NAMED[name].label.lower() for name in TIES[model])
    told = f"−0.9: where the {first} turns out high, the {second} turns out low. 0: neither says anything of the other."
    tied = st.slider(f"{first.capitalize()} moves with {second}", -0.9, 0.9, 0.0, 0.1, key=TIED, help=told, **KEPT)
    if tied and (single := [entry.field.assumption.label.lower() for entry in entries if _is_single(entry, model)]):
        what = "is a single figure" if len(single) == 1 else "are single figures"
        st.caption(literal(f"This does nothing while the {' and the '.join(single)} {what}: tick Range."))
    return Rest(months, min(100, max(0, limit or 0)) / 100, min(0.9, max(-0.9, float(tied))))


def _is_single(entry: Entry, model: str) -> bool:
    return entry.field.name in TIES[model] and not isinstance(entry.plain, Mapping)


def _put(model: str, by: str, entries: Sequence[Entry], taken: Taken | None, rest: Rest, title: str) -> Put:
    said = {entry.field.name: entry.plain for entry in entries if entry.plain is not None}
    missing = tuple(entry.field.assumption.label for entry in entries if entry.plain is None and NAMED[entry.field.name].default is None)
    over: dict[str, Any] = {"months": rest.months} | ({"name": title} if title else {})
    question, corrected = None, None
    if model == PUBLISHED and not missing:
        preset = {name: value for name, value in said.items() if name in PUBLISHED_VALUES}
        question, corrected = read_roi({"preset": model, **preset, **over}), read_roi({"model": KEEP, **said, **over})
    elif not missing:
        question = read_roi({"model": model, **said, **({"lift_is": by} if by else {}), **over, **_tied(model, said, rest.tied)})
    return Put(model, question, corrected, tuple(entries), missing, rest.limit, title, taken)


def _tied(model: str, said: Mapping[str, Any], tied: float) -> dict[str, Any]:
    """What moves together, where both are ranges."""
    pair = TIES[model]
    return {"correlate": [[*pair, round(tied, 2)]]} if tied and all(isinstance(said.get(name), Mapping) for name in pair) else {}


def _reset(fields: Sequence[Field]) -> None:
    """A callback."""
    reset(fields)
    for key, value in ((MONTHS, 12), (LIMIT, LOSING), (TIED, 0.0)):
        if key in st.session_state:
            st.session_state[key] = value


def _example() -> None:
    """A callback: the figures with which the calculator was published."""
    for name, value in PUBLISHED_VALUES.items():
        st.session_state[f"roi_{name}"] = value * (100.0 if NAMED[name].unit == "share" else 1.0)

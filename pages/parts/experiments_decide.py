"""Closing an experiment: what is decided, by whom and why, what was learned, and what was expected against what was seen."""

import polars as pl
import streamlit as st

from journey.charts.experiments_said import ICONS, STATES, difference_told, first_sentence, interval_told
from journey.charts.words import moment
from journey.experiments.metric import ExperimentMetric
from journey.experiments.record import Compared, Decision, decide, decisions
from journey.experiments.result import BROKEN, RUNNING, SHIP, STOP, Reading
from pages.parts.actions_person import UNNAMED, name_person
from pages.parts.experiments_picture import is_broken
from pages.parts.frame import Page, sentences
from pages.parts.people import go_to
from pages.parts.roi_experiment import FROM as ROI_FROM
from pages.parts.roi_experiment import takeable
from pages.parts.text import literal

DECIDED = "experiment_decided"
LONGEST = 600
REOPENED = "reopened"


def show_decision(page: Page, reading: Reading, currency: str | None, basis: str = "") -> None:
    """The record of what was decided, and the form where something is still to decide.

    basis: what it is decided on, where that is not what stands above.
    """
    made = decisions(page.con, reading.name)
    closed = bool(made) and made[-1].closes
    with st.container(border=True, key="experiment_decision"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader("What was decided" if closed else "Decide", anchor=False, width="stretch")
            _offer_roi(page, reading)
        if basis and not closed:
            st.caption(f":material/groups: {literal(basis)} {literal(first_sentence(reading.verdict.sentence)[0])}")
        if made:
            _record(made[-1], page.scope.timezone, _metric(reading, made[-1]), currency)
        if closed:
            _reopen(page, reading, made[-1])
        else:
            _form(page, reading, made[-1].number if made else 0)
        if len(made) > 1:
            with st.expander("Decided before", icon=":material/history:", key="experiment_decided_before"):
                for one in reversed(made[:-1]):
                    st.caption(literal(_head(one, page.scope.timezone)))


def _offer_roi(page: Page, reading: Reading) -> None:
    """The way on to what it is worth, with the effect as measured."""
    found = takeable(reading)
    refused = isinstance(found, str)
    state = {} if isinstance(found, str) else {ROI_FROM: reading.name, "roi_model": next(iter(found))}
    st.button(
        "What is it worth?",
        key="experiment_roi",
        icon=":material/savings:",
        type="tertiary",
        disabled=refused,
        help=literal(found) if isinstance(found, str) else "Opens ROI with the effect as it was measured, spread and all.",
        on_click=go_to,
        args=(page, "roi.py", None, state),
    )


def _metric(reading: Reading, made: Decision) -> ExperimentMetric | None:
    """The metric that was decided on, to write its numbers by."""
    names = [one.metric for one in made.compared]
    return next((one.metric for one in reading.estimates if one.metric.name in names), None)


def _head(made: Decision, timezone: str) -> str:
    told = STATES.get(made.decided, "Opened again" if made.decided == REOPENED else made.decided)
    return f"{told} · {moment(made.at, timezone)} · {made.by}: {made.why}"


def _record(made: Decision, timezone: str, metric: ExperimentMetric | None, currency: str | None) -> None:
    told = STATES.get(made.decided, "Opened again" if made.decided == REOPENED else made.decided)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(told, icon=f":material/{ICONS.get(made.decided, 'history')}:", color="gray")
        st.markdown(literal(f"{made.by}, {moment(made.at, timezone)}"), width="stretch")
    st.markdown(literal(made.why))
    if made.learned:
        st.markdown(f"**Learned:** {literal(made.learned)}")
    state = made.seen.get("state")
    if made.decided in (SHIP, STOP, BROKEN) and state and state != made.decided:
        then = literal(STATES.get(state, state).lower())
        st.caption(f":material/warning: Against the verdict then, which was to {then}: {literal(made.seen.get('verdict', ''))}")
    rows = [
        {
            "Primary metric": one.metric,
            "Variant": one.arm,
            "Expected, at least": "not said" if one.expected is None else _told(metric, one.expected, currency),
            "Seen": _told(metric, one.seen, currency),
            "Interval": "" if metric is None else interval_told(metric, one.interval, currency),
            "Its interval is": _against(one),
        }
        for one in made.compared
    ]
    if rows:
        st.dataframe(pl.DataFrame(rows), hide_index=True, height="content", key="experiment_expected")


def _against(one: Compared) -> str:
    """Where what was seen lies to what was expected."""
    if one.holds is None or one.interval is None or one.expected is None:
        return ""
    return "around the expected" if one.holds else "above the expected" if one.interval[0] > one.expected else "below the expected"


def _told(metric: ExperimentMetric | None, x: float | None, currency: str | None) -> str:
    return difference_told(metric, x, currency) if metric is not None else "–" if x is None else f"{x:+.4g}"


def _reopen(page: Page, reading: Reading, last: Decision) -> None:
    with st.popover("Open it again", icon=":material/undo:"):
        by = name_person()
        why = st.text_input("Why", key="experiment_reopen_why", max_chars=LONGEST)
        if st.button("**Open it again**", key="experiment_reopen") and _kept(page, reading, REOPENED, by, why, "", last.number):
            st.rerun()


def _form(page: Page, reading: Reading, after: int) -> None:
    """Shipping is no option where the split is broken; what goes against the verdict is said before it is recorded.

    What is typed belongs to this experiment and this decision: it never goes along to another.
    """
    own = f"{after}_{reading.name}"
    place = f"{DECIDED}_{own}"
    options = [STOP, RUNNING, BROKEN] if is_broken(reading) else [SHIP, STOP, RUNNING, BROKEN]
    usual = reading.verdict.state if reading.verdict.state in options else RUNNING
    if st.session_state.get(place) not in (None, *options):
        st.session_state.pop(place)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = st.segmented_control(
            "Decision",
            options,
            format_func=STATES.__getitem__,
            default=None if place in st.session_state else usual,
            required=True,
            key=place,
            label_visibility="collapsed",
        )
        by = name_person()
    decided = chosen or usual
    if is_broken(reading):
        st.caption(":material/block: Ship is no choice: the variants are not alike, so nothing here says what shipping would do.")
    elif decided != reading.verdict.state:
        told = STATES.get(reading.verdict.state, reading.verdict.state).lower()
        st.caption(f":material/warning: This goes against the verdict, which is to {told}. It is recorded with both.")
    elif reading.verdict.hint:
        st.caption(":material/info: The verdict is a hint and no proof: say in the reason what else the decision rests on.")
    with st.form("experiment_decide", border=False, clear_on_submit=False):
        left, right = st.columns(2)
        why = left.text_area(
            "Why", max_chars=LONGEST, height=84, placeholder="The reason, for whoever reads this in a year", key=f"decide_why_{own}"
        )
        learned = right.text_area(
            "What was learned", max_chars=LONGEST, height=84, placeholder="What holds beyond this change", key=f"decide_learned_{own}"
        )
        sent = st.form_submit_button("**Record it**", icon=":material/gavel:")
    if sent and _kept(page, reading, decided, by, why, learned, after):
        st.rerun()


def _kept(page: Page, reading: Reading, decided: str, by: str, why: str, learned: str, after: int) -> bool:
    if not by:
        st.warning(UNNAMED, icon=":material/badge:")
        return False
    with sentences():
        decide(page.con, reading, decided, by=by, why=why, learned=learned, after=after)
    st.cache_data.clear()
    st.toast(f"Recorded: {STATES.get(decided, 'opened again').lower()}. It stands in the archive and on the charts of that time.")
    return True

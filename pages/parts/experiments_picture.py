"""The pictures of a reading: every metric with its interval, how one of them went over time, and whether the split is sound."""

from collections.abc import Callable, Sequence

import streamlit as st

from journey.charts.experiments_course import course_figure, describe_course
from journey.charts.experiments_results import describe_forest, forest_figure
from journey.charts.experiments_said import (
    BETTER,
    MUTE,
    WORSE,
    course_sentence,
    estimate_line,
    rows_of,
    split_sentence,
    state_of,
    unjudged,
)
from journey.charts.experiments_split import causes_figure, describe_causes, describe_split, sides_of, split_figure
from journey.charts.words import percent, several
from journey.experiments.result import BROKEN, Course, Estimate, Reading
from pages.parts.charts import draw
from pages.parts.frame import Page, download_figure
from pages.parts.text import literal
from pages.parts.workspace import derived, one_of

METRIC, ARM, COURSE_OF = "experiment_metric", "experiment_arm", "experiment_course_of"
SIGNS = {BETTER: "trending_up", WORSE: "trending_down", MUTE: "visibility_off"}
BAND = {
    "always_valid": "the interval that holds however often one looks",
    "planned": "the interval of the planned looks",
    "fixed": "the ordinary interval, right at one look",
    "bayesian": "where the difference lies with the stated chance",
}


def is_broken(reading: Reading) -> bool:
    return reading.split.alarm or reading.verdict.state == BROKEN


def show_pictures(page: Page, reading: Reading, currency: str | None, more: Callable[[], None]) -> None:
    """Metrics, then one of them over time; behind a fold and without a colour where the split is broken.

    more: shows what else there is of the estimates, behind the same fold then.
    """
    if not is_broken(reading):
        _metrics(reading, currency)
        show_course(page, reading, currency)
        return
    _split_alarm(reading)
    with st.expander("The estimates all the same, to find the fault with", icon=":material/visibility_off:", key="experiment_mute"):
        st.caption(
            "Who is in which variant is not what the dice gave, so nothing here says what the change did. Nobody should decide by it."
        )
        _metrics(reading, currency)
        show_course(page, reading, currency)
        more()


def _split_alarm(reading: Reading) -> None:
    with st.container(border=True, key="experiment_split_alarm"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("The variants are not the sizes that were meant", anchor=False, width="stretch")
            st.badge("Alarm", icon=":material/report:", color="red")
        cause = next((one for one in reading.findings if one.check == "cause"), None)
        of, arm, sides = ("", "", ()) if cause is None else sides_of(cause, reading.split, reading.control)
        left, right = st.columns([2, 3], gap="medium") if sides else (st.container(), None)
        with left:
            show_split(reading)
        if right is not None and cause is not None:
            with right:
                meant = next((one.share for one in reading.split.arms if one.name == arm), 0.5)
                st.caption(literal(f"Share in {arm} by {of}. Filled diamonds: off. Upright line: what was meant."))
                sides = one_of(sides)
                draw(derived(causes_figure, sides, meant), "experiment_causes", alt=describe_causes(sides, meant))
        if cause is not None and cause.sentence not in reading.verdict.sentence:
            st.markdown(f":material/troubleshoot: {literal(cause.sentence)}")


def show_split(reading: Reading) -> None:
    st.caption(literal(split_sentence(reading.split)) + " Upright marks: what was meant.")
    if reading.split.arms:
        draw(derived(split_figure, reading.split), "experiment_split", alt=describe_split(reading.split), still=False)


def _metrics(reading: Reading, currency: str | None) -> None:
    """The picture on the left, what it means in words on the right."""
    with st.container(border=True, key="experiment_metrics"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("What it did to each metric", anchor=False, width="stretch")
        st.caption(
            literal(
                f"Difference to {reading.control}, over its value. Line: {percent(reading.confidence, 0)} interval. "
                "Bold: the primary metric. Filled: told from no difference. Dotted upright: a guardrail's margin."
            )
        )
        rows = one_of(rows_of(reading, currency))
        if not rows:
            st.caption("Nobody was exposed yet, so there is nothing to compare.")
            return
        left, right = st.columns([3, 2], gap="medium")
        with left:
            figure = derived(forest_figure, rows)
            draw(figure, "experiment_forest", alt=describe_forest(rows), min_width=430)
        with right:
            st.markdown("\n\n".join(_lines(reading, currency)))
            download_figure("experiment_metrics", figure)


def _lines(reading: Reading, currency: str | None) -> list[str]:
    order = {"primary": 0, "secondary": 1, "guardrail": 2}
    more = len({one.arm for one in reading.estimates}) > 1
    why_not = unjudged(reading)
    judged = sum(one.metric.role != "guardrail" and one.compared.p is not None for one in reading.estimates)
    lines = []
    for one in sorted(reading.estimates, key=lambda one: order[one.metric.role]):
        name = f"{one.metric.name}, {one.arm}" if more else one.metric.name
        icon = SIGNS[MUTE] if why_not else _icon(one)
        said = f"is not judged {why_not}." if why_not else estimate_line(one, judged, currency)
        left = f" {several(one.open, 'unit')} left out, whose time is not over." if one.open else ""
        lines.append(f":material/{icon}: **{literal(name)}** {literal(said + left)}")
    return lines


def _icon(one: Estimate) -> str:
    if one.metric.role == "guardrail":
        return {BETTER: "verified_user", WORSE: "gpp_bad"}.get(state_of(one), "shield")
    return SIGNS.get(state_of(one), "hourglass_empty")


def show_course(page: Page, reading: Reading, currency: str | None) -> None:
    """One metric over time, with what an ordinary interval would have called on the way."""
    if not reading.courses:
        return
    zone = page.scope.timezone
    if st.session_state.get(COURSE_OF) not in (None, reading.name):
        for key in (METRIC, ARM):  # another experiment starts at its own primary metric
            st.session_state.pop(key, None)
    st.session_state[COURSE_OF] = reading.name
    with st.container(border=True, key="experiment_course_card"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader("Day by day", anchor=False, width="stretch")
            course = _choose(reading.courses)
        mute, daily = bool(unjudged(reading)), reading.reading in ("always_valid", "planned")
        if not is_broken(reading):
            st.markdown(f"**{literal(course_sentence(course, zone, daily))}**")
        st.caption(
            literal(
                f"The difference as it stood each day. Band: {BAND.get(reading.reading, 'its interval')}. "
                f"{_dashes(course) if daily else ''}"
                + ("" if reading.reading == "fixed" else "Dotted: the ordinary interval, which is wrong for whoever looks more than once.")
            )
        )
        figure = derived(course_figure, course, zone, currency, mute=mute, daily=daily)
        draw(figure, "experiment_course", alt=describe_course(course, zone, currency, daily), min_width=560)
        download_figure("experiment_course", figure)


def _dashes(course: Course) -> str:
    has = any(point.boundary is not None for point in course.points)
    return "Dashed: the boundary beyond which it is called. " if has else ""


def _choose(courses: Sequence[Course]) -> Course:
    """Of which metric and variant; the first of all is of the primary metric."""
    metrics = list(dict.fromkeys(course.metric.name for course in courses))
    name = _one_of("Metric", METRIC, metrics, 220) if len(metrics) > 1 else metrics[0]
    arms = list(dict.fromkeys(course.arm for course in courses if course.metric.name == name))
    arm = _one_of("Variant", ARM, arms, 160) if len(arms) > 1 else arms[0]
    return next(course for course in courses if course.metric.name == name and course.arm == arm)


def _one_of(label: str, key: str, options: list[str], width: int) -> str:
    if st.session_state.get(key) not in (None, *options):
        st.session_state.pop(key)
    chosen = st.selectbox(label, options, key=key, bind="query-params", label_visibility="collapsed", width=width)
    return chosen if chosen in options else options[0]

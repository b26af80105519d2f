"""What moved the north star, and beside it two metrics that pull apart or the place where people leave."""

from collections.abc import Sequence

import streamlit as st

from journey.charts.overview import leak_figure, moved_figure, opposed_figure
from journey.charts.overview_groups import groups_figure, shown_groups
from journey.charts.overview_words import change_words, margin_words, part_words, value_words, within_words
from journey.charts.words import UNKNOWN, count, percent, short
from journey.funnels import Funnel
from journey.metrics import Choice, Metric, Moved, Named, can_be_judged, explain_change, measure_metric, opposed, split_properties
from pages.parts.charts import draw
from pages.parts.frame import Page, literal, measured
from pages.parts.notes import Axis, noted, offer_to_hide
from pages.parts.overview_go import offer_way
from pages.parts.overview_kpis import question_of
from pages.parts.workspace import answer, derived

WHOLE = "Nothing"


def choose_split(page: Page, named: Named) -> str | None:
    """Which property divides the customers into groups; in the address."""
    options = [*answer(page.con, page.version, split_properties), WHOLE]
    if named.shape.over is None or len(options) == 1:
        return None
    chosen = st.selectbox(
        "Split by",
        options,
        format_func=lambda name: "By factor alone" if name == WHOLE else f"Split by {name}",
        key="split",
        bind="query-params",
        label_visibility="collapsed",
        width=178,
    )
    return None if chosen in (WHOLE, None) else chosen


def explain(page: Page, named: Named, by: str | None) -> Moved | None:
    """None where there is nothing to compare with, or the metric is no ratio."""
    question = question_of(page, named, by)
    return measured(page, explain_change, question) if question.compare else None


def show_moved(page: Page, named: Named, metric: Metric, moved: Moved | None, by: str | None) -> None:
    """The contributions, or a sentence that says why there are none."""
    if moved is None or not can_be_judged(metric):
        st.caption(_no_change(page, named, metric))
        _show_groups(page, named, by)
        return
    value, before = (value_words(named, x, metric.currency) for x in (moved.value, moved.before))
    st.caption(literal(f"Parts of the change from {before} to {value}. Whiskers: 95% interval. Grey: not told from noise."))
    said = ", ".join(part_words(part, moved) for part in moved.parts)
    draw(derived(moved_figure, moved, named, metric.currency), "moved", alt=f"Bars from zero: {said}.", still=True)


def _show_groups(page: Page, named: Named, by: str | None) -> None:
    """How the groups stand now, where no change can be told apart into theirs."""
    if by is None:
        return
    metric = measured(page, measure_metric, question_of(page, named, by))
    groups = shown_groups(metric)
    if len(groups) < 2:
        return
    total = value_words(named, metric.now.total.value if metric.now.total else None, metric.currency)
    st.caption(literal(f"{named.name} by {by} instead. Dotted: everyone, {total}. Whiskers: 95% interval. Grey: not told from everyone."))
    said = ", ".join(f"{name} {value_words(named, point.value, metric.currency)}" for name, point in groups.items())
    draw(derived(groups_figure, named, metric), "groups", alt=f"{named.name} by {by}: {said}.", still=True)


def _no_change(page: Page, named: Named, metric: Metric) -> str:
    if page.no_comparison:
        return literal(f"{page.no_comparison[0].upper()}{page.no_comparison[1:]}, so there is no change to explain.")
    if metric.question.compare is None:
        return "Nothing is compared. Choose a period shorter than the data, and a period to compare it with, at the head of the page."
    if metric.before is None:
        return "No data lie in the period before, so there is no change to explain."
    if not metric.covered:
        return "The data begin inside the period before: the change would be one of how much was recorded. Choose a shorter period."
    if not can_be_judged(metric):
        return "Not enough data yet: too few in one of the two periods to say what moved."
    return f"{literal(named.name)} is not a ratio of two numbers over customers, so its change has no factors."


def show_beside(page: Page, choice: Choice, metrics: Sequence[Metric], funnel: Funnel | None) -> None:
    """A trade-off, where one metric got better and another worse; else where people leave."""
    pair = opposed(metrics, [named.good for named in choice.metrics])
    if pair is not None:
        _trade_off(page, choice, metrics, pair)
    elif funnel is not None and funnel.entered:
        _leak(page, funnel)
    else:
        _head(page, "Where people leave")
        st.caption("Not enough data yet: no two steps follow each other often enough to make a funnel.")


def _head(page: Page, title: str, action: str = "", script: str = "") -> None:
    """The card's title, and a way on at its right."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(title, anchor=False, width="stretch")
        if action:
            offer_way(page, action, script, "beside_go", quiet=True)


def _trade_off(page: Page, choice: Choice, metrics: Sequence[Metric], pair: tuple[Metric, Metric]) -> None:
    (better, up), (worse, down) = ((choice.metrics[list(metrics).index(metric)], metric) for metric in pair)
    _head(page, "A trade-off to decide", "See who comes back", "retention.py")
    told = [
        f"{named.name} {change_words(named, metric)} ({margin_words(named, metric)})" for named, metric in ((better, up), (worse, down))
    ]
    st.caption(literal(f"{told[0]} while {told[1]}. Both as 100 at the first whole period."))
    starts = [point.start for point in up.now.points if point.complete]
    axis = Axis(starts[0], starts[-1] + 1, width=330) if starts else Axis(0, 0)
    picture = noted(page, "opposed", axis, opposed_figure, (better, up), (worse, down))
    draw(picture.figure, picture.name, alt=f"Two lines from 100: {told[0]}, {told[1]}." + picture.told, still=not picture.told)
    offer_to_hide(picture)


def _leak(page: Page, funnel: Funnel) -> None:
    _head(page, "Where people leave", "Open the funnel", "funnels.py")
    k = funnel.worst
    worst = None if k is None else funnel.steps[k]
    if worst is None or k is None:
        st.caption("Everyone who began came through to the last step.")
    else:
        share = percent(1 - worst.share_of_previous, 0) if worst.share_of_previous is not None else UNKNOWN
        before = short(funnel.steps[k - 1].event, 24)
        missed = f"{share} of those who reach {before} do not reach {short(worst.event, 24)}"
        st.caption(literal(f"{missed} {within_words(funnel)}. Hatched: lost."))
    said = ", ".join(f"{step.event} {count(step.count)}" for step in funnel.steps)
    draw(derived(leak_figure, funnel), "leak", alt=f"Customers at each step: {said}.", still=True)

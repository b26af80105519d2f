"""What was hoped for beside what came: one row per experiment, all on one axis, as shares of control; and the archive in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import Any

import plotly.graph_objects as go

from journey.charts.experiments_said import STATES, difference_told, interval_told
from journey.charts.theme import ACCENT, GHOST, INK, MUTED, NEG, PAPER, a, dress, note, plain
from journey.charts.words import change, count, date, moment, percent, several, short
from journey.experiments.metric import ExperimentMetric
from journey.experiments.record import Archive, Decision, Remembered
from journey.experiments.record.search import stems
from journey.experiments.result import BROKEN, Reading
from journey.inference import Interval

ROW, HEAD, RIGHT = 46, 30, 150  # px
LONGEST = 30
NO_WINNER = "<b>broken</b><br>nothing to be read"
FARTHEST = 4.0  # intervals longer than so many times the largest effect are drawn to the edge
STATE_ICONS = {"planned": "event", "running": "hourglass_top", "over": "pending_actions", "decided": "gavel"}
TO_DECIDE = {"planned": "Planned", "running": "Running", "over": "To be decided", "decided": "Decided"}


@dataclass(frozen=True)
class Came:
    """Expected beside seen, as shares of control's value; None where it is not known.

    told: the difference in the metric's own unit with its interval.  better: whether it is told from none, and for the good;
    None where it is not told.  verdict: the sentence it rests on.  broken: no winner can be named.
    """

    name: str
    under: str
    expected: float | None
    seen: float | None
    interval: Interval | None
    told: str
    better: bool | None
    verdict: str = ""
    broken: bool = False


def came_of(one: Remembered, reading: Reading | None, currency: str | None) -> Came | None:
    """From the decision that holds, else from the reading as it stands; None where neither says anything."""
    plan = one.planned.plan if one.planned else None
    metric = plan.primary if plan else None
    expected = plan.effect / abs(plan.baseline) if plan and plan.effect and plan.baseline else None
    if one.compared:
        return _of_decision(one, metric, expected, currency)
    return None if reading is None else _of_reading(one, reading, expected, currency)


def _of_decision(one: Remembered, metric: ExperimentMetric | None, expected: float | None, currency: str | None) -> Came:
    found = max(one.compared, key=lambda compared: abs(compared.seen or 0.0))
    decision = one.decision
    baseline = decision.expected.get("baseline") if decision else None
    expected = found.expected / abs(baseline) if found.expected is not None and baseline else expected
    scale = found.relative / found.seen if found.relative is not None and found.seen else None
    interval = None if scale is None or found.interval is None else _ordered(found.interval[0] * scale, found.interval[1] * scale)
    kind = ExperimentMetric(found.metric) if metric is None or metric.name != found.metric else metric
    broken = decision is not None and decision.decided == BROKEN
    better = None if broken else _better(found.interval, kind)
    told = NO_WINNER if broken else _told(kind, found.seen, found.interval, currency)
    verdict = str(decision.seen.get("verdict") or "") if decision else ""
    return Came(one.experiment, found.metric, expected, found.relative, interval, told, better, verdict, broken)


def _of_reading(one: Remembered, reading: Reading, expected: float | None, currency: str | None) -> Came | None:
    if not reading.primary:
        return None
    first = max(reading.primary, key=lambda estimate: abs(estimate.compared.difference or 0.0))
    found, metric = first.compared, first.metric
    planned = one.planned.plan.primary if one.planned else None
    expected = expected if planned is not None and planned.name == metric.name else None
    broken = reading.verdict.state == BROKEN
    told = NO_WINNER if broken else _told(metric, found.difference, found.interval, currency)
    better = None if broken else _better(found.interval, metric)
    around = _ordered(*found.relative_interval) if found.relative_interval else None
    return Came(one.experiment, metric.name, expected, found.relative, around, told, better, reading.verdict.sentence, broken)


def _better(interval: Interval | None, metric: ExperimentMetric) -> bool | None:
    if interval is None or interval[0] <= 0 <= interval[1]:
        return None
    return (interval[0] > 0) == (metric.good == "up")


def _ordered(low: float, high: float) -> Interval | None:
    return (min(low, high), max(low, high)) if isfinite(low) and isfinite(high) else None


def _told(metric: ExperimentMetric, seen: float | None, interval: Interval | None, currency: str | None) -> str:
    if seen is None:
        return "not known"
    around = interval_told(metric, interval, currency)
    return f"<b>{plain(difference_told(metric, seen, currency))}</b>" + (f"<br>{plain(around)}" if around else "")


def came_figure(rows: Sequence[Came]) -> go.Figure:
    """A dot with its interval is what came, a hollow diamond what was hoped for; grey: not told from none."""
    figure = go.Figure()
    places = list(range(len(rows)))
    reach = _reach(rows)
    for at, row in enumerate(rows):
        if row.interval is not None:
            low, high = (min(max(end, -reach), reach) for end in row.interval)
            figure.add_shape(type="line", x0=low, x1=high, y0=at, y1=at, line={"color": _colour(row), "width": 3})
    drawn = [at for at in places if rows[at].seen is not None]
    figure.add_scatter(
        x=[min(max(rows[at].seen or 0.0, -reach), reach) for at in drawn],
        y=drawn,
        mode="markers",
        marker={
            "size": 11,
            "color": [PAPER if rows[at].broken else _colour(rows[at]) for at in drawn],
            "line": {"width": 2, "color": [_colour(rows[at]) for at in drawn]},
        },
        hovertext=[_hover(rows[at]) for at in drawn],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    hoped = [at for at in places if rows[at].expected is not None]
    figure.add_scatter(
        x=[rows[at].expected for at in hoped],
        y=hoped,
        mode="markers",
        marker={"size": 11, "symbol": "diamond", "color": PAPER, "line": {"width": 2, "color": INK}},
        hovertext=[f"<b>{plain(rows[at].name)}</b><br>hoped for: {change(rows[at].expected)}" for at in hoped],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    dress(figure, HEAD + ROW * max(len(rows), 1), top=6, bottom=4, right=RIGHT)
    figure.add_shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", line={"color": a(MUTED, 0.7), "width": 1}, layer="below")
    step = _step(reach)
    ticks = [-step, 0.0, step]
    figure.update_xaxes(
        range=[-reach * 1.04, reach * 1.04], tickvals=ticks, ticktext=[change(tick, 0 if step >= 0.01 else 1) for tick in ticks]
    )
    names = [f"{plain(short(row.name, LONGEST))}<br><span style='font-size:11px'>{plain(short(row.under, LONGEST))}</span>" for row in rows]
    figure.update_yaxes(
        range=[len(rows) - 0.45, -0.55], tickvals=places, ticktext=names, showgrid=False, tickfont={"size": 12, "color": INK}
    )
    for at, row in enumerate(rows):
        figure.add_annotation(
            note(1, at, row.told, INK if row.better is not None else MUTED, xref="paper", xanchor="left", xshift=14, align="left")
        )
    return figure


def _reach(rows: Sequence[Came]) -> float:
    """Of the axis, either side of zero: all effects, and of the intervals what is not out of all proportion."""
    effects = [abs(x) for row in rows for x in (row.seen, row.expected) if x is not None]
    ends = [abs(end) for row in rows for end in row.interval or ()]
    largest = max(effects, default=0.0)
    return min(max([largest, *ends]), FARTHEST * largest) * 1.08 or max(ends, default=0.0) or 0.1


def _step(reach: float) -> float:
    """A round share, at most as far as the axis goes."""
    power = 10.0 ** floor(log10(reach))
    return round(max(factor * power for factor in (1, 2, 5) if factor * power <= reach), 12)


def _colour(row: Came) -> str:
    return GHOST if row.better is None else ACCENT if row.better else NEG


def _hover(row: Came) -> str:
    around = "" if row.interval is None else f" ({change(row.interval[0])} to {change(row.interval[1])})"
    hoped = "" if row.expected is None else f"<br>hoped for: {change(row.expected)}"
    return f"<b>{plain(row.name)}</b>, {plain(row.under)}<br>{change(row.seen)}{around} of control{hoped}"


def describe_came(rows: Sequence[Came]) -> str:
    """What the figure shows, for those who cannot see it."""
    told = [
        f"{row.name}: {change(row.seen)}" + ("" if row.expected is None else f" where {change(row.expected)} was hoped for")
        for row in rows
        if row.seen is not None
    ]
    return "What came beside what was hoped for, of control's value. " + "; ".join(told) + "."


def archive_sentence(found: Archive) -> str:
    """What was tried, and how it ended."""
    about = asked_words(found)
    if not found.of:
        return "Nothing was tried yet: no experiment is planned, and the log holds none."
    if not found.experiments:
        return f"Nothing was tried about {short(about, 40)}." if about else "No experiment is in this state."
    ends: dict[str, int] = {}
    for one in found.experiments:
        word = _ended(one)
        ends[word] = ends.get(word, 0) + 1
    told = ", ".join(f"{count(n)} {word}" for word, n in ends.items())
    return f"{several(len(found.experiments), 'experiment')}{f' about {short(about, 40)}' if about else ''}: {told}."


def asked_words(found: Archive) -> str:
    """What was searched for, as it was typed: "pages", of "what did we learn about pages?"."""
    typed = [word for word in re.findall(r"\w+", found.about or "") if set(stems(word)) & set(found.words)]
    return " ".join(typed or found.words)


def _ended(one: Remembered) -> str:
    if one.state == "decided" and one.decision is not None:
        return {"ship": "shipped", "stop": "stopped", "broken": "broken"}.get(one.decision.decided, one.decision.decided)
    return {"over": "to be decided"}.get(one.state, one.state)


def archive_caption(found: Archive) -> str:
    learned = sum(bool(one.learned) for one in found.experiments)
    people = f"{several(found.evidence.population, 'customer')} were shown a variant of one of them, each counted once"
    noted = f" · what was learned is written down for {count(learned)}" if learned else ""
    return f"{people}{noted} · of {several(found.of, 'experiment')} in all"


def when_told(one: Remembered, timezone: str) -> str:
    """ "3 Mar 2026 to 28 Apr 2026 · 3,544 customers"."""
    if one.start is None:
        return "no date yet"
    until = "" if one.stop is None else f" to {date(one.stop, timezone)}"
    people = f" · {several(one.customers, 'customer')}" if one.customers else " · nobody was shown it yet"
    return f"{date(one.start, timezone)}{until}{people}"


def decided_told(made: Decision, timezone: str) -> str:
    """ "Ship, by Ann, 3 Mar 2026, 09:00"."""
    return f"{STATES.get(made.decided, made.decided.capitalize())}, by {made.by}, {moment(made.at, timezone)}"


def archive_rows(found: Sequence[tuple[Remembered, Came | None]], timezone: str) -> list[dict[str, Any]]:
    """The same for a table."""
    return [
        {
            "Experiment": one.experiment,
            "State": TO_DECIDE.get(one.state, one.state),
            "From": "" if one.start is None else date(one.start, timezone),
            "To": "" if one.stop is None else date(one.stop, timezone),
            "Customers": one.customers,
            "Hypothesis": one.hypothesis,
            "Metric": came.under if came else (one.metrics[0] if one.metrics else ""),
            "Expected": "" if came is None or came.expected is None else change(came.expected),
            "Seen": "" if came is None or came.seen is None else change(came.seen),
            "95% interval": "" if came is None or came.interval is None else " to ".join(change(end) for end in came.interval),
            "Decision": one.decision.decided if one.decision else "",
            "Who": one.decision.by if one.decision else "",
            "Why": one.decision.why if one.decision else "",
            "Learned": " ".join(one.learned),
            "About": ", ".join(one.about),
        }
        for one, came in found
    ]


def variants_told(one: Remembered) -> str:
    """ "control 1,774, treatment 1,770", or the shares planned while nobody saw one."""
    if one.customers:
        return ", ".join(f"{name} {count(n)}" for name, n in one.variants.items())
    plan = one.planned.plan if one.planned else None
    return ", ".join(f"{name} {percent(share, 0)}" for name, share in plan.variants.items()) if plan else ""

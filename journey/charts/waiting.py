"""How long until customers do something: the share that has, by the time since they began, with its interval."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from journey.charts.theme import ACCENT, CAT, a, dress, note, plain
from journey.charts.words import UNKNOWN, between, count, percent, points, several, short, span
from journey.inference import Interval
from journey.predict.waiting.curve import Curve
from journey.predict.waiting.result import By, Waiting

HEIGHT = 300
FINEST = 240  # steps drawn; more would not be told apart
FEWEST = 10  # still waiting: a curve of fewer is not drawn on
MOST_LINES = 5
MOST_COLUMNS = 3
STEPS = (60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, *(86_400 * n for n in (1, 2, 5, 7, 14, 30, 60, 90, 180, 365)))
CERTAIN = 0.05


def waiting_curve(waiting: Waiting, upto: float | None) -> go.Figure:
    """One stepped line with its band, or one for each of the largest groups; below the axis how many were still waiting."""
    figure, everyone = go.Figure(), waiting.everyone.curve
    last = _last(everyone, upto)
    groups = shown_groups(waiting)
    if groups:
        for colour, (name, curve) in zip(CAT, groups.items(), strict=False):
            _line(figure, curve, min(last, _last(curve, upto)), plain(short(name or "missing", 18)), colour)
    else:
        _line(figure, everyone, last, "", ACCENT)
    dress(figure, HEIGHT, right=150 if groups else 62, bottom=22)
    highest = max((max(trace.y) for trace in figure.data if len(trace.y)), default=0.0)
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if highest <= 5 * step or step == 0.25)
    ticks = [i * step for i in range(6) if i * step <= 1 and (i - 1) * step < highest]
    figure.update_yaxes(range=[0, max(ticks) * 1.02], tickvals=ticks, ticktext=[percent(tick, 0) for tick in ticks])
    _part(figure, max(ticks))
    places = _ticks(last)
    told = [f"{lasting(place)}<br><span style='font-size:11px'>{count(everyone.waiting_at(place))}</span>" for place in places]
    figure.update_xaxes(range=[0, last * 1.002 or 1], tickvals=places, ticktext=told)
    return figure


def shown_groups(waiting: Waiting) -> Mapping[str, Curve]:
    """The lines of the figure, the largest groups first; those that are too small to draw are left to the table."""
    groups = {name: group.curve for name, group in waiting.groups.items() if group.curve.customers >= FEWEST}
    return dict(list(groups.items())[:MOST_LINES])


def _last(curve: Curve, upto: float | None) -> float:
    """Seconds to which the curve is drawn: while at least ten still wait, or all of it where ten never did."""
    enough = float(curve.seen[-FEWEST]) if curve.customers >= FEWEST else curve.longest
    ends = enough if enough > 0 else curve.longest
    return ends if upto is None else min(ends, upto)


def _line(figure: go.Figure, curve: Curve, last: float, name: str, colour: str) -> None:
    """Times where the share steps, thinned evenly over the time drawn."""
    inside = curve.times[curve.times <= last]
    places = np.unique(np.searchsorted(inside, np.linspace(0, last, FINEST), side="right")) - 1
    places = places[places >= 0]
    x = [0.0, *inside[places].tolist(), last]
    share, low, high = ([0.0, *(_known(values[places])), *(_known(values[places])[-1:] or [0.0])] for values in _bands(curve))
    xs, lows, highs = _stepped(x, low), _stepped(low, low, True), _stepped(high, high, True)
    figure.add_trace(
        go.Scatter(
            x=xs + xs[::-1],
            y=highs + lows[::-1],
            fill="toself",
            fillcolor=a(colour, 0.14),
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
        )
    )
    hover = [_hover(curve, name, seconds) for seconds in x]
    line = {"mode": "lines", "line": {"color": colour, "width": 2.2, "shape": "hv"}}
    figure.add_trace(go.Scatter(x=x, y=share, **line, hovertext=hover, hovertemplate="%{hovertext}<extra></extra>"))
    text = f"<b>{name}</b>  {percent(share[-1])}" if name else f"<b>{percent(share[-1])}</b>"
    figure.add_annotation(note(1, share[-1], text, colour, xref="paper", xanchor="left", xshift=8))


def _bands(curve: Curve) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where everyone has done it there is no interval: the band closes on the line."""
    low = np.where(np.isfinite(curve.low), curve.low, curve.share)
    return curve.share, low, np.where(np.isfinite(curve.high), curve.high, curve.share)


def _known(values: np.ndarray) -> list[float]:
    return [float(value) for value in values]


def _stepped(values: Sequence[float], like: Sequence[float], held: bool = False) -> list[float]:
    """Corners of a step: each value lasts until the next x.  held: y values, which last; else x, which come twice."""
    if held:
        return [value for value in values[:-1] for _ in range(2)] + [values[-1]]
    return [values[0], *(x for x in values[1:] for _ in range(2))][: 2 * len(like) - 1]


def _hover(curve: Curve, name: str, seconds: float) -> str:
    share, interval = curve.at(seconds)
    who = f"{name}: " if name else ""
    told = f"{who}<b>{percent(share)}</b> within {span(seconds)} ({told_interval(interval)})"
    return f"{told}<br>{count(curve.waiting_at(seconds))} still waiting then"


def _part(figure: go.Figure, highest: float) -> None:
    """Names at line ends that would touch are moved apart, the lowest staying where it is."""
    floor = -highest
    for name in sorted((one for one in figure.layout.annotations), key=lambda one: one.y):
        name.y = floor = max(name.y, floor + highest * 0.075)


def _ticks(last: float) -> list[float]:
    step = next((step for step in STEPS if last <= 6 * step), STEPS[-1] * max(1, round(last / STEPS[-1] / 5)))
    return [float(k * step) for k in range(int(last / step) + 1)]


def lasting(seconds: float) -> str:
    """A time as `span` writes it, a whole number of hours or days without decimals: "30 d"."""
    for unit, length in (("d", 86_400), ("h", 3_600)):
        if seconds and seconds % length == 0:
            return f"{count(seconds / length)} {unit}"
    return span(seconds) if seconds else "0"


def told_interval(interval: Interval | None) -> str:
    return "no interval" if interval is None else between(*(percent(end) for end in interval))


def waiting_sentence(waiting: Waiting) -> str:
    """By when half have done it, or how many have by the longest round time that was seen."""
    curve, what = waiting.everyone.curve, waiting.label
    if not curve.customers:
        return f"Nobody began to wait: no {waiting.start_label} in this period."
    if not curve.done:
        return f"None of {several(curve.customers, 'customer')} has come to {what} yet; they were seen for up to {span(curve.longest)}."
    median = curve.quantile(0.5)
    waits = f"{count(curve.waiting)} of {count(curve.customers)} have not yet."
    if median is not None:
        low, high = curve.quantile_interval(0.5)
        ends = f"{UNKNOWN if low is None else span(low)} to {'beyond what was seen' if high is None else span(high)}"
        return f"Half have come to {what} within {span(median)} ({ends}); {waits}"
    best = _longest_told(waiting)
    if best is None:
        return f"Fewer than half have come to {what} in the {span(curve.longest)} seen; {waits}"
    told = f"{percent(best.share)} ({told_interval(best.interval)}) have come to {what} within {lasting(best.seconds)}"
    return f"{told}; half have not in the {span(curve.longest)} seen. {waits}"


def naive_words(waiting: Waiting) -> str:
    """What would be said if those who still wait were left out, or taken as never coming."""
    best, curve = _longest_told(waiting), waiting.everyone.curve
    if best is None or not curve.waiting or not curve.done or best.naive is None or best.share is None:
        return ""
    return (
        f"Who has not by the data's end counts for as long as they were seen. Without that, {percent(best.naive)} instead of "
        f"{percent(best.share)} would seem to have within {lasting(best.seconds)} ({points(best.naive - best.share)})."
    )


def _longest_told(waiting: Waiting) -> By | None:
    known = [by for by in waiting.everyone.by if by.share is not None and waiting.everyone.curve.waiting_at(by.seconds) >= FEWEST]
    return known[-1] if known else None


def groups_sentence(waiting: Waiting) -> str:
    """Whether groups differ, and which of them from the rest."""
    name = waiting.question.breakdown
    if len(waiting.groups) < 2:
        return f"There is one group by {name}, so there is nothing to compare."
    if waiting.overall is None:
        return "The groups cannot be compared: too little has happened in them."
    told = [one.group or "missing" for one in waiting.against_rest if one.q is not None and one.q < CERTAIN]
    if waiting.overall.p >= CERTAIN or not told:
        return f"The groups by {name} are not told apart from chance (log-rank p {p_words(waiting.overall.p)})."
    which = ", ".join(told[:4]) + (f" and {len(told) - 4} more" if len(told) > 4 else "")
    return f"Groups by {name} differ (log-rank p {p_words(waiting.overall.p)}); apart from the others: {which} (q below {CERTAIN})."


def p_words(p: float | None) -> str:
    return UNKNOWN if p is None else "<0.001" if p < 0.001 else f"{p:.3f}"


def waiting_rows(waiting: Waiting) -> list[dict[str, object]]:
    """One row per group, everyone first: who began, who has done it, the median and the shares with their intervals."""
    qs = {one.group: one.q for one in waiting.against_rest}
    rows = []
    for name, group in [("Everyone", waiting.everyone), *((name or "missing", group) for name, group in waiting.groups.items())]:
        curve = group.curve
        median, (low, high) = curve.quantile(0.5), curve.quantile_interval(0.5)
        row: dict[str, object] = {"Group": name, "Began": curve.customers, "Done": curve.done, "Still waiting": curve.waiting}
        row["Median"] = "not reached" if median is None else span(median)
        row["95%"] = "" if median is None else f"{span(low)} to {'not reached' if high is None else span(high)}"
        if waiting.groups:
            row["q, against others"] = "" if name == "Everyone" else p_words(qs.get("" if name == "missing" else name))
        for by in group.by[-MOST_COLUMNS:]:
            row[f"Within {lasting(by.seconds)}"] = UNKNOWN if by.share is None else f"{percent(by.share)} ({told_interval(by.interval)})"
        rows.append(row)
    return rows

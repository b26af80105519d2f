"""How return falls off with age: newer against older cohorts, or a line for each value of a property, with its interval."""

from collections.abc import Sequence

import plotly.graph_objects as go

from journey.charts.retention import SMALL, period_name, start_label, told_interval
from journey.charts.theme import ACCENT, CAT, MUTED, a, dress, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import between, dates, percent, short
from journey.inference import Interval
from journey.retention import Comparison, Retention, RetentionTable, Side

MOST_GROUPS = 5


def retention_curve(retention: Retention, comparison: Comparison | None) -> go.Figure:
    """Share that came back by period, over complete cells: newer against older cohorts, or all of them."""
    figure = go.Figure()
    if comparison is None:
        _line(figure, retention, retention.mean, retention.intervals, "All cohorts", newer=True)
        return _frame(figure, retention, _highest(retention, []))
    for side, newer in ((comparison.older, False), (comparison.newer, True)):
        since = f"Since {start_label(side.since, retention.question, retention.timezone, retention.cohorts)}"
        name = since if newer else "Before" if comparison.halves else joined_between(retention, side)
        _line(figure, retention, side.shares, side.intervals, name, newer)
    _part_sides(figure, retention, comparison)
    return _frame(figure, retention, _highest(retention, [comparison.newer, comparison.older]))


def joined_between(retention: Retention, side: Side) -> str:
    """ "26 May to 23 Aug": when the first and the last of a side joined."""
    first, last = side.since, side.cohorts[-1].stop - 1
    if retention.question.period == "month":
        names = [start_label(ms, retention.question, retention.timezone, ()) for ms in (first, last)]
        return names[0] if names[0] == names[1] else between(*names)
    return between(*dates([first, last], retention.timezone))


def _part_sides(figure: go.Figure, retention: Retention, comparison: Comparison) -> None:
    """The name of the higher line above its end and that of the lower one below: the newer ends while the older runs on.

    Where they end in different periods, each says in which.
    """
    names = list(figure.layout.annotations)
    if len(names) < 2:
        return
    older, newer = names
    beside = comparison.older.shares[newer.x] if newer.x < len(comparison.older.shares) else None
    upper = newer if newer.y > (older.y if beside is None else beside) else older
    for name in (older, newer):
        if newer.x != older.x:
            # at the end of the axis only the margin is left: a line of its own
            name.text += f"{'<br>' if name is newer else ' '}in {period_name(retention.question, name.x)}"
            name.align = "left"
        name.update(xshift=4 if name is newer else 10, yanchor="bottom" if name is upper else "top", yshift=6 if name is upper else -6)


def shown_groups(retention: Retention) -> dict[str, RetentionTable]:
    """The lines of the figure: the largest groups of a breakdown; small ones only where there are no larger."""
    measured = {name: table for name, table in retention.breakdown.items() if any(mean is not None for mean in table.mean[1:])}
    large = {name: table for name, table in measured.items() if table.size >= SMALL}
    return dict(list((large or measured).items())[:MOST_GROUPS])


def groups_curve(retention: Retention) -> go.Figure:
    """Share that came back by period, one line and band per group of `shown_groups`."""
    figure, groups = go.Figure(), shown_groups(retention)
    for colour, (name, table) in zip(CAT, groups.items(), strict=False):
        _line(figure, retention, table.mean, table.intervals, plain(short(name or "missing", 18)), True, colour)
    highest = max((interval[1] for table in groups.values() for interval in table.intervals if interval), default=1.0)
    _part_names(figure, highest)
    return _frame(figure, retention, highest)


def _part_names(figure: go.Figure, highest: float) -> None:
    """Names at line ends that would touch are moved apart, the lowest staying where it is."""
    floor = -highest
    for name in sorted(figure.layout.annotations, key=lambda name: name.y):
        name.y = floor = max(name.y, floor + highest * 0.085)


def _line(
    figure: go.Figure,
    retention: Retention,
    shares: Sequence[float | None],
    intervals: Sequence[Interval | None],
    name: str,
    newer: bool,
    colour: str | None = None,
) -> None:
    """A band, its line, and its name at the line's end."""
    points = [
        (k, share, interval) for k, (share, interval) in enumerate(zip(shares, intervals, strict=True)) if share is not None and interval
    ]
    if not points:
        return
    x, y = [k for k, _, _ in points], [share for _, share, _ in points]
    low, high = [interval[0] for _, _, interval in points], [interval[1] for _, _, interval in points]
    colour = colour or (ACCENT if newer else MUTED)
    band = {"x": x + x[::-1], "y": high + low[::-1], "fill": "toself", "fillcolor": a(colour, 0.14), "mode": "lines"}
    figure.add_trace(go.Scatter(**band, line={"width": 0}, hoverinfo="skip"))
    figure.add_trace(
        go.Scatter(
            x=x,
            y=y,
            mode="lines+markers",
            line={"color": colour, "width": 2.2, "dash": "solid" if newer else "dot"},
            marker={"size": 6, "color": colour},
            error_y=whiskers(*_only(points), colour) if len(points) == 1 else None,
            hovertext=[f"{name}: <b>{percent(s)}</b> in {period_name(retention.question, k)} ({told_interval(i)})" for k, s, i in points],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    weight = f"<b>{name}</b>  {percent(y[-1])}" if newer else f"{name}  <b>{percent(y[-1])}</b>"
    figure.add_annotation(note(x[-1], y[-1], weight, colour=colour, xanchor="left", xshift=10))


def _only(points: Sequence[tuple[int, float, Interval]]) -> tuple[list[float], list[Interval]]:
    """Share and interval of a point that stands alone: it has no band to show its interval by."""
    _, share, interval = points[0]
    return [share], [interval]


def _highest(retention: Retention, sides: Sequence[Side]) -> float:
    intervals = [interval for side in sides for interval in side.intervals] if sides else list(retention.intervals)
    return max((interval[1] for interval in intervals if interval), default=1.0)


def _frame(figure: go.Figure, retention: Retention, highest: float) -> go.Figure:
    dress(figure, 280, right=170)
    step = next(step for step in (0.02, 0.05, 0.1, 0.2, 0.25, 0.5) if highest <= 4 * step or step == 0.5)
    ticks = [i * step for i in range(5) if i * step <= 1 and (i - 1) * step < highest]
    last = max((max(trace.x) for trace in figure.data if len(trace.x)), default=1)
    figure.update_yaxes(range=[0, min(max(ticks), 1) * 1.02], tickvals=ticks, ticktext=[percent(tick, 0) for tick in ticks])
    places = [k for k in range(1, last + 1) if last <= 16 or k % -(-last // 16) == 0]
    names = [period_name(retention.question, k).split(" ", 1)[1] for k in places]
    figure.update_xaxes(range=[0.7, last + 0.05], tickvals=places, ticktext=names)
    return figure

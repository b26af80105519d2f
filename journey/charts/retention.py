"""Who came back: a heatmap of cohorts, and a curve with its interval below it."""

from collections.abc import Iterator, Sequence
from typing import Any

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, CAT, INK, MUTED, PAPER, RAMP, a, dress, note, plain
from journey.charts.words import between, count, date, day, percent, short
from journey.inference import Interval, wilson
from journey.retention import Cohort, Comparison, Retention, RetentionQuestion, RetentionTable, Side

SMALL = 100  # below it, a share's 95% interval can be wider than ten points to each side
MOST_ROWS = 14
MOST_GROUPS = 5
ROW_PX = 34
LABEL_PX = 128


def shown_cohorts(retention: Retention) -> tuple[Cohort, ...]:
    """The newest cohorts that had any time to come back, oldest first: the rows of the heatmap, from one that is not empty to another."""
    ready = [cohort for cohort in retention.cohorts if len(cohort.begun) > 1 and cohort.begun[1]]
    while ready and not ready[-1].size:
        ready.pop()
    rows = ready[-MOST_ROWS:]
    while rows and not rows[0].size:
        rows.pop(0)
    return tuple(rows)


def period_name(question: RetentionQuestion, place: int) -> str:
    """ "week 5", or "weeks 4-7" for a bracket."""
    first, last = question.span(place)
    return f"{question.period} {first}" if first == last else f"{question.period}s {first}–{last}"


def start_label(ms: int, question: RetentionQuestion, timezone: str, cohorts: Sequence[Cohort]) -> str:
    """A cohort's start; with its year where the cohorts span several."""
    years = {date(cohort.start, timezone)[-4:] for cohort in cohorts}
    if question.period == "month":
        return date(ms, timezone).split(" ", 1)[1]
    return date(ms, timezone) if len(years) > 1 else day(ms, timezone)


def retention_heatmap(retention: Retention) -> go.Figure:
    """One row per cohort of `shown_cohorts`, numbered from 0; one column per period, x = its number.

    Numbers are percent of the cohort.  Hatched: the period is not over.  Faded: fewer than SMALL customers.
    """
    rows = shown_cohorts(retention)
    columns = max(sum(cohort.begun) for cohort in rows) - 1
    top = max([share for row in rows for k in range(1, columns + 1) if (share := _cell(row, k)) is not None], default=0)
    figure = go.Figure()
    for small in (False, True):
        part = [row if (row.size < SMALL) == small else None for row in rows]
        if any(part):
            figure.add_trace(_cells(retention, part, columns, top or 1, small))
    dress(figure, 30 + ROW_PX * len(rows), left=LABEL_PX, top=28)
    figure.update_layout(shapes=[_hatch(rows)], annotations=_row_labels(retention, rows))
    names = [period_name(retention.question, k) for k in range(1, columns + 1)]
    figure.update_xaxes(
        side="top",
        range=[0.5, columns + 0.5],
        tickvals=list(range(1, columns + 1)),
        ticktext=[names[0].capitalize(), *[name.split(" ", 1)[1] for name in names[1:]]],
        ticklabelstandoff=4,
    )
    figure.update_yaxes(range=[len(rows) - 0.5, -0.5], showgrid=False, showticklabels=False, automargin=False)
    return figure


def _cell(cohort: Cohort, place: int) -> float | None:
    """The share in a cell; None where it is not yet, or nobody joined."""
    return cohort.share(place) if place < len(cohort.begun) and cohort.begun[place] else None


def _cells(retention: Retention, rows: Sequence[Cohort | None], columns: int, top: float, small: bool) -> go.Heatmap:
    places = range(1, columns + 1)
    shares = [[None if row is None else _cell(row, k) for k in places] for row in rows]
    return go.Heatmap(
        x=list(places),
        y=list(range(len(rows))),
        z=shares,
        zmin=0,
        zmax=top,
        colorscale=RAMP,
        showscale=False,
        opacity=0.4 if small else 1,
        xgap=2,
        ygap=2,
        hoverongaps=False,
        text=[["" if share is None else percent(share, 0).rstrip("%") for share in row] for row in shares],
        texttemplate="%{text}",
        textfont={"size": 12, "color": MUTED if small else INK},
        hovertext=[["" if row is None else _hover(retention, row, k) for k in places] for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _hover(retention: Retention, cohort: Cohort, place: int) -> str:
    if _cell(cohort, place) is None:
        return ""
    returned, unfinished = cohort.returned[place], "" if cohort.complete[place] else "<br>Not over yet: may still rise"
    return (
        f"<b>{percent(cohort.share(place))}</b> of {count(cohort.size)} who joined {date(cohort.start, retention.timezone)}<br>"
        f"{count(returned)} came back in {period_name(retention.question, place)} "
        f"({_told(wilson(returned, cohort.size))}){unfinished}"
    )


def _told(interval: Interval | None) -> str:
    return "no interval" if interval is None else between(percent(interval[0]), percent(interval[1]))


def _row_labels(retention: Retention, rows: Sequence[Cohort]) -> list[dict]:
    """Two columns left of the cells: when the cohort joined, and how many they are."""
    beside: dict[str, Any] = {"xref": "paper", "yref": "y"}
    heads = [
        note(0, 1, text, xref="paper", yref="paper", xshift=shift, yshift=12, xanchor=anchor)
        for text, shift, anchor in (("Joined", -LABEL_PX, "left"), ("Customers", -8, "right"))
    ]
    for i, row in enumerate(rows):
        start = start_label(row.start, retention.question, retention.timezone, rows)
        heads.append(note(0, i, start, INK, **beside, xshift=-LABEL_PX, xanchor="left"))
        heads.append(note(0, i, f"<b>{count(row.size)}</b>", INK, **beside, xshift=-8, xanchor="right"))
    return heads


def _hatch(rows: Sequence[Cohort]) -> dict:
    """All incomplete cells in one path: a shape for each would be drawn, and paid for, one by one."""
    strokes = [
        f"M{place - 0.5 + u0:.3f},{i - 0.5 + v0:.3f}L{place - 0.5 + u1:.3f},{i - 0.5 + v1:.3f}"
        for i, row in enumerate(rows)
        for place in range(1, len(row.begun))
        if row.begun[place] and not row.complete[place] and row.size
        for (u0, v0), (u1, v1) in _strokes()
    ]
    return {"type": "path", "path": "".join(strokes) or "M0,0", "line": {"color": a(PAPER, 0.85), "width": 1.5}, "layer": "above"}


def _strokes() -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Diagonals of the unit square, interrupted where the number stands."""
    for step in range(-5, 6):
        shift = step / 5.5
        start, stop = max(0.0, -shift), min(1.0, 1.0 - shift)
        inner = max(0.29, 0.14 - shift), min(0.71, 0.86 - shift)
        parts = [(start, stop)] if inner[0] >= inner[1] else [(start, inner[0]), (inner[1], stop)]
        yield from (((u0, 1 - u0 - shift), (u1, 1 - u1 - shift)) for u0, u1 in parts if u1 > u0)


def retention_curve(retention: Retention, comparison: Comparison | None) -> go.Figure:
    """Share that came back by period, over complete cells: newer against older cohorts, or all of them."""
    figure = go.Figure()
    if comparison is None:
        _line(figure, retention, retention.mean, retention.intervals, "All cohorts", newer=True)
        return _frame(figure, retention, _highest(retention, []))
    for side, newer in ((comparison.older, False), (comparison.newer, True)):
        name = f"Since {start_label(side.since, retention.question, retention.timezone, retention.cohorts)}" if newer else "Before"
        _line(figure, retention, side.shares, side.intervals, name, newer)
    _part_sides(figure, retention, comparison)
    return _frame(figure, retention, _highest(retention, [comparison.newer, comparison.older]))


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
            name.text += f" in {period_name(retention.question, name.x)}"
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
            error_y=_whisker(points, colour) if len(points) == 1 else None,
            hovertext=[f"{name}: <b>{percent(s)}</b> in {period_name(retention.question, k)} ({_told(i)})" for k, s, i in points],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    weight = f"<b>{name}</b>  {percent(y[-1])}" if newer else f"{name}  <b>{percent(y[-1])}</b>"
    figure.add_annotation(note(x[-1], y[-1], weight, colour=colour, xanchor="left", xshift=10))


def _whisker(points: Sequence[tuple[int, float, Interval]], colour: str) -> dict:
    """One point has no band to show its interval by."""
    _, share, (low, high) = points[0]
    return {"symmetric": False, "array": [high - share], "arrayminus": [share - low], "color": colour, "thickness": 1.5, "width": 5}


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

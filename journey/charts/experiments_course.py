"""How a difference went, day by day: its interval, the boundary beyond which it is called, and the interval that would have fooled."""

import math
from collections.abc import Sequence
from dataclasses import replace

import plotly.graph_objects as go

from journey.charts.experiments_said import course_sentence, difference_told, point_told, seen_day
from journey.charts.theme import ACCENT, CAUTION, GHOST, INK, MUTED, PAPER, a, dress, note
from journey.charts.words import dates
from journey.experiments.metric import ExperimentMetric
from journey.experiments.result import Course, Point

SETTLED = 0.3  # the share of the course, from its start, that does not set the height of the picture
MOST_TICKS = 6


def course_figure(
    course: Course, timezone: str = "UTC", currency: str | None = None, *, mute: bool = False, daily: bool = True, height: int = 300
) -> go.Figure:
    """The line is the difference as it stood, its band the interval in force; dotted: the ordinary interval.

    Dashed: the boundary beyond which it is called; only where the reading may be looked at daily.
    """
    kept = (point for point in course.points if point.difference is not None)
    points = [point if daily else replace(point, boundary=None) for point in kept]
    colour = MUTED if mute else ACCENT
    figure = go.Figure()
    reach = _reach(points)
    _band(figure, points, colour)
    _boundary(figure, points)
    _naive(figure, points)
    figure.add_trace(
        go.Scatter(
            x=[point.at for point in points],
            y=[point.difference for point in points],
            mode="lines+markers" if len(points) < 3 else "lines",
            line={"color": colour, "width": 2.4},
            customdata=[point_told(course, point, timezone, currency) for point in points],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    dress(figure, height, top=22, bottom=4, right=118)
    figure.add_hline(y=0, line={"color": INK, "width": 1.2}, layer="below")
    _axes(figure, course, points, reach, timezone, currency)
    _labels(figure, course, points, reach, colour, timezone, currency)
    return figure


def _reach(points: Sequence[Point]) -> tuple[float, float]:
    """The first days swing widest and say least: the later ones, and what a peek fell for, set the height."""
    later = points[int(len(points) * SETTLED) :] or points
    ends = [end for point in later for end in (point.difference, point.low, point.high, *(point.naive or ())) if end is not None]
    ends += [sign * point.boundary for point in later[-1:] if point.boundary for sign in (-1, 1)]
    ends += [0.0]
    low, high = min(ends), max(ends)
    room = (high - low) * 0.05 or 0.01
    return low - room, high + room


def _band(figure: go.Figure, points: Sequence[Point], colour: str) -> None:
    held = [(point.at, point.low, point.high) for point in points if point.low is not None and point.high is not None]
    x = [at for at, _, _ in held]
    figure.add_trace(
        go.Scatter(
            x=x + x[::-1],
            y=[high for _, _, high in held] + [low for _, low, _ in held][::-1],
            mode="lines",
            fill="toself",
            fillcolor=a(colour, 0.14),
            line={"width": 0},
            hoverinfo="skip",
        )
    )


def _boundary(figure: go.Figure, points: Sequence[Point]) -> None:
    """Both sides of zero: a difference outside is called."""
    held = [(point.at, point.boundary) for point in points if point.boundary is not None]
    for sign in (1, -1):
        figure.add_trace(
            go.Scatter(
                x=[at for at, _ in held],
                y=[sign * size for _, size in held],
                mode="lines",
                line={"color": INK, "width": 1.4, "dash": "dash"},
                hoverinfo="skip",
            )
        )


def _naive(figure: go.Figure, points: Sequence[Point]) -> None:
    held = [(point.at, point.naive) for point in points if point.naive is not None]
    for end in (0, 1):
        figure.add_trace(
            go.Scatter(
                x=[at for at, _ in held],
                y=[pair[end] for _, pair in held],
                mode="lines",
                line={"color": a(MUTED, 0.75), "width": 1.2, "dash": "dot"},
                hoverinfo="skip",
            )
        )


def _axes(
    figure: go.Figure, course: Course, points: Sequence[Point], reach: tuple[float, float], timezone: str, currency: str | None
) -> None:
    levels = levels_between(*reach)
    figure.update_yaxes(
        range=list(reach),
        tickvals=levels,
        ticktext=["0" if not level else _level(course.metric, level, currency) for level in levels],
    )
    shown = points if len(points) <= MOST_TICKS else [points[round(k * (len(points) - 1) / (MOST_TICKS - 1))] for k in range(MOST_TICKS)]
    ends = [points[0].at, points[-1].at] if len(points) > 1 else None
    told = dates([point.at - 1 for point in shown], timezone)
    figure.update_xaxes(tickvals=[point.at for point in shown], ticktext=told, range=ends, ticklabelstandoff=8)


def _level(metric: ExperimentMetric, level: float, currency: str | None) -> str:
    return difference_told(metric, level, currency)


def levels_between(low: float, high: float) -> list[float]:
    """Three to five round levels, zero among them."""
    tens = 10.0 ** math.floor(math.log10((high - low) / 4.5))
    step = next(tens * size for size in (1, 2, 2.5, 5, 10) if (high - low) / (tens * size) <= 4.5)
    return [round(step * at, 10) for at in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _labels(
    figure: go.Figure,
    course: Course,
    points: Sequence[Point],
    reach: tuple[float, float],
    colour: str,
    timezone: str,
    currency: str | None,
) -> None:
    """The value at the line's end, what the dashes are, and where a peek would have been fooled."""
    if not points:
        return
    last = points[-1]
    said = f"<b>{difference_told(course.metric, last.difference, currency)}</b>"
    figure.add_annotation(**note(last.at, last.difference, said, colour, xanchor="left", xshift=8))
    if last.boundary is not None:
        for sign in (1, -1):
            if reach[0] < sign * last.boundary < reach[1] and abs(sign * last.boundary - (last.difference or 0.0)) > 0.08 * (
                reach[1] - reach[0]
            ):
                side = "above: called" if sign > 0 else "below: called"
                figure.add_annotation(**note(last.at, sign * last.boundary, side, INK, 11, xanchor="left", xshift=8))
    fooled = next((point for point in points if point.at == course.peeked), None)
    if fooled is not None and fooled.difference is not None:
        y = min(max(fooled.difference, reach[0]), reach[1])
        figure.add_trace(
            go.Scatter(
                x=[fooled.at],
                y=[y],
                mode="markers",
                marker={"size": 11, "symbol": "x-thin", "line": {"color": CAUTION, "width": 2.4}, "color": CAUTION},
                customdata=[f"{seen_day(fooled, timezone)}: an ordinary interval leaves no difference out"],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
        right = points.index(fooled) < len(points) / 2
        text = f"<b>{seen_day(fooled, timezone)}</b>: an ordinary look calls it"
        figure.add_annotation(
            **note(fooled.at, 1, text, INK, 11, yref="paper", yanchor="bottom", xanchor="left" if right else "right", bgcolor=a(PAPER, 0.6))
        )
        figure.add_vline(x=fooled.at, line={"color": a(GHOST, 0.9), "width": 1}, layer="below")


def describe_course(course: Course, timezone: str = "UTC", currency: str | None = None, daily: bool = True) -> str:
    """What the figure shows, for those who cannot see it."""
    points = [point for point in course.points if point.difference is not None]
    if not points:
        return f"{course.metric.name}: no day holds enough units."
    told = [point_told(course, point, timezone, currency) for point in {0: points[0], 1: points[-1]}.values()]
    return f"{course.metric.name} over time: {'; '.join(told)}. {course_sentence(course, timezone, daily)}"

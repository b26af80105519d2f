"""Scenarios side by side, and options by what they take and what they bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from journey.charts.roi import ZERO, money_axis, month_axis, month_ticks
from journey.charts.roi_axis import levels
from journey.charts.roi_told import sum_told
from journey.charts.theme import ACCENT, CAT, GHOST, INK, MUTED, PAPER, a, dress, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import between, decimal, short
from journey.inference import Interval

COURSES_PX, OPTIONS_PX, APART_PX = 280, 300, 17
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


@dataclass(frozen=True)
class Line:
    """One scenario.  middle: cumulative profit from the start (month 0); interval: P10 and P90 at its last month."""

    name: str
    middle: Sequence[float]
    interval: Interval | None


def courses_figure(lines: Sequence[Line], currency: str | None) -> go.Figure:
    """Cumulative profit of each scenario; its name and its amount stand at its end, the P10 to P90 there as a whisker."""
    months = max(len(line.middle) for line in lines) - 1
    ends = [0.0, *(value for line in lines for value in (*line.middle, *(line.interval or ())))]
    low, high = min(ends), max(ends)
    pad = (high - low or 1.0) * 0.05
    figure = go.Figure()
    for place, line in enumerate(lines):
        figure.add_scatter(
            x=list(range(len(line.middle))),
            y=list(line.middle),
            mode="lines",
            line={"color": CAT[place], "width": 2.5, "dash": DASHES[place % len(DASHES)]},
            hovertext=[
                f"{plain(short(line.name))}, month {month}: <b>{plain(sum_told(y, currency))}</b>" for month, y in enumerate(line.middle)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
        if line.interval is not None:
            figure.add_scatter(**_whisker(line, months * 0.012 * place, place))
    heights = spaced([line.middle[-1] for line in lines], (high - low + 2 * pad) * APART_PX / (COURSES_PX - 34))
    names = [_named(line, y, CAT[place], currency) for place, (line, y) in enumerate(zip(lines, heights, strict=True))]
    return dress(
        figure,
        COURSES_PX,
        right=168,
        top=10,
        bottom=4,
        annotations=names,
        shapes=[ZERO],
        yaxis=money_axis(levels(low, high), currency) | {"range": [low - pad, high + pad]},
        xaxis=month_axis(month_ticks(months)) | {"range": [0, months * 1.05]},
    )


def _named(line: Line, y: float, colour: str, currency: str | None) -> dict[str, Any]:
    said = f"<b>{plain(short(line.name, 18))}</b> {plain(sum_told(line.middle[-1], currency))}"
    return note(1, y, said, colour, xref="paper", xanchor="left", xshift=6)


def _whisker(line: Line, beside: float, place: int) -> dict[str, object]:
    return {
        "x": [len(line.middle) - 1 + beside],
        "y": [line.middle[-1]],
        "mode": "markers",
        "marker": {"color": CAT[place], "size": 6},
        "error_y": whiskers([line.middle[-1]], [line.interval], CAT[place]),
        "hoverinfo": "skip",
    }


def spaced(heights: Sequence[float], apart: float) -> list[float]:
    """The heights in their order, moved so that neighbours are at least so far apart, as little as that takes."""
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    placed = [heights[place] for place in order]
    for at in range(1, len(placed)):
        placed[at] = max(placed[at], placed[at - 1] + apart)
    shift = sum(y - heights[place] for y, place in zip(placed, order, strict=True)) / max(len(order), 1)
    found = [0.0] * len(order)
    for y, place in zip(placed, order, strict=True):
        found[place] = y - shift
    return found


@dataclass(frozen=True)
class Spot:
    """An option.  effort: above 0, in the unit people chose; value: what it brings; interval: P10 and P90 of it."""

    name: str
    effort: float
    value: float
    interval: Interval | None


def options_figure(spots: Sequence[Spot], unit: str, currency: str | None) -> go.Figure:
    """Each option at its effort and its profit, numbered by rank, the first of them filled; whiskers: P10 to P90."""
    ends = [0.0, *(value for spot in spots for value in (spot.value, *(spot.interval or ())))]
    low, high, widest = min(ends), max(ends), max(spot.effort for spot in spots)
    figure = go.Figure()
    for rank, spot in enumerate(spots, 1):
        figure.add_scatter(**_spot(rank, spot, unit, currency))
    pad = (high - low or 1.0) * 0.09
    efforts = levels(0, widest)
    ticks = {"tickvals": efforts, "ticktext": [decimal(tick, 0 if tick == round(tick) else 1) for tick in efforts], "ticklabelstandoff": 4}
    return dress(
        figure,
        OPTIONS_PX,
        right=8,
        top=12,
        bottom=40,
        annotations=_options_told(spots, unit, widest * 1.4, high - low + 2 * pad),
        shapes=[ZERO],
        yaxis=money_axis(levels(low, high), currency) | {"range": [low - pad, high + pad]},
        xaxis=ticks | {"range": [0, widest * 1.4], "showgrid": True, "gridcolor": a(GHOST, 0.3)},
    )


def _options_told(spots: Sequence[Spot], unit: str, width: float, height: float) -> list[dict[str, Any]]:
    """What the axis is of, and the name of each option where no other lies in its way."""
    axis = note(1, 0, f"Effort, {plain(unit)}", MUTED, xref="paper", yref="paper", xanchor="right", yanchor="top", yshift=-20)
    named = [
        note(spot.effort, spot.value, plain(short(spot.name, 24)), INK if place == 0 else MUTED, xanchor="left", xshift=15)
        for place, spot in enumerate(spots)
        if not _covered(spot, spots, width, height)
    ]
    return [axis, *named]


def _spot(rank: int, spot: Spot, unit: str, currency: str | None) -> dict[str, object]:
    low, high = spot.interval or (spot.value, spot.value)
    around = f", {plain(between(sum_told(low, currency), sum_told(high, currency)))}" if spot.interval else ""
    said = f"{plain(spot.name)}: <b>{plain(sum_told(spot.value, currency))}</b>{around}<br>{decimal(spot.effort)} {plain(unit)}"
    return {
        "x": [spot.effort],
        "y": [spot.value],
        "mode": "markers+text",
        "text": [str(rank)],
        "textfont": {"color": PAPER if rank == 1 else INK, "size": 12},
        "marker": {"size": 22, "color": ACCENT if rank == 1 else PAPER, "line": {"color": ACCENT, "width": 1.5}, "opacity": 1},
        "error_y": whiskers([spot.value], [(low, high)], a(ACCENT, 0.45)),
        "hovertext": [said],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _covered(spot: Spot, spots: Sequence[Spot], width: float, height: float) -> bool:
    """Whether another option lies where the name would stand: its number is enough then."""
    return any(
        other is not spot and 0 <= other.effort - spot.effort < 0.3 * width and abs(other.value - spot.value) < 0.07 * height
        for other in spots
    )

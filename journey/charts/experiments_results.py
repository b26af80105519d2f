"""Every metric of an experiment against control: estimate, interval, and the line that a guardrail must not cross."""

from collections.abc import Sequence

import plotly.graph_objects as go

from journey.charts.experiments_course import levels_between
from journey.charts.experiments_said import BETTER, MUTE, UNTOLD, WORSE, Row
from journey.charts.theme import GHOST, INK, MUTED, NEG, PAPER, POS, a, dress, note, plain
from journey.charts.words import change, short

ROW = 50
COLOURS = {BETTER: POS, WORSE: NEG, UNTOLD: MUTED, MUTE: GHOST}
SYMBOLS = {BETTER: "square", WORSE: "diamond", UNTOLD: "circle", MUTE: "circle"}
FARTHEST = 3.0  # a metric that is this many times as wide as the middle one is cut, with an arrow


def forest_figure(rows: Sequence[Row]) -> go.Figure:
    """Differences over control's value, so that metrics of several units share an axis; what each is stands at the right."""
    figure = go.Figure()
    low, high = _reach(rows)
    for place, row in enumerate(rows):
        if row.share is not None:
            _draw(figure, place, row, low, high)
    dress(figure, len(rows) * ROW + 34, top=4, bottom=2, right=136)
    for place, row in enumerate(rows):
        figure.add_annotation(**note(1, place, _value(row), INK, xref="paper", xanchor="left", xshift=10, align="left"))
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[_label(row) for row in rows],
        range=[len(rows) - 0.5, -0.5],
        showgrid=False,
        tickfont={"size": 12, "color": INK},
    )
    ticks = levels_between(low, high)
    figure.update_xaxes(
        range=[low, high],
        tickvals=ticks,
        ticktext=["0" if not tick else change(tick, 0 if abs(tick) >= 0.01 else 1) for tick in ticks],
        showgrid=True,
        gridcolor=a(GHOST, 0.45),
    )
    figure.add_vline(x=0, line={"color": INK, "width": 1.2}, layer="below")
    return figure


def _reach(rows: Sequence[Row]) -> tuple[float, float]:
    """The axis, with room; one metric that is far wider than the others does not press them flat."""
    sizes = sorted(max(abs(end) for end in (row.share, row.low, row.high, row.margin) if end is not None) for row in rows if _is_drawn(row))
    if not sizes:
        return -0.1, 0.1
    cut = max(FARTHEST * sizes[(len(sizes) - 1) // 2], 0.001)
    ends = [end for row in rows if _is_drawn(row) for end in (row.share, row.low, row.high, row.margin) if end is not None]
    low, high = max(min([0.0, *ends]), -cut), min(max([0.0, *ends]), cut)
    room = (high - low) * 0.06 or 0.01
    return low - room, high + room


def _is_drawn(row: Row) -> bool:
    return row.share is not None


def _label(row: Row) -> str:
    name = plain(short(row.name, 28))
    return f"{f'<b>{name}</b>' if row.primary else name}<br><span style='font-size:11px;color:{MUTED}'>{plain(short(row.under, 44))}</span>"


def _value(row: Row) -> str:
    colour = MUTED if row.state == MUTE else INK
    around = f"<br><span style='font-size:11px;color:{MUTED}'>{plain(row.around)}</span>" if row.around else ""
    return f"<span style='color:{colour}'><b>{plain(row.value)}</b></span>{around}"


def _draw(figure: go.Figure, place: int, row: Row, low: float, high: float) -> None:
    colour = COLOURS[row.state]
    if row.margin is not None:
        figure.add_trace(_margin(place, row.margin, row.state))
    if row.low is not None and row.high is not None:
        ends = [max(row.low, low), min(row.high, high)]
        figure.add_trace(
            go.Scatter(
                x=ends,
                y=[place, place],
                mode="lines",
                line={"color": a(colour, 0.9), "width": 2.2, "dash": "dot" if row.state == MUTE else "solid"},
                hoverinfo="skip",
            )
        )
    hollow = row.state in (UNTOLD, MUTE)
    figure.add_trace(
        go.Scatter(
            x=[min(max(row.share or 0.0, low), high)],
            y=[place],
            mode="markers",
            marker={
                "size": 11,
                "symbol": SYMBOLS[row.state],
                "color": PAPER if hollow else colour,
                "line": {"color": colour, "width": 2},
            },
            customdata=[f"{plain(row.name)}: {plain(row.value)} ({plain(row.around)})<br>{change(row.share)} of control"],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )


def _margin(place: int, margin: float, state: str) -> go.Scatter:
    """The line that harm must not reach."""
    return go.Scatter(
        x=[margin, margin],
        y=[place - 0.32, place + 0.32],
        mode="lines",
        line={"color": GHOST if state == MUTE else NEG, "width": 2, "dash": "dot"},
        customdata=["its margin: " + change(margin)] * 2,
        hovertemplate="%{customdata}<extra></extra>",
    )


def describe_forest(rows: Sequence[Row]) -> str:
    """What the figure shows, for those who cannot see it."""
    told = [f"{row.name} {row.value}" + (f" ({row.around})" if row.around else "") for row in rows]
    return "Difference to control with its interval: " + "; ".join(told) + "."

"""Whom an action helps: what an order by expected gain adds against orders at random, and each tenth of it with its interval."""

from collections.abc import Sequence

import plotly.graph_objects as go

from journey.actions.uplift import Decile, Qini
from journey.actions.uplift.result import HETEROGENEOUS
from journey.charts.actions_results import ticks_between
from journey.charts.actions_uplift_said import added_told, interval_told
from journey.charts.theme import ACCENT, GHOST, INK, MUTED, NEG, PAPER, POS, a, dress, note
from journey.charts.whiskers import whiskers
from journey.charts.words import percent, points, several

HEIGHT = 300
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
LABELLED = 0.4  # the share of customers at which the curve and the band are named


def qini_figure(qini: Qini) -> go.Figure:
    """The curve of the order, the straight line of an order at random, and the band that 95% of random orders keep within."""
    figure, share = go.Figure(), qini.share.tolist()
    known = qini.verdict == HETEROGENEOUS
    colour = ACCENT if known else MUTED
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=share, y=qini.low.tolist(), **band)
    figure.add_scatter(x=share, y=qini.high.tolist(), fill="tonexty", fillcolor=a(GHOST, 0.4), **band)
    end = float(qini.added[-1])
    straight = {"color": MUTED, "width": 1.5, "dash": "dot"}
    figure.add_scatter(x=[0, 1], y=[0, end], mode="lines", line=straight, hoverinfo="skip")
    figure.add_scatter(
        x=share,
        y=qini.added.tolist(),
        mode="lines",
        line={"color": colour, "width": 2.5},
        customdata=[f"The first {percent(at, 0)}: {points(float(one))}" for at, one in zip(share, qini.added, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )
    dress(figure, HEIGHT, top=24, bottom=24, right=64)
    low, high = float(min(qini.low.min(), qini.added.min())), float(max(qini.high.max(), qini.added.max()))
    pad = (high - low or 0.01) * 0.06
    ticks = ticks_between(low, high)
    figure.update_yaxes(range=[low - pad, high + pad * 2], tickvals=ticks, ticktext=[_tick(tick) for tick in ticks])
    figure.update_xaxes(range=[0, 1], tickvals=list(TICKS), ticktext=["nobody", "25%", "half", "75%", "all"])
    _name(figure, qini, colour)
    return figure


def _name(figure: go.Figure, qini: Qini, colour: str) -> None:
    """Direct labels: the curve away from the band, the band on its other side, the end where all orders meet."""
    at = int(LABELLED * (len(qini.share) - 1))
    x, added, low, high = (float(part[at]) for part in (qini.share, qini.added, qini.low, qini.high))
    above = added >= (low + high) / 2
    top, bottom = max(added, high), min(added, low)
    over, under = ("By expected gain", "95% of random orders") if above else ("95% of random orders", "By expected gain")
    for y, text, yanchor, shift in ((top, over, "bottom", 8), (bottom, under, "top", -8)):
        mine = text == "By expected gain"
        told = f"<b>{text}</b>" if mine else text
        xanchor = "right" if yanchor == "bottom" else "left"
        figure.add_annotation(note(x, y, told, colour if mine else MUTED, xanchor=xanchor, yanchor=yanchor, yshift=shift))
    end = points(float(qini.added[-1]))
    figure.add_annotation(note(1, float(qini.added[-1]), f"<b>{end}</b>", INK, xanchor="left", xshift=6))


def decile_figure(deciles: Sequence[Decile], average: float | None) -> go.Figure:
    """What each tenth gained, with its interval, beside what was expected of it; the dotted line is the average of all."""
    figure = go.Figure()
    shown = [one for one in deciles if one.added.difference is not None]
    figure.add_scatter(
        x=[one.number for one in deciles],
        y=[one.predicted for one in deciles],
        mode="markers",
        marker={"symbol": "line-ew", "size": 18, "line": {"color": MUTED, "width": 2}},
        hoverinfo="skip",
    )
    for one in shown:
        _dot(figure, one)
    dress(figure, HEIGHT, top=24, bottom=24, right=64)
    ends = [end for one in shown for end in (one.added.interval or (one.added.difference or 0.0,))]
    values = [0.0, *ends, *(one.predicted for one in deciles)]
    low, high = min(values), max(values)
    pad = (high - low or 0.01) * 0.08
    ticks = ticks_between(low, high)
    figure.update_yaxes(range=[low - pad, high + pad], tickvals=ticks, ticktext=[_tick(tick) for tick in ticks])
    numbers = [one.number for one in deciles]
    figure.update_xaxes(range=[0.4, len(deciles) + 0.6], tickvals=numbers, ticktext=_names(numbers))
    figure.add_hline(y=0, line={"color": INK, "width": 1.2}, layer="below")
    if average is not None:
        figure.add_hline(y=average, line={"color": MUTED, "width": 1.5, "dash": "dot"}, layer="below")
        figure.add_annotation(note(1, average, f"{points(average)}<br>on average", MUTED, 11, xref="paper", xanchor="left", xshift=4))
    return figure


def _names(numbers: Sequence[int]) -> list[str]:
    """The first and the last in words, the others by number."""
    words = {numbers[0]: f"{numbers[0]}<br>most", numbers[-1]: f"{numbers[-1]}<br>least"} if numbers else {}
    return [words.get(number, str(number)) for number in numbers]


def _dot(figure: go.Figure, one: Decile) -> None:
    value, around = one.added.difference or 0.0, one.added.interval
    low, high = around or (value, value)
    colour = MUTED if around is None or low <= 0 <= high else POS if low > 0 else NEG
    told = f"Tenth {one.number}: {added_told(one.added)}{interval_told(one.added)}, expected {points(one.predicted)}"
    figure.add_scatter(
        x=[one.number],
        y=[value],
        mode="markers",
        marker={"color": PAPER if colour == MUTED else colour, "size": 10, "line": {"color": colour, "width": 2}},
        error_y=whiskers([value], [(low, high)], colour, 2, 0),
        hovertext=[f"{told}<br>{several(one.customers, 'customer')}"],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _tick(value: float) -> str:
    return "0" if not value else points(value, 0 if abs(value) >= 0.01 else 1)


def describe_qini(qini: Qini) -> str:
    """What the curve shows, for those who cannot see it."""
    half = len(qini.share) // 2
    added, low, high = (points(float(part[half])) for part in (qini.added, qini.low, qini.high))
    return (
        f"What treating the first half by expected gain adds to all: {added}; 95% of random orders add {low} to {high}. "
        f"Treating everybody adds {points(float(qini.added[-1]))}."
    )


def describe_deciles(deciles: Sequence[Decile]) -> str:
    """What the tenths show, for those who cannot see them."""
    told = (f"{one.number}: {added_told(one.added)}{interval_told(one.added)}" for one in deciles)
    return "What each tenth gained, those expected to gain most first. " + "; ".join(told) + "."

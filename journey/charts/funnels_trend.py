"""The conversion of those who entered in each period, with what may still rise drawn apart, and in words."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, GHOST, MUTED, PAPER, a, dress, note
from journey.charts.words import count, dates, percent, points
from journey.funnels import Entered, Funnel
from journey.inference import difference_of_shares, wilson

MOST_TICKS = 8


def trend_figure(trend: Sequence[Entered], timezone: str, height: int = 270) -> go.Figure:
    """Share that converted by period of entry; the band is its 95% Wilson interval.

    Hollow, dotted and on a hatched ground: periods that have not ended, or in which windows are still open.
    """
    labels = dates([period.start for period in trend], timezone)
    places = [at for at, period in enumerate(trend) if period.share is not None]
    figure = go.Figure([*_bands(trend), _line(trend, places, True), _line(trend, places, False), _marks(trend, labels)])
    top = max((period.interval[1] for period in trend if period.interval), default=1.0)
    levels = _levels(top)
    dress(figure, height, top=20, bottom=4, right=30)
    ticks = _ticks(len(trend))
    figure.update_xaxes(tickvals=ticks, ticktext=[labels[at] for at in ticks], range=[-0.5, max(len(trend) - 0.5, 0.5)])
    figure.update_yaxes(tickvals=levels, ticktext=[percent(level, 0) for level in levels], range=[0, max(top, levels[-1]) * 1.02])
    _mark_open(figure, trend)
    return figure


def _bands(trend: Sequence[Entered]) -> list[go.Scatter]:
    """One band per run of periods with entrants: nothing is drawn across a period without any."""
    runs: list[list[tuple[int, tuple[float, float]]]] = [[]]
    for at, period in enumerate(trend):
        if period.interval is None:
            runs.append([])
        else:
            runs[-1].append((at, period.interval))
    return [_band(run) for run in runs if run]


def _band(run: list[tuple[int, tuple[float, float]]]) -> go.Scatter:
    if len(run) == 1:
        at, interval = run[0]
        run = [(at - 0.2, interval), (at + 0.2, interval)]  # type: ignore[list-item]
    xs = [at for at, _ in run]
    return go.Scatter(
        x=xs + xs[::-1],
        y=[high for _, (_, high) in run] + [low for _, (low, _) in run][::-1],
        mode="lines",
        fill="toself",
        fillcolor=a(ACCENT, 0.14),
        line={"width": 0},
        hoverinfo="skip",
    )


def _line(trend: Sequence[Entered], places: Sequence[int], complete: bool) -> go.Scatter:
    """Solid between complete periods, dotted from the last of them on."""
    ends = {at + 1 for at in range(len(trend)) if not trend[at].complete} | {at for at in range(len(trend)) if not trend[at].complete}
    xs: list[float | None] = []
    ys: list[float | None] = []
    for left, right in pairwise(places):
        if right == left + 1 and (right not in ends and left not in ends) == complete:
            xs += [left, right, None]
            ys += [trend[left].share, trend[right].share, None]
    return go.Scatter(
        x=xs, y=ys, mode="lines", line={"color": ACCENT, "width": 2, "dash": "solid" if complete else "dot"}, hoverinfo="skip"
    )


def _marks(trend: Sequence[Entered], labels: Sequence[str]) -> go.Scatter:
    """The trace that a click names; its index is the period."""
    return go.Scatter(
        x=list(range(len(trend))),
        y=[period.share for period in trend],
        mode="markers",
        marker={
            "size": 8 if len(trend) <= 40 else 5,
            "color": [ACCENT if period.complete else PAPER for period in trend],
            "line": {"color": ACCENT, "width": 2},
        },
        hovertext=[_told(period, label) for period, label in zip(trend, labels, strict=True)],
        hoverinfo="text",
        cliponaxis=False,
    )


def _told(period: Entered, label: str) -> str:
    interval = "" if period.interval is None else f" ({percent(period.interval[0])} to {percent(period.interval[1])})"
    more = "" if period.complete else "<br>not complete: some may still convert"
    return f"from {label}<br><b>{percent(period.share)}</b>{interval}<br>{count(period.converted)} of {count(period.entered)}{more}"


def _mark_open(figure: go.Figure, trend: Sequence[Entered]) -> None:
    """A tinted ground under what is not complete, with its name: the newest periods, as a rule."""
    first = next((at for at, period in enumerate(trend) if not period.complete), None)
    if first is None:
        return
    figure.add_shape(
        type="rect", x0=first - 0.5, x1=len(trend) - 0.5, y0=0, y1=1, yref="paper", fillcolor=a(GHOST, 0.25), line_width=0, layer="below"
    )
    wide = len(trend) - first > 0.12 * len(trend)
    anchor: dict[str, Any] = {"xanchor": "left", "xshift": 4} if wide else {"xanchor": "right", "xshift": -4}
    figure.add_annotation(**note(first - 0.5, 1, "windows still open", MUTED, yref="paper", yanchor="bottom", **anchor))


def _levels(top: float) -> list[float]:
    step = next((step for step in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if top / step <= 4.5), 0.25)
    return [step * at for at in range(int(top / step + 1e-9) + 1)]


def _ticks(n: int) -> list[int]:
    every = max(1, -(-n // MOST_TICKS))
    return list(range(0, n, every))


def trend_sentence(funnel: Funnel) -> str:
    """Whether the later half of the complete periods converts otherwise than the earlier half: a rule set beforehand."""
    ready = [period for period in funnel.trend if period.complete and period.entered]
    if len(ready) < 2:
        return "Not enough data yet: fewer than two periods are complete, that is, have ended with every window closed."
    half = len(ready) // 2
    old, new = (_sum(part) for part in (ready[:half], ready[-half:]))
    found = difference_of_shares(*new, *old)
    if found is None:
        return "Nobody entered in a complete period."
    change, low, high = found
    shares = f"{percent(new[0] / new[1])} against {percent(old[0] / old[1])}"
    span = f"{points(low).removesuffix(' pts')} to {points(high)}"
    if low <= 0 <= high:
        return f"Later entries convert as earlier ones did: {shares}, a difference that chance could make ({span})."
    return f"Later entries convert {'more' if change > 0 else 'less'} than earlier ones: {shares}, {points(change)} ({span})."


def _sum(periods: Sequence[Entered]) -> tuple[int, int]:
    return sum(period.converted for period in periods), sum(period.entered for period in periods)


def trend_caption(funnel: Funnel) -> str:
    """What a point is, and what is left out of the sentence."""
    opened = [period for period in funnel.trend if not period.complete]
    told = "Each point: who entered then, and the share of them that reached the last step. Band: 95% Wilson interval."
    if opened:
        late = count(sum(period.entered for period in opened))
        told += f" {late} entered in periods that are not complete; these are hollow and can still rise."
    return told


def describe_trend(funnel: Funnel) -> str:
    shares = [period for period in funnel.trend if period.share is not None]
    if not shares:
        return "Line of the conversion by date of entry; nobody entered."
    low, high = wilson(shares[-1].converted, shares[-1].entered) or (0.0, 1.0)
    return (
        f"Line of the conversion by date of entry over {count(len(funnel.trend))} periods, from {percent(shares[0].share)} in the first to "
        f"{percent(shares[-1].share)} ({percent(low)} to {percent(high)}) in the last with entrants."
    )


def trend_rows(funnel: Funnel, timezone: str) -> list[dict[str, Any]]:
    """The same numbers for a table."""
    labels = dates([period.start for period in funnel.trend], timezone)
    return [
        {
            "From": label,
            "Entered": period.entered,
            "Converted": period.converted,
            "Share": percent(period.share),
            "95% interval": "" if period.interval is None else f"{percent(period.interval[0])} to {percent(period.interval[1])}",
            "Complete": "yes" if period.complete else "not yet",
        }
        for period, label in zip(funnel.trend, labels, strict=True)
    ]

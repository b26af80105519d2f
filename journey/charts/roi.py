"""What a decision brings: cumulative profit with its band, what moves it most, and the cash of each month."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from journey.charts.roi_axis import crossing_told, last_crossing, levels
from journey.charts.roi_told import sum_told
from journey.charts.theme import ACCENT, GHOST, INK, MUTED, NEG, PAPER, a, dress, hatched, note, plain
from journey.charts.words import money, short

PROFIT_PX, CASH_PX, ROW_PX, LINE_PX = 330, 290, 46, 17
ZERO = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "line": {"color": MUTED, "width": 1}}


def profit_figure(
    middle: Sequence[float],
    band: tuple[Sequence[float], Sequence[float]] | None,
    payback: float | None,
    currency: str | None,
) -> go.Figure:
    """Cumulative profit from the start (month 0) to the last month.

    middle: (months + 1,) what is followed: the median of the draws, or the only course where nothing is uncertain.
    band: P10 and P90, each (months + 1,); None where nothing is uncertain.  payback: month, marked on the zero line.
    """
    months = list(range(len(middle)))
    figure = go.Figure()
    if band is not None:
        low, high = band
        figure.add_scatter(
            x=[*months, *reversed(months)],
            y=[*high, *reversed(low)],
            fill="toself",
            fillcolor=a(ACCENT, 0.14),
            line={"width": 0},
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=months,
        y=list(middle),
        mode="lines",
        line={"color": ACCENT, "width": 2.5},
        hovertext=[_hover(month, middle, band, currency) for month in months],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    low_end, high_end = _reach([0.0, *middle, *((*band[0], *band[1]) if band else ())])
    texts = _ends_told(middle, band, (high_end - low_end) * LINE_PX / (PROFIT_PX - 36), currency)
    if (place := last_crossing(middle)) is not None:
        ring = {"color": PAPER, "size": 11, "line": {"color": ACCENT, "width": 2}}
        figure.add_scatter(x=[place], y=[0], mode="markers", marker=ring, hoverinfo="skip", cliponaxis=False)
        texts = [_payback_told(place, payback, len(months) - 1), *texts]
    ticks, places = levels(low_end, high_end), month_ticks(len(months) - 1)
    # All at once: each later change of a figure's layout takes longer than it does here.
    return dress(
        figure,
        PROFIT_PX,
        right=104,
        top=12,
        bottom=4,
        annotations=texts,
        shapes=[ZERO],
        yaxis=money_axis(ticks, currency) | {"range": [low_end, high_end]},
        xaxis=month_axis(places) | {"range": [0, len(months) - 1]},
    )


def _reach(ends: Sequence[float]) -> tuple[float, float]:
    pad = (max(ends) - min(ends) or 1.0) * 0.04
    return min(ends) - pad, max(ends) + pad


def money_axis(ticks: Sequence[float], currency: str | None) -> dict[str, Any]:
    """An axis of money with these round levels."""
    return {"tickvals": list(ticks), "ticktext": [plain(tick_money(tick, currency)) for tick in ticks]}


def month_axis(places: Sequence[int]) -> dict[str, Any]:
    """An axis of months from the start."""
    return {"tickvals": list(places), "ticktext": month_names(places), "ticklabelstandoff": 6}


def _hover(month: int, middle: Sequence[float], band: tuple[Sequence[float], Sequence[float]] | None, currency: str | None) -> str:
    when = f"Month {month}" if month else "Start"
    around = f"<br>8 of 10 futures: {sum_told(band[0][month], currency)} to {sum_told(band[1][month], currency)}" if band else ""
    return f"{when}: <b>{plain(sum_told(middle[month], currency))}</b>{around}"


def tick_money(amount: float, currency: str | None) -> str:
    """Round numbers of an axis without needless decimals: "€0", "€2.5k", "−€50k"."""
    said = money(amount, currency)
    return said.replace(".00", "").replace(".0k", "k") if said.endswith((".00", ".0k")) else said.replace(".00M", "M")


def month_ticks(months: int) -> list[int]:
    """The start, the last month, and a few between at equal steps of whole months."""
    step = next((step for step in (1, 2, 3, 6, 12) if months <= 5 * step), 24)
    places = list(range(0, months + 1, step))
    return places if places[-1] == months else [*[place for place in places if months - place > step / 2], months]


def month_names(places: Sequence[int]) -> list[str]:
    """Start, Month 3, 6, 9, 12."""
    return ["Start" if not place else f"Month {place}" if at == 1 else str(place) for at, place in enumerate(places)]


def _payback_told(place: float, payback: float | None, months: int) -> dict[str, Any]:
    """The month in which the followed line crosses zero for good, beside its ring."""
    late = place > 0.62 * months
    said, month = crossing_told(place, payback)
    told = f"{said} <b>{month}</b>"
    side: dict[str, Any] = {"xanchor": "right" if late else "left", "xshift": -10 if late else 10}
    return note(place, 0, told, INK, yanchor="top", yshift=-6, **side)


def _ends_told(
    middle: Sequence[float], band: tuple[Sequence[float], Sequence[float]] | None, apart: float, currency: str | None
) -> list[dict[str, Any]]:
    """P10, P50, P90 with their amounts right of the last month, at least so far apart."""
    rows = [(middle[-1], f"<b>{'P50  ' if band else ''}{plain(sum_told(middle[-1], currency))}</b>", ACCENT)]
    if band is not None:
        rows += [(band[1][-1], f"P90  {plain(sum_told(band[1][-1], currency))}", MUTED)]
        rows += [(band[0][-1], f"P10  {plain(sum_told(band[0][-1], currency))}", MUTED)]
    placed = zip(_moved_apart([row[0] for row in rows], apart), rows, strict=True)
    return [note(len(middle) - 1, y, said, colour, xanchor="left", xshift=8) for y, (_, said, colour) in placed]


def _moved_apart(places: list[float], apart: float) -> list[float]:
    """The first stays; the others are pushed up or down from it."""
    first, *rest = places
    return [first, *(max(y, first + apart) if place == 0 else min(y, first - apart) for place, y in enumerate(rest))]


@dataclass(frozen=True)
class Bar:
    """One assumption of the tornado.  ends: its low and its high value in words; low, high: the profit at these.

    ranged: whether it goes to the ends of its own range; else it is a single figure moved by a tenth, and drawn paler.
    """

    name: str
    ends: str
    low: float
    high: float
    ranged: bool = True


def tornado_figure(bars: Sequence[Bar], base: float, currency: str | None) -> go.Figure:
    """What the profit would be with one assumption at its low or high end and the rest staying.  base: as it stands."""
    places = list(range(len(bars)))
    figure = go.Figure()
    for ends, colour in (([bar.low for bar in bars], GHOST), ([bar.high for bar in bars], ACCENT)):
        figure.add_bar(
            x=[end - base for end in ends],
            base=base,
            y=places,
            orientation="h",
            width=0.56,
            marker={"color": [colour if bar.ranged else a(colour, 0.42) for bar in bars], "cornerradius": 2},
            hovertext=[f"{plain(bar.name)}: {plain(bar.ends)}" for bar in bars],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    names = [
        f'{plain(short(bar.name, 31))}<br><span style="color:{MUTED};font-size:11px">{plain(short(bar.ends, 30))}</span>' for bar in bars
    ]
    outer = [base, *(end for bar in bars for end in (bar.low, bar.high))]
    reach = max(outer) - min(outer) or 1.0
    look = {"tickvals": places, "ticktext": names, "showgrid": False, "tickfont": {"color": INK, "size": 12}, "autorange": "reversed"}
    return dress(
        figure,
        ROW_PX * len(bars) + 16,
        right=4,
        barmode="overlay",
        yaxis=look,
        xaxis={"showticklabels": False, "range": [min(outer) - reach * 0.2, max(outer) + reach * 0.2]},
        shapes=[{"type": "line", "x0": base, "x1": base, "yref": "paper", "y0": 0, "y1": 1, "line": {"color": INK, "width": 1}}],
        annotations=[text for place, bar in zip(places, bars, strict=True) for text in _ends_of(place, bar, base, currency)],
    )


def _ends_of(place: int, bar: Bar, base: float, currency: str | None) -> list[dict[str, Any]]:
    """Each amount beyond its end of the bar; an end that lies on the other side of base keeps to its own."""
    left, right = sorted((bar.low, bar.high))
    return [
        note(min(left, base), place, plain(sum_told(left, currency)), MUTED, xanchor="right", xshift=-7),
        note(max(right, base), place, plain(sum_told(right, currency)), MUTED, xanchor="left", xshift=7),
    ]


def cash_figure(flows: Sequence[float], currency: str | None, height: int = CASH_PX) -> go.Figure:
    """What comes in less what goes out, from the start (month 0) on; where more goes out, hatched and in the colour of loss."""
    months = list(range(len(flows)))
    figure = go.Figure()
    for negative in (False, True):
        chosen = [month for month in months if (flows[month] < 0) is negative]
        marker = hatched(a(NEG, 0.18), NEG) if negative else {"color": ACCENT, "cornerradius": 3}
        figure.add_bar(
            x=chosen,
            y=[flows[month] for month in chosen],
            marker=marker,
            hovertext=[f"{f'Month {month}' if month else 'Start'}: <b>{plain(sum_told(flows[month], currency))}</b>" for month in chosen],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    ticks = levels(min(0.0, *flows), max(0.0, *flows), most=4)
    return dress(
        figure,
        height,
        right=4,
        bottom=4,
        barmode="overlay",
        bargap=0.3,
        yaxis=money_axis(ticks, currency),
        xaxis=month_axis(month_ticks(len(flows) - 1)) | {"range": [-0.7, len(flows) - 0.3]},
        shapes=[ZERO],
    )

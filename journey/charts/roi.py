"""What a decision brings: cumulative profit with its band, what moves it most, and the cash of each month."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from journey.charts.roi_axis import crossing, levels
from journey.charts.roi_told import sum_told
from journey.charts.theme import ACCENT, GHOST, INK, MUTED, NEG, PAPER, a, dress, hatched, note, plain
from journey.charts.words import money, short

PROFIT_PX, CASH_PX, ROW_PX = 330, 290, 46


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
    ends = [0.0, *middle, *((*band[0], *band[1]) if band else ())]
    _lay_out(figure, ends, len(months) - 1, currency)
    _mark_payback(figure, middle, payback)
    _label_ends(figure, middle, band, currency)
    return figure


def _hover(month: int, middle: Sequence[float], band: tuple[Sequence[float], Sequence[float]] | None, currency: str | None) -> str:
    when = f"Month {month}" if month else "Start"
    around = f"<br>8 of 10 draws: {sum_told(band[0][month], currency)} to {sum_told(band[1][month], currency)}" if band else ""
    return f"{when}: <b>{plain(sum_told(middle[month], currency))}</b>{around}"


def _lay_out(figure: go.Figure, ends: Sequence[float], months: int, currency: str | None) -> None:
    ticks = levels(min(ends), max(ends))
    pad = (max(ends) - min(ends) or 1.0) * 0.04
    dress(figure, PROFIT_PX, right=104, top=12, bottom=4)
    figure.update_yaxes(
        tickvals=ticks, ticktext=[plain(tick_money(tick, currency)) for tick in ticks], range=[min(ends) - pad, max(ends) + pad]
    )
    places = month_ticks(months)
    figure.update_xaxes(range=[0, months], tickvals=places, ticktext=month_names(places), ticklabelstandoff=6)
    figure.add_hline(y=0, line={"color": MUTED, "width": 1})


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


def _mark_payback(figure: go.Figure, middle: Sequence[float], payback: float | None) -> None:
    """A ring where the followed line crosses zero for good, and the month in which that is."""
    place = crossing(middle, payback)
    if place is None or payback is None:
        return
    ring = {"color": PAPER, "size": 11, "line": {"color": ACCENT, "width": 2}}
    figure.add_scatter(x=[place], y=[0], mode="markers", marker=ring, hoverinfo="skip", cliponaxis=False)
    late = place > 0.62 * (len(middle) - 1)
    figure.add_annotation(
        note(
            place,
            0,
            f"Back in month <b>{math.ceil(payback)}</b>",
            INK,
            xanchor="right" if late else "left",
            yanchor="top",
            xshift=-10 if late else 10,
            yshift=-6,
        )
    )


def _label_ends(
    figure: go.Figure, middle: Sequence[float], band: tuple[Sequence[float], Sequence[float]] | None, currency: str | None
) -> None:
    """P10, P50, P90 with their amounts right of the last month, moved apart where they would touch."""
    rows = [(middle[-1], f"<b>{'P50  ' if band else ''}{plain(sum_told(middle[-1], currency))}</b>", ACCENT)]
    if band is not None:
        rows += [(band[1][-1], f"P90  {plain(sum_told(band[1][-1], currency))}", MUTED)]
        rows += [(band[0][-1], f"P10  {plain(sum_told(band[0][-1], currency))}", MUTED)]
    low, high = figure.layout.yaxis.range
    apart = (high - low) * 17 / (PROFIT_PX - 36)
    for y, (_, said, colour) in zip(_moved_apart([row[0] for row in rows], apart), rows, strict=True):
        figure.add_annotation(note(len(middle) - 1, y, said, colour, xanchor="left", xshift=8))


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
    dress(figure, ROW_PX * len(bars) + 16, right=4, barmode="overlay", yaxis_autorange="reversed")
    names = [
        f'{plain(short(bar.name, 31))}<br><span style="color:{MUTED};font-size:11px">{plain(short(bar.ends, 30))}</span>' for bar in bars
    ]
    figure.update_yaxes(tickvals=places, ticktext=names, showgrid=False, tickfont={"color": INK, "size": 12})
    outer = [base, *(end for bar in bars for end in (bar.low, bar.high))]
    reach = max(outer) - min(outer) or 1.0
    figure.update_xaxes(showticklabels=False, range=[min(outer) - reach * 0.2, max(outer) + reach * 0.2])
    figure.add_vline(x=base, line={"color": INK, "width": 1})
    for place, bar in zip(places, bars, strict=True):
        _label_row(figure, place, bar, base, currency)
    return figure


def _label_row(figure: go.Figure, place: int, bar: Bar, base: float, currency: str | None) -> None:
    """Each amount beyond its end of the bar; an end that lies on the other side of base keeps to its own."""
    left, right = sorted((bar.low, bar.high))
    figure.add_annotation(note(min(left, base), place, plain(sum_told(left, currency)), MUTED, xanchor="right", xshift=-7))
    figure.add_annotation(note(max(right, base), place, plain(sum_told(right, currency)), MUTED, xanchor="left", xshift=7))


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
    dress(figure, height, right=4, bottom=4, barmode="overlay", bargap=0.3)
    figure.update_yaxes(tickvals=ticks, ticktext=[plain(tick_money(tick, currency)) for tick in ticks])
    places = month_ticks(len(flows) - 1)
    figure.update_xaxes(tickvals=places, ticktext=month_names(places), range=[-0.7, len(flows) - 0.3], ticklabelstandoff=6)
    figure.add_hline(y=0, line={"color": MUTED, "width": 1})
    return figure

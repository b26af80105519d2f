"""What actions brought against customers who were held out: lifts with their intervals, and value over time."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from journey.actions.ledger.health import Day
from journey.actions.results.result import Point
from journey.charts.actions_card import amount
from journey.charts.theme import ACCENT, GHOST, INK, MUTED, NEG, PAPER, POS, a, dress, note, plain
from journey.charts.words import between, count, day, money, points, short

ROW = 46
NAMES, TEXT = 26, 34


@dataclass(frozen=True)
class Row:
    """One row of the forest.  told: what more there is to say of it.  estimate, interval: a difference of shares, None
    without enough data.  treated, control: decisions.
    """

    name: str
    told: str
    estimate: float | None
    interval: tuple[float, float] | None
    treated: int
    control: int

    @property
    def verdict(self) -> str:
        """helps | harms | open: on which side of zero the whole interval lies."""
        if self.interval is None:
            return "open"
        return "helps" if self.interval[0] > 0 else "harms" if self.interval[1] < 0 else "open"


COLOURS = {"helps": POS, "harms": NEG, "open": MUTED}


def forest_figure(lifts: Sequence[Row]) -> go.Figure:
    """Estimate and always-valid interval per action, against the line of no effect."""
    figure = go.Figure()
    for row, lift in enumerate(lifts):
        if lift.estimate is not None:
            _row(figure, row, lift)
    dress(figure, len(lifts) * ROW + 34, top=2, bottom=2, right=126)
    ends = [end for lift in lifts if lift.estimate is not None for end in (lift.estimate, *(lift.interval or ()))]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = (high - low) * 0.05 or 0.01
    for row, lift in enumerate(lifts):
        figure.add_annotation(**note(1, row, _value(lift), INK, xref="paper", xanchor="left", xshift=10, align="left"))
    figure.update_yaxes(
        tickvals=list(range(len(lifts))),
        ticktext=[f"{plain(short(lift.name, NAMES))}<br><span style='font-size:11px;color:{MUTED}'>{_of(lift)}</span>" for lift in lifts],
        range=[len(lifts) - 0.5, -0.5],
        showgrid=False,
        tickfont={"size": 12, "color": INK},
    )
    ticks = ticks_between(low, high)
    figure.update_xaxes(
        range=[low - room, high + room],
        tickvals=ticks,
        ticktext=["no effect" if not tick else points(tick, 0 if abs(tick) >= 0.01 else 1) for tick in ticks],
        showgrid=True,
        gridcolor=a(GHOST, 0.45),
    )
    figure.add_vline(x=0, line={"color": INK, "width": 1.2}, layer="below")
    return figure


def _of(lift: Row) -> str:
    arms = f"{count(lift.treated)} against {count(lift.control)}"
    return plain(short(lift.told, TEXT)) + (" · " if lift.told else "") + arms


def _value(lift: Row) -> str:
    if lift.estimate is None:
        return f"<span style='color:{MUTED}'>not yet</span>"
    below = ""
    if lift.interval is not None:
        low, high = lift.interval
        told = between(points(low).removesuffix(" pts"), points(high).removesuffix(" pts"))
        below = f"<br><span style='font-size:11px;color:{MUTED}'>{told}</span>"
    return f"<b>{points(lift.estimate)}</b>{below}"


def _row(figure: go.Figure, row: int, lift: Row) -> None:
    colour = COLOURS[lift.verdict]
    hover = f"{plain(lift.name)}: {points(lift.estimate)}<br>{_of(lift)}"
    if lift.interval is not None:
        figure.add_trace(
            go.Scatter(x=list(lift.interval), y=[row, row], mode="lines", line={"color": a(colour, 0.9), "width": 2.2}, hoverinfo="skip")
        )
    hollow = lift.verdict == "open"
    figure.add_trace(
        go.Scatter(
            x=[lift.estimate],
            y=[row],
            mode="markers",
            marker={
                "size": 11,
                "symbol": "square" if not hollow else "circle",
                "color": PAPER if hollow else colour,
                "line": {"color": colour, "width": 2},
            },
            customdata=[hover],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )


def ticks_between(low: float, high: float) -> list[float]:
    """Two to five round differences, zero among them."""
    step = next((s for s in (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if (high - low) / s <= 4), 1.0)
    return [round(step * at, 6) for at in range(int(low / step), int(high / step) + 1)]


def describe_forest(lifts: Sequence[Row]) -> str:
    """What the figure shows, for those who cannot see it."""
    told = []
    for lift in lifts:
        around = "" if lift.interval is None else f" ({between(points(lift.interval[0]), points(lift.interval[1]))})"
        told.append(f"{lift.name} {points(lift.estimate)}{around}" if lift.estimate is not None else f"{lift.name}: not yet")
    return "Lift of each action against customers held out: " + "; ".join(told) + "."


def value_figure(points_: Sequence[Point], currency: str | None, height: int = 230) -> go.Figure:
    """What the action had added by each day after it, with the band of 95%; above the line it paid, below it cost."""
    x, sums = [point.day for point in points_], [point.difference for point in points_]
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            x=x + x[::-1],
            y=[one.high for one in sums] + [one.low for one in sums][::-1],
            fill="toself",
            fillcolor=a(ACCENT, 0.14),
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=x,
            y=[one.value for one in sums],
            mode="lines",
            line={"color": ACCENT, "width": 2.2},
            customdata=[_day_told(point, currency) for point in points_],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    low, high = min([0.0, *(one.low for one in sums)]), max([0.0, *(one.high for one in sums)])
    room = (high - low) * 0.06 or 1.0
    dress(figure, height, top=10, bottom=4, right=84)
    figure.add_hline(y=0, line={"color": INK, "width": 1.2}, layer="below")
    if points_:
        last = points_[-1]
        figure.add_annotation(
            **note(last.day, last.difference.value, f"<b>{amount(last.difference.value, currency)}</b>", ACCENT, xanchor="left", xshift=8)
        )
    levels = sorted({round(low, 2), 0.0, round(high, 2)})
    figure.update_yaxes(range=[low - room, high + room], tickvals=levels, ticktext=[money(level, currency) for level in levels])
    shown = x if len(x) <= 6 else [x[round(k * (len(x) - 1) / 5)] for k in range(6)]
    figure.update_xaxes(tickvals=shown, ticktext=[count(at) if place else f"day {count(at)}" for place, at in enumerate(shown)])
    return figure


def _day_told(point: Point, currency: str | None) -> str:
    one = point.difference
    return (
        f"Day {count(point.day)}: {money(point.treated, currency)} with it, {money(point.control, currency)} without<br>"
        f"{amount(one.value, currency)} ({between(money(one.low, currency), money(one.high, currency))})"
    )


def describe_value(points_: Sequence[Point], currency: str | None) -> str:
    """What the figure shows, for those who cannot see it."""
    if not points_:
        return "No day is over for enough customers."
    last = points_[-1]
    return f"By day {count(last.day)}: " + _day_told(last, currency).split(": ", 1)[1].replace("<br>", "; ") + "."


DECIDED = ("approved", "rejected", "replaced", "exported", "sent")


def throughput_figure(days: Sequence[Day], height: int = 190) -> go.Figure:
    """Two bars a day beside each other: proposed (pale), and decided or handed over."""
    proposed, done = [one.proposed for one in days], [_done(one) for one in days]
    told = [day(one.start) for one in days]
    figure = go.Figure()
    for name, values, colour in (("proposed", proposed, a(GHOST, 0.8)), ("decided or handed over", done, ACCENT)):
        figure.add_bar(
            x=list(range(len(days))),
            y=values,
            marker={"color": colour, "cornerradius": 3},
            customdata=[f"{when}: {count(n)} {name}" for when, n in zip(told, values, strict=True)],
            hovertemplate="%{customdata}<extra></extra>",
        )
    dress(figure, height, top=10, bottom=4, right=8, barmode="group", bargap=0.3, bargroupgap=0.08)
    highest = max([1, *proposed, *done])
    levels = sorted({0, highest // 2, highest})
    figure.update_yaxes(range=[0, highest * 1.08], tickvals=levels, ticktext=[count(level) for level in levels])
    shown = list(range(0, len(days), max(1, -(-len(days) // 7))))
    figure.update_xaxes(tickvals=shown, ticktext=[told[k] for k in shown])
    return figure


def _done(one: Day) -> int:
    return sum(one.steps.get(state, 0) for state in DECIDED)


def describe_throughput(days: Sequence[Day]) -> str:
    """What the figure shows, for those who cannot see it."""
    proposed, done = sum(one.proposed for one in days), sum(map(_done, days))
    return f"In {count(len(days))} days {count(proposed)} proposed, {count(done)} steps decided or handed over."

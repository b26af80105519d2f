"""One customer's life at a glance: the stages they went through above what they did, a lane for every kind of event."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, CLEAR, GHOST, INK, MUTED, NEG, PAPER, SEQ, a, dress, note, plain
from journey.charts.words import UNKNOWN, count, date, dates, day, money, short, span
from journey.customer import Customer
from journey.customer.stages import Spell
from journey.customer.timeline import Spot
from journey.scope import to_datetime

ROW = 44
FIRST_LANES = ("orders", "basket", "visits", "account", "messages", "answers", "support", "trouble")
LOOKS = {  # symbol and colour of a kind; meaning never by colour alone
    "orders": ("diamond", ACCENT),
    "messages": ("square", MUTED),
    "support": ("triangle-up", NEG),
    "trouble": ("x", NEG),
    "answers": ("star", MUTED),
    "basket": ("circle-open", MUTED),
}
USUAL_LOOK = ("circle", MUTED)
APART = 0.11  # of the width, between two amounts
LETTERS, FEWEST_LETTERS = 60, 7  # of a stage's name that fit into the whole strip; a shorter piece of a name says nothing


@dataclass(frozen=True)
class Mark:
    """What happened of one kind on one day.  at: ms of the first.  brought: revenue, None for none."""

    at: int
    events: int
    brought: float | None
    names: tuple[tuple[str, int], ...]


def life_figure(customer: Customer, timezone: str) -> go.Figure:
    """Stages as a strip on top, a lane per kind below, time from left to right; one mark per kind and day."""
    lanes = lanes_of(customer)
    start, stop = _ends(customer)
    figure = go.Figure()
    for row, kind in enumerate(lanes, 1):
        _lane(figure, row, kind, marks_of(customer.spots, kind, timezone), customer.lifetime.currency, timezone, stop - start)
    _stages(figure, customer.history.spells, start, stop, timezone)
    dress(figure, (len(lanes) + 1) * ROW + 34, top=4, bottom=6, right=12)
    pad = (stop - start) * 0.025
    ticks = [start + (stop - start) * k // 5 for k in range(6)]
    figure.update_xaxes(range=[start - pad, stop + pad], tickvals=ticks, ticktext=_ticks(ticks, timezone))
    names = ["Stage", *(plain(short(kind.capitalize(), 14)) for kind in lanes)]
    figure.update_yaxes(
        range=[len(lanes) + 0.6, -0.55],
        tickvals=list(range(len(names))),
        ticktext=names,
        showgrid=False,
        tickfont={"size": 12, "color": INK},
    )
    for row in range(1, len(names)):
        figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=row, y1=row, layer="below", line={"color": a(GHOST, 0.45), "width": 1})
    return figure


def lanes_of(customer: Customer) -> list[str]:
    """The kinds of what the customer did, those that matter most first."""
    kinds = {spot.kind for spot in customer.spots}
    return sorted(kinds, key=lambda kind: (FIRST_LANES.index(kind) if kind in FIRST_LANES else len(FIRST_LANES), kind))


def marks_of(spots: Sequence[Spot], kind: str, timezone: str) -> list[Mark]:
    """The events of a kind, those of one day of the zone together."""
    zone = ZoneInfo(timezone)
    found = []
    for _, group in groupby((spot for spot in spots if spot.kind == kind), key=lambda spot: to_datetime(spot.at, zone).date()):
        of_day = list(group)
        names: dict[str, int] = {}
        for spot in of_day:
            names[spot.name] = names.get(spot.name, 0) + spot.events
        values = [spot.value for spot in of_day if spot.value is not None]
        most = tuple(sorted(names.items(), key=lambda item: (-item[1], item[0])))
        found.append(Mark(of_day[0].at, sum(names.values()), sum(values) if values else None, most))
    return found


def _lane(figure: go.Figure, row: int, kind: str, marks: Sequence[Mark], currency: str | None, timezone: str, wide: float) -> None:
    symbol, colour = LOOKS.get(kind, USUAL_LOOK)
    figure.add_scatter(
        x=[mark.at for mark in marks],
        y=[row] * len(marks),
        mode="markers",
        marker={
            "symbol": symbol,
            "size": [min(15.0, 8 + 1.2 * (mark.events - 1) ** 0.5) + (2 if kind == "orders" else 0) for mark in marks],
            "color": colour,
            "opacity": 0.9,
            "line": {"width": 1.5 if "open" in symbol else 0, "color": colour},
        },
        customdata=[_told(mark, currency, timezone) for mark in marks],
        hovertemplate="%{customdata}<extra></extra>",
    )
    if kind == "orders":
        _amounts(figure, row, [mark for mark in marks if mark.brought], currency, wide)


def _amounts(figure: go.Figure, row: int, brought: Sequence[Mark], currency: str | None, wide: float) -> None:
    """What each order brought, above it; one that would stand on the one before is told by hovering alone."""
    last = float("-inf")
    for mark in brought:
        if mark.at - last >= wide * APART:
            last = mark.at
            figure.add_annotation(**note(mark.at, row, money(mark.brought, currency), INK, 11, yshift=15))


def _told(mark: Mark, currency: str | None, timezone: str) -> str:
    lines = [f"<b>{date(mark.at, timezone)}</b>"]
    lines += [f"{plain(short(name, 40))}" + (f" × {count(n)}" if n > 1 else "") for name, n in mark.names[:6]]
    if len(mark.names) > 6:
        lines.append(f"and {len(mark.names) - 6} more")
    return "<br>".join(lines + ([money(mark.brought, currency)] if mark.brought else []))


def _stages(figure: go.Figure, spells: Sequence[Spell], start: int, stop: int, timezone: str) -> None:
    """The strip: darker the further; a stage set apart in the negative colour; named where its name fits."""
    steps = sorted({spell.step for spell in spells if spell.step is not None})
    middles, hovers = [], []
    for spell in spells:
        left, right = max(spell.start, start), stop if spell.stop is None else spell.stop
        colour = a(NEG, 0.22) if spell.step is None else SEQ[1 + min(steps.index(spell.step), 3)]
        figure.add_shape(type="rect", x0=left, x1=right, y0=-0.36, y1=0.36, fillcolor=colour, line={"width": 1, "color": PAPER})
        width = (right - left) / max(1, stop - start)
        letters, name = int(width * LETTERS), spell.stage.capitalize()
        if letters >= min(len(name), FEWEST_LETTERS):
            figure.add_annotation(**note((left + right) / 2, 0, plain(short(name, letters)), INK))
        middles.append((left + right) / 2)
        until = "now" if spell.stop is None else day(spell.stop, timezone)
        hovers.append(f"<b>{plain(spell.stage.capitalize())}</b><br>{day(left, timezone)} to {until}, {span((right - left) / 1000)}")
    figure.add_scatter(
        x=middles,
        y=[0] * len(middles),
        mode="markers",
        marker={"size": 26, "color": CLEAR, "symbol": "square"},
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
    )


def _ends(customer: Customer) -> tuple[int, int]:
    """The first event and the moment, an hour apart at least, so that one moment has a place too."""
    start = customer.as_of if customer.lifetime.first is None else customer.lifetime.first
    return start, max(customer.as_of, start + 3_600_000)


def _ticks(ticks: Sequence[int], timezone: str) -> list[str]:
    told = dates(ticks, timezone)
    if len(set(told)) == len(told):
        return told
    zone = ZoneInfo(timezone)
    return (
        [f"{to_datetime(ms, zone):%H:%M}" for ms in ticks]
        if len(set(told)) == 1
        else [f"{day(ms, timezone)}<br>{to_datetime(ms, zone):%H:%M}" for ms in ticks]
    )


def describe_life(customer: Customer, timezone: str) -> str:
    """What the figure shows, for those who cannot see it."""
    spells = "; ".join(f"{spell.stage} from {day(spell.start, timezone)}" for spell in customer.history.spells) or UNKNOWN
    lanes = (
        ", ".join(f"{count(sum(s.events for s in customer.spots if s.kind == kind))} {kind}" for kind in lanes_of(customer)) or "no events"
    )
    return f"What the customer did over time: {lanes}. Stages: {spells}."

"""What speaks for an action, as bars that add up to its expected value; and the action against all others."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, GHOST, INK, MUTED, NEG, PAPER, POS, a, dress, note, plain
from journey.charts.words import MINUS, between, money, short

ROW, TALL = 28, 40
CHOSEN, OTHER, VETOED = "chosen", "other", "vetoed"
LETTERS = 26


@dataclass(frozen=True)
class Part:
    """One step towards an expected value.  amount: money it adds, below 0 takes away.  told: what it is made of."""

    name: str
    told: str
    amount: float


@dataclass(frozen=True)
class Option:
    """One thing that could be done.  value, interval: money, None where it is not known.  kind: chosen | other | vetoed."""

    name: str
    value: float | None
    interval: tuple[float, float] | None
    kind: str = OTHER


def amount(value: float, currency: str | None) -> str:
    """+€1.20, −€0.10: what a part adds or takes away."""
    told = money(abs(value), currency)
    return f"{MINUS if value < 0 else '+'}{told}"


def parts_figure(parts: Sequence[Part], total: float, currency: str | None) -> go.Figure:
    """Bars from where the last one ended, to the expected value below them all."""
    steps, at = [], 0.0
    for part in parts:
        steps.append((part.name, part.told, at, at + part.amount, POS if part.amount >= 0 else NEG))
        at += part.amount
    steps.append(("Expected value", "", 0.0, total, INK))
    figure = go.Figure()
    figure.add_bar(
        y=list(range(len(steps))),
        x=[stop - start for _, _, start, stop, _ in steps],
        base=[start for _, _, start, _, _ in steps],
        orientation="h",
        marker={"color": [colour for *_, colour in steps], "cornerradius": 3},
        customdata=[f"{plain(name)}<br>{plain(told)}" if told else plain(name) for name, told, *_ in steps],
        hovertemplate="%{customdata}<extra></extra>",
    )
    dress(figure, len(steps) * TALL - 6, top=2, bottom=2, right=66, bargap=0.5)
    for row, (_, _, start, stop, _) in enumerate(steps):
        last = row == len(steps) - 1
        text = f"<b>{money(stop, currency)}</b>" if last else amount(stop - start, currency)
        figure.add_annotation(**note(1, row, plain(text) if not last else text, INK, xref="paper", xanchor="right", xshift=62))
    figure.update_yaxes(
        tickvals=list(range(len(steps))),
        ticktext=[_named(name, told) for name, told, *_ in steps],
        range=[len(steps) - 0.5, -0.5],
        showgrid=False,
        tickfont={"size": 12, "color": INK},
    )
    low, high = _ends([start for _, _, start, _, _ in steps] + [stop for _, _, _, stop, _ in steps])
    figure.update_xaxes(range=[low, high], showticklabels=False)
    figure.add_vline(x=0, line={"color": GHOST, "width": 1}, layer="below")
    return figure


def _named(name: str, told: str) -> str:
    below = f"<br><span style='font-size:11px;color:{MUTED}'>{plain(short(told, 40))}</span>" if told else ""
    return plain(short(name, LETTERS)) + below


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """The range of an axis that holds these and zero, with a little room."""
    low, high = min([0.0, *values]), max([0.0, *values])
    room = (high - low) * 0.04 or 1.0
    return low - room, high + room


def describe_parts(parts: Sequence[Part], total: float, currency: str | None) -> str:
    told = "; ".join(f"{part.name} {amount(part.amount, currency)}" for part in parts)
    return f"Expected value {money(total, currency)}, made of: {told}."


def options_figure(options: Sequence[Option], currency: str | None) -> go.Figure:
    """A point with its interval for each option whose value is known; hollow what a guardrail forbade."""
    figure = go.Figure()
    for row, option in enumerate(options):
        if option.value is not None:
            _point(figure, row, option, currency)
    dress(figure, len(options) * ROW + 10, top=4, bottom=4, right=66)
    for row, option in enumerate(options):
        chosen = option.kind == CHOSEN
        text = "vetoed" if option.kind == VETOED else money(option.value, currency) if option.value is not None else "not known"
        told = f"<b>{text}</b>" if chosen else text
        figure.add_annotation(**note(1, row, told, INK if chosen else MUTED, xref="paper", xanchor="right", xshift=62))
    figure.update_yaxes(
        tickvals=list(range(len(options))),
        ticktext=[plain(short(option.name, LETTERS)) for option in options],
        range=[len(options) - 0.5, -0.5],
        showgrid=False,
        tickfont={"size": 12, "color": INK},
    )
    known = [end for option in options if option.value is not None for end in (option.value, *(option.interval or ()))]
    low, high = _ends(known)
    figure.update_xaxes(range=[low, high], showticklabels=False)
    figure.add_vline(x=0, line={"color": GHOST, "width": 1.5}, layer="below")
    return figure


def _point(figure: go.Figure, row: int, option: Option, currency: str | None) -> None:
    colour = ACCENT if option.kind == CHOSEN else MUTED
    told = money(option.value, currency)
    if option.interval is not None:
        low, high = option.interval
        told += f" ({between(money(low, currency), money(high, currency))})"
        figure.add_trace(
            go.Scatter(x=[low, high], y=[row, row], mode="lines", line={"color": a(colour, 0.9), "width": 1.8}, hoverinfo="skip")
        )
    hollow = option.kind == VETOED
    figure.add_trace(
        go.Scatter(
            x=[option.value],
            y=[row],
            mode="markers",
            marker={"size": 10, "color": PAPER if hollow else colour, "line": {"color": colour, "width": 1.6 if hollow else 0}},
            customdata=[f"{plain(option.name)}: {told}{', vetoed' if hollow else ''}"],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )


def describe_options(options: Sequence[Option], currency: str | None) -> str:
    """What the figure shows, for those who cannot see it."""
    told = []
    for option in options:
        value = "vetoed" if option.kind == VETOED else "not known" if option.value is None else money(option.value, currency)
        told.append(f"{option.name} {value}")
    return "Expected value per customer: " + "; ".join(told) + "."

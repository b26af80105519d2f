"""What each action would bring now against the effort it takes, each point labelled; what is not known stands below."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from journey.actions.results import WhatIf
from journey.actions.results.result import Sum
from journey.actions.results.what_if import Option
from journey.charts.theme import ACCENT, GHOST, INK, MUTED, NEG, PAPER, a, dress, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import between, count, money, several, short

HEIGHT, LINE = 270, 17
EFFORTS = {1: "1 little effort", 2: "2", 3: "3", 4: "4", 5: "5 much effort"}
APART = 0.07


def what_if_figure(options: Sequence[Option], currency: str | None) -> go.Figure:
    """Money of the best plan against effort, with 95% intervals; under the line the actions whose value nobody knows yet."""
    known = paying(options)
    named = {one.action.name for one, _ in known}
    others = [one for one in options if one.action.name not in named]
    ends = [end for _, net in known for end in (net.low, net.high)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    pad = (high - low or 1.0) * 0.12
    figure = go.Figure()
    for one, net, x in _spread(known):
        _point(figure, one, net, x, currency)
    lines = max((sum(other.action.effort == effort for other in others) for effort in EFFORTS), default=0)
    strip = 34 + LINE * lines if others else 0
    dress(figure, HEIGHT + strip, left=4, right=12, top=10, bottom=strip + 24)
    figure.update_xaxes(range=[0.7, 5.6], tickvals=list(EFFORTS), ticktext=list(EFFORTS.values()))
    ticks = _levels(low, high)
    figure.update_yaxes(range=[low - pad, high + pad], tickvals=ticks, ticktext=[_round(tick, currency) for tick in ticks])
    figure.add_hline(y=0, line={"color": MUTED, "width": 1})
    _label(figure, known, high - low or 1.0, currency)
    _strip(figure, others)
    return figure


def _spread(known: Sequence[tuple[Option, Sum]]) -> list[tuple[Option, Sum, float]]:
    """Actions of one effort stand side by side."""
    placed: list[tuple[Option, Sum, float]] = []
    for effort in EFFORTS:
        same = [(one, net) for one, net in known if one.action.effort == effort]
        placed += [(one, net, effort + (at - (len(same) - 1) / 2) * APART) for at, (one, net) in enumerate(same)]
    return placed


def paying(options: Sequence[Option]) -> list[tuple[Option, Sum]]:
    """Actions that are worth it for somebody now, with what they would bring; in the order given."""
    return [(one, one.best.net) for one in options if one.best.net is not None and one.best.customers]


def _point(figure: go.Figure, one: Option, net: Sum, x: float, currency: str | None) -> None:
    colour = ACCENT if net.low > 0 else NEG if net.high < 0 else MUTED
    figure.add_scatter(
        x=[x],
        y=[net.value],
        mode="markers",
        marker={
            "color": colour if one.effect.source == "experiment" else PAPER,
            "size": 12,
            "line": {"color": colour, "width": 2},
        },
        error_y=whiskers([net.value], [(net.low, net.high)], colour, 2, 0),
        hovertext=[f"<b>{plain(one.action.name)}</b><br>{_told(one, currency)}"],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _told(one: Option, currency: str | None) -> str:
    net = one.best.net
    if net is None:
        return plain(one.sentence)
    around = between(money(net.low, currency), money(net.high, currency))
    return f"{money(net.value, currency)} ({around}) for {several(one.best.customers, 'customer')}, cost taken off"


def _label(figure: go.Figure, known: Sequence[tuple[Option, Sum]], span: float, currency: str | None) -> None:
    """Names at the right of their points; those of one effort that would touch are moved apart."""
    floor: dict[int, float] = {}
    for one, net, x in sorted(_spread(known), key=lambda item: item[1].value):
        y = max(net.value, floor.get(one.action.effort, -float("inf")))
        floor[one.action.effort] = y + span * 0.14
        text = f"<b>{plain(short(one.action.name, 22))}</b><br>{money(net.value, currency)}"
        figure.add_annotation(note(x, y, text, INK, xanchor="left", xshift=12, align="left", bgcolor=a(PAPER, 0.75)))


def _strip(figure: go.Figure, others: Sequence[Option]) -> None:
    """What brings nothing now or is not known, by effort, in muted words under the axis."""
    if not others:
        return
    below: dict[str, Any] = {"yref": "paper", "yanchor": "top", "xanchor": "left", "align": "left"}
    figure.add_annotation(note(0.72, 0, "No value now, or none that is known:", MUTED, 11, yshift=-30, **below))
    for effort in EFFORTS:
        names = [plain(short(one.action.name, 20)) for one in others if one.action.effort == effort]
        if names:
            figure.add_annotation(note(effort - 0.14, 0, "<br>".join(f"○ {name}" for name in names), INK, 12, yshift=-48, **below))
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, yref="paper", y0=0, y1=0, line={"color": a(GHOST, 0.6), "width": 1})


def _levels(low: float, high: float) -> list[float]:
    """Three to five round amounts that span the figure, zero among them."""
    size = max(high, -low, 1e-9)
    steps = (factor * 10.0**power for power in range(-2, 18) for factor in (1, 2, 5))
    step = next(step for step in steps if (high - low or size) / step < 5)
    return [k * step for k in range(int(low // step), int(high // step) + 2) if low - step * 0.3 <= k * step <= high + step * 0.3]


def _round(amount: float, currency: str | None) -> str:
    """A level of the axis: cents only where they tell levels apart."""
    told = money(amount, currency)
    return told.removesuffix(".00") if float(amount).is_integer() else told


def describe_what_if(found: WhatIf) -> str:
    """What the figure shows, for those who cannot see it."""
    told = (f"{one.action.name}, effort {one.action.effort}: {_told(one, found.currency)}" for one in found.options)
    return "What each action would bring now, against its effort. " + "; ".join(told) + "."


def what_if_sentence(found: WhatIf) -> str:
    """Which one would bring the most now, and for how many."""
    known = paying(found.options)
    if not known:
        unknown = sum(one.best.net is None and bool(one.due) for one in found.options)
        rest = f": of {several(unknown, 'action')} it is not known what they add" if unknown else ""
        return f"No action is worth its cost for anybody now{rest}."
    first, net = known[0]
    around = between(money(net.low, found.currency), money(net.high, found.currency))
    sure = "" if net.low > 0 else ", which is not told from nothing"
    value, who = money(net.value, found.currency), several(first.best.customers, "customer")
    return f"{first.action.name} would bring the most now: {value} ({around}) for {who}{sure}."


def in_the_way_told(one: Option, names: dict[str, str]) -> str:
    """ "Consent 54, protected 4": whom each guardrail keeps from it."""
    parts = [f"{names.get(guardrail, guardrail).lower()} {count(len(ids))}" for guardrail, ids in one.in_the_way.items()]
    return ", ".join(parts)

"""What acting on a score would have earned, by the chance from which on it is done."""

from collections.abc import Sequence

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, GHOST, INK, MUTED, NEG, PAPER, POS, a, dress, note
from journey.charts.words import money, percent
from journey.predict import Treated
from journey.predict.tiers import Money


def net_figure(thresholds: Sequence[Treated], earned: Sequence[Money], chosen: int, currency: str | None) -> go.Figure:
    """Net by threshold with the band of its interval; the chosen threshold is marked, and nothing is earned on the dotted line."""
    across = [one.threshold for one in thresholds]
    ends = [one.interval or (one.net, one.net) for one in earned]
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            x=across + across[::-1],
            y=[high for _, high in ends] + [low for low, _ in ends][::-1],
            fill="toself",
            fillcolor=a(ACCENT, 0.14),
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
        )
    )
    hover = [
        f"From {percent(x, 0)} on: {money(one.net, currency)}<br>{money(low, currency)} to {money(high, currency)}"
        for x, one, (low, high) in zip(across, earned, ends, strict=True)
    ]
    figure.add_trace(
        go.Scatter(
            x=across,
            y=[one.net for one in earned],
            mode="lines",
            line={"color": ACCENT, "width": 2},
            hovertext=hover,
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    x, net = across[chosen], earned[chosen].net
    figure.add_trace(
        go.Scatter(
            x=[x],
            y=[net],
            mode="markers",
            marker={"size": 11, "color": POS if net >= 0 else NEG, "line": {"color": PAPER, "width": 2}},
            hovertext=[hover[chosen]],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    low, high = min(0.0, *(end[0] for end in ends)), max(0.0, *(end[1] for end in ends))
    room = (high - low) * 0.08 or 1.0
    dress(figure, 190, top=16, bottom=4, right=8)
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=0, y1=0, layer="below", line={"color": MUTED, "width": 1, "dash": "dot"})
    figure.add_shape(type="line", x0=x, x1=x, y0=low - room, y1=high + room, layer="below", line={"color": GHOST, "width": 1})
    levels = sorted({low, 0.0, high})
    figure.update_yaxes(range=[low - room, high + room], tickvals=levels, ticktext=[money(level, currency) for level in levels])
    figure.update_xaxes(tickvals=[0.05, 0.25, 0.5, 0.75, 0.95], ticktext=["5%", "25%", "50%", "75%", "95%"], range=[0.02, 0.98])
    side = "right" if x > 0.5 else "left"
    figure.add_annotation(
        note(
            x,
            net,
            f"<b>{money(net, currency)}</b>",
            INK,
            xanchor=side,
            xshift=-10 if side == "right" else 10,
            yshift=12,
            bgcolor=a(PAPER, 0.6),
        )
    )
    return figure


def describe_net(thresholds: Sequence[Treated], earned: Sequence[Money], chosen: int, currency: str | None) -> str:
    best = max(range(len(earned)), key=lambda place: earned[place].net)
    return (
        f"Net from {percent(thresholds[chosen].threshold, 0)} on: {money(earned[chosen].net, currency)}. "
        f"The most, {money(earned[best].net, currency)}, from {percent(thresholds[best].threshold, 0)} on."
    )

"""How often the following stage was told right: the methods beside each other, and whether 30% meant 30%."""

from collections.abc import Sequence

import plotly.graph_objects as go

from journey.charts.stages_accuracy_said import METHOD_NAMES, method_told
from journey.charts.theme import ACCENT, GHOST, INK, MUTED, a, dress, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import count, decimal, percent
from journey.stages.accuracy import Method, StageAccuracy
from journey.stages.accuracy.scores import Calibration

ROW = 46  # px
SQUARE = 300


def methods_figure(found: StageAccuracy) -> go.Figure:
    """Per method the share told right, with its interval; the one that is used in the accent; log loss and cost beside it."""
    rows = found.methods
    shares = [method.accuracy.value or 0.0 for method in rows]
    ends = [method.accuracy.interval or (share, share) for method, share in zip(rows, shares, strict=True)]
    bars = go.Bar(
        x=shares,
        y=list(range(len(rows))),
        orientation="h",
        width=0.42,
        marker={"color": [ACCENT if method.name == found.used else GHOST for method in rows], "cornerradius": 3},
        error_x=whiskers(shares, ends, a(INK, 0.75), 1.3, 4),
        hovertext=[plain(method_told(method)) for method in rows],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure = dress(go.Figure(bars), ROW * len(rows) + 34, top=26, right=190, yaxis_autorange="reversed", bargap=0.5)
    names = [f"<b>{METHOD_NAMES[one.name]}</b>" if one.name == found.used else METHOD_NAMES[one.name] for one in rows]
    figure.update_yaxes(tickvals=list(range(len(rows))), ticktext=names, showgrid=False, tickfont={"color": INK})
    figure.update_xaxes(showticklabels=False, range=[0, 1])
    notes = [_right(-0.78, text, shift, MUTED, 11) for text, shift in (("right", 44), ("log loss", 112), ("cost", 178))]
    for k, method in enumerate(rows):
        texts = (
            (f"<b>{percent(method.accuracy.value, 0)}</b>", 44),
            (decimal(method.log_loss.value, 2), 112),
            (decimal(method.cost.value, 2), 178),
        )
        notes += [_right(k, text, shift, INK, 12) for text, shift in texts]
    figure.update_layout(annotations=notes)
    return figure


def reliability_figure(calibration: Calibration) -> go.Figure:
    """What was told against what came, per tenth of the probability told; on the line both are the same."""
    bins = calibration.bins
    ends = [one.interval or (one.share, one.share) for one in bins]
    line = go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": GHOST, "width": 1.5, "dash": "dot"}, hoverinfo="skip")
    points = go.Scatter(
        x=[one.predicted for one in bins],
        y=[one.share for one in bins],
        mode="markers+lines",
        marker={"size": 8, "color": ACCENT},
        line={"width": 1.5, "color": a(ACCENT, 0.45)},
        error_y=whiskers([one.share for one in bins], ends, a(INK, 0.6), 1.2, 4),
        hovertext=[f"told {percent(one.predicted)}, came in {percent(one.share)} of {count(one.n)}" for one in bins],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure = dress(go.Figure([line, points]), SQUARE, right=8, bottom=18)
    high = max([*[one.predicted for one in bins], *[end for _, end in ends], 0.05]) * 1.06
    ticks = _ticks(high)
    figure.update_xaxes(range=[0, high], tickvals=ticks, ticktext=[percent(tick, 0) for tick in ticks])
    figure.update_yaxes(range=[0, high], tickvals=ticks, ticktext=[percent(tick, 0) for tick in ticks])
    figure.update_layout(
        annotations=[
            note(1, 0, "told", MUTED, 11, xref="paper", yref="paper", xanchor="right", yanchor="bottom", yshift=4),
            note(0, 1, "came", MUTED, 11, xref="paper", yref="paper", xanchor="left", yanchor="top", xshift=6),
        ]
    )
    return figure


def _ticks(high: float) -> list[float]:
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if high / step <= 4.5)
    return [k * step for k in range(int(min(high, 1.0) / step + 1e-9) + 1)]


def _right(y: float, text: str, shift: int, colour: str, size: int) -> dict[str, object]:
    return note(1, y, text, colour, size, xref="paper", xanchor="right", xshift=shift)


def describe_methods(methods: Sequence[Method]) -> str:
    return " ".join(f"{method_told(method)}." for method in methods)


def describe_reliability(calibration: Calibration) -> str:
    told = [f"told {percent(one.predicted, 0)}, came in {percent(one.share, 0)}" for one in calibration.bins]
    return f"{calibration.stage}: " + "; ".join(told) + "."

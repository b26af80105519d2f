"""The overview's figures: what moved a metric, where people leave, and two metrics that pull apart."""

from typing import Any

import plotly.graph_objects as go

from journey.charts.overview_words import difference_words, part_words
from journey.charts.theme import ACCENT, GHOST, INK, MUTED, NEG, PAPER, POS, a, dress, hatched, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import change, count, day, percent, short
from journey.funnels import Funnel
from journey.metrics import Metric, Moved, Named

ROW = 42


def moved_figure(moved: Moved, named: Named, currency: str | None) -> go.Figure:
    """Parts of the change as bars from zero, the best first; grey where the interval holds zero."""
    sign = 1 if named.good == "up" else -1
    parts = sorted(moved.parts, key=lambda part: sign * part.change)
    colours = [(POS if part.change * sign > 0 else NEG) if part.told_from_noise else GHOST for part in parts]
    rows = list(range(len(parts)))
    figure = go.Figure(
        go.Bar(
            x=[part.change for part in parts],
            y=rows,
            orientation="h",
            marker={"color": colours, "cornerradius": 3},
            width=0.5 if len(parts) > 4 else 0.36,
            error_x=whiskers([part.change for part in parts], [part.interval for part in parts]),
            hoverinfo="skip",
        )
    )
    dress(figure, max(ROW, min(68, 290 // max(len(parts), 1))) * len(parts) + 16, right=78)
    names = [_two_lines(part_words(part, moved)) for part in parts]
    figure.update_yaxes(tickvals=rows, ticktext=names, showgrid=False, tickfont={"color": INK, "size": 12})
    figure.update_xaxes(showticklabels=False, range=_reach(moved))
    figure.add_vline(x=0, line={"color": MUTED, "width": 1})
    for row, part in zip(rows, parts, strict=True):
        said = f"<b>{plain(difference_words(named, part.change, currency))}</b>"
        figure.add_annotation(note(1, row, said, INK, xref="paper", xanchor="right", xshift=74))
    return figure


def _two_lines(said: str) -> str:
    """What it is, and under it in whom: a label as narrow as a telephone asks for."""
    name, _, group = said.partition(", ")
    under = f'<br><span style="color:{MUTED};font-size:11px">{plain(short(group, 26))}</span>' if group else ""
    return plain(short(name, 26)) + under


def _reach(moved: Moved) -> list[float]:
    ends = [end for part in moved.parts for end in (part.interval or (part.change, part.change))] + [0.0]
    low, high = min(ends), max(ends)
    pad = (high - low or 1.0) * 0.03
    return [low - pad, high + pad]


def leak_figure(funnel: Funnel) -> go.Figure:
    """How many reach each step, and hatched how many of the step before do not; the worst loss is named."""
    rows = list(range(len(funnel.steps)))
    colours = [NEG if row == funnel.worst else GHOST for row in rows]
    bar: dict[str, Any] = {"y": rows, "orientation": "h", "width": 0.52, "hoverinfo": "skip"}
    reached = go.Bar(x=[step.count for step in funnel.steps], marker={"color": ACCENT, "cornerradius": 3}, **bar)
    lost = go.Bar(x=[step.lost for step in funnel.steps], marker=hatched([a(colour, 0.16) for colour in colours], colours), **bar)
    figure = go.Figure([reached, lost])
    dress(figure, min(54, max(30, 270 // len(rows))) * len(rows) + 8, right=58, barmode="stack", yaxis_autorange="reversed")
    names = [plain(short(step.event, 20)) for step in funnel.steps]
    figure.update_yaxes(tickvals=rows, ticktext=names, showgrid=False, tickfont={"color": INK, "size": 12})
    figure.update_xaxes(showticklabels=False, range=[0, max(funnel.entered, 1)])
    for row, step in zip(rows, funnel.steps, strict=True):
        figure.add_annotation(note(1, row, f"<b>{count(step.count)}</b>", INK, xref="paper", xanchor="right", xshift=54))
        if row == funnel.worst and step.share_of_previous is not None:
            said = f"<b>−{plain(percent(1 - step.share_of_previous, 0))}</b>"
            figure.add_annotation(note(step.count, row, said, NEG, xanchor="left", xshift=6, bgcolor=PAPER))
    return figure


def opposed_figure(better: tuple[Named, Metric], worse: tuple[Named, Metric]) -> go.Figure:
    """Two metrics over the span, each as 100 at its first whole period."""
    figure = go.Figure()
    labels = []
    for (named, metric), colour in ((better, ACCENT), (worse, NEG)):
        kept = [point for point in metric.now.points if point.complete and point.value]
        first = kept[0].value if kept and kept[0].value else 1.0
        levels = [100 * (point.value or 0.0) / first for point in kept]
        figure.add_scatter(
            x=[point.start for point in kept], y=levels, mode="lines", line={"color": colour, "width": 2.5}, hoverinfo="skip"
        )
        if kept:
            labels.append((kept[-1].start, levels[-1], colour, named, metric))
    dress(figure, 260, right=112, bottom=4)
    _label_ends(figure, labels)
    starts = sorted(point.start for _, metric in (better, worse) for point in metric.now.points if point.complete)
    zone = better[1].now.timezone
    figure.update_xaxes(
        range=[starts[0], starts[-1]], tickvals=[starts[0], starts[-1]], ticktext=[day(starts[0], zone), day(starts[-1], zone)]
    )
    figure.update_yaxes(nticks=4)
    return figure


def _label_ends(figure: go.Figure, ends: list[tuple[int, float, str, Named, Metric]]) -> None:
    """Names at the lines' ends, the upper one above and the lower one below, so that they cannot meet."""
    ordered = sorted(ends, key=lambda end: -end[1])
    for place, (x, y, colour, named, metric) in enumerate(ordered):
        told = change(metric.change.relative) if metric.change else ""
        text = f"<b>{plain(short(named.name, 18))}</b><br>{plain(told)}"
        anchor = "bottom" if place == 0 else "top"
        figure.add_annotation(note(x, y, text, colour, xanchor="left", xshift=8, align="left", yanchor=anchor, yshift=-8 if place else 8))

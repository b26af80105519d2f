"""The figures of segments: how many each condition holds for, and where two segments differ."""

from collections.abc import Sequence

import plotly.graph_objects as go

from journey.charts.segments_said import difference_name, difference_told, interval_told, value_told
from journey.charts.theme import ACCENT, CAUTION, GHOST, INK, MUTED, a, dress, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import count, percent, short
from journey.rules.segment import Segment
from journey.segments import Difference

ROW = 46


def conditions_figure(rows: Sequence[tuple[str, Segment]]) -> go.Figure:
    """One bar per condition, the segment itself last and blue: the share of customers it holds for, with its interval."""
    places = list(range(len(rows)))
    found = [segment for _, segment in rows]
    shares = [segment.share or 0.0 for segment in found]
    ends = [segment.interval or (0.0, 0.0) for segment in found]
    figure = go.Figure(
        go.Bar(
            x=shares,
            y=places,
            orientation="h",
            width=0.44,
            marker={"color": [a(ACCENT, 0.32)] * (len(rows) - 1) + [ACCENT], "cornerradius": 3},
            error_x=whiskers(shares, ends),
            hovertext=[f"{plain(name)}<br>{_said(segment)}" for name, segment in rows],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    dress(figure, ROW * len(rows) + 14, right=104, yaxis_autorange="reversed")
    names = [f"<b>{plain(short(name, 34))}</b>" if place == places[-1] else plain(short(name, 34)) for place, (name, _) in enumerate(rows)]
    figure.update_yaxes(tickvals=places, ticktext=names, showgrid=False, tickfont={"color": INK, "size": 12})
    figure.update_xaxes(showticklabels=False, range=[0, max([high for _, high in ends] + [0.01]) * 1.02])
    for place, segment in enumerate(found):
        said = f"<b>{count(segment.people.count)}</b>  {percent(segment.share)}"
        figure.add_annotation(note(1, place, said, INK, xref="paper", xanchor="right", xshift=100))
    return figure


def _said(segment: Segment) -> str:
    interval = f" ({percent(segment.interval[0])} to {percent(segment.interval[1])})" if segment.interval else ""
    return f"{count(segment.people.count)} of {count(segment.known)} customers, {percent(segment.share)}{interval}"


def describe_conditions(rows: Sequence[tuple[str, Segment]]) -> str:
    return "Bars, share of customers: " + "; ".join(f"{name}: {_said(segment)}" for name, segment in rows) + "."


def differences_figure(found: Sequence[Difference], names: tuple[str, str]) -> go.Figure:
    """A dot and its interval per difference of shares, from zero: to the right where a is higher, to the left where b is."""
    places = list(range(len(found)))
    values = [one.difference or 0.0 for one in found]
    ends = [one.interval or (0.0, 0.0) for one in found]
    figure = go.Figure(
        go.Scatter(
            x=values,
            y=places,
            mode="markers",
            marker={"color": [ACCENT if value > 0 else CAUTION for value in values], "size": 11},
            error_x=whiskers(values, ends, MUTED),
            hovertext=[_hover(one, names) for one in found],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    dress(figure, 34 * len(found) + 44, right=136, top=30, yaxis_autorange="reversed")
    ticks = [plain(short(difference_name(one), 30)) for one in found]
    figure.update_yaxes(tickvals=places, ticktext=ticks, showgrid=False, tickfont={"color": INK, "size": 12})
    low, high = min([0.0, *(end for end, _ in ends)]), max([0.0, *(end for _, end in ends)])
    pad = max(high - low, 0.02) * 0.06
    figure.update_xaxes(showticklabels=False, range=[low - pad, high + pad])
    figure.add_vline(x=0, line={"color": MUTED, "width": 1})
    for place, one in enumerate(found):
        figure.add_hline(y=place, line={"color": a(GHOST, 0.45), "width": 1}, layer="below")
        said = f"{percent(one.a, 0)} · {percent(one.b, 0)}  <b>{difference_told(one)}</b>"
        figure.add_annotation(note(1, place, said, INK, xref="paper", xanchor="right", xshift=132))
    for there, text, anchor, shift in (
        (high > 0, f"{short(names[0], 22)} higher →", "left", 6),
        (low < 0, f"← {short(names[1], 22)} higher", "right", -6),
    ):
        if there:
            figure.add_annotation(note(0, 1, plain(text), MUTED, yref="paper", xanchor=anchor, xshift=shift, yanchor="bottom", yshift=8))
    return figure


def _hover(one: Difference, names: tuple[str, str]) -> str:
    a_told, b_told = (f"{plain(short(name, 30))}: {value_told(one, x)}" for name, x in zip(names, (one.a, one.b), strict=True))
    return f"{plain(short(difference_name(one), 60))}<br>{a_told}<br>{b_told}<br>{difference_told(one)} ({interval_told(one)})"


def describe_differences(found: Sequence[Difference], names: tuple[str, str]) -> str:
    told = (f"{difference_name(one)} {percent(one.a)} against {percent(one.b)}, {interval_told(one)} points" for one in found)
    return f"Differences of shares, {names[0]} minus {names[1]}, with 95% intervals: " + "; ".join(told) + "."

"""The north star by group of customers: what an overview shows where no change can be explained."""

import plotly.graph_objects as go

from journey.charts.overview_words import interval_words, value_words
from journey.charts.theme import ACCENT, GHOST, INK, MUTED, dress, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import short
from journey.metrics import Metric, Named, Point
from journey.metrics.overview import ENOUGH

MOST = 6


def shown_groups(metric: Metric) -> dict[str, Point]:
    """The groups with a value and its interval over 30 units or more, the highest first."""
    points = {name: series.total for name, series in metric.breakdown.items() if name}
    kept = {name: point for name, point in points.items() if point and point.value is not None and point.interval and point.n >= ENOUGH}
    return dict(sorted(kept.items(), key=lambda item: (-(item[1].value or 0.0), item[0]))[:MOST])


def groups_figure(named: Named, metric: Metric) -> go.Figure:
    """One bar per group of `shown_groups` with its interval; blue where that lies apart from everyone's value, the dotted line."""
    groups, total = shown_groups(metric), metric.now.total
    everyone = total.value if total and total.value is not None else 0.0
    rows, points = list(range(len(groups))), list(groups.values())
    ends = [point.interval or (0.0, 0.0) for point in points]
    values = [point.value or 0.0 for point in points]
    apart = [not low <= everyone <= high for low, high in ends]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=rows,
            orientation="h",
            width=0.5,
            marker={"color": [ACCENT if told else GHOST for told in apart], "cornerradius": 3},
            error_x=whiskers(values, ends),
            hovertext=[f"{plain(name)}: {plain(interval_words(named, point.interval, metric.currency))}" for name, point in groups.items()],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    dress(figure, 54 * len(rows) + 16, right=78, yaxis_autorange="reversed")
    names = [plain(short(name, 20)) for name in groups]
    figure.update_yaxes(tickvals=rows, ticktext=names, showgrid=False, tickfont={"color": INK, "size": 12})
    figure.update_xaxes(showticklabels=False, range=[min(0.0, *(low for low, _ in ends)), max(high for _, high in ends) * 1.03])
    figure.add_vline(x=everyone, line={"color": MUTED, "width": 1, "dash": "dot"})
    for row, value in zip(rows, values, strict=True):
        said = f"<b>{plain(value_words(named, value, metric.currency))}</b>"
        figure.add_annotation(note(1, row, said, INK, xref="paper", xanchor="right", xshift=74))
    return figure

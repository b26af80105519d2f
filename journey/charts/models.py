"""The proof of a model: its measures beside the baselines, whether its chances hold, and the same date after date."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, GHOST, INK, MUTED, PAPER, a, dress, note
from journey.charts.whiskers import whiskers
from journey.charts.words import count, date, dates, decimal, percent, several
from journey.inference.reliability import Bin
from journey.predict.measures import Measured, Metrics
from journey.predict.store import Proved

ROW = 52
RANKED = ("auc", "average_precision", "precision_at_capacity")


def measure_name(name: str, capacity: int) -> str:
    """A measure of rank in plain words."""
    return {
        "auc": "Pairs put in the right order",
        "average_precision": "Precision down the list",
        "precision_at_capacity": f"Right among the first {count(capacity)}",
    }[name]


def baselines_figure(model: Metrics, baselines: Mapping[str, Metrics]) -> go.Figure:
    """A row per measure of rank: the model's dot with its interval, recency alone hollow, the same for all as an upright mark."""
    figure = go.Figure()
    for place in range(len(RANKED)):
        figure.add_shape(type="line", x0=0, x1=1, y0=place, y1=place, layer="below", line={"color": a(GHOST, 0.45), "width": 1})
    majority, recency = baselines["majority"], baselines["recency"]
    figure.add_trace(_marks([majority.found[name] for name in RANKED], "the same chance for all", MUTED, "line-ns"))
    figure.add_trace(_marks([recency.found[name] for name in RANKED], "recency alone", MUTED, "circle"))
    figure.add_trace(_marks([model.found[name] for name in RANKED], "this model", ACCENT, "circle", True))
    dress(figure, ROW * len(RANKED) + 44, right=104, top=28, bottom=2, left=12)
    figure.update_yaxes(showticklabels=False, range=[len(RANKED) - 0.5, -0.75], showgrid=False)
    for place, name in enumerate(RANKED):
        named = note(0, place, measure_name(name, model.capacity), INK, xref="paper", xanchor="left", yanchor="bottom", yshift=11)
        figure.add_annotation(named)
    figure.update_xaxes(range=[-0.01, 1.01], tickvals=[0, 0.5, 1], ticktext=["0%", "50%", "100%"])
    for text, shift in (("model", 46), ("recency", 104)):
        figure.add_annotation(note(1, 1, text, MUTED, 11, xref="paper", yref="paper", xanchor="right", xshift=shift, yshift=14))
    for place, name in enumerate(RANKED):
        told = f"<b>{percent(model[name], 0)}</b>"
        figure.add_annotation(note(1, place, told, INK, xref="paper", xanchor="right", xshift=46))
        figure.add_annotation(note(1, place, percent(recency[name], 0), MUTED, xref="paper", xanchor="right", xshift=104))
    return figure


def _marks(found: Sequence[Measured], whose: str, colour: str, symbol: str, filled: bool = False) -> go.Scatter:
    """A dot for each measure that is defined, with its interval."""
    known = [(place, one.value, one.interval or (one.value, one.value)) for place, one in enumerate(found) if one.value is not None]
    marker = {"size": 11, "symbol": symbol, "color": colour if filled else PAPER, "line": {"width": 2, "color": colour}}
    if symbol == "line-ns":
        marker = {"size": 14, "symbol": symbol, "line": {"width": 2, "color": colour}}
    return go.Scatter(
        x=[value for _, value, _ in known],
        y=[place for place, _, _ in known],
        mode="markers",
        cliponaxis=False,
        marker=marker,
        error_x=None if symbol == "line-ns" else whiskers([value for _, value, _ in known], [ends for *_, ends in known], colour, 1.4, 4),
        hovertext=[f"{whose}: {percent(value)} ({percent(low)} to {percent(high)})" for _, value, (low, high) in known],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def describe_baselines(model: Metrics, baselines: Mapping[str, Metrics]) -> str:
    told = (
        f"{measure_name(name, model.capacity)}: model {percent(model[name])}, recency alone {percent(baselines['recency'][name])}, "
        f"the same for all {percent(baselines['majority'][name])}"
        for name in RANKED
    )
    return "; ".join(told) + "."


def reliability_figure(bins: Sequence[Bin]) -> go.Figure:
    """The chance that was given across, what came up, with the band of its intervals; the dotted line is where both are equal."""
    highest = max((max(one.predicted, one.interval[1] if one.interval else one.share) for one in bins), default=1.0)
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if highest <= 4.2 * step or step == 0.25)
    top = min(1.0, max(step, highest * 1.04))
    figure = go.Figure()
    ends = [one.interval or (one.share, one.share) for one in bins]
    across = [one.predicted for one in bins]
    band_x, band_y = across + across[::-1], [high for _, high in ends] + [low for low, _ in ends][::-1]
    figure.add_trace(go.Scatter(x=[0, top], y=[0, top], mode="lines", line={"color": MUTED, "width": 1.5, "dash": "dot"}, hoverinfo="skip"))
    figure.add_trace(
        go.Scatter(x=band_x, y=band_y, fill="toself", fillcolor=a(ACCENT, 0.14), line={"width": 0}, mode="lines", hoverinfo="skip")
    )
    figure.add_trace(
        go.Scatter(
            x=across,
            y=[one.share for one in bins],
            mode="lines+markers",
            line={"color": ACCENT, "width": 2},
            marker={"size": 8, "color": ACCENT, "line": {"color": PAPER, "width": 1}},
            hovertext=[_bin_told(one) for one in bins],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    dress(figure, 240, top=18, bottom=18, right=10)
    ticks = [k * step for k in range(6) if k * step <= top + 1e-9]
    told = [percent(tick, 0) for tick in ticks]
    figure.update_xaxes(range=[-0.01 * top, top * 1.02], tickvals=ticks, ticktext=told)
    figure.update_yaxes(range=[-0.02 * top, top * 1.04], tickvals=ticks, ticktext=told)
    figure.add_annotation(note(0, 1, "came true", MUTED, 11, xref="paper", yref="paper", xanchor="left", yshift=10, xshift=4))
    figure.add_annotation(note(1, 0, "chance given", MUTED, 11, xref="paper", yref="paper", xanchor="right", yshift=10))
    return figure


def _bin_told(one: Bin) -> str:
    low, high = one.interval or (one.share, one.share)
    return (
        f"Given {percent(one.predicted)} on average: came true for {count(one.came)} of {count(one.n)},<br>"
        f"{percent(one.share)} ({percent(low)} to {percent(high)})"
    )


def describe_reliability(bins: Sequence[Bin]) -> str:
    told = "; ".join(f"given {percent(one.predicted, 0)}, came {percent(one.share, 0)} of {count(one.n)}" for one in bins)
    return f"Chances given beside what came: {told}." if bins else "Nobody could be tested."


def stability_figure(tests: Sequence[Proved], timezone: str) -> go.Figure:
    """How well pairs were put in order, test after test, with intervals; recency alone hollow below."""
    figure, places = go.Figure(), list(range(len(tests)))
    low = 1.0
    for whose, colour, filled, metrics in (
        ("recency alone", MUTED, False, [one.recency for one in tests]),
        ("this model", ACCENT, True, [one.model for one in tests]),
    ):
        known = [(place, one["auc"], one.found["auc"].interval) for place, one in enumerate(metrics) if one["auc"] is not None]
        ends = [interval or (value, value) for _, value, interval in known]
        low = min([low, *(end[0] for end in ends)])
        figure.add_trace(
            go.Scatter(
                x=[place for place, *_ in known],
                y=[value for _, value, _ in known],
                mode="lines+markers",
                line={"color": colour, "width": 2 if filled else 1.5, "dash": None if filled else "dot"},
                marker={"size": 10, "color": colour if filled else PAPER, "line": {"width": 2, "color": colour}},
                error_y=whiskers([value for _, value, _ in known], ends, colour, 1.4, 4),
                hovertext=[
                    f"{whose}: {percent(value)} ({percent(e[0])} to {percent(e[1])})" for (_, value, _), e in zip(known, ends, strict=True)
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
        if known:
            figure.add_annotation(
                note(
                    1,
                    known[-1][1],
                    f"{whose}<br><b>{percent(known[-1][1], 0)}</b>",
                    colour if filled else MUTED,
                    11,
                    xref="paper",
                    xanchor="left",
                    xshift=6,
                    align="left",
                )
            )
    dress(figure, 220, top=10, bottom=20, right=86)
    floor = min(0.5, int(low * 10) / 10)
    ticks = [tick / 10 for tick in range(round(floor * 10), 11, 2 if floor < 0.5 else 1)]
    figure.update_yaxes(range=[floor - 0.02, 1.02], tickvals=ticks, ticktext=[percent(tick, 0) for tick in ticks])
    names = [
        f"{told}<br><span style='font-size:11px'>{percent(one.model['base_rate'], 0)} came</span>"
        for told, one in zip(dates([one.as_of for one in tests], timezone), tests, strict=True)
    ]
    figure.update_xaxes(range=[-0.35, len(tests) - 0.65], tickvals=places, ticktext=names)
    return figure


def describe_stability(tests: Sequence[Proved], timezone: str) -> str:
    told = (f"{date(one.as_of, timezone)}: {percent(one.model['auc'])}, recency alone {percent(one.recency['auc'])}" for one in tests)
    return f"Pairs put in the right order in {several(len(tests), 'test')}: " + "; ".join(told) + "."


def lift_told(metrics: Metrics) -> str:
    return f"{decimal(metrics['lift_at_capacity'])}×" if metrics["lift_at_capacity"] is not None else "–"

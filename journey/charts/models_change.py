"""What may change under a model: drift beside chance, groups of customers beside each other, what it goes by."""

import math
from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from journey.charts.theme import ACCENT, CAUTION, GHOST, INK, MUTED, PAPER, a, dress, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import count, decimal, percent, points, short
from journey.inference import Interval, wilson
from journey.inference.drift import LARGE
from journey.inference.fairness import Fairness, Treatment
from journey.predict.portrait import Portrait
from journey.predict.store import Drifted, DriftReport

ROW = 30
MOST_ROWS = 8
PANELS = ("Chosen", "Found, of those it came for", "Came more than told")


def drift_figure(report: DriftReport, most: int = MOST_ROWS) -> go.Figure:
    """A bar per feature, the chances first: the stability index; the upright mark is what chance alone stays below 95 times in 100."""
    rows = shown_drift(report, most)
    places, values = list(range(len(rows))), [one.drift.index or 0.0 for one in rows]
    marks = [one.drift.by_chance[1] if one.drift.by_chance else None for one in rows]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=places,
            orientation="h",
            marker={"color": [CAUTION if one.drift.is_drift else GHOST for one in rows], "cornerradius": 3},
            hovertext=[_drift_told(one) for one in rows],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    known = [(mark, place) for mark, place in zip(marks, places, strict=True) if mark is not None]
    figure.add_trace(
        go.Scatter(
            x=[mark for mark, _ in known],
            y=[place for _, place in known],
            mode="markers",
            marker={"symbol": "line-ns", "size": 16, "line": {"width": 2, "color": INK}},
            hoverinfo="skip",
        )
    )
    highest = max([LARGE * 1.3, *values, *(mark for mark, _ in known)])
    figure.add_shape(type="line", x0=LARGE, x1=LARGE, y0=-0.5, y1=len(rows) - 0.5, line={"color": MUTED, "width": 1, "dash": "dot"})
    dress(figure, ROW * len(rows) + 34, right=52, top=4, bottom=6)
    names = [plain(short(one.label, 34)) for one in rows]
    names = [f"<b>{name}</b>" if one.feature is None else name for one, name in zip(rows, names, strict=True)]
    figure.update_yaxes(tickvals=places, ticktext=names, range=[len(rows) - 0.5, -0.5], showgrid=False, tickfont={"color": INK, "size": 12})
    figure.update_xaxes(range=[0, highest * 1.03], tickvals=[0, LARGE], ticktext=["0", f"{LARGE:g}"])
    for place, one in enumerate(rows):
        told = decimal(one.drift.index, 2)
        figure.add_annotation(
            note(1, place, f"<b>{told}</b>" if one.drift.is_drift else told, INK, xref="paper", xanchor="right", xshift=48)
        )
    return figure


def shown_drift(report: DriftReport, most: int = MOST_ROWS) -> list[Drifted]:
    return list(report.found[:most])


def _drift_told(one: Drifted) -> str:
    chance = one.drift.by_chance
    beside = (
        "" if chance is None else f"<br>chance alone: {decimal(chance[0], 3)} on average, below {decimal(chance[1], 3)} 95 times in 100"
    )
    return f"{plain(one.label)}: {decimal(one.drift.index, 3)}, {count(one.drift.now)} now beside {count(one.drift.before)} tested{beside}"


def describe_drift(report: DriftReport) -> str:
    return "Stability index: " + "; ".join(f"{one.label} {decimal(one.drift.index, 2)}" for one in shown_drift(report)) + "."


def fairness_figure(fairness: Fairness) -> go.Figure:
    """A row per group, three panels: who is chosen, who is found, by how much chances are off; pale where there are too few."""
    groups = fairness.groups
    figure = make_subplots(1, 3, shared_yaxes=True, horizontal_spacing=0.04)
    for panel, told in enumerate((_chosen, _found, _off), 1):
        known = [(place, group, *told(group)) for place, group in enumerate(groups)]
        rows = [(place, group, value, ends or (value, value)) for place, group, value, ends in known if value is not None]
        figure.add_trace(
            go.Scatter(
                x=[value for *_, value, _ in rows],
                y=[place for place, *_ in rows],
                mode="markers",
                cliponaxis=False,
                marker={
                    "size": 9,
                    "color": [ACCENT if group.is_large and group.group else PAPER for _, group, *_ in rows],
                    "line": {"width": 1.6, "color": [ACCENT if group.is_large else GHOST for _, group, *_ in rows]},
                },
                error_x=whiskers([value for *_, value, _ in rows], [ends for *_, ends in rows], MUTED, 1.3, 3),
                hovertext=[_group_told(group, panel, value, ends) for _, group, value, ends in rows],
                hovertemplate="%{hovertext}<extra></extra>",
            ),
            1,
            panel,
        )
    dress(figure, ROW * len(groups) + 54, top=30, bottom=4, right=10)
    names = [f"{plain(short(group.group or 'not known', 20))} <span style='font-size:11px'>{count(group.n)}</span>" for group in groups]
    figure.update_yaxes(range=[len(groups) - 0.5, -0.5], showgrid=True, tickvals=list(range(len(groups))), ticktext=names)
    figure.update_yaxes(tickfont={"color": INK, "size": 12}, col=1)
    _fair_axes(figure, groups)
    return figure


def _fair_axes(figure: go.Figure, groups: Sequence[Treatment]) -> None:
    for panel, head in enumerate(PANELS, 1):
        axis = "" if panel == 1 else str(panel)
        text = note(0, 1, head, MUTED, 11, xref=f"x{axis} domain", yref="paper", xanchor="left", yanchor="bottom", yshift=8)
        figure.add_annotation(text)
    highest = max([0.05, *(wilson(group.chosen, group.n)[1] for group in groups if group.n)])  # type: ignore[index]
    high = min(1.0, math.ceil(highest * 1.05 / 0.1) * 0.1)
    figure.update_xaxes(
        range=[-0.02 * high, high], tickvals=[0, high / 2, high], ticktext=[percent(x, 0) for x in (0, high / 2, high)], col=1
    )
    figure.update_xaxes(range=[-0.03, 1.03], tickvals=[0, 0.5, 1], ticktext=["0%", "50%", "100%"], col=2)
    ends = [abs(end) for group in groups if group.is_large and group.calibration for end in group.calibration[1]]
    reach = min(1.0, max([0.05, *ends]) * 1.1)
    figure.update_xaxes(
        range=[-reach, reach],
        tickvals=[-reach / 1.4, 0, reach / 1.4],
        ticktext=[points(-reach / 1.4, 0), "as told", points(reach / 1.4, 0)],
        zeroline=True,
        zerolinecolor=MUTED,
        zerolinewidth=1,
        col=3,
    )


def _chosen(group: Treatment) -> tuple[float | None, Interval | None]:
    return group.selection, wilson(group.chosen, group.n)


def _found(group: Treatment) -> tuple[float | None, Interval | None]:
    return group.found, wilson(group.caught, group.came)


def _off(group: Treatment) -> tuple[float | None, Interval | None]:
    return group.calibration or (None, None)


def _group_told(group: Treatment, panel: int, value: float, ends: Interval) -> str:
    told = points if panel == 3 else percent
    few, named = "" if group.is_large else "<br>too few to compare", plain(short(group.group or "not known", 40))
    return f"{named}, {PANELS[panel - 1].lower()}: {told(value)} ({told(ends[0])} to {told(ends[1])}){few}"


def describe_fairness(fairness: Fairness) -> str:
    told = (
        f"{group.group or 'not known'} ({count(group.n)}): chosen {percent(group.selection)}, found {percent(group.found)}"
        for group in fairness.groups
    )
    return f"By {fairness.by}: " + "; ".join(told) + "."


def families_of(portrait: Portrait) -> list[tuple[str, float, float]]:
    """(family, its share of all that moves chances, the share of it that could be changed), the heaviest first."""
    whole = sum(one.moves for one in portrait.traits) or 1.0
    found: dict[str, tuple[float, float]] = {}
    for one in portrait.traits:
        weight, changeable = found.get(one.family, (0.0, 0.0))
        found[one.family] = (weight + one.moves / whole, changeable + (one.moves / whole if one.actionable else 0.0))
    return sorted(((family, weight, changeable) for family, (weight, changeable) in found.items()), key=lambda row: -row[1])


def families_figure(portrait: Portrait) -> go.Figure:
    """A bar per family: its share of what moves chances; filled what a person who serves the customer could change."""
    rows = families_of(portrait)
    places = list(range(len(rows)))
    figure = go.Figure()
    hover = [
        f"{family.capitalize()}: {percent(weight)} of what moves chances,<br>{percent(part)} of it can be changed"
        for family, weight, part in ((f, w, (c / w if w else 0.0)) for f, w, c in rows)
    ]
    for values, marker in (
        ([changeable for *_, changeable in rows], {"color": ACCENT, "cornerradius": 3}),
        ([weight - changeable for _, weight, changeable in rows], {"color": a(ACCENT, 0.22), "cornerradius": 3}),
    ):
        figure.add_bar(x=values, y=places, orientation="h", marker=marker, hovertext=hover, hovertemplate="%{hovertext}<extra></extra>")
    dress(figure, ROW * len(rows) + 8, right=46, top=2, bottom=2, barmode="stack")
    figure.update_yaxes(
        tickvals=places,
        ticktext=[family.capitalize() for family, *_ in rows],
        range=[len(rows) - 0.5, -0.5],
        showgrid=False,
        tickfont={"color": INK, "size": 12},
    )
    figure.update_xaxes(showticklabels=False, range=[0, max([weight for _, weight, _ in rows], default=1.0) * 1.02 or 1.0])
    for place, (_, weight, _) in enumerate(rows):
        figure.add_annotation(note(1, place, percent(weight, 0), INK, xref="paper", xanchor="right", xshift=42))
    return figure


def describe_families(portrait: Portrait) -> str:
    return (
        "Share of what moves chances: " + "; ".join(f"{family} {percent(weight, 0)}" for family, weight, _ in families_of(portrait)) + "."
    )

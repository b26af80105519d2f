"""One metric of an experiment in each group of units, with what remains of it once all groups are looked at together."""

from collections.abc import Sequence

import plotly.graph_objects as go

from journey.charts.experiments_course import levels_between
from journey.charts.experiments_results import COLOURS, SYMBOLS
from journey.charts.experiments_said import BETTER, MUTE, UNTOLD, WORSE, difference_told, interval_told, p_said
from journey.charts.theme import GHOST, INK, MUTED, PAPER, a, dress, note, plain
from journey.charts.words import count, several, short
from journey.experiments.result import Group

ROW, TOLD = 44, 0.05


def state_of_group(group: Group) -> str:
    """better | worse where q is below .05, in the metric's good direction; else open."""
    found = group.compared
    if found.difference is None or group.q is None or group.q >= TOLD:
        return UNTOLD
    return BETTER if (found.difference > 0) == (group.metric.good == "up") else WORSE


def groups_figure(groups: Sequence[Group], overall: float | None, currency: str | None = None, *, mute: bool = False) -> go.Figure:
    """Difference to control with its interval by group; the dotted line is the difference of all."""
    figure = go.Figure()
    for place, group in enumerate(groups):
        _draw(figure, place, group, MUTE if mute else state_of_group(group), currency)
    ends = [end for group in groups for end in (group.compared.difference, *(group.compared.interval or ())) if end is not None]
    ends += [0.0] + ([] if overall is None else [overall])
    low, high = min(ends), max(ends)
    room = (high - low) * 0.06 or 0.01
    dress(figure, len(groups) * ROW + 34, top=4, bottom=2, right=160)
    if overall is not None:
        figure.add_vline(x=overall, line={"color": MUTED, "width": 1.2, "dash": "dot"}, layer="below")
    figure.add_vline(x=0, line={"color": INK, "width": 1.2}, layer="below")
    for place, group in enumerate(groups):
        figure.add_annotation(**note(1, place, _value(group, currency), INK, xref="paper", xanchor="left", xshift=10, align="left"))
    names = [f"{plain(short(name_of(group), 24))}<br>{_small(_sizes(group))}" for group in groups]
    figure.update_yaxes(
        tickvals=list(range(len(groups))),
        ticktext=names,
        range=[len(groups) - 0.5, -0.5],
        showgrid=False,
        tickfont={"size": 12, "color": INK},
    )
    levels = levels_between(low - room, high + room)
    told = ["0" if not level else difference_told(groups[0].metric, level, currency) for level in levels] if groups else []
    figure.update_xaxes(
        range=[low - room, high + room], tickvals=levels if groups else [], ticktext=told, showgrid=True, gridcolor=a(GHOST, 0.45)
    )
    return figure


def name_of(group: Group) -> str:
    return group.value or "not known"


def _sizes(group: Group) -> str:
    return f"{count(group.compared.n)} against {count(group.compared.control_n)}"


def _small(text: str) -> str:
    return f"<span style='font-size:11px;color:{MUTED}'>{plain(text)}</span>"


def _value(group: Group, currency: str | None) -> str:
    found = group.compared
    if found.difference is None:
        return _small("too few")
    q = "" if group.q is None else f"  {p_said(group.q, 'q')}"
    around = interval_told(group.metric, found.interval, currency)
    return f"<b>{plain(difference_told(group.metric, found.difference, currency))}</b>{_small(q)}<br>{_small(around)}"


def _draw(figure: go.Figure, place: int, group: Group, state: str, currency: str | None) -> None:
    found, colour = group.compared, COLOURS[state]
    if found.difference is None:
        return
    if found.interval is not None:
        line = {"color": a(colour, 0.9), "width": 2.2, "dash": "dot" if state == MUTE else "solid"}
        figure.add_trace(go.Scatter(x=list(found.interval), y=[place, place], mode="lines", line=line, hoverinfo="skip"))
    hollow = state in (UNTOLD, MUTE)
    figure.add_trace(
        go.Scatter(
            x=[found.difference],
            y=[place],
            mode="markers",
            marker={"size": 11, "symbol": SYMBOLS[state], "color": PAPER if hollow else colour, "line": {"color": colour, "width": 2}},
            customdata=[f"{plain(name_of(group))}: {plain(difference_told(group.metric, found.difference, currency))}"],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )


def groups_sentence(groups: Sequence[Group], by: str) -> str:
    """In which groups something remains once all of them are looked at."""
    judged = [group for group in groups if group.q is not None]
    told = [group for group in judged if state_of_group(group) != UNTOLD]
    if not judged:
        return f"No group by {by} holds enough units to be judged."
    if not told:
        return f"No group by {by} is told from no difference, of {several(len(judged), 'group')} looked at together."
    listed = ", ".join(short(name_of(group), 24) for group in told[:3]) + (f" and {count(len(told) - 3)} more" if len(told) > 3 else "")
    return f"Told from no difference in {listed}, of {several(len(judged), 'group')} by {by} looked at together."


def describe_groups(groups: Sequence[Group], currency: str | None = None) -> str:
    """What the figure shows, for those who cannot see it."""
    told = [f"{name_of(group)} {difference_told(group.metric, group.compared.difference, currency)}" for group in groups]
    return "Difference to control by group: " + "; ".join(told) + "."

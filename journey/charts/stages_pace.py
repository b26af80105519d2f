"""How fast customers go on, how they move, and what groups do otherwise: figures of the journey's movement."""

from collections.abc import Sequence

import plotly.graph_objects as go

from journey.charts.stages_pace_said import KIND_NAMES, group_cell, group_name, pace_told, pace_words
from journey.charts.theme import ACCENT, CAUTION, GHOST, INK, MUTED, NEG, POS, RAMP, a, dress, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import UNKNOWN, count, percent, short, span
from journey.inference import Interval
from journey.stages import Flow, Group, Pace, Paces

ROW = 46  # px
TONES = {"forward": ACCENT, "skip": a(ACCENT, 0.55), "back": CAUTION, "exit": a(NEG, 0.75), "return": POS, "quiet": GHOST}


def told_paces(paces: Paces) -> list[Pace]:
    """Stages that somebody came to in the period, and from which one can go on."""
    return [pace for pace in paces.stages if pace.on is not None and pace.on.entered]


def pace_figure(paces: Paces) -> go.Figure:
    """Per stage: the share that went on, a mark where it stood in the period before, the median time, and the change."""
    rows = told_paces(paces)
    spells = [pace.on for pace in rows if pace.on is not None]
    shares = [spell.share or 0.0 for spell in spells]
    figure = go.Figure(_bars(shares, [spell.interval for spell in spells], [ACCENT] * len(rows), [plain(pace_told(pace)) for pace in rows]))
    before = [(pace.before.share, k) for k, pace in enumerate(rows) if pace.before is not None and pace.before.share is not None]
    if before:
        figure.add_trace(_marks([x for x, _ in before], [k for _, k in before]))
    dress(figure, ROW * len(rows) + 34, top=26, right=236, yaxis_autorange="reversed", bargap=0.5)
    _names(figure, [pace.stage for pace in rows])
    figure.update_xaxes(showticklabels=False, range=[0, max([*shares, *[x for x, _ in before], 0.05]) * 1.12])
    notes = [_right(-0.78, text, x, MUTED, 11) for text, x in (("went on", 62), ("half within", 132), ("pace", 232))]
    for k, (pace, spell) in enumerate(zip(rows, spells, strict=True)):
        words, tone = pace_words(pace)
        colour = {"faster": POS, "slower": NEG}.get(tone, MUTED)
        texts = ((percent(spell.share, 0), 62, INK), (_days(spell.median), 132, INK), (words, 232, colour))
        notes += [_right(k, f"<b>{text}</b>" if colour in (POS, NEG) else text, x, colour, 12) for text, x, colour in texts]
    figure.update_layout(annotations=notes)
    return figure


def flow_figure(flow: Flow) -> go.Figure:
    """Per kind of move: the share of customers who made one, and how many did."""
    rows = flow.kinds
    shares = [shift.share or 0.0 for shift in rows]
    told = [f"{KIND_NAMES[shift.kind]}: {count(shift.customers)} of {count(shift.of)}, {count(shift.moves)} moves" for shift in rows]
    figure = go.Figure(_bars(shares, [shift.interval for shift in rows], [TONES[shift.kind] for shift in rows], told))
    dress(figure, ROW * len(rows) + 10, right=104, yaxis_autorange="reversed", bargap=0.5)
    _names(figure, [KIND_NAMES[shift.kind] for shift in rows])
    figure.update_xaxes(showticklabels=False, range=[0, max([*shares, 0.05]) * 1.12])
    figure.update_layout(
        annotations=[
            mark
            for k, shift in enumerate(rows)
            for mark in (_right(k, f"<b>{percent(shift.share, 0)}</b>", 44, INK, 12), _right(k, count(shift.customers), 100, MUTED, 12))
        ]
    )
    return figure


def _bars(shares: Sequence[float], intervals: Sequence[Interval | None], colours: Sequence[str], told: Sequence[str]) -> go.Bar:
    ends = [interval or (share, share) for share, interval in zip(shares, intervals, strict=True)]
    return go.Bar(
        x=list(shares),
        y=list(range(len(shares))),
        orientation="h",
        width=0.42,
        marker={"color": list(colours), "cornerradius": 3},
        error_x=whiskers(shares, ends, a(INK, 0.75), 1.3, 4),
        hovertext=list(told),
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _marks(xs: Sequence[float], ys: Sequence[int]) -> go.Scatter:
    marker = {"symbol": "line-ns", "size": 24, "line": {"width": 2, "color": MUTED}}
    told = [f"The period before: {percent(x)}" for x in xs]
    return go.Scatter(x=xs, y=ys, mode="markers", marker=marker, hovertext=told, hovertemplate="%{hovertext}<extra></extra>")


def _names(figure: go.Figure, names: Sequence[str]) -> None:
    texts = [plain(short(name[:1].upper() + name[1:], 24)) for name in names]
    figure.update_yaxes(tickvals=list(range(len(names))), ticktext=texts, showgrid=False, tickfont={"color": INK})


def _right(y: float, text: str, shift: int, colour: str, size: int) -> dict[str, object]:
    return note(1, y, text, colour, size, xref="paper", xanchor="right", xshift=shift)


def _days(days: float | None) -> str:
    return UNKNOWN if days is None else span(days * 86_400)


def groups_figure(groups: Sequence[Group]) -> go.Figure:
    """Rows: groups; columns: stages; a cell is the share that goes on, marked where it differs from all other customers."""
    stages = list(dict.fromkeys(part.stage for group in groups for part in group.parts if part.goes_on is not None))
    rows = [[group.part(stage) for stage in stages] for group in groups]
    figure = go.Figure(
        go.Heatmap(
            x=list(range(len(stages))),
            y=list(range(len(groups))),
            z=[[None if part is None else part.goes_on for part in row] for row in rows],
            text=[["" if part is None else group_cell(part) for part in row] for row in rows],
            texttemplate="%{text}",
            textfont={"size": 12, "color": INK},
            customdata=[[_cell(group, stage) for stage in stages] for group in groups],
            hovertemplate="%{customdata}<extra></extra>",
            colorscale=RAMP,
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=2,
            ygap=2,
            hoverongaps=False,
        )
    )
    dress(figure, 30 + 38 * len(groups))
    figure.update_layout(minreducedheight=38)
    heads = [plain(short(name, 16)) for name in stages]
    figure.update_xaxes(tickvals=list(range(len(stages))), ticktext=heads, side="top", tickfont={"size": 12, "color": MUTED})
    names = [f"{plain(short(group_name(group.value), 20))}  {count(group.known)}" for group in groups]
    figure.update_yaxes(tickvals=list(range(len(groups))), ticktext=names, autorange="reversed", showgrid=False, tickfont={"color": INK})
    return figure


def _cell(group: Group, stage: str) -> str:
    part = group.part(stage)
    if part is None or part.goes_on is None or part.reached is None or part.stopped is None:
        return ""
    low, high = part.interval or (0.0, 1.0)
    went = f"{count(part.reached - part.stopped)} of {count(part.reached)} go on from {plain(stage)}"
    rest = "" if part.rest is None else f"<br>all others: {percent(part.rest)}"
    return f"{plain(group_name(group.value))}: {went}<br>{percent(part.goes_on)}, 95%: {percent(low)} to {percent(high)}{rest}"

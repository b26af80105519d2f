"""A funnel as bars: what is left in the accent, what was lost since the step before as a striped ghost above it."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, CAUTION, CLEAR, GHOST, INK, MUTED, PAPER, a, dress, hatched, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import MINUS, count, percent, several, short, span
from journey.funnels import Curve, Funnel, FunnelStep

REACHED, LOST = 0, 1  # the traces, in the order a click names them
LINE = 15  # px of one line under a bar


def funnel_figure(funnel: Funnel, height: int = 300) -> go.Figure:
    """Bars are shares of step 0; whiskers their 95% Wilson intervals, from the second step on."""
    steps = funnel.steps
    shares = [step.share_of_first or 0.0 for step in steps]
    names, lines = _names([step.title for step in steps])
    figure = go.Figure([_bars(shares, steps, funnel.unit), _ghosts(shares, steps, funnel.unit), _whiskers(steps)])
    tops = [shares[at] + step.lost / step.first if step.first else 0.0 for at, step in enumerate(steps)]
    dress(figure, height + LINE * (lines + 2), top=42, bottom=LINE * (lines + 2) + 3, barmode="stack", bargap=0.3)
    figure.update_layout(annotations=[_loss(at, tops[at], step, funnel.worst) for at, step in enumerate(steps) if at and step.lost > 0])
    texts = [f"{name}<br><b>{count(step.count)}</b><br>{percent(step.share_of_first)}" for name, step in zip(names, steps, strict=True)]
    figure.update_xaxes(tickvals=list(range(len(steps))), ticktext=texts, tickfont={"color": INK}, range=[-0.55, len(steps) - 0.45])
    figure.update_xaxes(showline=True, linecolor=GHOST, automargin=False, ticklabeloverflow="allow")
    figure.update_yaxes(visible=False, range=[0, 1.02])
    return figure


def describe(funnel: Funnel) -> str:
    """The picture in words, for those who do not see it."""
    told = "; ".join(f"{step.title} {count(step.count)} ({percent(step.share_of_first)})" for step in funnel.steps)
    return f"Bar chart of a funnel, {funnel.unit} at each step: {told}. The table below holds the same numbers."


def _bars(shares: Sequence[float], steps: Sequence[FunnelStep], unit: str) -> go.Bar:
    told = [
        f"<b>{plain(step.title)}</b><br>{count(step.count)} {plain(unit)}"
        + (f"<br>{percent(step.share_of_first)} of the first step ({_interval(step)})" if step.interval else "")
        + (f"<br>after {span(step.time.median)} in the median" if step.time else "")
        for step in steps
    ]
    return go.Bar(
        x=list(range(len(steps))),
        y=list(shares),
        marker={"color": ACCENT, "cornerradius": 3},
        hovertext=told,
        hoverinfo="text",
    )


def _interval(step: FunnelStep) -> str:
    return "" if step.interval is None else f"{percent(step.interval[0])} to {percent(step.interval[1])}"


def _ghosts(shares: Sequence[float], steps: Sequence[FunnelStep], unit: str) -> go.Bar:
    """A step after an optional one is held against the last step that had to be done."""
    lost = [step.lost / step.first if step.first else 0.0 for step in steps]
    told = [f"{count(step.lost)} {plain(unit)} did not go on to<br><b>{plain(step.title)}</b>" for step in steps]
    return go.Bar(
        x=list(range(len(steps))),
        y=lost,
        base=list(shares),
        marker=hatched(a(GHOST, 0.28)),
        hovertext=told,
        hoverinfo="text",
    )


def _whiskers(steps: Sequence[FunnelStep], width: float = 5) -> go.Scatter:
    """On a trace of their own from step 1 on: a zero interval would still draw its caps."""
    known = [(at, step) for at, step in enumerate(steps) if step.interval is not None and step.first]
    shares = [step.share_of_first or 0.0 for _, step in known]
    return go.Scatter(
        x=[at for at, _ in known],
        y=shares,
        mode="markers",
        marker={"color": CLEAR, "size": 1},
        error_y=whiskers(shares, [step.interval for _, step in known], width=width),
        hoverinfo="skip",
    )


def _loss(at: int, top: float, step: FunnelStep, worst: int | None) -> dict[str, Any]:
    share = None if step.share_of_previous is None else 1 - step.share_of_previous
    told = f"<b>{MINUS}{percent(share, 0)}</b><br>{count(step.lost)} left"
    return note(at, top, told, colour=INK if at == worst else MUTED, yanchor="bottom", yshift=3)


def _names(names: Sequence[str]) -> tuple[list[str], int]:
    """Names broken into lines that fit under a bar, padded to equally many."""
    width = max(9, 48 // max(1, len(names)))
    broken = [_broken(name, width) for name in names]
    lines = max(len(parts) for parts in broken)
    return ["<br>".join([*(plain(part) for part in parts), *[" "] * (lines - len(parts))]) for parts in broken], lines


def _broken(name: str, width: int, most: int = 3) -> list[str]:
    """At spaces, underscores, hyphens and dots where there are any; three lines at most."""
    lines = [""]
    for part in _parts(name):
        while part:
            if len(lines[-1].rstrip()) + len(part.rstrip()) <= width:
                lines[-1] += part
                part = ""
            elif lines[-1]:
                lines.append("")
            else:
                lines[-1], part = part[:width], part[width:]
    lines = [line.strip() for line in lines if line.strip()] or [" "]
    return lines if len(lines) <= most else [*lines[: most - 1], short(lines[most - 1] + "…" * 2, max(2, width))]


def _parts(name: str) -> list[str]:
    """At what parts words: spaces, signs, and the capitals of camelCase."""
    parts = [""]
    for before, sign in zip(" " + name, name, strict=False):
        if before in " _-./" or (before.islower() and sign.isupper()):
            parts.append("")
        parts[-1] += sign
    return parts


def multiples_figure(funnel: Funnel, groups: Mapping[str, tuple[FunnelStep, ...]], lowest: str | None, height: int = 250) -> go.Figure:
    """One small funnel per group on one scale; dashes mark all units; `lowest` is orange."""
    figure = go.Figure()
    n, gap = max(1, len(groups)), 0.03
    width = (1 - gap * (n - 1)) / n
    notes: list[dict[str, Any]] = []
    for at, (name, steps) in enumerate(groups.items()):
        axis = "" if at == 0 else str(at + 1)
        xs = list(range(1, len(steps) + 1))
        colour = CAUTION if name == lowest else ACCENT
        shares = [step.share_of_first or 0.0 for step in steps]
        told = [f"{plain(group_name(name))}<br>{plain(s.title)}<br><b>{count(s.count)}</b> · {percent(s.share_of_first)}" for s in steps]
        bars = go.Bar(x=xs, y=shares, marker={"color": colour, "cornerradius": 2}, hovertext=told, hoverinfo="text")
        whiskers = _whiskers(steps, 3)
        whiskers.x = [x + 1 for x in whiskers.x]
        marks = {"symbol": "line-ew", "size": 13, "line": {"color": INK, "width": 1.5}}
        whole = go.Scatter(x=xs, y=[s.share_of_first or 0.0 for s in funnel.steps], mode="markers", marker=marks, hoverinfo="skip")
        for trace in (bars, whiskers, whole):
            trace.xaxis = f"x{axis}"
            figure.add_trace(trace)
        figure.update_layout({f"xaxis{axis}": {"domain": [at * (width + gap), at * (width + gap) + width], "anchor": "y"}})
        notes += _heads(name, steps, f"x{axis} domain")
    dress(figure, height, top=42, bottom=2, annotations=notes, bargap=0.22)
    every = 1 if len(funnel.steps) <= 8 else 2
    figure.update_xaxes(tickvals=list(range(1, len(funnel.steps) + 1, every)), range=[0.4, len(funnel.steps) + 0.6])
    figure.update_yaxes(tickvals=[0, 0.5, 1], ticktext=["0%", "50%", "100%"], range=[0, 1.03])
    return figure


def group_name(name: str) -> str:
    """A missing value has no name of its own."""
    return name or "(not set)"


def _heads(name: str, steps: Sequence[FunnelStep], xref: str) -> list[dict[str, Any]]:
    where: dict[str, Any] = {"xref": xref, "yref": "paper", "xanchor": "left", "yanchor": "bottom", "align": "left"}
    last = f"   {percent(steps[-1].share_of_first)}" if steps[0].count else ""
    head = f"<b>{plain(short(group_name(name), 16))}</b>{last}"
    return [note(0, 1, head, colour=INK, yshift=22, **where), note(0, 1, f"{count(steps[0].count)} entered", size=11, yshift=6, **where)]


def curve_figure(curve: Curve, window: int | None, height: int = 250) -> go.Figure:
    """Of those who made the whole way, the share that had by then, up to three times what nine of ten needed."""
    longest = curve.points[-1][0]
    end = max(1.0, min(3 * curve.ninety or longest, 1.08 * longest, longest if window is None else window / 1000))
    inside = [(x, y) for x, y in curve.points if x <= end]
    reached = inside[-1][1] if inside else 0.0
    xs, ys = [0.0, *(x for x, _ in inside), end], [0.0, *(y for _, y in inside), reached]
    line = go.Scatter(
        x=xs,
        y=ys,
        mode="lines",
        line={"color": ACCENT, "width": 2, "shape": "hv"},
        fill="tozeroy",
        fillcolor=a(ACCENT, 0.08),
        hovertemplate="%{y:.0%} within %{text}<extra></extra>",
        text=[span(x) for x in xs],
    )
    marks = [(curve.median, 0.5, f"Median <b>{span(curve.median)}</b>"), (curve.ninety, 0.9, f"90% within <b>{span(curve.ninety)}</b>")]
    style = {"size": 9, "color": PAPER, "line": {"color": ACCENT, "width": 2}}
    points = go.Scatter(
        x=[x for x, *_ in marks], y=[y for _, y, _ in marks], mode="markers", marker=style, hoverinfo="skip", cliponaxis=False
    )
    notes = [_beside(x, y, text, end) for x, y, text in marks]
    figure = go.Figure([line, points])
    dress(figure, height, right=10, bottom=2, annotations=notes)
    ticks = _round_times(end)
    figure.update_xaxes(tickvals=ticks, ticktext=[_tick(x, end) for x in ticks], range=[0, end])
    figure.update_yaxes(tickvals=[0, 0.5, 1], ticktext=["0%", "50%", "100%"], range=[0, 1.03])
    return figure


def _beside(x: float, y: float, text: str, end: float) -> dict[str, Any]:
    """Below and right of its mark, or left of it where it stands near the right edge."""
    left = x > 0.5 * end
    return note(x, y, text, colour=INK, xanchor="right" if left else "left", xshift=-10 if left else 10, yshift=12 if left else -12)


UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def _round_times(end: float) -> list[float]:
    """Four to seven round times from zero to the end."""
    size = next(length for length, _ in UNITS if end >= 2 * length or length == 1)
    each = next((size * step for step in (1, 2, 5, 7, 10, 15, 30, 60, 90, 180, 365, 730) if end / (size * step) <= 6), end / 4)
    return [each * at for at in range(1, int(end / each) + 1)]


def _tick(seconds: float, end: float) -> str:
    length, word = next((length, word) for length, word in UNITS if end >= 2 * length or length == 1)
    return f"{round(seconds / length, 2):,g} {word}"


def describe_curve(curve: Curve) -> str:
    return (
        f"Rising curve of the time from the first step to the last, over {several(curve.n, 'conversion')}: half within "
        f"{span(curve.median)}, 90% within {span(curve.ninety)}."
    )


def describe_multiples(funnel: Funnel, groups: Mapping[str, tuple[FunnelStep, ...]]) -> str:
    told = "; ".join(
        f"{group_name(name)}: {percent(steps[-1].share_of_first)} of {count(steps[0].count)}" for name, steps in groups.items()
    )
    return f"Small bar charts, one per group, on one scale. Share that reached the last step: {told}."

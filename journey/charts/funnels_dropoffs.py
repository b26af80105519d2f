"""What those who left did instead: a tally of all of them, and the events of a few around the step."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, CAT, GHOST, INK, MUTED, a, dress, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import MINUS, count, percent, several, short, span
from journey.funnels import Dropoffs, Instead, Timeline
from journey.funnels.words import told_window

TALLIES = {"next": "Right after", "ever": "At any time", "last": "Last of all"}
SHOWN = 10
NAMED = 6
ROW = 22
SHAPES = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down")
GLYPHS = ("●", "■", "◆", "▲", "✚", "▼")  # the same, as text
TICKS = ((60, "1 min"), (3_600, "1 h"), (86_400, "1 d"), (7 * 86_400, "7 d"), (30 * 86_400, "30 d"), (365 * 86_400, "1 y"))


def event_name(event: str | None) -> str:
    """Nothing at all is told as such."""
    return "nothing more" if event is None else event


def tally_figure(tally: Sequence[Instead]) -> go.Figure:
    """Horizontal bars of the commonest events with their intervals; nothing more is grey."""
    shown = list(tally[:SHOWN])
    rows = list(range(len(shown)))
    shares = [found.share or 0.0 for found in shown]
    ends = [found.interval or (0.0, 0.0) for found in shown]
    bars = go.Bar(
        y=rows,
        x=shares,
        orientation="h",
        marker={"color": [GHOST if found.event is None else a(ACCENT, 0.85) for found in shown], "cornerradius": 2},
        hovertext=[_counted(found, *ends[at]) for at, found in enumerate(shown)],
        hoverinfo="text",
        error_x=whiskers(shares, ends, width=4),
    )
    figure = go.Figure(bars)
    left: dict[str, Any] = {"xref": "paper", "xanchor": "left", "xshift": -150, "align": "left"}
    right: dict[str, Any] = {"xref": "paper", "xanchor": "right", "xshift": 96, "align": "right"}
    notes = [note(0, at, plain(short(event_name(found.event), 22)), INK, **left) for at, found in enumerate(shown)]
    notes += [note(1, at, f"<b>{count(f.count)}</b>  {percent(f.share, 0)}", INK, **right) for at, f in enumerate(shown)]
    dress(figure, 30 * len(shown) + 6, left=150, right=98, top=2, bottom=2, bargap=0.42, annotations=notes)
    figure.update_xaxes(visible=False, range=[0, max([0.01, *(high for _, high in ends)]) * 1.04])
    figure.update_yaxes(visible=False, range=[len(shown) - 0.45, -0.55])
    return figure


def _counted(found: Instead, low: float, high: float) -> str:
    share = f"{percent(found.share)} ({percent(low)} to {percent(high)})"
    return f"<b>{plain(event_name(found.event))}</b><br>{count(found.count)} of {count(found.of)} · {share}"


def describe_tally(tally: Sequence[Instead], which: str) -> str:
    told = "; ".join(f"{event_name(found.event)} {count(found.count)} ({percent(found.share, 0)})" for found in tally[:SHOWN])
    return f"Horizontal bars of what those who left did, {TALLIES[which].lower()}: {told}."


def named_events(timelines: Sequence[Timeline]) -> list[str]:
    """The events that most of the sample did after the step: these get a colour and a shape."""
    seen = Counter(name for timeline in timelines for name in {name for at, name in timeline.events if at > 0})
    return [name for name, _ in sorted(seen.items(), key=lambda item: (-item[1], item[0]))[:NAMED]]


def timelines_figure(timelines: Sequence[Timeline]) -> go.Figure:
    """A row per customer, time before and after the step on a scale that gives a minute as much room as a day.

    Those who were seen last of all stand at the top.
    """
    named = named_events(timelines)
    timelines = sorted(timelines, key=lambda timeline: timeline.events[-1][0] if timeline.events else 0.0, reverse=True)
    figure = go.Figure(
        [_trail(timelines), *(_events(timelines, name, at) for at, name in enumerate(named)), _others(timelines, named), _steps(timelines)]
    )
    far = [place(at) for timeline in timelines for at, _ in timeline.events]
    low, high = min([-2.0, *far]), max([2.0, *far])
    key = _key(named)
    dress(figure, ROW * len(timelines) + 34 + 16 * len(key), left=0, right=8, top=24, bottom=6 + 16 * len(key), annotations=key)
    ticks = [(sign * place(size), f"{MINUS if sign < 0 else '+'}{word}") for size, word in TICKS for sign in (-1, 1)]
    kept = [(x, word) for x, word in sorted(ticks) if low <= x <= high]
    figure.update_xaxes(
        range=[low - 0.3, high + 0.3],
        tickvals=[x for x, _ in kept] + [0],
        ticktext=[word for _, word in kept] + ["step"],
        showgrid=True,
        gridcolor=a(GHOST, 0.45),
        side="top",
    )
    figure.update_yaxes(visible=False, range=[len(timelines) - 0.4, -0.6])
    return figure


def _key(named: Sequence[str]) -> list[dict[str, Any]]:
    """What the marks are called, three to a line, in their own colours and shapes."""
    told = [f"<span style='color:{CAT[at + 1]}'>{GLYPHS[at]}</span> {plain(short(name, 22))}" for at, name in enumerate(named)]
    told.append(f"<span style='color:{MUTED}'>○</span> other")
    lines = ["     ".join(told[at : at + 3]) for at in range(0, len(told), 3)]
    where: dict[str, Any] = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top"}
    return [note(0, 0, line, INK, yshift=-4 - 16 * at, **where) for at, line in enumerate(lines)]


def place(seconds: float) -> float:
    """Where a time stands: the logarithm of its size beyond ten seconds, with its sign."""
    return math.copysign(math.log10(1 + abs(seconds) / 10), seconds)


def _trail(timelines: Sequence[Timeline]) -> go.Scatter:
    """A thin line from a customer's first event to the last."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for row, timeline in enumerate(timelines):
        times = [place(at) for at, _ in timeline.events]
        xs += [min([0.0, *times]), max([0.0, *times]), None]
        ys += [row, row, None]
    return go.Scatter(x=xs, y=ys, mode="lines", line={"color": a(GHOST, 0.9), "width": 1.5}, hoverinfo="skip")


def _events(timelines: Sequence[Timeline], name: str, at: int) -> go.Scatter:
    found = [(row, t, seconds) for row, t in enumerate(timelines) for seconds, event in t.events if event == name and seconds]
    return _marks(found, name, {"color": CAT[at + 1], "symbol": SHAPES[at], "size": 9})


def _others(timelines: Sequence[Timeline], named: Sequence[str]) -> go.Scatter:
    found = [(row, t, s, event) for row, t in enumerate(timelines) for s, event in t.events if event not in named and s]
    return go.Scatter(
        x=[place(s) for _, _, s, _ in found],
        y=[row for row, *_ in found],
        mode="markers",
        marker={"color": MUTED, "symbol": "circle-open", "size": 7},
        hovertext=[_told(t, s, event) for _, t, s, event in found],
        hoverinfo="text",
    )


def _steps(timelines: Sequence[Timeline]) -> go.Scatter:
    return go.Scatter(
        x=[0] * len(timelines),
        y=list(range(len(timelines))),
        mode="markers",
        marker={"color": ACCENT, "symbol": "line-ns", "size": 14, "line": {"color": ACCENT, "width": 3}},
        hovertext=[f"{plain(timeline.id)}: the step" for timeline in timelines],
        hoverinfo="text",
    )


def _marks(found: Sequence[tuple[int, Timeline, float]], name: str, marker: dict[str, Any]) -> go.Scatter:
    return go.Scatter(
        x=[place(seconds) for _, _, seconds in found],
        y=[row for row, _, _ in found],
        mode="markers",
        marker=marker,
        hovertext=[_told(timeline, seconds, name) for _, timeline, seconds in found],
        hoverinfo="text",
    )


def _told(timeline: Timeline, seconds: float, event: str) -> str:
    return f"<b>{plain(event)}</b><br>{span(abs(seconds))} {'after' if seconds > 0 else 'before'} the step<br>{plain(timeline.id)}"


def dropoffs_sentence(dropoffs: Dropoffs, unit: str) -> str:
    """The commonest thing they did next, and how many did nothing more."""
    if not dropoffs.population:
        return f"Nobody left after {short(dropoffs.step, 40)}."
    did = next((found for found in dropoffs.next if found.event is not None), None)
    idle = next((found for found in dropoffs.next if found.event is None), None)
    none = f"{percent(idle.share, 0)} did nothing more" if idle else "all of them did something more"
    left = f"Of the {several(dropoffs.population, unit.removesuffix('s'), unit)} who left after {short(dropoffs.step, 30)}"
    return f"{left}, {none}" + (f"; most often they went on to {short(did.event or '', 30)} ({percent(did.share, 0)})." if did else ".")


def dropoffs_caption(dropoffs: Dropoffs, window: int | None) -> str:
    until = "until the data's end" if window is None else f"until {told_window(window)} after the first step"
    told = f"Over all of them, {until}. Whiskers: 95% Wilson interval."
    return told + (f" {count(dropoffs.still_open)} of them may still go on." if dropoffs.still_open and window is not None else "")


def sample_caption(dropoffs: Dropoffs, seed: int, unit: str) -> str:
    """How the few were drawn, of how many."""
    of = several(dropoffs.population, unit.removesuffix("s"), unit)
    return f"{count(len(dropoffs.timelines))} of {of}, drawn at random with the seed {seed}. Time is relative to the step."


def describe_timelines(dropoffs: Dropoffs) -> str:
    rows = several(len(dropoffs.timelines), "customer")
    return f"Events of {rows} around the step, one row each, on a scale of time relative to it. The table below tells them in words."


def timeline_rows(timelines: Sequence[Timeline], later: int = 5, earlier: int = 2) -> list[dict[str, str]]:
    """The same as columns: the events before the step, the step, and those after it, each with its distance in time."""
    rows = []
    for timeline in timelines:
        before = [(s, e) for s, e in timeline.events if s < 0][-earlier:]
        after = [(s, e) for s, e in timeline.events if s > 0][:later]
        row = {"customer": timeline.id}
        row |= {f"{earlier - at} before": "" for at in range(earlier)}
        row |= {f"{len(before) - at} before": f"{event} {MINUS}{span(-seconds)}" for at, (seconds, event) in enumerate(before)}
        row |= {f"{at + 1} after": "" for at in range(later)}
        row |= {f"{at + 1} after": f"{event} +{span(seconds)}" for at, (seconds, event) in enumerate(after)}
        rows.append(row)
    return rows

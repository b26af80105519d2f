"""The journey map: how far customers have come, stage by stage, where they fall out, and those who have gone quiet."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from journey.charts.stages_said import days
from journey.charts.theme import ACCENT, GHOST, INK, MUTED, NEG, PAPER, POS, a, dress, hatched, note, plain
from journey.charts.words import MINUS, UNKNOWN, count, decimal, percent, short
from journey.stages import Stage, Stages

HEIGHT = 620
BASE, TOP = 262, 540  # bars stand between, in px from the bottom
ROWS = {"on": 232, "quiet": 190, "now": 148, "time": 106, "score": 48}
HALF, GAP = 0.32, 0.55
CALLED = 62  # px that the call-out needs
BARS, GHOSTS = 0, 1  # curves, for clicks


def map_figure(found: Stages) -> go.Figure:
    """Bars: who came as far or further, hatched who stopped before; to the right, after a gap, those set apart."""
    places = positions(found)
    worst = found.worst
    tall = (TOP - BASE) / max([stage.reached or stage.customers for stage in found.stages] + [1])
    figure = go.Figure([_bars(found, places, tall), _ghosts(found, places, tall)])
    if scored := [stage for stage in found.journey if stage.satisfaction]:
        figure.add_trace(_scores(found, scored, places))
    notes = [mark for stage, x in zip(found.stages, places, strict=True) for mark in _column(found, stage, x)]
    notes += _between(found, places) + _left(found)
    shapes = _lines(places) + _water(found, places, tall)
    if worst is not None:
        at = places[found.stages.index(worst)]
        shapes.append(_box(at - 0.46, at + 0.46, 0, HEIGHT, a(NEG, 0.06)))
        notes += _called(found, worst, at, tall)
    dress(figure, HEIGHT, top=0, annotations=notes, shapes=shapes, barmode="stack", bargap=0)
    figure.update_xaxes(range=[-1.5, places[-1] + 0.55], visible=False)
    figure.update_yaxes(range=[0, HEIGHT], visible=False)
    return figure


def positions(found: Stages) -> list[float]:
    """Where the columns stand: the journey from 0 on, then a gap, then those set apart."""
    steps = len(found.journey)
    return [float(k) if k < steps else k + GAP for k in range(len(found.stages))]


def min_width(found: Stages) -> int:
    return max(980, 150 + 105 * len(found.stages))


def describe(found: Stages) -> str:
    """The map in words, for those who cannot see it."""
    told = [f"{stage.name}: {count(stage.reached)} came as far, {count(stage.customers)} are there now" for stage in found.journey]
    return "; ".join(told + [f"{stage.name}: {count(stage.customers)}" for stage in found.aside]) + "."


def _height(stage: Stage) -> int:
    return stage.customers if stage.reached is None else stage.reached


def _bars(found: Stages, places: Sequence[float], tall: float) -> go.Bar:
    worst = found.worst
    return go.Bar(
        x=list(places),
        y=[_height(stage) * tall for stage in found.stages],
        base=BASE,
        width=2 * HALF,
        marker={"color": [NEG if stage is worst else MUTED if stage.step is None else ACCENT for stage in found.stages], "cornerradius": 3},
        customdata=[[plain(stage.name), count(_height(stage)), plain(stage.why)] for stage in found.stages],
        hovertemplate="<b>%{customdata[0]}</b>: %{customdata[1]}<br>%{customdata[2]}<extra></extra>",
    )


def _ghosts(found: Stages, places: Sequence[float], tall: float) -> go.Bar:
    """Who came as far as the stage before and stopped there."""
    lost = [0, *[before.stopped or 0 for before in found.journey[:-1]]]
    names = ["", *[before.name for before in found.journey[:-1]]]
    return go.Bar(
        x=list(places[: len(lost)]),
        y=[n * tall for n in lost],
        base=[BASE + _height(stage) * tall for stage in found.journey],
        width=2 * HALF,
        marker=hatched(a(GHOST, 0.28)),
        customdata=[[count(n), plain(name)] for n, name in zip(lost, names, strict=True)],
        hovertemplate="%{customdata[0]} came as far as %{customdata[1]} and no further<extra></extra>",
    )


def _scores(found: Stages, scored: Sequence[Stage], places: Sequence[float]) -> go.Scatter:
    """Dots on the row of satisfaction, higher where it is better, over the range that was ever answered."""
    low, high = (found.asked[1], found.asked[2]) if found.asked else (0.0, 1.0)
    means = [stage.satisfaction.mean for stage in scored if stage.satisfaction]
    bottom, span = min(means), (max(means) - min(means)) or (high - low) or 1.0
    worst = found.worst
    return go.Scatter(
        x=[places[found.stages.index(stage)] for stage in scored],
        y=[ROWS["score"] - 26 + 34 * (mean - bottom) / span for mean in means],
        mode="lines+markers",
        line={"color": GHOST, "width": 2},
        marker={
            "size": 9,
            "color": [NEG if stage is worst else POS if mean == max(means) else MUTED for stage, mean in zip(scored, means, strict=True)],
        },
        customdata=[[decimal(stage.satisfaction.mean, 2), _answers(stage)] for stage in scored if stage.satisfaction],
        hovertemplate="%{customdata[0]}, %{customdata[1]}<extra></extra>",
    )


def _answers(stage: Stage) -> str:
    score = stage.satisfaction
    if score is None:
        return ""
    told = f"{count(score.n)} answered"
    return told if score.interval is None else f"{told}, 95%: {decimal(score.interval[0], 2)} to {decimal(score.interval[1], 2)}"


def _column(found: Stages, stage: Stage, x: float) -> list[dict[str, Any]]:
    """The texts of one column, top to bottom."""
    aside, worst = stage.step is None, stage is found.worst
    texts = [
        note(x, 602, f"<b>{plain(short(stage.name.capitalize(), 15))}</b>", INK, 14),
        note(x, 581, f"<b>{count(_height(stage))}</b>", MUTED, 12),
        note(x, ROWS["time"], days(stage), INK, 13),
    ]
    if aside:
        texts.append(note(x, ROWS["now"], percent(stage.share, 0), INK, 13))
    else:
        texts.append(note(x, ROWS["now"], f"{count(stage.customers)} · {percent(stage.share, 0)}", INK, 13))
        lost = UNKNOWN if found.loss(stage) is None else f"{count(found.gone(stage))} · {percent(found.loss(stage), 0)}"
        texts.append(note(x, ROWS["quiet"], f"<b>{lost}</b>" if worst else lost, NEG if worst else INK, 13))
    return [*texts, _score_text(found, stage, x)]


def _score_text(found: Stages, stage: Stage, x: float) -> dict[str, Any]:
    score = stage.satisfaction
    if score is None:
        return note(x, ROWS["score"], "no survey" if found.asked is None else "no answer", MUTED)
    if stage.step is None:
        return note(x, ROWS["score"], f"<b>{decimal(score.mean)}</b>", MUTED)
    means = [other.satisfaction.mean for other in found.journey if other.satisfaction]
    spread = (max(means) - min(means)) or (found.asked[2] - found.asked[1] if found.asked else 1.0) or 1.0
    y = ROWS["score"] - 26 + 34 * (score.mean - min(means)) / spread
    return note(x, y + 18, f"<b>{decimal(score.mean)}</b>", NEG if stage is found.worst else INK, 12)


def _between(found: Stages, places: Sequence[float]) -> list[dict[str, Any]]:
    """Which share goes on, between the columns; and how many stopped, over the hatching."""
    texts = []
    for k, (before, stage) in enumerate(zip(found.journey, found.journey[1:], strict=False)):
        on = None if before.drop_off is None else 1 - before.drop_off
        colour = NEG if before is found.worst else INK
        texts.append(note((places[k] + places[k + 1]) / 2, ROWS["on"], f"<b>{percent(on, 0)}</b> →", colour, 13))
        if before.stopped:
            tall = (TOP - BASE) / max([_height(other) for other in found.stages] + [1])
            texts.append(
                note(
                    places[k + 1], BASE + ((stage.reached or 0) + before.stopped) * tall + 11, f"{MINUS}{count(before.stopped)}", MUTED, 11
                )
            )
    return texts


def _left(found: Stages) -> list[dict[str, Any]]:
    """What the rows say."""
    asked = found.asked
    score = "Satisfaction" if asked is None else f"Satisfaction<br>{decimal(asked[1], 0)} to {decimal(asked[2], 0)}"
    quiet = "Went quiet here" if found.aside else "Stopped here"
    rows = {581: "Came so far", ROWS["on"]: "Go on to<br>the next", ROWS["quiet"]: quiet, ROWS["now"]: "In it now"}
    rows |= {ROWS["time"]: "Time in it<br>so far", ROWS["score"]: score}
    return [note(-0.62, y, text, MUTED, 12, xanchor="right", align="right") for y, text in rows.items()]


def _lines(places: Sequence[float]) -> list[dict[str, Any]]:
    """Thin lines between the rows."""
    return [
        {
            "type": "line",
            "x0": -0.55,
            "x1": places[-1] + 0.5,
            "y0": y,
            "y1": y,
            "line": {"color": a(GHOST, 0.45), "width": 1},
            "layer": "below",
        }
        for y in (211, 169, 127, 82)
    ]


def _water(found: Stages, places: Sequence[float], tall: float) -> list[dict[str, Any]]:
    """From bar to bar the number that goes on, drawn as a surface that falls."""
    shapes = []
    for k, (before, stage) in enumerate(zip(found.journey, found.journey[1:], strict=False)):
        x0, x1, y0, y1 = places[k] + HALF, places[k + 1] - HALF, BASE + _height(before) * tall, BASE + _height(stage) * tall
        middle = (x0 + x1) / 2
        path = f"M {x0},{BASE} L {x0},{y0} C {middle},{y0} {middle},{y1} {x1},{y1} L {x1},{BASE} Z"
        shapes.append({"type": "path", "path": path, "fillcolor": a(ACCENT, 0.16), "line": {"width": 0}, "layer": "below"})
    return shapes


def _box(x0: float, x1: float, y0: float, y1: float, colour: str) -> dict[str, Any]:
    return {"type": "rect", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "fillcolor": colour, "line": {"width": 0}, "layer": "below"}


def _called(found: Stages, worst: Stage, at: float, tall: float) -> list[dict[str, Any]]:
    """The call-out, in the head of the worst bar; over it where the bar is low.

    No room, no call-out: the tint and the sentence above say it too.
    """
    text = f"<b>Most are<br>lost here</b><br>{count(found.gone(worst))}"
    top = BASE + _height(worst) * tall
    if top - BASE >= CALLED:
        return [note(at, top - 8, text, PAPER, 12, yanchor="top")]
    k = found.journey.index(worst)
    over = top + (found.journey[k - 1].stopped or 0) * tall + 22 if k else top + 8
    return [] if over + CALLED > 568 else [note(at, over, text, NEG, 12, yanchor="bottom")]  # below the counts at the head

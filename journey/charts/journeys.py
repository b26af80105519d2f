"""Journeys as rails: a band for each that narrows from milestone to milestone as customers leave the way."""

from typing import Any

import plotly.graph_objects as go

from journey.charts.journeys_said import clipped, rate_words, time_words, told_names, velocity_colour, velocity_words, window_words
from journey.charts.theme import ACCENT, GHOST, INK, MUTED, NEG, PAPER, a, dress, note, plain
from journey.charts.words import MINUS, UNKNOWN, between, count, percent, short, span
from journey.journeys import Journeys, Passed, Told

ROW, WIDE = 166, 46  # px: a journey's row, its band where everyone still is on the way
LEFT, RIGHT = 252, 22  # px for what is said of a journey as a whole
EDGE = 0.06  # of the rail, before the first milestone and after the last
NAMES, COUNTS, SHARES, INTERVALS = 46, -44, -61, -77  # px from the rail
HEAD = 64  # px from the top of a row to its rail
MILESTONES, LEAKS = 0, 1  # curves, for clicks


def rails_figure(found: Journeys) -> go.Figure:
    """A row per journey.  Blue: who came so far; grey: who went no further; the largest leak in the negative colour."""
    figure = go.Figure([_milestones(found), _leaks(found)])
    notes: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    for row, told in enumerate(found.journeys):
        y = height_of(found) - ROW * row - HEAD
        notes += _left(told, y) + [text for place in range(len(told.milestones)) for text in _texts(told, place, y)]
        shapes += _rail(told, y)
        if row:
            shapes.append(_line(height_of(found) - ROW * row + 2))
    dress(figure, height_of(found), left=LEFT, right=RIGHT, top=0, annotations=notes, shapes=shapes)
    figure.update_xaxes(range=[-EDGE, 1 + EDGE], visible=False)
    figure.update_yaxes(range=[0, height_of(found)], visible=False)
    return figure


def height_of(found: Journeys) -> int:
    return ROW * len(found.journeys)


def min_width(found: Journeys) -> int:
    return max(980, LEFT + 152 * max(len(told.milestones) for told in found.journeys))


def marks(found: Journeys, curve: int) -> list[tuple[str, int]]:
    """What the points of a curve stand for, in order: (journey, milestone)."""
    ends = 0 if curve == MILESTONES else 1
    return [(told.journey.name, place) for told in found.journeys for place in range(len(told.milestones) - ends)]


def describe(found: Journeys) -> str:
    """The rails in words, for those who cannot see them."""
    told = []
    for one in found.journeys:
        steps = ", ".join(f"{milestone.name} {count(milestone.count)}" for milestone in one.milestones)
        told.append(f"{one.journey.name}: {steps}")
    return "; ".join(told) + "."


def _at(told: Told, place: float) -> float:
    return place / (len(told.milestones) - 1)


def _points(found: Journeys, shift: float) -> tuple[list[float], list[int]]:
    """Where milestones stand, or halfway to the next."""
    xs, ys = [], []
    for row, told in enumerate(found.journeys):
        for place in range(len(told.milestones) - (1 if shift else 0)):
            xs.append(_at(told, place + shift))
            ys.append(height_of(found) - ROW * row - HEAD)
    return xs, ys


def _milestones(found: Journeys) -> go.Scatter:
    xs, ys = _points(found, 0)
    told = [[plain(one.name), count(one.count), percent(one.share)] for told in found.journeys for one in told.milestones]
    return go.Scatter(
        x=xs,
        y=ys,
        mode="markers",
        marker={"size": 14, "color": ACCENT, "line": {"color": PAPER, "width": 2.5}},
        customdata=told,
        hovertemplate="<b>%{customdata[0]}</b>: %{customdata[1]} customers, %{customdata[2]} of those who began<extra></extra>",
    )


def _leaks(found: Journeys) -> go.Scatter:
    """Unseen marks over what is lost between two milestones, to hover and to click."""
    xs, ys = _points(found, 0.5)
    told = [[plain(one.name), count(one.left), _left_interval(one)] for told in found.journeys for one in told.milestones[:-1]]
    return go.Scatter(
        x=xs,
        y=ys,
        mode="markers",
        marker={"size": 42, "symbol": "square", "color": a(GHOST, 0.0)},
        customdata=told,
        hovertemplate="<b>%{customdata[1]}</b> went no further than %{customdata[0]}<br>%{customdata[2]}<extra></extra>",
    )


def _left_interval(milestone: Passed) -> str:
    if milestone.left_interval is None:
        return ""
    low, high = milestone.left_interval
    return f"{percent(milestone.left_share)} of those who came so far, 95%: {between(percent(low), percent(high))}"


def _left(told: Told, y: float) -> list[dict[str, Any]]:
    """What is said of the journey as a whole, from the left edge."""
    journey = told.journey
    lines = [
        (NAMES, f"<b>{plain(short(journey.name, 26))}</b>", INK, 14),
        (22, f"<b>{rate_words(told)}</b>", INK, 13),
        (4, _interval_words(told), MUTED, 11),
        (-19, time_words(told), INK, 12),
        (-37, velocity_words(told), velocity_colour(told), 12),
        (-60, f"within {window_words(journey.window)} · {count(told.open)} still open", MUTED, 11),
    ]
    anchor = {"xref": "paper", "xanchor": "left", "align": "left", "xshift": -LEFT + 4}
    return [note(0, y + shift, text, colour, size, **anchor) for shift, text, colour, size in lines if text]


def _interval_words(told: Told) -> str:
    if told.interval is None:
        return ""
    return f"{between(*(percent(share) for share in told.interval))} · {count(told.completed)} of {count(told.began)}"


def _texts(told: Told, place: int, y: float) -> list[dict[str, Any]]:
    """At a milestone its name, count and share; between it and the next what is lost, and the time to it."""
    milestone, x = told.milestones[place], _at(told, place)
    longest = max(9, round(84 / len(told.milestones)))
    texts = [
        note(x, y + NAMES, f"<b>{_wrapped(told_names(told.journey.names)[place], longest)}</b>", INK, 12),
        note(x, y + COUNTS, f"<b>{count(milestone.count)}</b>", INK, 13),
    ]
    if milestone.interval is not None:
        low, high = milestone.interval
        texts.append(note(x, y + SHARES, percent(milestone.share), MUTED, 12))
        texts.append(note(x, y + INTERVALS, between(percent(low), percent(high)), MUTED, 11))
    if place == len(told.milestones) - 1:
        return texts
    worst, after, half = place == told.leak, told.milestones[place + 1], _at(told, place + 0.5)
    lost = f"{MINUS}{count(milestone.left)} · {percent(milestone.left_share, 0)}" if milestone.left else UNKNOWN
    if worst:
        texts.append(note(half, y + NAMES, "largest leak", NEG, 11))
    texts.append(note(half, y + COUNTS, f"<b>{lost}</b>" if worst else lost, NEG if worst else MUTED, 12))
    if after.time is not None:
        texts.append(note(half, y + SHARES, f"{span(after.time.median)} →", MUTED, 12))
    return texts


def _wrapped(name: str, longest: int) -> str:
    """A long name on two lines, broken where it has a break; what is still too long is cut in its middle."""
    if len(name) <= longest:
        return plain(name)
    cuts = [at + 1 for at, sign in enumerate(name[:longest]) if sign in "_ -./:" and at > 1]
    at = cuts[-1] if cuts else longest
    return f"{plain(name[:at])}<br>{plain(clipped(name[at:], longest))}"


def _rail(told: Told, y: float) -> list[dict[str, Any]]:
    """Between two milestones the band of those who went on, and over it what was lost on the way."""
    shapes = []
    for place, (here, after) in enumerate(zip(told.milestones, told.milestones[1:], strict=False)):
        x0, x1 = _at(told, place), _at(told, place + 1)
        h0, h1 = (max(WIDE * (one.share or 0) / 2, 0.75) for one in (here, after))
        lost = a(NEG, 0.16) if place == told.leak else a(GHOST, 0.4)
        shapes.append(_path(f"M {x0},{y - h0} L {x0},{y + h0} L {x1},{y + h0} L {x1},{y - h0} Z", lost))
        middle = (x0 + x1) / 2
        upper = f"M {x0},{y + h0} C {middle},{y + h0} {middle},{y + h1} {x1},{y + h1}"
        lower = f"L {x1},{y - h1} C {middle},{y - h1} {middle},{y - h0} {x0},{y - h0} Z"
        shapes.append(_path(f"{upper} {lower}", PAPER))  # the band is see-through: what is lost must not shine through it
        shapes.append(_path(f"{upper} {lower}", a(ACCENT, 0.34)))
    return shapes


def _path(path: str, colour: str) -> dict[str, Any]:
    return {"type": "path", "path": path, "fillcolor": colour, "line": {"width": 0}, "layer": "below"}


def _line(y: float) -> dict[str, Any]:
    line = {"color": a(GHOST, 0.5), "width": 1}
    return {"type": "line", "xref": "paper", "x0": -0.42, "x1": 1, "y0": y, "y1": y, "line": line, "layer": "below"}

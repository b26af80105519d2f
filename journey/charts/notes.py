"""Where an experiment began, ended or was decided, as a quiet mark on any chart of that time.

A thin dotted line from the axis to a short name above the plot; the whole sentence stands in the name's hover.  Notes that
fall together share a line.  Names never lie on each other: they take a second row where there is room, and a small sign
stands for a name that has none.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import plotly.graph_objects as go

from journey.charts.theme import FAMILY, INK, MUTED, PAPER, a, plain
from journey.charts.words import date, day, several, short

DOES = {"started": "starts", "ended": "ends", "decided": "decided"}
DID = {"started": "started", "ended": "ended", "decided": "was decided"}
LETTER, PAD = 6.1, 12  # px at 11 px type: a letter, and what a name keeps free at its ends
ROW, ROWS = 15, 2  # px
TOGETHER = 0.012  # of the axis: nearer than this, notes share a line
LONGEST, CUT = 22, 13  # letters of an experiment's name; of a text that has little room
MOST_TOLD = 6
SIGN, SIGN_WIDE = "◆", 13  # px


class Noted(Protocol):
    """What a note says.  kind: started | ended | decided.  at: ms.  label: a few words; what was decided
    stands behind the name there."""

    @property
    def experiment(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> int: ...
    @property
    def label(self) -> str: ...


@dataclass(frozen=True)
class Periods:
    """Where a time stands on an axis that numbers its periods from 0.

    starts: of each, ms, ascending.  stop: the end of the last; as long as the one before where it is not said.
    looks: these are moments and no spans: the value of each is as of its own.
    """

    starts: tuple[int, ...]
    stop: int | None = None
    looks: bool = False

    @property
    def end(self) -> int:
        if self.stop is not None:
            return self.stop
        last = self.starts[-1] - self.starts[-2] if len(self.starts) > 1 else 86_400_000
        return self.starts[-1] + (0 if self.looks else last)

    def place(self, at: int) -> float | None:
        """A span is drawn around its number, from half before to half after it."""
        if not self.starts or not self.starts[0] <= at <= self.end:
            return None
        k = min(bisect_right(self.starts, at), len(self.starts)) - 1
        after = self.starts[k + 1] if k + 1 < len(self.starts) else self.end
        part = (at - self.starts[k]) / (after - self.starts[k]) if after > self.starts[k] else 0.0
        return k + part - (0.0 if self.looks else 0.5)


@dataclass(frozen=True)
class Mark:
    """Notes that share a line.  x: on the axis of the figure."""

    x: float
    notes: tuple[Noted, ...]


def annotate(figure: go.Figure, notes: Sequence[Noted], timezone: str, periods: Periods | None = None, width: int = 460) -> go.Figure:
    """The figure with the notes of its time on it, a little higher than it was; itself where there are none.

    periods: of an axis that counts them; without, the axis holds ms.  width: px, at least so wide is it drawn.
    """
    low, high = _ends(figure, periods)
    marks = _together(_placed(notes, periods, low, high), (high - low) * TOGETHER)
    if not marks or high <= low:
        return figure
    margin = figure.layout.margin
    plot = max(width - (margin.l or 0) - (margin.r or 0) - 30, 120)
    named = laid_out([_text(mark) for mark in marks], [plot * (mark.x - low) / (high - low) for mark in marks], plot)
    above = margin.t or 0
    shapes, texts = list(figure.layout.shapes), list(figure.layout.annotations)
    for mark, (text, row, right) in zip(marks, named, strict=True):
        shapes += _lines(mark, above + ROW * row + (ROW - 2 if text else 0))
        texts += [_name(mark, text, above + ROW * row, right, timezone)] if text else []
    rows = 1 + max(row for _, row, _ in named)
    more = ROW * rows + 2
    figure.update_layout(shapes=shapes, annotations=texts, margin={"t": above + more}, height=(figure.layout.height or 300) + more)
    return figure


def described(notes: Sequence[Noted], timezone: str) -> str:
    """The notes in words, for those who cannot see them: " Marked: checkout started on 3 Mar 2026; ...", or ""."""
    told = "; ".join(f"{note.experiment} {DID.get(note.kind, note.kind)} on {date(note.at, timezone)}" for note in notes)
    return f" Marked: {told}." if told else ""


def in_words(notes: Sequence[Noted], timezone: str) -> str:
    """ "checkout starts 3 Mar, ends 28 Apr, ship 2 May; banner starts 4 Apr", those of at most six experiments."""
    found: dict[str, list[str]] = {}
    for note in notes:
        does = note.label.removeprefix(note.experiment).lstrip(": ") or DOES.get(note.kind, note.kind)
        found.setdefault(note.experiment, []).append(f"{does} {day(note.at, timezone)}")
    told = [f"{short(name, LONGEST)} {', '.join(does)}" for name, does in found.items()]
    more = [f"{len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else []
    return "; ".join([*told[:MOST_TOLD], *more])


def _ends(figure: go.Figure, periods: Periods | None) -> tuple[float, float]:
    """The ends of the axis: what is outside is not drawn."""
    given = figure.layout.xaxis.range
    if given is not None:
        return float(given[0]), float(given[1])
    if periods is not None:
        return -0.5, max(len(periods.starts), 1) - 0.5
    xs = [x for trace in figure.data for x in (trace.x if trace.x is not None else ())]
    return (float(min(xs)), float(max(xs))) if xs else (0.0, 0.0)


def _placed(notes: Sequence[Noted], periods: Periods | None, low: float, high: float) -> list[Mark]:
    found = [(note.at if periods is None else periods.place(note.at), note) for note in notes]
    inside = [Mark(float(x), (note,)) for x, note in found if x is not None and low <= x <= high]
    return sorted(inside, key=lambda mark: (mark.x, mark.notes[0].experiment, list(DOES).index(mark.notes[0].kind)))


def _together(marks: Sequence[Mark], near: float) -> list[Mark]:
    found: list[Mark] = []
    for mark in marks:
        if found and mark.x - found[-1].x <= near:
            found[-1] = replace(found[-1], notes=(*found[-1].notes, *mark.notes))
        else:
            found.append(mark)
    return found


def _text(mark: Mark) -> str:
    """ "checkout starts", "3 experiments end", "checkout ends, decided"."""
    names = list(dict.fromkeys(note.experiment for note in mark.notes))
    kinds = list(dict.fromkeys(note.kind for note in mark.notes))
    does = ", ".join(DOES.get(kind, kind) for kind in kinds)
    if len(mark.notes) == 1 and mark.notes[0].kind == "decided":
        return f"{short(names[0], LONGEST)}: {_decided(mark.notes[0]) or 'decided'}"
    if len(names) == 1:
        return f"{short(names[0], LONGEST)} {does}"
    plural = does.replace("starts", "start").replace("ends", "end")
    return f"{several(len(names), 'experiment')} {plural}"


def laid_out(texts: Sequence[str], xs: Sequence[float], plot: float) -> list[tuple[str, int, bool]]:
    """(what is written, its row, whether it ends at its line instead of beginning there); nothing overlaps.

    What has no room is cut, then a sign; where even that has none, the line stands alone.
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(ROWS)]
    found = []
    for text, x in zip(texts, xs, strict=True):
        for written in (text, short(text, CUT), SIGN):
            free = next((spot for spot in _spots(written, x, xs, plot) if _free(taken[spot[0]], spot[2], spot[3])), None)
            if free is not None:
                break
        else:
            found.append(("", 0, False))
            continue
        row, right, left_end, right_end = free
        taken[row].append((left_end, right_end))
        found.append((written, row, right))
    return found


def _spots(text: str, x: float, xs: Sequence[float], plot: float) -> list[tuple[int, bool, float, float]]:
    """Where a name could stand, the best place first: crossed by few other lines, low, right of its own; a sign stands on its line."""
    wide = len(text) * LETTER + PAD
    sides = [(False, x - 2, x + wide), (True, x - wide, x + 2)] if text != SIGN else [(False, x - SIGN_WIDE / 2, x + SIGN_WIDE / 2)]
    inside = [side for side in sides if _fits(side[1], side[2], plot)]
    inside.sort(key=lambda side: sum(side[1] < other < side[2] for other in xs))
    return [(row, *side) for side in inside for row in range(ROWS)]


def _fits(left: float, right: float, plot: float) -> bool:
    return left >= -20 and right <= plot + 20


def _free(taken: Sequence[tuple[float, float]], left: float, right: float) -> bool:
    return all(right <= start or left >= stop for start, stop in taken)


def _lines(mark: Mark, above: float) -> list[dict[str, Any]]:
    """From the axis to the top of the plot, and on through what stands above it already."""
    line = {"type": "line", "x0": mark.x, "x1": mark.x, "yref": "paper", "line": {"color": a(MUTED, 0.8), "width": 1, "dash": "dot"}}
    return [{**line, "y0": 0, "y1": 1}, {**line, "ysizemode": "pixel", "yanchor": 1, "y0": 0, "y1": above}]


def _name(mark: Mark, text: str, above: float, right: bool, timezone: str) -> dict[str, Any]:
    side = {"xanchor": "center"} if text == SIGN else {"xanchor": "right", "xshift": -2} if right else {"xanchor": "left", "xshift": 2}
    return {
        "x": mark.x,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": above,
        **side,
        "text": plain(text),
        "showarrow": False,
        "font": {"size": 11, "color": MUTED},
        "hovertext": "<br>".join(_said(note, timezone) for note in mark.notes),
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": MUTED, "font": {"family": FAMILY, "size": 12, "color": INK}},
        "borderpad": 1,
    }


def _said(note: Noted, timezone: str) -> str:
    """A note's whole sentence."""
    decided = f": {plain(_decided(note))}" if _decided(note) else ""
    return f"<b>{plain(note.experiment)}</b> {DID.get(note.kind, plain(note.kind))}{decided}<br>{date(note.at, timezone)}"


def _decided(note: Noted) -> str:
    """What was decided: it stands behind the name in the label; "" of other notes."""
    return note.label.removeprefix(note.experiment).lstrip(": ") if note.kind == "decided" else ""

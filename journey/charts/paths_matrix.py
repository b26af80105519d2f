"""Which event follows which, as a heatmap in the order of the flow, and the loops under it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from journey.charts.theme import CLEAR, INK, MUTED, RAMP, dress, note, plain
from journey.charts.words import between, count, percent, several, short, span
from journey.inference import Interval
from journey.paths import END, OTHER, START, Cell, Loop, Loops, Matrix

ARROW = " → "
MEASURES = {"share_out": "From the row", "share_in": "Into the column", "count": "Count"}
MOST_TEXTS = 150
RARE = 0.1  # of the commonest loop: a return that is rarer is not the news
SMALL = 0.1  # a share that is told with a decimal
LEFT, TOP, ROW, COLUMN = 150, 52, 34, 61
LETTERS = 10  # that fit over a column


@dataclass(frozen=True)
class MatrixPicture:
    """rows from top to bottom, columns from left to right: nothing leads to the start, and nothing follows the end."""

    figure: go.Figure
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: frozenset[tuple[str, str]]

    def mark(self, click: Mapping[str, Any] | None) -> dict[str, str] | None:
        """A click on a cell as the transition it is; None for anything else."""
        if not click or click.get("kind") != "point":
            return None
        x, y = click.get("x"), click.get("y")
        if not isinstance(x, int) or not isinstance(y, int) or not (0 <= x < len(self.columns) and 0 <= y < len(self.rows)):
            return None
        pair = (self.rows[y], self.columns[x])
        return {"from": pair[0], "to": pair[1]} if pair in self.cells else None


def matrix_figure(matrix: Matrix, measure: str) -> MatrixPicture:
    """Rows lead to columns.  The same event again stands on the diagonal, outlined.  measure: one of MEASURES."""
    rows = tuple(event for event in matrix.events if event != END)
    columns = tuple(event for event in matrix.events if event != START)
    cells = [[matrix.cells.get((source, target)) for target in columns] for source in rows]
    texts = len(rows) * len(columns) <= MOST_TEXTS
    figure = go.Figure(
        go.Heatmap(
            x=list(range(len(columns))),
            y=list(range(len(rows))),
            z=[[None if cell is None else _value(cell, measure) for cell in row] for row in cells],
            text=[["" if cell is None else _short(cell, measure) for cell in row] for row in cells] if texts else None,
            texttemplate="%{text}" if texts else None,
            textfont={"size": 12, "color": INK},
            customdata=[["" if cell is None else _told(cell) for cell in row] for row in cells],
            hovertemplate="%{customdata}<extra></extra>",
            hoverongaps=False,
            colorscale=RAMP,
            showscale=False,
            xgap=2,
            ygap=2,
            zmin=0,
        )
    )
    dress(figure, TOP + ROW * len(rows) + 4, left=LEFT, top=TOP)
    axis = {"showgrid": False, "automargin": False}
    names = [_in_two(event) for event in columns]
    figure.update_xaxes(
        **axis,
        tickvals=list(range(len(columns))),
        ticktext=names,
        side="top",
        range=[-0.5, len(columns) - 0.5],
        tickfont={"size": 11, "color": INK},
    )
    names = [plain(short(event, 20)) for event in rows]
    figure.update_yaxes(
        **axis, tickvals=list(range(len(rows))), ticktext=names, range=[len(rows) - 0.5, -0.5], tickfont={"size": 12, "color": INK}
    )
    again = [(columns.index(event), at) for at, event in enumerate(rows) if (event, event) in matrix.cells]
    figure.update_layout(shapes=[_outline(x, y) for x, y in again])
    figure.add_annotation(
        **note(0, 1, "from ↓ to →", MUTED, 11, xref="paper", yref="paper", xanchor="right", yanchor="bottom", xshift=-8, yshift=6)
    )
    return MatrixPicture(figure, rows, columns, frozenset(matrix.cells))


def matrix_sentence(matrix: Matrix) -> str:
    """The commonest transition between two named events."""
    named = [cell for (source, target), cell in matrix.cells.items() if source != target and not {source, target} & {OTHER, START, END}]
    if not named:
        return "No event follows another here."
    widest = max(named, key=lambda cell: (cell.edge.count, cell.edge.source))
    edge, source, target = widest.edge, short(widest.edge.source, 24), short(widest.edge.target, 24)
    return (
        f"The commonest step is {source}{ARROW}{target}: {percent(edge.share_out, 0)} ({_between(widest.out.interval)}) "
        f"of what follows {source}, after {span(edge.median_seconds)} at the median."
    )


def matrix_caption(matrix: Matrix) -> str:
    """What the order and the outline mean, and what is left out."""
    parts = ["rows lead to columns, in the order of the flow", "outlined: the same event again"]
    if matrix.folded:
        rest = matrix.seen - matrix.question.rows if matrix.question.rows else 0
        share = percent(matrix.folded / matrix.count, 0)
        parts.append(
            f"{several(rest, 'rarer event')} in Other, in {share} of {several(matrix.count, 'transition')}, starts and ends among them"
        )
    return " · ".join(parts)


def describe_matrix(matrix: Matrix) -> str:
    return f"Heatmap of transitions between {several(len(matrix.events), 'event')}. {matrix_sentence(matrix)}"


def transitions_table(matrix: Matrix) -> pl.DataFrame:
    """Every cell: from, to, count, customers, shares in % with intervals in words, median time in words; the commonest first."""
    rows = [
        {
            "from": cell.edge.source,
            "to": cell.edge.target,
            "count": cell.edge.count,
            "customers": cell.edge.customers,
            "share_out": 100 * cell.edge.share_out,
            "interval_out": _between(cell.out.interval),
            "share_in": 100 * cell.edge.share_in,
            "interval_in": _between(cell.into.interval),
            "time": "" if cell.edge.source == START or cell.edge.target == END else span(cell.edge.median_seconds),
        }
        for cell in sorted(matrix.cells.values(), key=lambda cell: (-cell.edge.count, cell.edge.source, cell.edge.target))
    ]
    texts = ("from", "to", "interval_out", "interval_in", "time")
    kinds = {"count": pl.Int64, "customers": pl.Int64, "share_out": pl.Float64, "share_in": pl.Float64} | dict.fromkeys(texts, pl.String)
    return pl.DataFrame(rows, schema={name: kinds[name] for name in rows[0]} if rows else kinds)


def loops_table(loops: Loops, most: int = 50) -> pl.DataFrame:
    """The commonest loops: loop, returns, customers, their share of those who did the event, its interval, times in words."""
    rows = [
        {
            "loop": loop_name(loop),
            "returns": loop.count,
            "customers": loop.customers,
            "share": 100 * loop.share,
            "interval": _between(loop.interval),
            "time": span(loop.median_seconds),
            "total": span(loop.total_seconds),
        }
        for loop in loops.loops[:most]
    ]
    kinds = {"loop": pl.String, "returns": pl.Int64, "customers": pl.Int64, "share": pl.Float64}
    return pl.DataFrame(rows, schema=kinds | dict.fromkeys(("interval", "time", "total"), pl.String))


def loop_name(loop: Loop) -> str:
    return ARROW.join(loop.events)


def loops_sentence(loops: Loops) -> str:
    """The commonest return to an event by way of another; the commonest repeat, where such returns are rare."""
    if not loops.loops:
        return "Nobody comes back to an event here."
    commonest = loops.loops[0]
    back = next((loop for loop in loops.loops if len(loop.events) == 3 and loop.count >= RARE * commonest.count), None)
    loop = back or commonest
    event = short(loop.events[0], 24)
    way = f"go {event}{ARROW}{short(loop.events[1], 24)} and back" if back else f"do {event} twice in a row"
    doers = several(loop.doers, "customer")
    return (
        f"{percent(loop.share, 0)} ({_between(loop.interval)}) of the {doers} who did {event} {way}, {several(loop.count, 'time')} in all."
    )


def _value(cell: Cell, measure: str) -> float:
    return float(getattr(cell.edge, measure))


def _short(cell: Cell, measure: str) -> str:
    value = _value(cell, measure)
    return count(value) if measure == "count" else percent(value, 0)


def _told(cell: Cell) -> str:
    edge = cell.edge
    took = "" if edge.source == START or edge.target == END else f"<br>{span(edge.median_seconds)} later at the median"
    name = f"<b>{plain(edge.source)}{ARROW}{plain(edge.target)}</b>"
    return (
        f"{name}<br>{several(edge.count, 'time')} by {several(edge.customers, 'customer')}<br>"
        f"{percent(edge.share_out)} ({_between(cell.out.interval)}) of what follows {plain(edge.source)}<br>"
        f"{percent(edge.share_in)} ({_between(cell.into.interval)}) of what comes before {plain(edge.target)}{took}"
    )


def _between(interval: Interval | None) -> str:
    """With a decimal where both ends are small."""
    if interval is None:
        return "no interval"
    digits = 1 if interval[1] < SMALL else 0
    return between(percent(interval[0], digits), percent(interval[1], digits))


def _in_two(event: str) -> str:
    """A name over two lines of LETTERS at most, cut at the space or underscore nearest to its middle."""
    breaks = [at for at, sign in enumerate(event) if sign in " _" and 0 < at < len(event) - 1]
    if not breaks or len(event) <= LETTERS:
        return plain(short(event, LETTERS))
    at = min(breaks, key=lambda place: abs(place - len(event) / 2))
    return f"{plain(short(event[:at], LETTERS))}<br>{plain(short(event[at + 1 :], LETTERS))}"


def narrowest_matrix(matrix: Matrix) -> int:
    """px that the picture needs, so that no name lies on another."""
    return LEFT + COLUMN * max(8, len(matrix.events) - 1)


def _outline(x: int, y: int) -> dict[str, Any]:
    half, line = 0.47, {"color": MUTED, "width": 1.5, "dash": "dot"}
    return {"type": "rect", "x0": x - half, "x1": x + half, "y0": y - half, "y1": y + half, "line": line, "fillcolor": CLEAR}

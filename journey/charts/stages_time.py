"""How customers spread over the stages as time goes by, and from which stage to which they moved."""

from collections.abc import Sequence

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, GHOST, INK, MUTED, RAMP, a, dress, note, plain
from journey.charts.words import count, dates, day, percent, short
from journey.stages import Move, Stages

HEAD, ROW = 32, 38  # px: the names over the moves, one row of them
BELOW = 60  # px: the control under the moves; by so much the figure beside them is higher
LEAST = 190  # px
NEWCOMERS = "not here yet"
# From the first stage of the journey, darkest, upwards; those set apart in grey.
SHADES = (1.0, 0.82, 0.66, 0.52, 0.4, 0.3, 0.22, 0.16)


def time_figure(found: Stages, timezone: str) -> go.Figure:
    """Stacked: how many were in each stage at each look; the journey from below, those set apart on top."""
    looks = sorted({look.moment for look in found.over_time})
    held = {(look.moment, look.stage): look.customers for look in found.over_time}
    figure, below = go.Figure(), [0] * len(looks)
    marks, days = [], dates([look - 1 for look in looks], timezone)
    for k, stage in enumerate(found.stages):
        counts = [held[look, stage.name] for look in looks]
        colour = _shade(k, stage.step is None, len(found.journey))
        figure.add_trace(
            go.Scatter(
                x=looks,
                y=counts,
                stackgroup="all",
                mode="lines",
                line={"width": 0.8, "color": colour},
                fillcolor=colour,
                customdata=[[plain(stage.name), count(n), when] for n, when in zip(counts, days, strict=True)],
                hovertemplate="%{customdata[0]}: %{customdata[1]}<br>%{customdata[2]}<extra></extra>",
            )
        )
        marks.append((below[-1] + counts[-1] / 2, counts[-1], stage.name))
        below = [under + n for under, n in zip(below, counts, strict=True)]
    high = max([*below, 1])
    dress(figure, max(matrix_height(found) + BELOW, LEAST), right=132, annotations=_names(looks[-1], marks, high))
    gaps = 3 if days == [day(look - 1, timezone) for look in looks] else 2  # years need room
    ticks = [looks[round(k * (len(looks) - 1) / gaps)] for k in range(gaps + 1)] if len(looks) > gaps + 1 else looks
    figure.update_xaxes(tickvals=ticks, ticktext=dates([tick - 1 for tick in ticks], timezone), range=[looks[0], looks[-1]])
    figure.update_xaxes(ticklabelstandoff=6)
    levels = _levels(high)
    figure.update_yaxes(tickvals=levels, ticktext=[count(level) for level in levels], range=[0, high])
    return figure


def matrix_height(found: Stages) -> int:
    """Every row of the moves is equally high, however few there are."""
    return HEAD + ROW * len(sources_of(found))


def _levels(high: int) -> list[int]:
    """0 and two to four round numbers up to the highest."""
    size = 10 ** max(len(str(high)) - 1, 0)
    step = next((step for step in (size // 4, size // 2, size, 2 * size, 5 * size) if step >= 1 and high / step <= 4), size)
    return list(range(0, high + 1, max(step, 1)))


def _shade(k: int, aside: bool, steps: int) -> str:
    if aside:
        return a(GHOST, 0.95) if (k - steps) % 2 else a(MUTED, 0.55)
    return a(ACCENT, SHADES[min(steps - 1 - k, len(SHADES) - 1)])


def _names(at: int, marks: Sequence[tuple[float, int, str]], high: int) -> list[dict[str, object]]:
    """Names at the line's end, pushed apart where stages are thin; those with nobody are left out."""
    step, last, texts = high * 0.062, float("-inf"), []
    for middle, n, name in marks:
        if n:
            last = max(middle, last + step)
            texts.append(note(at, last, f"{plain(short(name, 14))} <b>{count(n)}</b>", INK, 11, xanchor="left", xshift=8))
    over = last - high
    return [text | {"y": min(float(text["y"]), high) if over <= 0 else float(text["y"]) - over * float(text["y"]) / last} for text in texts]


def moves_figure(found: Stages) -> go.Figure:
    """Rows: where customers were when the period began; columns: where they are; a cell is the share of its row."""
    sources, targets = sources_of(found), [stage.name for stage in found.stages]
    cells = {(move.source, move.target): move for move in found.moves}
    rows = [[cells.get((source, target)) for target in targets] for source in sources]
    figure = go.Figure(
        go.Heatmap(
            x=list(range(len(targets))),
            y=list(range(len(sources))),
            z=[[_share(move) for move in row] for row in rows],
            text=[["" if move is None else percent(_share(move), 0) for move in row] for row in rows],
            texttemplate="%{text}",
            textfont={"size": 12, "color": INK},
            customdata=[[_told(move) for move in row] for row in rows],
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
    dress(figure, matrix_height(found))
    figure.update_layout(minreducedheight=ROW)  # else Plotly cuts the names over a single row
    figure.update_xaxes(tickvals=list(range(len(targets))), ticktext=_staggered(targets), side="top", tickfont={"size": 11, "color": MUTED})
    names = [plain(short(NEWCOMERS if source is None else source, 16)) for source in sources]
    figure.update_yaxes(tickvals=list(range(len(sources))), ticktext=names, autorange="reversed", showgrid=False, tickfont={"color": INK})
    return figure


def _staggered(names: Sequence[str]) -> list[str]:
    """Every other name a line higher where there are many, so that neighbours do not collide."""
    return [plain(short(name, 14)) + ("<br> " if len(names) > 4 and k % 2 else "") for k, name in enumerate(names)]


def sources_of(found: Stages) -> list[str | None]:
    """Where anybody was: in the order of the stages, the newcomers last."""
    were = {move.source for move in found.moves}
    return [stage.name for stage in found.stages if stage.name in were] + ([None] if None in were else [])


def _share(move: Move | None) -> float | None:
    return None if move is None or not move.of else move.customers / move.of


def _told(move: Move | None) -> str:
    if move is None:
        return ""
    source = NEWCOMERS if move.source is None else move.source
    return f"{plain(source)} → {plain(move.target)}: {count(move.customers)} of {count(move.of)}"


def move_name(source: str | None, target: str) -> str:
    """A move as a person names it."""
    return f"{NEWCOMERS if source is None else source} → {target}"


def describe_time(found: Stages) -> str:
    return "Customers in each stage over time. Now: " + ", ".join(f"{stage.name} {count(stage.customers)}" for stage in found.stages) + "."


def describe_moves(found: Stages) -> str:
    most = sorted((move for move in found.moves if move.source != move.target), key=lambda move: -move.customers)[:3]
    told = [f"{NEWCOMERS if move.source is None else move.source} to {move.target}: {count(move.customers)}" for move in most]
    return "Moves between stages over the period. The most frequent: " + "; ".join(told or ["none"]) + "."

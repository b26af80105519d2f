"""Paths as flows from column to column: the usual way in the accent, those who left tinted, everything else grey.

Nodes stand where we put them: Plotly would set a node that begins late into the first column, and shuffle an event's
place from column to column.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, CAT, GHOST, INK, MUTED, NEG, PAPER, a, dress, note, plain
from journey.charts.words import count, several, short, span
from journey.paths import DROP_OFF, OTHER, START, Link, Node, Path, Paths, Way

# The accent is the way's; orange, which is near to those who left, comes late.
COLOURS = (CAT[5], CAT[3], CAT[4], CAT[2], CAT[6], CAT[7], CAT[1])
THICKNESS, PAD = 12, 16
TOP, BOTTOM, RIGHT = 34, 6, 142
LETTER = 6.7  # px, of Inter at 12 px on average
LAST = {OTHER: 1, DROP_OFF: 2, START: 2}  # they close a column, in this order
THINNEST_LABELLED = 5  # px

Place = tuple[int, str]  # (column, event)


@dataclass(frozen=True)
class PathsPicture:
    """nodes: what stands at each position of the drawn trace, so that a click can be looked up."""

    figure: go.Figure
    nodes: tuple[Place, ...]

    def mark(self, click: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """A click on a node or a link as the mark it is; None for anything else."""
        if not click:
            return None
        if click.get("kind") == "node" and (at := self._at(click.get("index"))):
            return {"step": at[0], "node": at[1]}
        source, target = self._at(click.get("source")), self._at(click.get("target"))
        if click.get("kind") == "link" and source and target:
            return {"step": source[0], "source": source[1], "target": target[1]}
        return None

    def _at(self, index: Any) -> Place | None:
        return self.nodes[index] if isinstance(index, int) and 0 <= index < len(self.nodes) else None


def paths_figure(paths: Paths, way: Path | Way | None = None, height: int = 480) -> PathsPicture:
    """Columns of events and the flows between them.

    way: the top path, or how most begin, that is drawn in the accent, beside the rest of each link it takes.
    """
    nodes = in_order(paths)
    heights, middles = stack(nodes, height - TOP - BOTTOM)
    figure = go.Figure(_sankey(paths, nodes, middles, way))
    dress(figure, height, left=1, right=RIGHT, top=TOP, bottom=BOTTOM)
    figure.update_layout(annotations=[*heads(paths), *_labels(paths, nodes, heights, middles)])
    return PathsPicture(figure, tuple((node.step, node.event) for node in nodes))


def narrowest(paths: Paths) -> int:
    """px that the picture needs: on a narrower screen it scrolls."""
    return 900 + 60 * max(0, paths.question.steps - 6)


def describe(paths: Paths) -> str:
    """The picture in words, for those who do not see it."""
    widest = max(paths.links, key=lambda link: link.count, default=None)
    if widest is None:
        return "A flow diagram without any path."
    columns = several(len({node.step for node in paths.nodes}), "column")
    return (
        f"Flow diagram of {several(paths.count, 'path')} over {columns}. The widest flow leads from {widest.source} to "
        f"{widest.target}: {count(widest.count)}. The table of top paths holds the commonest ways."
    )


def in_order(paths: Paths) -> list[Node]:
    """By column, and in each the same order of events: the commonest over all columns first."""
    weight = weights(paths)
    return sorted(paths.nodes, key=lambda node: (node.step, LAST.get(node.event, 0), -weight[node.event], node.event))


def weights(paths: Paths) -> Counter[str]:
    weight: Counter[str] = Counter()
    for node in paths.nodes:
        weight[node.event] += node.count
    return weight


def _colours(paths: Paths) -> dict[str, str]:
    """An event keeps its colour in every column and never has the accent; beyond the seven commonest they are neutral."""
    anchors = {node.event for node in paths.nodes if _anchors(paths, node)}
    anchors = anchors if len(anchors) == 1 else set()  # the values of an expanded anchor are told apart
    ranked = sorted(
        (event for event in weights(paths).items() if event[0] not in LAST and event[0] not in anchors), key=lambda e: (-e[1], e[0])
    )
    colours = dict(zip((event for event, _ in ranked), COLOURS, strict=False))
    return colours | dict.fromkeys(anchors, INK) | {OTHER: GHOST, DROP_OFF: NEG, START: GHOST}


def _anchors(paths: Paths, node: Node) -> bool:
    """Whether all paths meet in this node because the question says so."""
    question = paths.question
    return (question.start is not None and not question.backwards and node.step == 1) or (question.end is not None and node.step == -1)


def places_of(paths: Paths) -> list[int]:
    """Every column that can be asked for has its place, filled or not, so that the picture does not jump."""
    steps = paths.question.steps
    return list(range(-steps, 0)) if paths.question.backwards else list(range(1, steps + 1))


def stack(nodes: list[Node], height: int) -> tuple[list[float], list[float]]:
    """-> (px height, middle from the top as a share of the height) of each node, stacked column by column.

    The scale is Plotly's own: the tallest column fills the height, whatever its gaps take.
    """
    columns: dict[int, list[Node]] = {}
    for node in nodes:
        columns.setdefault(node.step, []).append(node)
    scale = min(((height - (len(column) - 1) * PAD) / sum(node.count for node in column) for column in columns.values()), default=0.0)
    heights, middles, below = [], [], dict.fromkeys(columns, 0.0)
    for node in nodes:
        tall = node.count * scale
        heights.append(tall)
        middles.append((below[node.step] + tall / 2) / height)
        below[node.step] += tall + PAD
    return heights, middles


def _sankey(paths: Paths, nodes: list[Node], middles: list[float], way: Path | Way | None) -> go.Sankey:
    columns, colours = places_of(paths), _colours(paths)
    return go.Sankey(
        arrangement="fixed",
        node={
            "align": "right" if paths.question.backwards else "left",
            "pad": PAD,
            "thickness": THICKNESS,
            "x": [inside(columns.index(node.step) / max(1, len(columns) - 1)) for node in nodes],
            "y": [inside(middle) for middle in middles],
            "color": [colours.get(node.event, MUTED) for node in nodes],
            "line": {"width": 0},
            "label": [""] * len(nodes),
            "customdata": [_node_told(paths, node) for node in nodes],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
        link=_flows(paths, {(node.step, node.event): index for index, node in enumerate(nodes)}, way),
    )


def inside(share: float) -> float:
    """Plotly takes a coordinate of 0 for none at all."""
    return min(0.999, max(0.001, share))


def _flows(paths: Paths, at: dict[Place, int], way: Path | Way | None) -> dict[str, Any]:
    """The links; what the way carries stands apart and is drawn last, above the others."""
    taken = set(trace(paths, way)) if way else set()
    carried = way.count if way else 0
    rows = []
    for link in paths.links:
        own = carried if (link.step, link.source, link.target) in taken else 0
        if link.count > own:
            rows.append((link, link.count - own, _tint(link)))
    rows += [(link, carried, a(ACCENT, 0.62)) for link in paths.links if (link.step, link.source, link.target) in taken]
    return {
        "source": [at[link.step, link.source] for link, _, _ in rows],
        "target": [at[link.step + 1, link.target] for link, _, _ in rows],
        "value": [value for _, value, _ in rows],
        "color": [colour for _, _, colour in rows],
        "hovercolor": a(ACCENT, 0.35),
        "customdata": [_link_told(paths, link) for link, _, _ in rows],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _tint(link: Link) -> str:
    if link.target == DROP_OFF:
        return a(NEG, 0.13)
    return a(GHOST, 0.22 if link.source == START else 0.42)


def trace(paths: Paths, way: Path | Way) -> list[tuple[int, str, str]]:
    """The links that a top path takes: by the column's Other where an event has no row of its own."""
    known = {(link.step, link.source, link.target) for link in paths.links}
    rows = {(node.step, node.event) for node in paths.nodes}
    backwards = paths.question.backwards
    events = list(reversed(way.events)) if backwards else list(way.events)
    sign = -1 if backwards else 1
    here = events[0] if (sign, events[0]) in rows else OTHER
    found = []
    for number, event in enumerate(events[1:], 1):
        step = -number - 1 if backwards else number
        link = (step, event, here) if backwards else (step, here, event)
        there = event if link in known else OTHER
        found.append((step, there, here) if backwards else (step, here, there))
        here = there
    return found


def _units(paths: Paths, number: int) -> str:
    return several(number, paths.question.counted)


def _node_told(paths: Paths, node: Node) -> str:
    told = f"<b>{plain(node.event)}</b><br>{_units(paths, node.count)}"
    return told if paths.question.counted == "customer" else f"{told} of {several(node.customers, 'customer')}"


def _link_told(paths: Paths, link: Link) -> str:
    told = f"<b>{plain(link.source)} → {plain(link.target)}</b><br>{_units(paths, link.count)}"
    if paths.question.counted != "customer":
        told += f" of {several(link.customers, 'customer')}"
    return told if link.average_seconds is None else f"{told}<br>{span(link.average_seconds)} later on average"


def heads(paths: Paths) -> list[dict[str, Any]]:
    """What a column is: the start, a step, or so many steps before the end."""
    columns = places_of(paths)
    return [
        note(
            index / max(1, len(columns) - 1),
            1,
            f"<b>{_head(paths, step)}</b>",
            xanchor="left",
            yanchor="bottom",
            xshift=-4,
            yshift=12,
            xref="paper",
            yref="paper",
        )
        for index, step in enumerate(columns)
    ]


def _head(paths: Paths, step: int) -> str:
    if step < 0:
        return "End" if step == -1 else f"{-step - 1} before"
    return "Start" if step == 1 and paths.question.start is not None else f"Step {step}"


def _labels(paths: Paths, nodes: list[Node], heights: list[float], middles: list[float]) -> list[dict[str, Any]]:
    """Names and counts beside the nodes; thin nodes have none, since they would lie on each other."""
    columns = places_of(paths)
    room = dict.fromkeys(columns, (narrowest(paths) - RIGHT) / max(1, len(columns) - 1) - 26) | {columns[-1]: RIGHT - 14}
    return [
        note(
            columns.index(node.step) / max(1, len(columns) - 1),
            1 - middle,
            _label(node, room[node.step]),
            INK,
            xanchor="left",
            xshift=10,
            bgcolor=a(PAPER, 0.6),
            xref="paper",
            yref="paper",
            captureevents=False,
        )
        for node, height, middle in zip(nodes, heights, middles, strict=True)
        if height > THINNEST_LABELLED
    ]


def _label(node: Node, room: float) -> str:
    """The name cut so that it and its count fit before the next column."""
    number = count(node.count)
    return f"{plain(short(node.event, max(8, int(room / LETTER) - len(number) - 2)))}  <b>{number}</b>"

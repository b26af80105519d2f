"""Two groups' paths as one picture: a flow is as wide as the mean of both shares, and coloured by who goes there more.

Width by the mean keeps the picture conserved and gives both groups the same weight, however large.  A colour always comes
with words: the largest differences carry the group's letter and the points at the flow's end, and the table holds all.
"""

from dataclasses import replace

import plotly.graph_objects as go
import polars as pl

from journey.charts.paths import LETTER, PAD, RIGHT, THICKNESS, TOP, PathsPicture, heads, in_order, inside, narrowest, places_of, stack
from journey.charts.theme import GHOST, INK, MUTED, NEG, PAPER, POS, a, dress, note, plain
from journey.charts.words import UNKNOWN, between, count, decimal, percent, points, several, short
from journey.paths import OTHER, ComparedLink, ComparedNode, Comparison, Node, Paths

TOLD_APART = 0.05  # q below which a flow is called different
LABELLED, APART = 10, 15  # flows that carry their difference, and px between two of them
BOTTOM = 6
UNIT = 1_000_000  # a share as a whole number, for a picture that is drawn from counts


def difference_figure(paths: Paths, comparison: Comparison, height: int = 480) -> PathsPicture:
    """Columns of events and the flows of both groups.  A node's label names the shares of a and of b."""
    weighed = replace(paths, nodes=tuple(Node(node.step, node.event, _weight(node), node.a.customers) for node in comparison.nodes))
    nodes = [node for node in in_order(weighed) if node.count]
    heights, middles = stack(nodes, height - TOP - BOTTOM)
    places = {(node.step, node.event): index for index, node in enumerate(nodes)}
    columns = places_of(paths)
    x = [columns.index(node.step) / max(1, len(columns) - 1) for node in nodes]
    links = [link for link in comparison.links if _weight(link)]
    figure = go.Figure(_sankey(paths, comparison, nodes, x, middles, links, places))
    dress(figure, height, left=1, right=RIGHT, top=TOP, bottom=BOTTOM)
    both = {(node.step, node.event): node for node in comparison.nodes}
    labels = [
        note(
            x[index],
            1 - middles[index],
            _label(both[node.step, node.event], narrowest_difference(paths), len(columns), node.step == columns[-1]),
            INK,
            xanchor="left",
            xshift=10,
            bgcolor=a(PAPER, 0.6),
            xref="paper",
            yref="paper",
            captureevents=False,
        )
        for index, node in enumerate(nodes)
        if heights[index] > 5
    ]
    ends = _ends(links, places, nodes, heights, middles, height - TOP - BOTTOM)
    figure.update_layout(annotations=[*heads(paths), *labels, *_marked(links, ends, x, places)])
    return PathsPicture(figure, tuple((node.step, node.event) for node in nodes))


def narrowest_difference(paths: Paths) -> int:
    """px that the picture needs: more than one group's, for two shares and a difference in each column."""
    return narrowest(paths) + 110


def describe_difference(comparison: Comparison, names: tuple[str, str]) -> str:
    """The picture in words."""
    apart = told_apart(comparison)
    return (
        f"Flow diagram of {several(comparison.count, 'path')} of {names[0]} and {count(comparison.count_b)} of {names[1]}. "
        f"{several(len(apart), 'flow')} of {count(len(comparison.links))} differ; the table below holds each with its interval."
    )


def told_apart(comparison: Comparison) -> list[ComparedLink]:
    """The flows that differ, the largest difference first."""
    apart = [link for link in comparison.links if link.q is not None and link.q < TOLD_APART]
    return sorted(apart, key=lambda link: (-abs(_difference(link)), link.step, link.source, link.target))


def difference_sentence(paths: Paths, comparison: Comparison, names: tuple[str, str]) -> str:
    """The largest difference that is told from chance, or that there is none."""
    first, second = (short(name, 28) for name in names)
    unit = paths.question.counted + "s"
    for name, number in ((first, comparison.count), (second, comparison.count_b)):
        if not number:
            return f"There is nothing to compare: {name} have no such path here."
    apart = [link for link in told_apart(comparison) if OTHER not in (link.source, link.target)] or told_apart(comparison)
    if not apart:
        return f"{first} and {second} cannot be told apart by their paths: no flow differs beyond chance."
    link = apart[0]
    difference, low, high = link.difference or (0.0, 0.0, 0.0)
    step = f"at step {link.step}" if link.step > 0 else f"{-link.step - 1} before the end"
    digits = 0 if abs(difference) >= 0.05 else 1
    return (
        f"{first} go {short(link.source, 20)} → {short(link.target, 20)} {step} {'more' if difference > 0 else 'less'} than {second}: "
        f"{percent(link.a.share, digits)} against {percent(link.b.share, digits)} of {unit} "
        f"({points(difference)}, {between(points(low), points(high))})."
    )


def difference_caption(paths: Paths, comparison: Comparison, names: tuple[str, str], period: str) -> str:
    unit = paths.question.counted
    return " · ".join(
        (
            f"A, {names[0]}: {several(comparison.count, unit)} of {several(comparison.population, 'customer')}",
            f"B, {names[1]}: {several(comparison.count_b, unit)} of {several(comparison.population_b, 'customer')}",
            period,
        )
    )


LEGEND = (
    "As wide as the mean of both shares. Teal and A: more in A. Orange and B: more in B. Grey: not told from chance (q of 5% or more). "
    "Beside an event: its share in A | in B."
)


def difference_table(comparison: Comparison) -> pl.DataFrame:
    """Every flow: step, flow, shares in %, difference in points with its interval, q; the surest first, then the largest."""
    order = sorted(comparison.links, key=lambda link: (1.0 if link.q is None else link.q, -abs(_difference(link)), link.step))
    return pl.DataFrame(
        [
            {
                "step": link.step,
                "flow": f"{link.source} → {link.target}",
                "share_a": None if link.a.share is None else 100 * link.a.share,
                "share_b": None if link.b.share is None else 100 * link.b.share,
                "difference": None if link.difference is None else 100 * link.difference[0],
                "interval": "" if link.difference is None else between(points(link.difference[1]), points(link.difference[2])),
                "more": _more(link),
                "q": _q_told(link.q),
            }
            for link in order
        ],
        schema={
            "step": pl.Int64,
            "flow": pl.String,
            "share_a": pl.Float64,
            "share_b": pl.Float64,
            "difference": pl.Float64,
            "interval": pl.String,
            "more": pl.String,
            "q": pl.String,
        },
    )


def _weight(mark: ComparedNode | ComparedLink) -> int:
    """The mean of both shares; of the one there is, where a group has no path."""
    shares = [part.share for part in (mark.a, mark.b) if part.share is not None]
    return round(UNIT * sum(shares) / len(shares)) if shares else 0


def _difference(link: ComparedLink) -> float:
    return link.difference[0] if link.difference else 0.0


def _is_apart(link: ComparedLink) -> bool:
    return link.q is not None and link.q < TOLD_APART


def _q_told(q: float | None) -> str:
    return UNKNOWN if q is None else "<0.001" if q < 0.001 else decimal(q, 3)


def _more(link: ComparedLink) -> str:
    """The group that goes there more, in a letter."""
    return "" if not _is_apart(link) else "A" if _difference(link) > 0 else "B"


def _sankey(
    paths: Paths,
    comparison: Comparison,
    nodes: list[Node],
    x: list[float],
    middles: list[float],
    links: list[ComparedLink],
    places: dict[tuple[int, str], int],
) -> go.Sankey:
    both = {(node.step, node.event): node for node in comparison.nodes}
    largest = max((abs(_difference(link)) for link in links if _is_apart(link)), default=1.0)
    return go.Sankey(
        arrangement="fixed",
        node={
            "align": "right" if paths.question.backwards else "left",
            "pad": PAD,
            "thickness": THICKNESS,
            "x": [inside(at) for at in x],
            "y": [inside(middle) for middle in middles],
            "color": [MUTED if node.event != OTHER else GHOST for node in nodes],
            "line": {"width": 0},
            "label": [""] * len(nodes),
            "customdata": [_node_told(both[node.step, node.event]) for node in nodes],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
        link={
            "source": [places[link.step, link.source] for link in links],
            "target": [places[link.step + 1, link.target] for link in links],
            "value": [_weight(link) for link in links],
            "color": [_colour(link, largest) for link in links],
            "hovercolor": a(INK, 0.3),
            "customdata": [_link_told(link) for link in links],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )


def _colour(link: ComparedLink, largest: float) -> str:
    """The deeper the larger the difference."""
    if not _is_apart(link):
        return a(GHOST, 0.36)
    return a(POS if _difference(link) > 0 else NEG, 0.3 + 0.5 * abs(_difference(link)) / largest)


def _ends(
    links: list[ComparedLink],
    places: dict[tuple[int, str], int],
    nodes: list[Node],
    heights: list[float],
    middles: list[float],
    height: int,
) -> dict[ComparedLink, float]:
    """px from the top to where each flow arrives: Plotly stacks those into one node by the place they come from."""
    into: dict[int, list[ComparedLink]] = {}
    for link in links:
        into.setdefault(places[link.step + 1, link.target], []).append(link)
    found = {}
    for index, arriving in into.items():
        scale = heights[index] / nodes[index].count
        top = middles[index] * height - heights[index] / 2
        for link in sorted(arriving, key=lambda link: middles[places[link.step, link.source]]):
            thick = _weight(link) * scale
            found[link] = top + thick / 2
            top += thick
    return {link: place / height for link, place in found.items()}


def _marked(
    links: list[ComparedLink], ends: dict[ComparedLink, float], x: list[float], places: dict[tuple[int, str], int]
) -> list[dict[str, object]]:
    """The largest differences in words at the flow's end, where two of them do not lie on each other."""
    taken: dict[int, list[float]] = {}
    notes: list[dict[str, object]] = []
    for link in sorted((link for link in links if _is_apart(link)), key=lambda link: -abs(_difference(link))):
        others = taken.setdefault(link.step, [])
        if len(notes) == LABELLED or any(abs(ends[link] - other) < APART / 440 for other in others):
            continue
        others.append(ends[link])
        letter = "A" if _difference(link) > 0 else "B"
        text = f"<b>{letter}</b> {points(abs(_difference(link)))}"
        at = x[places[link.step + 1, link.target]]
        notes.append(
            note(
                at,
                1 - ends[link],
                text,
                INK,
                11,
                xanchor="right",
                xshift=-4,
                bgcolor=a(PAPER, 0.8),
                xref="paper",
                yref="paper",
                captureevents=False,
            )
        )
    return notes


def _label(node: ComparedNode, wide: int, columns: int, last: bool) -> str:
    """The name cut so that it and both shares fit before the differences of the next column."""
    room = RIGHT - 14 if last else (wide - RIGHT) / max(1, columns - 1) - 26 - 44
    shares = f"{percent(node.a.share, 0).removesuffix('%')} | {percent(node.b.share, 0)}"
    return f"{plain(short(node.event, max(8, int(room / LETTER) - len(shares) - 1)))}  <b>{shares}</b>"


def _node_told(node: ComparedNode) -> str:
    a_told, b_told = (f"{percent(part.share)} ({count(part.count)})" for part in (node.a, node.b))
    return f"<b>{plain(node.event)}</b><br>A: {a_told}<br>B: {b_told}"


def _link_told(link: ComparedLink) -> str:
    told = (
        f"<b>{plain(link.source)} → {plain(link.target)}</b><br>"
        f"A: {percent(link.a.share)} ({count(link.a.count)})<br>B: {percent(link.b.share)} ({count(link.b.count)})"
    )
    if link.difference is None:
        return told
    difference, low, high = link.difference
    return f"{told}<br>A − B: {points(difference)} ({between(points(low), points(high))})" + (
        "" if _is_apart(link) else "<br>not told from chance"
    )

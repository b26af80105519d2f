"""Whether the variants are as large as the dice meant them to be, and in which groups they are not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, GHOST, INK, MUTED, NEG, a, dress, hatched, note, plain
from journey.charts.words import count, percent, points, short
from journey.experiments.result import Finding, Split
from journey.inference import wilson

ROW = 40


def split_figure(split: Split) -> go.Figure:
    """A bar per variant of its share of all units; the upright mark is what was meant."""
    total = sum(arm.units for arm in split.arms) or 1
    rows = list(range(len(split.arms)))
    shares = [arm.units / total for arm in split.arms]
    marker = hatched([a(NEG, 0.16)] * len(rows), [NEG] * len(rows)) if split.alarm else {"color": ACCENT, "cornerradius": 3}
    figure = go.Figure(go.Bar(x=shares, y=rows, orientation="h", width=0.46, marker=marker, hoverinfo="skip"))
    figure.add_trace(
        go.Scatter(
            x=[arm.share for arm in split.arms],
            y=rows,
            mode="markers",
            marker={"symbol": "line-ns", "size": 26, "line": {"color": INK, "width": 2.4}},
            customdata=[f"meant: {percent(arm.share)}" for arm in split.arms],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    dress(figure, ROW * len(rows) + 8, top=2, right=130, yaxis_autorange="reversed")
    figure.update_yaxes(
        tickvals=rows, ticktext=[plain(short(arm.name, 20)) for arm in split.arms], showgrid=False, tickfont={"color": INK, "size": 12}
    )
    figure.update_xaxes(showticklabels=False, range=[0, max([*shares, *(arm.share for arm in split.arms)], default=1) * 1.06])
    for row, arm, share in zip(rows, split.arms, shares, strict=True):
        said = f"<b>{count(arm.units)}</b>  {percent(share)}"
        figure.add_annotation(note(1, row, said, INK, xref="paper", xanchor="left", xshift=10))
    return figure


def describe_split(split: Split) -> str:
    """What the figure shows, for those who cannot see it."""
    return "Units by variant: " + ", ".join(f"{arm.name} {count(arm.units)}, {percent(arm.share)} meant" for arm in split.arms) + "."


@dataclass(frozen=True)
class Side:
    """One group of units.  share: of them in the variant that is watched; low, high: its interval; off: p < .001 for itself."""

    name: str
    units: int
    share: float
    low: float
    high: float
    off: bool


def sides_of(cause: Finding, split: Split, control: str, most: int = 8) -> tuple[str, str, tuple[Side, ...]]:
    """(property, variant, its groups): of the property that the likely cause is in, each group's share in the variant.

    The variant is the one that is off, else the first that is not control.  () where nothing was told apart.
    """
    rows = [row for row in cause.rows if row.get("p_adjusted") is not None]
    if not rows or len(split.arms) < 2:
        return "", "", ()
    off = [row for row in rows if row.get("off")]
    of = str((off or rows)[0]["property"])
    arm = str((off or [{}])[0].get("variant") or next(arm.name for arm in split.arms if arm.name != control))
    told = [side for row in rows if row["property"] == of and (side := _side(row, split, arm)) is not None]
    return of, arm, tuple(sorted(told, key=lambda side: (not side.off, -side.units))[:most])


def _side(row: Mapping[str, Any], split: Split, arm: str) -> Side | None:
    counts = {one.name: int(row.get(f"units in {one.name}") or 0) for one in split.arms}
    n = sum(counts.values())
    around = wilson(counts.get(arm, 0), n)
    return None if around is None else Side(str(row["group"]) or "not known", n, counts[arm] / n, *around, bool(row.get("off")))


def causes_figure(sides: Sequence[Side], meant: float) -> go.Figure:
    """The share in one variant by group; the upright line is what was meant.  Groups that are off are filled and named so."""
    figure = go.Figure()
    for row, side in enumerate(sides):
        colour = NEG if side.off else MUTED
        figure.add_trace(
            go.Scatter(x=[side.low, side.high], y=[row, row], mode="lines", line={"color": a(colour, 0.9), "width": 2.2}, hoverinfo="skip")
        )
        figure.add_trace(
            go.Scatter(
                x=[side.share],
                y=[row],
                mode="markers",
                marker={"size": 11, "symbol": "diamond" if side.off else "circle", "color": colour, "line": {"color": colour, "width": 2}},
                hoverinfo="skip",
            )
        )
    ends = [end for side in sides for end in (side.low, side.high)] + [meant]
    low, high = min(ends), max(ends)
    room = (high - low) * 0.08 or 0.01
    dress(figure, 36 * len(sides) + 30, top=2, bottom=2, right=110)
    figure.add_vline(x=meant, line={"color": INK, "width": 1.2}, layer="below")
    names = [f"{plain(short(side.name, 24))}<span style='font-size:11px;color:{MUTED}'>  {count(side.units)}</span>" for side in sides]
    figure.update_yaxes(
        tickvals=list(range(len(sides))),
        ticktext=names,
        range=[len(sides) - 0.5, -0.5],
        showgrid=False,
        tickfont={"color": INK, "size": 12},
    )
    figure.update_xaxes(range=[low - room, high + room], tickvals=[meant], ticktext=[f"{percent(meant)} meant"], gridcolor=a(GHOST, 0.45))
    for row, side in enumerate(sides):
        far = f"<b>{percent(side.share)}</b>" + (f"  {points(side.share - meant)}" if side.off else "")
        figure.add_annotation(note(1, row, far, NEG if side.off else INK, xref="paper", xanchor="left", xshift=10))
    return figure


def describe_causes(sides: Sequence[Side], meant: float) -> str:
    """What the figure shows, for those who cannot see it."""
    told = ", ".join(f"{side.name} {percent(side.share)}{' (off)' if side.off else ''}" for side in sides)
    return f"Share in the variant by group, {percent(meant)} meant: {told}."

"""Features by how many use them and by how much more often their users stay."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from journey.charts.journeys_said import clipped, told_names
from journey.charts.theme import GHOST, INK, MUTED, NEG, POS, a, dress, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import UNKNOWN, between, count, decimal, percent, points, several, short
from journey.journeys import Adoption, Effect, Feature

HEIGHT = 348
LETTER, LINE = 6.4, 15  # px of a letter, of a line of a name
WIDTH, TALL = 664, HEIGHT - 60  # px of the plot where the figure is narrowest: names kept apart there are so anywhere
PLACES = ("top center", "bottom center", "middle right", "middle left")


def adoption_figure(found: Adoption) -> go.Figure:
    """To the right: more customers use it.  Upwards: its users stayed more often than others who did as much."""
    shown = [feature for feature in found.features if feature.alike is not None and feature.share is not None]
    figure = go.Figure(_dots(shown))
    dress(figure, HEIGHT, left=44, right=12, top=26, bottom=34)
    high = max([one.share or 0 for one in shown] + [0.05])
    low_y, high_y = _range(shown)
    figure.update_xaxes(range=[-0.06 * high, high * 1.12], tickvals=_ticks(0, high), ticktext=[percent(x, 0) for x in _ticks(0, high)])
    ticks = _ticks(low_y, high_y)
    figure.update_yaxes(range=[low_y, high_y], tickvals=ticks, ticktext=[points(y, 0) for y in ticks])
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=0, y1=0, line={"color": a(MUTED, 0.7), "width": 1}, layer="below")
    figure.add_annotation(
        **note(0, 1, "stayed more often than others who did as much", MUTED, xref="paper", yref="paper", xanchor="left", yshift=14)
    )
    figure.add_annotation(**note(1, 0, "share who use it", MUTED, xref="paper", yref="paper", xanchor="right", yshift=-28))
    return figure


def _dots(shown: Sequence[Feature]) -> go.Scatter:
    alike = [one.alike or (0.0, 0.0, 0.0) for one in shown]
    return go.Scatter(
        x=[one.share for one in shown],
        y=[one[0] for one in alike],
        mode="markers+text",
        text=[plain(name) for name in _labels(shown)],
        textposition=_apart(shown),
        textfont={"size": 11, "color": INK},
        marker={"size": 11, "color": [_colour(one) for one in shown]},
        error_y=whiskers([middle for middle, _, _ in alike], [(low, high) for _, low, high in alike], a(MUTED, 0.7), 1.2, 0),
        customdata=[[plain(one.name), count(one.adopters), percent(one.share), alike_words(one)] for one in shown],
        hovertemplate="<b>%{customdata[0]}</b>: %{customdata[1]} customers, %{customdata[2]}<br>%{customdata[3]}<extra></extra>",
    )


def _labels(shown: Sequence[Feature]) -> list[str]:
    return [clipped(name, 20) for name in told_names([one.name for one in shown])]


def _colour(one: Feature) -> str:
    """Grey where the difference is not told from chance."""
    if not one.told or one.alike is None:
        return GHOST
    return POS if one.alike[0] > 0 else NEG


def _range(shown: Sequence[Feature]) -> tuple[float, float]:
    edges = [edge for one in shown for edge in (one.alike or (0, 0, 0))[1:]] + [-0.02, 0.02]
    return min(edges) - 0.02, max(edges) + 0.02


def _ticks(low: float, high: float) -> list[float]:
    """Two to six round numbers, 0 among them."""
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if (high - low) / step <= 6 or step == 0.5)
    return [round(k * step, 4) for k in range(round(low / step), round(high / step) + 1) if low <= k * step <= high]


def _apart(shown: Sequence[Feature]) -> list[str]:
    """For each name the side of its dot on which it touches least: names, dots, intervals, the zero line; the largest features first."""
    low, high = _range(shown)
    high_x = max([one.share or 0 for one in shown] + [0.05])
    taken: list[tuple[float, float, float, float]] = []
    sides, lines = [], [(0.0, -low / (high - low) * TALL - 1, float(WIDTH), -low / (high - low) * TALL + 1)]
    for one in shown:
        x = ((one.share or 0) / high_x + 0.06) / 1.18 * WIDTH
        y, bottom, top = ((edge - low) / (high - low) * TALL for edge in one.alike or (0, 0, 0))
        taken.append((x - 6, y - 6, x + 6, y + 6))
        lines.append((x - 2, bottom, x + 2, top))
    for place, name in enumerate(_labels(shown)):
        wide, (x0, y0, x1, y1) = LETTER * len(name), taken[place]
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        boxes = {
            "top center": (x - wide / 2, y + 7, x + wide / 2, y + 7 + LINE),
            "bottom center": (x - wide / 2, y - 7 - LINE, x + wide / 2, y - 7),
            "middle right": (x + 9, y - LINE / 2, x + 9 + wide, y + LINE / 2),
            "middle left": (x - 9 - wide, y - LINE / 2, x - 9, y + LINE / 2),
        }
        others = taken[:place] + taken[place + 1 :] + lines
        side = min(PLACES, key=lambda side: sum(_overlap(boxes[side], other) for other in others) + _outside(boxes[side]))
        sides.append(side)
        taken.append(boxes[side])
    return sides


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    return wide * tall if wide > 0 and tall > 0 else 0.0


def _outside(box: tuple[float, ...]) -> float:
    return 50 * (max(0, -30 - box[0]) + max(0, box[2] - WIDTH - 8))


def alike_words(one: Feature) -> str:
    """How much more often a feature's users stayed than others who did as much, with the interval."""
    if one.alike is None:
        return "nobody to compare with"
    difference, low, high = one.alike
    told = "" if one.told else ", not told from chance"
    return f"{points(difference)} ({between(points(low), points(high))}){told}"


def adoption_sentence(found: Adoption) -> str:
    """The feature that goes with staying most, of those told from chance; else the one most customers use."""
    if not found.active or not found.features:
        return "Nobody was active in this period, so no feature was used."
    told = best_features(found)
    if not told:
        most = found.features[0]
        used = f"{short(most.name, 28)} is used by {percent(most.share, 0)} of {several(found.active, 'customer')}"
        return f"{used}; no feature goes with staying among customers who did as much."
    best = told[0]
    return f"Users of {short(best.name, 28)} stay most: {alike_words(best)} against others who did as much. An association."


def best_features(found: Adoption) -> list[Feature]:
    """Those whose users stay more often, told from chance among customers who did as much; the largest difference first."""
    better = [one for one in found.features if one.told and one.alike is not None and one.alike[0] > 0]
    return sorted(better, key=lambda one: -(one.alike or (0.0,))[0])


def describe(found: Adoption) -> str:
    told = [f"{one.name}: used by {percent(one.share)}, staying {alike_words(one)}" for one in found.features]
    return "; ".join(told) + "."


def effect_sentence(effect: Effect) -> str:
    """Adopters beside comparable customers; true of any data."""
    of, on = short(effect.question.of, 28), short(effect.question.on, 28)
    days = f"{effect.question.within / 86_400_000:g} days"
    if effect.difference is None:
        return f"Not enough data to say what {of} goes with: {effect.why}."
    difference, low, high = effect.difference
    did = f"{percent(effect.share)} of {several(effect.adopters, 'adopter')} of {of} come to {on} within {days}"
    than = f"{percent(effect.expected)} of comparable customers"
    verdict = "no difference told from chance" if low <= 0 <= high else "more often" if difference > 0 else "less often"
    return f"{did}, {than}: {points(difference)} ({between(points(low), points(high))}), {verdict}."


def effect_caption(effect: Effect) -> str:
    """Whom they were compared with, and what that assumes."""
    left = f" · {several(effect.unmatched, 'adopter')} had nobody to compare with" if effect.unmatched else ""
    return (
        f"{several(effect.comparable, 'customer')} in the same week since their first event, as busy that day and the week before, who had "
        f"used neither of the two by then{left} · an association: it assumes that nothing else makes adopters likelier to come to it"
    )


def q_words(q: float | None) -> str:
    """.0004 -> "<0.001": never a zero."""
    return UNKNOWN if q is None else "<0.001" if q < 0.001 else decimal(q, 3)


def rows(found: Adoption) -> list[dict[str, Any]]:
    """One row per feature, as the table shows it and the download holds it."""
    return [
        {
            "feature": one.name,
            "customers": one.adopters,
            "share": None if one.share is None else 100 * one.share,
            "low": None if one.interval is None else 100 * one.interval[0],
            "high": None if one.interval is None else 100 * one.interval[1],
            "first_use": None if one.waited is None else one.waited.median,
            "uses": one.uses,
            "deep": None if one.deep_share is None else 100 * one.deep_share,
            "staying": None if one.staying is None else one.staying[0],
            "alike": None if one.alike is None else one.alike[0],
            "alike_low": None if one.alike is None else one.alike[1],
            "alike_high": None if one.alike is None else one.alike[2],
            "q": one.q_alike,
        }
        for one in found.features
    ]

"""Profit and its band as a small drawing of lines and letters alone, for a summary that is printed."""

from collections.abc import Sequence
from html import escape

from journey.charts.roi import month_ticks, tick_money
from journey.charts.roi_axis import crossing_told, last_crossing, levels
from journey.charts.roi_told import sum_told

WIDTH, HEIGHT = 680, 180
LEFT, RIGHT, TOP, BOTTOM = 52, 92, 12, 24


class Plane:
    """Where months and money lie in the drawing."""

    def __init__(self, months: int, low: float, high: float) -> None:
        self.months, self.low, self.high = max(months, 1), low, high if high > low else low + 1.0

    def x(self, month: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * month / self.months

    def y(self, amount: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (self.high - amount) / (self.high - self.low)

    def points(self, amounts: Sequence[float]) -> list[str]:
        return [f"{self.x(month):.1f},{self.y(amount):.1f}" for month, amount in enumerate(amounts)]


def profit_svg(
    middle: Sequence[float],
    band: tuple[Sequence[float], Sequence[float]] | None,
    payback: float | None,
    currency: str | None,
    said: str,
) -> str:
    """The drawing as text.  said: what a person who cannot see it should know; arguments otherwise as of `profit_figure`."""
    ends = [0.0, *middle, *((*band[0], *band[1]) if band else ())]
    plane = Plane(len(middle) - 1, min(ends), max(ends))
    parts = [*_grid(plane, currency), *_months(plane)]
    if band is not None:
        around = [*plane.points(band[1]), *reversed(plane.points(band[0]))]
        parts.append(f'<polygon class="band" points="{" ".join(around)}"/>')
    parts.append(f'<polyline class="middle" points="{" ".join(plane.points(middle))}"/>')
    parts += _ends(plane, middle, band, currency)
    parts += _payback(plane, last_crossing(middle), payback)
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(said)}">{"".join(parts)}</svg>'


def _text(x: float, y: float, said: str, kind: str = "muted", anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" dominant-baseline="middle">{escape(said)}</text>'


def _line(x: float, y: float, to_x: float, to_y: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"/>'


def _grid(plane: Plane, currency: str | None) -> list[str]:
    parts = []
    for tick in levels(plane.low, plane.high):
        y = plane.y(tick)
        parts.append(_line(LEFT, y, WIDTH - RIGHT, y, "grid" if tick else "zero"))
        parts.append(_text(LEFT - 6, y, tick_money(tick, currency), anchor="end"))
    return parts


def _months(plane: Plane) -> list[str]:
    places = month_ticks(plane.months)
    return [
        _text(plane.x(place), HEIGHT - 8, "Start" if not place else f"Month {place}" if at == 1 else str(place), anchor="middle")
        for at, place in enumerate(places)
    ]


def _ends(plane: Plane, middle: Sequence[float], band: tuple[Sequence[float], Sequence[float]] | None, currency: str | None) -> list[str]:
    x, own = WIDTH - RIGHT + 6, plane.y(middle[-1])
    parts = [_text(x, own, f"{'P50 ' if band else ''}{sum_told(middle[-1], currency)}", "strong")]
    if band is not None:
        parts.append(_text(x, min(plane.y(band[1][-1]), own - 14), f"P90 {sum_told(band[1][-1], currency)}"))
        parts.append(_text(x, max(plane.y(band[0][-1]), own + 14), f"P10 {sum_told(band[0][-1], currency)}"))
    return parts


def _payback(plane: Plane, place: float | None, payback: float | None) -> list[str]:
    if place is None:
        return []
    x, y = plane.x(place), plane.y(0.0)
    late = x > LEFT + 0.62 * (WIDTH - LEFT - RIGHT)
    told = _text(x + (-9 if late else 9), y + 13, " ".join(map(str, crossing_told(place, payback))), "ink", "end" if late else "start")
    return [f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>', told]

"""How small an effect the coming weeks can tell: the curve a plan is chosen from."""

from math import log
from typing import Any

import plotly.graph_objects as go

from journey.charts.experiments_said import difference_told
from journey.charts.theme import ACCENT, CAUTION, MUTED, PAPER, a, dress, note
from journey.charts.words import change, count, decimal, percent, several
from journey.experiments.metric import ExperimentMetric
from journey.experiments.power.result import ByDays, Power

WEEK = 7
HIGHEST = 3.2  # times the effect wanted: above, the curve says nothing but "not yet"; but half of it is always shown


def told_days(power: Power) -> list[ByDays]:
    """The weeks in which something can be told."""
    return [one for one in power.by_days if one.effect is not None]


def weeks_figure(power: Power, metric: ExperimentMetric, effect: float, currency: str | None, height: int = 280) -> go.Figure:
    """The smallest effect that is told with the power asked after so many weeks; filled once it is the one wanted or smaller."""
    found = told_days(power)
    xs, ys = [one.days / WEEK for one in found], [abs(one.effect or 0.0) for one in found]
    wanted = abs(effect)
    figure = go.Figure(go.Scatter(x=xs, y=ys, mode="lines", line={"color": a(ACCENT, 0.55), "width": 2.2}, hoverinfo="skip"))
    figure.add_scatter(
        x=xs,
        y=ys,
        mode="markers",
        marker={"size": 9, "color": [ACCENT if y <= wanted else PAPER for y in ys], "line": {"color": ACCENT, "width": 2}},
        hovertext=[_hover(one, power, metric, currency) for one in found],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )
    dress(figure, height, top=22, bottom=4, right=24)
    usual = sorted(ys)[len(ys) // 2] if ys else wanted
    top = min(max([*ys, wanted]), max(HIGHEST * wanted, 1.3 * usual)) * 1.08
    last = max([*xs, 1.0])
    figure.add_shape(type="line", x0=0, x1=last, y0=wanted, y1=wanted, line={"color": CAUTION, "width": 1.5, "dash": "dot"})
    figure.add_annotation(
        note(last, wanted, f"worth finding: {_size(metric, wanted, currency)}", CAUTION, xanchor="right", yanchor="bottom", yshift=2)
    )
    _mark_end(figure, power, last)
    levels = _levels(top)
    figure.update_yaxes(range=[0, top], tickvals=levels, ticktext=[_size(metric, level, currency) for level in levels])
    figure.update_xaxes(range=[0.4, last + 0.4], tickvals=xs, ticktext=[_week(x, place) for place, x in enumerate(xs)])
    return figure


def _mark_end(figure: go.Figure, power: Power, last: float) -> None:
    """When the units that are needed have come."""
    days = power.size.days
    if days is None or not 0.4 <= days / WEEK <= last + 0.4:
        return
    x = days / WEEK
    figure.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, yref="paper", line={"color": a(MUTED, 0.8), "width": 1, "dash": "dot"})
    side: dict[str, Any] = {"xanchor": "right", "xshift": -4} if x > last / 2 else {"xanchor": "left", "xshift": 4}
    figure.add_annotation(note(x, 1, f"<b>{several(days, 'day')}</b>", ACCENT, yref="paper", yanchor="bottom", **side))


def _week(x: float, place: int) -> str:
    return f"{decimal(x, 0)} week" + ("s" if x > 1 else "") if not place else decimal(x, 0)


def _size(metric: ExperimentMetric, size: float, currency: str | None) -> str:
    """The size of an effect without its sign."""
    return difference_told(metric, size, currency).removeprefix("+") if size else "0"


def _levels(top: float) -> list[float]:
    """Zero and two to four round numbers below the top."""
    if top <= 0:
        return [0.0]
    power = 10.0 ** int(log(top, 10) // 1)
    step = next(factor * power for factor in (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0) if top / (factor * power) <= 4.5)
    return [round(step * k, 12) for k in range(int(top / step) + 1)]


def _hover(one: ByDays, power: Power, metric: ExperimentMetric, currency: str | None) -> str:
    relative = power.relative(one.effect)
    more = "" if relative is None else f" ({change(relative)})"
    effect = difference_told(metric, one.effect, currency)
    chance = "" if one.chance is None else f"<br>{percent(one.chance, 0)} chance to have told the one worth finding"
    return f"After {several(one.days / WEEK, 'week')}: <b>{effect}</b>{more}<br>{count(one.total)} in all{chance}"


def describe_weeks(power: Power, metric: ExperimentMetric, currency: str | None) -> str:
    """What the figure shows, for those who cannot see it."""
    found = told_days(power)
    told = "; ".join(f"{several(one.days / WEEK, 'week')}: {difference_told(metric, one.effect, currency)}" for one in found)
    return (
        f"Smallest effect on {metric.name} that can be told by week: {told}." if found else "Nothing can be told: the traffic is unknown."
    )

"""What separates those who convert: differences from zero with their intervals, and in words."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, CAUTION, GHOST, INK, MUTED, a, dress, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import count, percent, points, several, short
from journey.funnels import Driver, Drivers
from journey.funnels.driver_story import BEFORE, ON_THE_WAY
from journey.funnels.words import told_window

SHOWN, ROW = 12, 30
NAMES, VALUES = 270, 118  # px on either side of the bars


def driver_name(driver: Driver) -> str:
    """What the two sides differ in, without the time in which it was done."""
    if driver.when in (BEFORE, ON_THE_WAY):
        return driver.name
    return f"{driver.name}: {driver.value or 'not set'}"


def driver_when(driver: Driver, drivers: Drivers, before: int | None) -> str:
    """When it was done, or of what it is a property."""
    if driver.when == BEFORE:
        return "before" if before is None else f"in the {told_window(before)} before"
    if driver.when == ON_THE_WAY:
        return f"within {told_window(drivers.landmark or 0)}"
    return "on entering" if driver.when == "entry" else "customer"


def drivers_figure(drivers: Drivers, before: int | None, shown: Sequence[Driver]) -> go.Figure:
    """Bars from zero: share that converts with it, less the share without.  What chance could make is grey."""
    rows = list(range(len(shown)))
    differences = [driver.difference for driver in shown]
    colours = [GHOST if not d.told_apart else ACCENT if d.difference > 0 else CAUTION for d in shown]
    bars = go.Bar(
        y=rows,
        x=differences,
        orientation="h",
        marker={"color": [a(colour, 0.85) for colour in colours], "cornerradius": 2},
        hovertext=[_told(driver, drivers, before) for driver in shown],
        hoverinfo="text",
        error_x=whiskers([driver.difference for driver in shown], [driver.interval for driver in shown], width=4),
    )
    figure = go.Figure(bars)
    low = min([0.0, *(driver.interval[0] for driver in shown)])
    high = max([0.0, *(driver.interval[1] for driver in shown)])
    pad = 0.04 * (high - low or 1.0)
    dress(figure, ROW * len(shown) + 30, left=NAMES, right=VALUES, top=22, bottom=2, bargap=0.42)
    figure.update_layout(annotations=[*_names(shown, drivers, before), *_values(shown), *_heads()])
    ticks = _ticks(low, high)
    figure.update_xaxes(range=[low - pad, high + pad], tickvals=ticks, ticktext=[points(tick, 0) if tick else "0" for tick in ticks])
    figure.update_xaxes(showgrid=True, gridcolor=a(GHOST, 0.45), zeroline=True, zerolinecolor=MUTED, zerolinewidth=1)
    figure.update_yaxes(visible=False, range=[len(shown) - 0.45, -0.55])
    return figure


def _names(shown: Sequence[Driver], drivers: Drivers, before: int | None) -> list[dict[str, Any]]:
    where: dict[str, Any] = {"xref": "paper", "xanchor": "left", "xshift": -NAMES, "align": "left"}
    return [
        note(
            0, at, f"{plain(short(driver_name(d), 26))} <span style='color:{MUTED}'>{driver_when(d, drivers, before)}</span>", INK, **where
        )
        for at, d in enumerate(shown)
    ]


def _values(shown: Sequence[Driver]) -> list[dict[str, Any]]:
    where: dict[str, Any] = {"xref": "paper", "xanchor": "right", "align": "right"}
    told = [(at, percent(d.share_with, 0), percent(d.share_without, 0)) for at, d in enumerate(shown)]
    return [note(1, at, f"<b>{share}</b>", INK, xshift=58, **where) for at, share, _ in told] + [
        note(1, at, rest, MUTED, xshift=VALUES - 4, **where) for at, _, rest in told
    ]


def _heads() -> list[dict[str, Any]]:
    where: dict[str, Any] = {"xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "bottom", "yshift": 2}
    return [note(1, 1, "with", MUTED, 11, xshift=58, **where), note(1, 1, "without", MUTED, 11, xshift=VALUES - 4, **where)]


def _ticks(low: float, high: float) -> list[float]:
    step = next((s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if (high - low) / s <= 6), 0.5)
    return [step * at for at in range(int(low / step), int(high / step) + 1)]


def _told(driver: Driver, drivers: Drivers, before: int | None) -> str:
    low, high = driver.interval
    return (
        f"<b>{plain(driver_name(driver))}</b> {driver_when(driver, drivers, before)}<br>"
        f"with: {percent(driver.share_with)} of {count(driver.n_with)}<br>"
        f"without: {percent(driver.share_without)} of {count(driver.n_without)}<br>"
        f"{points(driver.difference)} ({points(low).removesuffix(' pts')} to {points(high)})<br>{judged(driver)}"
    )


def judged(driver: Driver) -> str:
    """What the q says, in words."""
    if driver.q is None:
        return "cannot be tested: all of them converted, or none"
    return f"{'told apart' if driver.told_apart else 'chance could do it'} (q {q_value(driver.q)})"


def q_value(q: float | None) -> str:
    return "" if q is None else "<0.001" if q < 0.001 else f"{q:.3f}"


def drivers_sentence(drivers: Drivers, before: int | None) -> str:
    """The strongest comparison that chance would not make, true of any data."""
    if not drivers.tested and drivers.still_open > drivers.entered:
        late = (
            f"the windows of {count(drivers.still_open)} of {several(drivers.still_open + drivers.entered, 'first entry', 'first entries')}"
        )
        return f"Not enough data yet: {late} are still open. Choose a shorter window, or a longer period."
    if not drivers.tested:
        return f"Not enough data yet: {several(drivers.entered, 'first entry', 'first entries')}, too few to compare any two sides."
    told = [driver for driver in drivers.drivers if driver.told_apart]
    if not told:
        return f"Nothing separates those who convert: chance could make each of {several(drivers.tested, 'difference')}."
    best = told[0]
    low, high = best.interval
    return (
        f"The widest gap: {short(driver_name(best), 40)} ({driver_when(best, drivers, before)}), {percent(best.share_with, 0)} "
        f"convert with it and {percent(best.share_without, 0)} without ({points(low).removesuffix(' pts')} to {points(high)})."
    )


def drivers_caption(drivers: Drivers) -> str:
    """Whom it is counted over, how many looks were taken, and what it does not mean."""
    parts = [
        f"{several(drivers.entered, 'first entry', 'first entries')} with a closed window, {count(drivers.converted)} of them converted",
        f"{several(drivers.tested, 'comparison')}, {count(drivers.told)} told apart at a false discovery rate of 5%",
    ]
    if drivers.still_open:
        parts.append(f"{count(drivers.still_open)} whose window is still open are left out")
    if drivers.landmark is not None:
        late = f"the {count(drivers.waiting[0])} who had not converted after {told_window(drivers.landmark)}"
        parts.append(f"on the way: {late}, by whether they did later")
    return " · ".join(parts) + ". Association, not cause: only an experiment can tell what would change."


def describe_drivers(drivers: Drivers, shown: Sequence[Driver]) -> str:
    told = "; ".join(f"{driver_name(d)} {percent(d.share_with, 0)} against {percent(d.share_without, 0)}" for d in shown)
    return f"Horizontal bars, one per comparison: conversion with it less conversion without. {told}. The table below holds the numbers."

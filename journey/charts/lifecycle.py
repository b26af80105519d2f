"""Where each period's active customers come from, and how often people are active."""

from collections.abc import Sequence

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, GHOST, INK, NEG, a, dress, note
from journey.charts.whiskers import whiskers
from journey.charts.words import between, count, date, day, decimal, percent
from journey.inference import wilson
from journey.lifecycle import STATES, Lifecycle, LifecyclePeriod, Stickiness

MOST_PERIODS = 26
MOST_DAYS = 14
GAP = 0.075  # of the height: room for one name
LOOKS = {
    "returning": (ACCENT, "Returning"),
    "resurrected": (a(ACCENT, 0.55), "Back after a break"),
    "new": (a(ACCENT, 0.25), "New"),
    "dormant": (a(NEG, 0.3), "Fell away"),
}
"""State -> colour and name, from the axis outwards."""


def shown_periods(lifecycle: Lifecycle) -> tuple[LifecyclePeriod, ...]:
    """The newest periods that the data reach into, oldest first: the bars of the figure."""
    return tuple([period for period in lifecycle.periods if period.begun][-MOST_PERIODS:])


def lifecycle_bars(lifecycle: Lifecycle) -> go.Figure:
    """One bar per period of `shown_periods`, numbered from 0; traces in the order of LOOKS.  Who fell away hangs below zero."""
    periods = shown_periods(lifecycle)
    figure = go.Figure()
    for state, (colour, name) in LOOKS.items():
        sign = -1 if state == "dormant" else 1
        figure.add_trace(
            go.Bar(
                x=list(range(len(periods))),
                y=[sign * getattr(period, state) for period in periods],
                marker={
                    "color": colour,
                    "pattern": {
                        "shape": ["" if period.complete else "/" for period in periods],
                        "fgcolor": a(INK, 0.5),
                        "size": 6,
                        "solidity": 0.2,
                        "fillmode": "overlay",
                    },
                },
                hovertext=[_hover(lifecycle, period, state, name) for period in periods],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
    dress(figure, 280, right=128, barmode="relative", bargap=0.25)
    _axes(figure, lifecycle, periods)
    figure.update_layout(annotations=_names(periods))
    return figure


def _hover(lifecycle: Lifecycle, period: LifecyclePeriod, state: str, name: str) -> str:
    unfinished = "" if period.complete else "<br>Not over yet"
    quick = "" if period.quick_ratio is None else f"<br>Quick ratio {told_quick(period)}"
    return f"<b>{count(getattr(period, state))}</b> {name.lower()}<br>{period_start_label(lifecycle, period, True)}{quick}{unfinished}"


def told_quick(period: LifecyclePeriod) -> str:
    """ "0.94 (0.90 to 0.98)"."""
    if period.quick_ratio is None or period.quick_interval is None:
        return "–"
    return f"{decimal(period.quick_ratio, 2)} ({between(*(decimal(end, 2) for end in period.quick_interval))})"


def period_start_label(lifecycle: Lifecycle, period: LifecyclePeriod, year: bool = True) -> str:
    """ "26 Oct 2026", without its year for a short label; a month as "Oct 2026"."""
    if lifecycle.question.period == "month":
        return date(period.start, lifecycle.timezone).split(" ", 1)[1]
    return (date if year else day)(period.start, lifecycle.timezone)


def _axes(figure: go.Figure, lifecycle: Lifecycle, periods: Sequence[LifecyclePeriod]) -> None:
    every = -(-len(periods) // 7)
    ticks = list(range(0, len(periods), every))
    figure.update_xaxes(
        tickvals=ticks, ticktext=[period_start_label(lifecycle, periods[i], False) for i in ticks], range=[-0.6, _slots(periods) - 0.4]
    )
    low, high = _reach(periods)
    step = _step(max(high, low))
    values = list(range(-(low // step) * step, high + 1, step))
    margin = (high + low) * GAP
    figure.update_yaxes(tickvals=values, ticktext=[count(abs(value)) for value in values], range=[-low - margin, high + margin])
    figure.add_hline(y=0, line={"color": GHOST, "width": 1})


def _slots(periods: Sequence[LifecyclePeriod]) -> int:
    """Room for seven bars at least: one alone would fill the card."""
    return max(7, len(periods))


def _reach(periods: Sequence[LifecyclePeriod]) -> tuple[int, int]:
    return max(period.dormant for period in periods), max(1, *(period.active for period in periods))


def _step(highest: int) -> int:
    """A round step of which about three fit."""
    size = 10 ** (len(str(highest)) - 1)
    return next((step for step in (size // 5, size // 2, size, 2 * size, 5 * size) if step and highest / step <= 3.5), 1)


def _names(periods: Sequence[LifecyclePeriod]) -> list[dict]:
    """Each state's name beside its part of the last bar, moved apart where they would touch."""
    last, notes, base = periods[-1], [], 0.0
    gap = sum(_reach(periods)) * GAP
    lowest = floor = max(last.returning / 2, gap / 2)
    for state in ("returning", "resurrected", "new"):
        value = getattr(last, state)
        place = max(base + value / 2, floor)
        base, floor = base + value, place + gap
        notes.append(_name(periods, place, state, INK))
    return [*notes, _name(periods, min(-last.dormant / 2, lowest - gap), "dormant", NEG)]


def _name(periods: Sequence[LifecyclePeriod], height: float, state: str, colour: str) -> dict:
    return note(len(periods) - 0.5, height, LOOKS[state][1], colour, xanchor="left", xshift=8)


def sticky_bars(stickiness: Stickiness) -> list[tuple[str, int, bool]]:
    """(name, least active periods, whether more count as well) of each bar: the long tail is one last bar."""
    few = [(count(row.active_days), row.active_days, False) for row in stickiness.rows if row.active_days < MOST_DAYS]
    return few + ([(f"{MOST_DAYS}+", MOST_DAYS, True)] if stickiness.at_least(MOST_DAYS) else [])


def in_bar(stickiness: Stickiness, days: int, or_more: bool) -> int:
    """How many customers a bar holds."""
    return stickiness.at_least(days) - (0 if or_more else stickiness.at_least(days + 1))


def stickiness_bars(stickiness: Stickiness) -> go.Figure:
    """Share of active customers by how many periods they were active in, one bar per entry of `sticky_bars`, with its interval."""
    of = stickiness.evidence.population
    bars = [(name, in_bar(stickiness, days, or_more)) for name, days, or_more in sticky_bars(stickiness)]
    shares = [customers / of for _, customers in bars]
    ends = [wilson(customers, of) or (share, share) for (_, customers), share in zip(bars, shares, strict=True)]
    figure = go.Figure(
        go.Bar(
            x=list(range(len(bars))),
            y=shares,
            marker={"color": ACCENT, "cornerradius": 3},
            error_y=whiskers(shares, ends, a(INK, 0.6), 1.2, 4),
            hovertext=[
                f"<b>{count(customers)}</b> of {count(of)} customers<br>{percent(customers / of)} ({between(percent(low), percent(high))})"
                for (_, customers), (low, high) in zip(bars, ends, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    dress(figure, 280, top=18)
    figure.update_xaxes(tickvals=list(range(len(bars))), ticktext=[name for name, _ in bars], range=[-0.6, max(7, len(bars)) - 0.4])
    figure.update_yaxes(showticklabels=False, showgrid=False, rangemode="tozero")
    for place in {0, len(bars) - 1}:
        figure.add_annotation(note(place, ends[place][1], f"<b>{percent(shares[place], 0)}</b>", INK, yshift=9))
    return figure


def lifecycle_table(lifecycle: Lifecycle) -> list[dict[str, str | int | float | bool | None]]:
    """One row per period that the data reach into, with the quick ratio, its interval, and the share kept."""
    rows: list[dict[str, str | int | float | bool | None]] = []
    for period in (period for period in lifecycle.periods if period.begun):
        quick, kept = period.quick_interval or (None, None), period.kept or (None, None)
        row: dict[str, str | int | float | bool | None] = {lifecycle.question.period: period_start_label(lifecycle, period)}
        row |= {"active": period.active} | {state: getattr(period, state) for state in STATES}
        row |= {"quick ratio": period.quick_ratio, "quick from": quick[0], "quick to": quick[1]}
        rows.append(row | {"kept": period.kept_share, "kept from": kept[0], "kept to": kept[1], "complete": period.complete})
    return rows

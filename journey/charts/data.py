"""When events happened, and which of them came with the newest load."""

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, GHOST, INK, MUTED, a, dress, note
from journey.charts.words import MONTHS, count, date, day
from journey.ingest.holdings import EventsOverTime
from journey.scope import to_datetime


def events_figure(over_time: EventsOverTime, height: int = 200) -> go.Figure:
    """Bars of events per period: the newest load in the accent, what was there before it below in grey."""
    labels = [_label(start, over_time) for start in over_time.starts]
    place = list(range(len(labels)))
    figure = go.Figure()
    if any(over_time.earlier):
        figure.add_bar(x=place, y=over_time.earlier, marker={"color": GHOST}, customdata=labels, hovertemplate=_hover("loaded before"))
    figure.add_bar(x=place, y=over_time.newest, marker={"color": ACCENT}, customdata=labels, hovertemplate=_hover("from the newest load"))
    highest = max(old + new for old, new in zip(over_time.earlier, over_time.newest, strict=True))
    dress(figure, height, top=22, bottom=4, right=26, barmode="stack", bargap=0.18 if len(place) < 200 else 0)
    ticks = _ticks(over_time.starts)
    figure.update_xaxes(
        ticklabelstandoff=5,
        tickvals=ticks,
        ticktext=[_label(over_time.starts[at], over_time) for at in ticks],
        range=[-0.6, max(len(place) - 0.4, 0.6)],
    )
    levels = _levels(highest)
    figure.update_yaxes(tickvals=levels, ticktext=[count(level) for level in levels], range=[0, highest * 1.04])
    figure.add_shape(type="line", x0=0, x1=1, xref="paper", y0=0, y1=0, line={"color": a(MUTED, 0.5), "width": 1})
    if any(over_time.earlier):
        _name_the_newest(figure, over_time)
    return figure


def _name_the_newest(figure: go.Figure, over_time: EventsOverTime) -> None:
    """A direct label above the newest load's first bar, since grey and accent alone would need a legend."""
    first = next(at for at, events in enumerate(over_time.newest) if events)
    right = first > len(over_time.newest) / 2
    figure.add_annotation(
        **note(
            first,
            1,
            f"newest load: {count(sum(over_time.newest))} events",
            INK,
            xanchor="right" if right else "left",
            yanchor="bottom",
            yref="paper",
        )
    )


def _hover(told: str) -> str:
    return "%{customdata}<br><b>%{y:,}</b> " + told + "<extra></extra>"


def _ticks(starts: tuple[int, ...]) -> list[int]:
    """Five places at even distances, the first and the last among them."""
    last = len(starts) - 1
    return sorted({round(last * step / 4) for step in range(5)})


def _levels(highest: int) -> list[int]:
    """Three to five whole numbers from 0 that a person would choose, the last at most the highest bar."""
    steps = (factor * 10**power for power in range(18) for factor in (1, 2, 5))
    step = next(step for step in steps if highest / step < 5)
    return list(range(0, highest + 1, step))


def _label(start: int, over_time: EventsOverTime) -> str:
    first, last = (to_datetime(ms, None).year for ms in (over_time.starts[0], over_time.starts[-1]))
    if over_time.period == "month":
        when = to_datetime(start + 43_200_000)
        return f"{MONTHS[when.month - 1]} {when.year}"
    return day(start, over_time.timezone) if first == last else date(start, over_time.timezone)

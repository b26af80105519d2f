"""What treating everybody from a chance on would have caught, and how many would have stayed anyway."""

from collections.abc import Sequence

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, CLEAR, GHOST, INK, MUTED, a, dress, hatched, note
from journey.charts.words import count, percent
from journey.predict import Treated


def thresholds_figure(thresholds: Sequence[Treated], chosen: int, height: int = 240) -> go.Figure:
    """One bar per threshold: filled those caught, hatched above them false alarms; the chosen one in full colour."""
    place = list(range(len(thresholds)))
    figure = go.Figure()
    hover = [
        f"From {percent(one.threshold, 0)} on: {count(one.treated)} treated<br>{count(one.caught)} of {count(one.came)} caught, "
        f"{count(one.false_alarms)} false alarms"
        for one in thresholds
    ]
    figure.add_bar(
        x=place,
        y=[one.caught for one in thresholds],
        marker={"color": [ACCENT if at == chosen else a(ACCENT, 0.35) for at in place], "cornerradius": 3},
        customdata=hover,
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.add_bar(
        x=place,
        y=[one.false_alarms for one in thresholds],
        marker=hatched([a(GHOST, 0.28)] * len(place), [INK if at == chosen else GHOST for at in place]),
        customdata=hover,
        hovertemplate="%{customdata}<extra></extra>",
    )
    came = thresholds[0].came if thresholds else 0
    highest = max([came, *(one.treated for one in thresholds)])
    dress(figure, height, top=14, bottom=4, right=8, barmode="stack", bargap=0.22)
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=came, y1=came, line={"color": MUTED, "width": 1.5, "dash": "dot"})
    figure.add_annotation(
        **note(1, came, f"{count(came)} for whom it came", MUTED, xref="paper", xanchor="right", yanchor="bottom", bgcolor=CLEAR)
    )
    shown = [at for at in place if at % 3 == 0]
    figure.update_xaxes(tickvals=shown, ticktext=[percent(thresholds[at].threshold, 0) for at in shown], ticklabelstandoff=4)
    levels = _levels(highest)
    figure.update_yaxes(tickvals=levels, ticktext=[count(level) for level in levels], range=[0, highest * 1.12])
    return figure


def _levels(highest: int) -> list[int]:
    """Three to five whole numbers from 0 that a person would choose, the last at most the highest bar."""
    steps = (factor * 10**power for power in range(18) for factor in (1, 2, 5))
    step = next(step for step in steps if highest / step < 5)
    return list(range(0, highest + 1, step))


def describe_thresholds(thresholds: Sequence[Treated], chosen: int) -> str:
    """What the figure shows, for those who cannot see it."""
    if not thresholds:
        return "No threshold was tested."
    one = thresholds[chosen]
    return (
        f"Treating everybody with a chance of {percent(one.threshold, 0)} or more: {count(one.treated)} of {count(one.n)} treated, "
        f"{count(one.caught)} of {count(one.came)} caught, {count(one.false_alarms)} false alarms."
    )

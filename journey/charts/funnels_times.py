"""How many took how long: bars over lengths of time that a person would name."""

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, GHOST, INK, MUTED, a, dress, note
from journey.charts.words import count, percent, several, span
from journey.funnels import Funnel, Spread
from journey.funnels.times import DAY, FIRST, HOUR, MINUTE

UNITS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1, "s"))


def spread_figure(spread: Spread, height: int = 250) -> go.Figure:
    """A bar per class, its count above; the class that holds the median is in the accent, the others paler."""
    places = list(range(len(spread.bins)))
    counts = [n for _, _, n in spread.bins]
    holds = [low <= spread.median_s < high for low, high, _ in spread.bins]
    told = [f"{class_name(low, high)}<br><b>{count(n)}</b> · {percent(n / spread.n)}" for low, high, n in spread.bins]
    colours = [ACCENT if held else a(ACCENT, 0.45) for held in holds]
    figure = go.Figure(go.Bar(x=places, y=counts, marker={"color": colours, "cornerradius": 2}, hovertext=told, hoverinfo="text"))
    notes = [note(at, n, _share(n, spread.n), MUTED, 11, yanchor="bottom") for at, n in zip(places, counts, strict=True) if n]
    dress(figure, height, top=18, bottom=4, bargap=0.12, annotations=notes if len(places) <= 14 else [])
    every = 1 if len(places) <= 8 else 2
    edges = places[::every]
    figure.update_xaxes(
        tickvals=[at - 0.5 for at in edges],
        ticktext=[length(spread.bins[at][0]) for at in edges],
        range=[-0.7, len(places) - 0.3],
        showline=True,
        linecolor=GHOST,
        tickfont={"color": INK, "size": 11},
    )
    figure.update_yaxes(visible=False, range=[0, 1.12 * max(counts)])
    return figure


def _share(n: int, of: int) -> str:
    return percent(n / of, 0)


def length(seconds: int) -> str:
    """90 -> "90 s", 300 -> "5 min", 604800 -> "7 d": exact, as the edges of classes are."""
    size, word = next(((size, word) for size, word in UNITS if seconds >= size and seconds % size == 0), (1, "s"))
    return f"{seconds // size:,} {word}" if seconds else "0"


def class_name(low: int, high: int) -> str:
    """ "1 min to 2 min": the lower end belongs to it, the upper does not."""
    return f"under {length(high)}" if not low else f"{length(low)} to {length(high)}"


def spread_name(spread: Spread, funnel: Funnel) -> str:
    """The whole way, or from one step to the next."""
    title = funnel.steps[spread.step].title
    return f"First step to {title}" if spread.since == FIRST else f"Before {title}"


def spread_caption(spread: Spread) -> str:
    low, high, n = spread.fullest
    what = "From the first step on" if spread.since == FIRST else "Since the step done before it"
    return (
        f"{what}, of the {count(spread.n)} who did both: half took less than {span(spread.median_s)}; "
        f"most often {class_name(low, high)} ({percent(n / spread.n, 0)})."
    )


def describe_spread(spread: Spread) -> str:
    told = "; ".join(f"{class_name(low, high)} {count(n)}" for low, high, n in spread.bins if n)
    return f"Bar chart of times over {several(spread.n, 'conversion')}: {told}."

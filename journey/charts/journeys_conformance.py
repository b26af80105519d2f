"""Where runs first leave an intended journey: a bar for each departure, the commonest first."""

from collections.abc import Sequence

import plotly.graph_objects as go

from journey.charts.journeys_said import clipped, told_names
from journey.charts.theme import ACCENT, CAUTION, GHOST, INK, POS, a, dress, hatched, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import between, count, percent, several, span
from journey.journeys import Conformance, Deviation

SHOWN, ROW = 8, 42
LEFT, RIGHT = 200, 150
COLOURS = {"skipped": ACCENT, "back": CAUTION, "repeated": CAUTION}


def departures_figure(found: Conformance) -> go.Figure:
    """Shares of all runs with their 95% intervals; the first bar is who follows the journey to its end."""
    shown = shown_departures(found)
    names = ["follow it to the end", *(departure_words(found, one) for one in shown)]
    shares = [found.share or 0.0, *(one.share for one in shown)]
    intervals = [found.interval or (0.0, 0.0), *(one.interval or (one.share, one.share) for one in shown)]
    counts = [found.follows, *(one.count for one in shown)]
    places = list(range(len(names)))
    figure = go.Figure(
        go.Bar(
            x=shares,
            y=places,
            orientation="h",
            marker=_marker(shown),
            error_x=whiskers(shares, intervals, width=4),
            customdata=[[plain(name), count(n), percent(share)] for name, n, share in zip(names, counts, shares, strict=True)],
            hovertemplate="<b>%{customdata[1]}</b> %{customdata[0]}, %{customdata[2]} of all runs<extra></extra>",
        )
    )
    notes = [
        note(1, place, f"<b>{count(n)}</b> · {_range(interval)}", INK, xref="paper", xanchor="right", xshift=RIGHT - 4)
        for place, (n, interval) in enumerate(zip(counts, intervals, strict=True))
    ]
    dress(figure, ROW * len(names) + 12, left=LEFT, right=RIGHT, top=4, annotations=notes, bargap=0.42)
    most = max([high for _, high in intervals] + [0.05])
    figure.update_xaxes(range=[0, most * 1.03], visible=False)
    ticks = ["follow it to the end", *(_lines(found, one) for one in shown)]
    figure.update_yaxes(tickvals=places, ticktext=ticks, autorange="reversed", showgrid=False, tickfont={"color": INK, "size": 12})
    return figure


def _range(interval: tuple[float, float]) -> str:
    return between(*(percent(share) for share in interval))


def _marker(shown: Sequence[Deviation]) -> dict[str, object]:
    """Who ended is hatched, as leaving is everywhere; forward and back are told by colour and by their words."""
    marker = hatched([POS, *(a(GHOST, 0.3) if one.kind == "ended" else a(COLOURS[one.kind], 0.75) for one in shown)])
    marker["pattern"] |= {"shape": ["", *("/" if one.kind == "ended" else "" for one in shown)]}
    return marker


def shown_departures(found: Conformance) -> tuple[Deviation, ...]:
    return found.deviations[:SHOWN]


def departure_words(found: Conformance, one: Deviation) -> str:
    """How a run left the journey, as a person says it."""
    after, then = _after_and_then(found, one)
    return f"after {after} {then}"


def _lines(found: Conformance, one: Deviation) -> str:
    after, then = _after_and_then(found, one)
    return f"{plain(after)}<br>{plain(then)}"


def _after_and_then(found: Conformance, one: Deviation) -> tuple[str, str]:
    """-> ("Cart", "back to Product")"""
    told = dict(zip(found.journey.names, told_names(found.journey.names), strict=True)) if found.journey else {}
    after, instead = (clipped(told.get(name, name), 28) for name in (one.after, one.instead))
    then = {"ended": "did no more", "repeated": "the same again", "skipped": f"skipped to {instead}", "back": f"back to {instead}"}
    return after, then[one.kind]


def describe(found: Conformance) -> str:
    told = [f"{departure_words(found, one)}: {count(one.count)}" for one in shown_departures(found)]
    return "; ".join([f"{count(found.follows)} follow the journey to its end", *told]) + "."


def conformance_sentence(found: Conformance) -> str:
    """Which share follows the journey, and how most others leave it; true of any data."""
    if found.journey is None:
        return "The log holds no journey to follow yet."
    if not found.paths:
        waiting = f"; {several(found.open, 'customer')} began it and may still be on their way" if found.open else ""
        return f"Nobody's time for {clipped(found.journey.name, 30)} is over in this period{waiting}."
    told = f"{percent(found.share)} of {several(found.paths, 'customer')} follow {clipped(found.journey.name, 30)} to its end"
    if not found.deviations:
        return told + "."
    most = found.deviations[0]
    return f"{told}; the commonest departure: {departure_words(found, most)}, {percent(most.share, 0)}."


def conformance_caption(found: Conformance) -> str:
    if found.journey is None:
        return "A journey needs two events that follow one another. Name your own in the catalog of the page Journeys."
    parts = [
        " → ".join(clipped(name, 24) for name in told_names(found.journey.names)),
        f"{count(found.completed)} reach its end in whatever way",
    ]
    if found.open:
        parts.append(f"{count(found.open)} still open, apart")
    if found.total is not None:
        parts.append(f"who follow it take {span(found.total.median)}")
    left_out = len(found.deviations) - len(shown_departures(found))
    if left_out:
        parts.append(f"{several(left_out, 'rarer departure')} in the download")
    return " · ".join(parts)

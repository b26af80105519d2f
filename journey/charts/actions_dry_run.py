"""What a rule would have done in the past: who newly came due day by day, and which other rules hold for the same people."""

from collections.abc import Sequence

import plotly.graph_objects as go

from journey.actions.triggers import DryRun, Look, Overlap
from journey.charts.theme import ACCENT, GHOST, INK, MUTED, a, dress, hatched, note, plain
from journey.charts.words import between, count, date, day, percent, several, short, span

HEIGHT = 230
ROW = 34
MOST_TICKS = 6
MOST_OVERLAPS = 6


def newly_figure(looks: Sequence[Look], timezone: str) -> go.Figure:
    """One bar per look, newly due; the hatched part had a contact in the week before."""
    places = list(range(len(looks)))
    told = [_hover(look, timezone) for look in looks]
    figure = go.Figure()
    for values, marker in (
        ([look.newly - look.treated for look in looks], {"color": ACCENT, "cornerradius": 3}),
        ([look.treated for look in looks], hatched(a(ACCENT, 0.16), ACCENT)),
    ):
        figure.add_bar(x=places, y=values, marker=marker, hovertext=told, hovertemplate="%{hovertext}<extra></extra>")
    dress(figure, HEIGHT, top=22, bottom=4, barmode="stack", bargap=0.22)
    highest = max((look.newly for look in looks), default=0)
    ticks = _levels(highest)
    figure.update_yaxes(tickvals=ticks, ticktext=[count(tick) for tick in ticks], range=[0, max(highest, 1) * 1.12])
    shown = places[:: max(1, -(-len(places) // MOST_TICKS))]
    figure.update_xaxes(tickvals=shown, ticktext=[day(looks[at].at - 1, timezone) for at in shown], range=[-0.6, len(places) - 0.4])
    if highest:
        top = max(places, key=lambda at: looks[at].newly)
        figure.add_annotation(note(top, looks[top].newly, f"<b>{count(highest)}</b>", INK, yanchor="bottom", yshift=2))
    return figure


def _levels(highest: int) -> list[int]:
    steps = (factor * 10**power for power in range(18) for factor in (1, 2, 5))
    step = next(step for step in steps if max(highest, 1) / step < 5)
    return list(range(0, highest + 1, step))


def _hover(look: Look, timezone: str) -> str:
    proposed = "" if look.proposed is None else f"<br>{count(look.proposed)} would have been proposed"
    return (
        f"{date(look.at - 1, timezone)}: <b>{count(look.newly)}</b> newly due, {count(look.due)} in all<br>"
        f"{count(look.treated)} of the newly due had a contact in the week before{proposed}"
    )


def describe_newly(run: DryRun, timezone: str) -> str:
    """What the figure shows, for those who cannot see it."""
    if not run.looks:
        return "The dry run looked at nothing."
    counts = [look.newly for look in run.looks]
    return (
        f"Bars, customers newly due at {several(len(counts), 'look')} from {date(run.looks[0].at - 1, timezone)} to "
        f"{date(run.looks[-1].at - 1, timezone)}: {count(min(counts))} to {count(max(counts))} each, "
        f"{count(run.occasions)} together; hatched, who had a contact in the week before."
    )


def overlaps_figure(overlaps: Sequence[Overlap]) -> go.Figure:
    """A bar per other rule: the share of those reached for whom it held at the same look."""
    shown = [overlap for overlap in overlaps if overlap.part.customers][:MOST_OVERLAPS]
    places = list(range(len(shown)))
    figure = go.Figure()
    figure.add_bar(
        x=[overlap.part.share for overlap in shown],
        y=places,
        orientation="h",
        width=0.46,
        marker={"color": [ACCENT if overlap.on else a(GHOST, 0.9) for overlap in shown], "cornerradius": 3},
        hovertext=[_overlap_told(overlap) for overlap in shown],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    dress(figure, ROW * len(shown) + 10, right=98)
    names = [plain(short(overlap.trigger, 22)) for overlap in shown]
    figure.update_yaxes(tickvals=places, ticktext=names, showgrid=False, tickfont={"color": INK}, range=[len(shown) - 0.5, -0.5])
    figure.update_xaxes(showticklabels=False, range=[0, max([overlap.part.share or 0.0 for overlap in shown] + [0.01])])
    for place, overlap in enumerate(shown):
        text = f"<b>{count(overlap.part.customers)}</b>  {percent(overlap.part.share, 0)}"
        figure.add_annotation(note(1, place, text, INK if overlap.on else MUTED, xref="paper", xanchor="right", xshift=94))
    return figure


def _overlap_told(overlap: Overlap) -> str:
    around = "" if overlap.part.interval is None else f" ({between(*(percent(end) for end in overlap.part.interval))})"
    state = "" if overlap.on else ", switched off"
    return (
        f"{plain(overlap.trigger)} proposes {plain(overlap.action)}{state}<br>"
        f"{count(overlap.part.customers)} of {count(overlap.part.of)}, {percent(overlap.part.share)}{around}"
    )


def describe_overlaps(overlaps: Sequence[Overlap]) -> str:
    found = [overlap for overlap in overlaps if overlap.part.customers]
    if not found:
        return "No other rule held for any of them."
    told = (f"{one.trigger} for {count(one.part.customers)} of {count(one.part.of)}, {percent(one.part.share)}" for one in found)
    return "Other rules that held for the same customers: " + "; ".join(told) + "."


def dry_run_sentence(run: DryRun) -> str:
    """Whom it would have reached, how often, and how many of them somebody treats already."""
    if run.resting:
        return f"It is at rest: the log holds no {' or '.join(run.resting)}."
    if not run.reached.customers:
        return f"Nobody of {several(run.reached.of, 'customer')} would have come due in {_stretch(run)}."
    often = f", {count(run.occasions)} times together" if run.occasions > run.reached.customers else ""
    treated = f"; {percent(run.treated.share, 0)} of them had a contact in the week before" if run.treated.customers else ""
    return f"{several(run.reached.customers, 'customer')} would have come due in {_stretch(run)}{often}{treated}."


def _stretch(run: DryRun) -> str:
    ms = run.every_ms * len(run.looks)
    return f"the last {span(ms / 1000).replace('.0 d', ' days')}"


def dry_run_caption(run: DryRun) -> str:
    """What the bars are, and what the cooldown leaves of them."""
    parts = [f"{percent(run.reached.share)} of {several(run.reached.of, 'customer')}"]
    if run.proposed is not None and run.reached.customers:
        parts.append(
            f"with its cooldown it would have been proposed {several(run.proposed[0], 'time')} to {several(run.proposed[1], 'customer')}"
        )
    return " · ".join([*parts, "hatched: had a contact in the week before"])


def often_told(run: DryRun) -> str:
    """ "once 412, twice 38, more often 5"."""
    once, twice = (next((n for k, n in run.times if k == times), 0) for times in (1, 2))
    more = sum(n for k, n in run.times if k > 2)
    parts = [f"{word} {count(n)}" for word, n in (("once", once), ("twice", twice), ("more often", more)) if n]
    return ", ".join(parts)

"""Why a metric moved: how much because other customers came (mix), how much because the same groups did better or worse (rate)."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from journey.charts.overview_words import change_words, difference_words, units_words, value_words
from journey.charts.theme import GHOST, INK, MUTED, NEG, POS, dress, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import between, percent, short
from journey.inference import Interval
from journey.metrics import Metric, Named
from journey.metrics.mix import Mixed, MixedGroup
from journey.metrics.moved import Moved
from journey.metrics.overview import ENOUGH

ROW = 46
LARGEST = 0.6  # of what moved in all, from where one of the two is said to be most of it


@dataclass(frozen=True)
class Bar:
    """A part of the change, in the metric's unit.  under: what it rests on.  whole: all of the change, which the others sum to."""

    name: str
    under: str
    change: float
    interval: Interval | None
    whole: bool = False

    @property
    def told_from_noise(self) -> bool:
        return self.interval is not None and not self.interval[0] <= 0 <= self.interval[1]


def bars_of(mixed: Mixed, named: Named, by: str, currency: str | None, interval: Interval | None = None) -> tuple[Bar, ...]:
    """The mix of all groups together, the rate of each, the largest first, and last their sum, the change with its interval."""
    groups = sorted((group for group in mixed.groups if group.rate), key=lambda group: -abs(group.rate))
    first = Bar("Mix", f"other shares by {by}", mixed.mix, mixed.mix_interval)
    rest = [Bar(f"Rate, {name_of(group, by)}", _values(group, named, currency), group.rate, group.rate_interval) for group in groups]
    return (first, *rest, Bar("All of it", "mix and rates together", mixed.difference, interval, whole=True))


def name_of(group: MixedGroup, by: str) -> str:
    return group.group or f"no {by}"


def _values(group: MixedGroup, named: Named, currency: str | None) -> str:
    before, now = (value_words(named, value, currency) for value in group.value)
    return f"{before} to {now}"


def mix_figure(bars: Sequence[Bar], named: Named, currency: str | None) -> go.Figure:
    """Bars from zero, each part with its 95% interval; grey where that holds zero."""
    sign = 1 if named.good == "up" else -1
    rows = list(range(len(bars)))
    figure = go.Figure(
        go.Bar(
            x=[bar.change for bar in bars],
            y=rows,
            orientation="h",
            width=0.46,
            marker={
                "color": [_colour(bar, sign) for bar in bars],
                "cornerradius": 3,
            },
            error_x=whiskers([bar.change for bar in bars], [bar.interval for bar in bars]),
            customdata=[_hover(bar, named, currency) for bar in bars],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    dress(figure, ROW * len(bars) + 16, right=78, yaxis_autorange="reversed")
    names = [f"{plain(short(bar.name, 28))}<br><span style='font-size:11px;color:{MUTED}'>{plain(bar.under)}</span>" for bar in bars]
    figure.update_yaxes(tickvals=rows, ticktext=names, showgrid=False, tickfont={"color": INK, "size": 12})
    ends = [end for bar in bars for end in (bar.interval or (bar.change, bar.change))] + [0.0]
    room = (max(ends) - min(ends) or 1.0) * 0.03
    figure.update_xaxes(showticklabels=False, range=[min(ends) - room, max(ends) + room])
    figure.add_vline(x=0, line={"color": MUTED, "width": 1})
    for row, bar in zip(rows, bars, strict=True):
        said = f"<b>{plain(difference_words(named, bar.change, currency))}</b>"
        figure.add_annotation(note(1, row, said, INK, xref="paper", xanchor="right", xshift=74))
    return figure


def _colour(bar: Bar, sign: int) -> str:
    if bar.whole:
        return MUTED
    return (POS if bar.change * sign > 0 else NEG) if bar.told_from_noise else GHOST


def _hover(bar: Bar, named: Named, currency: str | None) -> str:
    around = "" if bar.interval is None else f" ({_around(bar.interval, named, currency)})"
    return f"{plain(bar.name)}: {plain(difference_words(named, bar.change, currency) + around)}"


def _around(interval: Interval, named: Named, currency: str | None) -> str:
    return between(*(difference_words(named, end, currency) for end in interval))


def describe_mix(bars: Sequence[Bar], named: Named, currency: str | None) -> str:
    """What the figure shows, for those who cannot see it."""
    return "Parts of the change: " + "; ".join(f"{bar.name} {difference_words(named, bar.change, currency)}" for bar in bars) + "."


def moved_sentence(named: Named, metric: Metric, moved: Moved | None, why: str | None, judged: bool, by: str | None) -> str:
    """By how much it moved, and whether that is more the mix or the rate."""
    total = metric.now.total
    if total is None or total.value is None:
        return f"Not enough data yet: there is nobody to count {named.name.lower()} over."
    value = value_words(named, total.value, metric.currency)
    if metric.change is None or not judged:
        few = metric.covered and metric.before is not None and total.n < ENOUGH
        said = (
            f"{units_words(named, total.n)} of {ENOUGH} needed to say what moved" if few else (why or "there is nothing to compare it with")
        )
        return f"{named.name} is {value}; {said[:1].lower()}{said[1:].rstrip('.')}."
    by_how_much = change_words(named, metric) or ""
    if not metric.change.told_from_noise:
        return f"{named.name} is {value}; its change of {by_how_much} cannot be told from noise."
    lead = f"{named.name} {'rose' if metric.change.difference > 0 else 'fell'} {by_how_much.lstrip('+−')} to {value}"
    mixed = moved.mixed if moved else None
    return f"{lead}{_clause(mixed, by) if mixed and by else ''}."


def _clause(mixed: Mixed, by: str) -> str:
    """Which of the two it is, where one of them is told from noise and is most of what moved."""
    gross = abs(mixed.mix) + abs(mixed.rate)
    told = {"mix": _is_told(mixed.mix_interval), "rate": _is_told(mixed.rate_interval)}
    if not gross or not any(told.values()):
        return f", but neither the mix by {by} nor the groups are told from noise on their own"
    if told["rate"] and abs(mixed.rate) >= LARGEST * gross:
        against = told["mix"] and mixed.mix * mixed.rate < 0
        rest = "although the shift between them went the other way" if against else "not by a shift between them"
        return f", mostly within the groups by {by}, {rest}"
    if told["mix"] and abs(mixed.mix) >= LARGEST * gross:
        return f", mostly by a shift between the groups by {by}, not within them"
    return f", partly within the groups by {by}, partly by a shift between them"


def _is_told(interval: Interval | None) -> bool:
    return interval is not None and not interval[0] <= 0 <= interval[1]


def mixed_rows(mixed: Mixed, named: Named, by: str, currency: str | None) -> list[dict[str, str]]:
    """Each group's share and value in both spans, and what it gave to the change, as a person reads them."""
    told = []
    for group in sorted(mixed.groups, key=lambda group: -group.share[1]):
        row = {by.capitalize(): name_of(group, by)}
        for when, share, value in zip(("before", "now"), group.share, group.value, strict=True):
            row[f"Share {when}"] = percent(share)
            row[f"{named.name} {when}"] = value_words(named, value, currency)
        row["Mix"] = difference_words(named, group.mix, currency)
        row["Rate"] = difference_words(named, group.rate, currency)
        row["Rate, 95%"] = "" if group.rate_interval is None else _around(group.rate_interval, named, currency)
        told.append(row)
    return told

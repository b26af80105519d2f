"""A day's customers as a share of the month's (or week's), period by period."""

import plotly.graph_objects as go

from journey.charts.retention import label
from journey.charts.theme import ACCENT, PAPER, a, dress, note
from journey.charts.whiskers import whiskers
from journey.charts.words import between, count, decimal, percent
from journey.lifecycle import ActiveShare, ActiveShares

MOST = 26


def shown_shares(shares: ActiveShares) -> tuple[ActiveShare, ...]:
    """The newest periods in which anyone was active, oldest first: the points of the figure.

    Without those of which the data hold one day only: of a single day the share is all, whatever anyone did.
    """
    return tuple([span for span in shares.spans if span.customers and span.days > 1][-MOST:])


def span_name(shares: ActiveShares, span: ActiveShare) -> str:
    """ "Oct 2026", or "26 Oct" for a week."""
    return label(span.start, shares.question.within, shares.timezone, [other.start for other in shown_shares(shares)])


def share_figure(shares: ActiveShares) -> go.Figure:
    """One point per period of `shown_shares`, numbered from 0, with its 95% interval; hollow where the data hold a part only."""
    spans = shown_shares(shares)
    x, y = list(range(len(spans))), [span.share or 0.0 for span in spans]
    ends = [span.interval or (share, share) for span, share in zip(spans, y, strict=True)]
    figure = go.Figure(
        go.Scatter(
            x=x,
            y=y,
            mode="lines+markers",
            line={"color": a(ACCENT, 0.5), "width": 1.5},
            marker={"size": 8, "color": [ACCENT if span.complete else PAPER for span in spans], "line": {"color": ACCENT, "width": 1.5}},
            error_y=whiskers(y, ends, ACCENT),
            hovertext=[_hover(shares, span) for span in spans],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    dress(figure, 200, right=64, top=14)
    highest = max(high for _, high in ends)
    step = next(step for step in (0.02, 0.05, 0.1, 0.2, 0.25, 0.5) if highest <= 4 * step or step == 0.5)
    ticks = [i * step for i in range(5) if i * step <= 1 and (i - 1) * step < highest]
    figure.update_yaxes(range=[0, max(ticks[-1], highest) * 1.04], tickvals=ticks, ticktext=[percent(tick, 0) for tick in ticks])
    every = -(-len(spans) // 9)
    names = [span_name(shares, span) for span in spans]
    figure.update_xaxes(range=[-0.5, max(4, len(spans)) - 0.5], tickvals=x[::every], ticktext=names[::every])
    figure.add_annotation(note(x[-1], y[-1], f"<b>{percent(y[-1])}</b>", ACCENT, xanchor="left", xshift=10))
    return figure


def told_per_day(span: ActiveShare) -> str:
    """ "1,003 customers", or "4.2 customers" where a decimal matters."""
    return f"{decimal(span.per_day, 0 if (span.per_day or 0) >= 100 else 1)} customers"


def _hover(shares: ActiveShares, span: ActiveShare) -> str:
    within = shares.question.within
    interval = "no interval" if span.interval is None else between(*(percent(end) for end in span.interval))
    part = "" if span.complete else f"<br>The data hold {span.days} days of this {within}"
    return (
        f"<b>{percent(span.share)}</b> ({interval})<br>{told_per_day(span)} a day, of {count(span.customers)} "
        f"in the {within} of {span_name(shares, span)}{part}"
    )

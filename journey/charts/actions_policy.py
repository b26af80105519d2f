"""What another policy would have brought, beside today's: two estimators with their intervals, today's as the line to beat."""

import plotly.graph_objects as go

from journey.actions.off_policy import Estimate, PolicyValue
from journey.charts.theme import ACCENT, GHOST, INK, MUTED, NEG, PAPER, a, dress, note
from journey.charts.whiskers import whiskers
from journey.charts.words import between, count, money, percent, points, several

ROW = 58
NAMES = {"today": "Today's policy", "dr": "Doubly robust", "snips": "Self-normalised"}


def reward_told(value: float | None, unit: str, currency: str | None) -> str:
    """Money, a share, or a plain number."""
    return percent(value) if unit == "share" else money(value, currency if unit == "money" else None)


def _difference_told(value: float | None, unit: str, currency: str | None) -> str:
    if value is None or unit == "share":
        return points(value)
    return ("+" if round(value, 2) > 0 else "") + reward_told(value, unit, currency)


def _rows(found: PolicyValue) -> list[tuple[str, Estimate]]:
    if found.estimates is None:
        return []
    return [(name, estimate) for name in NAMES if (estimate := getattr(found.estimates, name)).value is not None]


def policy_figure(found: PolicyValue, currency: str | None) -> go.Figure:
    """Dots with 95% intervals; the band and the line are today's.  The estimator to go by is filled."""
    rows, best = _rows(found), "" if found.estimates is None else found.estimates.best
    beats = _verdict(found)
    figure = go.Figure()
    for place, (name, one) in enumerate(rows):
        colour = MUTED if name == "today" else {"better": ACCENT, "worse": NEG}.get(beats, MUTED)
        low, high = one.interval or (one.value or 0.0, one.value or 0.0)
        value = one.value or 0.0
        figure.add_scatter(
            x=[value],
            y=[place],
            mode="markers",
            marker={"color": colour if name in (best, "today") else PAPER, "size": 12, "line": {"color": colour, "width": 2}},
            error_x=whiskers([value], [(low, high)], colour, 2, 0),
            hovertext=[f"{NAMES[name]}: {_told(one, found.unit, currency)}"],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    dress(figure, ROW * len(rows) + 18, right=12, top=14)
    _today(figure, found)
    ends = [end for _, one in rows for end in (one.interval or (one.value or 0.0,) * 2)]
    pad = (max(ends) - min(ends) or 1.0) * 0.14
    figure.update_xaxes(showticklabels=False, range=[min(ends) - pad, max(ends) + pad])
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[NAMES[name] for name, _ in rows],
        showgrid=False,
        tickfont={"color": INK},
        range=[len(rows) - 0.5, -0.5],
    )
    for place, (_, one) in enumerate(rows):
        figure.add_hline(y=place, line={"color": a(GHOST, 0.45), "width": 1}, layer="below")
        around = "" if one.interval is None else between(*(reward_told(end, found.unit, currency) for end in one.interval))
        text = f"<b>{reward_told(one.value, found.unit, currency)}</b>  {around}"
        figure.add_annotation(note(one.value or 0.0, place, text, INK, yshift=18, bgcolor=a(PAPER, 0.75)))
    return figure


def _today(figure: go.Figure, found: PolicyValue) -> None:
    """The line to beat, and how sure it is."""
    today = None if found.estimates is None else found.estimates.today
    if today is None or today.value is None:
        return
    if today.interval is not None:
        figure.add_vrect(x0=today.interval[0], x1=today.interval[1], fillcolor=a(GHOST, 0.28), line_width=0, layer="below")
    figure.add_vline(x=today.value, line={"color": MUTED, "width": 1.5, "dash": "dot"})


def _told(one: Estimate, unit: str, currency: str | None) -> str:
    error = "" if one.standard_error is None else f", standard error {reward_told(one.standard_error, unit, currency)}"
    return f"<b>{reward_told(one.value, unit, currency)}</b>{error}"


def _verdict(found: PolicyValue) -> str:
    """better | worse | unknown: whether the interval of the difference leaves zero."""
    interval = None if found.estimates is None else found.estimates.difference.interval
    if interval is None or interval[0] <= 0 <= interval[1]:
        return "unknown"
    return "better" if interval[0] > 0 else "worse"


def describe_policy(found: PolicyValue, currency: str | None) -> str:
    """What the figure shows, for those who cannot see it."""
    told = (
        f"{NAMES[name]} {reward_told(one.value, found.unit, currency)}{_around(one, found.unit, currency)}" for name, one in _rows(found)
    )
    return "The mean of a decision, with 95% intervals: " + "; ".join(told) + "."


def _around(one: Estimate, unit: str, currency: str | None) -> str:
    return "" if one.interval is None else f" ({between(*(reward_told(end, unit, currency) for end in one.interval))})"


def policy_sentence(found: PolicyValue, policy: str, currency: str | None) -> str:
    """policy: in words, as the subject of a sentence."""
    if found.estimates is None:
        return f"It cannot be told: {found.missing}."
    best = getattr(found.estimates, found.estimates.best)
    difference = found.estimates.difference
    if best.value is None or difference.value is None:
        return f"Nothing that {policy} would do was ever done, so the log cannot tell."
    what = "a decision" if found.unit != "share" else "of the decisions"
    now = (
        f"{reward_told(best.value, found.unit, currency)} {what}, today's {reward_told(found.estimates.today.value, found.unit, currency)}"
    )
    told = f"{_difference_told(difference.value, found.unit, currency)}"
    if difference.interval is not None:
        told += f" ({between(*(_difference_told(end, found.unit, currency) for end in difference.interval))})"
    verdict = {"better": "more", "worse": "less", "unknown": "not told from no difference"}[_verdict(found)]
    return f"{policy[:1].upper()}{policy[1:]} would have brought {now}: {told}, {verdict}."


def policy_caption(found: PolicyValue) -> str:
    """What it rests on: decisions, customers, and how many of them speak for this policy."""
    if found.overlap is None:
        return ""
    over = found.overlap
    return (
        f"{several(over.n, 'decision')} of {several(found.customers, 'customer')} · they tell as much about it as "
        f"{count(over.effective_size)} would · band and dotted line: today's"
    )

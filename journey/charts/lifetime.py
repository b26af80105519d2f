"""What customers are worth from here on: who brings how much of it, and how such a forecast did before."""

import plotly.graph_objects as go

from journey.charts.theme import ACCENT, INK, a, dress, note
from journey.charts.whiskers import whiskers
from journey.charts.words import UNKNOWN, between, change, count, date, day, decimal, money, percent, several
from journey.inference import Interval
from journey.predict.lifetime.holdout import AVERAGE, NOBODY, SAME_RATE
from journey.predict.lifetime.result import Guess, Holdout, Lifetime, Tenth, Total

TENTHS_PX, CHECK_PX = 250, 250
NAMES = {SAME_RATE: "Each at their own rate", NOBODY: "Nobody orders again", AVERAGE: "All at the mean rate"}


def tenths_figure(answer: Lifetime) -> go.Figure:
    """One bar per tenth of the customers, the most valuable first: what it is expected to bring, and its share of all."""
    tenths = answer.tenths
    y = [_amount(tenth) for tenth in tenths]
    figure = go.Figure(
        go.Bar(
            x=[tenth.number for tenth in tenths],
            y=y,
            marker={"color": [ACCENT, *[a(ACCENT, 0.55)] * (len(tenths) - 1)], "cornerradius": 3},
            hovertext=[_tenth_hover(answer, tenth) for tenth in tenths],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    dress(figure, TENTHS_PX, top=34, bargap=0.22)
    figure.update_yaxes(visible=False, range=[0, (max(y) or 1.0) * 1.02])
    figure.update_xaxes(tickvals=[tenth.number for tenth in tenths], ticktext=[_place(tenth, len(tenths)) for tenth in tenths])
    for tenth, height in zip(tenths, y, strict=True):
        told = f"<b>{percent(tenth.share, 0)}</b><br><span style='font-size:11px'>{told_amount(answer, height)}</span>"
        figure.add_annotation(note(tenth.number, height, told, INK, yanchor="bottom", yshift=2))
    return figure


def _amount(tenth: Tenth) -> float:
    return tenth.orders if tenth.value is None else tenth.value


def _place(tenth: Tenth, of: int) -> str:
    return "Top" if tenth.number == 1 and of > 1 else str(tenth.number)


def _tenth_hover(answer: Lifetime, tenth: Tenth) -> str:
    each = _amount(tenth) / tenth.customers if tenth.customers else None
    return (
        f"<b>{told_amount(answer, _amount(tenth))}</b>, {percent(tenth.share)} of all, from {count(tenth.customers)} customers<br>"
        f"{told_amount(answer, each)} each on average, {told_amount(answer, tenth.least)} the least"
    )


def told_amount(answer: Lifetime, amount: float | None) -> str:
    """Money where orders have a value; else a number of orders."""
    if answer.value is not None:
        return money(amount, answer.currency)
    return UNKNOWN if amount is None else count(amount) if amount >= 10 else decimal(amount, 2)


def check_figure(answer: Lifetime, held: Holdout) -> go.Figure:
    """Orders since the cut, added up: those that came and those expected, whose total carries its interval."""
    days = [0.0, *((period.stop - held.start) / 86_400_000 for period in held.tracking)]
    came, expected = [0, *(p.orders for p in held.tracking)], [0.0, *(p.expected for p in held.tracking)]
    figure = go.Figure()
    hover = [
        f"by {day(held.start + round(x * 86_400_000), answer.timezone)}: <b>{count(c)}</b> came, {count(e)} expected"
        for x, c, e in zip(days, came, expected, strict=True)
    ]
    look = {"mode": "lines", "hovertext": hover, "hovertemplate": "%{hovertext}<extra></extra>"}
    figure.add_trace(go.Scatter(x=days, y=expected, line={"color": ACCENT, "width": 2.2, "dash": "dot"}, **look))
    figure.add_trace(go.Scatter(x=days, y=came, line={"color": INK, "width": 2.2}, **look))
    if held.total.interval is not None:
        figure.add_trace(_whisker(days[-1], held.total))
    dress(figure, CHECK_PX, right=104)
    highest = max(came[-1], expected[-1], held.total.interval[1] if held.total.interval else 0.0, 1)
    step = _step(highest)
    ticks = [k * step for k in range(5) if (k - 1) * step < highest]
    figure.update_yaxes(range=[0, max(highest * 1.03, ticks[-1] * 1.01)], tickvals=ticks, ticktext=[count(tick) for tick in ticks])
    places = _days(held.days)
    figure.update_xaxes(range=[0, held.days * 1.03], tickvals=places, ticktext=[f"{count(place)} d" if place else "0" for place in places])
    apart = 0.075 * highest
    middle = (came[-1] + expected[-1]) / 2
    close = abs(came[-1] - expected[-1]) < 2 * apart
    sides = [
        (float(came[-1]), f"<b>{count(came[-1])}</b> came", INK, came[-1] >= expected[-1]),
        (expected[-1], f"{count(expected[-1])} expected", ACCENT, came[-1] < expected[-1]),
    ]
    for y, text, colour, upper in sides:
        place = middle + (apart if upper else -apart) if close else y
        figure.add_annotation(note(days[-1], place, text, colour, xanchor="left", xshift=12))
    return figure


def _whisker(x: float, total: Total) -> go.Scatter:
    marker, ends = {"color": ACCENT, "size": 6}, whiskers([total.expected], [total.interval], ACCENT)
    return go.Scatter(x=[x], y=[total.expected], mode="markers", marker=marker, error_y=ends, hoverinfo="skip")


def _step(highest: float) -> float:
    size = 10.0 ** (len(f"{highest:.0f}") - 2)
    return next((size * factor for factor in (0.5, 1, 2, 2.5, 5, 10, 20, 25, 50) if 4 * size * factor >= highest), highest)


def _days(days: int) -> list[int]:
    step = next((step for step in (1, 2, 7, 14, 30, 60, 90, 180, 365) if days <= 5 * step), 730)
    return list(range(0, days + 1, step))


def lifetime_sentence(answer: Lifetime) -> str:
    """What all are expected to bring within the horizon, and how much of it the most valuable tenth."""
    if answer.orders is None:
        return f"Not enough history yet: {' '.join(answer.missing)}"
    days, customers = several(answer.question.horizon, "day"), several(answer.customers.height, "customer")
    orders = f"{count(answer.orders.expected)} orders{_interval(answer.orders.interval)}"
    worth = "" if answer.value is None else f"{money(answer.value.expected, answer.currency)}{_money(answer, answer.value.interval)} in "
    head = f"Over the next {days} {customers} are expected to bring {worth}{orders}"
    top = answer.tenths[0] if len(answer.tenths) == 10 else None
    return f"{head}; the top tenth brings {percent(top.share, 0)} of it." if top and top.share is not None else f"{head}."


def _interval(interval: Interval | None) -> str:
    return "" if interval is None else f" ({between(*map(count, interval))})"


def _money(answer: Lifetime, interval: Interval | None) -> str:
    return "" if interval is None else f" ({between(*(money(end, answer.currency) for end in interval))})"


def check_sentence(answer: Lifetime, held: Holdout) -> str:
    """How the same model did on the last days: came against expected, and whether the interval held."""
    off = held.total.expected / held.orders - 1 if held.orders else None
    since = f"Fitted up to {date(held.start, answer.timezone)}, {answer.title} expected {count(held.total.expected)} orders"
    came = f"{since}{_interval(held.total.interval)} in the {several(held.days, 'day')} after; {count(held.orders)} came"
    worth = _worth_words(answer, held)
    if held.within is None:
        return f"{came}.{worth}"
    if held.within:
        return f"{came}, within the interval.{worth}"
    far = "" if off is None else f" ({change(off, 0)})"
    return f"{came}, outside the interval{far}: read the forecast as rougher than its interval says.{worth}"


def _worth_words(answer: Lifetime, held: Holdout) -> str:
    if held.worth is None or held.value is None:
        return ""
    expected = f"{money(held.worth.expected, answer.currency)}{_money(answer, held.worth.interval)}"
    return f" They brought {money(held.value, answer.currency)} where {expected} was expected."


def check_rows(answer: Lifetime, held: Holdout) -> list[dict[str, str]]:
    """The model beside forecasts that need none: the total foretold, how far off, and the error per customer."""
    rows = []
    for name, guess in [(answer.title, held.model), *((NAMES[one.name], one) for one in held.baselines)]:
        rows.append({"Forecast": name, "Orders": count(guess.orders), "Off by": _off(guess, held), "Error each": decimal(guess.rmse, 3)})
    return rows


def _off(guess: Guess, held: Holdout) -> str:
    return UNKNOWN if not held.orders else change(guess.orders / held.orders - 1, 0)

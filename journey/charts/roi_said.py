"""What a decision brings, in words: the answer in a sentence, and the cards."""

from collections.abc import Sequence

from journey.charts.roi_told import sum_told, told_input, whole_told
from journey.charts.words import UNKNOWN, between, count, decimal, percent, several
from journey.roi import PUBLISHED, Roi
from journey.roi.result import BreakEven

LOST_ON = "Percentages are of futures drawn from these assumptions: they say what follows from them, not how likely they are to be true."


def net_of(roi: Roi) -> float:
    """What is said first: the median over the futures where anything is uncertain, else the only sum there is."""
    return roi.p50 if roi.question.uncertain else roi.total


def course_of(roi: Roi) -> tuple[list[float], tuple[list[float], list[float]] | None]:
    """-> (cumulative profit that is drawn, its P10 and P90, None where nothing is uncertain), in today's money."""
    if not roi.question.uncertain:
        return [one.discounted for one in roi.months], None
    return [one.p50 for one in roi.months], ([one.p10 for one in roi.months], [one.p90 for one in roi.months])


def span_told(months: int) -> str:
    return "in the first year" if months == 12 else f"in {several(months, 'month')}"


def month_told(month: float | None) -> str:
    """A month from 1; a part of one as the published calculator reckons it."""
    if month is None:
        return UNKNOWN
    return f"month {count(month)}" if month == round(month) else f"{decimal(month, 3 if month < 10 else 1)} months"


def payback_of(roi: Roi) -> float | None:
    """The month in which it is back: of the median future where anything is uncertain."""
    return roi.payback.median if roi.question.uncertain else roi.payback.month


def roi_sentence(roi: Roi, limit: float, corrected: Roi | None = None, assumed: int = 0) -> str:
    """Whether it pays, how much, when it is back, and how many futures lose.

    limit: the share of futures that may lose, 0 to 1.  corrected: beside the published calculator, the model that leaves nothing out.
    assumed: how many figures are assumed and yet the same in every future: where all futures agree, this is what makes them.
    """
    if roi.question.model == PUBLISHED:
        return _published_sentence(roi, corrected)
    net = net_of(roi)
    if roi.cost == 0:
        return f"It brings {sum_told(net, roi.currency)} {span_told(roi.question.months)} before any cost: say what it costs."
    if net > 0:
        return f"It pays: {sum_told(net, roi.currency)} {span_told(roi.question.months)}{_back(roi)}{_risk(roi, limit, assumed)}."
    return f"{_unless(roi)}: {sum_told(net, roi.currency)} {span_told(roi.question.months)}{_losing(roi, assumed)}."


def _published_sentence(roi: Roi, corrected: Roi | None) -> str:
    flow = roi.monthly[0] if roi.monthly else None
    told = "The published calculator says "
    told += "" if flow is None else f"{whole_told(flow, roi.currency)} a month, "
    told += f"{whole_told(roi.total, roi.currency)} {span_told(roi.question.months)}"
    return f"{told}." if corrected is None else f"{told}; with what it leaves out, {sum_told(net_of(corrected), roi.currency)}."


def _back(roi: Roi) -> str:
    month = payback_of(roi)
    if month is None:
        return ""
    return f", back in {month_told(month)}" if roi.lowest < 0 else ", never in the red"


def _risk(roi: Roi, limit: float, assumed: int) -> str:
    if not roi.question.uncertain:
        return ""
    lost = lost_told(roi.p_loss)
    return f", but {lost}: over your limit of {percent(limit, 0)}" if roi.p_loss > limit else f"; {lost}{_while(roi, assumed)}"


def lost_told(share: float) -> str:
    return f"{percent(share, 0)} of futures lose" if 0 < share < 1 else "every future loses" if share else "no future loses"


def _while(roi: Roi, assumed: int) -> str:
    """All futures agree only as far as what is the same in all of them holds."""
    if not assumed or 0 < roi.p_loss < 1:
        return ""
    return f" while {several(assumed, 'assumed figure')} {'holds' if assumed == 1 else 'hold'}"


def certain_told(firm: Sequence[str], ranged: Sequence[str]) -> str:
    """What the futures do not know: figures that nobody measured and all futures share, and ranges whose width is assumed."""
    if firm:
        return f"Not measured, yet taken as certain in every future: {_few(firm)}."
    return f"How far {_few(ranged)} may lie from the middle is assumed as well." if ranged else ""


def _few(names: Sequence[str], most: int = 4) -> str:
    """a, b and c; a, b, c and 3 more."""
    told = list(names) if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _losing(roi: Roi, assumed: int) -> str:
    return f", and {lost_told(roi.p_loss)}{_while(roi, assumed)}" if roi.question.uncertain else ""


def _unless(roi: Roi) -> str:
    needed = roi.needed("lift")
    if needed.value is None:
        return "It does not pay at any lift"
    if not needed.needs or holds(needed):
        return "It does not pay in half of the futures" if roi.question.uncertain else "It does not pay"
    return f"It does not pay unless the lift is {needed.needs} {told_input(roi.question, 'lift', needed.value, roi.currency)}"


def holds(needed: BreakEven) -> bool:
    """Whether the value as it stands is on the side that pays."""
    if needed.value is None:
        return False
    return needed.now >= needed.value if needed.needs == "at least" else needed.now <= needed.value


def roi_cards(roi: Roi, limit: float) -> list[tuple[str, str, str, bool]]:
    """-> (name, value, what stands below it, whether that is a warning)."""
    uncertain, currency, months = bool(roi.question.uncertain), roi.currency, roi.question.months
    spread = between(sum_told(roi.p10, currency), sum_told(roi.p90, currency)) if uncertain else "single figures"
    over = uncertain and roi.p_loss > limit
    risk = f"{'over limit' if over else 'limit'} {percent(limit, 0)}"
    published = roi.question.model == PUBLISHED
    needed = roi.needed("lift")
    rate = roi.return_on_cost
    net = whole_told(roi.total, currency) if published else sum_told(net_of(roi), currency)
    unasked = "it knows none" if published else "no ranges ticked"
    return [
        (f"Profit in {several(months, 'month')}", net, spread, False),
        ("Chance of a loss", percent(roi.p_loss, 0) if uncertain else UNKNOWN, risk if uncertain else unasked, over),
        ("Payback", _payback_value(roi), _payback_around(roi), False),
        (
            "Break-even lift",
            break_even_told(roi),
            f"now {told_input(roi.question, 'lift', needed.now, currency)}" if needed.value is not None else "at no lift",
            False,
        ),
        (
            "Return on cost",
            UNKNOWN if rate is None else f"{decimal(rate)}×",
            "nothing is spent" if rate is None else "net per 1 spent",
            False,
        ),
    ]


def break_even_told(roi: Roi) -> str:
    """The lift at which it starts to pay, with one decimal more; of the published calculator with the three it was published with."""
    value = roi.break_even_lift
    if roi.question.model == PUBLISHED and value is not None:
        return percent(value, 3)
    return told_input(roi.question, "lift", value, roi.currency, finer=True)


def _payback_value(roi: Roi) -> str:
    month = payback_of(roi)
    if month is None:
        return "Not back"
    return f"Month {count(month)}" if month == round(month) else decimal(month, 3 if month < 10 else 1)


def _payback_around(roi: Roi) -> str:
    months = count(roi.question.months)
    if (month := payback_of(roi)) is None:
        return f"{percent(roi.payback.share, 0)} are back" if roi.question.uncertain else f"within {months} months"
    if not roi.question.uncertain:
        return "single figures" if month == round(month) else "of a month" if month < 1 else "months"
    early, late = roi.payback.p10, roi.payback.p90
    if early is None:
        return f"{percent(roi.payback.share, 0)} are back"
    if early == late:
        return "in 8 of 10 futures"
    return f"{count(early)} to {count(late)}" if late is not None else f"{count(early)} to over {months}"


def is_discounted(roi: Roi) -> bool:
    return roi.question.central.get("discount", 0.0) > 0


def missing_sentence(missing: Sequence[str]) -> str:
    """What must be said before anything can be reckoned."""
    named = [f"the {name.lower()}" for name in missing]
    return f"Not enough to reckon with yet: say {_few(named, len(named))}."


def roi_caption(roi: Roi | None, title: str, segment: str) -> str:
    """What is decided, for whom, and of how many futures the figures are."""
    parts = [title] if title else []
    parts.append(segment)
    if roi is None:
        return " · ".join([*parts, "what the log can tell is filled in"])
    if roi.question.uncertain:
        parts.append(f"{count(roi.question.draws)} futures drawn from these assumptions")
    return " · ".join([*parts, "profit before tax", *(["in today’s money"] if is_discounted(roi) else [])])

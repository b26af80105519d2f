"""Numbers as a person reads them, one way everywhere: 18,240 · 37.2% · +3.2 pts · €2.8k · 4.2 h · 21 Nov 2025, 06:00.

What is undefined (None, NaN) is written as an en dash, never as a zero.  Negative numbers carry U+2212; only
`delta` writes an ASCII "-", since st.metric reads the sign to choose its colour.
"""

import datetime as calendar
import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeGuard

from journey.scope import read_zone, to_datetime

UNKNOWN = "–"
MINUS = "\u2212"
SIGNS = {
    "EUR": "€",
    "USD": "$",
    "GBP": "£",
    "JPY": "¥",
    "CNY": "CN¥",
    "INR": "₹",
    "KRW": "₩",
    "ILS": "₪",
    "UAH": "₴",
    "TRY": "₺",
    "VND": "₫",
    "NGN": "₦",
    "PHP": "₱",
    "BRL": "R$",
    "CAD": "CA$",
    "AUD": "A$",
    "NZD": "NZ$",
    "HKD": "HK$",
    "SGD": "S$",
    "MXN": "MX$",
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def count(n: float | None) -> str:
    """18240 -> "18,240": a whole number."""
    return _minus(f"{round(n):,}") if _known(n) else UNKNOWN


def decimal(x: float | None, digits: int = 1) -> str:
    """4.02 -> "4.0": a mean, a score."""
    return _minus(f"{_unsigned_zero(x, digits):,.{digits}f}") if _known(x) else UNKNOWN


def percent(share: float | None, digits: int = 1) -> str:
    """.372 -> "37.2%".  A share that is neither 0 nor 1 is not rounded to one: .0004 -> "<0.1%", .9999 -> ">99.9%"."""
    if not _known(share):
        return UNKNOWN
    step = 10.0**-digits
    if share > 0 and round(share * 100, digits) == 0:
        return f"<{step:.{digits}f}%"
    if share < 1 and round(share * 100, digits) == 100:
        return f">{100 - step:.{digits}f}%"
    return _minus(f"{_unsigned_zero(share * 100, digits):,.{digits}f}%")


def points(difference: float | None, digits: int = 1) -> str:
    """.032 -> "+3.2 pts": the difference of two shares, which is never a percentage."""
    return f"{signed(difference * 100, digits)} pts" if _known(difference) else UNKNOWN


def change(ratio: float | None, digits: int = 1) -> str:
    """.041 -> "+4.1%": what an amount grew by, against what it was."""
    return f"{signed(ratio * 100, digits)}%" if _known(ratio) else UNKNOWN


def signed(x: float | None, digits: int = 0) -> str:
    """1240 -> "+1,240"; a difference that rounds to zero has no sign."""
    return _minus(_with_sign(_unsigned_zero(x, digits), digits)) if _known(x) else UNKNOWN


def delta(words: str) -> str:
    """The same words for st.metric(delta=): it colours by an ASCII "-", and paints U+2212 as a rise."""
    return words.replace(MINUS, "-")


def money(amount: float | None, currency: str | None = None) -> str:
    """38.2 -> "€38.20", 2800 -> "€2.8k", 48000 -> "€48k", 1240000 -> "€1.24M"; no sign where no currency is set."""
    if not _known(amount):
        return UNKNOWN
    sign = SIGNS.get(currency.upper(), f"{currency.upper()} ") if currency else ""
    return (MINUS if round(amount, 2) < 0 else "") + sign + _amount(abs(amount))


def span(seconds: float | None) -> str:
    """Elapsed time in its largest fitting unit: "40 s", "6 min", "4.2 h", "1.8 d"."""
    if not _known(seconds):
        return UNKNOWN
    size = abs(seconds)
    sign = MINUS if seconds < 0 else ""
    for unit, length, below, digits in (("s", 1, 60, 0), ("min", 60, 60, 0), ("h", 3600, 24, 1), ("d", 86400, math.inf, 1)):
        value = size / length
        if unit == "s" and 0 < value < 10:
            return f"{sign}{value:.1f} s" if value >= 0.05 else "<0.1 s"
        if round(value, digits) < below:
            break
    return f"{sign}{value:,.{0 if value >= 99.95 else digits}f} {unit}"


def between(low: str, high: str) -> str:
    """An interval in words: between("31k", "66k") -> "31k to 66k"."""
    return f"{low} to {high}"


def day(ms: int | None, timezone: str = "UTC") -> str:
    """A time's day in the zone: "21 Nov"."""
    return UNKNOWN if ms is None else _day(to_datetime(ms, read_zone(timezone)))


def date(ms: int | None, timezone: str = "UTC") -> str:
    """A time's day with its year, where data spans several: "21 Nov 2025"."""
    return UNKNOWN if ms is None else f"{day(ms, timezone)} {to_datetime(ms, read_zone(timezone)).year}"


def moment(ms: int | None, timezone: str = "UTC") -> str:
    """A time to the minute in the zone, always with its year, as it stands alone: "21 Nov 2025, 06:00"."""
    return UNKNOWN if ms is None else f"{date(ms, timezone)}, {to_datetime(ms, read_zone(timezone)):%H:%M}"


def dates(times: Sequence[int], timezone: str = "UTC") -> list[str]:
    """Days that stand side by side, on an axis: with their years where they lie in several."""
    zone = read_zone(timezone)
    told = date if several_years([to_datetime(ms, zone) for ms in times]) else day
    return [told(ms, timezone) for ms in times]


def several_years(days: Iterable[calendar.date]) -> bool:
    """Whether days lie in more years than one, so that each is to be written with its own."""
    return len({day.year for day in days}) > 1


def several(n: float, one: str, many: str | None = None) -> str:
    """1 -> "1 row", 12 -> "12 rows": a count with its noun."""
    return f"{count(n)} {one if round(n) == 1 else many or one + 's'}"


def short(text: str, longest: int = 32) -> str:
    """A name cut to fit a label, with an ellipsis where something is missing."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _known(x: float | None) -> TypeGuard[float]:
    return x is not None and math.isfinite(x)


def _minus(text: str) -> str:
    return text.replace("-", MINUS)


def _unsigned_zero(x: float, digits: int) -> float:
    """What rounds to zero is zero: nobody reads "-0.0"."""
    return 0.0 if round(x, digits) == 0 else x


def _with_sign(x: float, digits: int) -> str:
    return f"{x:+,.{digits}f}" if x else f"{x:,.{digits}f}"


def _amount(x: float) -> str:
    """Three digits that matter; the unit is chosen after rounding, so that 999.999 is 1.0k and 9,960 is 10k."""
    if round(x, 2) < 1000:
        return f"{x:.2f}"
    if round(x / 1000, 1) < 10:
        return f"{x / 1000:.1f}k"
    if round(x / 1000) < 1000:
        return f"{x / 1000:.0f}k"
    if round(x / 1e6, 2) < 1000:
        return f"{x / 1e6:.2f}M"
    return f"{x / 1e9:,.2f}B"


def _day(when: datetime) -> str:
    """Without strftime's month, which follows the machine's language."""
    return f"{when.day} {MONTHS[when.month - 1]}"

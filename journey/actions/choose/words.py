"""Money, shares and confidence as the card's sentences say them."""

SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
CONFIDENCE = (
    (0.95, "almost certainly the best"),
    (0.8, "very likely the best"),
    (0.6, "probably the best"),
    (0.4, "about as likely the best as not"),
    (0.0, "perhaps the best"),
)
"""From which chance of being the best on which words are said."""


def confident(chance: float | None) -> str:
    """A chance of being the best in words; where it is not known, that it goes by the rule."""
    if chance is None:
        return "not known"
    return next(words for least, words in CONFIDENCE if chance >= least)


def money(amount: float, currency: str | None) -> str:
    """€1.20, -€0.35, 1.20 CHF."""
    sign, size = ("-" if round(amount, 2) < 0 else ""), f"{abs(amount):,.2f}"
    code = (currency or "").upper()
    return f"{sign}{SIGNS[code]}{size}" if code in SIGNS else f"{sign}{size}{' ' + currency if currency else ''}"


def points(share: float) -> str:
    """A difference of shares: 2.3 points."""
    return f"{100 * share:.1f} points"


def listed(parts: list[str], last: str = "or") -> str:
    """ "a", "a or b", "a, b or c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else ""

"""How sure a check must be before it speaks, and how it says so.

A reading is checked in many ways, and whoever looks at twenty of them must not be shown one false alarm: each check errs one
time in a hundred, over all groups it looks at together.
"""

from collections.abc import Sequence

LOOK = 0.01
"""The chance that a check speaks where nothing is the matter."""
FINE, SEE, ALARM = "fine", "look", "alarm"
CONFIDENCE = 1 - LOOK


def bonferroni(ps: Sequence[float | None], tests: int | None = None) -> list[float | None]:
    """Each p times the number of tests: the chance that any of them is as small where nothing is the matter.

    Source: Dunn 1961, J. Am. Stat. Assoc. 56, 52.
    """
    known = tests or sum(p is not None for p in ps)
    return [None if p is None else min(1.0, p * known) for p in ps]


def p_words(p: float | None) -> str:
    if p is None:
        return "p not known"
    if p < 0.0001:
        return "p < .0001"
    digits = 4 if p < 0.001 else 3 if p < 0.01 else 2
    return "p = 1" if round(p, digits) >= 1 else f"p = {p:.{digits}f}".replace("= 0.", "= .")


def share_words(share: float, digits: int = 0) -> str:
    """12%; below half of what the digits show, "less than 1%"; short of all, never 100%."""
    least = 10.0 ** (-digits - 2)
    if 0 < share < least / 2:
        return f"less than {100 * least:.{digits}f}%"
    if 1 - least / 2 < share < 1:
        return f"more than {100 * (1 - least):.{digits}f}%"
    return f"{100 * share:.{digits}f}%"


def named(value: str) -> str:
    """The name of a group; one without a value says so."""
    return value or "(no value)"


def units_words(n: int) -> str:
    return f"{n:,} unit" if n == 1 else f"{n:,} units"

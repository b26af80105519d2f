"""Brackets of periods as a person writes them: "1-3, 4-7", or "D1, D7, D30"."""

import re

from journey.errors import QuestionError
from journey.retention.question import MOST_PERIODS

PRESETS = {
    "day": ("1, 7, 30", "1-3, 4-7, 8-14", "1-7, 8-14, 15-21, 22-28"),
    "week": ("1, 4, 12", "1-2, 3-4, 5-8", "1-4, 5-8, 9-12"),
    "month": ("1, 3, 6, 12", "1-3, 4-6, 7-12", "1-6, 7-12"),
}
"""Per period, what people commonly ask for."""

PART = re.compile(r"[dwm]?\s*(\d{1,4})(?:\s*(?:-|–|to)\s*[dwm]?\s*(\d{1,4}))?", re.IGNORECASE)


def parse_brackets(text: str) -> list[list[int]]:
    """ "1-3, 4-7" -> [[1, 3], [4, 7]];  "D1, D7" -> [[1, 1], [7, 7]].  First and last period of each, both included.

    Raises: QuestionError: nothing, or something that is no bracket.
    """
    parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    if not parts:
        raise QuestionError("No brackets are written. Write the first and last period of each, such as 1-3, 4-7, 8-14.")
    return [_bracket(part) for part in parts]


def _bracket(part: str) -> list[int]:
    found = PART.fullmatch(part)
    if found is None:
        raise QuestionError(f"{part!r} is no bracket. Write a period, or the first and the last of several: 7, or 4-7.")
    first = int(found[1])
    last = first if found[2] is None else int(found[2])
    if not 1 <= first <= last <= MOST_PERIODS:
        raise QuestionError(f"The bracket {part!r} can begin at 1 and end at {MOST_PERIODS:,}, the earlier period first.")
    return [first, last]


def write_brackets(brackets: tuple[tuple[int, int], ...]) -> str:
    """((1, 3), (7, 7)) -> "1–3, 7"."""
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in brackets)

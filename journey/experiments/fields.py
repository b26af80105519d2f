"""Numbers, names and sentences as questions and plans bring them, refused in a sentence where they are none."""

import math
import sys
from collections.abc import Mapping
from typing import Any

from journey.errors import QuestionError

LONGEST_NAME, LONGEST_REASON = 80, 400


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def number(plain: Mapping[str, Any], key: str, least: float = -math.inf, most: float = math.inf, closed: bool = False) -> float | None:
    """The number between these bounds, which are left out, the upper one unless closed; None where there is none."""
    value = plain.get(key)
    if value is None:
        return None
    if not is_number(value) or not (least < value < most or (closed and value == most)):
        bounds = f" between {least:g} and {most:g}" if math.isfinite(most) else f" above {least:g}" if math.isfinite(least) else ""
        raise QuestionError(f"{key} is {short(value)}; write a number{bounds}.")
    return float(value)


def whole(plain: Mapping[str, Any], key: str, least: int, most: int) -> int | None:
    """The whole number from least to most; None where there is none."""
    value = plain.get(key)
    if value is None:
        return None
    if not is_number(value) or not least <= value <= most or value != int(value):
        raise QuestionError(f"{key} is {short(value)}; write a whole number from {least:,} to {most:,}.")
    return int(value)


def yes(plain: Mapping[str, Any], key: str, usual: bool) -> bool:
    value = plain.get(key, usual)
    if not isinstance(value, bool):
        raise QuestionError(f"{key} is {short(value)}; it is true or false.")
    return value


def read_unit(plain: Mapping[str, Any]) -> str:
    """customer, or property:<name>: what varies, and is counted."""
    unit = plain.get("unit", "customer")
    if not isinstance(unit, str) or (unit != "customer" and not (unit.startswith("property:") and len(unit) > len("property:"))):
        raise QuestionError(f'unit is {short(unit)}; it is "customer", or "property:" and the name of a property.')
    return unit


def said_by(by: Any, what: str) -> str:
    """A person's name as it is kept.  what: "keeps a plan", for the sentence."""
    name = _joined(by) or ""
    if not 0 < len(name) <= LONGEST_NAME:
        raise QuestionError(f"Say who {what}, in 1 to {LONGEST_NAME} characters; found {short(by)}.")
    return name


def said(text: Any, what: str = "A reason", longest: int = LONGEST_REASON) -> str:
    """A sentence as it is kept."""
    told = _joined(text)
    if told is None or len(told) > longest:
        raise QuestionError(f"{what} is a text of at most {longest:,} characters; found {short(text)}.")
    return told


def _joined(text: Any) -> str | None:
    """In one line; None where it is no text, or one that cannot be written."""
    told = " ".join(text.split()) if isinstance(text, str) else None
    return told if told is None or told == told.encode(errors="replace").decode() else None


def short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."

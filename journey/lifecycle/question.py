"""Lifecycle and stickiness questions as plain data, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.scope import PERIODS, WEEK_STARTS, choose, refuse_unknown

STATES = ("new", "returning", "resurrected", "dormant")
WITHINS = ("month", "week")
KEYS = ("event", "period", "week_start")


@dataclass(frozen=True)
class LifecycleQuestion:
    """event: what being active means, a step as plain data, None for any event."""

    event: Any = None
    period: str = "day"
    week_start: str = "monday"

    def as_plain(self) -> dict[str, Any]:
        """What `read_lifecycle` reads back."""
        return {key: getattr(self, key) for key in KEYS}


@dataclass(frozen=True)
class StickinessQuestion:
    """event as above.  period: what is counted, days unless weeks or months are asked for."""

    event: Any = None
    period: str = "day"
    week_start: str = "monday"

    def as_plain(self) -> dict[str, Any]:
        """What `read_stickiness` reads back."""
        return {key: getattr(self, key) for key in KEYS}


@dataclass(frozen=True)
class ShareQuestion:
    """event as above.  within: the days of what, a month or a week."""

    event: Any = None
    within: str = "month"
    week_start: str = "monday"

    def as_plain(self) -> dict[str, Any]:
        """What `read_share` reads back."""
        return {"event": self.event, "within": self.within, "week_start": self.week_start}


def read_lifecycle(plain: Mapping[str, Any]) -> LifecycleQuestion:
    """Raises: QuestionError: an unknown key or option."""
    refuse_unknown(plain, KEYS, "a lifecycle question")
    return LifecycleQuestion(plain.get("event"), choose(plain, "period", PERIODS), choose(plain, "week_start", WEEK_STARTS))


def read_stickiness(plain: Mapping[str, Any]) -> StickinessQuestion:
    """Raises: QuestionError: an unknown key or option."""
    refuse_unknown(plain, KEYS, "a stickiness question")
    return StickinessQuestion(plain.get("event"), choose(plain, "period", PERIODS), choose(plain, "week_start", WEEK_STARTS))


def read_share(plain: Mapping[str, Any]) -> ShareQuestion:
    """Raises: QuestionError: an unknown key or option."""
    refuse_unknown(plain, ("event", "within", "week_start"), "a question of active shares")
    return ShareQuestion(plain.get("event"), choose(plain, "within", WITHINS), choose(plain, "week_start", WEEK_STARTS))

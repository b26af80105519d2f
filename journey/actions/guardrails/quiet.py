"""When an action may be sent: outside the quiet hours of the customer's own day, at the variant's hour where it has one.

Hours are those a clock on the customer's wall shows, so a day on which the clocks change has 23 or 25 of them:

    quiet 20 to 8, Europe/Paris      sent from 08:00, which is 07:00 UTC on 2026-03-28 and 06:00 UTC on 2026-03-29
"""

from functools import lru_cache
from zoneinfo import ZoneInfo

from journey.actions.catalog import Guardrails, Variant
from journey.actions.guardrails.standing import Standing
from journey.errors import QuestionError
from journey.scope import to_datetime

QUARTER = 900_000  # every full hour of a zone in use falls on a quarter of an hour of UTC
LONGEST = 80 * 4  # quarters to look ahead: three days, as a zone may skip an hour, or a day, of the calendar


def is_quiet(standing: Standing, guardrails: Guardrails, at: int) -> bool:
    """Whether the customer's clock shows an hour at which nothing is sent.  at: ms."""
    return _in_quiet(guardrails.quiet, to_datetime(at, _zone(standing.zone)).hour)


def is_always_quiet(guardrails: Guardrails) -> bool:
    """Whether no hour of the day is left."""
    return _lasts_all_day(guardrails.quiet)


@lru_cache(maxsize=64)
def _lasts_all_day(quiet: tuple[int, int] | None) -> bool:
    return all(_in_quiet(quiet, hour) for hour in range(24))


def send_from(standing: Standing, guardrails: Guardrails, at: int, variant: Variant | None) -> int:
    """The first moment from `at` on at which it may be sent, ms.

    A variant's hour is waited for; one that lies in the quiet hours is passed over, as these go first.
    Raises: QuestionError: the quiet hours last all day.
    """
    if is_always_quiet(guardrails):
        raise QuestionError("The quiet hours last all day, so nothing can be sent. Shorten them in the guardrails.")
    hour = None if variant is None or variant.hour is None or _in_quiet(guardrails.quiet, variant.hour) else variant.hour
    return _first(at, standing.zone, guardrails.quiet, hour)


@lru_cache(maxsize=4096)
def _first(at: int, zone: str, quiet: tuple[int, int] | None, hour: int | None) -> int:
    moments = [at, *range(at - at % QUARTER + QUARTER, at + LONGEST * QUARTER, QUARTER)]
    shown = ((moment, to_datetime(moment, _zone(zone)).hour) for moment in moments)
    return next(moment for moment, clock in shown if not _in_quiet(quiet, clock) and hour in (None, clock))


def _in_quiet(quiet: tuple[int, int] | None, hour: int) -> bool:
    """(20, 8) holds from 20:00 to 7:59; (8, 8) never; (0, 24) always."""
    if quiet is None or quiet[0] == quiet[1]:
        return False
    first, end = quiet
    return first <= hour < end if first < end else hour >= first or hour < end


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)

"""The time by which things are sent, and waiting; a test hands in one that does not wait."""

import time

from journey.scope import wall_clock


class Clock:
    """at: ms, what the clock shows when it is made; None for the machine's own time."""

    def __init__(self, at: int | None = None) -> None:
        self._began_at = wall_clock() if at is None else at
        self._began = time.monotonic()

    def now(self) -> int:
        return self._began_at + round((time.monotonic() - self._began) * 1000)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

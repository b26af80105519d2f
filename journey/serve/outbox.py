"""What is approved leaves when its hour comes: while the app runs, it looks every minute whether something is due for a webhook that is on.

Where no webhook is on, nothing is looked at and nothing leaves.
"""

import logging
import threading
from collections.abc import Callable

from journey.errors import JourneyError
from journey.warehouse import Warehouse

log = logging.getLogger("journey")
EVERY_S = 60.0
WAIT_S = 20.0  # for retries within one look; the next look goes on


class Outbox:
    """One thread beside the pages, on a cursor of its own."""

    def __init__(self, every_s: float = EVERY_S) -> None:
        self.every_s, self.ended = every_s, threading.Event()
        self.thread: threading.Thread | None = None
        self.con: Warehouse | None = None

    def open(self, warehouse: Callable[[], Warehouse]) -> None:
        """Begin to look.  A workspace that cannot be opened has nothing to send."""
        try:
            self.con = warehouse().cursor()
        except JourneyError as fault:  # each page says why, in a sentence
            log.warning("%s", fault)
            return
        self.thread = threading.Thread(target=self._watch, name="journey-outbox", daemon=True)
        self.thread.start()

    def close(self, wait_s: float = 5.0) -> None:
        """End; a call under way ends by its own timeout, and what it brought is kept or asked again."""
        self.ended.set()
        if self.con is not None and self.thread is not None:
            self.con.connection.interrupt()
            self.thread.join(wait_s)

    def _watch(self) -> None:
        while not self.ended.wait(self.every_s):
            if self.con is not None:
                look(self.con)


def look(con: Warehouse) -> int:
    """Send what is due, where a webhook is on -> how many were sent."""
    from journey.actions.delivery import Patience, deliver, targets

    try:
        if not any(target.on for target in targets(con)):
            return 0
        done = deliver(con, by="outbox", patience=Patience(wait_s=WAIT_S))
    except JourneyError as fault:  # a run or an export is at it just now, or the file of webhooks was spoilt: the page says so
        log.info("nothing was sent: %s", fault)
        return 0
    except Exception:  # the next look goes on; a thread that died here would leave everything unsent in silence
        log.exception("sending what is approved failed")
        return 0
    if done.attempts:
        log.info("webhooks: %s", done.sentence)
    return done.sent

"""Reading runs ahead of converting: while one batch is being worked on, the parser makes the next."""

import threading
from collections.abc import Generator, Iterator
from queue import Queue
from typing import TypeVar

T = TypeVar("T")
DEPTH = 2  # batches that may wait: more would only take memory


def ahead(items: Generator[T, None, None]) -> Iterator[T]:
    """The same items in the same order, drawn by a thread of their own; what goes wrong there is raised here.

    The items' connection is used by that one thread from its opening to its closing.
    """
    waiting: Queue[tuple[str, T | BaseException | None]] = Queue(DEPTH)
    left = threading.Event()
    reader = threading.Thread(target=_draw, args=(items, waiting, left), name="journey-reader", daemon=True)
    reader.start()
    try:
        while True:
            what, item = waiting.get()
            if what == "failed" and isinstance(item, BaseException):
                raise item
            if what == "done":
                return
            yield item  # type: ignore[misc]
    finally:
        left.set()
        while reader.is_alive():
            _emptied(waiting)
            reader.join(0.01)


def _draw(items: Generator[T, None, None], waiting: "Queue[tuple[str, T | BaseException | None]]", left: threading.Event) -> None:
    try:
        for item in items:
            waiting.put(("item", item))
            if left.is_set():
                items.close()  # here, in the thread whose connection it holds
        waiting.put(("done", None))
    except BaseException as fault:  # raised again where the items are used
        waiting.put(("failed", fault))


def _emptied(waiting: "Queue[tuple[str, T | BaseException | None]]") -> None:
    """Make room for a reader that waits to put an item nobody will take."""
    while not waiting.empty():
        waiting.get_nowait()

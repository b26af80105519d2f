"""Reading ahead changes when things happen, and nothing else."""

import threading
from collections.abc import Generator

import pytest

from journey.ingest.ahead import ahead


def test_all_items_come_in_their_order() -> None:
    assert list(ahead(i for i in range(50))) == list(range(50))


def test_what_goes_wrong_while_reading_is_raised_where_the_items_are_used() -> None:
    def failing() -> Generator[int, None, None]:
        yield 1
        raise KeyError("torn")

    seen = []
    with pytest.raises(KeyError, match="torn"):
        for item in ahead(failing()):
            seen.append(item)
    assert seen == [1]


def test_who_stops_early_leaves_no_reader_behind() -> None:
    closed = []

    def endless() -> Generator[int, None, None]:
        try:
            while True:
                yield 1
        finally:
            closed.append(threading.current_thread().name)

    with pytest.raises(ZeroDivisionError):
        for _ in ahead(endless()):
            raise ZeroDivisionError
    assert closed == ["journey-reader"]
    assert "journey-reader" not in {thread.name for thread in threading.enumerate()}

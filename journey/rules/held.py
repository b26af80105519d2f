"""Answers that take seconds, held while nothing changes that they follow from."""

from collections.abc import Callable
from typing import Any, TypeVar

from journey.catalogs import kept_text
from journey.warehouse import SCORED, Warehouse, dataset_version, one_moment

MOST = 8  # answers of a kind, the latest
FILES = ("stages.toml", "features.toml", "segments.json")
Result = TypeVar("Result")


def hold(con: Warehouse, kind: str, asked: tuple[object, ...], make: Callable[[], Result], most: int = MOST) -> Result:
    """What `make` answers to what was asked (frozen questions and scopes), the same object for all cursors of a workspace.

    It is made anew once the facts, the stages, the features, the saved segments, the scores or a setting are others; and
    within a `write`, whose facts may be rolled back.  Nobody changes what is held.  most: how many of the kind.
    """
    if con.writing:
        return make()
    with one_moment(con):
        key = repr((asked, dataset_version(con), _meant(con)))  # as text: 1 and True are equal, and rules hold both
        answers: dict[str, Result] = con.shared.get(kind, {})
        if key in answers:
            return answers[key]
        found = make()
    others = [(other, answer) for other, answer in con.shared.get(kind, {}).items() if other != key]
    con.shared[kind] = dict([*others, (key, found)][-most:])  # a new one: other threads read the old
    return found


def _meant(con: Warehouse) -> tuple[object, ...]:
    """What the workspace knows of its own meaning: edited texts, settings, and how often customers were scored."""
    settings: list[Any] = con.connection.execute("select name, value from settings order by name").fetchall()  # a frame would cost more
    return (*(kept_text(con, file) for file in FILES), con.shared.get(SCORED, 0), settings)

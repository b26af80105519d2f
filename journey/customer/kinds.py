"""What kind of thing each event is, told by the words in its name: the catalog event_kinds.toml, which people may edit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.catalogs import read_catalog
from journey.errors import QuestionError
from journey.scope import refuse_unknown
from journey.warehouse import Warehouse

CATALOG = "event_kinds"
ICON = re.compile(r"[a-z0-9_]{1,40}")
PARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^\w]+|_+")


@dataclass(frozen=True)
class Kind:
    """words: beginnings of words that make an event one of this kind.  icon: a name of the Material symbols."""

    name: str
    icon: str
    words: tuple[str, ...] = ()


def read_kinds(plain: Any) -> tuple[Kind, ...]:
    """{"kind": [{"name", "icon", "words"}]} -> the kinds in the order in which they are tried; the last takes the rest.

    Raises: QuestionError: no kind, a name twice, an unknown key, an icon or words that are none.
    """
    found = plain.get("kind") if isinstance(plain, Mapping) else None
    if not isinstance(found, list) or not found:
        raise QuestionError(f"The kinds of events are a list of tables [[kind]]; found {str(plain)[:80]!r}.")
    kinds = tuple(_read_one(item) for item in found)
    names = [kind.name for kind in kinds]
    if twice := [name for at, name in enumerate(names) if name in names[:at]]:
        raise QuestionError(f"Two kinds of events are named {twice[0]!r}. Give each a name of its own.")
    return kinds


def _read_one(plain: Any) -> Kind:
    if not isinstance(plain, Mapping):
        raise QuestionError(f"{str(plain)[:80]!r} is not a kind of event. A kind is a table with a name, an icon and words.")
    refuse_unknown(plain, ("name", "icon", "words"), "a kind of event")
    name, icon, words = plain.get("name"), plain.get("icon", "circle"), plain.get("words", [])
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 40:
        raise QuestionError(f"A kind of event needs a name of 1 to 40 characters; found {str(name)[:80]!r}.")
    if not isinstance(icon, str) or not ICON.fullmatch(icon):
        raise QuestionError(f'The icon of {name!r} is {str(icon)[:80]!r}; write the name of a Material symbol, such as "mail".')
    if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
        raise QuestionError(f"The words of {name!r} are a list of texts; found {str(words)[:80]!r}.")
    return Kind(name.strip(), icon, tuple(word.casefold() for word in words))


def kinds_in_force(con: Warehouse) -> tuple[Kind, ...]:
    return read_kinds(read_catalog(con, CATALOG))


def kind_of(name: str, kinds: Sequence[Kind]) -> str:
    """The first kind of which a word begins one in the name; the last kind where none does."""
    parts = [part.casefold() for part in PARTS.split(name) if part]
    return next((kind.name for kind in kinds if any(part.startswith(word) for part in parts for word in kind.words)), kinds[-1].name)

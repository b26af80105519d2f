"""The names that paths are told by: events, groups of events, and our own three that no event may take."""

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from journey.paths.expand import MISSING_KEY, Expansion, read_expansions, tell_valued
from journey.rules import Binder, nearest
from journey.warehouse import ask_sql

OTHER, DROP_OFF = "Other", "Drop-off"
START, END = "(start)", "(end)"
OTHER_NODE, DROP_OFF_NODE, START_NODE, END_NODE = -1, -2, -3, -4
OURS = {OTHER_NODE: OTHER, DROP_OFF_NODE: DROP_OFF, START_NODE: START, END_NODE: END}


@dataclass(frozen=True)
class Vocabulary:
    """What each event is told as.

    codes, nodes, keys: parallel; the events that are not hidden, the node each is told as, and of which value (expand.py).
    labels: node -> label, all different.  An event that is really named "Other" is labelled "Other (event)", so that
    the label "Other" is always the rest of a column.
    aliases: every name a person may write for a node (event name, group label, shown label) -> node.
    wholes: the name of an expanded event -> the nodes of its values.
    """

    codes: tuple[int, ...]
    nodes: tuple[int, ...]
    labels: dict[int, str]
    aliases: dict[str, int]
    keys: tuple[str, ...] = ()
    wholes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    expansions: tuple[Expansion, ...] = ()

    def node_of_label(self, label: str) -> int | None:
        """The node that is shown under a label; None where none is."""
        return next((node for node, shown in self.labels.items() if shown == label), None)

    def find(self, binder: Binder, name: str) -> int | None:
        """The node a person means by an event's name or a group's label; None, with a warning, where there is none."""
        if name not in self.aliases:
            binder.warn(f"No event is named {name!r}.{nearest(name, list(self.aliases))}")
        return self.aliases.get(name)

    def find_all(self, binder: Binder, name: str) -> tuple[int, ...]:
        """The nodes a person means: one, or those of all values where the event is expanded; none, with a warning, without any."""
        if name in self.wholes and name not in self.aliases:
            return self.wholes[name]
        node = self.find(binder, name)
        return () if node is None else (node,)

    def bind(self, binder: Binder) -> list[str]:
        """-> CTEs `vocabulary(event, node)`, with the value where events are expanded, and `labels(node, label)`, over bound lists."""
        events, told_as = binder.bind(list(self.codes), "events"), binder.bind(list(self.nodes), "told_as")
        nodes, labels = binder.bind(list(self.labels), "nodes"), binder.bind(list(self.labels.values()), "labels")
        value = f", unnest({binder.bind(list(self.keys), 'keys')}) as value" if self.expansions else ""
        return [
            f"\nvocabulary as (select unnest({events}) as event, unnest({told_as}) as node{value})",
            f"\nlabels as (select unnest({nodes}) as node, unnest({labels}) as label)",
            *([tell_valued(binder, self.expansions)] if self.expansions else []),
        ]

    @property
    def source(self) -> str:
        """What holds the events e that the vocabulary v is for."""
        return "valued" if self.expansions else "events"

    @property
    def match(self) -> str:
        """When a word of the vocabulary v tells an event e."""
        return "v.event = e.event and v.value = e.value" if self.expansions else "v.event = e.event"


def read_vocabulary(
    binder: Binder, hide: Sequence[str], group: Iterable[tuple[str, str]], expand: Iterable[tuple[str, str]] = ()
) -> Vocabulary:
    """Every event's node: numbered from 0 in the order of their labels.  Names that are hidden but unknown bring a warning.

    An event is told by the first group that fits, then with the value it is expanded by; any of these names can be hidden.
    """
    known = dict(ask_sql(binder.con, "select name, event from event_names order by name").iter_rows())
    patterns = _compiled(group)
    told = {name: _told_as(name, patterns) for name in known}
    expansions = read_expansions(binder, expand, told, known)
    with_values = {label: _with_values(label, one, told.values()) for label, one in expansions.items()}
    words = [
        (name, key, shown)
        for name, label in told.items()
        if name not in hide and label not in hide
        for key, shown in with_values.get(label, {MISSING_KEY: label}).items()
        if shown not in hide
    ]
    said = {*told, *told.values(), *(shown for values in with_values.values() for shown in values.values())}
    for name in hide:
        if name not in said:
            binder.warn(f"No event is named {name!r}.{nearest(name, list(known))}")
    numbers = {label: node for node, label in enumerate(sorted({shown for _, _, shown in words}))}
    labels = _apart(numbers)
    whole = {name for name, label in told.items() if label in expansions}
    return Vocabulary(
        codes=tuple(known[name] for name, _, _ in words),
        nodes=tuple(numbers[shown] for _, _, shown in words),
        labels=OURS | labels,
        aliases={label: node for node, label in labels.items()}
        | {name: numbers[shown] for name, _, shown in words if name not in whole}
        | numbers,
        keys=tuple(key for _, key, _ in words),
        wholes=_wholes(told, with_values, numbers),
        expansions=tuple(expansions.values()),
    )


def _with_values(label: str, expansion: Expansion, taken: Iterable[str]) -> dict[str, str]:
    """Key -> "event: value", none of which is another event's name."""
    others, found = set(taken), {}
    for key, value in expansion.keys.items():
        shown = f"{label}: {value}"
        while shown in others:
            shown += " (value)"
        others.add(shown)
        found[key] = shown
    return found


def _wholes(told: dict[str, str], with_values: dict[str, dict[str, str]], numbers: dict[str, int]) -> dict[str, tuple[int, ...]]:
    """The names of what is expanded, its label and its events, -> the nodes that are shown of it."""
    nodes = {label: tuple(numbers[shown] for shown in values.values() if shown in numbers) for label, values in with_values.items()}
    return nodes | {name: nodes[label] for name, label in told.items() if label in nodes}


def matched_by(names: Iterable[str], group: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """For each group, in order, the names that it tells: those that fit it and none before it."""
    patterns = _compiled(group)
    found: list[list[str]] = [[] for _ in patterns]
    for name in names:
        first = next((at for at, (glob, pattern, _) in enumerate(patterns) if name == glob or pattern.match(name)), None)
        if first is not None:
            found[first].append(name)
    return [tuple(own) for own in found]


def _compiled(group: Iterable[tuple[str, str]]) -> list[tuple[str, re.Pattern[str], str]]:
    return [(glob, re.compile(fnmatch.translate(glob)), label) for glob, label in group]


def _told_as(name: str, patterns: Sequence[tuple[str, re.Pattern[str], str]]) -> str:
    """The label of the first pattern that fits.  A name written out fits itself, whatever brackets or stars it holds."""
    return next((label for glob, pattern, label in patterns if name == glob or pattern.match(name)), name)


def _apart(numbers: dict[str, int]) -> dict[int, str]:
    """Labels that differ from ours and from each other."""
    taken = {*OURS.values(), *numbers}
    labels = {}
    for name, node in numbers.items():
        label = name
        while label in OURS.values() or (label != name and label in taken):
            label += " (event)"
        taken.add(label)
        labels[node] = label
    return labels

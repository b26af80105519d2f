"""The names that paths are told by: events, groups of events, and our own three that no event may take."""

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from journey.rules import Binder, nearest
from journey.warehouse import ask_sql

OTHER, DROP_OFF = "Other", "Drop-off"
START, END = "(start)", "(end)"
OTHER_NODE, DROP_OFF_NODE, START_NODE, END_NODE = -1, -2, -3, -4
OURS = {OTHER_NODE: OTHER, DROP_OFF_NODE: DROP_OFF, START_NODE: START, END_NODE: END}


@dataclass(frozen=True)
class Vocabulary:
    """What each event is told as.

    codes, nodes: parallel; the events that are not hidden, and the node each is told as.
    labels: node -> label, all different.  An event that is really named "Other" is labelled "Other (event)", so that
    the label "Other" is always the rest of a column.
    aliases: every name a person may write for a node (event name, group label, shown label) -> node.
    """

    codes: tuple[int, ...]
    nodes: tuple[int, ...]
    labels: dict[int, str]
    aliases: dict[str, int]

    def node_of_label(self, label: str) -> int | None:
        """The node that is shown under a label; None where none is."""
        return next((node for node, shown in self.labels.items() if shown == label), None)

    def find(self, binder: Binder, name: str) -> int | None:
        """The node a person means by an event's name or a group's label; None, with a warning, where there is none."""
        if name not in self.aliases:
            binder.warn(f"No event is named {name!r}.{nearest(name, list(self.aliases))}")
        return self.aliases.get(name)

    def bind(self, binder: Binder) -> tuple[str, str]:
        """-> CTEs `vocabulary(event, node)` and `labels(node, label)` over bound lists."""
        events, told_as = binder.bind(list(self.codes), "events"), binder.bind(list(self.nodes), "told_as")
        nodes, labels = binder.bind(list(self.labels), "nodes"), binder.bind(list(self.labels.values()), "labels")
        return (
            f"select unnest({events}) as event, unnest({told_as}) as node",
            f"select unnest({nodes}) as node, unnest({labels}) as label",
        )


def read_vocabulary(binder: Binder, hide: Sequence[str], group: Iterable[tuple[str, str]]) -> Vocabulary:
    """Every event's node: numbered from 0 in the order of their labels.  Names that are hidden but unknown bring a warning."""
    known = dict(ask_sql(binder.con, "select name, event from event_names order by name").iter_rows())
    patterns = [(glob, re.compile(fnmatch.translate(glob)), label) for glob, label in group]
    told = {name: _told_as(name, patterns) for name in known}
    for name in hide:
        if name not in told and name not in told.values():
            binder.warn(f"No event is named {name!r}.{nearest(name, list(known))}")
    shown = {name: label for name, label in told.items() if name not in hide and label not in hide}
    numbers = {label: node for node, label in enumerate(sorted(set(shown.values())))}
    labels = _apart(numbers)
    return Vocabulary(
        codes=tuple(known[name] for name in shown),
        nodes=tuple(numbers[label] for label in shown.values()),
        labels=OURS | labels,
        aliases={label: node for node, label in labels.items()} | {name: numbers[label] for name, label in shown.items()} | numbers,
    )


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

"""Where a newcomer may begin to look: what a path had best be, and the event that paths usually start with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from journey.index import open_index
from journey.paths.vocabulary import OURS, read_vocabulary
from journey.rules import Binder, known_properties
from journey.warehouse import Warehouse, ask_sql

if TYPE_CHECKING:
    from journey.index import Array, Index

NEARLY_ALL = 0.9

USUAL_START = """with
-- the place of each event in its path, and the last place there is
placed as (
    select event, row_number() over (partition by {path} order by ts, seq) as place,
        count(*) over (partition by {path}) as events
    from events
)
select n.name
from placed p
join event_names n on n.event = p.event
where p.place = 1 and p.events > 1
group by n.name
order by count(*) desc, n.name
limit 1"""

LONE = """with
sessions as (
    select customer, session, count(*) as events
    from events
    group by customer, session
)
select count(*) filter (where events = 1) as lone, count(*) as sessions, count(distinct customer) as customers
from sessions"""

COMMON = """select n.name
from events e
join event_names n on n.event = e.event
group by n.name
order by count(*) desc, n.name
limit $most"""


def common_events(con: Warehouse, most: int = 2000) -> list[str]:
    """The names of the commonest events, in the order of the alphabet: as many as a list to choose from can hold."""
    if (index := open_index(con)) is not None:
        return sorted(_commonest(index, np.diff(index.starts), most))
    return sorted(ask_sql(con, COMMON, {"most": most})["name"].to_list())


def _commonest(index: "Index", counts: "Array", most: int) -> list[str]:
    """The events that occur at all, the commonest first; ties by name."""
    found = sorted(np.flatnonzero(counts).tolist(), key=lambda code: (-int(counts[code]), index.names[code]))
    return [index.names[code] for code in found[:most]]


def usual_start(con: Warehouse) -> str | None:
    """The event that most paths of several events begin with, of the usual unit; None where every path is one event."""
    whole = usual_unit(con) == "history"
    index = open_index(con)
    bounds = None if index is None else index.customers if whole else index.sessions
    if index is not None and bounds is not None:
        first = index.codes[bounds[:-1][np.diff(bounds) > 1]]
        return next(iter(_commonest(index, np.bincount(first), 1)), None)
    path = "customer" if whole else "customer, session"
    rows = ask_sql(con, USUAL_START.format(path=path))
    return rows.row(0)[0] if rows.height else None


def usual_unit(con: Warehouse) -> str:
    """The customer's "history" where nearly all sessions hold one event and customers come again (a log of days); else "session"."""
    lone, sessions, customers = _lone(con)
    return "history" if sessions > customers and lone >= NEARLY_ALL * sessions else "session"


def lone_sessions(con: Warehouse) -> float | None:
    """The share of all sessions that hold one event; None without a session."""
    lone, sessions, _ = _lone(con)
    return lone / sessions if sessions else None


def anchor_names(con: Warehouse, group: Sequence[tuple[str, str]], expand: Sequence[tuple[str, str]]) -> list[str]:
    """What else than an event's name a path can begin or end with: the labels of groups, and each value of what is expanded."""
    vocabulary = read_vocabulary(Binder(con), (), group, expand)
    names = {label for node, label in vocabulary.labels.items() if node not in OURS} | set(vocabulary.wholes)
    return sorted(names - set(ask_sql(con, "select name from event_names")["name"].to_list()))


def event_properties(con: Warehouse, event: str) -> list[str]:
    """The properties that an event carries, and those of customers: what it can be told with.  Personal ones are left out."""
    personal = ask_sql(con, "select name from properties where personal")["name"].to_list()
    known = [prop for prop in known_properties(con) if prop.type != "timestamp" and prop.name not in personal]
    carried = [prop for prop in known if prop.of == "event"]
    if carried:
        counts = ", ".join(f"count({prop.sql()})" for prop in carried)
        query = f"select {counts} from events e join event_names n on n.event = e.event where n.name = $event"
        carried = [prop for prop, rows in zip(carried, ask_sql(con, query, {"event": event}).row(0), strict=True) if rows]
    return [prop.name for prop in carried] + [prop.name for prop in known if prop.of != "event"]


def _lone(con: Warehouse) -> tuple[int, int, int]:
    """(sessions of one event, sessions, customers)."""
    if (index := open_index(con)) is not None and index.sessions is not None:
        sizes = np.diff(index.sessions)
        return int(np.count_nonzero(sizes == 1)), len(sizes), int(np.count_nonzero(np.diff(index.customers)))
    lone, sessions, customers = ask_sql(con, LONE).row(0)
    return lone, sessions, customers

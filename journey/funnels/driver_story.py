"""The query behind drivers: what each entrant did and is, and how many of those convert.

Its rows: part, name, value, n, converted.  part: all, open (not judged, as their window has not closed), waiting (those
not converted at the landmark), landmark (n is its ms), before, on_the_way, entry, customer, known (who has any value of
a customer's property).
"""

from typing import Any

from journey.funnels.driver_question import DriversQuestion
from journey.funnels.entrants import shown_id, tell_entrants
from journey.funnels.story import Story, Terms
from journey.rules import Binder, Property, known_properties
from journey.rules.match import NUMBERS
from journey.scope import Scope
from journey.warehouse import ask_sql, quote

BEFORE, ON_THE_WAY, ENTRY, CUSTOMER = "before", "on_the_way", "entry", "customer"
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
ROUND = [
    *(n * SECOND for n in (1, 2, 5, 10, 20, 30)),
    *(n * MINUTE for n in (1, 2, 3, 5, 10, 15, 20, 30)),
    *(n * HOUR for n in (1, 2, 4, 8, 12)),
    *(n * DAY for n in (1, 2, 3, 7, 14, 30, 90)),
]


def tell_drivers(binder: Binder, question: DriversQuestion, scope: Scope) -> str:
    """The defining query."""
    story, terms = _told(binder, question, scope)
    properties = _properties(binder)
    _tell_is(story, properties)
    parts = [_total("all", "entrants", "x.t_end is not null"), _total("waiting", "waiting", "x.t_end is not null")]
    parts.append(_still_open(terms))
    parts.append("select 'landmark' as part, null as name, null as value, length as n, null as converted\nfrom landmark")
    skipped = _skipped(binder, terms)
    parts += [_of_events(BEFORE, "entrants", skipped), _of_events(ON_THE_WAY, "waiting", skipped)]
    binder.params["minimum"] = question.minimum
    parts += [_of_property(binder, prop, place) for place, prop in enumerate(properties)]
    return story.ending("\nunion all\n".join(parts))


def tell_holds(
    binder: Binder, question: DriversQuestion, scope: Scope, when: str, name: Any, value: Any, wanted: bool, converted: bool | None
) -> str:
    """Who is on one side of one comparison: a query of one column, id."""
    story, _ = _told(binder, question, scope)
    source, known = "waiting" if when == ON_THE_WAY else "entrants", ""
    if when in (BEFORE, ON_THE_WAY):
        behind = f"x.unit in (select unit from did where {when} and event = {binder.event(str(name))})"
    else:
        prop = next((prop for prop in _properties(binder) if (prop.of == "customer") == (when == CUSTOMER) and prop.name == name), None)
        if prop is None:
            binder.property(str(name))
        _tell_is(story, [prop] if prop else [])
        held = f"h.held_0 = {binder.bind('' if value is None else str(value), 'value')}"
        behind = f"x.unit in (select unit from held h where {held})" if prop else "false"
        known = "x.unit in (select unit from held h where h.held_0 <> '')" if prop and when == CUSTOMER else ""
    where = [behind if wanted else f"not ({behind})", *([known] if known else [])]
    where += [] if converted is None else [f"x.t_end is {'not ' if converted else ''}null"]
    shown = shown_id(question.of, "x.unit", "c")
    return story.ending(
        f"select {shown} as id\nfrom {source} x\njoin customers c on c.customer = x.customer\nwhere {' and '.join(where)}\norder by id"
    )


def _told(binder: Binder, question: DriversQuestion, scope: Scope) -> tuple[Story, Terms]:
    """Up to `did`: per entrant and event, whether it was done before the entry, and on the way."""
    story, terms = tell_entrants(binder, question.of, scope)
    if question.within is None:
        binder.params["lengths"] = ROUND
        longest = (
            "select max(length) as length\nfrom (select unnest($lengths) as length) as lengths\n"
            "where length <= (select quantile_cont(t_end - t_0, 0.25) from entrants)"
        )
        story.tell("landmark", "the longest round time by which no more than a quarter of the conversions had come", longest)
    else:
        binder.params["within"] = question.within
        story.tell("landmark", "how long after the entry counts as on the way", "select $within as length")
    waits = "select x.*\nfrom entrants x\ncross join landmark l\nwhere x.t_end is null or x.t_end - x.t_0 > l.length"
    story.tell("waiting", "who had not converted at the landmark", waits + "\n    and l.length is not null")
    since = ""
    if question.before is not None:
        binder.params["before"] = question.before
        since = "\n    and e.ts >= x.t_0 - $before"
    story.tell(
        "did",
        "what each did before the entry, and until the landmark; what came at the entry's very moment is neither",
        "select x.unit, e.event, bool_or(e.ts < x.t_0) as before, bool_or(e.ts > x.t_0) as on_the_way\n"
        "from entrants x\ncross join landmark l\n"
        f"join events e on e.customer = x.customer and e.ts <> x.t_0{since}\n    and e.ts <= x.t_0 + coalesce(l.length, 0)\n"
        "group by x.unit, e.event",
    )
    return story, terms


def _properties(binder: Binder) -> list[Property]:
    """Those with values a person can read: no times, no hashes of what is personal."""
    personal = 'select "of", name from properties where personal'
    hidden = set(ask_sql(binder.con, personal).iter_rows())
    return [prop for prop in known_properties(binder.con) if prop.type != "timestamp" and (prop.of, prop.name) not in hidden]


def _tell_is(story: Story, properties: list[Property]) -> None:
    """One row per entrant with its values as text; numbers are cut at the median of all entrants."""
    raw = "".join(f",\n    {'e' if prop.of == 'event' else 'c'}.{quote(prop.column)} as v_{at}" for at, prop in enumerate(properties))
    story.tell(
        "valued",
        "the properties of the event that entered, and of the customer",
        f"select x.unit, x.t_end{raw}\nfrom entrants x\njoin events e on e.customer = x.customer and e.seq = x.seq\n"
        "join customers c on c.customer = x.customer",
    )
    held = "".join(f",\n    {_text(prop, at)} as held_{at}" for at, prop in enumerate(properties))
    story.tell("held", "the same as text, missing as none", f"select unit, t_end{held}\nfrom valued")


def _text(prop: Property, at: int) -> str:
    if prop.type not in NUMBERS:
        return f"coalesce(cast(v_{at} as varchar), '')"
    middle = f"(select quantile_disc(v_{at}, 0.5) from valued)"
    return f"case when v_{at} is null then '' when v_{at} > {middle} then concat('above ', {middle}) else concat('up to ', {middle}) end"


def _skipped(binder: Binder, terms: Terms) -> str:
    """The names of the funnel's own events."""
    names = sorted({name for kind in terms.ties.kinds.values() for name in kind.names})
    binder.params["own"] = names
    return "not list_contains($own::varchar[], n.name)"


def _total(part: str, source: str, converted: str) -> str:
    return (
        f"select '{part}' as part, null as name, null as value, count(*) as n, count(*) filter (where {converted}) as converted\n"
        f"from {source} x"
    )


def _still_open(terms: Terms) -> str:
    """How many entered and are not judged, since their window has not closed."""
    is_open = f"a.t_0 + {terms.window} > $until" if terms.window else "false"
    return f"select 'open' as part, null as name, null as value, count(*) as n, null as converted\nfrom answer a\nwhere {is_open}"


def _of_events(when: str, source: str, skipped: str) -> str:
    return (
        f"select '{when}' as part, n.name, null as value, count(*) as n, count(x.t_end) as converted\n"
        f"from did d\njoin {source} x on x.unit = d.unit\njoin event_names n on n.event = d.event\n"
        f"where d.{when} and {skipped}\ngroup by n.name"
    )


def _of_property(binder: Binder, prop: Property, at: int) -> str:
    """Who lacks a customer's property is left out: often it is known only of those who went far enough to tell it."""
    name = binder.bind(prop.name, "property")
    columns = f"{name} as name, held_{at} as value, count(*) as n, count(t_end) as converted\nfrom held"
    if prop.of == "event":
        return f"select '{ENTRY}' as part, {columns}\ngroup by held_{at}\nhaving count(*) >= $minimum"
    known = (
        f"select 'known' as part, {name} as name, null as value, count(*) as n, count(t_end) as converted\nfrom held\nwhere held_{at} <> ''"
    )
    values = f"select '{CUSTOMER}' as part, {columns}\nwhere held_{at} <> ''\ngroup by held_{at}\nhaving count(*) >= $minimum"
    return f"{known}\nunion all\n{values}"

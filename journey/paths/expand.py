"""An event told with the value of a property: "view" by "category" becomes "view: shoes", "view: hats", "view: (none)".

Known limit: the commonest 100 values of an event have a name of their own, over the whole log, whatever the scope; the rest
of them is one, "view: (other values)".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from journey.rules import Binder, Property, nearest
from journey.warehouse import ask_sql

MOST_VALUES = 100
MISSING, REST = "(none)", "(other values)"
# What a value is known by inside a query: with a sign before it, so that no value is taken for a missing one or the rest.
MISSING_KEY, REST_KEY, OWN = "", "*", "="

VALUES = """select {text} as value
from events e
where list_contains({codes}, e.event) and {text} <> ''
group by value
order by count(*) desc, value
limit {most}"""

VALUED = """
-- every event with the value it is told with, where it is told with one
valued as (
    select e.customer, e.session, e.ts, e.seq, e.event, case{cases} else {none} end as value
    from events e
)"""

CASE = """
        when list_contains({codes}, e.event) then {key}"""


@dataclass(frozen=True)
class Expansion:
    """codes: the events that are told so.  keys: what each value is known by -> what is shown after the event's name.

    key_sql: the key of an event e.  property: whose values these are.
    """

    codes: tuple[int, ...]
    keys: dict[str, str]
    key_sql: str
    property: Property

    def key_of(self, value: str | None) -> str:
        """What a value, as text, is known by: as key_sql has it."""
        if not value:
            return MISSING_KEY
        return OWN + value if OWN + value in self.keys else REST_KEY


def read_expansions(
    binder: Binder, expand: Iterable[tuple[str, str]], told: Mapping[str, str], known: Mapping[str, int]
) -> dict[str, Expansion]:
    """Label -> how it is expanded.

    told: event -> the label it is told by.  known: event -> its code.  An event inside a group stands for the group.
    What is expanded but unknown brings a warning, and is told as it was.
    """
    found = {}
    for name, property_name in expand:
        label = told.get(name, name)
        codes = tuple(known[event] for event, shown in told.items() if shown == label)
        if not codes:
            binder.warn(f"No event is named {name!r}.{nearest(name, list(known))}")
        elif (prop := binder.property(property_name)) is not None:
            found[label] = _expansion(binder, codes, prop)
    return found


def _expansion(binder: Binder, codes: tuple[int, ...], prop: Property) -> Expansion:
    bound, text = binder.bind(list(codes), "expanded"), prop.text("e")
    most = binder.bind(MOST_VALUES + 1, "most_values")
    values = ask_sql(binder.con, VALUES.format(text=text, codes=bound, most=most), binder.params)["value"].to_list()
    own, rest = values[:MOST_VALUES], values[MOST_VALUES:]
    keys = {MISSING_KEY: MISSING} | ({REST_KEY: REST} if rest else {}) | {OWN + value: value for value in own}
    missing = binder.bind(MISSING_KEY, "missing")
    key = f"coalesce({binder.bind(OWN, 'own')} || nullif({text}, ''), {missing})"
    if rest:
        named = f"list_contains({binder.bind(own, 'own_values')}, {text})"
        key = f"case when coalesce({text}, '') = '' or {named} then {key} else {binder.bind(REST_KEY, 'rest')} end"
    return Expansion(codes, keys, key, prop)


def tell_valued(binder: Binder, expansions: Sequence[Expansion]) -> str:
    """The CTE `valued`: events with the key of their value."""
    cases = "".join(CASE.format(codes=binder.bind(list(one.codes), "expanded"), key=one.key_sql) for one in expansions)
    return VALUED.format(cases=cases, none=binder.bind(MISSING_KEY, "missing"))


def told_expansions(expand: Iterable[tuple[str, str]]) -> str:
    """The convention in words; "" where nothing is expanded."""
    pairs = [f"{event} with its {name}" for event, name in expand]
    if not pairs:
        return ""
    return (
        f" Told with a value: {', '.join(pairs)}; a missing or empty one is {MISSING}, and past the {MOST_VALUES} commonest of the log "
        f"they are {REST}. Such an event as a start, an end or a repeat stands for each of its values."
    )

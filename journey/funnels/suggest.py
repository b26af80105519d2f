"""Likely funnels, from the log itself: which events customers rarely do without having done another before.

Before an event's first time, most of its customers had done its parent; of several such events the parent is the one
that the fewest do.  A chain of parents, from a common event down to a goal, is a funnel worth a look.  Known limit: it
reads the first time of each event only, of at most 20,000 customers and the 60 events most of them do.
"""

from collections.abc import Sequence

from journey.funnels.measure import measure_funnel
from journey.funnels.question import FunnelQuestion
from journey.rules import Property, known_properties
from journey.rules.commonest import COMMONEST, SETBACKS, commonest_values
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, quote, setting

NEEDED, NEAR = 0.7, 0.15
LONGEST = 5
GOALS = ("purchase", "order", "paid", "pay", "subscri", "checkout_complete", "success", "complete", "passed", "confirm", "sign", "book")

PAIRS = f"""with {COMMONEST},
firsts as (
    -- the first time that each of them did each of these
    select e.customer, e.event, min(e.ts) as ts
    from events e
    join sampled s on s.customer = e.customer
    join common c on c.event = e.event
    group by e.customer, e.event
),
pairs as (
    -- how many did a before, or at the first time of, b
    select a.event as a, b.event as b, count(*) as ahead
    from firsts a
    join firsts b on b.customer = a.customer and a.event <> b.event and a.ts <= b.ts
    group by a.event, b.event
)
select n.name as a, m.name as b, p.ahead, x.customers as n_a, y.customers as n_b
from pairs p
join event_names n on n.event = p.a
join event_names m on m.event = p.b
join common x on x.event = p.a
join common y on y.event = p.b
order by n.name, m.name"""


def suggest_steps(con: Warehouse, limit: int = 3) -> tuple[tuple[str, ...], ...]:
    """Up to `limit` funnels of two to five event names, the likeliest first.

    A log without such a chain answers its most common events, in the order customers usually do them first; one with a
    single event name answers that alone; an empty log nothing.
    """
    pairs = _pairs(con)
    reach = {a: n_a for a, _, _, n_a, _ in pairs} | {b: n_b for _, b, _, _, n_b in pairs}
    if not reach:
        return _few_names(con)
    parents = _parents(pairs)
    chains = [_chain(goal, parents) for goal in _goals(con, parents, reach)]
    found: list[tuple[str, ...]] = []
    for chain in chains:
        if len(chain) > 1 and not any(set(chain) <= set(other) for other in found):
            found.append(chain)
    return tuple(found[:limit]) or (_common_order(pairs, reach),)


def _pairs(con: Warehouse) -> list[tuple[str, str, int, int, int]]:
    return ask_sql(con, PAIRS, commonest_values(con)).rows()


def _few_names(con: Warehouse) -> tuple[tuple[str, ...], ...]:
    names = ask_sql(con, "select name from event_names order by event limit 1")["name"].to_list()
    return (tuple(names),) if names else ()


def _parents(pairs: Sequence[tuple[str, str, int, int, int]]) -> dict[str, str]:
    """Of the events that most customers of an event did before it, those it needs most; of these the rarest."""
    need = {(a, b): ahead / n_b for a, b, ahead, n_a, n_b in pairs if ahead >= NEEDED * n_b and n_a > n_b * 1.005}
    most: dict[str, float] = {}
    for (_, b), share in need.items():
        most[b] = max(share, most.get(b, 0.0))
    reach = {a: n_a for a, _, _, n_a, _ in pairs}
    near = [(reach[a], a, b) for (a, b), share in need.items() if share >= most[b] - NEAR]
    return {b: a for _, a, b in sorted(near, reverse=True)}


def _chain(goal: str, parents: dict[str, str]) -> tuple[str, ...]:
    chain = [goal]
    while chain[-1] in parents and len(chain) < LONGEST:  # a parent has more customers, so the chain ends
        chain.append(parents[chain[-1]])
    return tuple(reversed(chain))


def _goals(con: Warehouse, parents: dict[str, str], reach: dict[str, int]) -> list[str]:
    """What a funnel may end in: the event that brings revenue, then what is called like a goal, then the deepest chains."""
    revenue = (setting(con, "revenue") or {}).get("event")
    enough = max(5, max(reach.values()) // 200)

    def weight(name: str) -> tuple[bool, bool, bool, int, int, int, str]:
        setback = any(word in name.lower() for word in SETBACKS)
        called = next((at for at, word in enumerate(GOALS) if word in name.lower()), len(GOALS))
        depth = len(_chain(name, parents))
        return (name != revenue, setback, called == len(GOALS) or depth < 3, -min(depth, 4), called, -reach[name], name)

    return sorted((name for name in parents if reach[name] >= enough or name == revenue), key=weight) or sorted(parents, key=weight)


def _common_order(pairs: Sequence[tuple[str, str, int, int, int]], reach: dict[str, int]) -> tuple[str, ...]:
    common = sorted(reach, key=lambda name: (-reach[name], name))[:3]
    ahead = {name: sum(n for a, b, n, _, _ in pairs if a == name and b in common) for name in common}
    return tuple(sorted(common, key=lambda name: (-ahead[name], -reach[name], name)))


HOUR, DAY = 3_600_000, 86_400_000
WINDOWS = (HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY)


def suggest_window(con: Warehouse, steps: Sequence[str]) -> int | None:
    """ms: the shortest of 7, 30, 90 and 365 days within which three of four conversions come; None beyond.

    In a log shorter than a fortnight an hour and a day come first: a week's windows would hardly close in it.
    """
    curve = measure_funnel(con, FunnelQuestion(tuple(steps)), Scope()).curve
    most = 0.0 if curve is None else 1000 * next(seconds for seconds, share in curve.points if share >= 0.75)
    first, last = ask_sql(con, "select min(first_ts), max(last_ts) from customers").row(0)
    shortest = HOUR if first is not None and last - first < 14 * DAY else 7 * DAY
    return next((window for window in WINDOWS if window >= max(most, shortest)), None)


LIKELY = ("device", "platform", "channel", "source", "plan", "country", "browser", "os", "segment", "tier")
MOST_VALUES = 20
LEAST_BITS = 0.25  # of entropy: less is one value for 96 of 100


def suggest_breakdowns(con: Warehouse) -> tuple[str, ...]:
    """Properties with two to twenty values, none of which nearly everyone has; those usually asked for first."""
    texts = [prop for prop in known_properties(con) if prop.type in ("varchar", "boolean")]
    found = [prop.name for of, table in (("event", "events"), ("customer", "customers")) for prop in _telling(con, of, table, texts)]
    rank = {name: next((at for at, word in enumerate(LIKELY) if word in name.lower()), len(LIKELY)) for name in found}
    return tuple(sorted(rank, key=lambda name: (rank[name], name)))


def _telling(con: Warehouse, of: str, table: str, known: Sequence[Property]) -> list[Property]:
    """Of a sample of customers.  A column is named by the loader, and passes the quoting function all the same."""
    props = [prop for prop in known if prop.of == of]
    if not props:
        return []
    columns = ", ".join(f"count(distinct {quote(p.column)}) as n_{at}, entropy({quote(p.column)}) as h_{at}" for at, p in enumerate(props))
    row = ask_sql(con, f"select {columns} from {table} where customer % $every = 0", commonest_values(con)).row(0)
    return [prop for prop, n, bits in zip(props, row[::2], row[1::2], strict=True) if 2 <= n <= MOST_VALUES and (bits or 0.0) >= LEAST_BITS]


def suggest_values(con: Warehouse, name: str, most: int = 50) -> tuple[str, ...]:
    """Values of a property as text, the commonest first, of a sample of customers; none where it is not known."""
    prop = next((prop for prop in known_properties(con) if prop.name == name), None)
    if prop is None:
        return ()
    table = "events" if prop.of == "event" else "customers"
    text = prop.as_text(f"t.{quote(prop.column)}")
    query = (
        f"select {text} as value\nfrom {table} t\nwhere t.customer % $every = 0 and t.{quote(prop.column)} is not null\n"
        "group by value\norder by count(*) desc, value\nlimit $most"
    )
    return tuple(ask_sql(con, query, commonest_values(con) | {"most": most})["value"].to_list())

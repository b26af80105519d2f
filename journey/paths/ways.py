"""How do most paths begin, or end?  The commonest first two events, first three, and so on; the last ones where there is an end.

Counted: paths that begin (end) so, whatever follows (comes before).
"""

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 8  # events of a way: a longer one cannot be told in a sentence

WAY = """
    (select [{columns}] as nodes, count(*) as paths, count(distinct customer) as customers
    from trails
    where {outmost} is not null
    group by {columns}
    order by paths desc, {columns}
    limit 1)"""

WAYS = """,
-- of each length, the way that most paths begin with, or end with where there is an end
ways as ({each}
)"""

ROWS = """
union all
select 'way', null, null, null, nodes, paths, customers, null, null, null
from ways"""


@dataclass(frozen=True)
class Way:
    """The commonest of its length.  count: paths that begin with these events (end with them, towards an end)."""

    events: tuple[str, ...]
    count: int
    customers: int


def tell_ways(columns: Sequence[str], backwards: bool) -> tuple[str, str]:
    """-> (the CTE `ways`, its rows in the answer); both empty where there is one column only."""
    each = []
    for length in range(2, min(len(columns), LONGEST) + 1):
        own = columns[-length:] if backwards else columns[:length]
        each.append(WAY.format(columns=", ".join(own), outmost=own[0] if backwards else own[-1]))
    return (WAYS.format(each="\n    union all".join(each)), ROWS) if each else ("", "")

"""How sure the shares of top paths are: paths of one customer resemble each other, and that costs certainty.

Counted: paths, as in the answer, with the sums over customers that `Part` needs for its interval.
"""

from journey.paths.difference import Part
from journey.paths.paths import MOST_PATHS, columns_of, tell_trails
from journey.paths.question import PathsQuestion
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

FINISH = """,
-- a customer's paths, and how many of them go each way
owned as (
    select customer, count(*) as owned from trails group by customer
),
taken as (
    select {nodes}, customer, count(*) as paths from trails group by {nodes}, customer
)
select [{nodes}] as nodes, sum(t.paths) as paths, count(*) as customers, sum(t.paths * t.paths) as squares,
    sum(t.paths * o.owned) as products, (select sum(owned) from owned) as total, (select sum(owned * owned) from owned) as total_squares
from taken t
join owned o on o.customer = t.customer
group by {nodes}
order by paths desc, {nodes}
limit {most}"""


def path_parts(con: Warehouse, question: PathsQuestion, scope: Scope) -> dict[tuple[str, ...], Part]:
    """Each top path's events -> its part of all paths."""
    binder, vocabulary, story = tell_trails(con, question, scope, finish=False)
    text = story + FINISH.format(nodes=", ".join(columns_of(question)), most=binder.bind(MOST_PATHS, "most"))
    found = {}
    for row in ask_sql(con, text, binder.params).iter_rows(named=True):
        events = tuple(vocabulary.labels[node] for node in row["nodes"] if node is not None)
        sums = (int(row[name]) for name in ("paths", "customers", "total", "squares", "products", "total_squares"))
        found[events] = Part(*sums)
    return found

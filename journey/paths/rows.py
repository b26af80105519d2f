"""The rows that answer a question about paths, as SQL: what `paths` counts of the cells, moves and trails of the story.

The journey index answers the same rows (by_index).
"""

from journey.paths.question import PathsQuestion
from journey.paths.story import cells_of, tell_paths
from journey.paths.vocabulary import Vocabulary, read_vocabulary
from journey.paths.ways import tell_ways
from journey.rules import Binder
from journey.scope import Scope
from journey.warehouse import Warehouse

TRAILS = """,
-- whole ways through the columns, by the events themselves; null where there is none
trails as (
    select customer, session, max(ts) - min(ts) as took,
        {nodes}
    from shown
    group by customer, session
)"""

FINISH = """,
-- beside each path, how many its customer has, and how many of these go the same way
owned as (
    select *, count(*) over (partition by customer) as owned, count(*) over (partition by customer, {nodes}) as alike
    from trails
),
-- summed over paths, `alike` is the sum over customers of their paths here squared, and `owned` that of them times all their paths
top_paths as (
    select {nodes}, count(*) as paths, count(distinct customer) as customers, median(took) / 1000.0 as seconds,
        sum(alike) as squares, sum(owned) as products
    from owned
    group by {nodes}
    order by paths desc, {nodes}
    limit {most}
){ways}
select 'all' as mark, null as step, null as source, null as target, null as nodes,
    count(*) as paths, count(distinct customer) as customers, null as seconds, sum(owned) as squares, null as products
from owned
union all
select 'node', step, node, null, null, count(*), count(distinct customer), null, null, null
from {cells} group by step, node
union all
select 'link', step, source, target, null, count(*), count(distinct customer), sum(took) / nullif(count(took), 0) / 1000.0, null, null
from moves where target is not null group by step, source, target
union all
select 'path', null, null, null, [{nodes}], paths, customers, seconds, squares, products
from top_paths{way_rows}"""


def columns_of(question: PathsQuestion) -> list[str]:
    return [f"node_{number}" for number in range(1, question.steps + 1)]


def tell_trails(con: Warehouse, question: PathsQuestion, scope: Scope, most: int | None = None) -> tuple[Binder, Vocabulary, str]:
    """-> (binder, vocabulary, the story down to the trails, and to the answer's rows, with the `most` commonest, where they are asked)."""
    binder = Binder(con)
    vocabulary = read_vocabulary(binder, question.hide, question.group, question.expand)
    text = tell_paths(binder, question, scope, vocabulary) + _trails(binder, question)
    if most is not None:
        nodes = ", ".join(columns_of(question))
        ways, way_rows = tell_ways(columns_of(question), question.backwards)
        text += FINISH.format(nodes=nodes, cells=cells_of(question), most=binder.bind(most, "most"), ways=ways, way_rows=way_rows)
    return binder, vocabulary, text


def _trails(binder: Binder, question: PathsQuestion) -> str:
    first = -question.steps if question.backwards else 1
    nodes = (
        f"max(case when step = {binder.bind(first + at, 'column')} then node end) as {column}"
        for at, column in enumerate(columns_of(question))
    )
    return TRAILS.format(nodes=",\n        ".join(nodes))

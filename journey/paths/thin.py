"""Links thinner than asked for: their paths are told as Other, column by column away from the anchor.

A link is weighed after the columns before it were settled, so every link to an event that remains carries at least
`min_count` paths, and not one path is lost.  The anchor itself keeps its name.
"""

from journey.paths.question import PathsQuestion
from journey.paths.vocabulary import OTHER_NODE
from journey.rules import Binder

FIRST = """
-- events too thin for a row of their own are Other
folded_1 as (
    select customer, session, ts, step, case when {thin} then {other} else node end as node
    from cells
    where step = {step}
)"""

NEXT = """
folded_{number} as (
    select c.customer, c.session, c.ts, c.step, case when {thin} then {other} else c.node end as node
    from cells c
    join folded_{before} f on f.customer = c.customer and f.session = c.session
    where c.step = {step}
)"""

ALL = """
folded as (
    {columns}
)"""


def fold_thin(binder: Binder, question: PathsQuestion) -> list[str]:
    """CTEs folded_1, folded_2, ... and folded, which holds what `cells` does."""
    least, other = binder.bind(question.min_count, "min_count"), binder.bind(OTHER_NODE, "other")
    sign = -1 if question.backwards else 1
    anchored = question.end is not None or question.start is not None
    alone = "false" if anchored else f"node >= 0 and count(*) over (partition by node) < {least}"
    parts = [FIRST.format(thin=alone, other=other, step=binder.bind(sign, "column"))]
    for number in range(2, question.steps + 1):
        thin = f"c.node >= 0 and count(*) over (partition by f.node, c.node) < {least}"
        step = binder.bind(sign * number, "column")
        parts.append(NEXT.format(number=number, before=number - 1, thin=thin, other=other, step=step))
    columns = "\n    union all\n    ".join(f"select * from folded_{number}" for number in range(1, question.steps + 1))
    return [*parts, ALL.format(columns=columns)]

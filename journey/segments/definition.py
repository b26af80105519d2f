"""The comparison of two segments in SQL: what each customer did and is, then sums over the customers of either side.

Answers kind, "of", name, value, and for each side: n (customers with such a row), hits, x and xx (sums over customers).
"""

from dataclasses import dataclass

from journey.rules import Binder, known_properties
from journey.rules.facts import Facts
from journey.rules.match import NUMBERS, Property
from journey.rules.segment import as_of, holds
from journey.scope import Scope
from journey.segments.question import CompareQuestion
from journey.warehouse import quote

TEXTS = ("varchar", "boolean")
MOST_VALUES = 12
LEAST_SHARE, FEWEST = 0.01, 2
ACTED = "select a.customer, n.name, null as value, a.times as x, 1 as hit from acts a join event_names n on n.event = a.event"

ACTS = """acts as (
    -- how often each customer did each event in the period
    select e.customer, e.event, count(*) as times
    from events e
    where {during}
    group by e.customer, e.event
)"""

TRIED = """tried as (
    -- of each outcome, whether a customer did either step in the period
    select
        e.customer,
        {flags}
    from events e
    where {during}
    group by e.customer
)"""

SUMS = """select
    '{kind}' as kind, '{of}' as "of", {name} as name, t.value,
    cast(sum(p.in_a) as bigint) as n_a, cast(sum(p.in_b) as bigint) as n_b,
    cast(sum(p.in_a * t.hit) as bigint) as hits_a, cast(sum(p.in_b * t.hit) as bigint) as hits_b,
    cast(sum(p.in_a * t.x) as double) as x_a, cast(sum(p.in_b * t.x) as double) as x_b,
    cast(sum(p.in_a * t.x * t.x) as double) as xx_a, cast(sum(p.in_b * t.x * t.x) as double) as xx_b
from ({rows}) t
join people p on p.customer = t.customer
group by {by}"""

# Of a property the commonest values, but for strays and ids that hardly anyone carries.
COMMON = """
having sum(greatest(p.in_a, p.in_b)) >= (select greatest({fewest}, {least} * sum(greatest(in_a, in_b))) from people)
order by sum(greatest(p.in_a, p.in_b)) desc, t.value
limit {most}"""

SIZES = """select
    -- how many are on either side, and on both (in the place of hits_a)
    'all', '', '', null,
    cast(sum(in_a) as bigint), cast(sum(in_b) as bigint), cast(sum(in_a * in_b) as bigint), 0, 0, 0, 0, 0
from people"""

BEHIND = """
select c.id
from ({rows}) t
join people p on p.customer = t.customer
join customers c on c.customer = t.customer
where {name} = $name and t.value is not distinct from $value and t.hit = 1 and p.{side} = 1
order by c.id"""

EVERYONE = """
select c.id
from people p
join customers c on c.customer = p.customer
where p.{side} = 1
order by c.id"""


@dataclass(frozen=True)
class Told:
    """What is told of customers: rows of customer, value, x (the amount), hit (1 where it is so).

    name: SQL of its name, the same for all rows unless `named` by each.
    """

    kind: str
    of: str
    name: str
    rows: str
    named: bool = False

    def sums(self) -> str:
        by = "t.name" if self.named else "t.value"
        text = SUMS.format(kind=self.kind, of=self.of, name=self.name, rows=self.rows, by=f"{by}, t.value" if self.named else by)
        return f"({text}{COMMON.format(fewest=FEWEST, least=LEAST_SHARE, most=MOST_VALUES)})" if self.kind == "property" else text

    def behind(self, side: str) -> str:
        return BEHIND.format(rows=self.rows, name=self.name, side=side)


def define(binder: Binder, question: CompareQuestion, scope: Scope) -> tuple[str, list[Told]]:
    """-> (the story that all share, what is told of customers by its end)."""
    during = _during(binder, scope)
    parts = [_people(binder, question, scope), ACTS.format(during=during), *_tried(binder, question, during)]
    told = [Told("event", "event", "t.name", ACTED, named=True)]
    told += [_worn(binder, prop, during) for prop in looked_at(binder)] + _outcomes(binder, question)
    return "with " + ",\n".join(parts) + "\n", told


def tell_sums(story: str, told: list[Told]) -> str:
    """The whole query of the comparison."""
    return story + "\nunion all\n".join([*(one.sums() for one in told), SIZES])


def looked_at(binder: Binder) -> list[Property]:
    """The properties that can be compared: texts, truths and numbers that are not personal."""
    personal = "select \"of\" || ' ' || name from properties where personal"
    hidden = {row[0] for row in binder.con.connection.execute(personal).fetchall()}
    return [prop for prop in known_properties(binder.con) if prop.type in (*TEXTS, *NUMBERS) and f"{prop.of} {prop.name}" not in hidden]


def _people(binder: Binder, question: CompareQuestion, scope: Scope) -> str:
    """Who is on which side, as of the end of the scope."""
    facts = Facts(binder, as_of(binder, scope))
    a = holds(facts, question.a)
    b = f"not {a}" if question.b is None else holds(facts, question.b)
    within = "true" if scope.segment is None else holds(facts, scope.segment)
    sides = f"k.customer, case when {a} then 1 else 0 end as in_a, case when {b} then 1 else 0 end as in_b"
    return f"people as (\n    -- everyone known, and on which side they are\n{facts.query(sides, within)}\n)"


def _during(binder: Binder, scope: Scope) -> str:
    parts = [] if scope.start is None else [f"e.ts >= {binder.bind(scope.start, 'scope_start')}"]
    parts += [] if scope.stop is None else [f"e.ts < {binder.bind(scope.stop, 'scope_stop')}"]
    return " and ".join(parts) or "true"


def _worn(binder: Binder, prop: Property, during: str) -> Told:
    """Of a text each value that a customer carries, of a number their mean."""
    name, column = binder.bind(prop.name, "property"), f"e.{quote(prop.column)}"
    source = f"from {'events' if prop.of == 'event' else 'customers'} e where {column} is not null"
    source += f" and {during}" if prop.of == "event" else ""
    if prop.type in NUMBERS:
        number = f"cast({column} as double)"
        means = f"select e.customer, null as value, avg({number}) as x, 1 as hit {source} and isfinite({number}) group by e.customer"
        return Told("mean", prop.of, name, means)
    values = f"select distinct e.customer, {prop.as_text(column)} as value {source}"
    return Told("property", prop.of, name, f"select customer, value, 1 as x, 1 as hit from ({values}) v")


def _tried(binder: Binder, question: CompareQuestion, during: str) -> list[str]:
    """Whether each customer did either step of each outcome in the period."""
    if not question.outcomes:
        return []
    flags = ",\n        ".join(
        f"max(case when {binder.match(outcome.did).sql} then 1 else 0 end) as did_{k}, "
        f"max(case when {binder.match(outcome.of).sql} then 1 else 0 end) as of_{k}"
        for k, outcome in enumerate(question.outcomes)
    )
    return [TRIED.format(flags=flags, during=during)]


def _outcomes(binder: Binder, question: CompareQuestion) -> list[Told]:
    """Who did one step, and whether they did the other, too."""
    return [
        Told(
            "outcome",
            "event",
            binder.bind(outcome.name, "outcome"),
            f"select customer, null as value, did_{k} as x, did_{k} as hit from tried where of_{k} = 1",
        )
        for k, outcome in enumerate(question.outcomes)
    ]

"""Journey itself, in its three ways to an answer: the library's call, `ask` with plain data, and the defining SQL.

None of them keeps answers: what the app's own cache would spare is not measured here.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from bench.questions import TIMELINE_OF, Asked, Question, code
from journey.ask import KINDS, ask, resolve_rule
from journey.scope import Scope, read_scope
from journey.warehouse import Warehouse, ask_sql

EVENTS_OF = """
select e.ts, n.name from events e join event_names n on n.event = e.event join customers c on c.customer = e.customer
where c.id = $id order by e.ts, e.seq"""


def ask_journey(con: Warehouse, question: Question) -> dict[str, Asked]:
    """{way: how it is asked}."""
    return {
        "Journey": library(con, question),
        "Journey, ask": Asked(lambda: ask(con, question.plain), question.read),
        "Journey, SQL": defining_sql(con, question),
    }


def library(con: Warehouse, question: Question) -> Asked:
    measure = _measure(con, question)
    return Asked(measure, lambda answer: question.read(answer.as_plain()))


def defining_sql(con: Warehouse, question: Question) -> Asked:
    """The query that "How was this counted?" shows; its rows are the answer's, so they are not compared again."""
    evidence = _measure(con, question)().evidence
    return Asked(lambda: ask_sql(con, evidence.sql, evidence.params), lambda _: None)


def _measure(con: Warehouse, question: Question) -> Callable[[], Any]:
    plain = dict(question.plain)
    kind = KINDS[plain.pop("ask")]
    room = import_module(kind.room)
    scope = read_scope(plain.pop("scope", None))
    scope = Scope(scope.start, scope.stop, scope.timezone, resolve_rule(con, scope.segment, scope))
    read, measure = getattr(room, kind.reader)(plain), getattr(room, kind.measurer)
    return lambda: measure(con, read, scope)


def timeline(con: Warehouse) -> Asked:
    """The events of one customer, as the customer's page reads them."""
    who = {"id": f"c{TIMELINE_OF:08}"}
    return Asked(
        lambda: ask_sql(con, EVENTS_OF, who).rows(),
        lambda rows: [(ts, code(name)) for ts, name in rows],
    )

"""Who is due: the customers for whom the rule of a trigger holds, by what they did before a moment.

Being due is the rule alone.  What forbids an action (consent, caps, cooldown) is judged where one is chosen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from journey.actions.catalog import Trigger
from journey.actions.catalog.judge import judge
from journey.rules import Binder, in_segment
from journey.rules.facts import Facts
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, one


@dataclass(frozen=True)
class Due:
    """by: name of each trigger -> the ids for whom its rule holds, sorted.  sql, binder: the one query that found them."""

    by: Mapping[str, tuple[str, ...]]
    sql: str
    binder: Binder


def due(con: Warehouse, trigger: Trigger, as_of: int) -> tuple[str, ...]:
    """The ids for whom the trigger's rule holds at that moment, sorted; none where it lacks something and so is at rest.

    Whether it is switched on is not looked at, so that one can be tried before it is.
    """
    return due_all(con, [trigger], as_of)[trigger.name]


def due_all(con: Warehouse, triggers: Sequence[Trigger], as_of: int) -> dict[str, tuple[str, ...]]:
    """Name of each trigger -> whom it is due for; one query for all of them, so that each event is read once.

    Raises: QuestionError: a rule that cannot be read; the sentence names the trigger.
    """
    return dict(find_due(con, triggers, as_of, Scope()).by)


def find_due(con: Warehouse, triggers: Sequence[Trigger], as_of: int, scope: Scope) -> Due:
    """The same of the scope's segment, with the query."""
    awake = [trigger for trigger in triggers if not trigger.lacking]
    binder = Binder(con)
    facts = Facts(binder, as_of)
    judged = [judge(facts, trigger.when, f"The rule of the trigger {trigger.name!r}") for trigger in awake]
    columns = "".join(f",\n  {rule} as due_{place}" for place, rule in enumerate(judged))
    where = f"{in_segment(binder, scope, 'k')} and ({' or '.join(judged) or 'false'})"
    sql = f"{facts.query(f'k.id{columns}', where)}\norder by k.id"
    rows = ask_sql(con, sql, binder.params)
    found: dict[str, tuple[str, ...]] = {trigger.name: () for trigger in triggers}
    found |= {trigger.name: tuple(rows.filter(rows[f"due_{place}"])["id"].to_list()) for place, trigger in enumerate(awake)}
    return Due(found, sql, binder)


def count_known(binder: Binder, moment: int, scope: Scope) -> int:
    """How many customers were known at a moment, of the scope's segment."""
    facts = Facts(binder, moment)
    return int(one(binder.con, facts.query("count(*)", in_segment(binder, scope, "k")), binder.params))

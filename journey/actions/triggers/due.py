"""Who is due: the customers for whom the rule of a trigger holds, by what they did before a moment.

Being due is the rule alone.  What forbids an action (consent, caps, cooldown) is judged where one is chosen.
"""

from collections.abc import Sequence

from journey.actions.catalog import Trigger
from journey.actions.triggers.judge import judge
from journey.rules import Binder
from journey.rules.facts import Facts
from journey.warehouse import Warehouse, ask_sql


def due(con: Warehouse, trigger: Trigger, as_of: int) -> tuple[str, ...]:
    """The ids for whom the trigger's rule holds at that moment, sorted; none where it lacks something and so is at rest.

    Whether it is switched on is not looked at, so that one can be tried before it is.
    """
    return due_all(con, [trigger], as_of)[trigger.name]


def due_all(con: Warehouse, triggers: Sequence[Trigger], as_of: int) -> dict[str, tuple[str, ...]]:
    """Name of each trigger -> whom it is due for; one query for all of them, so that each event is read once.

    Raises: QuestionError: a rule that cannot be read; the sentence names the trigger.
    """
    awake = [trigger for trigger in triggers if not trigger.lacking]
    found: dict[str, tuple[str, ...]] = {trigger.name: () for trigger in triggers}
    if awake:
        binder = Binder(con)
        facts = Facts(binder, as_of)
        judged = [judge(facts, trigger.when, f"The rule of the trigger {trigger.name!r}") for trigger in awake]
        columns = "".join(f", {rule} as due_{place}" for place, rule in enumerate(judged))
        rows = ask_sql(con, f"{facts.query(f'k.id{columns}', '(' + ' or '.join(judged) + ')')}\norder by k.id", binder.params)
        for place, trigger in enumerate(awake):
            found[trigger.name] = tuple(rows.filter(rows[f"due_{place}"])["id"].to_list())
    return found

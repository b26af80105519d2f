"""How many units had been exposed by a time: whether a plan was there before anybody was."""

from typing import TYPE_CHECKING

from journey.experiments.plan.plan import Plan
from journey.rules import Binder
from journey.warehouse import Warehouse, kept, one

if TYPE_CHECKING:
    from journey.experiments.read.exposure import Exposure

EXPOSED = """-- How many units saw a variant of the experiment before this time?
select count(distinct {unit})
from events e
where {shown} and {named} = $experiment and e.ts < $before"""


def exposed_until(con: Warehouse, plan: Plan, before: int) -> int:
    """Units of the plan whose first exposure in the log is before this time (ms); 0 where the log shows no variants."""
    from journey.experiments.read.exposure import exposures, read_exposure  # that room reads plans itself

    where = exposures(con) if plan.exposure is None else read_exposure(plan.exposure)
    if where is None:
        return 0
    known = f"exposed {plan.experiment!r} {plan.unit!r} {where} {before}"
    return kept(con, known, lambda: _count(con, plan, where, before))


def _count(con: Warehouse, plan: Plan, where: "Exposure", before: int) -> int:
    from journey.experiments.read.exposure import shown
    from journey.experiments.read.log import unit_sql

    binder = Binder(con)
    found = shown(binder, where)
    text = EXPOSED.format(unit=unit_sql(binder, plan.unit), shown=found.sql, named=found.experiment)
    return int(one(con, text, {**binder.params, "experiment": plan.experiment, "before": before}) or 0)

"""How many units had been exposed by a time: whether a plan was there before anybody was."""

from journey.experiments.plan.plan import Plan
from journey.rules import Binder
from journey.warehouse import Warehouse, kept, one

EXPOSED = """-- How many units saw a variant of the experiment before this time?
select count(distinct {unit})
from events e
where {shown} and {named} = $experiment and e.ts < $before"""


def exposed_until(con: Warehouse, plan: Plan, before: int) -> int:
    """Units of the plan whose first exposure in the log is before this time (ms); 0 where the log shows no variants."""
    return kept(con, f"exposed {plan.experiment!r} {plan.unit!r} {plan.exposure!r} {before}", lambda: _count(con, plan, before))


def _count(con: Warehouse, plan: Plan, before: int) -> int:
    from journey.experiments.read.exposure import exposures, read_exposure, shown  # that room reads plans itself
    from journey.experiments.read.log import unit_sql

    where = exposures(con) if plan.exposure is None else read_exposure(plan.exposure)
    if where is None:
        return 0
    binder = Binder(con)
    found = shown(binder, where)
    text = EXPOSED.format(unit=unit_sql(binder, plan.unit), shown=found.sql, named=found.experiment)
    return int(one(con, text, {**binder.params, "experiment": plan.experiment, "before": before}) or 0)

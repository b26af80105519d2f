"""The units of an experiment of the log: bound to their definition in SQL, and read."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from journey.errors import QuestionError
from journey.experiments.metric import Counted, ExperimentMetric
from journey.experiments.read import definition as sql
from journey.experiments.read.exposure import experiments_in, shown
from journey.experiments.read.in_force import InForce, control_among, is_control_among, refuse_many
from journey.experiments.read.question import CUSTOMER
from journey.experiments.units import Units
from journey.features.earned import read_earned
from journey.rules import Binder, in_segment
from journey.rules.held import hold
from journey.rules.match import NUMBERS
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

FROM_THE_BEGINNING = -(2**62)
UNIT: dict[str, pl.DataType] = {"unit": pl.Int64(), "arm": pl.String(), "exposed_at": pl.Int64()}


@dataclass(frozen=True)
class Reached:
    """Whom the experiment reached.  arms: variant -> (units, ms of the first and of the last first exposure); crossed: units."""

    arms: dict[str, tuple[int, int, int]]
    crossed: int


@dataclass(frozen=True, eq=False)
class Log:
    """An experiment of the log, its definition bound; the binder goes on to bind what is asked of it.

    base: the CTEs `exposed` and `seen`.  key: the unit of a row of `events e`.
    arms: those compared, control first; () where nobody was reached.  left_out: variants that the plan or the split does not name,
    with their units.  sides: the SQL of what metrics count, bound once each.
    """

    told: InForce
    binder: Binder
    base: tuple[str, ...]
    key: str
    reached: Reached
    arms: tuple[str, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)
    sides: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def params(self) -> dict[str, Any]:
        return self.binder.params | {"arms": list(self.arms)}

    @property
    def seen_sql(self) -> str:
        """The query of how many units saw which variant."""
        return sql.story(*self.base) + sql.REACHED

    @property
    def number(self) -> str:
        """SQL of a unit's number: the customer's own, else in the order of what names it."""
        return "key" if self.told.unit == CUSTOMER else "row_number() over (order by key)"


def bind_log(con: Warehouse, told: InForce) -> Log:
    """Whom it reached is read at once: which variants there are decides what is compared.

    Raises: QuestionError: no variant is known for control; more of them than can be variants.
    """
    binder = Binder(con)
    base, key = _base(binder, told)
    asked = (told.experiment, told.exposure, told.unit, told.segment, told.entered_from, told.entered_by, told.timezone)
    reached = hold(con, "units reached", asked, lambda: _reached(con, binder, base))
    refuse_many(list(reached.arms), f"The experiment {told.experiment!r}")
    names = list(reached.arms) if told.shares is None else list(told.shares)
    left_out = {arm: units for arm, (units, _, _) in reached.arms.items() if arm not in names}
    arms = _control_first(con, names, told) if names else ()
    return Log(told, binder, base, key, reached, arms, left_out)


def _reached(con: Warehouse, binder: Binder, base: tuple[str, ...]) -> Reached:
    rows = ask_sql(con, sql.story(*base) + sql.REACHED, binder.params).rows()
    crossed = sum(int(units) for arm, units, _, _ in rows if arm is None)
    return Reached({arm: (units, start, stop) for arm, units, start, stop in rows if arm is not None}, crossed)


def _control_first(con: Warehouse, names: list[str], told: InForce) -> tuple[str, ...]:
    """The variants that are compared.  Where nobody has seen control yet, it is one of them all the same, with nobody in it."""
    ever = next((seen.variants for seen in experiments_in(con, told.exposure) if seen.name == told.experiment), {})
    if len({*names, *ever}) == 1:
        return (names[0],)
    known = [*names, *(name for name in ever if name not in names)]
    control = control_among(names if is_control_among(names, told.control) else known, told.control, repr(told.experiment))
    return (control, *(name for name in names if name != control))


def _base(binder: Binder, told: InForce) -> tuple[tuple[str, ...], str]:
    """(exposed and seen as CTEs, the unit of a row of `events e`)."""
    found = None if told.exposure is None else shown(binder, told.exposure)
    unit = unit_sql(binder, told.unit)
    within = in_segment(binder, Scope(None, told.entered_by, told.timezone, told.segment))
    start = FROM_THE_BEGINNING if told.entered_from is None else told.entered_from
    times = {"entered_from": start, "entered_by": told.entered_by, "known_until": told.known_until}
    binder.params |= {"experiment": told.experiment, **times}
    exposed = sql.EXPOSED.format(
        unit=unit,
        variant="''" if found is None else found.variant,
        shown="false" if found is None else found.sql,
        experiment="''" if found is None else found.experiment,
        segment=within,
    )
    return (exposed, sql.SEEN), unit


def unit_sql(binder: Binder, unit: str) -> str:
    """customer | property:<name> -> the unit of a row of `events e`."""
    if unit == CUSTOMER:
        return "e.customer"
    found = binder.property(unit.removeprefix("property:"))
    return "cast(null as varchar)" if found is None else found.text()


def units_in(con: Warehouse, log: Log) -> Units:
    """The units as they stand, in the order of their numbers."""
    metrics = log.told.metrics
    rows = ask_sql(con, units_sql(log), log.params) if log.arms else _nobody(metrics)
    for k, metric in enumerate(metrics):
        if metric.winsorise is not None and rows.height and not (rows[f"cap{k}"][0] or 0) > 0:
            log.binder.warn(
                f"{metric.name!r} is cut at its {metric.winsorise:g} quantile, which is 0: too few units have any. Cut higher, or not."
            )
    caps = [name for name in rows.columns if name.startswith("cap")]
    open_ = tuple(rows[f"y{k}"].null_count() for k in range(len(metrics)))
    return Units(rows.drop(caps).cast({"unit": pl.Int64, "exposed_at": pl.Int64}), log.arms, metrics, log.reached.crossed, open_)


def _nobody(metrics: tuple[ExperimentMetric, ...]) -> pl.DataFrame:
    sides = [f"{side}{k}" for k, metric in enumerate(metrics) for side in ("yx" if metric.before is None else "yxc")]
    return pl.DataFrame(schema={**UNIT, **{side: pl.Float64() for side in sides}})


def units_sql(log: Log) -> str:
    """The defining query: one row per unit."""
    metrics = log.told.metrics
    cut = [k for k, metric in enumerate(metrics) if metric.winsorise is not None]
    columns = ",\n    ".join(column for k, metric in enumerate(metrics) for column in _last(k, metric)) or "null as nothing"
    source = "counted c" + ("\ncross join caps" if cut else "")
    return story_of(log, tuple(range(len(metrics)))) + sql.ROWS.format(columns=columns, source=source)


def story_of(log: Log, chosen: tuple[int, ...], *more: str) -> str:
    """The CTEs up to what each unit brought to the chosen metrics, and more of them."""
    metrics = [(k, log.told.metrics[k]) for k in chosen]
    units = sql.UNITS.format(number=log.number)
    if not metrics:
        return sql.story(*log.base, units, "counted as (select unit, arm, exposed_at from units)", *more)
    sides = {f"{side}{k}": _side(log, counted) for k, metric in metrics for side, counted in _sides(metric)}
    log.binder.params["lookback"] = max([metric.before or 0 for _, metric in metrics])
    amounts = ",\n        ".join(f"case when {step} then {amount} end as {name}" for name, (step, amount) in sides.items())
    counted = " or ".join(dict.fromkeys(step for step, _ in sides.values()))
    deeds = sql.DEEDS.format(amounts=amounts, key=log.key, counted=counted)
    brought = sql.BROUGHT.format(sums=",\n        ".join(one for k, metric in metrics for one in _sums(log, k, metric)))
    columns = sql.COUNTED.format(columns=",\n        ".join(one for k, metric in metrics for one in _columns(k, metric)))
    caps = [one for k, metric in metrics for one in _caps(log, k, metric)]
    return sql.story(*log.base, units, deeds, brought, columns, *([sql.CAPS.format(caps=",\n        ".join(caps))] if caps else []), *more)


def _sides(metric: ExperimentMetric) -> list[tuple[str, Counted]]:
    return [("y", metric.value)] + ([("x", metric.over)] if metric.over is not None else [])


def _side(log: Log, counted: Counted) -> tuple[str, str]:
    """(the predicate of the events, what each of them adds), bound once."""
    key = repr(counted)
    if key not in log.sides:
        log.sides[key] = _bound_side(log, counted)
    return log.sides[key]


def _bound_side(log: Log, counted: Counted) -> tuple[str, str]:
    if counted.revenue:
        return _earned(log, counted)
    match = _matched(log, counted.step)
    if counted.property is None:
        return match, "1"
    prop = log.binder.property(counted.property)
    if prop is None:
        return match, "cast(null as double)"
    if prop.type not in NUMBERS:
        raise QuestionError(f"The property {prop.name!r} holds values of type {prop.type}; a sum needs numbers.")
    return match, _finite(prop.sql())


def _matched(log: Log, step: Any) -> str:
    """The predicate of a step, the same text wherever it is named."""
    key = f"step {step!r}"
    if key not in log.sides:
        log.sides[key] = (log.binder.match(step).sql, "")
    return log.sides[key][0]


def _earned(log: Log, counted: Counted) -> tuple[str, str]:
    earned = read_earned(log.binder.con)
    if earned is None:
        raise QuestionError(
            "No revenue is mapped, so there is nothing to add up. Name it in the mapping when loading: "
            '{"revenue": {"event": ..., "property": ..., "currency": ...}}; or sum a property that holds numbers.'
        )
    amount = earned.sql(log.binder)
    brings = f"{amount} is not null" if counted.step is None else _matched(log, counted.step)
    return brings, _finite(amount)


def _finite(amount: str) -> str:
    """SQL of an amount; what is no number (NaN, infinity) adds nothing, where it would make a sum of all of it."""
    return f"case when isfinite(cast({amount} as double)) then cast({amount} as double) end"


def in_time(log: Log, k: int, metric: ExperimentMetric) -> str:
    """The predicate over deeds that they count: from the exposure on, and within its time."""
    if metric.within is None:
        return "since >= 0 and ts < $entered_by"
    log.binder.params[f"within{k}"] = metric.within
    return f"since >= 0 and since <= $within{k}"


def _sums(log: Log, k: int, metric: ExperimentMetric) -> list[str]:
    counts = in_time(log, k, metric)
    adds = {side: "max" if counted.of == "did" else "sum" for side, counted in _sides(metric)}
    found = [f"{call}(case when {counts} then {side}{k} end) as {side}{k}" for side, call in adds.items()]
    if metric.before is None:
        return found
    log.binder.params[f"before{k}"] = metric.before
    return [*found, f"{adds['y']}(case when since < 0 and since >= -$before{k} then y{k} end) as c{k}"]


def _columns(k: int, metric: ExperimentMetric) -> list[str]:
    """What a unit counts with; null while its time is not over."""
    brought = {side: f"cast(coalesce(b.{side}{k}, 0) as double)" for side in ("y", "x", "c")}
    if metric.within is not None:
        brought |= {side: f"case when u.exposed_at + $within{k} < $known_until then {brought[side]} end" for side in ("y", "x")}
    names = [side for side, _ in _sides(metric)] + ([] if metric.before is None else ["c"])
    return [f"{brought[side]} as {side}{k}" for side in names]


def _caps(log: Log, k: int, metric: ExperimentMetric) -> list[str]:
    if metric.winsorise is None:
        return []
    log.binder.params[f"cut{k}"] = metric.winsorise
    names = [("y", "cap")] + ([] if metric.before is None else [("c", "before")])
    return [f"greatest(quantile_cont({side}{k}, $cut{k}), 0) as {name}{k}" for side, name in names]


def _last(k: int, metric: ExperimentMetric) -> list[str]:
    """Columns as they are handed on: cut, and with 1 below what is no ratio."""
    cut, has = metric.winsorise is not None, metric.before is not None
    y = f"{cut_at(f'c.y{k}', f'caps.cap{k}')} as y{k}" if cut else f"c.y{k}"
    x = f"c.x{k}" if metric.over is not None else f"cast(1 as double) as x{k}"
    before = [f"{cut_at(f'c.c{k}', f'caps.before{k}')} as c{k}" if cut else f"c.c{k}"] if has else []
    return [y, x, *before, *([f"caps.cap{k}"] if cut else [])]


def cut_at(value: str, cap: str) -> str:
    """SQL of a value that is cut; unknown stays unknown, of which `least` would make the cap."""
    return f"case when {value} > {cap} then {cap} else {value} end"


def changes_in(con: Warehouse, log: Log, k: int) -> pl.DataFrame:
    """When each unit's number of the k-th metric changed: unit, arm, exposed_at, ts, dy, dx, in order of time.

    What is added up over a unit is its y (cut as at the end) and its x; units whose time is not over are left out, as there.
    """
    kinds = pl.Schema({**UNIT, "ts": pl.Int64(), "dy": pl.Float64(), "dx": pl.Float64()})
    if not log.arms:
        return pl.DataFrame(schema=kinds)
    metric = log.told.metrics[k]
    counts = in_time(log, k, metric)
    parts = [_part(k, side, counted, counts) for side, counted in _sides(metric)]
    cut = metric.winsorise is not None
    more = [sql.CHANGES.format(parts="\n        union all\n        ".join(parts)), *([sql.RUNNING.format(k=k), sql.CUT] if cut else [])]
    over = "true" if metric.within is None else f"u.exposed_at + $within{k} < $known_until"
    text = story_of(log, (k,), *more) + sql.COURSE.format(changes="cut" if cut else "changes", over=over)
    return ask_sql(con, text, log.params).cast(kinds)


def _part(k: int, side: str, counted: Counted, counts: str) -> str:
    """What one side adds, moment by moment; what is done again adds nothing to having done it."""
    name = f"{side}{k}"
    dy, dx = ("1.0", "0.0") if side == "y" else ("0.0", "1.0")
    if counted.of == "did":
        return f"select unit, min(ts) as ts, {dy} as dy, {dx} as dx from deeds where {name} is not null and {counts} group by unit"
    dy, dx = (name, "0.0") if side == "y" else ("0.0", name)
    return f"select unit, ts, cast({dy} as double) as dy, cast({dx} as double) as dx from deeds where {name} is not null and {counts}"

"""What a metric is without a change, and how many units come, as an experiment over the last weeks would have met them.

Counted are units (customers, or what a property names) that came to where they will be exposed, from their first coming in the
window on, by the very definition that readings have.  Known limit: without a time of its own (`within`), a metric has less time
to happen for those who come late, and more of it in a longer experiment; the baseline is that of one as long as the window.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from journey.answers import Evidence, People, extent, iso
from journey.errors import QuestionError
from journey.experiments.metric import ExperimentMetric
from journey.experiments.moments import Moments
from journey.experiments.units import Units
from journey.inference import Interval, mean_interval, wilson
from journey.rules import Binder, in_segment
from journey.scope import Scope, period_start, refuse_unknown, to_datetime
from journey.warehouse import Warehouse, ask_sql

DAY, WEEK, CUSTOMER = 86_400_000, 7, "customer"
BEFORE = 28 * DAY  # of a metric that names no pre-period, the time over which one is tried
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

COMINGS = """-- How many units came there each day?  Columns: day (from 0), units.
select (e.ts - $entered_from) // 86400000 as day, count(distinct {unit}) as units
from events e
where {shown} and e.ts < $entered_by and {segment}
group by 1
order by 1"""

WHO = """-- Who they are.
select id from customers where customer in (select unnest($numbers::bigint[])) order by id"""


@dataclass(frozen=True)
class Baseline:
    """value: of the metric, None with a reason (why).  variance: of one unit, by the delta method of a ratio.

    units: how many it rests on; start, stop: ms, the window in which they came.  entered: (days,) how many of them had come by the
    end of each day.  weekdays: units a day, Monday first; () below two weeks.
    cuped: the share of the variance that the same number before would take away (CUPED); None where it cannot be measured.
    before: ms over which that was taken.
    """

    value: float | None
    variance: float | None
    interval: Interval | None
    units: int
    start: int
    stop: int
    entered: tuple[int, ...]
    evidence: Evidence
    weekdays: tuple[float, ...] = ()
    cuped: float | None = None
    before: int | None = None
    why: str = ""

    @property
    def days(self) -> int:
        return len(self.entered)

    @property
    def daily(self) -> float:
        """Units a day, over the whole window."""
        return self.units / self.days if self.days else 0.0

    @property
    def later(self) -> float:
        """New units a day by the end of the window: those who come daily have come already."""
        last = min(WEEK, self.days)
        if not last:
            return 0.0
        return (self.entered[-1] - (self.entered[-last - 1] if self.days > last else 0)) / last

    @property
    def cycle(self) -> float | None:
        """The busiest weekday over the quietest; None where that is not known."""
        return max(self.weekdays) / min(self.weekdays) if self.weekdays and min(self.weekdays) > 0 else None

    def days_for(self, units: float) -> int | None:
        """Days until so many units have come; None where new ones have ceased to."""
        place = int(np.searchsorted(self.entered, units)) if self.days else 0
        if place < self.days:
            return place + 1
        return self.days + math.ceil((units - self.units) / self.later) if self.later else None

    def units_in(self, days: int) -> float:
        """How many units come in so many days."""
        if not self.days or days <= self.days:
            return float(self.entered[days - 1]) if self.days else 0.0
        return self.units + (days - self.days) * self.later

    def as_plain(self) -> dict[str, Any]:
        known = {"value": self.value, "variance": self.variance, "interval": None if self.interval is None else list(self.interval)}
        time = {"start": iso(self.start), "stop": iso(self.stop), "days": self.days}
        came = {"units": self.units, "daily": self.daily, "daily_later": self.later, "entered": list(self.entered)}
        week = dict(zip(WEEKDAYS, self.weekdays, strict=False))
        gain = {"variance_reduction": self.cuped, "before_days": None if self.before is None else self.before / DAY}
        return {**known, **time, **came, "weekdays": week, "cycle": self.cycle, "cuped": gain, "why": self.why}


def baseline_of(con: Warehouse, metric: ExperimentMetric, at: Any, scope: Scope, days: int = 28, unit: str = CUSTOMER) -> Baseline:
    """The metric over the last days of the scope, of the units that came to `at` (a step; None for any event) within them.

    Raises: QuestionError: a metric over a table; what the log holds no numbers of.
    """
    if metric.value.column is not None:
        raise QuestionError(f"{metric.name!r} is a column of a table, so the log cannot tell what it is now. Give its baseline.")
    window = _window(con, metric, scope, days)
    if window is None:
        why = _empty(con, metric)
        return Baseline(None, None, None, 0, 0, 0, (), Evidence(f"{why[0].upper()}{why[1:]}.", ""), why=why)
    first, (start, stop) = extent(con), window
    reaches = first is not None and start - first[0] >= WEEK * DAY
    tried = replace(metric, before=metric.before or BEFORE) if reaches else replace(metric, before=None)
    log, units = _units(con, tried, at, scope, window, unit)
    from journey.experiments.read.log import units_sql  # that room reads plans, and plans ask for power

    moments = units.moments(0)[""]
    value, variance = moments.value, _variance(metric, moments)
    told = _told(con, metric, at, window, scope, unit)
    evidence = Evidence(told, units_sql(log), log.params, moments.n, None if first is None else first[1], tuple(log.binder.warnings))
    return Baseline(
        value,
        variance,
        _interval(metric, moments, variance),
        moments.n,
        start,
        stop,
        _entered(units, start, stop),
        evidence,
        _weekdays(con, at, scope, window, unit),
        _gain(moments, variance) if reaches else None,
        tried.before,
        "" if value is not None else _why(metric, moments),
    )


def baseline_customers(con: Warehouse, metric: ExperimentMetric, at: Any, scope: Scope, days: int, mark: Mapping[str, Any]) -> People:
    """{"units": true}: all that it rests on; {"did": true}: of a share, those who did it.

    Raises: QuestionError: another mark.
    """
    refuse_unknown(mark, ("units", "did"), "a mark of power")
    if list(mark.values()) != [True] or (metric.kind != "share" and "did" in mark):
        raise QuestionError('A mark of power is {"units": true}, or of a share {"did": true}.')
    window = _window(con, metric, scope, days)
    if window is None:
        return People(())
    _, units = _units(con, replace(metric, before=None), at, scope, window, CUSTOMER)
    rows = units.frame.filter(units.frame["y0"] > 0 if "did" in mark else units.frame["y0"].is_not_null())
    return People(tuple(ask_sql(con, WHO, {"numbers": rows["unit"].to_list()})["id"].to_list()))


def _window(con: Warehouse, metric: ExperimentMetric, scope: Scope, days: int) -> tuple[int, int] | None:
    """[start, stop) in which units come in: whole days of the zone where the log has weeks, early enough that their time is over."""
    known = extent(con)
    if known is None:
        return None
    first, last = known
    until = last + 1 if scope.stop is None else min(scope.stop, last + 1)
    stop = until - (metric.within or 0)
    whole = period_start(stop, "day", scope.timezone)
    stop = whole if whole - first >= WEEK * DAY else stop
    start = max(stop - days * DAY, first, scope.start if scope.start is not None else first)
    return (start, stop) if start < stop else None


def _empty(con: Warehouse, metric: ExperimentMetric) -> str:
    """Why there is no window."""
    known, takes = extent(con), metric.within or 0
    if known is None or known[1] - known[0] >= takes:
        return "the log holds nothing then"
    return f"the log is shorter than the {takes / DAY:g} days after the exposure that {metric.name!r} takes"


def _units(con: Warehouse, metric: ExperimentMetric, at: Any, scope: Scope, window: tuple[int, int], unit: str) -> tuple[Any, Units]:
    """(the bound definition, its units), as if an experiment with one variant had run at `at` in the window."""
    from journey.experiments.read import definition as sql
    from journey.experiments.read.in_force import InForce
    from journey.experiments.read.log import Log, Reached, unit_sql, units_in

    start, stop = window
    binder = Binder(con)
    shown, key = _shown(binder, at), unit_sql(binder, unit)
    exposed = sql.EXPOSED.format(
        unit=key, variant="''", shown=shown, experiment="$experiment", segment=in_segment(binder, _whole(scope, stop))
    )
    binder.params |= {"entered_from": start, "entered_by": stop, "known_until": stop + (metric.within or 0) + 1, "experiment": ""}
    told = InForce("", None, (metric,), "", None, unit, None, start, stop, stop + (metric.within or 0) + 1, scope.timezone)
    log = Log(told, binder, (exposed, sql.SEEN), key, Reached({}, 0), ("",))
    return log, units_in(con, log)


def _shown(binder: Binder, at: Any) -> str:
    return f"({binder.match(at).sql} and e.ts >= $entered_from)"


def _whole(scope: Scope, stop: int) -> Scope:
    return Scope(None, stop, scope.timezone, scope.segment)


def _variance(metric: ExperimentMetric, found: Moments) -> float | None:
    """Of one unit."""
    value = found.value
    if value is None or found.n < 2:
        return None
    if metric.kind == "share":
        return value * (1 - value)
    return max(0.0, found.yy - 2 * value * found.xy + value * value * found.xx) / found.x**2 if metric.kind == "ratio" else found.yy


def _interval(metric: ExperimentMetric, found: Moments, variance: float | None) -> Interval | None:
    if found.value is None or variance is None:
        return None
    if metric.kind == "share":
        return wilson(round(found.value * found.n), found.n)
    return mean_interval(found.value, math.sqrt(variance), found.n)


def _gain(found: Moments, variance: float | None) -> float | None:
    """The squared correlation with the number before."""
    if not variance or not found.cc or found.yc is None:
        return None
    own = found.yc if found.x == 1 and not found.xx else (found.yc - (found.value or 0.0) * (found.xc or 0.0)) / found.x
    return min(1.0, own * own / (variance * found.cc))


def _entered(units: Units, start: int, stop: int) -> tuple[int, ...]:
    days = -(-(stop - start) // DAY)
    counted = units.frame.filter(units.frame["y0"].is_not_null())
    came = ((counted["exposed_at"] - start) // DAY).to_numpy()
    return tuple(np.cumsum(np.bincount(came, minlength=days)).tolist())


def _weekdays(con: Warehouse, at: Any, scope: Scope, window: tuple[int, int], unit: str) -> tuple[float, ...]:
    """Mean units a day; () below two whole weeks."""
    from journey.experiments.read.log import unit_sql

    start, stop = window
    if stop - start < 2 * WEEK * DAY:
        return ()
    binder = Binder(con)
    text = COMINGS.format(unit=unit_sql(binder, unit), shown=_shown(binder, at), segment=in_segment(binder, _whole(scope, stop)))
    found = dict(ask_sql(con, text, {**binder.params, "entered_from": start, "entered_by": stop}).iter_rows())
    days = [(to_datetime(start + day * DAY, scope.zone).weekday(), found.get(day, 0)) for day in range((stop - start) // DAY)]
    return tuple(float(np.mean([came for weekday, came in days if weekday == place])) for place in range(WEEK))


def _why(metric: ExperimentMetric, found: Moments) -> str:
    return "nobody came there in the window" if not found.n else f"nothing of what {metric.name!r} is divided by was seen in the window"


def _told(con: Warehouse, metric: ExperimentMetric, at: Any, window: tuple[int, int], scope: Scope, unit: str) -> str:
    start, stop = (to_datetime(ms, scope.zone).strftime("%Y-%m-%d %H:%M") for ms in window)
    until = f"within {metric.within / DAY:g} days after it" if metric.within else "from then on until its end"
    whose = "customers" if unit == CUSTOMER else unit
    return (
        f"{metric.name!r} is that of {whose} that came to {Binder(con).match(at).label} from {start} to {stop} ({scope.timezone}), "
        f"each from the first time on, {until}; a day's units are those who came for the first time in the window."
    )

"""Which metrics an overview shows of this log, how they are cut, and what in them deserves a look."""

from collections.abc import Sequence
from dataclasses import dataclass

from journey.metrics.catalog import held_by, lacking, read_metrics
from journey.metrics.question import Named
from journey.metrics.result import Metric, Point
from journey.rules import Property, known_properties
from journey.warehouse import Warehouse, ask_sql, quote

SHOWN = 5
MOST_VALUES = 8
ENOUGH = 30
SAMPLE = 30_000
COMMON = 0.3
DAYS = (("day", 45), ("week", 400))
DAY_MS = 86_400_000


@dataclass(frozen=True)
class Choice:
    """metrics: the north star first.  passed_over: (name, what the log lacks for it)."""

    metrics: tuple[Named, ...]
    passed_over: tuple[tuple[str, str], ...]


def choose_metrics(con: Warehouse, shown: int = SHOWN) -> Choice:
    """The first north star that the log can answer, then the others that it can, in the order of the file."""
    metrics = read_metrics(con)
    held = held_by(con)
    missing = {metric.name: lacking(metric.shape, held) for metric in metrics}
    able = [metric for metric in metrics if missing[metric.name] is None]
    star = next((metric for metric in able if metric.role == "north star"), able[0] if able else None)
    others = [metric for metric in able if metric is not star and metric.role != "north star"]
    chosen = ([star] if star else []) + others[: shown - 1]
    return Choice(tuple(chosen), tuple((name, why) for name, why in missing.items() if why is not None))


def usual_period(start: int, stop: int) -> str:
    """Days for a month or so, weeks for a year, months beyond: enough points to see a line, few enough to be calm."""
    return next((period for period, days in DAYS if stop - start <= days * DAY_MS), "month")


def split_properties(con: Warehouse) -> tuple[str, ...]:
    """Text properties of two to eight values that divide customers into groups: those most often present first."""
    texts = [prop for prop in known_properties(con) if prop.type == "varchar"]
    found = [(*_spread(con, prop), prop) for prop in texts]
    fit = [(share, values, prop) for share, values, prop in found if share >= COMMON and 2 <= values <= MOST_VALUES]
    return tuple(
        prop.name for _, _, prop in sorted(fit, key=lambda item: (item[2].of != "event", -round(item[0], 1), item[1], item[2].name))
    )


def _spread(con: Warehouse, prop: Property) -> tuple[float, int]:
    """-> (share of rows that carry it, its values): of the first 30,000 rows."""
    table, column = ("events" if prop.of == "event" else "customers"), quote(prop.column)
    sql = f"select count({column}) / count(*) as share, count(distinct {column}) as n from (select {column} from {table} limit {SAMPLE})"
    share, values = ask_sql(con, sql).row(0)
    return share or 0.0, values


def opposed(metrics: Sequence[Metric], good: Sequence[str]) -> tuple[Metric, Metric] | None:
    """Two metrics of which one got better and the other worse, both told from noise: the largest such pair, or None.

    Plain counts are left out: that more came is no price to pay for anything.
    """
    moved = [(_gain(metric, wish), metric) for metric, wish in zip(metrics, good, strict=True) if _is_told(metric)]
    better = max((item for item in moved if item[0] > 0), key=lambda item: item[0], default=None)
    worse = min((item for item in moved if item[0] < 0), key=lambda item: item[0], default=None)
    return None if better is None or worse is None else (better[1], worse[1])


def by_change(metrics: Sequence[Metric], good: Sequence[str]) -> list[Metric]:
    """Those that changed beyond noise, against their value before: the one that got worse by most first."""
    moved = [(_gain(metric, wish), place) for place, (metric, wish) in enumerate(zip(metrics, good, strict=True)) if _is_changed(metric)]
    worse, better = sorted(item for item in moved if item[0] < 0), sorted((item for item in moved if item[0] > 0), reverse=True)
    return [metrics[place] for _, place in (*worse, *better)]


def _gain(metric: Metric, wish: str) -> float:
    relative = metric.change.relative if metric.change else None
    return (relative or 0.0) * (1 if wish == "up" else -1)


def can_be_judged(metric: Metric) -> bool:
    """Whether its change may be spoken of: both spans are in the data, and an estimate rests on 30 of its units in each."""
    now, before = metric.now.total, metric.before and metric.before.total
    if not metric.covered or metric.change is None or now is None or not before:
        return False
    return metric.why is not None or min(now.n, before.n) >= ENOUGH


def _is_changed(metric: Metric) -> bool:
    return can_be_judged(metric) and metric.change is not None and bool(metric.change.relative) and metric.change.told_from_noise


def _is_told(metric: Metric) -> bool:
    return _is_changed(metric) and metric.change is not None and metric.change.interval is not None


def farthest_group(metric: Metric, good: str) -> tuple[str, Point] | None:
    """The group of the breakdown that is worst, where its interval lies apart from everyone's value; else None.

    Groups of fewer than 30 are passed over, and customers without the property.
    """
    total = metric.now.total
    if total is None or total.value is None:
        return None
    apart = []
    for group, series in metric.breakdown.items():
        point = series.total
        if group and point and point.value is not None and point.interval and point.n >= ENOUGH:
            worse = point.interval[1] < total.value if good == "up" else point.interval[0] > total.value
            apart += [(abs(point.value - total.value), group, point)] if worse else []
    return max(apart, key=lambda item: item[0])[1:] if apart else None

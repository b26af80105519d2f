"""What the log says of each input: a value, its interval where it is an estimate, and a sentence that says how."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from journey.inference import Interval, mean_interval, ratio_interval, wilson
from journey.roi.inputs import NAMED
from journey.roi.log.assumed import assumed
from journey.roi.log.bound import DAY, MONTH, Asked, Log
from journey.roi.log.definition import CUSTOMERS, GONE, ORDERS, VISITORS
from journey.roi.log.ranges import slider
from journey.roi.log.result import Assumption

ENOUGH = 30
WHO_PAYS = "Assumed: no revenue is mapped, so nothing says who pays."
WHO = {"active": "who did something themselves", "paying": "who paid"}


def customers_of(log: Log) -> tuple[Assumption, ...]:
    """How many customers there are, and what one brings a month."""
    if not log.told_who:
        return assumed("customers", WHO_PAYS), assumed("revenue_per_month")
    asked = log.ask(CUSTOMERS)
    n, paying = int(asked.row["customers"]), int(asked.row["paying"])
    paid = f" {paying:,} of them paid." if log.question.of == "active" and log.earns else ""
    sentence = f"Counted: {_several(n, 'customer')} {WHO[log.question.of]} in {_days(log)}.{paid}"
    return _told("customers", float(n), None, sentence, n, asked, n), _revenue(log, asked, n)


def _revenue(log: Log, asked: Asked, n: int) -> Assumption:
    if not log.earns:
        return assumed("revenue_per_month")
    if not n:
        return assumed("revenue_per_month", "Assumed: nobody was active in the last 30 days of the log, so nothing says what one brings.")
    mean = float(asked.row["mean"])
    interval = mean_interval(mean, float(asked.row["sd"]), n) if asked.row["sd"] is not None else None
    if mean < 0:
        return assumed("revenue_per_month", f"Assumed: refunds outweigh payments in {_days(log)}, so a customer brought nothing.")
    sentence = f"Measured: the mapped revenue of {_days(log)}, refunds taken off, per customer counted, those who brought nothing too."
    return _told("revenue_per_month", mean, interval, sentence + _few(n, "customer"), n, asked)


def churn_of(log: Log) -> Assumption:
    """The share of a month's customers who did nothing afterwards, as long as the log can tell."""
    if not log.told_who:
        return assumed("churn", WHO_PAYS)
    until, days = log.end - log.pause, log.pause // DAY
    if log.first > until - MONTH:
        return assumed("churn", f"Assumed: to see who goes takes {30 + days} days of log, and it holds {log.length}.")
    asked = log.ask(GONE, until)
    n, gone = int(asked.row["customers"]), int(asked.row["gone"])
    if not n:
        return assumed("churn", "Assumed: nobody was there in the month from which to see customers go.")
    brought = "" if not log.earns or not gone else f" Those had brought {asked.row['mean_gone']:,.2f} each in that month."
    sentence = (
        f"Measured: {gone:,} of {_several(n, 'customer')} {WHO[log.question.of]} in 30 days did nothing in the {days} days after, up to "
        "the end of the data: longer than nine in ten of the pauses made here, as far as the log can tell. Some may yet come back."
        f"{brought}"
    )
    return _told("churn", gone / n, wilson(gone, n), sentence + _few(n, "customer"), n, asked, gone)


def visitors_of(log: Log) -> tuple[Assumption, ...]:
    """How many come by where something is changed, and the share of them who buy."""
    asked = log.ask(VISITORS)
    n, bought = int(asked.row["visitors"]), int(asked.row["converted"])
    if not n:
        why = " ".join(asked.warnings)
        return assumed("visitors_per_month", f"Assumed: nobody came by in {_days(log)}. {why}".strip()), assumed(
            "conversion", "Assumed: nobody came by, so nothing says how many buy."
        )
    where = "did something" if log.question.event is None else "reached the event chosen"
    came = _told("visitors_per_month", float(n), None, f"Counted: {_several(n, 'customer')} who {where} in {_days(log)}.", n, asked, n)
    if log.goal is None and not log.earns:
        return came, assumed("conversion")
    reached = "paid" if log.goal is None else "reached the goal"
    sentence = f"Measured: {bought:,} of the {n:,} {reached} in the same time, at that moment or after it."
    return came, _told("conversion", bought / n, wilson(bought, n), sentence + _few(n, "visitor"), n, asked, bought)


def order_of(log: Log) -> Assumption:
    """What an order brings, clustered by customer."""
    if not log.earns:
        return assumed("value_per_order")
    asked = log.ask(ORDERS)
    row, n = asked.row, int(asked.row["customers"])
    if not n or not row["orders"] or row["money"] <= 0:
        what = "no order" if log.question.goal is None else "no order at the goal"
        return assumed("value_per_order", f"Assumed: {what} is in {_days(log)}, or refunds outweigh them.")
    money, orders = float(row["money"]), float(row["orders"])
    interval = ratio_interval(money, orders, float(row["mm"]), float(row["oo"]), float(row["mo"]), n)
    sentence = f"Measured: the revenue of {_days(log)}, refunds taken off, over its {_several(int(orders), 'order')};"
    sentence += f" {_several(n, 'customer')} paid or got money back."
    return _told("value_per_order", money / orders, interval, sentence + _few(n, "customer"), n, asked, n)


def _days(log: Log) -> str:
    if log.whole:
        return "the last 30 days"
    return f"the {_several(max(1, round((log.end - log.first) / DAY)), 'day')} that the log holds, less than a month"


def _several(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _few(n: int, what: str) -> str:
    return f" Only {_several(n, what)}: {ENOUGH} and more would say something." if n < ENOUGH else ""


def _told(
    name: str, value: float, interval: Interval | None, sentence: str, n: int, asked: Asked | None = None, behind: int | None = None
) -> Assumption:
    of = NAMED[name]
    bounded = None if interval is None else (max(interval[0], of.bounds[0]), min(interval[1], of.bounds[1]))
    low, high, step = slider(of, value, bounded)
    told = Assumption(name, value, bounded, low, high, step, "measured", sentence, _spread(value, bounded), n, behind)
    return told if asked is None else replace(told, sql=asked.sql, params=asked.params)


def told_share(name: str, k: int, n: int, sentence: str) -> Assumption:
    """A share that a model's proof says, not a query."""
    return _told(name, k / n, wilson(k, n), sentence + _few(n, "customer"), n)


def _spread(value: float, interval: Interval | None) -> Any:
    if interval is None or not interval[0] < value < interval[1]:
        return value
    spread: Mapping[str, float] = {"estimate": value, "low": interval[0], "high": interval[1], "confidence": 0.95}
    return dict(spread)

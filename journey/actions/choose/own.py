"""What a customer did that a rule looks for, in the customer's own figures: "price of Add to cart: 54.00; last Purchase: never".

Told are the parts of a rule that all must hold; of others (any, not, a sequence, a stage) the rule's own words say enough.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from journey.answers import iso
from journey.errors import QuestionError
from journey.rules import Binder, event_names
from journey.rules.conditions import read_step
from journey.rules.facts import Facts, OtherThan
from journey.rules.match import find_property
from journey.rules.words import tell_length, tell_step
from journey.scope import read_duration
from journey.warehouse import Warehouse, quote

MOST = 3
OWN = """
select {columns}
from events e
where e.customer = {customer} and e.ts < {as_of}"""
SCORE = "select probability from scores where name = {name} and customer_id = (select id from customers where customer = {customer})"


@dataclass(frozen=True)
class Part:
    """columns: SQL of the figures, over events e of the customer.  tell: those figures -> a few words."""

    columns: tuple[str, ...]
    tell: Callable[..., str]


def own_values(con: Warehouse, rule: Any, customer: int, as_of: int) -> str:
    """The customer's figures for the first parts of a rule; "" where there is nothing to tell."""
    binder = Binder(con)
    facts, number = Facts(binder, as_of), binder.bind(customer, "customer")
    parts = [part for one in _parts(rule) if (part := _part(facts, number, one)) is not None][:MOST]
    if not parts:
        return ""
    columns = ", ".join(column for part in parts for column in part.columns)
    sql = OWN.format(columns=columns, customer=number, as_of=facts.moment)
    row = list(con.connection.execute(sql, binder.params).fetchall()[0])
    told = []
    for part in parts:
        mine, row = row[: len(part.columns)], row[len(part.columns) :]
        told.append(part.tell(*mine))
    return "; ".join(dict.fromkeys(one for one in told if one))


def _parts(rule: Any) -> list[Mapping[str, Any]]:
    inner = rule.get("all") if isinstance(rule, Mapping) else None
    if isinstance(inner, list | tuple):
        return [part for one in inner for part in _parts(one)]
    return [rule] if isinstance(rule, Mapping) else []


def _part(facts: Facts, customer: str, rule: Mapping[str, Any]) -> Part | None:
    for key, tell in TELLERS.items():
        if key in rule:
            try:
                return tell(facts, customer, rule, key)
            except QuestionError:  # a rule that cannot be read holds for nobody, and whoever switched it on was told
                return None
    return None


def _did(facts: Facts, customer: str, rule: Mapping[str, Any], key: str) -> Part:
    step, label = facts.predicate(read_step(rule, key)), _label(facts, rule, key)
    within = _recent(facts, rule.get("within"))
    span = f" in {tell_length(rule['within'])}" if rule.get("within") is not None else ""

    def tell(times: int, last: int | None) -> str:
        often = f"{times:,} time{'' if times == 1 else 's'}{span}"
        return f"{label} {often}{'' if last is None else f', last {_when(facts.at, last)}'}"

    return Part((f"count(*) filter (where {step}{within})", f"max(e.ts) filter (where {step})"), tell)


def _last(facts: Facts, customer: str, rule: Mapping[str, Any], key: str) -> Part:
    step, label = facts.predicate(read_step(rule, key)), _label(facts, rule, key)
    return Part((f"max(e.ts) filter (where {step})",), lambda last: f"last {label}: {'never' if last is None else _when(facts.at, last)}")


def _amount(facts: Facts, customer: str, rule: Mapping[str, Any], key: str) -> Part | None:
    prop = find_property(facts.binder.con, str(rule[key]))
    if prop is None or prop.of != "event":
        return None
    step, within = facts.predicate(read_step(rule, "of")), _recent(facts, rule.get("within"))
    call = {"sum": "sum({0})", "mean": "avg({0})", "distinct": "count(distinct {0})"}[key].format(f"e.{quote(prop.column)}")
    of = f" of {_label(facts, rule, 'of')}" if rule.get("of") else ""
    span = f" in {tell_length(rule['within'])}" if rule.get("within") is not None else ""
    words = {"sum": "", "mean": "mean ", "distinct": "different "}[key]
    return Part((f"{call} filter (where {step}{within})",), lambda value: f"{words}{prop.name}{of}{span}: {_number(value)}")


def _trend(facts: Facts, customer: str, rule: Mapping[str, Any], key: str) -> Part:
    step = facts.predicate(read_step(rule, key))
    recent, before = (read_duration(rule.get(name, usual), name) or 0 for name, usual in (("recent", "14d"), ("before", "28d")))
    now, both = (facts.binder.bind(length, "length") for length in (recent, recent + before))
    counts = tuple(f"count(*) filter (where {step} and e.ts >= {facts.moment} - {length})" for length in (now, both))
    told = (tell_length(rule.get("recent", "14d")), tell_length(rule.get("before", "28d")))
    return Part(counts, lambda late, all_: f"{late:,} events in {told[0]}, {all_ - late:,} in the {told[1]} before")


def _score(facts: Facts, customer: str, rule: Mapping[str, Any], key: str) -> Part:
    name = str(rule[key])
    sql = SCORE.format(name=facts.binder.bind(name, "score"), customer=customer)
    return Part((f"({sql} limit 1)",), lambda chance: "" if chance is None else f"{name} {chance:.0%}")


def _property(facts: Facts, customer: str, rule: Mapping[str, Any], key: str) -> Part | None:
    prop = find_property(facts.binder.con, str(rule[key]))
    if prop is None:
        return None
    if prop.of == "customer":
        own = prop.as_text(f"c.{quote(prop.column)}")
        column = f"(select {own} from customers c where c.customer = {customer})"
    else:
        own = f"e.{quote(prop.column)}"
        column = f"arg_max({prop.as_text(own)}, row(e.ts, e.seq)) filter (where {own} is not null)"
    return Part((column,), lambda value: "" if value is None else f"{prop.name} {value[:10] if prop.type == 'timestamp' else value}")


TELLERS: dict[str, Callable[[Facts, str, Mapping[str, Any], str], Part | None]] = {
    "did": _did,
    "did_not": _last,
    "stall": _last,
    "time_since": _last,
    **dict.fromkeys(("sum", "mean", "distinct"), _amount),
    "trend": _trend,
    "score": _score,
    **dict.fromkeys(("property", "date"), _property),
}


def _recent(facts: Facts, within: Any) -> str:
    length = read_duration(within, "within")
    return "" if length is None else f" and e.ts >= {facts.moment} - {facts.binder.bind(length, 'within')}"


def _label(facts: Facts, rule: Mapping[str, Any], key: str) -> str:
    """The step in the names that the log holds, of those a rule lists."""
    step = read_step(rule, key)
    if isinstance(step, OtherThan):
        return f"{_named(facts, step.step)} of their own"
    return _named(facts, step)


def _named(facts: Facts, step: Any) -> str:
    names = step.get("any_of") if isinstance(step, Mapping) else None
    if isinstance(names, list | tuple):
        held = set(event_names(facts.binder.con))
        return tell_step([name for name in names if not isinstance(name, str) or name in held] or list(names))
    return tell_step(step)


def _when(now: int, then: int) -> str:
    """How long ago, or on which day."""
    hours = (now - then) / 3_600_000
    if hours < 48:
        return "within the hour" if hours < 1 else f"{hours:.0f} hour{'' if round(hours) == 1 else 's'} ago"
    return f"{hours / 24:.0f} days ago" if hours < 24 * 60 else f"on {str(iso(then))[:10]}"


def _number(value: Any) -> str:
    if value is None:
        return "none"
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"

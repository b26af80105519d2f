"""What the workspace knows of customers beside their events: zone, flags, consent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from journey.actions.catalog import ActionCatalog, Guardrails
from journey.actions.guardrails.holdout import holdout_salt, in_holdout
from journey.errors import QuestionError
from journey.rules.match import Property, known_properties
from journey.scope import read_zone
from journey.warehouse import Warehouse, ask_sql, kept, quote, setting

NO = frozenset(("", "false", "f", "no", "n", "0", "0.0", "none", "off"))
PEOPLE = """
select c.id, c.customer{columns}
from customers c
where c.id in (select unnest($ids::varchar[]))
order by c.id"""
CONSENT = """
-- what was said last of each purpose; of two at the same moment the withdrawal holds
select p.customer, p.purpose, arg_max(p.given, row(p.ts, not p.given)) as given
from consent p
where p.customer in (select unnest($customers::integer[])) and p.ts < $until
group by p.customer, p.purpose"""


@dataclass(frozen=True)
class Known:
    """number: the code events carry.  consent: purpose in lower case -> given."""

    id: str
    number: int
    zone: str
    protected: bool
    holdout: bool
    consent: Mapping[str, bool] = field(default_factory=dict)


def people_known(con: Warehouse, ids: Sequence[str], catalog: ActionCatalog, until: int) -> list[Known]:
    """Each customer of these ids, by id.  until: consent said before it is seen, ms."""
    guardrails, held = catalog.guardrails, known_properties(con)
    flags = [flag for name in guardrails.protected if (flag := _of_customers(held, name)) is not None]
    named = {"zone": _of_customers(held, guardrails.zone), "holdout": _of_customers(held, guardrails.holdout_by)}
    told = [*named.values(), *flags]
    columns = "".join(f", {'null' if one is None else one.as_text(f'c.{quote(one.column)}')}" for one in told)
    rows = con.connection.execute(PEOPLE.format(columns=columns), {"ids": list(ids)}).fetchall()
    consent = _consent(con, [row[1] for row in rows], until)
    usual = read_zone(setting(con, "timezone", "UTC")).key
    salt = holdout_salt(con) if named["holdout"] is None and guardrails.holdout > 0 else ""
    return [
        Known(
            id=id,
            number=number,
            zone=_zone(zone, usual),
            protected=any(is_marked(value) for value in values),
            holdout=is_marked(out) if named["holdout"] is not None else bool(salt) and in_holdout(id, salt, guardrails.holdout),
            consent=consent.get(number, {}),
        )
        for id, number, zone, out, *values in rows
    ]


def lacking_flags(con: Warehouse, guardrails: Guardrails) -> tuple[str, ...]:
    """What the guardrails look for and no customers table brought, each as a sentence; () where all is there."""
    held = known_properties(con)
    missing = [name for name in guardrails.protected if _of_customers(held, name) is None]
    told = " or ".join(map(repr, missing))
    sentences = [f"No customer property is named {told}, so nobody is known to be protected by that."] if missing else []
    if guardrails.zone and _of_customers(held, guardrails.zone) is None:
        sentences.append(f"No customer property is named {guardrails.zone!r}: quiet hours go by the workspace's time zone.")
    elif strange := _strange_zones(con, guardrails):
        others = f", nor are {len(strange) - 1:,} more that customers have" if strange[1:] else ""
        sentences.append(f"{strange[0]!r} is no time zone{others}: for them quiet hours go by the workspace's.")
    return tuple(sentences)


def _strange_zones(con: Warehouse, guardrails: Guardrails) -> list[str]:
    """What customers have for a time zone and is none."""
    prop = _of_customers(known_properties(con), guardrails.zone)
    if prop is None:
        return []
    text = f"select distinct {prop.as_text(f'c.{quote(prop.column)}')} as zone from customers c order by zone"
    told: list[str] = kept(con, f"zones of customers: {prop.column}", lambda: ask_sql(con, text)["zone"].drop_nulls().to_list())
    return [name for name in told if name.strip() and _known_zone(name.strip()) is None]


def is_marked(value: str | None) -> bool:
    """Whether a flag's value, as text, marks a customer.

    A missing value does not: lists of flags often hold only those who have them.  Any value that is not plainly a no
    does, such as "unknown": whom somebody had doubts about is treated as marked.
    """
    return value is not None and value.strip().casefold() not in NO


def _of_customers(held: Sequence[Property], name: str | None) -> Property | None:
    """The customer property of that name, whatever events call theirs."""
    mine = [] if name is None else [one for one in held if one.of == "customer" and one.name.casefold() == name.casefold()]
    return next((one for one in mine if one.name == name), mine[0] if mine else None)


def _zone(name: str | None, usual: str) -> str:
    """A zone that nobody knows is none: the workspace's is taken."""
    return (_known_zone(name.strip()) if name else None) or usual


@lru_cache(maxsize=4096)
def _known_zone(name: str) -> str | None:
    """As IANA spells it, in whatever case it was written."""
    try:
        return read_zone(_spellings().get(name.casefold(), name)).key
    except QuestionError:
        return None


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def consent_is_said(con: Warehouse) -> bool:
    """Whether anything at all is recorded of what customers allow."""
    return bool(con.connection.execute("select count(*) from consent").fetchall()[0][0])


def _consent(con: Warehouse, customers: list[int], until: int) -> dict[int, dict[str, bool]]:
    rows: list[tuple[Any, ...]] = con.connection.execute(CONSENT, {"customers": customers, "until": until}).fetchall()
    found: dict[int, dict[str, bool]] = {}
    for customer, purpose, given in rows:
        mine = found.setdefault(customer, {})
        mine[purpose.casefold()] = bool(given) and mine.get(purpose.casefold(), True)
    return found

"""What the log says of the customers a decision is about, kept while nothing changes that it follows from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from journey.actions.catalog import CATALOG, ActionCatalog, actions_in_force
from journey.actions.guardrails import Standing, standings
from journey.catalogs import kept_text
from journey.rules.held import FILES
from journey.warehouse import SCORED, Warehouse, ask_sql, one_moment

KEPT = "ledger facts"
MOST = 50_000
KEY = """
with log as (
    -- the moment just after the last event
    select coalesce(max(last_ts) + 1, $at) as as_of
    from customers
)
select
  (select version from dataset),
  (select as_of from log),
  (select count(*) from consent where ts < (select greatest(as_of, $at) from log)),
  (select list([name, value] order by name) from settings)"""
ALIASES = """
-- Every id a proposal may have been made under, and the id its person is known by now: a load may join two.
select i.id, c.id as known_by
from customer_ids i
join customers c on c.customer = i.customer
where c.customer in (
    select customer from customer_ids where id in (select unnest($ids::varchar[]))
    union
    select customer from customers where id in (select unnest($ids::varchar[]))
)
order by i.kind = 'customer', i.id"""


@dataclass(frozen=True)
class Facts:
    """as_of: ms, just after the log's last event.  standings: by the id a customer is known by now.

    known_by: an id a proposal may bear -> the id its person has now.
    """

    key: tuple[Any, ...]
    catalog: ActionCatalog
    as_of: int
    standings: dict[str, Standing] = field(default_factory=dict)
    known_by: dict[str, str] = field(default_factory=dict)

    def ids_of(self, customers: Iterable[str]) -> list[str]:
        """All ids of these people, and those that nobody has."""
        people = {self.known_by.get(one, one) for one in customers}
        return sorted({one for one, person in self.known_by.items() if person in people} | people)


def facts_of(con: Warehouse, customer_ids: Sequence[str], at: int) -> Facts:
    """The facts with at least these customers in them.

    Ask before a change of the ledger begins, and again within it: the second time it is only checked that they still hold.
    """
    if con.writing:
        return _facts(con, customer_ids, at)
    with one_moment(con):
        return _facts(con, customer_ids, at)


def _facts(con: Warehouse, customer_ids: Sequence[str], at: int) -> Facts:
    key = _key(con, at)
    held: Facts | None = con.shared.get(KEPT)
    if held is None or held.key != key or len(held.known_by) > MOST:
        held = Facts(key, actions_in_force(con), int(key[1]))
    missing = [each for each in dict.fromkeys(customer_ids) if each not in held.known_by]
    if missing:
        held = _with(con, held, missing, at)
    con.shared[KEPT] = held
    return held


def _key(con: Warehouse, at: int) -> tuple[Any, ...]:
    """All that the facts follow from: the log, settings, edited texts, scores, and what was said of consent by then.

    Consent may be dated ahead, and come into force while nothing is loaded.  In memory, texts are settings.
    """
    told = con.connection.execute(KEY, {"at": at}).fetchall()[0]
    texts = () if con.folder is None else tuple(kept_text(con, name) for name in (*FILES, f"{CATALOG}.toml"))
    return (*told, texts, con.shared.get(SCORED, 0))


def _with(con: Warehouse, held: Facts, missing: Sequence[str], at: int) -> Facts:
    known_by: dict[str, str] = dict(ask_sql(con, ALIASES, {"ids": list(missing)}).rows())
    own = {person: person for person in known_by.values()}
    nobody = {each: each for each in missing if each not in known_by}
    found = standings(con, sorted(own), held.as_of, at, held.catalog)
    return Facts(held.key, held.catalog, held.as_of, held.standings | found, held.known_by | nobody | known_by | own)

"""What the log says of the customers a decision is about, kept while nothing changes that it follows from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from journey.actions.catalog import CATALOG, ActionCatalog, actions_in_force
from journey.actions.guardrails import Standing, standings
from journey.catalogs import kept_text
from journey.rules.held import FILES
from journey.warehouse import SCORED, Warehouse, ask_sql, dataset_version, one, one_moment

KEPT = "ledger facts"
MOST = 50_000
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
    """version: of the dataset.  key: what else they follow from.  as_of: ms, just after the log's last event.

    standings: by the id a customer is known by now.

    known_by: an id a proposal may bear -> the id its person has now.
    """

    version: int
    key: tuple[Any, ...]
    catalog: ActionCatalog
    as_of: int
    standings: dict[str, Standing] = field(default_factory=dict)
    known_by: dict[str, str] = field(default_factory=dict)

    def ids_of(self, customers: Iterable[str]) -> list[str]:
        """All ids of these people, and those that nobody has."""
        people = {self.known_by.get(one, one) for one in customers}
        return sorted({one for one, person in self.known_by.items() if person in people} | people)


def warm(con: Warehouse, customer_ids: Iterable[str], at: int) -> None:
    """Have the facts at hand before a change of the ledger begins, which then only checks that they still hold."""
    held: Facts | None = con.shared.get(KEPT)
    asked = list(customer_ids)
    if held is None or held.version != dataset_version(con) or not all(each in held.known_by for each in asked):
        with one_moment(con):
            facts_of(con, asked, at)


def facts_of(con: Warehouse, customer_ids: Sequence[str], at: int) -> Facts:
    """The facts, with at least these customers in them."""
    held: Facts | None = con.shared.get(KEPT)
    version = dataset_version(con)
    if held is None or held.version != version or len(held.known_by) > MOST:
        held = None
    as_of = _end(con, at) if held is None else held.as_of
    key = _key(con, max(as_of, at))
    if held is None or held.key != key:
        held = Facts(version, key, actions_in_force(con), as_of)
    if missing := [each for each in dict.fromkeys(customer_ids) if each not in held.known_by]:
        held = _with(con, held, missing, at)
    con.shared[KEPT] = held
    return held


def _end(con: Warehouse, at: int) -> int:
    last = one(con, "select max(last_ts) from customers")
    return at if last is None else int(last) + 1


def _key(con: Warehouse, until: int) -> tuple[Any, ...]:
    """What the facts follow from beside the log: settings, edited texts, scores, and what was said of consent by then.

    Consent may be dated ahead, and come into force while nothing is loaded.  In memory, texts are settings.
    """
    said = one(con, "select count(*) from consent where ts < $until", {"until": until})
    settings = con.connection.execute("select name, value from settings order by name").fetchall()
    texts = () if con.folder is None else tuple(kept_text(con, name) for name in (*FILES, f"{CATALOG}.toml"))
    return (said, settings, texts, con.shared.get(SCORED, 0))


def _with(con: Warehouse, held: Facts, missing: Sequence[str], at: int) -> Facts:
    known_by: dict[str, str] = dict(ask_sql(con, ALIASES, {"ids": list(missing)}).rows())
    own = {person: person for person in known_by.values()}
    nobody = {each: each for each in missing if each not in known_by}
    found = standings(con, sorted(own), held.as_of, at, held.catalog)
    return Facts(held.version, held.key, held.catalog, held.as_of, held.standings | found, held.known_by | nobody | known_by | own)

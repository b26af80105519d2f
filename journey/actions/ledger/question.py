"""A question about the ledger as plain data: how many proposals are in which state, which they are, and how it goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey.actions.ledger.health import Health, health
from journey.actions.ledger.proposal import Entry
from journey.actions.ledger.queue import LIMIT
from journey.actions.ledger.rows import NOW, PEOPLE, entries
from journey.actions.ledger.states import read_state
from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.rules import Binder, customers_where
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

MOST = 10_000
KEYS = ("state", "action", "customer", "limit")
DEFINITION = (
    "Proposals, by the state their last step left them in; those held out are counted apart, as they never leave it. A proposal "
    "belongs to the moment as of which its customer was seen. Days and times in UTC, steps by the clock of the machine."
)


@dataclass(frozen=True)
class LedgerQuestion:
    """state, action, customer: only proposals of it, None for any.  limit: entries that are listed; all are counted."""

    state: str | None = None
    action: str | None = None
    customer: str | None = None
    limit: int = LIMIT

    def as_plain(self) -> dict[str, Any]:
        """What `read_ledger` reads back as this question."""
        return {"state": self.state, "action": self.action, "customer": self.customer, "limit": self.limit}


def read_ledger(plain: Mapping[str, Any]) -> LedgerQuestion:
    """{"state": "waiting", "action": null, "customer": null, "limit": 200} -> the question.

    Raises: QuestionError: an unknown key or state, a limit out of range.
    """
    refuse_unknown(plain, KEYS, "a question about the ledger")
    state, limit = plain.get("state"), plain.get("limit", LIMIT)
    for name in ("action", "customer"):
        if not isinstance(plain.get(name), str | None):
            raise QuestionError(f"{name} is {plain[name]!r}; it is a name, or null for any.")
    if isinstance(limit, bool) or not isinstance(limit, int) or not 0 <= limit <= MOST:
        raise QuestionError(f"limit is {limit!r}; it is how many proposals are listed, 0 to {MOST:,}.")
    return LedgerQuestion(None if state is None else read_state(state), plain.get("action"), plain.get("customer"), limit)


@dataclass(frozen=True)
class StateCount:
    """proposals, customers: how many are in it.  arm: treated, or holdout for those who never get anything."""

    state: str
    arm: str
    proposals: int
    customers: int


@dataclass(frozen=True)
class Ledger:
    """counts: by state and arm.  entries: those that changed last, at most `limit`.  health: of the whole ledger, now."""

    question: LedgerQuestion
    counts: tuple[StateCount, ...]
    actions: tuple[tuple[str, int, int], ...]
    entries: tuple[Entry, ...]
    health: Health
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        return {
            "states": [
                {"state": each.state, "arm": each.arm, "proposals": each.proposals, "customers": each.customers} for each in self.counts
            ],
            "actions": [{"action": name, "proposals": proposals, "customers": customers} for name, proposals, customers in self.actions],
            "entries": [entry.as_plain() for entry in self.entries],
            "health": self.health.as_plain(),
            **self.evidence.as_plain(),
        }


def measure_ledger(con: Warehouse, question: LedgerQuestion, scope: Scope) -> Ledger:
    """Proposals that were made as of a moment after the scope's start and not after its stop, of customers in its segment."""
    sql, params, warnings = _chosen(con, question, scope)
    rows = ask_sql(con, f"with chosen as ({sql}) {COUNTS}", params).rows()
    actions = ask_sql(con, f"with chosen as ({sql}) {ACTIONS}", params).rows()
    latest = ask_sql(con, f"with chosen as ({sql}) select proposal from chosen order by step desc limit {question.limit}", params)
    found = entries(con, latest["proposal"].to_list())
    people = ask_sql(con, f"with chosen as ({sql}) select count(distinct customer_id) as people from chosen", params).item()
    evidence = Evidence(DEFINITION, sql, params, people, data_until(con), warnings)
    return Ledger(question, tuple(StateCount(*row) for row in rows), tuple(actions), tuple(found.values()), health(con), evidence)


def ledger_customers(con: Warehouse, question: LedgerQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a mark: {"state": ..}, {"arm": ..}, {"action": ..}, or some of them; {} everybody with a proposal.

    Raises: QuestionError: another mark.
    """
    refuse_unknown(mark, ("state", "arm", "action"), "a mark of the ledger")
    if "state" in mark:
        read_state(mark["state"])
    if not all(isinstance(value, str) for value in mark.values()):
        raise QuestionError(f"A mark of the ledger holds names; found {dict(mark)}.")
    sql, params, _ = _chosen(con, question, scope)
    held = "".join(f" and {name} = $mark_{name}" for name in mark)
    text = f"with chosen as ({sql}) select distinct customer_id from chosen where true{held} order by customer_id"
    return People(tuple(ask_sql(con, text, {**params, **{f"mark_{name}": value for name, value in mark.items()}})["customer_id"].to_list()))


COUNTS = """
select state, arm, count(*) as proposals, count(distinct customer_id) as customers
from chosen
group by state, arm
order by arm desc, state"""
ACTIONS = """
select action, count(*) as proposals, count(distinct customer_id) as customers
from chosen
group by action
order by proposals desc, action"""
CHOSEN = f"""
with stated as (
    -- every proposal with what it is now, under the id that its customer is known by now
    select p.proposal, coalesce(w.known_by, p.customer_id) as customer_id, p.action, p.as_of, p.arm, n.state, n.step
    from proposals p
    join ({NOW}
    ) n on n.proposal = p.proposal
    left join ({PEOPLE}
    ) w on w.proposed_as = p.customer_id
)
select s.proposal, s.customer_id, s.action, s.arm, s.state, s.step
from stated s
where true"""


def _chosen(con: Warehouse, question: LedgerQuestion, scope: Scope) -> tuple[str, dict[str, Any], tuple[str, ...]]:
    """SQL of the proposals that are asked about, its values, and what to beware of."""
    binder = Binder(con)
    conditions = {"s.state": question.state, "s.action": question.action, "s.customer_id": question.customer}
    held = [f"{column} = {binder.bind(value)}" for column, value in conditions.items() if value is not None]
    if scope.start is not None:
        held.append(f"s.as_of > {binder.bind(scope.start)}")
    if scope.stop is not None:
        held.append(f"s.as_of <= {binder.bind(scope.stop)}")
    if scope.segment is not None:
        inside = customers_where(binder, scope.segment, Scope(None, scope.stop, scope.timezone))
        held.append(f"s.customer_id in (select id from customers where customer in (select customer from ({inside})))")
    return CHOSEN + "".join(f"\n  and {each}" for each in held), binder.params, tuple(binder.warnings)

"""Who was reached by what and when, in the log and by the ledger, and what is proposed to them and still open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.actions.catalog import Action, ActionCatalog, Logged
from journey.actions.guardrails.standing import Contact, Rejection
from journey.rules import Binder
from journey.rules.match import Property, known_properties
from journey.warehouse import Warehouse, kept, one, quote

DAY = 86_400_000
WAITING = ("waiting", "held", "approved")
DONE = ("exported", "sent")
REJECTED = "rejected"
IN_LOG = """
select e.customer, n.name, {channel} as channel, {told} as told, e.ts
from events e
join event_names n on n.event = e.event
where
  e.customer in (select unnest($customers::integer[]))
  and ({wanted})
  and e.ts >= $since
  and e.ts < $as_of
order by e.customer, e.ts, e.seq"""
IN_LEDGER = """
with ids as (
    -- every id these customers were ever proposed something under: a load may join two
    select customer, id from customers where customer in (select unnest($customers::integer[]))
    union
    select customer, id from customer_ids where customer in (select unnest($customers::integer[]))
),
mine as (
    select ids.customer, p.*
    from proposals p
    join ids on ids.id = p.customer_id
),
now as (
    -- what each of these proposals is now, and since when
    select
        s.proposal,
        arg_max(s.state, s.step) as state,
        arg_max(s.done_at, s.step) as since,
        arg_max(s.done_by, s.step) as done_by,
        arg_max(s.reason, s.step) as reason
    from action_steps s
    where s.proposal in (select proposal from mine)
    group by s.proposal
)
select m.customer, m.action, m.channel, m.arm, m.proposed_at, now.state, now.since, now.done_by, now.reason
from mine m
join now on now.proposal = m.proposal
where
  (m.arm <> 'holdout' and list_contains($waiting, now.state))
  or (m.arm <> 'holdout' and list_contains($done, now.state) and now.since > $since)
  or (m.arm = 'holdout' and not list_contains($undone, now.state) and m.proposed_at > $since)
order by m.customer, now.since, m.proposal"""
UNDONE = ("withdrawn", "rejected", "replaced")


@dataclass(frozen=True)
class Opened:
    """What the ledger knows of a customer: contacts it made or will make, the actions that are open with their channels, and
    those that people rejected."""

    contacts: tuple[Contact, ...] = ()
    open: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    rejected: tuple[Rejection, ...] = ()


def longest_look(catalog: ActionCatalog) -> int:
    """How far back any cap or cooldown looks, ms."""
    return max([DAY, *(cap.within_ms for cap in catalog.guardrails.caps), *(action.cooldown_ms for action in catalog.actions)])


def contacts_in_log(con: Warehouse, customers: Sequence[int], as_of: int, catalog: ActionCatalog) -> dict[int, list[Contact]]:
    """Number of a customer -> contacts before as_of, oldest first.

    Where an event assigned actions by dice (`logged`), its property says what came: nothing is no contact; an action of
    the catalog counts for its cooldown, and as a contact where the event is listed under the action's own channel.
    """
    drawn = _assignments(catalog.actions)
    channels = list(catalog.guardrails.contacts)
    if not customers or not (channels or drawn):
        return {}
    sql, params = contacts_sql(con, catalog)
    bound = {**params, "customers": list(customers), "since": as_of - longest_look(catalog), "as_of": as_of}
    found: dict[int, list[Contact]] = {}
    for customer, name, place, values, ts in con.connection.execute(sql, bound).fetchall():
        contact = _read(name, "" if place is None else channels[place], values, ts, drawn)
        if contact is not None:
            found.setdefault(customer, []).append(contact)
    return found


def contacts_sql(con: Warehouse, catalog: ActionCatalog) -> tuple[str, dict[str, Any]]:
    """-> (the query, values to bind beside $customers, $since and $as_of).

    Columns: customer, name of the event, channel (its place among the guardrails'), told (what assigned actions), ts.
    """
    guardrails = catalog.guardrails
    told = repr((guardrails.contacts, [(action.name, action.channel, action.logged) for action in catalog.actions]))
    sql, params = kept(con, f"contacts in the log: {told}", lambda: _contacts_sql(con, catalog))
    return sql, dict(params)


def _contacts_sql(con: Warehouse, catalog: ActionCatalog) -> tuple[str, dict[str, Any]]:
    binder, drawn = Binder(con), _assignments(catalog.actions)
    steps = [binder.match({"any_of": list(steps)}).sql for steps in catalog.guardrails.contacts.values()]
    assigned = [binder.match(event).sql for event in sorted({event for event, _ in drawn})]
    whens = " ".join(f"when {sql} then {place}" for place, sql in enumerate(steps))
    channel = f"case {whens} end" if whens else "null"
    told = _told(con, _properties(drawn))
    return IN_LOG.format(channel=channel, told=told, wanted=" or ".join([*steps, *assigned]) or "false"), binder.params


def _assignments(actions: Sequence[Action]) -> dict[tuple[str, str], dict[str, Action | None]]:
    """(event, property) -> value of the property -> the action it names, None for doing nothing."""
    drawn: dict[tuple[str, str], dict[str, Action | None]] = {}
    for action, logged in _logged(actions):
        named = drawn.setdefault((logged.event, logged.property), {})
        named[logged.nothing] = None
        named[logged.is_] = action
    return drawn


def _logged(actions: Sequence[Action]) -> Iterator[tuple[Action, Logged]]:
    return ((action, action.logged) for action in actions if action.logged is not None)


def _told(con: Warehouse, names: Sequence[str]) -> str:
    """SQL of a list of these properties as text, in this order."""
    held = {one.name: one for one in known_properties(con) if one.of == "event"}
    texts = [_text(held.get(name)) for name in names]
    return "[" + ", ".join(texts) + "]" if texts else "null"


def _text(prop: Property | None) -> str:
    return "null" if prop is None else prop.as_text(f"e.{quote(prop.column)}")


def _properties(drawn: Mapping[tuple[str, str], Any]) -> list[str]:
    return sorted({prop for _, prop in drawn})


def _read(
    name: str, channel: str, values: Sequence[str | None] | None, ts: int, drawn: Mapping[tuple[str, str], Mapping[str, Action | None]]
) -> Contact | None:
    """A row of the log -> the contact it is; None where nothing was done."""
    for place, prop in enumerate(_properties(drawn)):
        value = values[place] if values else None
        named = drawn.get((name, prop), {})
        if value is not None and value in named:
            action = named[value]
            return None if action is None else Contact(channel if action.channel == channel else "", action.name, ts)
    return Contact(channel, "", ts) if channel else None


def known_to_ledger(con: Warehouse, customers: Sequence[int], at: int, catalog: ActionCatalog, undecided: bool = True) -> dict[int, Opened]:
    """Number of a customer -> what the ledger knows of them.  undecided: whether what waits for a decision counts as open.

    What is approved counts as a contact made now, for it will be one.  To who is held out a proposal counts as a contact
    when it was made, as if it had been sent, so that they are chosen for as often as the others; it is never open.
    """
    if not customers or not one(con, "select count(*) from proposals"):
        return {}
    bound = {"customers": list(customers), "since": at - longest_look(catalog)}
    states = {"waiting": list(WAITING if undecided else WAITING[-1:]), "done": [*DONE, REJECTED], "undone": list(UNDONE)}
    rows = con.connection.execute(IN_LEDGER, {**bound, **states}).fetchall()
    found: dict[int, tuple[list[Contact], list[str], list[str], dict[str, Rejection]]] = {}
    for customer, action, channel, arm, proposed, state, since, by, why in rows:
        contacts, opened, channels, rejected = found.setdefault(customer, ([], [], [], {}))
        if arm == "holdout":
            contacts.append(Contact(channel, action, proposed, "ledger"))
            continue
        if state in WAITING:
            opened.append(action)
            channels.append(channel)
        if state == REJECTED:
            rejected[action] = Rejection(action, since, by, why)
        elif state not in ("waiting", "held"):
            contacts.append(Contact(channel, action, at if state == "approved" else since, "ledger"))
    return {
        customer: Opened(tuple(contacts), tuple(opened), tuple(channels), tuple(rejected.values()))
        for customer, (contacts, opened, channels, rejected) in found.items()
    }

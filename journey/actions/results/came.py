"""What came of one proposal that was handed over: whether the customer did, within its time, what it was for."""

from dataclasses import dataclass
from typing import Any

from journey.actions.catalog import Wanted
from journey.actions.effects.decided import wanted_sql
from journey.actions.effects.moment import decided_at
from journey.actions.ledger import HANDED, Entry
from journey.actions.ledger.rows import PEOPLE
from journey.answers import data_until, iso
from journey.rules import Binder
from journey.warehouse import Warehouse, one

CAME = f"""
select min(e.ts)
from events e
where e.customer = (select w.customer from ({PEOPLE}) w where w.proposed_as = $who)
    and e.ts > $since and e.ts <= $until and {{wanted}}"""


@dataclass(frozen=True)
class Came:
    """at: ms of the first such event after the proposal, None where there is none.  until: ms, the end of its time.

    over: whether the log reaches to that end, so that none is none.  By the log's clock, as results count it; with the
    action, and not because of it: only the comparison with those held out tells that.
    """

    at: int | None
    until: int
    over: bool

    def as_plain(self) -> dict[str, Any]:
        return {"at": iso(self.at), "until": iso(self.until), "over": self.over}


def came_of(con: Warehouse, entry: Entry, wanted: Wanted) -> Came | None:
    """None of what was not handed over."""
    if entry.state not in HANDED:
        return None
    kept, binder = entry.proposal, Binder(con)
    last = data_until(con)
    since = decided_at(kept, last)
    until = since + wanted.within_ms
    text = CAME.format(wanted=wanted_sql(binder, wanted))
    at = one(con, text, {**binder.params, "who": kept.customer_id, "since": since, "until": until})
    return Came(at, until, last is not None and last >= until)

"""Who asked not to be contacted, as a person noted when rejecting a proposal: it holds for every action, and never grows old."""

from collections.abc import Sequence

from journey.actions.guardrails.standing import ASKED, Rejection
from journey.warehouse import Warehouse, one

NOTED = """
with people as (
    -- these customers, and every id they were ever known by: a load may join two
    select customer, id from customers where id in (select unnest($customers::varchar[]))
),
ids as (
    select people.id as known_as, people.customer, people.id from people
    union
    select people.id, people.customer, other.id from people join customer_ids other on other.customer = people.customer
)
select ids.known_as, p.action, s.done_at, s.done_by
from action_steps s
join proposals p on p.proposal = s.proposal
join ids on ids.id = p.customer_id
where
  s.state = 'rejected'
  and s.reason = $asked
  -- unless they allowed something since
  and not exists (select 1 from consent c where c.customer = ids.customer and c.given and c.ts > s.done_at)
order by s.step"""


def wishes(con: Warehouse, customer_ids: Sequence[str]) -> dict[str, Rejection]:
    """Id, as the customer is known now -> who noted it last; those of whom nothing is noted are left out."""
    if not customer_ids or not one(con, "select count(*) from action_steps where reason = $asked", {"asked": ASKED}):
        return {}
    found = con.connection.execute(NOTED, {"customers": list(customer_ids), "asked": ASKED}).fetchall()
    return {known_as: Rejection(action, at, by, ASKED) for known_as, action, at, by in found}

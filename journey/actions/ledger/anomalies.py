"""What looks like a fault of whoever proposed it, and so stops and waits for a person.

flood        more of one action in a run than `most_at_once` times its usual number, the median of the last ten runs of that
             kind; a first run may reach a quarter of the customers it chose among
twice        the same action for the same customer within its cooldown, under another key
value        an expected value that is no number, or above `most_value`; below nothing, but for what was drawn to learn from and may
             well be worth its cost

Twenty of an action are never a flood: a person reads as many in ten minutes.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from journey.actions.ledger.desk import Desk
from journey.actions.ledger.proposal import Proposal
from journey.answers import iso
from journey.rules.match import find_property
from journey.warehouse import Warehouse, ask_sql, kept, one, setting

FLOOD_LEAST = 20
FIRST_SHARE = 0.25
RUNS = 10
TIMES_LARGEST = 10.0
USUAL = """
with kept as (
    -- what earlier runs of this kind proposed, but for what was stopped and not let through
    select p.proposal, p.action, p.run, p.proposed_at
    from proposals p
    join action_steps s on s.proposal = p.proposal
    where regexp_replace(p.run, '\\s*[0-9]+$', '') = $kind and p.run <> $run
    group by p.proposal, p.action, p.run, p.proposed_at
    having bool_or(s.state = 'waiting')
),
runs as (
    select action, run, count(*) as proposed, max(proposed_at) as last_at
    from kept
    group by action, run
),
latest as (
    select action, proposed, row_number() over (partition by action order by last_at desc, run) as place
    from runs
)
select action, median(proposed) as usual
from latest
where place <= $runs
group by action"""
BOOKED = "select action, count(*) from proposals where run = $run group by action"


def floods(con: Warehouse, desk: Desk, proposals: Sequence[Proposal], eligible: Mapping[str, int]) -> dict[tuple[str, str], str]:
    """(run, action) -> why so many of it are stopped.  eligible: action -> customers the run chose among, where it is known."""
    found: dict[tuple[str, str], str] = {}
    for run in dict.fromkeys(each.run for each in proposals):
        counted = Counter(each.action for each in proposals if each.run == run)
        counted.update(dict(ask_sql(con, BOOKED, {"run": run}).rows()))
        many = [action for action, count in counted.items() if count > FLOOD_LEAST]
        if many:
            usual = dict(ask_sql(con, USUAL, {"kind": kind_of(run), "run": run, "runs": RUNS}).rows())
            told = ((action, _flood(con, desk, counted[action], usual.get(action), eligible.get(action))) for action in many)
            found |= {(run, action): why for action, why in told if why}
    return found


def _flood(con: Warehouse, desk: Desk, count: int, usual: float | None, eligible: int | None) -> str:
    if usual is not None:
        times = desk.catalog.guardrails.most_at_once
        if count <= max(FLOOD_LEAST, times * usual):
            return ""
        return f"A flood: this run proposes it to {count:,} customers; usual are {usual:,.0f}, and {times:g} times that stops for a person."
    among = int(one(con, "select count(*) from customers")) if eligible is None else eligible
    if count <= max(FLOOD_LEAST, FIRST_SHARE * among):
        return ""
    return (
        f"A first run that proposes it to {count:,} of {among:,} customers: more than {FIRST_SHARE:.0%} stop for a person, "
        "as nothing is known of its usual number."
    )


def kind_of(run: str) -> str:
    """ "daily 12" -> "daily": runs of one kind are compared."""
    return re.sub(r"\s*[0-9]+$", "", run)


def twice(desk: Desk, proposal: Proposal) -> str:
    """Why it looks like the same thing done twice; "" where it does not.  Contacts that the log holds are the cooldown's own."""
    action = desk.action(proposal.action)
    if action is None or proposal.arm == "holdout":
        return ""
    for key, other in desk.of(proposal.customer_id).items():
        if other.proposal.action != proposal.action or key == proposal.proposal:
            continue
        since = other.proposal.proposed_at if other.handed_at is None else other.handed_at
        if other.handed_at is None or desk.at - since < action.cooldown_ms:
            when = (iso(since) or "")[:16].replace("T", " ")
            return f"The same action for the same customer twice: under another key it is {other.state} since {when} UTC."
    return ""


def odd_value(con: Warehouse, desk: Desk, proposal: Proposal) -> str:
    """Why its expected value cannot be; "" where it can, or is not known."""
    value = proposal.expected_value
    if value is None:
        return ""
    if not math.isfinite(value):
        return f"Its expected value is no number ({value})."
    drawn = proposal.propensity < 1 and proposal.high is not None and proposal.high > 0
    if value < 0 and not drawn:
        return f"Its expected value is {value:,.2f}: doing nothing is worth more."
    most = _most_value(con, desk, proposal)
    if most is not None and value > most:
        return f"Its expected value is {value:,.2f}, above the {most:,.2f} that stop for a person."
    return ""


def _most_value(con: Warehouse, desk: Desk, proposal: Proposal) -> float | None:
    """As the guardrails say; else what one outcome is said to bring, else ten times the largest order's margin."""
    guardrails, action = desk.catalog.guardrails, desk.action(proposal.action)
    if guardrails.most_value is not None:
        return guardrails.most_value
    if action is not None and not isinstance(action.worth, str):
        return float(action.worth)
    largest = kept(con, "largest order", lambda: _largest_order(con))
    return None if largest is None else TIMES_LARGEST * largest * guardrails.margin


def _largest_order(con: Warehouse) -> float | None:
    """Money; None where no revenue is mapped."""
    revenue = setting(con, "revenue")
    column = find_property(con, str(revenue.get("property"))) if isinstance(revenue, dict) else None
    if column is None or column.of != "event" or column.type not in ("double", "bigint"):
        return None
    found = one(con, f"select max({column.sql('e')}) from events e")
    return None if found is None else float(found)

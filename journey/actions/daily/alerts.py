"""What a person should look at after a run: each alert is a sentence that says what to do."""

from journey.actions.delivery import Delivered
from journey.answers import data_until, iso
from journey.predict.store import model_cards
from journey.warehouse import Warehouse, ask_sql, one

DAY = 86_400_000
OLD_AFTER = 2 * DAY  # the newest event, by the machine's clock
FAILED_SHARE, FEWEST_CALLS = 0.2, 5
UNSEEN_SHARE, FEWEST_ENDED, LOOK_BACK = 0.25, 10, 7 * DAY
NOW = "select proposal, arg_max(state, step) as state, max(done_at) as since from action_steps group by proposal"
HELD = f"select count(*) from ({NOW}) where state = 'held'"
CALLS = """
select target, count(*) as calls, count(*) filter (where status is null or status >= 300) as failed
from deliveries
where done_at > $since and not starts_with(target, 'file:')
group by target
order by target"""
ENDED = f"""
with now as ({NOW}),
looked_at as (
    -- somebody decided on it, whatever followed
    select distinct proposal from action_steps where state in ('approved', 'rejected', 'replaced')
)
select
    count(*) as ended,
    count(*) filter (where n.state = 'expired' and l.proposal is null) as unseen
from now n
join proposals p on p.proposal = n.proposal and p.arm = 'treated'
left join looked_at l on l.proposal = n.proposal
where n.since > $since and n.state not in ('waiting', 'held')"""


def find_alerts(con: Warehouse, at: int, delivered: Delivered | None) -> tuple[str, ...]:
    """at: ms by the machine's clock.  delivered: what this run sent; None where it did not come to that."""
    found = [*_held(con), *_old(con, at), *_drifted(con), *_failing(con, at), *_unseen(con, at)]
    return (*found, *(delivered.faults if delivered is not None else ()))


def _held(con: Warehouse) -> list[str]:
    number = int(one(con, HELD))
    return (
        [f"{number:,} proposals are held because something about them is unusual: release or reject them on the Actions page."]
        if number
        else []
    )


def _old(con: Warehouse, at: int) -> list[str]:
    last = data_until(con)
    if last is None or at - last <= OLD_AFTER:
        return []
    return [f"The newest event is of {(iso(last) or '')[:10]}, {(at - last) // DAY:,} days ago: see whether files still arrive."]


def _drifted(con: Warehouse) -> list[str]:
    """Models in use whose chances are spread otherwise than when they were proved, or many of whose features are."""
    found = []
    for card in model_cards(con):
        drifted = [one for one in card.drift.found if one.drift.is_drift] if card.used is not None and card.drift is not None else []
        if drifted:
            more = f" and {len(drifted) - 1} more" if len(drifted) > 1 else ""
            told = f"“{drifted[0].label}”{more} {'is' if not more else 'are'} spread otherwise"
            found.append(f"The model {card.name!r} meets other customers than it was proved on ({told}): look at it on the page Models.")
    return found


def _failing(con: Warehouse, at: int) -> list[str]:
    """Webhooks of which a fifth of the calls of the last day failed, of five calls and more."""
    rows = ask_sql(con, CALLS, {"since": at - DAY}).iter_rows()
    return [
        f"{failed:,} of {calls:,} calls of the webhook {target!r} failed within a day: see what it answered on the Actions page."
        for target, calls, failed in rows
        if calls >= FEWEST_CALLS and failed >= FAILED_SHARE * calls
    ]


def _unseen(con: Warehouse, at: int) -> list[str]:
    """Where a quarter of what ended within a week expired before anybody looked, of ten and more."""
    ended, unseen = ask_sql(con, ENDED, {"since": at - LOOK_BACK}).row(0)
    if ended < FEWEST_ENDED or unseen < UNSEEN_SHARE * ended:
        return []
    return [
        f"{unseen:,} of the {ended:,} proposals that ended within a week expired before anybody looked at them: "
        "propose less, or give the queue more time."
    ]

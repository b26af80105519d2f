"""How customers stand before the guardrails: a few queries for all of them, whatever their number."""

from collections.abc import Mapping, Sequence

from journey.actions.catalog import ActionCatalog
from journey.actions.guardrails.contacts import Opened, contacts_in_log, known_to_ledger
from journey.actions.guardrails.known import Known, people_known
from journey.actions.guardrails.standing import Contact, Rejection, Standing
from journey.actions.guardrails.wishes import wishes
from journey.answers import data_until
from journey.errors import QuestionError
from journey.rules import Binder, customers_where
from journey.rules.held import hold
from journey.rules.staged import stages_in_force
from journey.rules.stages_at import staged, staged_few
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql

FEW = 20
UNMET = "Its requirement does not hold for them."


def standings(
    con: Warehouse, customer_ids: Sequence[str], as_of: int, at: int, catalog: ActionCatalog, undecided: bool = True
) -> dict[str, Standing]:
    """Id -> how the customer stands; ids that nobody has are left out.

    as_of: events before it are seen; at: the time by the machine's clock, for the ledger and for what was said of consent
    after the last event.  As of a moment at or before the log's last event the ledger does not count, and of consent only
    what was said by then: history is told as it was.  Flags and zones have no history; they are as they are known now.
    undecided: whether a proposal that waits for a decision is open, so that there is no second beside it.
    """
    past = as_of <= (data_until(con) or 0)
    people = people_known(con, customer_ids, catalog, as_of if past else max(as_of, at))
    numbers = [one.number for one in people]
    stages = stages_of(con, numbers, as_of)
    log = contacts_in_log(con, numbers, as_of, catalog)
    ledger = {} if past else known_to_ledger(con, numbers, at, catalog, undecided)
    unmet = {one: _unmet(con, rule, as_of) for one, rule in _required(catalog).items()}
    asked = {} if past else wishes(con, [one.id for one in people])
    return {
        one.id: _standing(one, stages, log.get(one.number, ()), ledger.get(one.number, Opened()), catalog, unmet, asked.get(one.id))
        for one in people
    }


def _standing(
    one: Known,
    stages: Mapping[int, str],
    log: Sequence[Contact],
    ledger: Opened,
    catalog: ActionCatalog,
    required: Mapping[str, tuple[frozenset[int], str]],
    asked: Rejection | None,
) -> Standing:
    purposes = {action.purpose for action in catalog.actions if action.purpose}
    return Standing(
        customer_id=one.id,
        stage=stages.get(one.number, ""),
        zone=one.zone,
        consent={purpose: one.consent.get(purpose.casefold()) for purpose in purposes},
        protected=one.protected,
        holdout=one.holdout,
        contacts=(*log, *ledger.contacts),
        open=ledger.open,
        open_channels=ledger.channels,
        rejected=ledger.rejected,
        asked=asked,
        unmet={action: why for action, (met, why) in required.items() if one.number not in met},
    )


def stages_of(con: Warehouse, numbers: Sequence[int], as_of: int) -> Mapping[int, str]:
    """Number of a customer -> the stage they are in as of a moment.

    At the data's end everybody's are worked out once and held; of a few at another moment only theirs.
    """
    rules = stages_in_force(con)
    if len(numbers) > FEW or as_of > (data_until(con) or 0):
        return hold(con, "stage of each customer", (as_of, repr(rules)), lambda: _all_stages(con, as_of))
    few = staged_few(Binder(con), rules, [as_of], numbers) if numbers else None
    return {} if few is None else {number: rules[place].name for number, place in few.select("customer", "stage").iter_rows()}


def _all_stages(con: Warehouse, as_of: int) -> dict[int, str]:
    rules = stages_in_force(con)
    found = staged(Binder(con), rules, [as_of], Scope(None, as_of))
    return {number: rules[place].name for number, place in found.select("customer", "stage").iter_rows()}


def _required(catalog: ActionCatalog) -> dict[str, object]:
    return {action.name: action.when for action in catalog.actions if action.when is not None and action.on}


def _unmet(con: Warehouse, rule: object, as_of: int) -> tuple[frozenset[int], str]:
    """-> (those for whom a requirement holds, what is said to the others).  One that cannot be read holds for nobody."""

    def met() -> tuple[frozenset[int], str]:
        binder = Binder(con)
        try:
            sql = customers_where(binder, rule, Scope(None, as_of))
            return frozenset(ask_sql(con, sql, binder.params)["customer"].to_list()), UNMET
        except QuestionError as fault:
            return frozenset(), f"Its requirement cannot be judged: {fault}"

    return hold(con, "who meets a requirement", (as_of, repr(rule)), met)

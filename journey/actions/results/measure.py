"""Measuring what actions brought: our own proposals against their holdout, and campaigns of the log that were drawn at random."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from journey.actions.catalog import Action, ActionCatalog, Logged, actions_in_force
from journey.actions.effects import Effects, effects_of
from journey.actions.effects.decided import Decisions, of_action, proposed
from journey.actions.effects.measure import campaign, ledger_height
from journey.actions.results.after import advanced, brought
from journey.actions.results.balance import off_chances, off_share
from journey.actions.results.compare import Record, compared
from journey.actions.results.counts import ledger_rows, tallies
from journey.actions.results.question import ResultsQuestion
from journey.actions.results.result import CAMPAIGN, LEDGER, ActionResult, Results
from journey.answers import Evidence, data_until, iso
from journey.errors import QuestionError
from journey.rules import Binder, customers_where, find_property
from journey.rules.held import hold
from journey.rules.match import nearest
from journey.rules.segment import as_of
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, one_moment, setting

OWN = "Our own proposals against their holdout"
EMPTY = "select proposal from proposals"


@dataclass(frozen=True)
class Measured:
    """An answer with the rows it rests on, so that whoever is behind a mark can be told.

    records: (action, source) -> the decisions.  ledger: every proposal.
    """

    results: Results
    records: Mapping[tuple[str, str], Record]
    ledger: pl.DataFrame


def measure_results(con: Warehouse, question: ResultsQuestion, scope: Scope) -> Results:
    """What each action brought, as of the scope's stop; its start, and `since`, leave earlier decisions out.

    The segment of the scope narrows whose decisions are looked at.  As of a moment in the past the ledger does not count.
    Raises: QuestionError: no action of that name.
    """
    return measured(con, question, scope).results


def measured(con: Warehouse, question: ResultsQuestion, scope: Scope) -> Measured:
    catalog = actions_in_force(con)
    if question.action is not None and catalog.action(question.action) is None:
        known = [action.name for action in catalog.actions]
        near = nearest(question.action, known)
        raise QuestionError(f"No action is named {question.action!r}.{near} Known are: {', '.join(known) or 'none'}.")
    asked = (catalog, question, scope, ledger_height(con))
    return hold(con, "results of actions", asked, lambda: _measured(con, catalog, question, scope), most=4)


def _measured(con: Warehouse, catalog: ActionCatalog, question: ResultsQuestion, scope: Scope) -> Measured:
    with one_moment(con):
        moment = as_of(Binder(con), scope)
        effects = effects_of(con, catalog, Scope(None, scope.stop))
        ledger = _ledger(con, question, scope, moment)
        reader = _Reader(con, question, scope, moment, _by_dice(con, catalog))
        actions: list[ActionResult] = []
        records: dict[tuple[str, str], Record] = {}
        for action in catalog.actions:
            if question.action in (None, action.name):
                mine = reader.records(action, not ledger.filter(pl.col("action") == action.name).is_empty())
                records |= {(action.name, record.source): record for record in mine}
                actions.append(_result(action, mine, ledger, effects, catalog.guardrails.margin, moment))
        evidence = _evidence(con, reader, question, catalog.guardrails.margin, records)
        currency = (setting(con, "revenue") or {}).get("currency") or setting(con, "currency")
        known = data_until(con) is not None
        return Measured(Results(question, tuple(actions), moment if known else None, currency, evidence), records, ledger)


def _result(action: Action, records: list[Record], ledger: pl.DataFrame, effects: Effects, margin: float, moment: int) -> ActionResult:
    counts = tallies(ledger.filter(pl.col("action") == action.name))
    told = tuple(compared(action, record, effects, margin, moment) for record in records)
    return ActionResult(action.name, action.what, counts, told, effects.of(action.name))


def _ledger(con: Warehouse, question: ResultsQuestion, scope: Scope, moment: int) -> pl.DataFrame:
    rows = ledger_rows(con, moment)
    if scope.stop is not None:
        return rows.clear()
    since = max(question.since or 0, scope.start or 0)
    rows = rows.filter(pl.col("at") >= since)
    inside = _segment(con, scope)
    return rows if inside is None else rows.filter(pl.col("customer_id").is_in(inside["id"].to_list()))


def _by_dice(con: Warehouse, catalog: ActionCatalog) -> float:
    """The share that our own dice hold out; 0 where a property of customers says who."""
    rails = catalog.guardrails
    said = rails.holdout_by is not None and find_property(con, rails.holdout_by) is not None
    return 0.0 if said else rails.holdout


def _segment(con: Warehouse, scope: Scope) -> pl.DataFrame | None:
    """customer, id of those in the scope's segment; None for everyone."""
    if scope.segment is None:
        return None
    binder = Binder(con)
    who = customers_where(binder, scope.segment, scope)
    return ask_sql(con, f"select c.customer, c.id from customers c where c.customer in ({who})", binder.params)


class _Reader:
    """Reads the decisions of actions; those of one campaign once for all its actions.

    holdout: the share that our own dice hold out; 0 where a property of customers says who.
    """

    def __init__(self, con: Warehouse, question: ResultsQuestion, scope: Scope, moment: int, holdout: float) -> None:
        self.holdout = holdout
        self.con, self.question, self.moment = con, question, moment
        self.since = max(question.since or 0, scope.start or 0)
        self.inside = _segment(con, scope)
        self.campaigns: dict[str, Record] = {}
        self.decisions: list[Decisions] = []

    def records(self, action: Action, is_proposed: bool) -> list[Record]:
        """The records there are of an action, the ledger first."""
        found = []
        if is_proposed and not action.lacking:
            own = self._record(LEDGER, OWN, action, proposed(self.con, action.name, action.wanted, self.moment))
            held_out = int((~own.rows["treated"]).sum())
            found.append(replace(own, alarm=off_share(held_out, own.rows.height, self.holdout)))
        if action.logged is not None and not action.lacking:
            record = self._campaign(action, action.logged)
            mine = record.only(record.rows["named"].is_in([action.logged.is_, action.logged.nothing]))
            alarm = off_chances(record.rows, (action.logged.is_, action.logged.nothing)) if action.logged.propensity else ""
            found.append(replace(mine, rows=of_action(mine.rows, action.logged), alarm=alarm))
        return found

    def _campaign(self, action: Action, logged: Logged) -> Record:
        key = repr((replace(logged, is_=""), action.wanted))
        if key not in self.campaigns:
            found = campaign(self.con, logged, action.wanted, self.moment)
            told = f"The log's campaign {logged.event!r}, drawn at random"
            self.campaigns[key] = self._record(CAMPAIGN, told, action, found)
        return self.campaigns[key]

    def _record(self, source: str, told: str, action: Action, found: Decisions) -> Record:
        rows = found.rows.filter(pl.col("at") >= self.since)
        if self.inside is not None:
            rows = rows.filter(pl.col("customer").is_in(self.inside["customer"].to_list()))
        self.decisions.append(found)
        within = action.wanted.within_ms
        rows = rows.with_columns(advanced=advanced(self.con, rows, within))
        money = brought(self.con, rows, within, self.question.days, self.moment)
        return Record(source, told, rows, *(money or (None, None)))


def _evidence(
    con: Warehouse, reader: _Reader, question: ResultsQuestion, margin: float, records: Mapping[tuple[str, str], Record]
) -> Evidence:
    people = set().union(*(set(record.rows["customer"].to_list()) for record in records.values())) if records else set()
    asked = next((one for one in reader.decisions if one.sql), None)
    since = f", from {iso(reader.since)} on" if reader.since else ""
    definition = (
        f"Decisions whose outcome window is over{since}: with the action against without. The outcome comes later than the decision and "
        "within the window of the action. Of our own ledger the first proposal of each action to each customer counts that a run or a "
        "launch made, as nobody held out is chosen for by hand, from when it was decided by the log's clock; those held out "
        "are the control, and where a person stopped some, the difference of all meant to get it is divided by the share that did. "
        "Of a campaign of the log each decision weighs one over its chance; those that nothing else could have come of are left out. "
        "Errors are by customer. Verdicts go by 95% intervals that hold however often one looks; there is none where the dice did not fall "
        "as they were said to. A step further, and value over "
        f"{question.days} days, are against a control weighed to the stages of the treated. Money is net revenue; what an action brought "
        f"is that times the margin of {100 * margin:.0f}%, less its cost. Times in UTC."
    )
    warnings = tuple(dict.fromkeys(warning for one in reader.decisions for warning in one.warnings))
    sql, params = (asked.sql, asked.params) if asked else (EMPTY, {})
    return Evidence(definition, sql, params, len(people), data_until(con), warnings)

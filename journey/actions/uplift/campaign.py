"""A campaign of the log as a trial of one of its actions against nothing, with what was known of each customer then."""

import numpy as np
import polars as pl

from journey.actions.logged.campaign import Campaign, revenue_of
from journey.actions.logged.seen import Seen, seen_before
from journey.actions.uplift.own import tried_in
from journey.actions.uplift.question import UpliftQuestion, in_words
from journey.actions.uplift.trial import ANOTHER, CONTROL, TREATED, Trial
from journey.answers import Evidence, data_until
from journey.errors import QuestionError
from journey.features import Feature
from journey.rules.held import hold
from journey.scope import Scope, to_datetime
from journey.warehouse import Warehouse

DAY = 86_400_000


def trial_of_campaign(con: Warehouse, question: UpliftQuestion, scope: Scope) -> tuple[Trial, Evidence]:
    """Every decision of the campaign, of all its actions: those of others tell what customers do, too.

    Without a campaign it is empty, and says so.
    Raises: QuestionError: no such action; money where no revenue is mapped.
    """
    campaign = tried_in(con, str(question.action), scope)
    trial, _ = trial_in(con, campaign, question.outcome)
    return trial, _evidence(con, campaign, question)


def trial_in(con: Warehouse, campaign: Campaign, outcome: str = "did") -> tuple[Trial, tuple[Feature, ...]]:
    """The same, and the features of its columns; then the stages follow."""
    asked = (campaign.logged.event, campaign.moment, _asked(campaign))
    known = hold(con, "seen before a campaign", asked, lambda: _seen(con, campaign), most=2)
    came = _outcome(con, campaign, outcome)
    named, stage = campaign.rows["named"].to_numpy(), campaign.rows["stage"].to_numpy()
    arm = np.select([named == campaign.logged.is_, named == campaign.logged.nothing], [TREATED, CONTROL], ANOTHER)
    keep = known.known
    stages = sorted(set(stage[keep].tolist()))
    in_stage = np.column_stack([(stage == one).astype(float) for one in stages]) if stages else np.empty((len(stage), 0))
    ids = campaign.rows["id"].to_list()
    lost = int((~keep).sum())
    trial = Trial(
        names=(*(one.name for one in known.features), *(f"stage: {one}" for one in stages)),
        values=np.column_stack([known.values, in_stage])[keep],
        outcome=came[keep],
        arm=arm[keep],
        chance=campaign.chance[keep],
        person=campaign.person[keep],
        ids=tuple(ids[place] for place in np.flatnonzero(keep)),
        treated=campaign.logged.is_,
        control=campaign.logged.nothing,
        lacks=campaign.missing,
        warnings=(f"{lost:,} decisions on customers of whom nothing was known before are left out.",) if lost else (),
        features=known.features,
    )
    return trial, known.features


def _asked(campaign: Campaign) -> tuple[object, ...]:
    rows = campaign.rows
    return (rows.height, campaign.action.wanted.within_ms, int(rows["at"].sum()), int(rows["customer"].sum()))


def _seen(con: Warehouse, campaign: Campaign) -> Seen:
    return seen_before(con, campaign.rows.select("id", pl.col("at")), (campaign.logged.event,))


def _outcome(con: Warehouse, campaign: Campaign, outcome: str) -> np.ndarray:
    if outcome == "did" or campaign.missing:
        return campaign.rows["did"].to_numpy().astype(float)
    found = revenue_of(con, campaign)
    if found is None:
        raise QuestionError('No revenue is mapped, so money cannot be the outcome. Ask with "outcome": "did", or map the revenue.')
    return found


def _evidence(con: Warehouse, campaign: Campaign, question: UpliftQuestion) -> Evidence:
    what = "the chance of its outcome" if question.outcome == "did" else "the revenue of its outcome"
    days = f"{campaign.action.wanted.within_ms / DAY:g} days"
    whose = "" if campaign.logged.event else " Of our own ledger the first proposal to each customer counts, done or not."
    definition = (
        f"What {campaign.action.name!r} adds to {what} within {days} of a decision, against {campaign.logged.nothing!r} by the same dice, "
        f"each decision weighed by one over its chance, with errors by customer (95%). Decisions whose {days} were over by "
        f"{to_datetime(campaign.moment).date()}.{whose} Whether it adds more to some: {in_words(question)} Times in UTC."
    )
    return Evidence(definition, campaign.sql, dict(campaign.params), 0, data_until(con), campaign.warnings)

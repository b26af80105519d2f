"""The decisions of a campaign that the log holds, and what the catalog would have chosen in each.

What is chosen for a customer is learned from others only: a policy that had seen what it is judged by would look too good.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from journey.actions.catalog import Action, ActionCatalog, actions_in_force
from journey.actions.effects import worths
from journey.actions.effects.decided import CAMPAIGN
from journey.actions.effects.measure import WIDEST, measured_by
from journey.actions.logged.campaign import Campaign, campaign_in, campaigned, revenue_of
from journey.actions.off_policy.decided import Decided
from journey.actions.off_policy.question import CATALOG, PolicyQuestion, in_words
from journey.actions.off_policy.result import Planned
from journey.actions.uplift.learners import folds
from journey.answers import Evidence, data_until
from journey.errors import QuestionError
from journey.inference.pooling import pooled
from journey.scope import Scope, to_datetime
from journey.warehouse import Warehouse

DAY = 86_400_000
MONEY, SHARE = "money", "share"
NO_CAMPAIGN = "the log holds no campaign of an action of the catalog that was drawn at random"
NO_DECISION = "What a decision of a campaign brings under another policy: without a campaign whose chances were logged, nothing tells."
NONE = np.zeros(0)
NOTHING = Decided((), NONE.astype(int), NONE, NONE, NONE.astype(int), np.zeros((0, 0)), None, NONE, ids=())


def decided_in_events(con: Warehouse, question: PolicyQuestion, scope: Scope) -> tuple[Decided, tuple[Planned, ...], Evidence, str]:
    """-> (the decisions, what the catalog would do by stage, how they were counted, what a reward is).

    Raises: QuestionError: an action without a campaign, a policy that it did not try, money where no revenue is mapped.
    """
    catalog = actions_in_force(con)
    named = question.action or next(iter(campaigned(catalog)), None)
    campaign = None if named is None else campaign_in(con, named, scope)
    if campaign is None or campaign.missing:
        lacks = NO_CAMPAIGN if campaign is None else campaign.missing
        return replace(NOTHING, lacks=lacks), (), Evidence(f"{NO_DECISION} Times in UTC.", CAMPAIGN, {}, 0, data_until(con)), SHARE
    tried = _tried(catalog, campaign)
    action = np.array([tried.names.index(name) for name in campaign.rows["named"].to_list()], dtype=int)
    reward, unit = _reward(con, tried, question, catalog.guardrails.margin)
    target, planned = _target(con, tried, question, catalog)
    decided = Decided(
        actions=tried.names,
        action=action,
        reward=reward,
        chance=campaign.chance,
        group=campaign.person,
        values=_stages(campaign.rows["stage"]),
        target=target,
        done=target[np.arange(len(action)), action],
        ids=tuple(campaign.rows["id"].to_list()),
        warnings=_unpriced(tried),
    )
    return decided, planned, _evidence(con, campaign, question, unit, catalog.guardrails.margin), unit


@dataclass(frozen=True, eq=False)
class _Tried:
    """A campaign, and what it tried.  actions: by the log's name, those of the catalog.  names: all that the log holds of it."""

    campaign: Campaign
    actions: Mapping[str, Action]
    names: tuple[str, ...]

    @property
    def nothing(self) -> str:
        return self.campaign.logged.nothing


def _tried(catalog: ActionCatalog, campaign: Campaign) -> _Tried:
    """With all actions of the catalog that the same campaign tried."""
    same = (campaign.logged.event, campaign.logged.property)
    actions = {
        one.logged.is_: one
        for one in catalog.actions
        if one.logged is not None and not one.lacking and (one.logged.event, one.logged.property) == same
    }
    return _Tried(campaign, actions, tuple(sorted({*campaign.rows["named"].to_list(), campaign.logged.nothing, *actions})))


def _unpriced(tried: _Tried) -> tuple[str, ...]:
    free = [name for name in tried.names if name not in tried.actions and name != tried.nothing]
    told = f"The catalog has no action for {' and '.join(map(repr, free))} of the campaign: taken to cost nothing, and never chosen."
    return (*tried.campaign.warnings, *([told] if free else []))


def _reward(con: Warehouse, tried: _Tried, question: PolicyQuestion, margin: float) -> tuple[np.ndarray, str]:
    """(n,): money kept of what the outcome brought, less the cost of what was done; or whether the outcome came."""
    rows = tried.campaign.rows
    revenue = None if question.reward == "did" else revenue_of(con, tried.campaign)
    if revenue is None and question.reward == MONEY:
        raise QuestionError('No revenue is mapped, so the reward cannot be money. Ask with "reward": "did", or map the revenue.')
    if revenue is None:
        return rows["did"].to_numpy().astype(float), SHARE
    cost = np.array([tried.actions[name].cost if name in tried.actions else 0.0 for name in rows["named"].to_list()])
    return revenue * margin - cost, MONEY


def _stages(stage: pl.Series) -> np.ndarray:
    """(n, stages) of 0 and 1."""
    names = sorted(stage.unique().to_list())
    return np.column_stack([(stage == name).to_numpy().astype(float) for name in names]) if names else np.empty((0, 0))


def _target(con: Warehouse, tried: _Tried, question: PolicyQuestion, catalog: ActionCatalog) -> tuple[np.ndarray, tuple[Planned, ...]]:
    """((n, actions) chances under the policy, what it would do by stage where it is the catalog's)."""
    n, policy = tried.campaign.rows.height, question.policy
    if policy.kind == "uniform":
        return np.full((n, len(tried.names)), 1 / len(tried.names)), ()
    if policy.kind == CATALOG:
        return _chosen(con, tried, catalog, question.seed)
    named = {action.name: name for name, action in tried.actions.items()} | {name: name for name in tried.names}
    if policy.what not in named:
        raise QuestionError(f"The campaign did not try {policy.what!r}. It tried: {', '.join(map(repr, named))}.")
    return np.tile(np.array([float(name == named[policy.what]) for name in tried.names]), (n, 1)), ()


def _chosen(con: Warehouse, tried: _Tried, catalog: ActionCatalog, seed: int) -> tuple[np.ndarray, tuple[Planned, ...]]:
    """In each decision the action with the highest expected value, nothing where none is above 0."""
    rows, ids = tried.campaign.rows, tried.campaign.rows["id"].to_list()
    worth = worths(con, replace(catalog, actions=tuple(tried.actions.values())), sorted(set(ids)), tried.campaign.moment)
    money = {name: np.array([_middle(worth.get((one.name, each))) for each in ids]) for name, one in tried.actions.items()}
    target = np.zeros((rows.height, len(tried.names)))
    for fold in folds(rows.height, seed, tried.campaign.person):
        best = _best(tried, rows.filter(pl.Series(~fold)), money, fold)
        target[np.flatnonzero(fold), [tried.names.index(name) for name in best]] = 1.0
    best = _best(tried, rows, money, np.ones(rows.height, bool)) if rows.height else []
    told = pl.DataFrame({"stage": rows["stage"], "action": best}, schema={"stage": pl.String, "action": pl.String})
    counts = told.group_by("stage", "action").len().sort("stage", "len", "action", descending=[False, True, False])
    called = {name: one.name for name, one in tried.actions.items()}
    return target, tuple(Planned(stage, called.get(name, name), count) for stage, name, count in counts.iter_rows())


def _best(tried: _Tried, learned: pl.DataFrame, money: Mapping[str, np.ndarray], here: np.ndarray) -> list[str]:
    """What is best by the decisions learned from, for each that is asked about.  here: (n,) of bool.

    An action that is switched off, or is not for a stage, is not chosen there.
    """
    stage = tried.campaign.rows["stage"].to_numpy()[here]
    names, values = [tried.nothing], [np.zeros(len(stage))]
    for name, action in tried.actions.items():
        added = _added_by_stage(learned, name, tried.nothing) if action.on else None
        if added is not None:
            effect = np.array([added.get(one, added[None]) if one in (action.stages or (one,)) else np.nan for one in stage])
            names.append(name)
            values.append(np.nan_to_num(effect * money[name][here] - action.cost, nan=-np.inf))
    return [names[place] for place in np.array(values).argmax(axis=0)]


def _added_by_stage(learned: pl.DataFrame, name: str, nothing: str) -> dict[str | None, float] | None:
    """What the action adds to the chance of its outcome in each stage, drawn together; under None, in all.  None where too few."""
    rows = learned.filter(pl.col("named").is_in([name, nothing])).with_columns(treated=pl.col("named") == name)
    found = measured_by(rows)
    if found is None:
        return None
    stages = list(found.each)
    drawn = pooled([found.each[one].mean for one in stages], [found.each[one].se or 0.0 for one in stages], WIDEST)
    added: dict[str | None, float] = {None: found.all.mean}
    return added if drawn is None else added | dict(zip(stages, drawn.means, strict=True))


def _middle(money: tuple[float, float, float] | None) -> float:
    return float("nan") if money is None else money[0]


def _evidence(con: Warehouse, campaign: Campaign, question: PolicyQuestion, unit: str, margin: float) -> Evidence:
    days = f"{campaign.action.wanted.within_ms / DAY:g} days"
    reward = (
        f"the revenue of its outcome within {days} times the margin of {margin:g}, less the cost of what was done"
        if unit == MONEY
        else f"whether its outcome came within {days}"
    )
    chosen = (
        " The catalog chooses by stage what has the highest expected value, learned from other customers than each; guardrails and "
        "fatigue are left out, as all of these were allowed."
        if question.policy.kind == CATALOG
        else ""
    )
    definition = (
        f"What a decision of the campaign {campaign.logged.event!r} brings, {reward}, under another policy: {in_words(question)}{chosen} "
        f"Decisions whose {days} were over by {to_datetime(campaign.moment).date()}. Times in UTC."
    )
    return Evidence(definition, campaign.sql, dict(campaign.params), 0, data_until(con))

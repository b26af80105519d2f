"""Actions assigned at random, with the probability of each kept, and what each brought."""

from typing import Any

import numpy as np

from journey.demo import world
from journey.demo.diary import Diary, State
from journey.demo.people import NEVER, People

REVENUE_MEAN_LOG, REVENUE_SD_LOG = 3.6, 0.55


def decide(day: int, people: People, state: State, diary: Diary, rng: np.random.Generator) -> None:
    """On a Wednesday, some of the customers who allow marketing get one action or, by the same dice, nothing.

    The shop does not know who has left: an action to them is paid for and brings nothing.
    """
    allowed = _allow_marketing(day, people, state) & ~people.minor & ~people.vulnerable
    segment = _segments(day, state)
    persons = np.flatnonzero(allowed & (rng.random(people.count) < np.array([world.DECIDED[name] for name in world.SEGMENTS])[segment]))
    segment = segment[persons]
    chances = np.array([world.PROPENSITIES[name] for name in world.SEGMENTS])[segment]
    action = (rng.random(len(persons))[:, None] > np.cumsum(chances, axis=1)[:, :-1]).sum(axis=1)
    holdout = people.holdout[persons]
    action = np.where(holdout, 0, action)
    reachable = state.left[persons] == NEVER
    luck = rng.random(len(persons))
    responds = reachable & (luck < np.array([world.EFFECTS[name] for name in world.SEGMENTS])[segment, action])
    numbers = diary.write(
        "decisions", person=persons, day=np.full(len(persons), day), segment=segment, action=action, holdout=holdout, reachable=reachable,
        luck=luck, responds=responds, propensity=np.where(holdout, 1.0, chances[np.arange(len(persons)), action]),
    )  # fmt: skip
    later = day + rng.integers(1, world.RESPONSE_DAYS + 1, len(persons))
    for when in np.unique(later[responds]):
        chosen = responds & (later == when)
        state.responses[int(when)].append(np.column_stack([persons[chosen], numbers[chosen]]))
    called = persons[action == world.ACTIONS.index("call back")]
    state.remember("called", called, np.full(len(called), day + 1))


def write_newsletter(day: int, people: People, state: State, diary: Diary) -> None:
    """On a Thursday, to a third of those who allow it and have been here within 45 days: one letter every three weeks each."""
    awake = (day - state.last_visit <= 45) | (day - state.signed_up <= 45)
    persons = np.flatnonzero(_allow_marketing(day, people, state) & awake & ((np.arange(people.count) + day // 7) % 3 == 0))
    diary.write("letters", person=persons, day=np.full(len(persons), day), engaged=state.left[persons] == NEVER)


def _allow_marketing(day: int, people: People, state: State) -> np.ndarray:
    """(people,): consent stands.  A day is left between signing up and the first mail, as evenings end after midnight."""
    return (state.signed_up < day - 1) & people.marketing & (day < people.withdrawn)


def _segments(day: int, state: State) -> np.ndarray:
    """(people,): the first that holds: trouble, cart, quiet, loyal, other."""
    trouble = state.recently("late", day) | state.recently("low_csat", day) | state.recently("refused", day)
    cart = day - state.last_abandoned <= 7
    quiet = day - state.last_visit >= 14
    return np.select([trouble, cart, quiet, state.orders >= 3], [0, 1, 2, 3], default=4)


def campaign_truth(decisions: dict[str, np.ndarray], response_revenue: float) -> dict[str, Any]:
    """The parameters, and what they came to in the sample.

    effect: what the action adds to the chance of an extra order within 7 days, mean of the customers decided on (those who
    had left count as zero).  value: that times margin times the mean revenue of such an order, less the cost.
    """
    open_ = ~decisions["holdout"]
    by_segment: dict[str, Any] = {}
    for code, name in enumerate(world.SEGMENTS):
        here = open_ & (decisions["segment"] == code)
        reach = float(decisions["reachable"][here].mean()) if here.any() else 0.0
        by_segment[name] = {
            "decisions": int(here.sum()),
            "reachable_share": reach,
            "effect": {action: world.uplift(action, name) * reach for action in world.ACTIONS},
            "value": {
                action: world.uplift(action, name) * reach * world.MARGIN * response_revenue - cost
                for action, cost in zip(world.ACTIONS, world.ACTION_COSTS, strict=True)
            },
        }
    return {
        "campaign": world.CAMPAIGN,
        "actions": dict(zip(world.ACTIONS, world.ACTION_COSTS, strict=True)),
        "propensities": {name: dict(zip(world.ACTIONS, chances, strict=True)) for name, chances in world.PROPENSITIES.items()},
        "chance_of_an_extra_order": {name: dict(zip(world.ACTIONS, chances, strict=True)) for name, chances in world.EFFECTS.items()},
        "within_days": world.RESPONSE_DAYS,
        "margin": world.MARGIN,
        "mean_revenue_of_an_extra_order": response_revenue,
        "decisions": int(open_.sum()),
        "holdout_decisions": int((~open_).sum()),
        "by_segment": by_segment,
        "average_effect": _average_effect(decisions, open_),
        "best_action": {name: _best(found["value"]) for name, found in by_segment.items()},
        "call_back_lowers_leaving_by_log_odds": world.LEAVING["called_back_28d"],
    }


def _best(value: dict[str, float]) -> str:
    return max(value, key=lambda action: value[action])


def _average_effect(decisions: dict[str, np.ndarray], open_: np.ndarray) -> dict[str, float]:
    """Realised: the same people, the same luck, under each action against under nothing."""
    effects = np.array([world.EFFECTS[name] for name in world.SEGMENTS])[decisions["segment"]]
    would = (decisions["luck"][:, None] < effects) & decisions["reachable"][:, None]
    return {action: float((would[open_, code].astype(int) - would[open_, 0]).mean()) for code, action in enumerate(world.ACTIONS)}

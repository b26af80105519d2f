"""Whether choosing by measured effects pays, in a world whose truth is known: the campaign of the simulated shop.

A log of random decisions is drawn from the planted propensities and chances; our estimator learns from it, our chooser
chooses, and the choice is valued by the truth.  `whole_way` does the same through a loaded shop: events, stages, proposals.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from journey.actions.catalog import Action, Wanted
from journey.actions.choose import Options, choose_many
from journey.actions.effects.measure import by_experiment, measured_by
from journey.actions.off_policy import Estimate, Estimates, Logs, estimate
from journey.actions.off_policy.direct import expected_rewards
from journey.actions.uplift.learners import folds
from journey.demo import world
from journey.demo.campaigns import REVENUE_MEAN_LOG, REVENUE_SD_LOG
from journey.inference import wilson

DECISIONS = 11_000  # of half a year in the shop of 20,000 people
SHARES = np.array([0.09, 0.12, 0.46, 0.07, 0.26])  # of decisions, by situation, as that shop draws them
CHANCE = np.array([world.PROPENSITIES[name] for name in world.SEGMENTS])
EFFECT = np.array([world.EFFECTS[name] for name in world.SEGMENTS])
COST = np.array(world.ACTION_COSTS)
REVENUE = float(np.exp(REVENUE_MEAN_LOG + REVENUE_SD_LOG**2 / 2))
TRUE = EFFECT * world.MARGIN * REVENUE - COST
"""(situations, actions): money that a decision brings on average."""
PRIORITY = np.array([3, 1, 2, 0, 0])
"""Rule priority: call back in trouble, remind of a cart, a voucher for the quiet; the other situations have no rule."""
ACTIONS = len(world.ACTIONS)


@dataclass(frozen=True)
class Drawn:
    """A log of decisions: (n,) arrays.  situation, action: places in world.SEGMENTS and world.ACTIONS."""

    situation: np.ndarray
    action: np.ndarray
    did: np.ndarray
    revenue: np.ndarray
    customer: np.ndarray

    @property
    def chance(self) -> np.ndarray:
        return CHANCE[self.situation, self.action]

    @property
    def reward(self) -> np.ndarray:
        return self.did * self.revenue * world.MARGIN - COST[self.action]

    def only(self, kept: np.ndarray) -> "Drawn":
        return Drawn(*(part[kept] for part in (self.situation, self.action, self.did, self.revenue, self.customer)))


def draw_log(n: int, rng: np.random.Generator) -> Drawn:
    """Decisions by the planted propensities, two for each customer on average; what came of them by the planted chances."""
    situation = rng.choice(len(SHARES), n, p=SHARES)
    action = (rng.random(n)[:, None] > np.cumsum(CHANCE[situation], axis=1)[:, :-1]).sum(axis=1)
    did = rng.random(n) < EFFECT[situation, action]
    return Drawn(situation, action, did, rng.lognormal(REVENUE_MEAN_LOG, REVENUE_SD_LOG, n), rng.integers(0, n // 2, n))


def learn(log: Drawn) -> tuple[np.ndarray, np.ndarray]:
    """-> (situations, actions) of the effect our estimator finds against nothing, and its standard deviation; NaN where unknown."""
    mean, sd = (np.full((len(SHARES), ACTIONS), np.nan) for _ in range(2))
    rows = pl.DataFrame(
        {"stage": np.array(world.SEGMENTS)[log.situation], "did": log.did, "customer": log.customer, "weight": 1 / log.chance}
    )
    for number, name in enumerate(world.ACTIONS[1:], 1):
        fit = np.isin(log.action, (0, number))
        mine = rows.filter(pl.Series(fit)).with_columns(treated=pl.Series(log.action[fit] == number), done=pl.lit(True))
        found = measured_by(mine)
        if found is not None:
            effects = by_experiment(Action(name, "", "", Wanted(None, 1)), [found])
            for place, situation in enumerate(world.SEGMENTS):
                effect = effects.of(name, situation)
                mean[place, number], sd[place, number] = effect.mean or 0.0, effect.sd or 0.0
    return mean, sd


def choose(log: Drawn, rng: np.random.Generator) -> np.ndarray:
    """(situations,): the action that our chooser takes in each after learning from the log; 0 is nothing."""
    mean, sd = learn(log)
    worth = np.full(mean.shape, world.MARGIN * log.revenue[log.did].mean())
    allowed = np.isfinite(mean)
    allowed[:, 0] = False  # doing nothing is the chooser's own candidate
    options = Options(np.nan_to_num(mean), np.nan_to_num(sd), worth, np.tile(COST, (len(SHARES), 1)), allowed)
    return np.maximum(choose_many(options, rng, explore=False).action, 0)


def value_of(policy: np.ndarray) -> float:
    """By the truth: money that a decision brings on average when each situation gets this action."""
    return float((SHARES * TRUE[np.arange(len(SHARES)), policy]).sum())


RANDOM = float((SHARES * TRUE.mean(axis=1)).sum())
BEST = value_of(TRUE.argmax(axis=1))


@dataclass(frozen=True)
class Valued:
    """A policy that was chosen and valued on the same log, each decision by what was learned from other customers.

    truth: of the policies chosen, by the truth.  found: what the log says.
    """

    truth: float
    found: Estimates

    def covers(self, estimator: str) -> bool:
        one: Estimate = getattr(self.found, estimator)
        return one.interval is not None and one.interval[0] <= self.truth <= one.interval[1]


def value_on(log: Drawn, rng: np.random.Generator, with_model: bool = True) -> Valued:
    """The estimated value of what is chosen, before it is launched, beside its true value."""
    n = len(log.action)
    target, true = np.zeros((n, ACTIONS)), 0.0
    for fold in folds(n, int(rng.integers(2**31)), log.customer):
        policy = choose(log.only(~fold), rng)
        target[np.flatnonzero(fold), policy[log.situation[fold]]] = 1.0
        true += value_of(policy) * fold.mean()
    rows = np.arange(n)
    logs = Logs(log.reward, log.chance, target[rows, log.action], log.customer)
    if with_model:
        values = np.eye(len(SHARES))[log.situation]
        each = expected_rewards(values, log.reward, log.action, ACTIONS, log.customer, 7)
        logs = Logs(log.reward, log.chance, logs.target, log.customer, (target * each).sum(axis=1), each[rows, log.action])
    return Valued(true, estimate(logs))


def prove(seeds: int = 20, simulations: int = 200) -> None:
    print("\n".join([*beats(seeds), *covered(simulations)]))
    from bench.policy_effects import effects_told
    from bench.policy_shop import whole_way

    print("\n".join(effects_told()))

    for seed in range(6):
        print(whole_way(seed, 8_000).told)


def beats(seeds: int) -> list[str]:
    """The chosen policy by the truth, beside rule priority, dice, and the best there is."""
    values = np.array([value_of(choose(draw_log(DECISIONS, rng), rng)) for rng in map(np.random.default_rng, range(seeds))])
    rules, error = value_of(PRIORITY), values.std(ddof=1) / np.sqrt(seeds)
    return [
        f"{seeds} seeds, {DECISIONS:,} decisions each: chosen {values.mean():.3f} +- {1.96 * error:.3f} (least {values.min():.3f}), "
        f"rule priority {rules:.3f}, random {RANDOM:.3f}, the best there is {BEST:.3f}",
        f"above rules in {(values > rules).sum()} of {seeds}, above random in {(values > RANDOM).sum()} of {seeds}",
    ]


def covered(simulations: int, n: int = DECISIONS) -> list[str]:
    """How often the 95% interval of the estimated value holds the true one."""
    draw = partial(draw_log, n)
    runs = [value_on(draw(rng), rng) for rng in map(np.random.default_rng, range(1_000, 1_000 + simulations))]
    told = []
    for name in ("ips", "snips", "dr"):
        hits = sum(run.covers(name) for run in runs)
        low, high = wilson(hits, simulations) or (0.0, 1.0)
        bias = np.mean([(getattr(run.found, name).value or 0.0) - run.truth for run in runs])
        share = f"{100 * hits / simulations:.1f}% [{100 * low:.1f}, {100 * high:.1f}]"
        told.append(f"{simulations} simulations: {name} covers the truth in {hits} ({share}), bias {bias:+.4f}")
    return told

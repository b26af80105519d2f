"""The action most worth its cost, for many customers at once, by drawing from what is known of each effect.

Expected value of an action = what it adds to the chance of its outcome x what an outcome is worth - its cost.  Doing
nothing is always a candidate, of value 0.  Thompson sampling: one draw from every effect, and the best of that draw is
taken; how often an action is the best over many draws is the propensity with which it is taken.

Source: Thompson (1933), Biometrika 25, 285-294; Russo and others (2018), A Tutorial on Thompson Sampling, section 3.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 400
AT_ONCE = 4_000_000  # numbers in memory at a time
NOTHING = -1
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Options:
    """What there is to choose from: one row per customer, one column per action.

    mean, sd: of what the action adds to the chance of its outcome.  worth, worth_sd: money for one outcome.  cost: money,
    fatigue included.  allowed: whether no guardrail forbids it.  trying: known from trying alone, so that mean + base is
    a Beta distribution's mean; base: the chance under nothing.  A mean or a worth that is not a number cannot be chosen.
    """

    mean: Floats
    sd: Floats
    worth: Floats
    cost: Floats
    allowed: Flags
    worth_sd: Floats | None = None
    trying: Flags | None = None
    base: Floats | None = None

    @property
    def open(self) -> Flags:
        """(customers, actions): allowed, and of a value that can be told."""
        return self.allowed & np.isfinite(self.mean * self.worth - self.cost)

    @property
    def value(self) -> Floats:
        """(customers, actions): the expected value in money."""
        return np.asarray(self.mean * self.worth - self.cost)

    @property
    def value_sd(self) -> Floats:
        """(customers, actions): its standard deviation.  Effect and worth are taken as independent."""
        spread = np.zeros_like(self.mean) if self.worth_sd is None else self.worth_sd
        return np.sqrt((self.sd * self.worth) ** 2 + (self.mean * spread) ** 2 + (self.sd * spread) ** 2)


@dataclass(frozen=True, eq=False)
class Chosen:
    """action: (customers,), a column of the options, or NOTHING.  propensity: (customers,), the chance at which it was chosen.

    shares: (customers, actions + 1), how often each was the best over the draws, doing nothing last; rows sum to 1.
    """

    action: NDArray[np.int64]
    propensity: Floats
    shares: Floats


def choose_many(
    options: Options,
    rng: np.random.Generator,
    explore: bool = True,
    draws: int = DRAWS,
    picks: NDArray[np.int64] | None = None,
) -> Chosen:
    """One action for each customer, or nothing.

    explore: each customer gets the best of one of the draws, picked at random: the chance of an action is then exactly its
    share of the draws, and never 0 for what was chosen.  Else each gets the best by its mean, with propensity 1; where
    that is not above 0, nothing.
    """
    each, of = _alike(options)
    best = _best_of_draws(each, rng, draws)
    actions = options.mean.shape[1]
    shares = np.stack([(best == action).mean(axis=0) for action in range(actions + 1)], axis=1)[of]
    if not explore:
        found = best_by_mean(options)
        return Chosen(found, np.ones(len(found)), shares)
    picks = rng.integers(draws, size=len(of)) if picks is None else picks
    picked = best[picks, of].astype(np.int64)
    propensity = shares[np.arange(len(of)), picked]
    return Chosen(np.where(picked == actions, NOTHING, picked), propensity, shares)


def best_by_mean(options: Options) -> NDArray[np.int64]:
    """(customers,): the column of the highest expected value, the first of equals; NOTHING where none is above 0."""
    value = np.where(options.open, options.value, -np.inf)
    if not value.shape[1]:
        return np.full(len(value), NOTHING)
    return np.where(value.max(axis=1) > 0, value.argmax(axis=1), NOTHING)


def _alike(options: Options) -> tuple[Options, NDArray[np.int64]]:
    """-> (the options of those that differ, for each customer the row there): customers of a stage are often alike."""
    mean, worth = (np.where(options.open, one, 0.0) for one in (options.mean, options.worth))
    zero = np.zeros_like(mean)
    sd = np.where(options.open, options.sd, 0.0)
    spread = zero if options.worth_sd is None else np.where(options.open, options.worth_sd, 0.0)
    trying = zero if options.trying is None else options.trying.astype(float)
    base = zero if options.base is None else np.nan_to_num(options.base)
    parts = [mean, sd, worth, options.cost, options.open.astype(float), spread, trying, base]
    rows = np.concatenate(parts, axis=1)
    seen: dict[bytes, int] = {}
    of = np.array([seen.setdefault(row.tobytes(), len(seen)) for row in rows], dtype=np.int64)
    first = np.unique(of, return_index=True)[1]
    mean, sd, worth, cost, allowed, spread, trying, base = np.split(rows[first], len(parts), axis=1)
    return Options(mean, sd, worth, cost, allowed > 0, spread, trying > 0, base), of


def _best_of_draws(options: Options, rng: np.random.Generator, draws: int) -> NDArray[np.int16]:
    """(draws, customers): the column of the best in each draw; the number of actions where nothing is best.

    The same luck falls on all customers: each is looked at alone, so it adds nothing to one that another had it too.
    """
    customers, actions = options.mean.shape
    luck, of_worth = rng.standard_normal((draws, actions)), rng.standard_normal((draws, 1))
    tried = _tried(options, rng, draws)
    found = np.full((draws, customers), actions, np.int16)
    step = max(1, AT_ONCE // (draws * max(1, actions)))
    for start in range(0, customers if actions else 0, step):
        part = slice(start, start + step)
        value = np.where(options.allowed[part], _values(options, part, luck, of_worth, tried), -np.inf)
        found[:, part] = np.where(value.max(axis=2) > 0, value.argmax(axis=2), actions)
    return found


def _values(options: Options, part: slice, luck: Floats, of_worth: Floats, tried: dict[tuple[float, float], Floats]) -> Floats:
    """(draws, customers, actions): money in each draw."""
    effect = np.clip(options.mean[part] + options.sd[part] * luck[:, None, :], -1, 1)
    if options.trying is not None and options.base is not None:
        for row, column in np.argwhere(options.trying[part]):
            key = _key(options, part.start + row, column)
            effect[:, row, column] = tried[key] - options.base[part.start + row, column]
    spread = 0.0 if options.worth_sd is None else options.worth_sd[part] * of_worth[:, None, :]
    return np.asarray(effect * (options.worth[part] + spread) - options.cost[part])


def _tried(options: Options, rng: np.random.Generator, draws: int) -> dict[tuple[float, float], Floats]:
    """(mean, sd) of a chance known from trying -> draws of it, from the Beta distribution of these moments."""
    if options.trying is None:
        return {}
    keys = {_key(options, row, column) for row, column in np.argwhere(options.trying)}
    seed = int(rng.integers(2**62))  # each has dice of its own, so that what else is drawn for changes nothing
    return {key: np.random.default_rng([seed, *np.array(key).view(np.uint64).tolist()]).beta(*_shape(*key), size=draws) for key in keys}


def _key(options: Options, row: int, column: int) -> tuple[float, float]:
    base = 0.0 if options.base is None else float(options.base[row, column])
    return float(options.mean[row, column]) + base, float(options.sd[row, column])


def _shape(mean: float, sd: float) -> tuple[float, float]:
    """The two parameters of a Beta distribution of this mean and sd; of a flat one, 1 and 1, for what cannot be one."""
    size = mean * (1 - mean) / sd**2 - 1 if 0 < mean < 1 and sd > 0 else 0.0
    return (mean * size, (1 - mean) * size) if size > 0 else (1.0, 1.0)

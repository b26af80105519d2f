"""What another policy would have brought, from rewards that were logged under this one: pure arithmetic on arrays.

Each decision is weighed by how much likelier the other policy makes what was done: weight = target / chance.

IPS    mean(weight reward)                                    right on average; varies most
SNIPS  sum(weight reward) / sum(weight)                       errs a little where few weigh much; varies less
DM     mean(what a model expects of the policy)               as wrong as the model is
DR     DM + mean(weight (reward - what the model expected))   right where the chances or the model are; varies least

Sources: Horvitz, Thompson 1952, JASA 47, 663; Swaminathan, Joachims 2015, NIPS 28, 3231 (SNIPS); Dudik, Erhan, Langford, Li
2014, Statistical Science 29, 485 (DR); effective sample size: Kish 1965, "Survey Sampling".
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.inference import Interval
from journey.inference.clustered import clustered_error, student_interval

Array = np.ndarray
NAMES = ("ips", "snips", "dm", "dr")


@dataclass(frozen=True, eq=False)
class Logs:
    """One entry per decision, arrays (n,).

    reward: what came.  chance: of what was done, as it was drawn, above 0.  target: its chance under the other policy.
    group: whole numbers, the same for decisions about one customer.
    expected: what a model that had not seen the customer expects under the other policy; guessed: what it expects of what was
    done; None for both where there is no model.
    """

    reward: Array
    chance: Array
    target: Array
    group: Array
    expected: Array | None = None
    guessed: Array | None = None

    def __len__(self) -> int:
        return len(self.reward)


@dataclass(frozen=True)
class Estimate:
    """The mean reward of a decision.  standard_error, by customer; interval: 95%; None where they are undefined."""

    value: float | None
    standard_error: float | None
    interval: Interval | None

    def as_plain(self) -> dict[str, Any]:
        interval = None if self.interval is None else list(self.interval)
        return {"value": self.value, "standard_error": self.standard_error, "interval": interval}


UNKNOWN = Estimate(None, None, None)


@dataclass(frozen=True)
class Estimates:
    """The policy by each estimator, today's policy, and what they differ by.  differences: by snips and by dr.

    The intervals are by Student's t with as many degrees of freedom as decisions count effectively, or customers, less one.
    """

    ips: Estimate
    snips: Estimate
    dm: Estimate
    dr: Estimate
    today: Estimate
    differences: dict[str, Estimate]

    @property
    def best(self) -> str:
        """The estimator to go by: dr, where there is a model."""
        return "dr" if self.dr.value is not None else "snips"

    @property
    def difference(self) -> Estimate:
        """The policy less today's, by the estimator to go by; unknown where the policy never does what was done."""
        return self.differences.get(self.best, UNKNOWN)


def weights(logs: Logs, clip: float | None = None) -> Array:
    """(n,): how much likelier the policy makes what was done; at most `clip`, where one is stated."""
    found = logs.target / logs.chance
    return found if clip is None else np.minimum(found, clip)


def effective_size(weight: Array) -> float:
    """As many decisions of equal weight would tell as much: sum(weight)^2 / sum(weight^2); 0 where all weigh nothing."""
    squares = float((weight**2).sum())
    return float(weight.sum()) ** 2 / squares if squares else 0.0


def estimate(logs: Logs, clip: float | None = None) -> Estimates:
    """Every estimator, with errors from influence functions summed up by customer.

    Where the policy does nothing that was ever done, nothing is known of it, and only today's is told.
    Clipped weights lean toward today's policy: they err by less at random, and by something always.
    """
    weight, reward = weights(logs, clip), logs.reward
    freedom = min(effective_size(weight), len(np.unique(logs.group))) - 1
    plenty = float(len(np.unique(logs.group))) - 1
    parts, known = {"today": reward}, bool(weight.sum() > 0)
    if known:
        ratio = float((weight * reward).sum() / weight.sum())
        parts |= {"ips": weight * reward, "snips": ratio + weight * (reward - ratio) / weight.mean()}
    if known and logs.expected is not None and logs.guessed is not None:
        parts["dm"] = logs.expected
        parts["dr"] = logs.expected + weight * (reward - logs.guessed)
    found = {name: _of(part, logs.group, plenty if name in ("today", "dm") else freedom) for name, part in parts.items()}
    against: dict[str, Estimate] = {
        name: _of(part - reward, logs.group, freedom) for name, part in parts.items() if name in ("snips", "dr")
    }
    ips, snips, dm, dr = (found.get(name, UNKNOWN) for name in NAMES)
    return Estimates(ips, snips, dm, dr, found["today"], against)


def _of(part: Array, group: Array, freedom: float) -> Estimate:
    """part: (n,) whose mean is the estimate, and whose distance from it each row's influence."""
    value = float(part.mean())
    error = clustered_error(part - value, group) if freedom > 0 else None  # of a single decision nothing says how others vary
    return Estimate(value, error, student_interval(value, error, freedom))

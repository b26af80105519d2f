"""Whether experiments are read rightly: how often a difference is called where there is none, and how often intervals hold.

Everything goes through the functions that answer the question; the last part through the question itself, over 50 shops.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from bench.experiments_draws import A_DAY, DAYS, LIFT, METRICS, SHARE, WINSORISED, Planted, cut_of, draw, looks_at_shares, truth
from journey.experiments.judge import HowRead, adjust, compare, decide_verdict, hold, split_of
from journey.experiments.metric import ExperimentMetric
from journey.experiments.moments import moments_of_share
from journey.experiments.power import Design, units_always_valid, units_needed, units_planned
from journey.experiments.result import HELD, RUNNING, Comparison, Estimate
from journey.inference import Interval, wilson

Rule = Callable[[Sequence[Comparison]], bool]
CALLS: dict[str, Rule] = {
    "always valid, stopping at the first difference": lambda looks: any(_out(one.always_valid_interval) for one in looks),
    "planned looks (Lan-DeMets, O'Brien-Fleming)": lambda looks: any(_out(one.interval) for one in looks),
    "fixed, at the last look only": lambda looks: _out(looks[-1].fixed_interval),
    "peeking: an ordinary interval, stopping at the first difference": lambda looks: any(_out(one.fixed_interval) for one in looks),
    "peeking: P(better) above .95 of either variant": lambda looks: any(
        one.p_better is not None and not 0.05 <= one.p_better <= 0.95 for one in looks
    ),
}
"""When a difference is called, over the daily looks at an experiment."""
KINDS = {"fixed": "fixed_interval", "relative": "relative_interval", "always valid": "always_valid_interval", "planned": "interval"}


@dataclass(frozen=True)
class Counted:
    """hits of runs."""

    hits: int
    runs: int

    @property
    def share(self) -> float:
        return self.hits / self.runs

    def interval(self, confidence: float = 0.95) -> Interval:
        return wilson(self.hits, self.runs, confidence) or (0.0, 1.0)

    def __str__(self) -> str:
        low, high = self.interval()
        return f"{self.share:.3f} [{low:.3f}, {high:.3f}]"


def prove(simulations: int = 2_000, seeds: int = 50) -> None:
    print(f"{simulations:,} experiments without any effect, a share of {SHARE:.0%}, {DAYS} daily looks, {A_DAY} units a variant and day:")
    _tell(called(simulations))
    print(f"The verdict, asked daily and obeyed at once, of {simulations // 4:,} of those:", verdicts(simulations // 4))
    print(f"A guardrail whose harm is exactly its margin, ever said to be held in {DAYS} daily looks:", held(simulations // 4))
    print(f"{2 * simulations:,} experiments with an effect, 1,500 units a variant: how often the 95% interval holds the truth")
    _tell(covered(2 * simulations))
    print(f"{simulations // 4:,} of them looked at 10 times: how often all intervals hold it together")
    _tell(covered_always(simulations // 4))
    print("Power, 20% against 25%, of the units planned for 80%:")
    _tell(powers(simulations))
    from bench.experiments_shop import campaign, shops

    print("\n".join([*campaign(), *shops(range(seeds))]))


def _tell(found: Mapping[str, object]) -> None:
    for name, figure in found.items():
        print(f"  {name}: {figure}")


def called(runs: int, seed: int = 1) -> dict[str, Counted]:
    """How often each rule calls a difference where there is none."""
    looks = list(looks_at_shares(runs, np.random.default_rng(seed)))
    return {name: Counted(sum(map(rule, looks)), runs) for name, rule in CALLS.items()}


def verdicts(runs: int, seed: int = 2) -> Counted:
    """How often the verdict is ever anything but to keep running, where there is no effect and no end."""
    metric = ExperimentMetric("conversion", role="primary")
    hits = 0
    for looks in looks_at_shares(runs, np.random.default_rng(seed), how=HowRead()):
        hits += any(_verdict(metric, one, day) != RUNNING for day, one in enumerate(looks, 1))
    return Counted(hits, runs)


def held(runs: int, seed: int = 6, margin: float = 0.02) -> Counted:
    """How often a guardrail is ever held, over daily looks, where the harm is exactly its margin."""
    metric = ExperimentMetric("refunds", role="guardrail", good="down", margin=margin)
    looks = looks_at_shares(runs, np.random.default_rng(seed), margin, HowRead())
    return Counted(sum(any(hold(metric, one) == HELD for one in daily) for daily in looks), runs)


def _verdict(metric: ExperimentMetric, compared: Comparison, day: int) -> str:
    estimates = adjust([Estimate(metric, "B", compared)])
    split = split_of({"A": compared.control_n, "B": compared.n})
    return decide_verdict(estimates, split, HowRead(), control="A", pace=2 * A_DAY, now=day * 86_400_000).state


def covered(runs: int, n: int = 1_500, seed: int = 3, planted: Planted = LIFT) -> dict[str, Counted]:
    """Metric, interval -> how often it holds the true difference, or the true relative difference."""
    rng, true, hits = np.random.default_rng(seed), _truths(planted), dict.fromkeys(_names("fixed", "relative"), 0)
    for _ in range(runs):
        control, treated = draw(n, Planted(), rng), draw(n, planted, rng)
        cut = float(np.quantile(np.concatenate([control.revenue, treated.revenue]), WINSORISED))
        for metric in METRICS:
            found = compare(metric, control.of(metric, n, cut), treated.of(metric, n, cut), HowRead("fixed"))
            one, other = true[metric.name]
            hits[f"{metric.name}, fixed"] += _holds(found.fixed_interval, other - one)
            hits[f"{metric.name}, relative"] += _holds(found.relative_interval, other / one - 1)
    return {name: Counted(count, runs) for name, count in hits.items()}


def covered_always(runs: int, looks: int = 10, a_look: int = 150, seed: int = 4, planted: Planted = LIFT) -> dict[str, Counted]:
    """The same of readings that are looked at often: whether the intervals of all looks hold it."""
    rng, true, hits = np.random.default_rng(seed), _truths(planted), dict.fromkeys(_names("always valid", "planned"), 0)
    hows = [(look * a_look, HowRead("planned", looks=looks, look=look)) for look in range(1, looks + 1)]
    for _ in range(runs):
        control, treated = draw(looks * a_look, Planted(), rng), draw(looks * a_look, planted, rng)
        cut = float(np.quantile(np.concatenate([control.revenue, treated.revenue]), WINSORISED))
        for metric in METRICS:
            one, other = true[metric.name]
            found = [compare(metric, control.of(metric, n, cut), treated.of(metric, n, cut), how) for n, how in hows]
            hits[f"{metric.name}, always valid"] += all(_holds(each.always_valid_interval, other - one) for each in found)
            hits[f"{metric.name}, planned"] += all(_holds(each.interval, other - one) for each in found)
    return {name: Counted(count, runs) for name, count in hits.items()}


@lru_cache(maxsize=2)
def _truths(planted: Planted) -> dict[str, tuple[float, float]]:
    cut = cut_of(planted)
    control, treated = truth(Planted(), cut), truth(planted, cut)
    return {name: (control[name], treated[name]) for name in control}


def _names(*kinds: str) -> Iterable[str]:
    return [f"{metric.name}, {kind}" for metric in METRICS for kind in kinds]


def powers(runs: int, seed: int = 5, looks: int = 5) -> dict[str, Counted]:
    """How often 20% against 25% is told with the units planned for a power of .8."""
    design, rng = Design("share", 0.2), np.random.default_rng(seed)
    once = units_needed(design, 0.05)
    sizes = {"fixed": once, "planned": units_planned(design, once, looks), "always_valid": units_always_valid(design, 0.05, None)}
    found = {}
    for kind, size in sizes.items():
        n = int(np.ceil(size / looks)) * looks
        how = HowRead(kind, looks=looks, tuned_at=2 * n)
        steps = range(1, looks + 1) if kind == "planned" else (looks,)
        done = rng.binomial(n // looks, np.array([0.2, 0.25])[:, None], (runs, 2, looks)).cumsum(axis=2)
        hits = sum(any(_out(_share(k, n * look // looks, look, how).interval) for look in steps) for k in done)
        found[f"{kind}, {n:,} units a variant"] = Counted(hits, runs)
    return found


def _share(done: np.ndarray, n: int, look: int, how: HowRead) -> Comparison:
    k0, k1 = done[:, look - 1].tolist()
    return compare(ExperimentMetric("conversion"), moments_of_share(k0, n), moments_of_share(k1, n), replace(how, look=look))


def _out(interval: Interval | None) -> bool:
    return interval is not None and not interval[0] <= 0 <= interval[1]


def _holds(interval: Interval | None, value: float) -> bool:
    return interval is not None and interval[0] <= value <= interval[1]

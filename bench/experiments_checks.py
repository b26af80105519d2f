"""Whether the checks of experiments speak where something is the matter, and keep silent where nothing is.

Units are drawn with their visits and deeds over seven weeks, split by fair dice, and put to every check as the product puts
them.  Each check means to err one time in a hundred; the cause is asked for wherever the split itself is suspicious, too.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import polars as pl

from bench.experiments import Counted
from journey.experiments.checks.cause import cause_in
from journey.experiments.checks.groups import differing_in, mix_in
from journey.experiments.checks.novelty import novelty_in
from journey.experiments.checks.overlap import overlap_in
from journey.experiments.checks.sizes import outliers_in, small_in
from journey.experiments.checks.weekdays import weekdays_in
from journey.experiments.judge import split_of
from journey.experiments.metric import Counted as Side
from journey.experiments.metric import ExperimentMetric
from journey.experiments.units import Units

DAY = 86_400_000
EXPOSED, SEEN = 35, 49  # days over which units come, and until which they are seen
ARMS = ("control", "new")
METRICS = (
    ExperimentMetric("share", "share", "primary"),
    ExperimentMetric("mean", "mean", value=Side("buy", "sum", "price")),
    ExperimentMetric("ratio", "ratio", value=Side("buy", "sum", "price"), over=Side("buy", "count")),
)
DEVICES, MOBILE, LOST = ("mobile", "web", "app", "tv"), 0.45, 0.4


@dataclass(frozen=True, eq=False)
class Drawn:
    """units: the product's own.  traits: what is known of each at its exposure.  deeds: unit, ts, dy, dx."""

    units: Units
    traits: pl.DataFrame
    deeds: pl.DataFrame
    elsewhere: pl.DataFrame


def prove(runs: int = 1_000) -> None:
    print(f"{runs:,} experiments without any effect, fair dice and 4,000 units: how often each check speaks")
    for name, figure in spoken(runs).items():
        print(f"  {name}: {figure}")
    print(f"{runs // 5:,} experiments with a fault of a known kind: how often it is found")
    for name, figure in found(runs // 5).items():
        print(f"  {name}: {figure}")


def spoken(runs: int, n: int = 4_000, seed: int = 1) -> dict[str, Counted]:
    """Check -> how often it says anything but that all is fine, where it is."""
    rng, hits = np.random.default_rng(seed), Counter[str]()
    names: list[str] = []
    for _ in range(runs):
        states = _states(draw(n, rng))
        names = list(states)
        hits.update(name for name, state in states.items() if state != "fine")
    return {name: Counted(hits[name], runs) for name in names}


def _states(drawn: Drawn) -> dict[str, str]:
    units, count = drawn.units, drawn.deeds.with_columns(pl.lit(1.0).alias("dy"))
    states = {"split, suspicious": "look" if split_of(units.counts()).warn else "fine"}
    states["cause"] = cause_in(units.frame["arm"], drawn.traits, split_of(units.counts())).state
    for k, metric in enumerate(METRICS):
        deeds = count if metric.kind == "share" else drawn.deeds
        states[f"novelty, {metric.name}"] = novelty_in(metric, ARMS, units.frame, deeds, SEEN * DAY).state
        states[f"weekdays, {metric.name}"] = weekdays_in(units, k, "UTC", False).state
        states[f"overlap, {metric.name}"] = overlap_in(units, k, drawn.elsewhere).state
        states[f"groups, {metric.name}"] = differing_in(units, k, drawn.traits["device"], "device").state
        states[f"mix, {metric.name}"] = mix_in(units, k, drawn.traits["device"], "device").state
    states["small"] = small_in(units).state
    outliers = outliers_in(units, units)
    return states | {"outliers": "fine" if outliers is None else outliers.state}


def found(runs: int, n: int = 8_000, seed: int = 2) -> dict[str, Counted]:
    """Fault -> how often the check for it names it."""
    rng, hits = np.random.default_rng(seed), Counter[str]()
    lost, worn, dice = "40% of one variant lost on phones: named", "an effect of +60% that is gone after a week: said", "shared dice: said"
    for _ in range(runs):
        broken = _without_phones(draw(n, rng), rng)
        cause = cause_in(broken.units.frame["arm"], broken.traits, split_of(broken.units.counts()))
        hits[lost] += "lies in device = mobile" in cause.sentence
        wearing = draw(n, rng, first=1.6)
        deeds = wearing.deeds.with_columns(pl.lit(1.0).alias("dy"))
        hits[worn] += "wears off" in novelty_in(METRICS[0], ARMS, wearing.units.frame, deeds, SEEN * DAY).sentence
        shared = draw(n, rng, same_dice=0.6)
        hits[dice] += "share their dice" in overlap_in(shared.units, 0, shared.elsewhere).sentence
    return {name: Counted(hits[name], runs) for name in (lost, worn, dice)}


def draw(n: int, rng: np.random.Generator, first: float = 1.0, same_dice: float = 0.5) -> Drawn:
    """first: by how much the new variant does more in a unit's first week.  same_dice: how often another test's are the same."""
    exposed, new = np.sort(rng.integers(0, EXPOSED * DAY, n)), rng.random(n) < 0.5
    rate = rng.gamma(0.7, 0.02 / 0.7, n)
    late = np.maximum((SEEN * DAY - exposed) / DAY - 7, 0)
    unit, ts = [], []
    for days, begin, length in ((np.full(n, 7.0), 0, np.full(n, 7.0)), (late, 7, late)):
        lift = np.where(new & (begin == 0), first, 1.0)
        who = np.repeat(np.arange(n), rng.poisson(rate * days * lift))
        unit.append(who)
        ts.append(exposed[who] + ((begin + rng.random(len(who)) * length[who]) * DAY).astype(np.int64))
    who, price = np.concatenate(unit), rng.lognormal(3, 1, sum(map(len, unit)))
    times, money = np.bincount(who, minlength=n).astype(float), np.bincount(who, price, n)
    columns = {"y0": (times > 0).astype(float), "x0": 1.0, "y1": money, "x1": 1.0, "y2": money, "x2": times}
    frame = pl.DataFrame({"unit": np.arange(n), "arm": np.where(new, *reversed(ARMS)), "exposed_at": exposed, **columns})
    deeds = pl.DataFrame({"unit": who, "ts": np.concatenate(ts), "dy": price, "dx": 1.0})
    return Drawn(Units(frame, ARMS, METRICS, 0, (0, 0, 0)), _traits(n, exposed, rng), deeds, _elsewhere(n, new, same_dice, rng))


def _traits(n: int, exposed: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    """The device, a channel, a country, the hour and the day: some 80 groups."""
    device = rng.choice(DEVICES, n, p=(MOBILE, 0.35, 0.15, 0.05))
    drawn = {f"of {groups}": rng.choice(groups, n, p=rng.dirichlet(np.full(groups, 3.0))).astype(str) for groups in (7, 12, 24)}
    return pl.DataFrame({"device": device, **drawn, "day of exposure": (exposed // DAY).astype(str)})


def _elsewhere(n: int, new: np.ndarray, same_dice: float, rng: np.random.Generator) -> pl.DataFrame:
    """Half of the units are in another test of two variants, a third in one of three."""
    there = np.where(rng.random(n) < same_dice, new, ~new)
    tests = []
    for name, share, arms in (("two", 0.5, np.where(there, "b", "control")), ("three", 0.33, rng.choice(["control", "b", "c"], n))):
        seen = np.flatnonzero(rng.random(n) < share)
        tests.append(pl.DataFrame({"experiment": name, "unit": seen, "arm": arms[seen]}))
    return pl.concat(tests)


def _without_phones(drawn: Drawn, rng: np.random.Generator) -> Drawn:
    """What is left where the exposures of the new variant on phones are lost, four in ten."""
    frame = drawn.units.frame
    gone = (frame["arm"] == "new") & (drawn.traits["device"] == "mobile") & pl.Series(rng.random(frame.height) < LOST)
    units = Units(frame.filter(~gone), ARMS, METRICS, 0, (0, 0, 0))
    return Drawn(units, drawn.traits.filter(~gone), drawn.deeds, drawn.elsewhere)

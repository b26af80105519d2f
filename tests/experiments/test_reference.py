"""Every reference value of experiments, by the functions that answer questions: published, of a peer library, or run independently."""

import json
import math
import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from journey.experiments.judge import HowRead, compare
from journey.experiments.judge.effect import effect_of
from journey.experiments.metric import Counted, ExperimentMetric
from journey.experiments.moments import Moments, moments_of, moments_of_share
from journey.experiments.power import Design, units_needed
from journey.experiments.result import Comparison
from journey.inference import difference_of_shares, mean_interval, wilson
from journey.inference.boundaries import Walk, boundaries
from journey.inference.differences import adjusted, holm, p_of_counts
from journey.inference.sequences import always_valid_half, sequence_rho

FOLDER = os.environ.get("JOURNEY_CASES")
CASES = [case for case in json.loads((Path(FOLDER) / "reference_values.json").read_text()) if case["area"] == "ab"] if FOLDER else []
FIXED, ALWAYS = HowRead("fixed"), HowRead("always_valid", tuned_at=5_000)

Given = Mapping[str, Any]
Found = dict[str, Any]


@pytest.mark.skipif(not CASES, reason="JOURNEY_CASES does not name the folder of reference values")
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_the_reference_value_holds(case: dict[str, Any]) -> None:
    answer = next(found for start, found in ANSWERS.items() if case["name"].startswith(start))
    found = answer(case["inputs"] | {"case": case["name"]})
    assert set(found) == set(case["expected"])
    for key, expected in case["expected"].items():
        assert found[key] == pytest.approx(expected, abs=case["tolerance"]), key


def _newcombe(given: Given) -> Found:
    found = difference_of_shares(given["x1"], given["n1"], given["x2"], given["n2"], 1 - given["alpha"])
    assert found is not None
    return {"lo": found[1], "hi": found[2]}


def _wilson(given: Given) -> Found:
    low, high = wilson(given["x"], given["n"], 1 - given["alpha"]) or (None, None)
    return {"lo": low, "hi": high}


def _jeffreys(given: Given) -> Found:
    """No answer uses it: it says where the peer's intervals lie that ours is compared with."""
    return dict(zip(("lo", "hi"), proportion_confint(given["x"], given["n"], method="jeffreys"), strict=True))


def _coverage(given: Given) -> Found:
    """How often intervals of a rare share hold it: ours, and those of a peer."""
    n, p = given["n"], given["p"]
    k = np.arange(n + 1)
    chances = binom.pmf(k, n, p)
    ours = np.array([wilson(one, n) for one in k.tolist()])
    wald = np.array([mean_interval(one / n, math.sqrt(one / n * (1 - one / n)), n) for one in k.tolist()])
    peers = {name: np.array(proportion_confint(k, n, method=name)).T for name in ("agresti_coull", "jeffreys")}
    sides = {"normal": wald, "wilson": ours, **peers}
    return {name: float(chances[(side[:, 0] <= p) & (p <= side[:, 1])].sum()) for name, side in sides.items()}


def _welch(given: Given) -> Found:
    a, b = (moments_of(np.array(given[side])) for side in "ab")
    metric = ExperimentMetric("size", "mean")
    found, effect = compare(metric, b, a, FIXED), effect_of(metric, b, a)
    assert not isinstance(effect, str) and found.fixed_interval is not None
    low, high = found.fixed_interval
    return {"t": effect.difference / effect.error, "df": effect.freedom, "p": found.p, "lo": low, "hi": high}


def _many(given: Given) -> Found:
    """Holm's are ours; Bonferroni's stand beside the false discovery rate, of which the source rejects 4."""
    ps = given["p"]
    if "holm" in given["case"]:
        found = holm(ps)
    else:
        assert sum(q is not None and q <= given["alpha"] for q in adjusted(ps)) == 4
        found = [min(1.0, p * len(ps)) for p in ps]
    return {"n_reject": sum(p is not None and p <= given["alpha"] for p in found), "adj": found}


def _units(formula: str) -> Callable[[Given], Found]:
    def answer(given: Given) -> Found:
        first, second = (given["baseline"], None) if "baseline" in given else (given["p1"], given["p2"])
        effect = given["mde_abs"] if second is None else second - first
        design = Design("share", first, power=given.get("power", 0.8), alpha=given.get("alpha", 0.05), formula=formula)
        return {"n_per_arm": units_needed(design, effect)}

    return answer


def _student(given: Given) -> Found:
    return {"n_per_arm": units_needed(Design("mean", 0.0, 1.0, given["power"], given["alpha"]), given["d"])}


def _sequence(given: Given) -> Found:
    half = always_valid_half(given["sigma2"], given["n"], given["alpha"], given["tuned_at"])
    fixed = mean_interval(0.0, math.sqrt(given["sigma2"]), given["n"])
    assert half is not None and fixed is not None
    return {"rho": sequence_rho(given["alpha"], given["tuned_at"]), "halfwidth": half, "ratio_to_fixed_z": half / fixed[1]}


def _msprt(given: Given) -> Found:
    """The mixture of normals in its closed form (Johari, Pekelis, Walsh 2017, "Peeking at A/B Tests", equation 5)."""
    effect = _of_shares(given)
    v, tau2 = effect.error**2, given["tau"] ** 2
    ratio = math.sqrt(v / (v + tau2)) * math.exp(tau2 * effect.difference**2 / (2 * v * (v + tau2)))
    return {"V": v, "p": min(1.0, 1 / ratio)}


def _of_shares(given: Given) -> Any:
    effect = effect_of(ExperimentMetric("conversion"), *(moments_of_share(*pair) for pair in zip(given["x"], given["n"], strict=True)))
    assert not isinstance(effect, str)
    return effect


def _constant(given: Given, shape: Callable[[float, float], float]) -> float:
    """The constant at which looks with boundaries of this shape spend alpha all together, by the recursion of the planned looks."""

    def spent(c: float) -> float:
        walk, total = Walk(), 0.0
        for look in range(1, given["K"] + 1):
            z = shape(c, look / given["K"])
            total += walk.beyond(z, look / given["K"])
            walk.go_on(z, look / given["K"])
        return total - float(given["alpha"])

    return float(brentq(spent, 1, 5))


def _pocock(given: Given) -> Found:
    c = _constant(given, lambda c, _: c)
    return {"c": c, "nominal_p": math.erfc(c / math.sqrt(2))}


def _obrien_fleming(given: Given) -> Found:
    c = _constant(given, lambda c, time: c / math.sqrt(time))
    return {"c": c, "z": [c / math.sqrt(look / given["K"]) for look in range(1, given["K"] + 1)]}


def _power_spending(given: Given) -> Found:
    """Boundaries of another spending, alpha t^2, by the same recursion."""
    walk, found, used = Walk(), [], 0.0
    for time in given["t"]:
        allowed = given["alpha"] * time**2 - used
        found.append(float(brentq(lambda z, time=time, allowed=allowed: walk.beyond(z, time) - allowed, 0, 8)))
        used += allowed
        walk.go_on(found[-1], time)
    return {"z": found}


@lru_cache(maxsize=2)
def _users(covariates: bool) -> Any:
    import tea_tasting  # 2 s to import

    return tea_tasting.make_users_data(rng=42, covariates=covariates).to_pandas()


def _arms(covariates: bool, y: str, x: str | None = None) -> tuple[Moments, Moments]:
    users = _users(covariates)
    sides = [users[users["variant"] == arm] for arm in (0, 1)]
    control, treated = (moments_of(side[y].to_numpy(float), None if x is None else side[x].to_numpy(float)) for side in sides)
    return control, treated


def _tea(y: str, x: str | None = None) -> Callable[[Given], Found]:
    def answer(given: Given) -> Found:
        metric = ExperimentMetric(y, "mean" if x is None else "ratio", over=None if x is None else Counted(column=x))
        found = compare(metric, *_arms("covariates" in given["case"], y, x), FIXED)
        assert found.relative_interval is not None
        low, high = found.relative_interval
        return {
            "control": found.control_estimate,
            "treatment": found.estimate,
            "rel": found.relative,
            "p": found.p,
            "rel_lo": low,
            "rel_hi": high,
        }

    return answer


def _delta(given: Given) -> Found:
    effect = effect_of(ExperimentMetric("orders", "ratio", over=Counted(column="sessions")), *_arms(False, "orders", "sessions"))
    assert not isinstance(effect, str)
    z = effect.difference / effect.error
    return {
        "R0": effect.control.value,
        "R1": effect.treated.value,
        "se": effect.error,
        "z": z,
        "p_normal": math.erfc(abs(z) / math.sqrt(2)),
    }


def _heavy_tail(given: Given) -> Found:
    """How often Welch calls a difference of revenue per unit where there is none: few pay, and a few of them very much."""
    rng, n, runs = np.random.default_rng(5), given["n"], given["reps"] // 2
    called = {"welch": 0, "welch_winsor99": 0}
    payers = rng.binomial(n, given["conv"], (runs, 2))
    for counts in payers:
        paid = [rng.lognormal(4, 1.5, count) for count in counts]
        most = float(np.quantile(np.concatenate([*paid, np.zeros(2 * n - counts.sum())]), 0.99))
        for name, cut in (("welch", math.inf), ("welch_winsor99", most)):
            control, treated = (_padded(np.minimum(side, cut), n) for side in paid)
            called[name] += (compare(REVENUE, control, treated, FIXED).p or 1.0) < 0.05
    return {name: count / runs for name, count in called.items()}


REVENUE = ExperimentMetric("revenue", "mean")


def _padded(paid: np.ndarray, n: int) -> Moments:
    """The moments of n units of which these paid and the others did not."""
    mean = float(paid.sum() / n)
    return Moments(n, mean, float(((paid**2).sum() - n * mean * mean) / (n - 1)))


def _gbstats(given: Given) -> Found:
    always = "sequential" in given["case"]
    control, treated = (moments_of_share(*pair) for pair in zip(given["x"], given["n"], strict=True))
    if always:
        found = compare(ExperimentMetric("conversion"), control, treated, ALWAYS)
    else:  # its t test takes the share for a mean with variance p (1 - p)
        first, second = (Moments(arm.n, arm.y, arm.y * (1 - arm.y)) for arm in (control, treated))
        found = compare(ExperimentMetric("conversion", "mean"), first, second, FIXED)
    return _told(found)


def _told(found: Comparison) -> Found:
    assert found.interval is not None
    return {"expected": found.difference, "ci": list(found.interval), "p": found.p}


ANSWERS: dict[str, Callable[[Given], Found]] = {
    "newcombe_diff": _newcombe,
    "wilson": _wilson,
    "ci_1/29_jeffreys": _jeffreys,
    "exact_coverage": _coverage,
    "welch_fixed_data": _welch,
    "srm": lambda given: {"p": p_of_counts(given["n"])},
    "multitest": _many,
    "statsmodels_arcsine": _units("arcsine"),
    "statsmodels_2indep": _units("pooled"),
    "evanmiller": _units("baseline"),
    "ttest_power_n": _student,
    "asympCS": _sequence,
    "msprt": _msprt,
    "pocock": _pocock,
    "obrien_fleming": _obrien_fleming,
    "lan_demets": lambda given: {"z": list(boundaries(given["looks"], given["alpha"]))},
    "tea_tasting_sessions": _tea("sessions"),
    "tea_tasting_orders": _tea("orders", "sessions"),
    "tea_tasting_revenue": _tea("revenue"),
    "tea_tasting_covariates_revenue": _tea("revenue"),
    "tea_tasting_covariates_orders": _tea("orders", "sessions"),
    "delta_method": _delta,
    "rpv_welch_typeI": _heavy_tail,
    "family_error": lambda given: {"p_at_least_one": 1 - (1 - given["alpha"]) ** given["m"]},
    "gbstats": _gbstats,
    "spotify_confidence": _power_spending,
}

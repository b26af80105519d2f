"""What contracts are worth: who is still under one, who will be, and what the periods to come bring."""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.predict.lifetime.contract_question import ContractQuestion
from journey.predict.lifetime.contract_result import ContractValue, Survival
from journey.predict.lifetime.fitting import Z95, Fit, slopes
from journey.predict.lifetime.question import DAY_MS, UNIT_DAYS
from journey.predict.lifetime.renewal import constant_churn_value, fit_renewal, log_survival, remaining
from journey.rules import Binder, entries
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

FEWEST, FEWEST_ENDED = 100, 20
TERMS = """with begun as (
    -- when each customer's first contract began
    select e.customer, min(e.ts) as ts
    from events e
    where {start}
    group by e.customer
),
ended as (
    -- and when it ended, where it did
    select b.customer, min(e.ts) as ts
    from begun b
    join events e on e.customer = b.customer and e.ts >= b.ts
    where {end}
    group by b.customer
)
select k.id, (coalesce(d.ts, $data_until) - e.ts) // $length as survived, d.ts is not null as ended
from begun e
left join ended d on d.customer = e.customer
join customers k on k.customer = e.customer
where {entry}
order by k.id"""
SCHEMA = {"id": pl.String, "survived": pl.Int64, "p_stays": pl.Float64, "expected_periods": pl.Float64, "value": pl.Float64}


def measure_contract(con: Warehouse, question: ContractQuestion, scope: Scope) -> ContractValue:
    """The renewal model fitted to whoever left and whoever is still there, and what it expects of those."""
    terms, evidence = (_counted(con, question), None) if question.survivors else _terms(con, question, scope)
    survived, ended = terms["survived"].to_numpy(), terms["ended"].to_numpy()
    weight = terms["customers"].to_numpy() if "customers" in terms.columns else np.ones(len(survived), dtype=np.int64)
    lost, there = _by_period(survived, ended, weight)
    evidence = evidence or Evidence(_define(question, scope), "", {}, int(weight.sum()), data_until(con))
    missing = _missing(question, int(weight.sum()), lost)
    if missing:
        return _without(question, int(weight.sum()), int(lost.sum()), evidence, missing)
    fitted = fit_renewal(lost, there)
    active = terms.filter(~terms["ended"]) if "id" in terms.columns else None
    at_risk = _at_risk(lost, there)
    churn = float(lost.sum() / at_risk.sum())
    return ContractValue(
        question,
        fitted,
        _survival(fitted, lost, at_risk, question.periods),
        _customers(question, fitted, active),
        int(weight.sum()),
        int(lost.sum()),
        float(remaining(fitted.values, np.zeros(1), question.periods, question.discount)[0]),
        churn,
        None if question.value is None else constant_churn_value(question.value, churn, question.discount),
        evidence,
    )


def contract_customers(con: Warehouse, question: ContractQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is under contract still: {"survived": n}, for so many whole periods; or {"lost_in": k}, who left in the k-th, from 1."""
    refuse_unknown(mark, ("survived", "lost_in"), "customers of contracts")
    if question.survivors is not None:
        raise QuestionError('Counted survivors name no customers. Ask with "start" and "end", the events that begin and end a contract.')
    if len(mark) != 1 or not all(isinstance(n, int) and not isinstance(n, bool) for n in mark.values()):
        raise QuestionError('Customers of contracts are named by {"survived": n} or {"lost_in": k}, a whole number.')
    terms = _terms(con, question, scope)[0]
    ended, n = "lost_in" in mark, next(iter(mark.values()))
    rows = terms.filter((terms["ended"] == ended) & (terms["survived"] == n - ended))
    return People(tuple(sorted(rows["id"].to_list())))


def _counted(con: Warehouse, question: ContractQuestion) -> pl.DataFrame:
    """Counted cohorts as rows of customers alike."""
    counts = question.survivors or ()
    lost = [earlier - later for earlier, later in itertools.pairwise(counts)]
    survived, ended = [*range(len(lost)), len(lost)], [True] * len(lost) + [False]
    return pl.DataFrame({"survived": survived, "ended": ended, "customers": [*lost, counts[-1]]})


def _terms(con: Warehouse, question: ContractQuestion, scope: Scope) -> tuple[pl.DataFrame, Evidence]:
    binder = Binder(con)
    sql = TERMS.format(start=binder.match(question.start).sql, end=binder.match(question.end).sql, entry=entries(binder, scope))
    until = data_until(con)
    params = binder.params | {"data_until": until or 0, "length": round(UNIT_DAYS[question.period] * DAY_MS)}
    rows = ask_sql(con, sql, params)
    return rows, Evidence(_define(question, scope), sql, params, rows.height, until, tuple(binder.warnings))


def _by_period(survived: np.ndarray, ended: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """-> (lost at renewal 1..k, last seen still there after 0..k)."""
    k = int(survived.max(initial=0)) + 1
    lost = np.bincount(survived[ended], weights=weight[ended], minlength=k)
    there = np.bincount(survived[~ended], weights=weight[~ended], minlength=k + 1)
    return lost, there


def _at_risk(lost: np.ndarray, there: np.ndarray) -> np.ndarray:
    """(k,) customers whose period 1..k is over: who left in it or later, or are known to be there after it."""
    later = np.cumsum(there[::-1])[::-1][1:]
    return np.cumsum(lost[::-1])[::-1] + later[: len(lost)]


def _survival(fitted: Fit, lost: np.ndarray, at_risk: np.ndarray, ahead: int) -> tuple[Survival, ...]:
    seen, known = 1.0, int(np.max(np.nonzero(at_risk)[0], initial=-1)) + 1
    periods = np.arange(1, known + ahead + 1)
    expected = np.exp(log_survival(fitted.values, periods))
    low, high = _band(fitted, periods, expected)
    found = []
    for place, k in enumerate(periods):
        inside = place < known
        seen *= 1 - lost[place] / at_risk[place] if inside else 1
        risk, left = (int(at_risk[place]), int(lost[place])) if inside else (0, 0)
        interval = None if low is None or high is None else (float(low[place]), float(high[place]))
        found.append(Survival(int(k), risk, left, float(seen) if inside else None, float(expected[place]), interval))
    return tuple(found)


def _band(fitted: Fit, periods: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
    """95%, normal in the log odds."""
    if fitted.covariance is None:
        return None, None

    def odds(theta: np.ndarray) -> np.ndarray:
        logs = log_survival(theta, periods)
        return logs - np.log(-np.expm1(logs))

    slope = slopes(odds, fitted)
    half = Z95 * np.sqrt(np.einsum("in,ij,jn->n", slope, fitted.covariance, slope))
    middle = np.log(expected) - np.log1p(-expected)
    return 1 / (1 + np.exp(half - middle)), 1 / (1 + np.exp(-half - middle))


def _customers(question: ContractQuestion, fitted: Fit, active: pl.DataFrame | None) -> pl.DataFrame:
    """Those still under contract, those who will stay longest first."""
    if active is None or active.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    ages = np.arange(int(active["survived"].max()) + 1)  # type: ignore[arg-type]
    stays = np.exp(log_survival(fitted.values, ages + question.periods) - log_survival(fitted.values, ages))
    periods = remaining(fitted.values, ages, question.periods)
    worth = None if question.value is None else question.value * remaining(fitted.values, ages, question.periods, question.discount)
    age = active["survived"].to_numpy()
    value = [None] * len(age) if worth is None else worth[age]
    columns = {"id": active["id"], "survived": age, "p_stays": stays[age], "expected_periods": periods[age], "value": value}
    return pl.DataFrame(columns, schema=SCHEMA).sort(["expected_periods", "id"], descending=[True, False])


def _missing(question: ContractQuestion, begun: int, lost: np.ndarray) -> tuple[str, ...]:
    """What a forecast lacks.  Counts a person wrote are taken as they are."""
    found = []
    if question.survivors is None and begun < FEWEST:
        found.append(f"{begun:,} of {FEWEST} customers needed have begun a contract.")
    if question.survivors is None and lost.sum() < FEWEST_ENDED:
        found.append(f"{int(lost.sum()):,} of {FEWEST_ENDED} contracts needed have ended.")
    if (lost > 0).sum() < 2:
        found.append(f"Contracts ended in {int((lost > 0).sum())} of 2 different periods needed to tell how leaving changes with age.")
    return tuple(found)


def _without(question: ContractQuestion, begun: int, ended: int, evidence: Evidence, missing: tuple[str, ...]) -> ContractValue:
    return ContractValue(question, None, (), pl.DataFrame(schema=SCHEMA), begun, ended, None, None, None, evidence, missing)


def _define(question: ContractQuestion, scope: Scope) -> str:
    counted = question.survivors is not None
    who = "Cohorts as counted in the question" if counted else "Customers by their first contract, from its start to its first end"
    return (
        f"{who}, in whole periods of a {question.period}; those still under contract at the data's end are counted as there until then, "
        "not as staying. A shifted beta-geometric model: each leaves at each renewal with a chance of their own. "
        f"Expected periods are those of the next {question.periods}, each discounted by {question.discount:g}. "
        f"Intervals are 95%, from what is not known of the parameters. Times in {scope.timezone}."
    )

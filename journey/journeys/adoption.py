"""Who uses which feature, how soon, how deeply, and whether those who do stay more often.

Counted are customers active in the scope.  Known limit: those who do more use more features and stay more often, whatever a
feature does; staying is therefore compared among customers who did as much, too, and remains an association.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from journey.answers import Evidence, People, data_until, extent, iso
from journey.errors import QuestionError
from journey.inference.differences import adjusted
from journey.journeys.adoption_question import AdoptionQuestion
from journey.journeys.adoption_result import Adoption, Feature
from journey.journeys.measure import people_of, timing
from journey.periods import CALENDAR, IN_PERIOD, lay_periods
from journey.rules import Binder, entries
from journey.rules.staged import stages_in_force
from journey.scope import Scope, period_start, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

OFFERED, NEARLY_ALL = 12, 0.9
DEEP_DAYS = 3  # on so many days a feature is used in earnest

COMMON = """select n.name, count(distinct e.customer) as customers
from events e
join event_names n on n.event = e.event
where {within}
group by n.name
order by customers desc, n.name"""

USED = """with {calendar},
chosen as (
    -- the features asked for
    select event, name from event_names where list_contains($features, name)
),
used as (
    -- one row per customer and feature used in the scope: how often, on how many days, and whether in its first half
    select e.customer, e.event, count(*) as uses, count(distinct c.period) as days, min(e.ts) as used_ts,
        max(case when e.ts < $middle then 1 else 0 end) as early
    from events e
    join chosen f on f.event = e.event
    join calendar c on {in_period}
    where {within}
    group by e.customer, e.event
),
firsts as (
    -- when each of them used it for the first time ever
    select e.customer, e.event, min(e.ts) as first_ts
    from events e
    join chosen f on f.event = e.event
    group by e.customer, e.event
),
present as (
    -- who was active in the scope, in its first half, in its second; and how much they did in the first: 1, 2-3, 4-7, 8-15, ...
    select *, case
        when events < 2 then 1 when events < 4 then 2 when events < 8 then 3 when events < 16 then 4
        when events < 32 then 5 when events < 64 then 6 when events < 128 then 7 else 8
    end as band
    from (
    select e.customer,
        max(case when e.ts < $middle then 1 else 0 end) as early,
        max(case when e.ts >= $middle then 1 else 0 end) as late,
        sum(case when e.ts < $middle then 1 else 0 end) as events
    from events e
    where {within}
    group by e.customer
    ) seen
)"""

FEATURES = """
select f.name, u.customer, u.uses, u.days, u.early, p.late, p.band,
    case when f1.first_ts = u.used_ts then u.used_ts - k.first_ts end as waited_ms
from used u
join chosen f on f.event = u.event
join firsts f1 on f1.customer = u.customer and f1.event = u.event
join present p on p.customer = u.customer
join customers k on k.customer = u.customer"""

PRESENT = """
select band, early, late, count(*) as customers
from present
group by band, early, late"""

COUNTS = """
select f.name, count(u.customer) as adopters, sum(u.early) as early_adopters, sum(u.early * p.late) as stayed
from chosen f
left join used u on u.event = f.event
left join present p on p.customer = u.customer
group by f.name
order by adopters desc, f.name"""


def measure_adoption(con: Warehouse, question: AdoptionQuestion, scope: Scope) -> Adoption:
    """Each feature's adopters, time to first use, depth, and whether adopters of the first half were there in the second."""
    bounds, until = _halves(con, scope), data_until(con)
    if bounds is None:
        return Adoption((), 0, None, None, None, Evidence(_define(scope, None), "select 0 as adopters where false", data_until=until))
    binder = Binder(con)
    features = question.features or _offered(con, scope)
    for name in features:
        binder.event(name)  # warns of a name that the log never held
    told = _tell(binder, features, scope, bounds)
    rows = ask_sql(con, told + FEATURES, binder.params)
    present = ask_sql(con, told + PRESENT, binder.params)
    active, there = int(present["customers"].sum()), present.filter(pl.col("early") == 1)
    found = [_feature(name, rows.filter(pl.col("name") == name), active, there) for name in features]
    qs, alike = adjusted([one.p for one in found]), adjusted([one.p_alike for one in found])
    ranked = sorted(
        (replace(one, q=q, q_alike=r) for one, q, r in zip(found, qs, alike, strict=True)), key=lambda one: (-one.adopters, one.name)
    )
    evidence = Evidence(_define(scope, bounds), told + COUNTS, binder.params, active, until, tuple(binder.warnings))
    return Adoption(tuple(ranked), active, *bounds, evidence)


def adoption_customers(con: Warehouse, question: AdoptionQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who used a feature in the scope: {"feature": name}; with "deep": true those on three days or more.

    Raises: QuestionError: another mark.
    """
    refuse_unknown(mark, ("feature", "deep"), "a mark of adoption")
    if not isinstance(mark.get("feature"), str):
        raise QuestionError(f'A mark of adoption names a feature: {{"feature": event}}; it was given {dict(mark)}.')
    bounds, binder = _halves(con, scope), Binder(con)
    if bounds is None:
        return People(())
    rows = ask_sql(con, _tell(binder, (mark["feature"],), scope, bounds) + FEATURES, binder.params)
    chosen = rows.filter(pl.col("days") >= DEEP_DAYS) if mark.get("deep") else rows
    return people_of(con, chosen["customer"].to_list())


def _halves(con: Warehouse, scope: Scope) -> tuple[int, int, int] | None:
    """(start, middle, stop) of the data in the scope, cut at a midnight where there is one between; None without data."""
    held = extent(con)
    if held is None:
        return None
    start = held[0] if scope.start is None else max(scope.start, held[0])
    stop = held[1] + 1 if scope.stop is None else min(scope.stop, held[1] + 1)
    if stop <= start:
        return None
    middle = period_start((start + stop) // 2, "day", scope.timezone)
    return start, middle if middle > start else (start + stop) // 2, stop


def _offered(con: Warehouse, scope: Scope) -> tuple[str, ...]:
    """The events most customers of the scope do, without those nearly all do, which tell nobody from anybody, and without
    what is done to customers: the events that the stages of the workspace leave out when they ask what a customer did."""
    binder = Binder(con)
    rows = ask_sql(con, COMMON.format(within=entries(binder, scope)), binder.params)
    most = rows["customers"].max() or 0
    rows = rows.filter(~pl.col("name").is_in(_not_done([stage.rule for stage in stages_in_force(con)])))
    part = rows.filter(pl.col("customers") < NEARLY_ALL * float(most))  # type: ignore[arg-type]
    return tuple((part if part.height else rows).head(OFFERED)["name"].to_list())


def _not_done(rule: Any) -> list[str]:
    """The names under "other_than" anywhere in a rule."""
    if isinstance(rule, list | tuple):
        return [name for part in rule for name in _not_done(part)]
    if not isinstance(rule, Mapping):
        return []
    return [*rule.get("other_than", ()), *_not_done(list(rule.values()))]


def _tell(binder: Binder, features: Sequence[str], scope: Scope, bounds: tuple[int, int, int]) -> str:
    start, middle, stop = bounds
    days = lay_periods(binder.con, Scope(start, stop, scope.timezone), "day")
    if days is not None:
        binder.params |= days.as_values()
    binder.params |= {"features": list(features), "middle": middle}
    within = entries(binder, Scope(start, stop, scope.timezone, scope.segment))
    return USED.format(calendar=CALENDAR, in_period=IN_PERIOD, within=within)


def _feature(name: str, rows: pl.DataFrame, active: int, there: pl.DataFrame) -> Feature:
    """there: customers of the first half by band and by whether they stayed."""
    early, uses = rows.filter(pl.col("early") == 1), rows["uses"].median()
    bands = {band: _band(early.filter(pl.col("band") == band), there.filter(pl.col("band") == band)) for band in there["band"].unique()}
    adopters, stayed, others, others_stayed = (sum(band[place] for band in bands.values()) for place in range(4))
    return Feature(
        name=name,
        adopters=rows.height,
        active=active,
        waited=timing((rows["waited_ms"].drop_nulls() / 1000).sort().to_list()),
        uses=None if uses is None else float(uses),  # type: ignore[arg-type]
        deep=rows.filter(pl.col("days") >= DEEP_DAYS).height,
        early=(adopters, stayed),
        others=(others, others_stayed),
        bands=bands,
    )


def _band(adopters: pl.DataFrame, there: pl.DataFrame) -> tuple[int, int, int, int]:
    """(adopters, of them stayed, others, of them stayed)"""
    stayed, all_stayed = int(adopters["late"].sum()), int(there.filter(pl.col("late") == 1)["customers"].sum())
    return adopters.height, stayed, int(there["customers"].sum()) - adopters.height, all_stayed - stayed


def _define(scope: Scope, bounds: tuple[int, int, int] | None) -> str:
    halves = "" if bounds is None else f" Here the first half ends {iso(bounds[1])}."
    return (
        "Adopters are the customers with at least one event of the feature in the scope, of all customers with any event in it. "
        "Time to first use runs from a customer's first event ever to the first use ever, of those whose first use lies in the scope. "
        f"Depth is the median of uses per adopter and the share of adopters who used it on {DEEP_DAYS} days or more. Staying: of customers "
        "active in the scope's first half, those who used the feature in that "
        "half beside those who did not; who is active in the second half "
        "stayed. So adoption comes before staying, and nobody is an adopter for having stayed." + halves + " Shares with Wilson, "
        "differences with Newcombe 95% intervals; q by Benjamini and Hochberg over all features asked for. Those who do more use more "
        "features and stay more often, whatever a feature does, so the same is told among customers who did as much in the first half: 1, "
        "2 to 3, 4 to 7 events and so on, the others weighted to be spread like adopters and counted at their effective number (Kish). An "
        f"association, not a proof. Times in {scope.timezone}."
    )

"""What adopting one feature goes with for adopting another, beside comparable customers who had not adopted it by then.

Counted are adoptions of A: each on the customer's day of first use, counted from their own first event.  Comparable are
the days on which customers were active and had adopted neither A nor B by the day's end, in the same week of tenure,
as busy on that day, and as busy in the seven days before: the risk set of the adoption.  Follow-up begins for all when
the day ends, so nobody's B comes before their A, and nobody is an adopter for having lived long enough to be one.

Known limit: an association.  What makes a person adopt both, beyond tenure and busyness, is not seen.
Source: risk-set matching, Li, Propert, Rosenbaum 2001, J. Am. Stat. Assoc. 96, 870; here by strata instead of pairs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.inference import Interval, difference_of_shares, wilson
from journey.journeys.adoption_question import EffectQuestion
from journey.journeys.measure import people_of
from journey.rules import Binder, entries
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

FEWEST = 30  # matched adopters that a comparison needs

DAYS = """with
days as (
    -- each day on which a customer was active, counted in 24 hours from their first event
    select e.customer, (e.ts - k.first_ts) // 86400000 as day, min(k.first_ts) as first_ts, min(e.ts) as ts,
        max(case when {did_a} then 1 else 0 end) as did_a,
        max(case when {did_b} then 1 else 0 end) as did_b,
        count(*) - sum(case when {did_b} then 1 else 0 end) as events
    from events e
    join customers k on k.customer = e.customer
    group by e.customer, (e.ts - k.first_ts) // 86400000
),
busy as (
    -- how busy the seven days before were, and whether A or B had come by the day's end
    select *,
        coalesce(sum(events) over (partition by customer order by day range between 7 preceding and 1 preceding), 0) as before,
        sum(did_a) over (partition by customer order by day rows unbounded preceding) as days_of_a,
        sum(did_b) over (partition by customer order by day rows unbounded preceding) as days_of_b,
        first_ts + (day + 1) * 86400000 as ends
    from days
),
at_risk as (
    -- days whose follow-up the data hold whole, of those who had done neither before: adopters of A on it, and the others
    select e.customer, e.ends, e.did_a as adopts, e.day // 7 as week,
        case when e.events <= 1 then 0 when e.events <= 3 then 1 when e.events <= 7 then 2 when e.events <= 15 then 3 else 4 end as band,
        case when e.before = 0 then 0 when e.before <= 3 then 1 when e.before <= 9 then 2 when e.before <= 24 then 3 else 4 end as earlier
    from busy e
    where e.days_of_a = e.did_a and e.days_of_b = 0 and e.ends + $within <= $data_until and {within_scope}
),
dones as (
    -- the first B of each customer
    select e.customer, min(e.ts) as b_ts from events e where {did_b} group by e.customer
),
looked as (
    -- whether B came in the time after the day
    select r.customer, r.adopts, r.week, r.band, r.earlier,
        case when d.b_ts >= r.ends and d.b_ts < r.ends + $within then 1 else 0 end as did
    from at_risk r
    left join dones d on d.customer = r.customer
)"""

STRATA = """,
strata as (
    -- alike in tenure and busyness: adopters, comparable days, and how many of each came to B
    select week, band, earlier, sum(adopts) as adopters, sum(adopts * did) as adopters_did,
        count(*) - sum(adopts) as others, sum((1 - adopts) * did) as others_did
    from looked
    group by week, band, earlier
)"""

COUNTS = """
select week, band, earlier, adopters, adopters_did, others, others_did
from strata
where adopters > 0
order by week, band, earlier"""

WEIGHED = """
select l.customer, l.adopts, l.did,
    case when l.adopts = 1 then 1.0 else s.adopters * 1.0 / s.others end as weight
from looked l
join strata s on s.week = l.week and s.band = l.band and s.earlier = l.earlier
where s.adopters > 0 and s.others > 0"""


@dataclass(frozen=True)
class Effect:
    """adopters: with a comparable customer, and how many of them came to B; unmatched: adopters without one.

    expected: the share of comparable customers who came to B, weighted like the adopters; effective: how many
    independent customers that share is worth (Kish), each of them counted once however many days they lend.
    """

    question: EffectQuestion
    adopters: int
    adopters_did: int
    unmatched: int
    comparable: int
    expected: float | None
    effective: float
    evidence: Evidence

    @property
    def share(self) -> float | None:
        return self.adopters_did / self.adopters if self.adopters else None

    @property
    def difference(self) -> tuple[float, float, float] | None:
        """(share of adopters who came to B less that of comparable customers, low, high); None below 30 adopters."""
        if self.why is not None or self.expected is None:
            return None
        return difference_of_shares(self.adopters_did, self.adopters, self.expected * self.effective, self.effective)

    @property
    def why(self) -> str | None:
        """Why there is no difference to tell; None where there is one."""
        if self.adopters < FEWEST:
            alone = f" ({self.unmatched} have nobody comparable)" if self.unmatched else ""
            return f"{self.adopters} adopters have comparable customers and a whole follow-up{alone}; {FEWEST} are needed"
        return None

    def as_plain(self) -> dict[str, Any]:
        difference = self.difference
        return {
            "of": self.question.of,
            "on": self.question.on,
            "within_seconds": self.question.within / 1000,
            "adopters": self.adopters,
            "adopters_did": self.adopters_did,
            "share": self.share,
            "interval": _plain(wilson(self.adopters_did, self.adopters)),
            "comparable_customers": self.comparable,
            "effective_comparable": self.effective,
            "comparable_share": self.expected,
            "comparable_interval": None if self.expected is None else _plain(wilson(self.expected * self.effective, self.effective)),
            "difference": None if difference is None else difference[0],
            "difference_interval": None if difference is None else list(difference[1:]),
            "unmatched": self.unmatched,
            "why": self.why,
            **self.evidence.as_plain(),
        }


def measure_effect(con: Warehouse, question: EffectQuestion, scope: Scope) -> Effect:
    """The share of adopters of A who come to B in time, beside that of comparable customers who had not adopted A."""
    binder, until = Binder(con), data_until(con)
    told = _tell(binder, question, scope, until)
    rows = ask_sql(con, told + STRATA + WEIGHED, binder.params)
    adopters, others = rows.filter(pl.col("adopts") == 1), rows.filter(pl.col("adopts") == 0)
    alone = ask_sql(con, told + STRATA + "\nselect coalesce(sum(adopters), 0) from strata where others = 0", binder.params).item()
    weights = others.group_by("customer").agg(pl.col("weight").sum())["weight"]
    total = float(weights.sum())
    evidence = Evidence(
        _define(question, scope), told + STRATA + COUNTS, binder.params, rows["customer"].n_unique(), until, tuple(binder.warnings)
    )
    return Effect(
        question=question,
        adopters=adopters.height,
        adopters_did=int(adopters["did"].sum()),
        unmatched=int(alone),
        comparable=len(weights),
        expected=others.select((pl.col("weight") * pl.col("did")).sum()).item() / total if total else None,
        effective=total**2 / float((weights**2).sum()) if total else 0.0,
        evidence=evidence,
    )


def effect_customers(con: Warehouse, question: EffectQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a mark: {"adopters": true}, {"adopters_did": true} or {"comparable": true}.

    Raises: QuestionError: another mark.
    """
    refuse_unknown(mark, ("adopters", "adopters_did", "comparable"), "a mark of an adoption's effect")
    if len(mark) != 1:
        raise QuestionError('Name the customers by one of {"adopters": true}, {"adopters_did": true} and {"comparable": true}.')
    binder = Binder(con)
    rows = ask_sql(con, _tell(binder, question, scope, data_until(con)) + STRATA + WEIGHED, binder.params)
    wanted = pl.col("adopts") == (0 if "comparable" in mark else 1)
    if "adopters_did" in mark:
        wanted &= pl.col("did") == 1
    return people_of(con, rows.filter(wanted)["customer"].unique().to_list())


def _tell(binder: Binder, question: EffectQuestion, scope: Scope, until: int | None) -> str:
    did_a, did_b = binder.match(question.of).sql, binder.match(question.on).sql
    binder.params |= {"within": question.within, "data_until": until or 0}
    return DAYS.format(did_a=f"coalesce({did_a}, false)", did_b=f"coalesce({did_b}, false)", within_scope=entries(binder, scope))


def _define(question: EffectQuestion, scope: Scope) -> str:
    return (
        f"Adopters first use {question.of!r} on a day of the scope, not having done {question.on!r} by its end. Comparable are the days "
        "on which customers were active and had done neither by the day's end, "
        "in the same week since their first event, in the same band of "
        "events on that day (1, 3, 7, 15, more) and in the seven days before (0, 3, 9, 24, more); bands without comparable days leave "
        f"their adopters out. Of both, the share who come to {question.on!r} in the {question.within / 86_400_000:g} days after the day, "
        "comparable days weighted so that they are spread like the adopters; "
        "only days whose follow-up the data hold whole. Difference with "
        "Newcombe's 95% interval, comparable customers counted at their "
        "effective number (Kish), each once. An association, not a proof: it "
        f"assumes that beyond tenure and busyness nothing makes adopters "
        f"likelier to come to {question.on!r}; comparable customers may adopt "
        f"later. Days are 24 hours from a customer's first event; times in {scope.timezone}."
    )


def _plain(interval: Interval | None) -> list[float] | None:
    return None if interval is None else list(interval)

"""Measuring a worklist: scores of everybody, what they are expected to bring, and the few that a team can reach."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.predict import TIERS, tier_of
from journey.predict.lifetime import expected_values
from journey.predict.outcome import in_words
from journey.predict.reasons import Reason, in_order
from journey.rules import Binder, customers_where
from journey.rules.listed import warn_of_lists
from journey.rules.staged import stages_in_force
from journey.rules.stages_at import staged_few
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, ask_sql, one_moment, setting
from journey.worklist.question import WorklistQuestion
from journey.worklist.quiet import quiet_customers
from journey.worklist.result import RANKED, Item, Worklist
from journey.worklist.standing import Standing, evidence_of, stand, trust_in

DAY = 86_400_000
TOLD = 3
LEAST = 0.05  # of all that raises the chance: less is not worth telling
Value = tuple[float, float | None, float | None]

SILENCE = (
    "No prediction: customers seen on three days or more who have been quiet for longer than their own usual gap, the longest against "
    "it first. The usual gap is the mean of those between the days they came on. Left out are those gone for over 90 days and four "
    "usual gaps. Days of 24 hours, UTC."
)
LAST_SEEN = """
select c.id, c.customer, max(e.ts) as last_ts
from customers c
join events e on e.customer = c.customer
where c.id in (select unnest($ids::varchar[])) and e.ts < $as_of
group by c.id, c.customer"""


def measure_worklist(con: Warehouse, question: WorklistQuestion, scope: Scope) -> Worklist:
    """The customers a team of this capacity should see to first.

    The scope's stop is the moment; its segment, as of then, chooses among everybody scored.  Where no score is good
    enough, the list goes by silence against habit, and says that it is no prediction.
    Raises: QuestionError: no prediction of that name.
    """
    with one_moment(con):
        if data_until(con) is None:
            return _empty(question)
        standing = stand(con, question.model, question.capacity, scope, question.learn)
        found = expected_values(con, standing.as_of, question.horizon)
        unvalued = found if isinstance(found, str) else ""
        values = {} if isinstance(found, str) else {one: (value, low, high) for one, value, low, high in found.iter_rows()}
        if standing.refused:
            return _by_silence(con, question, scope, standing, values, unvalued)
        return _by_score(con, question, scope, standing, values, unvalued)


def _by_score(
    con: Warehouse, question: WorklistQuestion, scope: Scope, standing: Standing, values: Mapping[str, Value], unvalued: str
) -> Worklist:
    chosen = _chosen(con, question, scope, standing, values)
    ids = chosen["id"].to_list()
    seen, stages, reasons = _seen(con, ids, standing.as_of), _stages(con, ids, standing.as_of), standing.reasons(con, ids)
    items = tuple(
        Item(
            rank=rank,
            customer=one,
            probability=p,
            interval=(low, high),
            tier=tier_of(p),
            **_valued(values.get(one)),
            reasons=_worth_telling(reasons.get(one, ())),
            stage=stages.get(one, ""),
            quiet=(standing.as_of - seen.get(one, standing.as_of)) / DAY,
        )
        for rank, (one, p, low, high) in enumerate(chosen.select("id", "probability", "low", "high").iter_rows(), 1)
    )
    ranked = "value" if values else "probability"
    evidence = _evidence(evidence_of(con, standing, scope), question, ranked, unvalued, data_until(con))
    return _worklist(con, question, scope, items, standing, ranked, unvalued, evidence)


def worklist_customers(con: Warehouse, question: WorklistQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is on the list: {} all of it, {"tier": "high" | "medium" | "low"}, {"top": k} its first k.

    Raises: QuestionError: another mark.
    """
    return people_on(measure_worklist(con, question, scope), mark)


def people_on(worklist: Worklist, mark: Mapping[str, Any]) -> People:
    """The same of a list that is at hand."""
    refuse_unknown(mark, ("tier", "top"), "a mark of a worklist")
    if len(mark) > 1:
        raise QuestionError(f"A mark of a worklist is one of tier and top; found {dict(mark)}.")
    items = worklist.items
    if "tier" in mark:
        names = [name for name, _ in TIERS]
        if mark["tier"] not in names:
            raise QuestionError(f"tier is {mark['tier']!r}; it can be {', '.join(map(repr, names))}.")
        items = tuple(item for item in items if item.tier == mark["tier"])
    if "top" in mark:
        top = mark["top"]
        if isinstance(top, bool) or not isinstance(top, int) or top < 0:
            raise QuestionError(f"top is {top!r}; it is a whole number of customers.")
        items = items[:top]
    return People(tuple(sorted(item.customer for item in items)))


def _chosen(con: Warehouse, question: WorklistQuestion, scope: Scope, standing: Standing, values: Mapping[str, Value]) -> pl.DataFrame:
    """The rows of the scores that are listed, the most at stake first; those whose value nobody can say follow by chance."""
    scores, inside = standing.scores, _segment(con, scope, standing.as_of)
    if inside is not None:
        scores = scores.filter(pl.col("customer").is_in(inside))
    if question.tier is not None:
        scores = scores.filter(pl.Series([tier_of(p) == question.tier for p in scores["probability"]], dtype=pl.Boolean))
    worth = pl.DataFrame(
        {"id": list(values), "worth": [value[0] for value in values.values()]}, schema={"id": pl.String, "worth": pl.Float64}
    )
    ranked = scores.join(worth, on="id", how="left").with_columns(stake=pl.col("worth") * pl.col("probability"))
    return ranked.sort("stake", "probability", "id", descending=[True, True, False], nulls_last=True).head(question.capacity)


def _segment(con: Warehouse, scope: Scope, as_of: int) -> list[int] | None:
    """Numbers of those in the scope's segment; None for everyone."""
    if scope.segment is None:
        return None
    binder = Binder(con)
    text = customers_where(binder, scope.segment, Scope(None, as_of, scope.timezone))
    return ask_sql(con, text, binder.params)["customer"].to_list()


def _valued(value: Value | None) -> dict[str, Any]:
    if value is None or value[0] is None:
        return {"value": None, "value_interval": None}
    return {"value": value[0], "value_interval": None if value[1] is None or value[2] is None else (value[1], value[2])}


def _worth_telling(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """The three that raise the chance most, those that somebody could change first."""
    raising = [one for one in reasons if one.contribution > 0]
    least = LEAST * sum(one.contribution for one in raising)
    strongest = sorted((one for one in raising if one.contribution >= least), key=lambda one: (-one.contribution, one.feature))
    return in_order(strongest[:TOLD])


def _by_silence(
    con: Warehouse, question: WorklistQuestion, scope: Scope, standing: Standing, values: Mapping[str, Value], unvalued: str
) -> Worklist:
    """The honest list without a prediction: who has been quiet for longer than is usual for them."""
    found, sql, params = quiet_customers(con, standing.as_of, scope)
    listed = found[: question.capacity]
    stages = _stages(con, [one.customer for one in listed], standing.as_of)
    items = tuple(
        Item(
            rank=rank,
            customer=one.customer,
            probability=None,
            interval=None,
            tier=None,
            **_valued(values.get(one.customer)),
            reasons=(),
            stage=stages.get(one.customer, ""),
            quiet=one.days,
            usual_gap=one.usual_gap,
        )
        for rank, one in enumerate(listed, 1)
    )
    evidence = Evidence(SILENCE, sql, params, len(found), data_until(con))
    return _worklist(con, question, scope, items, standing, "quiet", unvalued, evidence, len(found))


def _seen(con: Warehouse, ids: Sequence[str], as_of: int) -> dict[str, int]:
    """Id -> ms of the last event before the moment."""
    return {one: last for one, _, last in ask_sql(con, LAST_SEEN, {"ids": list(ids), "as_of": as_of}).iter_rows()}


def _stages(con: Warehouse, ids: Sequence[str], as_of: int) -> dict[str, str]:
    """Id -> the stage as of the moment."""
    if not ids:
        return {}
    rules = stages_in_force(con)
    names = ask_sql(con, "select customer, id from customers where id in (select unnest($ids::varchar[]))", {"ids": list(ids)})
    found = staged_few(Binder(con), rules, [as_of], names["customer"].to_list())
    return {one: rules[stage].name for one, stage in names.join(found, on="customer").select("id", "stage").iter_rows()}


def _worklist(
    con: Warehouse,
    question: WorklistQuestion,
    scope: Scope,
    items: tuple[Item, ...],
    standing: Standing,
    ranked: str,
    unvalued: str,
    evidence: Evidence,
    scored: int | None = None,
) -> Worklist:
    if standing.as_of <= (data_until(con) or 0):  # of an earlier day than the data's last
        evidence = replace(evidence, warnings=(*evidence.warnings, *warn_of_lists(con, scope)))
    return Worklist(
        question=question,
        items=items,
        scored=standing.scores.height if scored is None else scored,
        ranked=ranked,
        refused=standing.refused,
        learnable=standing.learnable,
        unvalued=unvalued,
        trust=trust_in(standing.tested),
        tested=standing.tested,
        wanted=standing.named.wanted,
        outcome=in_words(standing.outcome),
        currency=(setting(con, "revenue") or {}).get("currency") or setting(con, "currency"),
        as_of=standing.as_of,
        evidence=evidence,
    )


def _evidence(told: Evidence, question: WorklistQuestion, ranked: str, unvalued: str, until: int | None) -> Evidence:
    valued = (
        f" Value is what a customer is expected to bring in {question.horizon} days, as if nothing were done." if ranked == "value" else ""
    )
    definition = (
        f"{told.definition} Listed are the first {question.capacity:,} {RANKED[ranked]}.{valued} For how many the outcome is expected is "
        "the sum of their chances; its interval allows for all chances being off in one direction, and for luck. Times in UTC."
    )
    warnings = (*told.warnings, *((f"Ranked by chance alone: {unvalued}",) if unvalued else ()))
    return Evidence(definition, told.sql, told.params, told.population, until, warnings)


def _empty(question: WorklistQuestion) -> Worklist:
    missing = "Nothing is loaded, so nobody can be listed."
    evidence = Evidence("Customers of an empty workspace; times in UTC.", "select id from customers", {}, 0, None)
    return Worklist(question, (), 0, "quiet", missing, False, "", "", None, False, "", None, 0, evidence)

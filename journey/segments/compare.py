"""Measure how two segments differ, and list who is behind a share of either.

A customer of a segment counts whether or not they were there in the period: who did not come, did nothing.
"""

from collections.abc import Mapping
from typing import Any

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.inference import difference_of_shares
from journey.inference.differences import adjusted, difference_of_means, p_of_shares
from journey.rules import Binder
from journey.rules.naming import named_in
from journey.scope import Scope, refuse_unknown
from journey.segments.definition import EVERYONE, MOST_VALUES, Told, define, tell_sums
from journey.segments.question import CompareQuestion
from journey.segments.result import Comparison, Difference
from journey.warehouse import Warehouse, ask_sql

ENOUGH = 10
KINDS = ("event", "times", "property", "mean", "outcome")
EMPTY = "one of the segments is empty"
SAME = "everybody, or nobody, of both"
FEW = f"fewer than {ENOUGH} customers of a segment to take a mean of"
Row = Mapping[str, Any]


def measure_compare(con: Warehouse, question: CompareQuestion, scope: Scope) -> Comparison:
    """Every event, value and outcome in both segments, those least likely to be chance first.

    Newcombe's interval for shares, Welch's for means; q by Benjamini and Hochberg over all that could be tested.
    """
    binder = Binder(con)
    text = tell_sums(*define(binder, question, scope))
    rows = list(ask_sql(con, text, binder.params).iter_rows(named=True))
    whole = next(row for row in rows if row["kind"] == "all")
    n_a, n_b, both = (int(whole[name] or 0) for name in ("n_a", "n_b", "hits_a"))
    found = [one for row in rows if row["kind"] != "all" for one in _differences(row, n_a, n_b, question)]
    qs = adjusted([None if one["by_definition"] else one["p"] for one in found])  # what must differ is no discovery
    differences = [Difference(**one, q=q) for one, q in zip(found, qs, strict=True)]
    warnings = (*binder.warnings, *_overlap(both, n_a, n_b))
    evidence = Evidence(_definition(question, scope), text, binder.params, n_a + n_b - both, data_until(con), warnings)
    return Comparison(question, n_a, n_b, both, tuple(sorted(differences, key=_clearness)), evidence)


def compare_customers(con: Warehouse, question: CompareQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a share: {"kind", "name", "value", "side": "a" | "b"}; of a side, all, with "side" alone.

    Of a mean these are the customers it is taken over.  "of" tells a customer's property from an event's of that name.
    Raises: QuestionError: another mark.
    """
    refuse_unknown(mark, ("kind", "of", "name", "value", "side"), "customers of a comparison")
    side, kind, name, value = mark.get("side", "a"), mark.get("kind"), mark.get("name"), mark.get("value")
    if side not in ("a", "b"):
        raise QuestionError(f'side is {side!r}; it can be "a" or "b".')
    binder = Binder(con)
    story, told = define(binder, question, scope)
    if kind is None and name is None:
        rows = ask_sql(con, story + EVERYONE.format(side=f"in_{side}"), binder.params)
        return People(tuple(sorted(rows["id"].to_list())))
    if kind not in KINDS or not isinstance(name, str) or not isinstance(value, str | None):
        raise QuestionError(f'{dict(mark)} is no mark of a comparison. Name {{"kind", "name", "side"}}, and "value" of a property.')
    found = _meant(told, binder, "event" if kind == "times" else kind, name, mark.get("of"))
    if found is None:
        return People(())
    rows = ask_sql(con, story + found.behind(f"in_{side}"), binder.params | {"name": name, "value": value})
    return People(tuple(sorted(rows["id"].to_list())))


def _meant(told: list[Told], binder: Binder, kind: str, name: str, of: Any) -> Told | None:
    """What a mark names; the event's property where a customer's has the same name and the mark does not say."""
    named = [one for one in told if one.kind == kind and (one.named or binder.params[one.name.removeprefix("$")] == name)]
    return next((one for one in named if of is None or one.of == of), None)


def _differences(row: Row, n_a: int, n_b: int, question: CompareQuestion) -> list[dict[str, Any]]:
    """One row of sums says of an event both who did it and how often."""
    facts = {key: row[key] for key in ("of", "name", "value")} | {"count_a": row["hits_a"], "count_b": row["hits_b"]}
    facts["by_definition"] = not _names(row, question).isdisjoint(question.defined_by)
    if row["kind"] == "mean":
        return [{"kind": "mean", **facts, **_means(row, row["n_a"], row["n_b"])}]
    sizes = (row["n_a"], row["n_b"]) if row["kind"] == "outcome" else (n_a, n_b)
    shares = {"kind": row["kind"], **facts, **_shares(row["hits_a"], row["hits_b"], *sizes)}
    return [shares] if row["kind"] != "event" else [shares, {"kind": "times", **facts, **_means(row, n_a, n_b)}]


def _names(row: Row, question: CompareQuestion) -> frozenset[str]:
    """The events and properties that a row is about."""
    if row["kind"] != "outcome":
        return frozenset({row["name"]})
    return frozenset().union(*(named_in({"did": one.did, "of": one.of}, {}) for one in question.outcomes if one.name == row["name"]))


def _shares(hits_a: int, hits_b: int, n_a: int, n_b: int) -> dict[str, Any]:
    found = difference_of_shares(hits_a, n_a, hits_b, n_b)
    p = p_of_shares(hits_a, n_a, hits_b, n_b)
    return {
        "a": hits_a / n_a if n_a else None,
        "b": hits_b / n_b if n_b else None,
        "n_a": n_a,
        "n_b": n_b,
        "difference": None if found is None else found[0],
        "interval": None if found is None else (found[1], found[2]),
        "p": p,
        "why": EMPTY if found is None else SAME if p is None else None,
    }


def _means(row: Row, n_a: int, n_b: int) -> dict[str, Any]:
    """Where only a few of a segment have anything to count, its spread is not known, and so there is no interval."""
    a, b = (row[f"x_{side}"] / n if n else None for side, n in (("a", n_a), ("b", n_b)))
    enough = min(row["hits_a"], row["hits_b"]) >= ENOUGH
    tested = None
    if a is not None and b is not None and enough:
        tested = difference_of_means(a, _variance(row["x_a"], row["xx_a"], n_a), n_a, b, _variance(row["x_b"], row["xx_b"], n_b), n_b)
    return {
        "a": a,
        "b": b,
        "n_a": n_a,
        "n_b": n_b,
        "difference": None if a is None or b is None else a - b,
        "interval": None if tested is None else tested[1:3],
        "p": None if tested is None else tested[3],
        "why": None if tested else EMPTY if a is None or b is None else "they do not vary" if enough else FEW,
    }


def _variance(total: float, squares: float, n: int) -> float:
    """Of the sample, from sums; below 1e-12 of the squares it is what rounding leaves."""
    spread = squares - total * total / n
    return spread / (n - 1) if n > 1 and spread > 1e-12 * squares else 0.0


def _clearness(one: Difference) -> tuple[Any, ...]:
    p = 2.0 if one.p is None else one.p
    return p, KINDS.index(one.kind), -abs(one.difference or 0.0), one.name, one.of, one.value or ""


def _overlap(both: int, n_a: int, n_b: int) -> tuple[str, ...]:
    if not both:
        return ()
    if both == n_a == n_b:
        return ("Both segments are the same customers, so nothing can differ.",)
    return (f"{both:,} customers are in both segments and count on both sides, which makes intervals wider than they need be.",)


def _definition(question: CompareQuestion, scope: Scope) -> str:
    other = "everyone else known by then" if question.b is None else "those of b"
    within = "" if scope.segment is None else ", within the segment of the scope"
    return (
        f"The customers of a, by what they did before the end of the scope, against {other}{within}. Event: the share who did it "
        "in the scope; times: how often, per customer; property: the share who carry a value, of each property the "
        f"{MOST_VALUES} commonest that 1% carry; mean: of numbers, one a customer; outcome: of those who did one step, the share who "
        "did the other, too. Differences are a minus b, shares with Newcombe's 95% interval, means with Welch's; q allows for "
        f"all that was tested (Benjamini and Hochberg). Times in {scope.timezone}."
    )

"""The condition on a kept score: what the model in use said of a customer when everybody was last scored.

    {"score": "churn", "op": "gt", "value": 0.3}     a chance above 30%
    {"score": "churn", "tier": "high"}               the tier that was kept with it

A score is known from the moment it is of: as of an earlier one nobody has it.  Who was not scored has none, so no
comparison with it holds.
"""

from collections.abc import Mapping
from typing import Any

from journey.answers import iso
from journey.errors import QuestionError
from journey.rules.facts import Facts
from journey.rules.match import COMPARE, Binder, nearest
from journey.scope import refuse_unknown
from journey.warehouse import ask_sql, dataset_version

OPS = {**COMPARE, "ne": "<>"}
TIERS = ("high", "medium", "low")
KEPT = "select s.name, max(s.as_of) as as_of, max(s.dataset) as dataset from scores s group by s.name order by s.name"


def scored(facts: Facts, rule: Mapping[str, Any]) -> str:
    """Raises: QuestionError: no score of that name is kept; the sentence says how to have it."""
    refuse_unknown(rule, ("score", "op", "value", "tier"), "a rule with 'score'")
    name = _known(facts, rule["score"])
    wanted = _wanted(facts.binder, rule)
    return (
        f"exists (select 1 from scores s where s.name = {facts.binder.bind(name, 'score')} and s.customer_id = k.id"
        f" and s.as_of <= {facts.known_at} and {wanted})"
    )


def _wanted(binder: Binder, rule: Mapping[str, Any]) -> str:
    if "tier" in rule:
        if rule["tier"] not in TIERS or "value" in rule or "op" in rule:
            raise QuestionError(f'A tier is one of {", ".join(TIERS)} and stands without "op" and "value"; found {dict(rule)}.')
        return f"s.tier = {binder.bind(rule['tier'], 'tier')}"
    op, value = rule.get("op", "ge"), rule.get("value")
    if op not in OPS or isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise QuestionError(f"A score is compared with a number from 0 to 1 by one of {', '.join(OPS)}; found {op!r} and {value!r}.")
    return f"s.probability {OPS[op]} {binder.bind(float(value), 'value')}"


def _known(facts: Facts, name: Any) -> str:
    """The name, with a warning where its scores are of another time or of other data."""
    binder = facts.binder
    kept = {row[0]: row[1:] for row in ask_sql(binder.con, KEPT).iter_rows()}
    if not isinstance(name, str) or name not in kept:
        listed = f" Kept are: {', '.join(map(repr, kept))}." if kept else ""
        raise QuestionError(
            f"No scores are kept of {name!r}.{nearest(str(name), list(kept))}{listed} Train the models first: python -m journey train."
        )
    as_of, dataset = kept[name]
    if dataset != dataset_version(binder.con):
        binder.warn(f"The scores of {name!r} are of {str(iso(as_of))[:10]}, and the data changed since: score everybody anew.")
    if as_of > binder.params[facts.moment.removeprefix("$")]:
        binder.warn(f"The scores of {name!r} are as of {iso(as_of)}; at an earlier moment nobody had one.")
    return name

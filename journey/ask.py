"""Any question as plain data in, its answer as plain data out: pages' state, the command line and tests speak this.

    ask(con, {"ask": "funnel", "steps": ["view", "cart", "purchase"], "window": "7d"})

A question names itself in "ask"; "scope" says of which entries, "customers" asks who is behind a mark.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from journey.errors import QuestionError
from journey.rules.outcome import answer_by
from journey.scope import Scope, read_scope, refuse_deep
from journey.warehouse import Warehouse, one_moment


@dataclass(frozen=True)
class Kind:
    """Where a question is answered.  room: module; reader, measurer, lister: names in it.

    files: whether it may name files; its reader then takes `files`, False for a question that stands in a rule: rules come
    from pages and addresses, too.
    marks: whether "customers" asks who is behind a mark; of money it is an input, how many there are.
    """

    room: str
    reader: str
    measurer: str
    lister: str
    files: bool = False
    marks: bool = True


KINDS = {
    "funnel": Kind("journey.funnels", "read_funnel", "measure_funnel", "funnel_customers"),
    "drivers": Kind("journey.funnels", "read_drivers", "measure_drivers", "drivers_customers"),
    "dropoffs": Kind("journey.funnels", "read_dropoffs", "measure_dropoffs", "dropoffs_customers"),
    "paths": Kind("journey.paths", "read_paths", "measure_paths", "paths_customers"),
    "transitions": Kind("journey.paths", "read_transitions", "measure_transitions", "transitions_customers"),
    "loops": Kind("journey.paths", "read_loops", "measure_loops", "loops_customers"),
    "sessions": Kind("journey.sessions", "read_sessions", "measure_sessions", "sessions_customers"),
    "retention": Kind("journey.retention", "read_retention", "measure_retention", "retention_customers"),
    "cohort_value": Kind("journey.retention", "read_value", "measure_value", "value_customers"),
    "lifecycle": Kind("journey.lifecycle", "read_lifecycle", "measure_lifecycle", "lifecycle_customers"),
    "active_share": Kind("journey.lifecycle", "read_share", "measure_share", "share_customers"),
    "stickiness": Kind("journey.lifecycle", "read_stickiness", "measure_stickiness", "stickiness_customers"),
    "metric": Kind("journey.metrics", "read_metric", "measure_metric", "metric_customers"),
    "moved": Kind("journey.metrics", "read_moved", "measure_moved", "moved_customers"),
    "stages": Kind("journey.stages", "read_stages", "measure_stages", "stage_customers"),
    "stage_accuracy": Kind("journey.stages.accuracy", "read_stage_accuracy", "measure_stage_accuracy", "stage_accuracy_customers"),
    "journeys": Kind("journey.journeys", "read_journeys", "measure_journeys", "journeys_customers"),
    "conformance": Kind("journey.journeys", "read_conformance", "measure_conformance", "conformance_customers"),
    "adoption": Kind("journey.journeys", "read_adoption", "measure_adoption", "adoption_customers"),
    "adoption_effect": Kind("journey.journeys", "read_effect", "measure_effect", "effect_customers"),
    "customer": Kind("journey.customer", "read_customer", "measure_customer", "customer_customers"),
    "worklist": Kind("journey.worklist", "read_worklist", "measure_worklist", "worklist_customers"),
    "compare": Kind("journey.segments", "read_compare", "measure_compare", "compare_customers"),
    "models": Kind("journey.predict.store", "read_models", "measure_models", "models_customers"),
    "predict": Kind("journey.predict", "read_predict", "measure_predict", "predict_customers"),
    "next": Kind("journey.predict.following", "read_next", "measure_next", "next_customers"),
    "next_accuracy": Kind("journey.predict.following", "read_next_accuracy", "measure_next_accuracy", "accuracy_customers"),
    "lifetime_value": Kind("journey.predict.lifetime", "read_lifetime", "measure_lifetime", "lifetime_customers"),
    "time_to": Kind("journey.predict.waiting", "read_waiting", "measure_waiting", "waiting_customers"),
    "actions": Kind("journey.actions.triggers", "read_offered", "measure_offered", "offered_customers"),
    "dry_run": Kind("journey.actions.triggers", "read_dry_run", "measure_dry_run", "dry_run_customers"),
    "next_best_action": Kind("journey.actions.choose", "read_next_action", "measure_next_action", "next_action_customers"),
    "action_results": Kind("journey.actions.results", "read_results", "measure_results", "results_customers"),
    "ledger": Kind("journey.actions.ledger", "read_ledger", "measure_ledger", "ledger_customers"),
    "what_if": Kind("journey.actions.results", "read_what_if", "measure_what_if", "what_if_customers"),
    "uplift": Kind("journey.actions.uplift", "read_uplift", "measure_uplift", "uplift_customers", files=True),
    "policy_value": Kind("journey.actions.off_policy", "read_policy_value", "measure_policy_value", "policy_customers", files=True),
    "roi": Kind("journey.roi", "read_roi", "measure_roi", "roi_customers", marks=False),
    "roi_inputs": Kind("journey.roi", "read_inputs", "measure_inputs", "inputs_customers"),
    "roi_options": Kind("journey.roi", "read_options", "measure_options", "options_customers"),
    "experiment": Kind("journey.experiments.read", "read_experiment", "measure_experiment", "experiment_customers", files=True),
    "power": Kind("journey.experiments.power", "read_power", "measure_power", "power_customers"),
    "experiments": Kind("journey.experiments.record", "read_archive", "measure_archive", "archive_customers"),
}
FACTS = {
    "quality": "measure_quality",
    "events": "measure_events",
    "identity": "measure_identity",
}


def ask(con: Warehouse, question: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to one question, of one moment of the workspace.

    Raises:
        QuestionError: an unknown question, key or option; the sentence names the known ones.
    """
    with one_moment(con):
        return _answered(con, question)


def _answered(con: Warehouse, question: Mapping[str, Any]) -> dict[str, Any]:
    name, rest, scope = _opened(con, question)
    if name in FACTS:
        if rest or scope != Scope():
            raise QuestionError(
                f"{name!r} is about the whole log and takes no options or scope; it was given {', '.join(map(repr, question))}."
            )
        return _plain(_room("journey.ingest.quality", FACTS[name])(con))
    if name == "segment":
        return _segment(con, rest, scope)
    kind = KINDS[name]
    mark = rest.pop("customers", None) if kind.marks else None
    read = _room(kind.room, kind.reader)(_prepared(con, name, rest, scope))
    answer = _plain(_room(kind.room, kind.measurer)(con, read, scope))
    if mark is not None:
        if not isinstance(mark, Mapping):
            raise QuestionError(f'"customers" names a mark of the answer, such as {{"reached": 1}}; it was given {mark!r}.')
        answer["customers"] = _room(kind.room, kind.lister)(con, read, scope, mark).as_plain()
    return answer


def _opened(con: Warehouse, question: Mapping[str, Any]) -> tuple[str, dict[str, Any], Scope]:
    """-> (what is asked, the rest of the question, its scope with the segment resolved)."""
    if not isinstance(question, Mapping):
        raise QuestionError(f'A question is an object such as {{"ask": "funnel", "steps": [...]}}; this is {question!r}.')
    rest = dict(question)
    name = rest.pop("ask", None)
    known = (*KINDS, *FACTS, "segment")
    if name not in known:
        raise QuestionError(f'"ask" is {name!r}; it can be {", ".join(known)}.')
    refuse_deep(question)
    scope = read_scope(rest.pop("scope", None))
    return name, rest, Scope(scope.start, scope.stop, scope.timezone, resolve_rule(con, scope.segment, scope))


def _prepared(con: Warehouse, name: str, rest: dict[str, Any], scope: Scope, above: tuple[str, ...] = ()) -> dict[str, Any]:
    """The question with the rules inside it resolved, and what a comparison takes from the catalog beside the log."""
    if name == "paths" and rest.get("compare") is not None:
        return rest | {"compare": _resolve_compared(con, rest["compare"], scope, above)}
    if name == "compare":
        rules = {side: rest[side] for side in ("a", "b") if rest.get(side) is not None}
        return (
            {"outcomes": likely_outcomes(con), "defined_by": defined_by(con, rules)}
            | rest
            | {side: resolve_rule(con, rule, scope, above) for side, rule in rules.items()}
        )
    return rest


def likely_outcomes(con: Warehouse) -> list[dict[str, Any]]:
    """The shares of metrics.toml that this log can answer, as outcomes of a comparison."""
    from journey.metrics import held_by, lacking, read_metrics
    from journey.metrics.catalog import shape_of

    held = held_by(con)
    shapes = [(named.name, shape_of(con, named)[1]) for named in read_metrics(con) if lacking(named.shape, held) is None]
    return [
        {"name": name, "did": shape.side.step, "of": shape.over.step}
        for name, shape in shapes
        if shape.over is not None and shape.is_share and not shape.is_cohort
    ]


def defined_by(con: Warehouse, rules: Mapping[str, Any]) -> list[str]:
    """The names of events and properties that these rules look at."""
    from journey.rules.naming import named_in
    from journey.rules.saved import saved_segments

    return sorted(named_in(list(rules.values()), saved_segments(con)))


def _room(module: str, name: str) -> Callable[..., Any]:
    """Rooms are entered on demand: a question of funnels does not wait for the imports of retention."""
    return getattr(import_module(module), name)


def _plain(answer: Any) -> dict[str, Any]:
    return answer.as_plain()


def _resolve_compared(con: Warehouse, compare: Any, scope: Scope, above: tuple[str, ...]) -> Any:
    """A rule, or {"scope": {...}} with one in it."""
    inner = compare.get("scope") if isinstance(compare, Mapping) else None
    if not isinstance(inner, Mapping) or inner.get("segment") is None:
        return compare if isinstance(inner, Mapping) else resolve_rule(con, compare, scope, above)
    return {"scope": {**inner, "segment": resolve_rule(con, inner["segment"], read_scope(inner), above)}}


def _segment(con: Warehouse, rest: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """{"ask": "segment", "where": rule} -> how many customers it holds for, and their share of all."""
    from journey.rules.segment import measure_segment, read_segment

    rest = dict(rest)
    listed = rest.pop("customers", None) is not None
    rule = resolve_rule(con, read_segment(rest), scope)
    answer = measure_segment(con, rule, scope)
    plain = answer.as_plain()
    return {**plain, "customers": answer.people.as_plain()} if listed else plain


def resolve_rule(con: Warehouse, rule: Any, scope: Scope, above: tuple[str, ...] = ()) -> Any:
    """A rule in which what other rooms answer (a funnel, a path, a cohort, a stage) is replaced by the list of customers.

    above: the saved segments this rule stands in, so that none can refer to itself.
    """
    from journey.rules.saved import saved_segments

    if not above:
        refuse_deep(rule)
    if isinstance(rule, str):
        saved = saved_segments(con)
        if rule not in saved:
            raise QuestionError(f"No segment is saved as {rule!r}. Saved are: {', '.join(map(repr, saved)) or 'none'}.")
        if rule in above:
            raise QuestionError(f"The segment {rule!r} refers to itself. Change its rule, or choose another segment.")
        return resolve_rule(con, saved[rule], scope, (*above, rule))
    if isinstance(rule, list | tuple):
        return [resolve_rule(con, part, scope, above) for part in rule]
    if not isinstance(rule, Mapping):
        return rule
    asked = [name for name in KINDS if name in rule]
    if asked:  # beside the question a mark may name an "experiment", say
        return _behind(con, next((name for name in asked if isinstance(rule[name], Mapping)), asked[0]), rule, scope, above)
    return {key: resolve_rule(con, value, scope, above) if key in ("all", "any", "not") else value for key, value in rule.items()}


def _behind(con: Warehouse, name: str, rule: Mapping[str, Any], scope: Scope, above: tuple[str, ...]) -> dict[str, Any]:
    """{"funnel": question, "dropped_after": 1} -> {"customers": [ids]}: the question's own scope where it has one."""
    if not isinstance(rule[name], Mapping):
        raise QuestionError(f"A rule with {name!r} holds a question of that kind; it was given {rule[name]!r}.")
    kind, question = KINDS[name], dict(rule[name])
    question.pop("ask", None)
    inner = question.pop("scope", None)
    # The scope's own segment is the rule that is being resolved here: without a scope of its own, a question is of everyone.
    within = Scope(scope.start, scope.stop, scope.timezone) if inner is None else read_scope(inner)
    within = Scope(within.start, within.stop, within.timezone, resolve_rule(con, within.segment, within, above))
    mark = {key: value for key, value in rule.items() if key != name}
    bounded = {"files": False} if kind.files else {}
    read = _room(kind.room, kind.reader)(_prepared(con, name, question, within, above), **bounded)
    if getattr(read, "count_by", "customer") != "customer":
        raise QuestionError(f"The {name} of this rule counts by {read.count_by}, so it names no customers. Count customers instead.")
    return {"customers": list(_room(kind.room, kind.lister)(con, read, within, mark).ids)}


answer_by(resolve_rule)

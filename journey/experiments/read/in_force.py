"""What an experiment is read by: the question, where it says something, else the locked plan, else what the log makes plain."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.answers import iso
from journey.errors import QuestionError
from journey.experiments.judge.how import LOOKS
from journey.experiments.metric import ExperimentMetric
from journey.experiments.plan import Plan, Planned, plan_of
from journey.experiments.read.exposure import Exposure, experiments_in, exposures, read_exposure
from journey.experiments.read.question import ExperimentQuestion
from journey.experiments.read.usual import usual_metrics
from journey.inference.sequences import TUNED_AT
from journey.rules import nearest
from journey.rules.held import hold
from journey.rules.outcome import answered
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql, one

CONTROLS = ("control", "ctrl", "controlgroup", "baseline", "original", "default", "off", "holdout", "none", "a", "0", "false", "no")
MOST_ARMS = 20
TEXTS = """-- How many texts of the plan there are, and what tells them from others.
select count(*) as texts, bit_xor(hash(version, kept_at, kept_by, reason, locked, plan, hash)) as told
from experiment_plans
where experiment = $experiment"""
BY_DEEDS = (
    "The segment is as of the end of the reading. Where it goes by what customers did after their first exposure, the variants in it are "
    "not alike any more, and their difference is no effect."
)


@dataclass(frozen=True)
class InForce:
    """What is read, whoever said it.  planned: the locked plan, None without one.

    shares: variant -> share meant for it, None where all alike and any variant counts.  segment: a rule as plain data.
    entered_from, entered_by: ms, first exposures within; None from the log's beginning.  known_until: ms, events before it are
    seen.  departs: what the question asks otherwise than the plan, as sentences.  is_all: whether it is read to the data's end.
    """

    experiment: str
    exposure: Exposure | None
    metrics: tuple[ExperimentMetric, ...]
    control: str | None
    shares: Mapping[str, float] | None
    unit: str
    segment: Any
    entered_from: int | None
    entered_by: int
    known_until: int
    timezone: str
    planned: Planned | None = None
    departs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    is_all: bool = True


@dataclass(frozen=True)
class Manner:
    """How it is read.  looks: of a planned reading, None of others."""

    reading: str
    confidence: float
    looks: int | None
    tuned_at: int


def locked_plan(con: Warehouse, question: ExperimentQuestion) -> Planned | None:
    """The plan in force of an experiment of the log, once it is locked: a draft binds nobody."""
    if question.experiment is None:
        return None
    name, texts = question.experiment, ask_sql(con, TEXTS, {"experiment": question.experiment}).row(0)
    found = hold(con, "plan in force", (name, texts), lambda: plan_of(con, name)) if texts[0] else None
    return found if found is not None and found.locked else None


def manner_of(question: ExperimentQuestion, planned: Planned | None) -> Manner:
    """Raises: QuestionError: a planned reading of which nobody said how many looks were planned."""
    plan = _plan(question, planned)
    reading, looks = question.reading or plan.reading, question.looks or plan.looks
    if reading == "planned" and looks is None:
        raise QuestionError(f'A planned reading says how many looks were planned before the start: "looks": {LOOKS}.')
    tuned_at = question.tuned_at or plan.tuned_at or TUNED_AT
    return Manner(reading, question.confidence or plan.confidence, looks if reading == "planned" else None, tuned_at)


def _plan(question: ExperimentQuestion, planned: Planned | None) -> Plan:
    """The plan in force, else one that says nothing: what it leaves open is as everywhere."""
    return Plan(question.experiment or "") if planned is None else planned.plan


def in_force(con: Warehouse, question: ExperimentQuestion, scope: Scope) -> InForce:
    """What an experiment of the log is read by.

    Raises: QuestionError: no metric is named, and the log makes none plain.
    """
    planned = locked_plan(con, question)
    plan, name = _plan(question, planned), str(question.experiment)
    meant_where = read_exposure(plan.exposure) if plan.exposure else exposures(con)
    where = question.exposure or meant_where
    until = int(one(con, "select coalesce(max(last_ts) + 1, 0) from customers"))
    known_until = until if scope.stop is None else min(scope.stop, until)
    entered_by = known_until if plan.ends is None else min(plan.ends, known_until)
    meant = None if plan.segment is None else answered(con, plan.segment, Scope(None, entered_by, scope.timezone))
    segment = _both(meant, scope.segment)
    shares = dict(question.split or plan.variants)
    first = next((seen.start for seen in experiments_in(con, where) if seen.name == name), None) if where else None
    return InForce(
        name,
        where,
        question.metrics or plan.metrics or usual_metrics(con, name),
        question.control or plan.control,
        shares or None,
        question.unit or plan.unit,
        segment,
        scope.start,
        entered_by,
        known_until,
        scope.timezone,
        planned,
        departures(question, planned, scope, meant, first, meant_where),
        tuple(_warnings(con, name, where, segment)),
        entered_by == until,
    )


def _warnings(con: Warehouse, name: str, where: Exposure | None, segment: Any) -> Iterator[str]:
    if where is None:
        yield 'The log shows no variants: no event carries an experiment and a variant. Say where with "exposure".'
    elif name not in (known := [seen.name for seen in experiments_in(con, where)]):
        yield f"No experiment is named {name!r}.{nearest(name, known)}"
    if segment is not None and goes_by_deeds(segment):
        yield BY_DEEDS


def goes_by_deeds(rule: Any) -> bool:
    """Whether a rule looks at more than what customers are: what they did may be the experiment's own doing."""
    if isinstance(rule, Mapping):
        inner = [rule[key] for key in ("all", "any", "not") if key in rule]
        parts = [part for one in inner for part in (one if isinstance(one, list | tuple) else [one])]
        return any(map(goes_by_deeds, parts)) if inner else "property" not in rule
    return True


def _both(one: Any, other: Any) -> Any:
    """The rule of those for whom both hold."""
    rules = [rule for rule in (one, other) if rule is not None]
    return None if not rules else rules[0] if len(rules) == 1 else {"all": rules}


def departures(
    question: ExperimentQuestion,
    planned: Planned | None,
    scope: Scope,
    of_plan: Any = None,
    first: int | None = None,
    where: Exposure | None = None,
) -> tuple[str, ...]:
    """What the question asks otherwise than was planned, as sentences: with it the plan's promise is gone.

    of_plan: the plan's segment, resolved as that of the scope is.  first: ms of the first exposure, None without any.
    where: variants are shown, were it not for the question.
    """
    if planned is None:
        return ()
    plan = planned.plan
    asked = {
        "reading": (question.reading, plan.reading),
        "confidence": (question.confidence, plan.confidence),
        "looks": (question.looks, plan.looks),
        "control": (question.control, plan.control),
        "unit": (question.unit, plan.unit),
        "split": (None if question.split is None else dict(question.split), dict(plan.variants)),
        "scale of the always-valid interval": (_tuned(question, plan), plan.tuned_at or TUNED_AT),
    }
    departed = {key: pair for key, pair in asked.items() if pair[0] not in (None, pair[1]) and pair[1]}
    found = [f"The {key} is {_worded(key, now)} here, {_worded(key, then)} in the plan." for key, (now, then) in departed.items()]
    if question.look is not None and (question.reading or plan.reading) == "planned":
        found.append(f"It is said to be look {question.look}, where the sizes of the plan tell which it is.")
    if question.exposure is not None and question.exposure != where:
        found.append(f"Variants are taken from {question.exposure.as_plain()} here, from {where and where.as_plain()} by the plan.")
    found += _other_metrics(question.metrics, plan.metrics)
    if scope.segment is not None and scope.segment not in (plan.segment, of_plan):
        found.append("Only a segment is read that the plan does not name.")
    if scope.start is not None and first is not None and scope.start > first:
        found.append(f"First exposures before {iso(scope.start)} are left out here.")
    return tuple(found)


WORDS = {"always_valid": "always valid", "planned": "planned looks", "fixed": "one look", "bayesian": "Bayesian"}


def _worded(key: str, value: Any) -> str:
    """A setting as a person says it; names of the log's own in quotes."""
    if key == "reading":
        return WORDS[value]
    if isinstance(value, Mapping):
        return ", ".join(f"{100 * share:.4g}% {name}" for name, share in value.items())
    if isinstance(value, str):
        return repr(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _tuned(question: ExperimentQuestion, plan: Plan) -> int | None:
    """What the always-valid interval is tuned to here; None where nothing is read by it."""
    return question.tuned_at if (question.reading or plan.reading) == "always_valid" else None


def _other_metrics(asked: Sequence[ExperimentMetric], meant: Sequence[ExperimentMetric]) -> list[str]:
    """Another metric that decides, or a guardrail that is gone."""
    if not asked:
        return []
    lost = [f"The guardrail {one.name!r} of the plan is not held here." for one in meant if one.role == "guardrail" and one not in asked]
    now, then = (next((metric for metric in metrics if metric.role == "primary"), None) for metrics in (asked, meant))
    if now == then:
        return lost
    asks, means = (metric.name if metric else "none" for metric in (now, then))
    if asks == means:
        return [f"The primary metric {asks!r} is counted otherwise than in the plan.", *lost]
    return [f"The primary metric is {asks!r} here, {means!r} in the plan.", *lost]


def control_among(names: Sequence[str], told: str | None, what: str) -> str:
    """The variant that others are compared with: the one said, else the one that is called so.

    Raises: QuestionError: it is not there, or no name says which it is.
    """
    listed = ", ".join(map(repr, names[:MOST_ARMS]))
    if told is not None:
        if told not in names:
            raise QuestionError(f"No variant of {what} is named {told!r}, the control.{nearest(told, list(names))} There are: {listed}.")
        return told
    found = _called_control(names)
    if found is None:
        raise QuestionError(f'Say which variant of {what} is control, with "control": one of {listed}.')
    return found


def is_control_among(names: Sequence[str], told: str | None) -> bool:
    return told in names if told is not None else _called_control(names) is not None


def _called_control(names: Sequence[str]) -> str | None:
    plain = {"".join(filter(str.isalnum, name.lower())): name for name in reversed(names)}
    return next((plain[name] for name in CONTROLS if name in plain), None)


def refuse_foreign(held: Sequence[str], meant: Sequence[str], what: str) -> None:
    """meant: the variants that a split names, () for none."""
    foreign = [name for name in held if meant and name not in meant]
    if foreign:
        raise QuestionError(f"The split says no share for {foreign[0]!r}, which {what} holds. It names: {', '.join(map(repr, meant))}.")


def refuse_many(names: Sequence[str], what: str) -> None:
    if len(names) > MOST_ARMS:
        raise QuestionError(f"{what} has {len(names):,} different variants; at most {MOST_ARMS} are compared. Is it the right column?")

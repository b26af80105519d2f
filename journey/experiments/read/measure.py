"""An experiment as it stands: units, split, each metric against control, what may be wrong, and what to do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from journey.experiments.judge import HowRead, adjust, assumes, compare, decide_verdict, hold, split_of
from journey.experiments.judge.how import LOOKS
from journey.experiments.read.as_planned import as_planned
from journey.experiments.read.exposure import still_shown
from journey.experiments.read.in_force import Manner, manner_of
from journey.experiments.read.question import ExperimentQuestion
from journey.experiments.read.sources import Source, source_of
from journey.experiments.result import Estimate, Finding, Reading, Split, Verdict
from journey.metrics.catalog import revenue_of
from journey.scope import Scope
from journey.warehouse import Warehouse, setting

if TYPE_CHECKING:
    from journey.experiments.plan import Plan

DAY = 86_400_000


@dataclass(frozen=True)
class Progress:
    """How far an experiment of the log is.  start, last: ms of the first and the last first exposure; None of nobody.

    now: ms, until when it is read.  ends: ms, as planned.  pace: units a day.  over: nobody new is exposed.
    """

    start: int | None = None
    last: int | None = None
    now: int | None = None
    ends: int | None = None
    pace: float | None = None
    over: bool = True


def measure_experiment(con: Warehouse, question: ExperimentQuestion, scope: Scope) -> Reading:
    """Raises: QuestionError: whatever the question names that cannot be; the sentence says what to do."""
    source = source_of(con, question, scope)
    manner = manner_of(question, source.planned)
    progress = _progress(source)
    looks = _looks(question, manner, source, progress)
    how = HowRead(manner.reading, manner.confidence, manner.looks or LOOKS, looks.now, manner.tuned_at)
    split = split_of(source.counts(), source.shares)
    estimates = _estimates(source, how)
    findings = _findings(con, question, scope, source, split)
    beside = _beside(con, question, scope, source, how, looks)
    evidence = replace(source.evidence, warnings=(*source.evidence.warnings, *looks.warnings))
    return Reading(
        source.name,
        source.control,
        manner.reading,
        manner.confidence,
        split,
        estimates,
        _verdict(con, estimates, split, how, source, progress, findings, scope),
        evidence,
        findings,
        start=progress.start,
        stop=progress.last,
        crossed=source.crossed,
        looks=manner.looks,
        look=None if manner.looks is None else looks.now,
        plan_version=source.planned.version if source.planned else 0,
        assumes=assumes(how),
        by=question.by,
        **beside,
    )


def _verdict(
    con: Warehouse,
    estimates: tuple[Estimate, ...],
    split: Split,
    how: HowRead,
    source: Source,
    progress: Progress,
    findings: tuple[Finding, ...],
    scope: Scope,
) -> Verdict:
    plan = None if source.planned is None else source.planned.plan
    return decide_verdict(
        estimates,
        split,
        how,
        control=source.control,
        size=plan.units_per_arm if plan else None,
        effect=_worth_finding(plan, source),
        pace=progress.pace,
        now=progress.now,
        stop=progress.ends,
        over=progress.over,
        cause=next((one.sentence for one in findings if one.check == "cause" and one.state == "alarm"), ""),
        timezone=scope.timezone,
        departs=source.log.told.departs if source.log else (),
        currency=(revenue_of(con) or {}).get("currency") or setting(con, "currency"),
    )


def _worth_finding(plan: "Plan | None", source: Source) -> float | None:
    """The smallest effect worth finding, where it is still the planned metric that decides."""
    if plan is None or not plan.effect:
        return None
    planned, asked = (next((one for one in metrics if one.role == "primary"), None) for metrics in (plan.metrics, source.metrics))
    return abs(plan.effect) if planned == asked else None


def _progress(source: Source) -> Progress:
    if source.log is None or not source.log.reached.arms:
        return Progress()
    told = source.log.told
    start = min(first for _, first, _ in source.log.reached.arms.values())
    last = max(last for _, _, last in source.log.reached.arms.values())
    ends = source.planned.plan.ends if source.planned else None
    over = (ends is not None and ends <= told.known_until) or not still_shown(start, last, told.known_until)
    days = max(min(told.entered_by, last + DAY if over else told.entered_by) - start, DAY) / DAY
    return Progress(start, last, told.known_until, ends, sum(source.counts().values()) / days, over)


@dataclass(frozen=True)
class Looks:
    """Which of the planned looks it is: now, and at other times.  at: (ms, units of the primary metric by then) -> the look."""

    now: int
    at: Callable[[int, int], int]
    warnings: tuple[str, ...] = ()


def _looks(question: ExperimentQuestion, manner: Manner, source: Source, progress: Progress) -> Looks:
    """The look that is said; else by the units of the primary metric out of those planned, or by the time gone where no number
    was planned; the last one once the planned end is there.  Without a plan it is taken to be the last.
    """
    looks, plan = manner.looks, source.planned.plan if source.planned else None
    if looks is None:
        return Looks(0, lambda at, seen: 0)
    if question.look is not None or plan is None or not (plan.units_per_arm or (plan.start is not None and progress.ends)):
        said = looks if question.look is None else min(question.look, looks)
        unsaid = f'This is taken to be the last of the {looks} planned looks. Say which it is with "look".'
        return Looks(said, lambda at, seen: said, () if question.look is not None else (unsaid,))
    size = (plan.units_per_arm or 0) * max(len(source.arms), 2)
    start, ends = plan.start, progress.ends

    def at(ms: int, seen: int) -> int:
        if ends is not None and ms >= ends:
            return looks
        done = seen / size if size else 0.0 if start is None or ends is None else (ms - start) / (ends - start)
        return max(0, min(looks, int(looks * done + 1e-9)))

    return Looks(at(progress.now or 0, _of_primary(source)), at)


def _of_primary(source: Source) -> int:
    """Units that count for the metric that decides."""
    if not source.arms or not source.metrics:
        return 0
    primary = next((k for k, metric in enumerate(source.metrics) if metric.role == "primary"), 0)
    return sum(one.n for one in source.moments(primary).values())


def _estimates(source: Source, how: HowRead) -> tuple[Estimate, ...]:
    """Each metric of each variant against control."""
    found = []
    for k, metric in enumerate(source.metrics):
        moments = source.moments(k) if source.arms else {}
        for arm in source.arms[1:]:
            compared = compare(metric, moments[source.control], moments[arm], how)
            found.append(Estimate(metric, arm, replace(compared, held=hold(metric, compared)), source.open(k)))
    return adjust(found)


def _findings(con: Warehouse, question: ExperimentQuestion, scope: Scope, source: Source, split: Split) -> tuple[Finding, ...]:
    """Whether it is read as planned, always; and where checks are asked all that may be wrong: of sums the split alone can be."""
    from journey.experiments.checks import checked  # those read units here

    log = source.log
    plan = [] if log is None else [as_planned(con, source.name, source.planned, log.told.departs, log.left_out)]
    if not question.checks or source.units is None or not source.units.frame.height:
        return tuple(plan)
    return (*plan, *checked(con, question, scope, source.units, split))


def _beside(con: Warehouse, question: ExperimentQuestion, scope: Scope, source: Source, how: HowRead, looks: Looks) -> dict[str, Any]:
    """How it went and how it is by group, where that was asked."""
    from journey.experiments.checks import courses, groups  # those read units here

    units = source.units
    found: dict[str, Any] = {}
    if units is not None and question.over_time:
        found["courses"] = courses(con, question, scope, units, how, lambda at, seen: replace(how, look=looks.at(at, seen)))
    if units is not None and question.by is not None:
        found["groups"] = groups(con, question, scope, units, how, question.by)
    return found

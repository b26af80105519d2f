"""An experiment as it stands: units, split, each metric against control, what may be wrong, and what to do."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from journey.experiments.judge import HowRead, adjust, assumes, compare, decide_verdict, hold, split_of
from journey.experiments.judge.how import LOOKS
from journey.experiments.read.as_planned import as_planned, cut_short, unlike_the_lock
from journey.experiments.read.due import Due, settled_at, stand_of, within_of
from journey.experiments.read.exposure import still_shown
from journey.experiments.read.in_force import Manner, locked_plan, manner_of
from journey.experiments.read.log import Log
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

    now: ms, until when it is read.  ends: ms, as planned, and the time of all that are in over.  pace: units a day.
    over: nobody new is exposed, and the time of all is over.  as_of: ms, the same as now where more has come since; else None.
    stopped: ms, the last first exposure, and until when the data reach, of all that is known, read or not.
    """

    start: int | None = None
    last: int | None = None
    now: int | None = None
    ends: int | None = None
    pace: float | None = None
    over: bool = True
    as_of: int | None = None
    stopped: tuple[int, int] | None = None


def measure_experiment(con: Warehouse, question: ExperimentQuestion, scope: Scope) -> Reading:
    """Raises: QuestionError: whatever the question names that cannot be; the sentence says what to do."""
    manner = manner_of(question, locked_plan(con, question))
    stand = stand_of(con, question, scope) if question.source == "experiment" else None
    scope, due = (scope, None) if stand is None else (stand.scope, stand.due)
    source = source_of(con, question, scope, None if stand is None else stand.log)
    progress = _progress(source, None if stand is None else stand.whole)
    look, unsaid = _look(question, manner, due)
    how = HowRead(manner.reading, manner.confidence, manner.looks or LOOKS, look, manner.tuned_at)
    split = split_of(source.counts(), source.shares)
    estimates = _estimates(source, how)
    findings = _findings(con, question, scope, source, split)
    beside = _beside(con, question, scope, source, how, due)
    evidence = replace(source.evidence, warnings=(*source.evidence.warnings, *unsaid))
    return Reading(
        source.name,
        source.control,
        manner.reading,
        manner.confidence,
        split,
        estimates,
        _verdict(con, estimates, split, how, source, progress, findings, scope, due),
        evidence,
        findings,
        start=progress.start,
        stop=progress.last,
        crossed=source.crossed,
        looks=manner.looks,
        look=None if manner.looks is None else look,
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
    due: Due | None,
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
        departs=_no_proof(source, how, progress),
        due=None if due is None else due.look > 0,
        as_of=progress.as_of,
        currency=(revenue_of(con) or {}).get("currency") or setting(con, "currency"),
    )


def _worth_finding(plan: "Plan | None", source: Source) -> float | None:
    """The smallest effect worth finding, where it is still the planned metric that decides."""
    if plan is None or not plan.effect:
        return None
    planned, asked = (next((one for one in metrics if one.role == "primary"), None) for metrics in (plan.metrics, source.metrics))
    return abs(plan.effect) if planned == asked else None


def _look(question: ExperimentQuestion, manner: Manner, due: Due | None) -> tuple[int, tuple[str, ...]]:
    """(which of the planned looks it is, a warning): by the plan, else as it is said, else the last."""
    if manner.looks is None or due is not None:
        return (0 if due is None else due.look), ()
    if question.look is not None:
        return min(question.look, manner.looks), ()
    return manner.looks, (f'This is taken to be the last of the {manner.looks} planned looks. Say which it is with "look".',)


def _progress(source: Source, whole: Log | None) -> Progress:
    """whole: the log to the end of what is known, where a reading of planned looks stops before."""
    if source.log is None or whole is None or not source.log.reached.arms:
        return Progress()
    now, known = source.log.told.known_until, whole.told.known_until
    start = min(first for _, first, _ in source.log.reached.arms.values())
    last, last_of_all = (max(last for _, _, last in log.reached.arms.values()) for log in (source.log, whole))
    plan = source.planned.plan if source.planned else None
    ended = plan is not None and plan.ends is not None and plan.ends <= known
    over = (ended or not still_shown(start, last_of_all, known)) and last_of_all + (within_of(whole) or 0) < known
    entered_by = source.log.told.entered_by
    days = max(min(entered_by, last + DAY if over else entered_by) - start, DAY) / DAY
    as_of = now if now < known and not (plan is not None and plan.ends is not None and plan.ends <= now) else None
    ends = None if plan is None else settled_at(whole, plan)
    return Progress(start, last, now, ends, sum(source.counts().values()) / days, over, as_of, (last_of_all, known))


def _no_proof(source: Source, how: HowRead, progress: Progress) -> tuple[str, ...]:
    """Why a verdict on an experiment of the log is no more than a hint, as sentences."""
    if source.log is None:
        return ()
    found = (*source.log.told.departs, *unlike_the_lock(source.planned))
    if how.kind == "always_valid" or source.planned is None or progress.start is None or progress.stopped is None:
        return found
    units, plan = sum(source.counts().values()), source.planned.plan
    is_full = plan.units_per_arm is not None and units >= plan.units_per_arm * len(source.arms)
    return found if is_full else (*found, *cut_short(plan, progress.start, *progress.stopped))


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


def _beside(con: Warehouse, question: ExperimentQuestion, scope: Scope, source: Source, how: HowRead, due: Due | None) -> dict[str, Any]:
    """How it went and how it is by group, where that was asked."""
    from journey.experiments.checks import courses, groups  # those read units here

    units = source.units
    found: dict[str, Any] = {}
    if units is not None and question.over_time:
        at_look = None if due is None else lambda after, until: replace(how, look=due.look_within(after, until))
        found["courses"] = courses(con, question, scope, units, how, at_look)
    if units is not None and question.by is not None:
        found["groups"] = groups(con, question, scope, units, how, question.by)
    return found

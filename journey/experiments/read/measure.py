"""An experiment as it stands: units, split, each metric against control, what may be wrong, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from journey.answers import People
from journey.errors import QuestionError
from journey.experiments.judge import HowRead, adjust, assumes, compare, decide_verdict, hold, split_of
from journey.experiments.judge.how import LOOKS
from journey.experiments.read import definition as sql
from journey.experiments.read.exposure import still_shown
from journey.experiments.read.found import log_of
from journey.experiments.read.in_force import Manner, locked_plan, manner_of
from journey.experiments.read.log import Log, story_of
from journey.experiments.read.question import CUSTOMER, ExperimentQuestion
from journey.experiments.read.sources import Source, source_of
from journey.experiments.result import Estimate, Finding, Reading, Split
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, ask_sql

if TYPE_CHECKING:
    pass

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
    planned = locked_plan(con, question)
    manner = manner_of(question, planned)
    source = source_of(con, question, scope)
    progress = _progress(source)
    look, told = look_of(question, manner, source, progress)
    how = HowRead(manner.reading, manner.confidence, manner.looks or LOOKS, look, manner.tuned_at)
    split = split_of(source.counts(), source.shares)
    estimates = _estimates(source, how)
    findings = _findings(con, question, scope, source, split, how)
    plan = None if planned is None else planned.plan
    verdict = decide_verdict(
        estimates,
        split,
        how,
        control=source.control,
        size=plan.units_per_arm if plan else None,
        effect=abs(plan.effect) if plan and plan.effect else None,
        pace=progress.pace,
        now=progress.now,
        stop=progress.ends,
        over=progress.over,
        cause=next((one.sentence for one in findings if one.check == "cause" and one.state != "fine"), ""),
        timezone=scope.timezone,
    )
    warnings = (*source.evidence.warnings, *told)
    return Reading(
        source.name,
        source.control,
        manner.reading,
        manner.confidence,
        split,
        estimates,
        verdict,
        replace(source.evidence, warnings=warnings),
        findings,
        start=progress.start,
        stop=progress.last,
        crossed=source.crossed,
        looks=manner.looks,
        plan_version=planned.version if planned else 0,
        assumes=assumes(how),
        by=question.by,
    )


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


def look_of(question: ExperimentQuestion, manner: Manner, source: Source, progress: Progress) -> tuple[int, tuple[str, ...]]:
    """(which of the planned looks the data stand at, what to beware of).

    The one that is said; else by the units of the primary metric out of those planned, or by the time gone where no number was
    planned; the last once the planned end is there.  Without a plan it is taken to be the last.
    """
    looks = manner.looks
    if looks is None:
        return 0, ()
    if question.look is not None:
        return min(question.look, looks), ()
    plan = source.planned.plan if source.planned else None
    if plan is None:
        return looks, (f'This is taken to be the last of the {looks} planned looks. Say which it is with "look".',)
    if progress.ends is not None and progress.now is not None and progress.ends <= progress.now:
        return looks, ()
    if plan.units_per_arm:
        primary = next((k for k, metric in enumerate(source.metrics) if metric.role == "primary"), 0)
        seen = sum(one.n for one in source.moments(primary).values()) if source.metrics and source.arms else 0
        done = seen / (plan.units_per_arm * max(len(source.arms), 2))
    elif plan.start is not None and progress.ends is not None and progress.now is not None:
        done = (progress.now - plan.start) / (progress.ends - plan.start)
    else:
        return looks, (f'The plan says no end, so this is taken to be the last of the {looks} looks. Say which it is with "look".',)
    return max(0, min(looks, int(looks * done + 1e-9))), ()


def _estimates(source: Source, how: HowRead) -> tuple[Estimate, ...]:
    """Each metric of each variant against control."""
    found = []
    for k, metric in enumerate(source.metrics):
        moments = source.moments(k) if source.arms else {}
        for arm in source.arms[1:]:
            compared = compare(metric, moments[source.control], moments[arm], how)
            found.append(Estimate(metric, arm, replace(compared, held=hold(metric, compared)), source.open(k)))
    return adjust(found)


def _findings(
    con: Warehouse, question: ExperimentQuestion, scope: Scope, source: Source, split: Split, how: HowRead
) -> tuple[Finding, ...]:
    if not question.checks:
        return ()
    return planning(con, question, source)


def planning(con: Warehouse, question: ExperimentQuestion, source: Source) -> tuple[Finding, ...]:
    """Whether this is read as it was planned."""
    if question.source != "experiment":
        return ()
    planned = source.planned
    if planned is None:
        return (Finding("plan", "look", "No plan was locked: metrics and reading were chosen with the data at hand."),)
    departs = source.log.told.departs if source.log else ()
    if departs:
        told = " ".join(departs)
        return (
            Finding("plan", "look", f"This is not what was planned (version {planned.version}). {told} The plan's promise is not kept."),
        )
    return (Finding("plan", "fine", f"Read by the plan in force, version {planned.version}."),)


def experiment_customers(con: Warehouse, question: ExperimentQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a mark: {"arm": name}, {"arm": name, "metric": name} (those with any of it), {"crossed": true}."""
    refuse_unknown(mark, ("arm", "metric", "crossed"), "a mark of an experiment")
    if question.count_by != CUSTOMER:
        raise QuestionError("Only an experiment of the log that counts customers has customers behind its marks.")
    log = log_of(con, question, scope)
    if log.told.unit != CUSTOMER:
        raise QuestionError(f"This experiment counts by {log.told.unit}, so it names no customers.")
    if mark.get("crossed"):
        text = sql.story(*log.base) + sql.WHO.format(rows="seen", unit="key", chosen="r.arm <> r.another")
        return People(tuple(ask_sql(con, text, log.params)["id"].to_list()))
    return _in_arm(con, log, mark)


def _in_arm(con: Warehouse, log: Log, mark: Mapping[str, Any]) -> People:
    arm, name = mark.get("arm"), mark.get("metric")
    if arm not in log.arms:
        raise QuestionError(f"No variant is named {arm!r}. There are: {', '.join(map(repr, log.arms)) or 'none'}.")
    chosen: tuple[int, ...] = ()
    if name is not None:
        shares = {metric.name: k for k, metric in enumerate(log.told.metrics) if metric.kind == "share"}
        if name not in shares:
            raise QuestionError(
                f"{name!r} is no share of this experiment, so nobody in particular did it. Shares are: {', '.join(shares)}."
            )
        chosen = (shares[name],)
    did = f" and r.y{chosen[0]} = 1" if chosen else ""
    text = story_of(log, chosen) + sql.WHO.format(rows="counted", unit="unit", chosen=f"r.arm = $arm{did}")
    return People(tuple(ask_sql(con, text, log.params | {"arm": arm})["id"].to_list()))

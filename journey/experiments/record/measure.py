"""Finding what was tried: plans, exposures and decisions put together by the name of the experiment."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from journey.answers import Evidence, People, data_until
from journey.errors import QuestionError
from journey.experiments.plan import Planned, plan_of, plans
from journey.experiments.plan.planned import links_of
from journey.experiments.read import measure_experiment, read_experiment
from journey.experiments.read.exposure import Seen, Shown, experiments_in, exposures, shown
from journey.experiments.record.archive import DECIDED, OVER, PLANNED, RUNNING, Archive, ArchiveQuestion, Remembered
from journey.experiments.record.decide import Decision, decisions
from journey.experiments.record.search import asked_for, matches, nearest_word
from journey.rules import Binder, nearest
from journey.scope import Scope, refuse_unknown, to_datetime
from journey.warehouse import Warehouse, ask_sql, kept

MOST_READ = 50

CUSTOMERS = """-- How many customers saw any variant of each experiment?  Columns: experiment, customers.
select {experiment} as experiment, count(distinct e.customer) as customers
from events e
where {shown}
group by 1
order by 1"""

TOGETHER = """-- How many customers saw a variant of any of these, each once?
select count(distinct e.customer) as customers
from events e
where {shown} and {experiment} in (select unnest($names::varchar[]))"""

BEHIND = """-- Who saw a variant of the experiment?
select distinct c.id
from events e
join customers c on c.customer = e.customer
where {shown} and {experiment} = $experiment and ($arm is null or {variant} = $arm)
order by c.id"""


def measure_archive(con: Warehouse, question: ArchiveQuestion, scope: Scope) -> Archive:
    """Every experiment the question is about, the best finds first; without words, the latest first.

    A scope's times keep those that were under way within them.
    Raises: QuestionError: a scope with a segment: what was decided was decided for everyone.
    """
    if scope.segment is not None:
        raise QuestionError("The archive tells of whole experiments. Take the segment out; a reading breaks a result down by group.")
    every = [one for one in remembered(con) if _within(one, scope)]
    words, warnings = asked_for(question.about or ""), []
    found = [replace(one, found=matches(words, one.searched())) for one in every]
    near = _near(words, found)
    if near:
        warnings.append(f"Nothing is found under {' '.join(near)!r}; shown is what is found under {' '.join(near.values())!r}.")
        words = [near.get(word, word) for word in words]
        found = [replace(one, found=matches(words, one.searched())) for one in every]
    kept_ones = [one for one in found if _asked(one, question) and (not words or one.found)]
    if question.experiment is not None and not any(one.experiment == question.experiment for one in every):
        names = [one.experiment for one in every]
        warnings.append(f"No experiment is named {question.experiment!r}.{nearest(question.experiment, names)}")
    warnings += [*_absent(con, kept_ones, every), *_rewritten(con, kept_ones)]
    ordered = tuple(sorted(kept_ones, key=_rank))
    if question.readings:
        ordered = _with_readings(con, ordered, scope, warnings)
    return Archive(question.about, tuple(words), ordered, len(every), _evidence(con, ordered, tuple(warnings)))


def archive_customers(con: Warehouse, question: ArchiveQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who saw an experiment: {"experiment": name}, narrowed by "arm": variant.

    Raises: QuestionError: another mark, an experiment that is not in the answer.
    """
    refuse_unknown(mark, ("experiment", "arm"), "a mark of experiments")
    known = {one.experiment: tuple(one.variants) for one in measure_archive(con, replace(question, readings=False), scope).experiments}
    name, arm = (None if mark.get(key) is None else str(mark[key]) for key in ("experiment", "arm"))
    if name is None or name not in known:
        raise QuestionError(f"experiment is {name!r}; it can be {', '.join(map(repr, known)) or 'none'}.")
    if arm is not None and arm not in known[name]:
        raise QuestionError(f"arm is {arm!r}; of {name!r} it can be {', '.join(map(repr, known[name])) or 'none'}.")
    where = exposures(con)
    if where is None:
        return People(())
    binder = Binder(con)
    said = shown(binder, where)
    text = BEHIND.format(shown=said.sql, experiment=said.experiment, variant=said.variant)
    rows = ask_sql(con, text, {**binder.params, "experiment": name, "arm": arm})
    return People(tuple(rows["id"].to_list()))


def remembered(con: Warehouse) -> tuple[Remembered, ...]:
    """All experiments, by name."""
    seen = {one.name: one for one in experiments_in(con)}
    made: dict[str, list[Decision]] = {}
    for decision in decisions(con):
        made.setdefault(decision.experiment, []).append(decision)
    planned = {name: plan_of(con, name) for name in plans(con)}
    names = sorted({*planned, *seen, *made})
    counts, until = _customers(con) if seen else {}, data_until(con)
    return tuple(_remembered(name, seen.get(name), planned.get(name), made.get(name, []), counts.get(name, 0), until) for name in names)


def _remembered(
    name: str, seen: Seen | None, planned: Planned | None, made: list[Decision], customers: int, until: int | None
) -> Remembered:
    plan = planned.plan if planned else None
    last = made[-1] if made else None
    start = seen.start if seen else last.started_at if last else plan.start if plan else None
    ends = plan.ends if plan else None
    stop = (ends if seen.running else seen.stop) if seen else last.stopped_at if last else ends
    variants = {**(dict.fromkeys(plan.variants, 0) if plan else {}), **(seen.variants if seen else {})}
    if last is not None and last.closes:
        state = DECIDED
    elif seen is None:
        state = OVER if last is not None else PLANNED
    else:
        state = RUNNING if seen.running and not (ends is not None and until is not None and ends <= until) else OVER
    return Remembered(name, state, start, stop, customers, variants, planned, tuple(made))


def _customers(con: Warehouse) -> dict[str, int]:
    where = exposures(con)
    if where is None:
        return {}
    binder = Binder(con)
    said = shown(binder, where)
    text = CUSTOMERS.format(experiment=said.experiment, shown=said.sql)
    return kept(con, f"customers of experiments of {where}", lambda: dict(ask_sql(con, text, binder.params).iter_rows()))


def _absent(con: Warehouse, kept_ones: list[Remembered], every: list[Remembered]) -> list[str]:
    """Of those that should have begun, and that nobody in the log has seen."""
    until, seen = data_until(con), [one.experiment for one in every if one.customers]
    late = [one for one in kept_ones if one.state == PLANNED and one.start is not None and until is not None and one.start <= until]
    return [
        f"{one.experiment!r} was to start on {to_datetime(one.start or 0):%Y-%m-%d}, and the log shows nobody exposed to it."
        f"{nearest(one.experiment, seen)}"
        for one in late
    ]


def _rewritten(con: Warehouse, kept_ones: list[Remembered]) -> list[str]:
    """Of those whose decision rests on a plan that is in their record no more."""
    found = []
    for one in kept_ones:
        hashes = {decision.plan_hash for decision in one.decisions} - {""}
        if hashes and not hashes <= {link.hash for link in links_of(con, one.experiment)}:
            found.append(f"The plan of {one.experiment!r} is not the one that was decided on: its record was written anew since.")
    return found


def _with_readings(con: Warehouse, ordered: tuple[Remembered, ...], scope: Scope, warnings: list[str]) -> tuple[Remembered, ...]:
    """The first of those that are over and undecided with their readings: each takes its time."""
    open_ones = [place for place, one in enumerate(ordered) if one.state == OVER and one.customers and one.decision is None]
    chosen = set(open_ones[:MOST_READ])
    if len(open_ones) > MOST_READ:
        warnings.append(
            f"Of {len(open_ones):,} experiments that are over and undecided, the first {MOST_READ} are read. Search for others."
        )
    return tuple(_read(con, one, scope, warnings) if place in chosen else one for place, one in enumerate(ordered))


def _read(con: Warehouse, one: Remembered, scope: Scope, warnings: list[str]) -> Remembered:
    """With its reading as it was planned."""
    question = read_experiment({"experiment": one.experiment, "checks": False}, files=False)
    try:
        return replace(one, reading=measure_experiment(con, question, Scope(timezone=scope.timezone)))
    except QuestionError as fault:
        warnings.append(f"{one.experiment!r} cannot be read: {fault}")
        return one


def _within(one: Remembered, scope: Scope) -> bool:
    starts_late = scope.stop is not None and one.start is not None and one.start >= scope.stop
    ended_early = scope.start is not None and one.stop is not None and one.stop < scope.start
    return not starts_late and not ended_early


def _asked(one: Remembered, question: ArchiveQuestion) -> bool:
    return question.state in (None, one.state) and question.experiment in (None, one.experiment)


def _near(words: list[str], found: list[Remembered]) -> dict[str, str]:
    """word -> one written nearly like it that is there, for those that nothing was found under."""
    texts = [text for one in found for text in one.searched().values()]
    lost = [word for word in words if not any(word in (one.found or {}) for one in found)]
    return {word: near for word in lost if (near := nearest_word(word, texts)) is not None}


def _rank(one: Remembered) -> tuple[int, int, int, str]:
    """More words found first, then where they stand, then the latest."""
    return -len(one.found or {}), -sum((one.found or {}).values()), -(one.start or 0), one.experiment


def _evidence(con: Warehouse, ordered: tuple[Remembered, ...], warnings: tuple[str, ...]) -> Evidence:
    told = (
        "Every experiment that has a plan, exposures in the log, or a decision. It is running while exposures come in and its planned end "
        "is not past, over after that, and decided once somebody recorded ship, stop or broken. Customers saw any variant, each once; "
        "times are UTC."
    )
    where, binder = exposures(con), Binder(con)
    said = Shown("false", "''", "''") if where is None else shown(binder, where)
    text = CUSTOMERS.format(experiment=said.experiment, shown=said.sql)
    people = _together(con, said, binder, tuple(sorted(one.experiment for one in ordered if one.customers)))
    return Evidence(told, text, binder.params, people, data_until(con), (*binder.warnings, *warnings))


def _together(con: Warehouse, said: Shown, binder: Binder, names: tuple[str, ...]) -> int:
    """Customers of all these experiments: who saw several counts once."""
    if not names:
        return 0
    text, params = TOGETHER.format(experiment=said.experiment, shown=said.sql), {**binder.params, "names": list(names)}
    return kept(con, f"customers together of {said} {names}", lambda: int(ask_sql(con, text, params).item()))

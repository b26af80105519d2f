"""Trying the methods on past dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from journey.answers import Evidence, People, data_until, iso
from journey.catalogs import is_edited
from journey.errors import QuestionError
from journey.features import Feature, take_snapshot
from journey.rules import Binder
from journey.rules.held import hold
from journey.rules.listed import warn_of_lists
from journey.rules.staged import StageRule, stages_in_force
from journey.rules.stages_at import staged, staged_sql
from journey.scope import Scope, read_time, refuse_unknown
from journey.stages.accuracy.learned import BENT, Array, Sample
from journey.stages.accuracy.methods import tell
from journey.stages.accuracy.question import StageAccuracyQuestion
from journey.stages.accuracy.result import METHODS, Cell, Method, StageAccuracy, Tested
from journey.stages.accuracy.scores import calibration_of, confusion_of, losses, macro_f1_by_people, mean_by_people
from journey.stages.accuracy.windows import Windows, choose_windows
from journey.stages.moments import DAY, order_of, told
from journey.warehouse import Warehouse, ask_sql

FEWEST = 1_000  # customers at the first date tried
SEVERAL = 30  # customers that a stage needs, for it to be one that can be told from others
SEED = 7
LAST = "the last proofs of stages"


@dataclass(frozen=True)
class Trial:
    """One date: who was there, the stage that came, and what each method said.  person, later: (n,)."""

    as_of: int
    learned: tuple[int, ...]
    rows: int
    person: Array
    later: Array
    said: Mapping[str, Array]


@dataclass(frozen=True)
class Behind:
    """Who is behind the cells of a date.  person, later: (n,); told: method -> (n,) the stage that it held likeliest."""

    as_of: int
    person: Array
    later: Array
    told: Mapping[str, Array]


def measure_stage_accuracy(con: Warehouse, question: StageAccuracyQuestion, scope: Scope) -> StageAccuracy:
    """Every method tried at each date, by the stage that came; no score where there is too little to learn from or to try.

    The latest answers are held, so that who is behind their cells need not be learned anew.
    """
    return _answered(con, question, scope)[0]


def _answered(con: Warehouse, question: StageAccuracyQuestion, scope: Scope) -> tuple[StageAccuracy, tuple[Behind, ...]]:
    return hold(con, LAST, (question, scope), lambda: _measured(con, question, scope))


def _measured(con: Warehouse, question: StageAccuracyQuestion, scope: Scope) -> tuple[StageAccuracy, tuple[Behind, ...]]:
    rules, windows = question.rules or stages_in_force(con), choose_windows(con, question, scope)
    names, costs = [rules[place].name for place in order_of(rules)], _costs(rules, question)
    lacking: str | None = windows.lacking
    trials: list[Trial] = []
    if lacking is None:
        lacking, trials = _tried(con, question, rules, windows, scope)
    evidence = _evidence(con, question, rules, windows, scope, trials)
    if lacking is not None:
        return StageAccuracy(tuple(names), question.horizon, (), (), {}, costs, lacking, evidence), ()
    y, person = (np.concatenate([getattr(trial, side) for trial in trials]) for side in ("later", "person"))
    said = {method: np.concatenate([trial.said[method] for trial in trials]) for method in METHODS}
    rng = np.random.default_rng(SEED)
    methods = tuple(_method(method, y, said[method], person, tuple(names), np.array(costs), rng) for method in METHODS)
    gains = {
        name: mean_by_people(losses(y, said["learned"]) - losses(y, said[name]), person).interval for name in METHODS if name != "learned"
    }
    dates = tuple(_tested(trial, names) for trial in trials)
    behind = tuple(Behind(trial.as_of, trial.person, trial.later, _likeliest(trial)) for trial in trials)
    return StageAccuracy(tuple(names), question.horizon, methods, dates, gains, costs, None, evidence), behind


def _likeliest(trial: Trial) -> dict[str, Array]:
    return {method: p.argmax(axis=1).astype(np.int8) for method, p in trial.said.items()}


def stage_accuracy_customers(con: Warehouse, question: StageAccuracyQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a cell of a date's confusion: {"as_of": date, "method": name, "true": stage, "told": stage}.

    Without true, or told, all those of the other.  Without as_of: of the last date.
    """
    refuse_unknown(mark, ("as_of", "method", "true", "told"), "a mark of how often stages were right")
    rules, windows = question.rules or stages_in_force(con), choose_windows(con, question, scope)
    names = [rules[place].name for place in order_of(rules)]
    if mark.get("method") not in METHODS:
        raise QuestionError(f"A mark names its method, one of {', '.join(METHODS)}; it was given {mark.get('method')!r}.")
    if unknown := [mark[key] for key in ("true", "told") if mark.get(key) is not None and mark[key] not in names]:
        raise QuestionError(f"No stage is named {unknown[0]!r}. Known are: {', '.join(map(repr, names))}.")
    if windows.lacking is not None:
        return People(())
    asked = windows.tried[-1] if mark.get("as_of") is None else read_time(mark["as_of"], scope.zone, "as_of")
    if asked not in windows.tried:
        raise QuestionError(
            f"No method was tried as of {mark['as_of']!r}. Tried were: {', '.join(str(iso(date)) for date in windows.tried)}."
        )
    behind = next((one for one in _answered(con, question, scope)[1] if one.as_of == asked), None)
    if behind is None:
        return People(())
    chosen = np.ones(len(behind.later), dtype=bool)
    for key, places in (("true", behind.later), ("told", behind.told[mark["method"]])):
        if mark.get(key) is not None:
            chosen &= places == names.index(mark[key])
    sql = "select id from customers where list_contains($chosen, customer) order by id"
    return People(tuple(ask_sql(con, sql, {"chosen": behind.person[chosen].tolist()})["id"].to_list()))


def _tried(
    con: Warehouse, question: StageAccuracyQuestion, rules: Sequence[StageRule], windows: Windows, scope: Scope
) -> tuple[str | None, list[Trial]]:
    """-> (what is missing, None where nothing is; the trials)."""
    horizon, within = question.horizon, Scope(None, scope.stop, scope.timezone, scope.segment)
    moments = sorted({moment for date in windows.dates for moment in (date, date + horizon)})
    place = {old: new for new, old in enumerate(order_of(rules))}
    # The stages of everybody: who is in the segment as of a date is told by the snapshot of it, and never by what came later.
    rows = staged(Binder(con), rules, moments, Scope(timezone=scope.timezone)).select(
        "moment", "customer", pl.col("stage").replace_strict(place, return_dtype=pl.Int32)
    )
    held = {int(moment[0]): part for moment, part in rows.partition_by("moment", as_dict=True).items()}
    like = take_snapshot(con, windows.learned[0][0], question.lookback, within, customers=[], first=windows.dates[0]).features
    samples = {date: _sample(con, question, held, date, within, like) for date in windows.dates}
    if (n := len(samples[windows.tried[0]])) < FEWEST:
        return f"{n:,} of {FEWEST:,} customers known at the first date tried", []
    learned = [[samples[date] for date in dates if len(samples[date])] for dates in windows.learned]
    if any(len(parts) < len(dates) or _kinds(parts) < 2 for parts, dates in zip(learned, windows.learned, strict=True)):
        return f"fewer than two stages came to hold {SEVERAL} customers each in the windows to learn from", []
    bent = [place for place, feature in enumerate(like) if feature.measure in BENT]
    return None, [
        Trial(
            date,
            dates,
            sum(map(len, parts)),
            samples[date].person,
            samples[date].later,
            tell(parts, samples[date], len(rules), bent),
        )
        for date, dates, parts in zip(windows.tried, windows.learned, learned, strict=True)
    ]


def _kinds(samples: Sequence[Sample]) -> int:
    later = np.concatenate([sample.later for sample in samples])
    return int((np.bincount(later) >= SEVERAL).sum())


def _sample(
    con: Warehouse, question: StageAccuracyQuestion, held: Mapping[int, pl.DataFrame], date: int, scope: Scope, like: Sequence[Feature]
) -> Sample:
    """The customers of a date: their features as of it, their stage then, and a horizon later."""
    snapshot = take_snapshot(con, date, question.lookback, scope, like=like)
    people = pl.DataFrame({"customer": snapshot.customers.astype(np.int32), "row": np.arange(snapshot.people)})
    empty = pl.DataFrame(schema={"customer": pl.Int32, "stage": pl.Int32})
    now, later = (held.get(moment, empty).select(pl.col("customer").cast(pl.Int32), "stage") for moment in (date, date + question.horizon))
    both = people.join(now, on="customer").join(later.rename({"stage": "later"}), on="customer").sort("row")
    columns = (both[name].to_numpy().astype(np.int64) for name in ("stage", "later", "customer"))
    return Sample(snapshot.values[both["row"].to_numpy()], *columns)


def _method(name: str, y: Array, p: Array, person: Array, names: tuple[str, ...], costs: Array, rng: np.random.Generator) -> Method:
    said = p.argmax(axis=1)
    return Method(
        name,
        mean_by_people((said == y).astype(float), person),
        macro_f1_by_people(y, said, person, len(names), rng),
        mean_by_people(losses(y, p), person),
        mean_by_people(costs[y, said], person),
        calibration_of(y, p, names),
        tuple(tuple(map(int, row)) for row in confusion_of(y, said, len(names))),
    )


def _tested(trial: Trial, names: Sequence[str]) -> Tested:
    counts = {method: confusion_of(trial.later, p.argmax(axis=1), len(names)) for method, p in trial.said.items()}
    cells = tuple(
        Cell(method, names[true], names[said], int(found[true, said]))
        for method, found in counts.items()
        for true, said in zip(*np.nonzero(found), strict=True)
    )
    right = {method: int(np.trace(found)) for method, found in counts.items()}
    return Tested(trial.as_of, len(trial.later), trial.learned, trial.rows, right, cells)


def _costs(rules: Sequence[StageRule], question: StageAccuracyQuestion) -> tuple[tuple[float, ...], ...]:
    """[true][told], in the order shown: how far apart two stages stand, those set apart before the first of the journey."""
    order = order_of(rules)
    steps = [place for place in order if rules[place].step is not None]
    aside = [place for place in order if rules[place].step is None]
    line = {place: at for at, place in enumerate([*reversed(aside), *steps])}
    costs = {(rules[a].name, rules[b].name): float(abs(line[a] - line[b])) for a in order for b in order}
    if unknown := [name for true, said, _ in question.costs for name in (true, said) if (name, name) not in costs]:
        known = ", ".join(repr(rules[place].name) for place in order)
        raise QuestionError(f"No stage is named {unknown[0]!r}, of which costs are given. Known are: {known}.")
    costs |= {(true, said): cost for true, said, cost in question.costs}
    return tuple(tuple(costs[rules[a].name, rules[b].name] for b in order) for a in order)


def _evidence(
    con: Warehouse, question: StageAccuracyQuestion, rules: Sequence[StageRule], windows: Windows, scope: Scope, trials: Sequence[Trial]
) -> Evidence:
    days, zone = question.horizon / DAY, scope.timezone
    tried = ", ".join(told(date, zone) for date in windows.tried) or "no date"
    definition = (
        f"As of each date ({tried}; {zone}) every method told the stage of every known customer {days:g} days later, having learned only "
        "from windows that had closed by then. rules: as customers of the same stage moved in those windows. learned: multinomial "
        "logistic regression on what they had done, and their stage. stays: everyone stays. common: by how common the stages are. "
        "What an error costs is how far apart the two stages stand unless it is set. Intervals are 95% over people: the delta method, "
        "a bootstrap for macro F1. Log loss in nats."
    )
    binder = Binder(con)
    moments = [moment for date in windows.dates for moment in (date, date + question.horizon)] or [data_until(con) or 0]
    sql = staged_sql(binder, rules, moments, Scope(timezone=zone))
    people = len(np.unique(np.concatenate([trial.person for trial in trials]))) if trials else 0
    written = question.rules is not None or is_edited(con, "stages")  # shipped rules name events of many logs
    return Evidence(
        definition, sql, binder.params, people, data_until(con), (*(binder.warnings if written else ()), *warn_of_lists(con, scope))
    )

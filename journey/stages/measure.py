"""Measuring stages: one look at several moments, then counting."""

from collections.abc import Mapping, Sequence

import polars as pl

from journey.answers import Evidence, data_until
from journey.catalogs import is_edited
from journey.rules import Binder, event_names
from journey.rules.staged import ANY_LOG, StageRule, catalog_in_force, fit_sets, named_events, quiet_ms, stages_in_force
from journey.rules.stages_at import in_stages_sql, staged
from journey.scope import Scope
from journey.stages.flow import measure_flow
from journey.stages.groups import Group, group_of, measure_groups
from journey.stages.marks import moved
from journey.stages.moments import back_from, bounded, first_event, order_of, over_period, told
from journey.stages.pace import DAY, Paces, measure_pace
from journey.stages.question import StagesQuestion
from journey.stages.result import Look, Move, Satisfaction, Stage, Stages
from journey.stages.satisfaction import asked_for, latest_answers, survey_property
from journey.warehouse import Warehouse

FEWEST, MOST = 5, 10  # stages that can be read


def measure_stages(con: Warehouse, question: StagesQuestion, scope: Scope) -> Stages:
    """Everyone's stage as of a moment, how far they came, how they moved since the scope's start.

    The scope's stop is the moment where the question names none; its start is where moves and the looks over time
    begin.  Its segment is the one of that moment.
    """
    rules = question.rules or stages_in_force(con)
    moment, start, scope = bounded(con, question, scope)
    looks = over_period(start, moment, scope.timezone)
    binder = Binder(con)
    rows = staged(binder, rules, sorted({*looks, *back_from(moment, first_event(con))}), scope)
    now = rows.filter(pl.col("moment") == moment)
    order = order_of(rules)
    known = set(event_names(con))
    stages = _stages(con, rules, order, now, _days(rows, moment), known, moment)
    pace = measure_pace(Binder(con), rules, start, moment, first_event(con), scope)
    return Stages(
        stages,
        _moves(rules, order, rows, start, moment),
        _over_time(rules, order, rows, looks),
        moment,
        start,
        asked_for(con, moment),
        measure_flow(rules, rows, looks),
        pace,
        None if question.breakdown is None else measure_groups(rules, order, now, group_of(Binder(con), question.breakdown, moment)),
        fit_sets(con),
        _evidence(con, rules, moment, start, scope, now.height, _remarks(con, question, binder, stages, pace)),
    )


def stages_by_group(con: Warehouse, question: StagesQuestion, scope: Scope) -> tuple[Group, ...]:
    """The groups of the question's breakdown alone, without looks back; empty where it has none."""
    rules = question.rules or stages_in_force(con)
    moment, _, scope = bounded(con, question, scope)
    if question.breakdown is None:
        return ()
    now = staged(Binder(con), rules, [moment], scope)
    return measure_groups(rules, order_of(rules), now, group_of(Binder(con), question.breakdown, moment))


def grown_up(con: Warehouse, question: StagesQuestion, moment: int) -> bool:
    """Whether the log was old enough at a moment for its quiet stages to be compared with later ones.

    A log younger than twice the time that makes a customer quiet holds fewer of them for its age alone.
    """
    return moment - first_event(con) >= 2 * quiet_ms(question.rules or stages_in_force(con))


def _stages(
    con: Warehouse,
    rules: Sequence[StageRule],
    order: Sequence[int],
    now: pl.DataFrame,
    days: Mapping[int, float],
    known: set[str],
    moment: int,
) -> tuple[Stage, ...]:
    counts = {(stage, furthest): n for stage, furthest, n in now.group_by("stage", "furthest").len().iter_rows()}
    scores = _satisfaction(con, now, moment)
    steps = [place for place in order if rules[place].step is not None]
    found = []
    for place in order:
        rule, named = rules[place], named_events(rules[place].rule)
        further = steps[steps.index(place) :] if place in steps else []
        found.append(
            Stage(
                name=rule.name,
                why=rule.why,
                step=rule.step,
                customers=sum(n for (stage, _), n in counts.items() if stage == place),
                known=now.height,
                reached=sum(n for (_, furthest), n in counts.items() if furthest in further) if further else None,
                stopped=sum(n for (_, furthest), n in counts.items() if furthest == place) if further else None,
                lost=sum(n for (stage, furthest), n in counts.items() if furthest == place and stage not in steps) if further else None,
                furthest=place == steps[-1],
                days=days.get(place),
                satisfaction=scores.get(place),
                found=tuple(sorted(named & known)),
                lacking=tuple(sorted(named - known)),
            )
        )
    return tuple(found)


def _satisfaction(con: Warehouse, now: pl.DataFrame, moment: int) -> dict[int, Satisfaction]:
    """By stage: the mean of the latest answers of those in it now."""
    prop = survey_property(con)
    if prop is None:
        return {}
    answers = latest_answers(con, prop, moment).join(now.select("customer", "stage"), on="customer")
    grouped = answers.group_by("stage").agg(pl.col("answer").mean().alias("mean"), pl.col("answer").std().alias("sd"), pl.len().alias("n"))
    return {stage: Satisfaction(mean, sd or 0.0, n) for stage, mean, sd, n in grouped.iter_rows()}


def _days(rows: pl.DataFrame, moment: int) -> dict[int, float]:
    """By stage: the median time, in days, that those in it now have been in it so far.

    Each came into it between the last look that saw them elsewhere (or their first event) and the first that saw them
    there: the middle of the two is taken.
    """
    now = rows.filter(pl.col("moment") == moment).select("customer", "first_ts", pl.col("stage").alias("now"))
    looks = rows.join(now, on="customer")
    elsewhere = looks.filter(pl.col("stage") != pl.col("now")).group_by("customer").agg(pl.col("moment").max().alias("elsewhere"))
    since = looks.join(elsewhere, on="customer", how="left").filter(
        pl.col("elsewhere").is_null() | (pl.col("moment") > pl.col("elsewhere"))
    )
    stays = since.group_by("customer", "now").agg(
        pl.col("moment").min().alias("seen"), pl.max_horizontal("elsewhere", "first_ts").max().alias("before")
    )
    entered = (pl.col("seen") + pl.coalesce("before", "seen")) / 2
    medians = stays.group_by("now").agg(((moment - entered) / DAY).median().alias("days"))
    return {stage: float(days) for stage, days in medians.iter_rows()}


def _moves(rules: Sequence[StageRule], order: Sequence[int], rows: pl.DataFrame, start: int, moment: int) -> tuple[Move, ...]:
    """From every stage, and from not being known, to every stage; those who stayed are there too.  Empty without a period."""
    if moment - start < 2:  # everyone came at one moment: there is no before
        return ()
    counts = {(source, stage): n for source, stage, n in moved(rows, start, moment).group_by("source", "stage").len().iter_rows()}
    sources: list[int | None] = [None, *order]
    of = {source: sum(n for (found, _), n in counts.items() if found == source) for source in sources}
    return tuple(
        Move(None if source is None else rules[source].name, rules[target].name, counts[source, target], of[source])
        for source in sources
        for target in order
        if (source, target) in counts
    )


def _over_time(rules: Sequence[StageRule], order: Sequence[int], rows: pl.DataFrame, looks: Sequence[int]) -> tuple[Look, ...]:
    counts = {(at, stage): n for at, stage, n in rows.group_by("moment", "stage").len().iter_rows()}
    return tuple(Look(look, rules[place].name, counts.get((look, place), 0)) for look in looks for place in order)


def _remarks(con: Warehouse, question: StagesQuestion, binder: Binder, stages: Sequence[Stage], pace: Paces) -> list[str]:
    """What to beware of.  The shipped rules name events of many logs, so that one which is missing means nothing there."""
    written = is_edited(con, "stages") or question.rules not in (None, stages_in_force(con))
    remarks = list(binder.warnings) if written else []
    if silent := [stage.name for stage in stages if stage.silent]:
        listed = " and ".join(f'"{name}"' for name in silent)
        remarks.append(f"The log holds none of the events that the rules of {listed} look for: nobody can be there. Name its own events.")
    if not written and catalog_in_force(con) == ANY_LOG:
        remarks.append(
            "The log holds hardly an event that the shipped stages look for, so stages are told by how often and how lately people came."
        )
    if not FEWEST <= len(stages) <= MOST:
        remarks.append(f"{len(stages)} stages: fewer than {FEWEST} hide where people leave, more than {MOST} are hard to read.")
    if pace.undated:
        listed = " and ".join(f'"{name}"' for name in pace.undated)
        remarks.append(f"The rules of {listed} can be undone by more events, so when customers came there is not told.")
    return remarks


def _evidence(
    con: Warehouse, rules: Sequence[StageRule], moment: int, start: int, scope: Scope, known: int, remarks: Sequence[str]
) -> Evidence:
    zone = scope.timezone
    aside = [rule.name for rule in rules if rule.step is None]
    definition = (
        f"Everyone known before {told(moment, zone)} ({zone}) is in one stage: the first of {', '.join(rule.name for rule in rules)} "
        "whose rule holds by what they did before then. A bar counts who came as far as a stage or further"
        + (f", by the rules without {' and '.join(aside)}, so that those who went quiet count where they had come to" if aside else "")
        + f". Moves compare {told(start, zone)} with {told(moment, zone)}. Time in a stage is the median so far of those in it, "
        "from looks back that grow by half, so to about a fifth. Satisfaction is the mean of the latest answer of those in the stage. "
        "Moves of each kind are counted from look to look. Time to go on is of those who came to a stage in the period, each followed "
        "for half of it or 30 days, from the event that brought them there; whether it changed is told by Welch's test of the mean, "
        "Benjamini-Hochberg over the stages. Intervals are 95%: Wilson for shares, normal for means, order statistics for medians."
    )
    binder = Binder(con)
    return Evidence(definition, in_stages_sql(binder, rules, scope), binder.params, known, data_until(con), tuple(dict.fromkeys(remarks)))

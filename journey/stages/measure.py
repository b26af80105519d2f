"""Measuring stages: one look at several moments, then counting."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from journey.answers import Evidence, People, data_until, extent
from journey.catalogs import is_edited
from journey.errors import QuestionError
from journey.rules import Binder, event_names
from journey.rules.segment import as_of as end_of
from journey.rules.staged import StageRule, catalog_in_force, named_events, quiet_ms, stages_in_force
from journey.rules.stages_at import in_stages_sql, staged
from journey.scope import Scope, read_time, refuse_unknown
from journey.stages.moments import DAY, back_from, over_period, told
from journey.stages.question import StagesQuestion
from journey.stages.result import Look, Move, Satisfaction, Stage, Stages
from journey.stages.satisfaction import asked_for, latest_answers, survey_property
from journey.warehouse import Warehouse, ask_sql


def measure_stages(con: Warehouse, question: StagesQuestion, scope: Scope) -> Stages:
    """Everyone's stage as of a moment, how far they came, how they moved since the scope's start.

    The scope's stop is the moment where the question names none; its start is where moves and the looks over time
    begin.  Its segment is the one of that moment.
    """
    rules = question.rules or stages_in_force(con)
    moment, start, scope = _bounded(con, question, scope)
    looks = over_period(start, moment, scope.timezone)
    binder = Binder(con)
    rows = staged(binder, rules, sorted({*looks, *back_from(moment, _first(con))}), scope)
    now = rows.filter(pl.col("moment") == moment)
    order = _order(rules)
    silent = _silent(con, rules)
    stages = _stages(con, rules, order, now, _days(rows, moment), silent, moment)
    return Stages(
        stages,
        _moves(rules, order, rows, start, moment),
        _over_time(rules, order, rows, looks),
        moment,
        start,
        asked_for(con, moment),
        _evidence(con, rules, moment, start, scope, now.height, _remarks(con, question, binder, silent)),
    )


def grown_up(con: Warehouse, question: StagesQuestion, moment: int) -> bool:
    """Whether the log was old enough at a moment for its quiet stages to be compared with later ones.

    A log younger than twice the time that makes a customer quiet holds fewer of them for its age alone.
    """
    return moment - _first(con) >= 2 * quiet_ms(question.rules or stages_in_force(con))


def count_moved(con: Warehouse, question: StagesQuestion, other: StagesQuestion, scope: Scope) -> int:
    """How many are in another stage by the other question's rules than by this one's, names compared."""
    moment, _, bounded = _bounded(con, question, scope)
    held = []
    for rules in (question.rules or stages_in_force(con), other.rules or stages_in_force(con)):
        rows = staged(Binder(con), rules, [moment], bounded)
        names = pl.DataFrame({"stage": range(len(rules)), "name": [rule.name for rule in rules]}, schema_overrides={"stage": pl.Int32})
        held.append(rows.select("customer", pl.col("stage").cast(pl.Int32)).join(names, on="stage").select("customer", "name"))
    return held[0].join(held[1], on="customer").filter(pl.col("name") != pl.col("name_right")).height


def stage_customers(con: Warehouse, question: StagesQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind a mark.

    {"stage": name}: in it now.  {"reached": name}: came as far.  {"stopped": name}: and no further; {"lost": name}: and
    are set apart now.  {"from": name | null, "to": name}: moved so since the scope's start.
    """
    refuse_unknown(mark, ("stage", "reached", "stopped", "lost", "from", "to"), "a mark of stages")
    rules = question.rules or stages_in_force(con)
    names = [rule.name for rule in rules]
    moment, start, scope = _bounded(con, question, scope)
    rows = staged(Binder(con), rules, [start, moment], scope)
    now = rows.filter(pl.col("moment") == moment)
    if "to" in mark or "from" in mark:
        chosen = _moved(rows, start, moment).filter(
            pl.col("source").eq_missing(pl.lit(_place(names, mark.get("from")), pl.Int32))
            & (pl.col("stage") == _place(names, mark.get("to")))
        )
    else:
        chosen = now.filter(_behind(rules, mark))
    ids = ask_sql(
        con, "select id from customers where list_contains($chosen, customer) order by id", {"chosen": chosen["customer"].to_list()}
    )
    return People(tuple(ids["id"].to_list()))


def _bounded(con: Warehouse, question: StagesQuestion, scope: Scope) -> tuple[int, int, Scope]:
    """-> (the moment, where the period begins, the scope as of the moment)."""
    asked = read_time(question.as_of, scope.zone, "as_of")
    moment = end_of(Binder(con), scope) if asked is None else asked
    start = max(_first(con), scope.start if scope.start is not None else 0)
    return moment, min(start, moment), Scope(scope.start, moment, scope.timezone, scope.segment)


def _first(con: Warehouse) -> int:
    held = extent(con)
    return held[0] if held else 0


def _order(rules: Sequence[StageRule]) -> list[int]:
    """Places of the stages as they are shown: by their step, then those set apart, as they are tried last to first."""
    steps = sorted((rule.step, place) for place, rule in enumerate(rules) if rule.step is not None)
    return [place for _, place in steps] + [place for place, rule in reversed(list(enumerate(rules))) if rule.step is None]


def _stages(
    con: Warehouse,
    rules: Sequence[StageRule],
    order: Sequence[int],
    now: pl.DataFrame,
    days: Mapping[int, float],
    silent: Sequence[str],
    moment: int,
) -> tuple[Stage, ...]:
    counts = {(stage, furthest): n for stage, furthest, n in now.group_by("stage", "furthest").len().iter_rows()}
    scores = _satisfaction(con, now, moment)
    steps = [place for place in order if rules[place].step is not None]
    found = []
    for place in order:
        rule, further = rules[place], steps[steps.index(place) :] if place in steps else []
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
                silent=rule.name in silent,
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


def _moved(rows: pl.DataFrame, start: int, moment: int) -> pl.DataFrame:
    """customer, source (place at the period's start, null for those not known then), stage (place now)."""
    began = rows.filter(pl.col("moment") == start).select("customer", pl.col("stage").alias("source"))
    return rows.filter(pl.col("moment") == moment).select("customer", "stage").join(began, on="customer", how="left")


def _moves(rules: Sequence[StageRule], order: Sequence[int], rows: pl.DataFrame, start: int, moment: int) -> tuple[Move, ...]:
    """From every stage, and from not being known, to every stage; those who stayed are there too.  Empty without a period."""
    if moment - start < 2:  # everyone came at one moment: there is no before
        return ()
    counts = {(source, stage): n for source, stage, n in _moved(rows, start, moment).group_by("source", "stage").len().iter_rows()}
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


def _place(names: Sequence[str], name: Any) -> int | None:
    if name is not None and name not in names:
        raise QuestionError(f"No stage is named {name!r}. Known are: {', '.join(map(repr, names))}.")
    return None if name is None else names.index(name)


def _behind(rules: Sequence[StageRule], mark: Mapping[str, Any]) -> pl.Expr:
    """The condition on a customer's row now that a mark stands for."""
    if len(mark) != 1:
        raise QuestionError(
            'A mark of stages is one of {"stage": name}, {"reached": name}, {"stopped": name}, {"lost": name}, {"from": name, "to": name}.'
        )
    ((kind, name),) = mark.items()
    place = _place([rule.name for rule in rules], name)
    if kind == "stage":
        return pl.col("stage") == place
    steps = {at: rule.step for at, rule in enumerate(rules) if rule.step is not None}
    if place is None or place not in steps:
        raise QuestionError(f"The stage {name!r} has no step in the journey, so nobody reaches it. Ask for those in it.")
    if kind == "reached":
        return pl.col("furthest").is_in([at for at, step in steps.items() if step >= steps[place]])
    if kind == "stopped":
        return pl.col("furthest") == place
    return (pl.col("furthest") == place) & ~pl.col("stage").is_in(list(steps))


def _silent(con: Warehouse, rules: Sequence[StageRule]) -> list[str]:
    """Stages whose rules look for events of which the log holds none."""
    known = set(event_names(con))
    return [rule.name for rule in rules if rule.step is not None and (names := named_events(rule.rule)) and not names & known]


def _remarks(con: Warehouse, question: StagesQuestion, binder: Binder, silent: Sequence[str]) -> list[str]:
    """What to beware of.  The shipped rules name events of many logs, so that one which is missing means nothing there."""
    written = is_edited(con, "stages") or question.rules not in (None, stages_in_force(con))
    remarks = list(binder.warnings) if written else []
    if silent:
        listed = " and ".join(f'"{name}"' for name in silent)
        remarks.append(f"The log holds none of the events that the rules of {listed} look for: nobody can be there. Name its own events.")
    if not written and catalog_in_force(con) != "stages":
        remarks.append(
            "The log holds hardly an event that the shop's stages look for, so stages are told by how often and how lately people came."
        )
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
        "Intervals are 95%: Wilson for shares, normal for means."
    )
    binder = Binder(con)
    return Evidence(definition, in_stages_sql(binder, rules, scope), binder.params, known, data_until(con), tuple(dict.fromkeys(remarks)))

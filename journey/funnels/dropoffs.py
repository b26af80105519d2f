"""What those who left after a step did instead: all of them in a tally, a few of them event by event.

Unit: customers (or sessions) whose deepest step is the one asked for, with the attempt that counts.  "After" is later
than the moment of that step and still inside the funnel's window; events of the very moment belong to the step.  Known
limit: without a window everything up to the data's end is after.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from journey.answers import Evidence, People, data_until, iso
from journey.errors import QuestionError
from journey.funnels.chosen import tell_counted
from journey.funnels.driver_question import read_of
from journey.funnels.entrants import bare, refuse_values, shown_id
from journey.funnels.question import FunnelQuestion
from journey.funnels.story import SESSIONS_APART, Story, Terms, read_terms
from journey.funnels.words import told_window
from journey.inference import Interval, wilson
from journey.rules import Binder
from journey.scope import Scope, refuse_unknown
from journey.warehouse import Warehouse, ask_sql, registered

NEXT, LAST, EVER = "next", "last", "ever"
TALLIES = (NEXT, EVER, LAST)
SAMPLE, SEED, EARLIER, LATER = 20, 7, 4, 8


@dataclass(frozen=True)
class DropoffsQuestion:
    """of: the funnel.  after: the step they left after.  sample: how many are shown event by event, drawn with `seed`.

    hide: events that are looked past, such as those a page logs by itself.
    """

    of: FunnelQuestion
    after: int
    sample: int = SAMPLE
    seed: int = SEED
    hide: tuple[str, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        plain = {"ask": "dropoffs", "of": self.of.as_plain(), "after": self.after, "sample": self.sample, "seed": self.seed}
        return plain | ({"hide": list(self.hide)} if self.hide else {})


@dataclass(frozen=True)
class Instead:
    """count of all `of` who left did this event; None is nothing at all."""

    event: str | None
    count: int
    of: int

    @property
    def share(self) -> float | None:
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.count, self.of)

    def as_plain(self) -> dict[str, Any]:
        return {"event": self.event, "count": self.count, "share": self.share, "interval": self.interval and list(self.interval)}


@dataclass(frozen=True)
class Timeline:
    """id: as it is shown.  at: ms of the step.  events: (seconds from the step, name), in order; the step's moment is 0."""

    id: str
    at: int
    events: tuple[tuple[float, str], ...]

    def as_plain(self) -> dict[str, Any]:
        return {"id": self.id, "at": iso(self.at), "events": [{"seconds": s, "event": name} for s, name in self.events]}


@dataclass(frozen=True)
class Dropoffs:
    """step: its name.  population: all who left after it.  still_open: of them, those who may yet go on.

    next: the very next event; last: the last one; each sums to the population.  ever: done at all, so it sums to more.
    timelines: of a sample, by id.
    """

    step: str
    population: int
    still_open: int
    next: tuple[Instead, ...]
    ever: tuple[Instead, ...]
    last: tuple[Instead, ...]
    timelines: tuple[Timeline, ...]
    evidence: Evidence

    def as_plain(self) -> dict[str, Any]:
        tallies = {name: [found.as_plain() for found in getattr(self, name)] for name in TALLIES}
        return {
            "step": self.step,
            "population": self.population,
            "still_open": self.still_open,
            **tallies,
            "sample": [timeline.as_plain() for timeline in self.timelines],
            **self.evidence.as_plain(),
        }


def read_dropoffs(plain: Mapping[str, Any]) -> DropoffsQuestion:
    """{"of": funnel, "after": k, "sample": 20, "seed": 7, "hide": [events]}.

    Raises: QuestionError: no funnel, one of a property's values, a step nobody can leave after, a number out of range.
    """
    refuse_unknown(plain, ("of", "after", "sample", "seed", "hide"), "a question of drop-offs")
    of = read_of(plain.get("of"), "dropoffs")
    refuse_values(of, "Drop-offs")
    after, last = plain.get("after"), len(of.steps) - 2
    if isinstance(after, bool) or not isinstance(after, int) or not 0 <= after <= last:
        raise QuestionError(
            f'"after" is {after!r}; {"it can be a step from 0 to " + str(last) if last >= 0 else "a funnel of one step has no drop-offs"}.'
        )
    numbers = [(key, plain.get(key, usual)) for key, usual in (("sample", SAMPLE), ("seed", SEED))]
    for key, value in numbers:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= (200 if key == "sample" else 2**32 - 1):
            raise QuestionError(f"{key} is {value!r}; it must be a whole number from 0{' to 200' if key == 'sample' else ''}.")
    hide = plain.get("hide") or ()
    if isinstance(hide, str) or not isinstance(hide, list | tuple) or not all(isinstance(name, str) for name in hide):
        raise QuestionError(f'"hide" lists the names of events; it was given {hide!r}.')
    return DropoffsQuestion(of, after, numbers[0][1], numbers[1][1], tuple(hide))


def measure_dropoffs(con: Warehouse, question: DropoffsQuestion, scope: Scope) -> Dropoffs:
    """What all of them did next, ever and last inside the window, and the events around the step of a few."""
    binder = Binder(con)
    story, terms = _told(binder, question, scope)
    parts = [_totals(terms), *(_tally(which) for which in TALLIES)]
    query = "\nunion all\n".join(parts) + "\norder by part, n desc, name"
    leavers = ask_sql(con, story.ending(f"select *, {_until(terms)} as until\nfrom leavers\norder by unit"), binder.params)
    with registered(con, "leavers", leavers):  # found once, and read as the query reads its own chapter of that name
        rows = ask_sql(con, f"with {story.chapters[-1]}\n{query}", binder.params)
    sql = story.ending(query)
    population, still_open = (int(rows.filter(pl.col("part") == part)["n"].item()) for part in ("all", "open"))
    tallies = {which: _read_tally(rows, which, population) for which in TALLIES}
    evidence = Evidence(_define(question, terms, scope), sql, dict(binder.params), population, data_until(con), tuple(binder.warnings))
    timelines = _timelines(con, question, leavers) if question.sample and population else ()
    return Dropoffs(
        terms.labels[question.after] if terms.question.order != "unordered" else f"{question.after + 1} of {len(terms.steps)} steps",
        population,
        still_open,
        tallies[NEXT],
        tallies[EVER],
        tallies[LAST],
        timelines,
        evidence,
    )


def _told(binder: Binder, question: DropoffsQuestion, scope: Scope) -> tuple[Story, Terms]:
    """Up to `after`: the events that came after the step, numbered from both ends."""
    terms = read_terms(binder, bare(question.of), scope)
    story = tell_counted(terms)
    session = question.of.count_by == "session"
    customer = (
        f"a.unit // {SESSIONS_APART} as customer, a.unit % {SESSIONS_APART} as session"
        if session
        else "a.unit as customer, null as session"
    )
    story.tell(
        "leavers",
        "whose deepest step it is, and when they did it",
        f"select a.unit, {customer}, a.t_0, a.t_{question.after} as left_at, a.last_start\nfrom answer a\n"
        f"where a.deepest = {question.after}",
    )
    inside = f"\n    and e.ts <= l.t_0 + {terms.window}" if terms.window else ""
    inside += "\n    and e.session = l.session" if session else ""
    inside += f"\n    and {_seen(binder, question)}" if question.hide else ""
    story.tell(
        "after",
        "what they did after it, counted from both ends",
        "select l.unit, e.event,\n    row_number() over (partition by l.unit order by e.ts, e.seq) as nth,\n"
        "    row_number() over (partition by l.unit order by e.ts desc, e.seq desc) as nth_last\n"
        f"from leavers l\njoin events e on e.customer = l.customer and e.ts > l.left_at{inside}",
    )
    return story, terms


def _until(terms: Terms) -> str:
    """Scalar SQL over `leavers`: the last moment that is after the step."""
    return f"t_0 + {terms.window}" if terms.window else "(select max(last_ts) from customers)"


def _seen(binder: Binder, question: DropoffsQuestion) -> str:
    """The predicate over events that are not hidden."""
    codes = ", ".join(binder.event(name) for name in question.hide)
    return f"not coalesce(list_contains([{codes}], e.event), false)" if codes else "true"


def _totals(terms: Terms) -> str:
    is_open = f"last_start + {terms.window} > (select max(last_ts) from customers)" if terms.window else "true"
    return (
        "select 'all' as part, null as name, count(*) as n\nfrom leavers\nunion all\n"
        f"select 'open' as part, null as name, count(*) filter (where {is_open}) as n\nfrom leavers"
    )


def _tally(which: str) -> str:
    idle = "from leavers\nwhere unit not in (select unit from after)\nhaving count(*) > 0"
    where = {NEXT: "where f.nth = 1", LAST: "where f.nth_last = 1"}.get(which, "")
    return (
        f"select '{which}' as part, n.name, count(distinct f.unit) as n\nfrom after f\njoin event_names n on n.event = f.event\n"
        f"{where}\ngroup by n.name\nunion all\nselect '{which}' as part, null as name, count(*) as n\n{idle}"
    )


def _read_tally(rows: pl.DataFrame, which: str, population: int) -> tuple[Instead, ...]:
    found = rows.filter(pl.col("part") == which).select("name", "n").iter_rows()
    return tuple(sorted((Instead(name, int(n), population) for name, n in found), key=lambda i: (-i.count, i.event is None, i.event or "")))


NEAR = """with drawn as (
    -- the sample: the step's time, and until when its window lasts
    select unnest($unit) as unit, unnest($customer) as customer, unnest($session) as session,
        unnest($left_at) as left_at, unnest($until) as until
),
near as (
    -- their events nearest to the step, numbered on either side of it
    select d.unit, d.customer, d.left_at, e.event, e.ts, e.seq,
        row_number() over (
            partition by d.unit, e.ts > d.left_at
            order by abs(e.ts - d.left_at), case when e.ts > d.left_at then e.seq else -e.seq end
        ) as nth
    from drawn d
    join events e on e.customer = d.customer and e.ts <= d.until and e.session = coalesce(d.session, e.session)
        and (e.ts = d.left_at or {seen})
)
select x.unit, c.id, x.left_at, x.ts, n.name
from near x
join customers c on c.customer = x.customer
join event_names n on n.event = x.event
where x.nth <= case when x.ts > x.left_at then $later else $earlier end
order by c.id, x.unit, x.ts, x.seq"""


def _timelines(con: Warehouse, question: DropoffsQuestion, leavers: pl.DataFrame) -> tuple[Timeline, ...]:
    """Drawn from all of them in the order of their units, so that a seed draws the same again while the data stay."""
    binder = Binder(con)
    drawn = np.random.default_rng(question.seed).permutation(leavers.height)[: question.sample]
    columns = leavers.select("unit", "customer", "session", "left_at", "until")[np.sort(drawn)].to_dict()
    values = {name: column.to_list() for name, column in columns.items()}
    seen = _seen(binder, question)
    rows = ask_sql(con, NEAR.replace("{seen}", seen), {**binder.params, **values, "earlier": EARLIER, "later": LATER})
    session = question.of.count_by == "session"
    return tuple(_timeline(part, session) for part in rows.partition_by("unit", maintain_order=True))


def _timeline(rows: pl.DataFrame, session: bool) -> Timeline:
    at, unit = int(rows["left_at"][0]), int(rows["unit"][0])
    shown = f"{rows['id'][0]}, session {unit % SESSIONS_APART}" if session else str(rows["id"][0])
    return Timeline(shown, at, tuple(((ts - at) / 1000, name) for ts, name in rows.select("ts", "name").iter_rows()))


def dropoffs_customers(con: Warehouse, question: DropoffsQuestion, scope: Scope, mark: Mapping[str, Any]) -> People:
    """Who is behind {"next": event}, {"ever": event} or {"last": event}; null is those who did nothing more.

    Raises: QuestionError: another mark.
    """
    refuse_unknown(mark, TALLIES, "the customers of drop-offs")
    if len(mark) != 1:
        raise QuestionError('Name the customers by one of {"next": event}, {"ever": event} and {"last": event}; null is nothing more.')
    which, event = next(iter(mark.items()))
    binder = Binder(con)
    story, _ = _told(binder, question, scope)
    if event is None:
        where = "l.unit not in (select unit from after)"
    else:
        nth = {NEXT: " and nth = 1", LAST: " and nth_last = 1"}.get(which, "")
        where = f"l.unit in (select unit from after where event = {binder.event(str(event))}{nth})"
    ids = f"select {shown_id(question.of, 'l.unit', 'c')} as id\nfrom leavers l\njoin customers c on c.customer = l.customer"
    text = f"{ids}\nwhere {where}\norder by id"
    return People(tuple(ask_sql(con, story.ending(text), binder.params)["id"].to_list()))


def _define(question: DropoffsQuestion, terms: Terms, scope: Scope) -> str:
    window = question.of.window
    until = "until the data's end" if window is None else f"until {told_window(window)} after the first step"
    unit = "sessions" if question.of.count_by == "session" else "customers"
    here = ", in the same session" if unit == "sessions" else ""
    return (
        f"Of the {unit} whose deepest step is {terms.labels[question.after]}, in the attempt that counts: what they did later than "
        f"that step, {until}{here}. Next is the very next event, last the last one, ever any of them. "
        f"{'Looked past: ' + ', '.join(question.hide) + '. ' if question.hide else ''}"
        "Shares are of all who left, with Wilson 95% intervals. "
        f"The timelines are of {question.sample} of them at most, drawn at random with the seed {question.seed}: "
        f"up to {EARLIER} events until the step and {LATER} after it. Times are in {scope.timezone}."
    )

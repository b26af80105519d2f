"""Attempts of an ordered or strict funnel: each start, and the first opportunity it had for each step after it.

A moment is what one unit did at one time (with ties in load order: one event).  From a start the walk goes on to the
first moment that can serve the next step; it stays in the moment as long as that can serve one step more.
"""

from itertools import combinations

from journey.funnels.story import Story, Terms, any_step, joined, listed, marked
from journey.funnels.ties import count_name

LATER = "rows between 1 following and unbounded following"


def tell_attempts(terms: Terms, story: Story) -> str:
    """Tell the attempts; answers the name of the chapter with the events.

    attempts: units, held values, t_k and place_k per step (null where it was not done), deepest, done, void.
    """
    source = marked(terms, story)
    _tell_moments(terms, story, source)
    ways = _ways(terms)
    if terms.exclusions or terms.question.order == "strict":
        _tell_clock(terms, story, source)
    _tell_signposts(terms, story, ways)
    for number, way in enumerate(ways):
        _tell_walk(terms, story, number, way)
    _tell_attempts(terms, story, ways)
    return source


def _ways(terms: Terms) -> list[tuple[int, ...]]:
    """The funnels that optional steps stand for: each is done or it is not."""
    optional = terms.question.optional
    skips = [set(skip) for size in range(len(optional) + 1) for skip in combinations(optional, size)]
    return [tuple(step for step in range(len(terms.steps)) if step not in skip) for skip in skips]


def _tell_moments(terms: Terms, story: Story, source: str) -> None:
    groups = terms.ties.sets(range(len(terms.steps)))
    counts = [f"count(*) filter (where {' or '.join(f'is_{kind}' for kind in group)}) as {count_name(group)}" for group in groups]
    where = [any_step(terms)] if terms.exclusions or terms.question.order == "strict" else []
    where += [f"held_{number} is not null" for number in range(len(terms.held))]
    story.tell(
        "moments",
        "what a unit did at one time: how many events can serve a step",
        f"select {listed(terms.chains)}, place, min(ts) as ts,\n    "
        + ",\n    ".join(counts)
        + f"\nfrom {source}"
        + (f"\nwhere {' and '.join(where)}" if where else "")
        + f"\ngroup by {listed(terms.chains)}, place",
    )


def _tell_clock(terms: Terms, story: Story, source: str) -> None:
    onward = f"lead(place) over (partition by {listed(terms.units)} order by place) as next_place"
    columns = ["count(*) as events", onward] if terms.question.order == "strict" else []
    for number in range(len(terms.exclusions)):
        void = f"case when bool_or(voids_{number}) then {{}} end"
        columns += [
            f"min({void.format('place')}) over later as void_place_{number}",
            f"min({void.format('min(ts)')}) over later as void_ts_{number}",
        ]
    window = f"\nwindow later as (partition by {listed(terms.units)} order by place {LATER})" if terms.exclusions else ""
    story.tell(
        "clock",
        "what comes next for the unit, whichever step it serves",
        f"select {listed(terms.units)}, place,\n    "
        + ",\n    ".join(columns)
        + f"\nfrom {source}\ngroup by {listed(terms.units)}, place{window}",
    )


def _tell_signposts(terms: Terms, story: Story, ways: list[tuple[int, ...]]) -> None:
    clock = bool(terms.exclusions) or terms.question.order == "strict"
    columns = ["m.*"] + [_from_where(terms, way, number, at) for number, way in enumerate(ways) for at in range(len(way))]
    if terms.question.order != "strict":
        columns += [
            f"min(case when {count_name((terms.ties.kind_of[step],))} >= 1 then m.place end) over later as next_{step}"
            for step in range(0 if _leaves_out(terms) else 1, len(terms.steps))
        ]
    columns += ["c.events", "c.next_place"] if terms.question.order == "strict" else []
    columns += [f"c.void_{what}_{number}" for number in range(len(terms.exclusions)) for what in ("place", "ts")]
    window = f"\nwindow later as (partition by {listed(terms.chains, 'm.')} order by m.place {LATER})"
    story.tell(
        "signposts",
        "from_k: the first step from which all up to step k can be served in this moment; next_k: the next moment for step k",
        "select\n    "
        + ",\n    ".join(columns)
        + "\nfrom moments m"
        + (f"\njoin clock c on {joined((*terms.units, 'place'), 'c', 'm')}" if clock else "")
        + (window if terms.question.order != "strict" and terms.last else ""),
    )


def _from_where(terms: Terms, way: tuple[int, ...], number: int, at: int) -> str:
    cases = [f"when {terms.ties.servable(way[start : at + 1])} then {start}" for start in range(at + 1)]
    return f"case {' '.join(cases)} end as from_{number}_{at}"


def _tell_walk(terms: Terms, story: Story, way: int, steps: tuple[int, ...]) -> None:
    """One chapter per step of this way; `run` is the first step that the present moment served."""
    strict = terms.question.order == "strict"
    served = ", f.served" if strict else ""
    source = "signposts m"
    if strict:
        cases = " ".join(f"when {at + 1} then from_{way}_{at} = 0" for at in range(len(steps)))
        source += f"\njoin (select unnest(range(1, {len(steps) + 1})) as served) f on case f.served {cases} end"
    story.tell(
        f"walk_{way}_0",
        "an attempt starts at every moment of step 0" + ("; it may serve some steps more at once" if strict else ""),
        f"select {listed(terms.chains, 'm.')}{served},\n    m.place as place_0, m.ts as t_0, 0 as run_0"
        + _voids(terms, steps, 0)
        + _onward(terms, way, steps, 0, "0")
        + f"\nfrom {source}\nwhere m.from_{way}_0 = 0"
        + _unbeaten(terms, way, steps),
    )
    for at in range(1, len(steps)):
        _tell_step(terms, story, way, steps, at)


def _leaves_out(terms: Terms) -> bool:
    """Whether starts may be left out that a later one beats: with an exclusion the earlier one may be the clean one."""
    return terms.question.order != "strict" and not terms.exclusions and terms.last > 0


def _unbeaten(terms: Terms, way: int, steps: tuple[int, ...]) -> str:
    """A later start before the next step does all that this one does, with more of its window left."""
    if not _leaves_out(terms) or len(steps) == 1:
        return ""
    onward = f"case when m.from_{way}_1 <= 0 then m.place else m.next_{steps[1]} end"
    return f"\n    and (m.next_0 is null or m.next_0 >= {onward})"


def _tell_step(terms: Terms, story: Story, way: int, steps: tuple[int, ...], at: int) -> None:
    in_time = f"\n    and m.ts - w.t_{steps[0]} <= {terms.window}" if terms.window else ""
    serves = f"\n    and m.from_{way}_{at} is not null" if terms.question.order == "strict" else ""
    run = f"case when m.place = w.place_{steps[at - 1]} then w.run_{at - 1} else {at} end"
    story.tell(
        f"walk_{way}_{at}",
        f"the first opportunity for step {steps[at]}" + (", inside the window" if terms.window else ""),
        f"select w.*, m.place as place_{steps[at]}, m.ts as t_{steps[at]}, {run} as run_{at}"
        + _voids(terms, steps, at)
        + _onward(terms, way, steps, at, run)
        + f"\nfrom walk_{way}_{at - 1} w\nleft join signposts m"
        + f"\n    on {joined(terms.chains, 'm', 'w')} and m.place = w.onward_{at - 1}{in_time}{serves}",
    )


def _onward(terms: Terms, way: int, steps: tuple[int, ...], at: int, run: str) -> str:
    """The column that says where the step after this one is looked for.  run: the first step that this moment served."""
    if at + 1 == len(steps):
        return ""
    stay = f"m.from_{way}_{at + 1} <= {run}"
    if terms.question.order != "strict":
        return f",\n    case when {stay} then m.place else m.next_{steps[at + 1]} end as onward_{at}"
    if at == 0:
        return ",\n    case when f.served > 1 then m.place else m.next_place end as onward_0"
    # At the start's moment other events may come before; at a later one all must serve a step before the chain moves on.
    return (
        f",\n    case\n        when {run} = 0 then case when w.served > {at + 1} then m.place else m.next_place end"
        f"\n        when {stay} then m.place\n        when m.events = {at + 1} - {run} then m.next_place\n    end as onward_{at}"
    )


def _voids(terms: Terms, steps: tuple[int, ...], at: int) -> str:
    """The next excluded event after this step, for the exclusions that begin here."""
    return "".join(
        f",\n    m.void_place_{number}, m.void_ts_{number}"
        for number, exclusion in enumerate(terms.question.exclusions)
        if steps[at] == max(step for step in steps if step <= exclusion.from_step)
    )


def _tell_attempts(terms: Terms, story: Story, ways: list[tuple[int, ...]]) -> None:
    parts = [_attempt(terms, number, way) for number, way in enumerate(ways)]
    if _leaves_out(terms):
        parts.append(_first_starts(terms))
    story.tell("attempts", "how deep each attempt went, and whether an excluded event voids it", "\nunion all\n".join(parts))


def _first_starts(terms: Terms) -> str:
    """Who gets no further counts with the first start, which may have been left out."""
    nothing = [f"null as {what}_{step}" for step in range(1, len(terms.steps)) for what in ("t", "place")]
    return (
        f"select {listed(terms.chains)}, min(ts) as t_0, min(place) as place_0, {listed(nothing)},"
        "\n    0 as deepest, 1 as done, false as void"
        f"\nfrom signposts\nwhere from_0_0 = 0\ngroup by {listed(terms.chains)}"
    )


def _attempt(terms: Terms, number: int, way: tuple[int, ...]) -> str:
    columns = [f"{what}_{step}" if step in way else f"null as {what}_{step}" for step in range(len(terms.steps)) for what in ("t", "place")]
    deepest = " ".join(f"when t_{step} is not null then {step}" for step in reversed(way))
    done = " + ".join(f"case when t_{step} is null then 0 else 1 end" for step in way)
    void = " or ".join(_void(terms, way, index) for index in range(len(terms.exclusions))) or "false"
    return (
        f"select {listed(terms.chains)}, {listed(columns)},\n    case {deepest} end as deepest, {done} as done,"
        f"\n    {void} as void\nfrom walk_{number}_{len(way) - 1}"
    )


def _void(terms: Terms, way: tuple[int, ...], index: int) -> str:
    """Whether the excluded event comes before the step that closes the exclusion, or else before the window's end."""
    exclusion = terms.question.exclusions[index]
    until = [step for step in way if step >= exclusion.to_step]
    ended = f"void_place_{index} is not null" + (f" and void_ts_{index} - t_0 < {terms.window}" if terms.window else "")
    if until:
        ended = f"case when t_{until[0]} is null then {ended} else void_place_{index} < place_{until[0]} end"
    return f"coalesce({ended}, false)"

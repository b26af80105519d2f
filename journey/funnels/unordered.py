"""Attempts of an unordered funnel: each event that can serve a step opens a window, in which any step may come next.

The time at which k + 1 steps are done is the k-th of the steps' own times, sorted.  For steps that share events the times
come from sets of steps, by the deficiency form of Hall's theorem: r of the steps in a part can be served once every set of
them holds r - (steps outside the set) events.
"""

from journey.funnels.story import Story, Terms, any_step, joined, listed, marked
from journey.funnels.ties import Ties, count_name


def tell_attempts(terms: Terms, story: Story) -> str:
    """Tell the attempts; answers the name of the chapter with the events.

    attempts: units, held values, t_k (when k + 1 steps were done), place_0, deepest, done, void.
    """
    source = marked(terms, story)
    needs = all_needs(terms.ties)
    _tell_moments(terms, story, source, needs)
    _tell_lists(terms, story, source, needs)
    _tell_anchors(terms, story, needs)
    _tell_voids(terms, story, source)
    _tell_attempts(terms, story)
    return source


Need = tuple[tuple[int, ...], int]
"""A set of kinds, and the how-manieth of its events from the anchor on."""


def all_needs(ties: Ties) -> list[list[list[Need]]]:
    """Per part of kinds, per r from 1 to its steps: the events that must have come by the time r of its steps are done."""
    kinds = sorted(set(ties.kind_of))
    return [
        [_needs_of(ties, part, served) for served in range(1, sum(kind in part for kind in ties.kind_of) + 1)] for part in ties.parts(kinds)
    ]


def _needs_of(ties: Ties, part: list[int], served: int) -> list[Need]:
    size = {kind: sum(other == kind for other in ties.kind_of) for kind in part}
    total = sum(size.values())
    groups = _subsets(part)
    return [(group, served - total + sum(size[k] for k in group)) for group in groups if served - total + sum(size[k] for k in group) > 0]


def _subsets(part: list[int]) -> list[tuple[int, ...]]:
    return [tuple(kind for bit, kind in enumerate(part) if mask >> bit & 1) for mask in range(1, 2 ** len(part))]


def _groups(needs: list[list[list[Need]]]) -> list[tuple[int, ...]]:
    return sorted({group for part in needs for served in part for group, _ in served})


def _is_any(group: tuple[int, ...]) -> str:
    return "(" + " or ".join(f"is_{kind}" for kind in group) + ")"


def _tell_moments(terms: Terms, story: Story, source: str, needs: list[list[list[Need]]]) -> None:
    counts = [f"count(*) filter (where {_is_any(group)}) as {count_name(group)}" for group in _groups(needs)]
    where = [any_step(terms)] + [f"held_{number} is not null" for number in range(len(terms.held))]
    story.tell(
        "moments",
        "what a unit did at one time: how many events can serve a step, and whether a window may open here",
        f"select {listed(terms.chains)}, min(place) as place, ts, bool_or(is_entry) as opens,\n    "
        + ",\n    ".join(counts)
        + f"\nfrom {source}\nwhere {' and '.join(where)}\ngroup by {listed(terms.chains)}, ts",
    )


def _tell_lists(terms: Terms, story: Story, source: str, needs: list[list[list[Need]]]) -> None:
    lists = [f"list(ts order by ts, seq) filter (where {_is_any(group)}) as times_{count_name(group)}" for group in _groups(needs)]
    where = f"\nwhere {' and '.join(f'held_{n} is not null' for n in range(len(terms.held)))}" if terms.held else ""
    story.tell(
        "histories",
        "the times of a unit's events, per set of steps, in order",
        f"select {listed(terms.chains)},\n    " + ",\n    ".join(lists) + f"\nfrom {source}{where}\ngroup by {listed(terms.chains)}",
    )


def _tell_anchors(terms: Terms, story: Story, needs: list[list[list[Need]]]) -> None:
    before = [f"coalesce(sum({count_name(group)}) over earlier, 0) as before_{count_name(group)}" for group in _groups(needs)]
    story.tell(
        "anchors",
        "how many such events came before each moment",
        "select *,\n    " + ",\n    ".join(before) + f"\nfrom moments\nwindow earlier as (partition by {listed(terms.chains)} order by ts"
        " rows between unbounded preceding and 1 preceding)",
    )
    done = [_served_at(served) for part in needs for served in part]
    story.tell(
        "done",
        "from each anchor on, the times at which one step, two steps, ... are done; null comes last",
        f"select {listed(terms.chains, 'a.')}, a.place as place_0, a.ts as t_0,\n    list_sort([\n        "
        + ",\n        ".join(done)
        + f"\n    ], 'asc', 'nulls last') as times\nfrom anchors a\njoin histories h on {joined(terms.chains, 'h', 'a')}\nwhere a.opens",
    )


def _served_at(needs: list[Need]) -> str:
    """When all these events have come; null unless each does."""
    times = [f"h.times_{count_name(group)}[cast(a.before_{count_name(group)} as bigint) + {nth}]" for group, nth in needs]
    if len(times) == 1:
        return times[0]
    missing = " or ".join(f"{time} is null" for time in times)
    return f"case when {missing} then null else greatest({', '.join(times)}) end"


def _tell_voids(terms: Terms, story: Story, source: str) -> None:
    if not terms.exclusions:
        return
    void = " or ".join(f"voids_{number}" for number in range(len(terms.exclusions)))
    story.tell(
        "clock",
        "the next excluded event after each time of a unit",
        f"select {listed(terms.units)}, ts,\n    min(case when bool_or({void}) then ts end) over"
        f" (partition by {listed(terms.units)} order by ts"
        f" rows between 1 following and unbounded following) as void_ts\nfrom {source}\ngroup by {listed(terms.units)}, ts",
    )


def _tell_attempts(terms: Terms, story: Story) -> None:
    in_time = f" and times[{{0}}] - t_0 <= {terms.window}" if terms.window else ""
    times = [
        f"case when times[{step + 1}] is not null{in_time.format(step + 1)} then times[{step + 1}] end as t_{step}"
        for step in range(1, len(terms.steps))
    ]
    story.tell(
        "counted",
        "the steps done inside the window",
        f"select {listed(terms.chains)}, place_0, t_0" + "".join(f",\n    {time}" for time in times) + "\nfrom done",
    )
    done = " + ".join(f"case when t_{step} is null then 0 else 1 end" for step in range(len(terms.steps)))
    places = "".join(f", t_{step} as place_{step}" for step in range(1, len(terms.steps)))
    clock = ""
    if terms.exclusions:
        on = " and ".join([*(f"c.{name} = a.{name}" for name in terms.units), "c.ts = a.t_0"])
        clock = f"\nleft join clock c on {on}\nwhere not {_void(terms)}"
    story.tell(
        "attempts",
        "how many steps each window holds; one that an excluded event voids counts for nothing",
        f"select a.*{places}, {done} - 1 as deepest, {done} as done, false as void\nfrom counted a{clock}",
    )


def _void(terms: Terms) -> str:
    """Whether an excluded event came in the window before all steps were done."""
    in_time = f"c.void_ts - a.t_0 <= {terms.window}" if terms.window else "c.void_ts is not null"
    return f"coalesce({in_time} and (a.t_{terms.last} is null or c.void_ts < a.t_{terms.last}), false)"

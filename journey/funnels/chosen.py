"""Which attempt a unit counts with, and the properties of the events that served its steps."""

from journey.funnels import ordered, unordered
from journey.funnels.story import Story, Terms, joined, listed


def tell_counted(terms: Terms) -> Story:
    """The whole story.  Its last chapter is `answer`: one row per unit that counts.

    unit, label (the group, where there is one), deepest, t_k: ms of step k, v_k: value at step k, last_start: ms of the
    last start that no exclusion voids.
    """
    story = Story()
    tell = unordered.tell_attempts if terms.question.order == "unordered" else ordered.tell_attempts
    source = tell(terms, story)
    _tell_chosen(terms, story)
    served = _steps_told(terms)
    for step in served:
        _tell_served(terms, story, source, step)
    _tell_answer(terms, story, served)
    return story


def _tell_chosen(terms: Terms, story: Story) -> None:
    completed = " ".join(f"when {step} then place_{step}" for step in range(len(terms.steps)))
    story.tell(
        "ranked",
        "the deepest attempt counts: the first to complete its deepest step, of several then the one with the latest start",
        f"select *,\n    max(case when not void then t_0 end) over (partition by {listed(terms.units)}) as last_start,\n    "
        f"row_number() over (partition by {listed(terms.units)} order by {listed(_rank(terms, completed))}) as pick\nfrom attempts",
    )
    why = "where every such attempt is void the unit leaves the funnel"
    story.tell("chosen", why, "select *\nfrom ranked\nwhere pick = 1 and not void")


def _rank(terms: Terms, completed: str) -> list[str]:
    """What decides between two attempts, the weightiest first."""
    rank = ["deepest desc", *(["void"] if terms.exclusions else []), f"case deepest {completed} end", "place_0 desc"]
    if terms.question.optional or terms.question.order == "strict" or terms.held:
        rank += ["done desc", *(f"place_{step}" for step in range(1, len(terms.steps)))]
    return rank + [name for name in terms.chains if name not in terms.units]


def _steps_told(terms: Terms) -> list[int]:
    """The steps whose event lends a property: those asked for, and those before them that could take the same event."""
    breakdown = terms.question.breakdown
    wanted: set[int] = set(range(len(terms.steps))) if terms.value else set()
    if terms.label and breakdown:
        wanted |= {"first_touch": {0}, "last_touch": set(range(len(terms.steps)))}.get(breakdown.attribution, {breakdown.step or 0})
    for step in reversed(range(len(terms.steps))):  # a rival may have rivals of its own
        wanted |= set(_rivals(terms, step)) if step in wanted else set()
    return sorted(wanted)


def _rivals(terms: Terms, step: int) -> list[int]:
    """The steps before this one that the same event could serve."""
    if terms.question.ties != "step_order" or terms.question.order == "unordered":
        return []
    kinds, kind_of = terms.ties.kinds, terms.ties.kind_of
    return [other for other in range(step) if kinds[kind_of[step]].shares_with(kinds[kind_of[other]])]


def _tell_served(terms: Terms, story: Story, source: str, step: int) -> None:
    """Of several events of the moment: at step 0 the last that leaves enough for the steps after it, else the first."""
    kinds, kind_of = terms.ties.kinds, terms.ties.kind_of
    others = [kind for kind in kinds if kind != kind_of[step] and kinds[kind].shares_with(kinds[kind_of[step]])]
    options = "".join(f"case when e.is_{kind} then 1 else 0 end, " for kind in others)
    rivals = _rivals(terms, step)
    begins = step == 0 and terms.question.order != "unordered"
    same = [other for other in range(1, len(terms.steps)) if begins and kind_of[other] == kind_of[0]]
    nth = "1" + "".join(f" + case when c.place_{other} = c.place_0 then 1 else 0 end" for other in same)
    served = _serves(terms, step)
    columns = [f"e.{name}" for name, there in (("label", terms.label), ("value", terms.value)) if there]
    lefts = "".join(f"\n    left join served_{rival} s_{rival} on {joined(terms.units, f's_{rival}', 'c')}" for rival in rivals)
    taken = "".join(f" and e.seq is distinct from s_{rival}.seq" for rival in rivals)
    story.tell(
        f"served_{step}",
        f"the event that served step {step}: of several at once, one that serves nothing else",
        f"select * from (\n    select {listed(terms.units, 'c.')}, e.seq, {listed(columns)}, {nth} as nth,\n"
        f"        row_number() over (partition by {listed(terms.units, 'c.')}"
        f" order by {options}e.seq{' desc' if step == 0 else ''}) as pick\n"
        f"    from chosen c\n    join {source} e on {joined(terms.chains, 'e', 'c')} and e.place = c.place_{step}{lefts}\n"
        f"    where {served}{taken}\n) as candidates\nwhere pick = nth",
    )


def _serves(terms: Terms, step: int) -> str:
    if terms.question.order != "unordered":
        return f"e.is_{step}"
    return "e.is_entry and (" + " or ".join(f"e.is_{other}" for other in range(len(terms.steps))) + ")"


def _tell_answer(terms: Terms, story: Story, served: list[int]) -> None:
    columns = ["c.unit", f"{_label(terms)} as label", "c.deepest", "c.last_start"]
    columns += [f"c.t_{step}" for step in range(len(terms.steps))]
    columns += [f"s_{step}.value as v_{step}" for step in served] if terms.value else []
    joins = "".join(f"\nleft join served_{step} s_{step} on {joined(terms.units, f's_{step}', 'c')}" for step in served)
    story.tell("answer", "one row per unit that counts", f"select {listed(columns)}\nfrom chosen c{joins}")


def _label(terms: Terms) -> str:
    breakdown = terms.question.breakdown
    if terms.group:
        return "c.grp"
    if not breakdown or not terms.label:
        return "''"
    if breakdown.attribution == "last_touch":
        reached = (f"case when c.t_{step} is not null then s_{step}.label end" for step in reversed(range(len(terms.steps))))
        return f"coalesce({', '.join(reached)}, '')"
    at = breakdown.step or 0
    return f"case when c.t_{at} is not null then coalesce(s_{at}.label, '') end"

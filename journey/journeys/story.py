"""How far each customer's journey went, as one query for several journeys: one row per journey and customer who began it.

A journey begins with the customer's first event of its first milestone in the scope.  A milestone is reached by the first
event that serves it at or after the one before, inside the window.  Events of the same time serve in the order of the
milestones; one event serves one milestone, of several at one time that which was loaded first.
"""

from collections.abc import Sequence

from journey.journeys.catalog import Journey
from journey.rules import Binder, entries
from journey.scope import Scope


def reached_sql(binder: Binder, journeys: Sequence[Journey], scope: Scope) -> str:
    """Columns: journey (place in the list), customer, t_0, t_1, ... (ms, null where not reached, as many as the longest has)."""
    chapters = [_marked(binder, journeys)]
    for number, journey in enumerate(journeys):
        chapters += _walk(binder, number, journey, scope)
    longest = max(len(journey.milestones) for journey in journeys)
    parts = [_told(number, journey, longest) for number, journey in enumerate(journeys)]
    return "with " + ",\n".join(chapters) + ",\nreached as (\n" + "\nunion all\n".join(parts) + "\n)"


def counts_sql(binder: Binder, journeys: Sequence[Journey], scope: Scope) -> str:
    """The defining query: per journey how many reached each milestone, of those whose window has closed by $data_until."""
    longest = max(len(journey.milestones) for journey in journeys)
    counts = ",\n    ".join(f"count(t_{step}) as milestone_{step}" for step in range(longest))
    windows = " ".join(f"when {number} then {binder.bind(journey.window, 'window')}" for number, journey in enumerate(journeys))
    return (
        f"{reached_sql(binder, journeys, scope)}\nselect\n    journey,\n    {counts}\nfrom reached\n"
        f"where t_0 + case journey {windows} end <= $data_until\ngroup by journey\norder by journey"
    )


def _marked(binder: Binder, journeys: Sequence[Journey]) -> str:
    """Only events that can serve a milestone; their place tells one from another where times are equal."""
    flags, predicates = [], []
    for number, journey in enumerate(journeys):
        for step, milestone in enumerate(journey.milestones):
            predicates.append(binder.match(milestone.step).sql)
            flags.append(f"is_{number}_{step}")
    columns = ",\n        ".join(f"{sql} as {flag}" for sql, flag in zip(predicates, flags, strict=True))
    return (
        "marked as (\n    -- the events that can serve a milestone, and which; their place in the customer's order\n"
        "    select *, row_number() over (partition by customer order by ts, seq) as place\n    from (\n"
        f"        select e.customer, e.ts, e.seq,\n        {columns}\n"
        f"        from events e\n    ) e\n    where {' or '.join(flags)}\n)"
    )


def _walk(binder: Binder, number: int, journey: Journey, scope: Scope) -> list[str]:
    window = binder.bind(journey.window, "window")
    chapters = [
        f"j{number}_0 as (\n    -- {'the first milestone in the scope: each customer begins once'}\n"
        f"    select e.customer, min(e.ts) as t_0, min(e.place) as place_0\n    from marked e\n"
        f"    where e.is_{number}_0 and {entries(binder, scope)}\n    group by e.customer\n)"
    ]
    for step in range(1, len(journey.milestones)):
        kept = ", ".join(f"w.t_{k}, w.place_{k}" for k in range(step))
        unused = " and ".join(f"m.place <> w.place_{k}" for k in range(step))
        chapters.append(
            f"j{number}_{step} as (\n    -- the first event for milestone {step} since the one before, inside the window\n"
            f"    select w.customer, {kept}, min(m.ts) as t_{step}, min(m.place) as place_{step}\n"
            f"    from j{number}_{step - 1} w\n    left join marked m\n"
            f"        on m.customer = w.customer and m.is_{number}_{step}\n"
            f"        and m.ts >= w.t_{step - 1} and m.ts - w.t_0 <= {window} and {unused}\n"
            f"    group by w.customer, {kept}\n)"
        )
    return chapters


def _told(number: int, journey: Journey, longest: int) -> str:
    steps = [f"t_{step}" if step <= journey.last else f"cast(null as bigint) as t_{step}" for step in range(longest)]
    return f"    select {number} as journey, customer, {', '.join(steps)} from j{number}_{journey.last}"

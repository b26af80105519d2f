"""The condition that a customer did steps one after another, inside one session or over all their events.

Events are taken in the order (ts, seq); others may come between; one event serves one step.  A step written as a list
is served by any of its alternatives.

    events of a session     sequence          holds
    a  x  b                 a, b              yes
    b  a                    a, b              no
    a  c                    a, [b, c]         yes
    a                       a, a              no
"""

from collections.abc import Mapping
from typing import Any

from journey.errors import QuestionError
from journey.rules.facts import Facts
from journey.scope import choose, read_duration, refuse_unknown

LONGEST = 20


def sequence_condition(facts: Facts, rule: Mapping[str, Any]) -> str:
    """The predicate that the sequence was completed until the moment, its last step `within` the duration before it."""
    refuse_unknown(rule, ("sequence", "in", "within"), "a rule with 'sequence'")
    steps, unit = rule["sequence"], choose(rule, "in", ("session", "customer"))
    if not isinstance(steps, list | tuple) or not 1 <= len(steps) <= LONGEST:
        raise QuestionError(f"A sequence is a list of 1 to {LONGEST} steps; found {steps!r}.")
    matches = [facts.binder.match({"any_of": list(step)} if isinstance(step, list | tuple) else step).sql for step in steps]
    name = f"done_{len(facts.sources)}"
    done = facts.completions(name, completions_of(matches, unit, name), read_duration(rule.get("within"), "within"))
    return f"(coalesce({done}, 0) > 0)"


def completions_of(matches: list[str], unit: str, name: str) -> list[str]:
    """CTEs, the last called `name`: customer and ts of every event that completes the sequence.

    The earliest place at which each step can be reached is found step by step; any match of the last step after the
    earliest place of the one before it completes.
    """
    session = ", e.session" if unit == "session" else ""
    flags = "".join(f",\n    {match} as is_{k}" for k, match in enumerate(matches))
    places = f"row_number() over (partition by e.customer{session} order by e.ts, e.seq) as place"
    ctes = [
        f"{name}_placed as (\n  select\n    e.customer{session},\n    e.ts,\n    {places}{flags}\n  from events e\n"
        f"  where {' or '.join(matches)}\n)"
    ]
    same = "r.customer = e.customer" + (" and r.session = e.session" if session else "")
    for k in range(len(matches)):
        after = f"\n  join {name}_reached_{k - 1} r on {same} and e.place > r.place" if k else ""
        if k == len(matches) - 1:
            ctes.append(f"{name} as (\n  select e.customer, e.ts\n  from {name}_placed e{after}\n  where e.is_{k}\n)")
        else:
            ctes.append(
                f"{name}_reached_{k} as (\n  select e.customer{session}, min(e.place) as place\n  from {name}_placed e{after}\n"
                f"  where e.is_{k}\n  group by e.customer{session}\n)"
            )
    return ctes

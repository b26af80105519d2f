"""Who entered a funnel, each judged by the first entry alone, and who of them came to the end of it.

A funnel counts the deepest of all attempts, so which attempt counts depends on how it went: of a customer with ten visits
it is the one that converted, of another the last of the deepest.  What was done "before the entry" would then differ
between the two by that choice alone.  Here the moment is the same for all: the first event of the scope that can be
step 0.  And all are followed equally long: only entries whose window had closed by the data's end are judged, whether
they converted or not.  Known limit: without a window the early ones are followed for longer.
"""

from dataclasses import replace

from journey.answers import data_until
from journey.errors import QuestionError
from journey.funnels.chosen import tell_counted
from journey.funnels.question import FunnelQuestion
from journey.funnels.story import SESSIONS_APART, Story, Terms, read_terms
from journey.funnels.ties import Ties
from journey.rules import Binder
from journey.scope import Scope


def bare(question: FunnelQuestion) -> FunnelQuestion:
    """The same funnel, asked only who went how far."""
    return replace(question, breakdown=None, value=None, times=False, trend=None)


def refuse_values(question: FunnelQuestion, what: str) -> None:
    """Raises QuestionError where the unit is no customer's: then there is no timeline to look at."""
    if question.count_by.startswith("property:"):
        raise QuestionError(
            f"{what} look at what customers did, and this funnel counts {question.count_by.removeprefix('property:')!r}. "
            "Count customers or sessions."
        )


def tell_entrants(binder: Binder, question: FunnelQuestion, scope: Scope) -> tuple[Story, Terms]:
    """The story up to `entrants`: unit, customer, seq and t_0 of the first entry, t_end (ms, null where it did not convert)."""
    terms = read_terms(binder, bare(question), scope)
    first = _first_only(terms)
    story = tell_counted(first)
    story.chapters.insert(0, _entries(terms))
    binder.params["until"] = data_until(binder.con) or 0
    closed = f"\nwhere a.t_0 + {terms.window} <= $until" if terms.window else ""
    story.tell(
        "entrants",
        "who is judged: those whose window had closed by the end of the data" if closed else "who is judged",
        f"select n.unit, n.customer, n.seq, a.t_0, a.t_{terms.last} as t_end\nfrom answer a\njoin entries n on n.unit = a.unit{closed}",
    )
    return story, terms


def _entries(terms: Terms) -> str:
    starts = [terms.steps[0]]
    if terms.question.order == "unordered":
        starts = [terms.entry, "(" + " or ".join(terms.steps) + ")"]
    starts += [f"{held} is not null" for held in terms.held]
    story = Story()
    story.tell(
        "entries",
        "the first event of each unit in the scope that can be step 0",
        f"select unit, customer, ts, seq\nfrom (\n    select {terms.unit} as unit, e.customer, e.ts, e.seq,\n"
        f"        row_number() over (partition by {terms.unit} order by e.ts, e.seq) as nth\n"
        f"    from events e\n    where {' and '.join(starts)}\n) as starts\nwhere nth = 1",
    )
    return story.chapters[0]


def _first_only(terms: Terms) -> Terms:
    """The same terms, with no other entry than the first."""
    first = "e.seq in (select seq from entries)"
    if terms.question.order == "unordered":
        return replace(terms, entry=first)
    steps = (first, *terms.steps[1:])
    names = [terms.ties.kinds[kind].names for kind in terms.ties.kind_of]
    return replace(terms, steps=steps, ties=Ties(steps, names, terms.ties.alone))


def shown_id(question: FunnelQuestion, unit: str, customer: str) -> str:
    """Scalar SQL: the id that is shown of a unit, beside `customers {customer}`."""
    if question.count_by == "session":
        return f"concat({customer}.id, ', session ', {unit} % {SESSIONS_APART})"
    return f"{customer}.id"

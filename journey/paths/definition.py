"""How paths are counted, in a few sentences: every convention in force."""

from journey.paths.expand import told_expansions
from journey.paths.question import PathsQuestion, told_repeats
from journey.paths.vocabulary import DROP_OFF, OTHER, START
from journey.scope import Scope

TOLD_UNITS = {
    "session": "Each session is one path",
    "customer": "Each customer's first session that qualifies is one path",
    "history": "Each customer's whole history is one path",
}

TOLD_COMPARED = (
    " Differences are of shares of all paths of each group, with Newcombe's 95% interval, at the number of independent paths that their "
    "spread over customers is worth; q is adjusted for all flows of the picture (Benjamini and Hochberg)."
)


def define_paths(question: PathsQuestion, scope: Scope) -> str:
    """Every convention in force, in a few sentences."""
    unit = TOLD_UNITS[question.unit]
    over = f"one that begins later comes from {START}" if question.backwards else f"one that is over leads to {DROP_OFF}"
    thin = f" Links of fewer than {question.min_count:,} paths lead to {OTHER}." if question.min_count > 1 else ""
    column = f"each column keeps its {question.rows} commonest"
    if question.compare is not None:
        column += " by the mean of both groups' shares"
        thin = thin.replace("paths lead", "paths of both groups together lead")
    more = f" Hidden: {', '.join(question.hide)}." if question.hide else ""
    more += told_expansions(question.expand) + (TOLD_COMPARED if question.compare is not None else "")
    if question.unit == "session":
        more += " A count is of sessions; the list behind it names each of their customers once."
    return (
        f"{unit}, {_stretch(question)}; {told_repeats(question.collapse_repeats)}. "
        f"Columns are its {'last' if question.backwards else 'first'} {question.steps} events: {column}, "
        f"the rest is {OTHER}; {over}.{thin}{more} Paths are selected by the time of their first event, {scope.timezone}."
    )


def _stretch(question: PathsQuestion) -> str:
    if question.start is None:
        return "from its first event" if question.end is None else f"up to the first {question.end!r} in it"
    begin = f"from the first {question.start!r} in it"
    return begin if question.end is None else f"{begin} to the next {question.end!r}"

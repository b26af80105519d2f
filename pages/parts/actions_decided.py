"""What a press of a button does to proposals, and what became of it, told where it was pressed."""

from collections.abc import Sequence

import streamlit as st

from journey.actions.ledger import Refused, decide_all
from journey.charts.words import count, several
from journey.errors import JourneyError
from journey.scope import wall_clock
from journey.warehouse import Warehouse
from pages.parts.actions_person import UNNAMED, person
from pages.parts.actions_reasons import forget_reasons
from pages.parts.text import literal
from pages.parts.workspace import warehouse

TURN = "ledger_turn"  # how often this session wrote to the ledger: tables begin anew, without the rows selected before
DONE = "ledger_done"
SHOWN = 5


def at_now() -> int:
    """ms, by the clock of the machine."""
    return wall_clock()


def deciding() -> Warehouse:
    """A cursor for what a press does: the run that drew the button, and has one of its own, may not have ended yet."""
    return warehouse().cursor()


def decide_these(keys: Sequence[str], verdict: str, reason: str, place: str) -> None:
    """A callback: the same decision on each; what the ledger refuses is told with its reason.

    verdict: approved | rejected | released, the last of what was held.
    """
    by = person()
    if not by:
        tell(place, UNNAMED, good=False)
        return
    try:
        found = decide_all(deciding(), keys, verdict, by=by, reason=reason)
    except JourneyError as fault:
        tell(place, str(fault), good=False)
        return
    lines = [f"{several(len(found.done), 'proposal')} {verdict} by {by}."] if found.done else []
    if found.known:
        lines.append(f"{several(len(found.known), 'was', 'were')} decided so before.")
    lines += refusals_told(found.refused)
    tell(place, " ".join(lines), good=not found.refused)


def refusals_told(refused: Sequence[Refused]) -> list[str]:
    """Who was refused and by which guardrail, the first five."""
    lines = [f"Refused for {each.customer_id}: {each.why}" for each in refused[:SHOWN]]
    return [*lines, f"And {count(len(refused) - SHOWN)} more were refused."] if len(refused) > SHOWN else lines


def tell(place: str, sentence: str, *, good: bool = True) -> None:
    """Keep what became of a press for the next run of the page."""
    st.session_state[DONE] = (place, sentence, good)
    begin_anew()


def begin_anew() -> None:
    """A callback's: tables without the rows selected before, boxes for reasons empty and closed."""
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    forget_reasons()


def show_done(place: str) -> None:
    """What became of the last press here, once."""
    kept = st.session_state.get(DONE)
    if kept is None or kept[0] != place:
        return
    st.session_state.pop(DONE)
    _, sentence, good = kept
    st.markdown(f":material/{'check_circle' if good else 'error'}: {literal(sentence)}")

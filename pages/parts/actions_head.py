"""Where the actions stand, in one sentence: what waits for a person, what it is worth, and what is proven to work."""

from collections.abc import Mapping

import streamlit as st

from journey.actions.catalog import ActionCatalog, actions_in_force
from journey.actions.effects import Effect, effects_of
from journey.actions.ledger import queue
from journey.actions.triggers import Offered, measure_offered
from journey.charts.actions_said import actions_caption, actions_sentence
from journey.charts.words import moment
from journey.errors import JourneyError
from journey.rules.match import Binder
from journey.rules.segment import as_of
from journey.scope import Scope
from journey.warehouse import setting
from pages.parts.actions_consent import show_unsaid
from pages.parts.actions_person import name_person
from pages.parts.actions_text import edit_text, show_versions
from pages.parts.frame import Page, literal, measured, say


def catalog_of(page: Page) -> ActionCatalog | None:
    """The catalog in force; None, with the sentence why and its text to mend, where an edited one cannot be read."""
    try:
        return actions_in_force(page.con)
    except JourneyError as fault:
        say(
            "The catalog of actions cannot be read.",
            "Nothing is proposed until its text is mended, or an earlier version is taken up again.",
        )
        st.error(literal(fault), icon=":material/error:")
        name_person()
        edit_text(page)
        show_versions(page)
        return None


def everybody(page: Page) -> Scope:
    """All of the log: an effect and who is due are the same whoever is looked at."""
    return Scope(timezone=page.scope.timezone)


def effects_by_action(page: Page, catalog: ActionCatalog) -> Mapping[str, Effect]:
    """What each action adds over all stages."""
    found = effects_of(page.con, catalog, everybody(page))
    return {action.name: found.of(action.name) for action in catalog.actions}


def moment_of(page: Page) -> int:
    """The moment before which facts are seen, ms: just after the last event."""
    return as_of(Binder(page.con), everybody(page))


def look_ahead(page: Page, catalog: ActionCatalog) -> None:
    """What every view needs, found with a word about it, as it takes a while the first time."""
    with st.spinner("Looking at what each action adds, and for whom it is due …", show_time=True):
        effects_by_action(page, catalog)
        measured(page, measure_offered, None)


def say_where_things_stand(page: Page, catalog: ActionCatalog) -> None:
    waiting = queue(page.con, "waiting", None)
    values = [entry.proposal.expected_value for entry in waiting]
    known = [value for value in values if value is not None]
    worth = sum(known) if known and len(known) == len(values) else None
    held = len(queue(page.con, "held", None))
    sentence = actions_sentence(catalog, effects_by_action(page, catalog), len(waiting), worth, setting(page.con, "currency"), held)
    until = f"data until {moment(moment_of(page) - 1, page.scope.timezone)}"
    offered: Offered = measured(page, measure_offered, None)
    say(sentence, actions_caption(catalog, len(offered.anybody), page.segment_label, until))
    show_unsaid(page, catalog)

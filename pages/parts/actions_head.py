"""Where the actions stand, in one sentence: what waits for a person, what it is worth, and what is proven to work."""

from journey.actions.catalog import ActionCatalog, actions_in_force
from journey.charts.actions_said import actions_caption, actions_sentence
from pages.parts.frame import Page, say


def catalog_of(page: Page) -> ActionCatalog:
    """Raises: JourneyError: an edited text that cannot be read; the sentence names the entry and the way back."""
    return actions_in_force(page.con)


def say_where_things_stand(page: Page, catalog: ActionCatalog) -> None:
    say(actions_sentence(catalog), actions_caption(catalog, page.segment_label))

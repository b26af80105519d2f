"""What nobody measured and every future takes as certain: said beside the result, and made ranges with one press."""

from collections.abc import Mapping, Sequence

import streamlit as st

from journey.charts.roi_said import certain_told
from journey.roi import NAMED, PUBLISHED
from pages.parts.roi_assumptions import Put
from pages.parts.roi_fields import BY_HAND, Entry, widen
from pages.parts.text import literal

CHOSEN = ("treated", "discount", "fade")  # what is decided on, or a way of reckoning: no future knows it better
HELD = ("assumed", BY_HAND)


def certain_of(put: Put) -> list[Entry]:
    """Single figures that nobody measured, in the order of the page; what leaves its input out is none."""
    return [
        entry
        for entry in put.entries
        if entry.source in HELD and entry.field.name not in CHOSEN and entry.plain not in (None, 0.0, NAMED[entry.field.name].default)
        if not isinstance(entry.plain, Mapping)
    ]


def certain_sentence(put: Put) -> str:
    """Nothing where the spread of the futures is all measured."""
    ranged = [entry for entry in put.entries if entry.source in HELD and isinstance(entry.plain, Mapping)]
    return certain_told(_names(certain_of(put)), _names(ranged))


def show_certain(put: Put) -> None:
    """The sentence, and the press."""
    told, firm = certain_sentence(put), certain_of(put)
    if not told:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(literal(told), width="stretch")
        if firm and put.model != PUBLISHED:  # whose own figures are no ranges
            st.button(
                "Make them ranges" if len(firm) > 1 else "Make it a range",
                key="roi_widen",
                type="tertiary",
                icon=":material/expand:",
                help="From a quarter below to a quarter above, as P10 and P90. How wide is assumed as well: move the ends.",
                on_click=widen,
                args=([(entry.field, entry.plain) for entry in firm],),
            )


def _names(entries: Sequence[Entry]) -> list[str]:
    return [entry.field.assumption.label.lower() for entry in entries]

"""What is loaded, how good it is, what waits: and how more is loaded."""

import streamlit as st

from journey.ingest.holdings import measure_holdings
from pages.parts.data_held import show_held
from pages.parts.data_identity import show_identity
from pages.parts.data_load import show_load
from pages.parts.data_open import answer_caption, answer_sentence, choose_section, open_data
from pages.parts.data_quality import show_quality
from pages.parts.data_quarantine import show_quarantine
from pages.parts.data_receipt import show_progress, show_receipt
from pages.parts.data_start import show_start, start_sentence
from pages.parts.frame import say, sentences

SHOW = {"held": show_held, "load": show_load, "quality": show_quality, "quarantine": show_quarantine, "identity": show_identity}

with sentences():
    page = open_data()
    held = measure_holdings(page.con)
    if not held.customers and not held.loads:
        st.title("Data", anchor=False)
        say(start_sentence(), "Everything stays on this machine.")
        show_progress(page)
        show_receipt(page)
        show_start(page, held)
    else:
        section = choose_section()
        say(answer_sentence(held, page.scope.timezone), answer_caption(held, page.scope.timezone))
        show_progress(page)
        show_receipt(page)
        SHOW[section](page, held)

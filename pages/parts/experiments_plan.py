"""Planning an experiment: what is to be found out, how it is counted, and how long that takes."""

from streamlit.delta_generator import DeltaGenerator

from pages.parts.frame import Page, say


def show_plan(page: Page, answer: DeltaGenerator) -> None:
    with answer:
        say("An experiment is planned before anybody looks at it.", f"{page.segment_label} · {page.period_label}")

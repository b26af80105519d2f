"""One page to hand on: the result and all that it rests on, as a file that opens and prints anywhere."""

import json
from collections.abc import Sequence

import streamlit as st

from journey.answers import data_until
from journey.charts.roi_rows import SILENT, must_be_sentence, needs_told
from journey.charts.roi_said import LOST_ON, course_of, payback_of, roi_caption, roi_cards, roi_sentence
from journey.charts.roi_summary import Brief, write_summary
from journey.charts.roi_told import told_plain
from journey.charts.words import between, date, moment, money
from journey.roi import Roi
from journey.scope import wall_clock
from pages.parts.frame import Page
from pages.parts.roi_assumptions import Put
from pages.parts.roi_certain import certain_of, certain_sentence
from pages.parts.roi_fields import Entry, source_told
from pages.parts.workspace import answer


def offer_summary(page: Page, put: Put, roi: Roi, corrected: Roi | None) -> None:
    """The file is written when it is asked for."""
    st.download_button(
        "**One-page summary**",
        lambda: write_summary(brief_of(page, put, roi, corrected)),
        file_name="roi_summary.html",
        mime="text/html",
        key="roi_summary",
        icon=":material/print:",
        on_click="ignore",
        help="A file of its own with the result, its assumptions and their sources. It opens in any browser and prints on one page.",
    )


def brief_of(page: Page, put: Put, roi: Roi, corrected: Roi | None) -> Brief:
    """corrected: what is drawn beside the published calculator's own sentence."""
    shown = corrected or roi
    middle, band = course_of(shown)
    return Brief(
        title=put.about,
        answer=roi_sentence(roi, put.limit, corrected, len(certain_of(put))),
        caption=roi_caption(shown, "", page.segment_label),
        cards=[(name, value, beside) for name, value, beside, _ in roi_cards(shown, put.limit)],
        assumptions=_rows(put.entries, shown),
        middle=middle,
        band=band,
        payback=payback_of(shown),
        currency=shown.currency,
        remarks=[
            *filter(None, [certain_sentence(put)]),
            *(put.taken.cautions if put.taken else ()),
            *shown.evidence.warnings,
            must_be_sentence(shown),
            roi.note,
        ],
        method=f"{LOST_ON} {shown.evidence.definition}",
        made=_made(page),
        question=json.dumps({"ask": "roi", **shown.question.as_plain()}, ensure_ascii=False),
    )


def _made(page: Page) -> str:
    zone, until = page.scope.timezone, answer(page.con, page.version, data_until)
    told = f" · data until {moment(until, zone)} ({zone})" if until is not None else ""
    return f"Made on {date(wall_clock(), zone)}{told} · the question below repeats it: python -m journey ask question.json"


def _rows(entries: Sequence[Entry], roi: Roi) -> list[tuple[str, str, str, str, str]]:
    """What was said, in the order of the page; what leaves itself out is not told."""
    needs = {one.input: one for one in roi.break_even}
    ends = {one.input: between(money(one.low, roi.currency), money(one.high, roi.currency)) for one in roi.tornado}
    return [
        (
            entry.field.assumption.label,
            told_plain(roi.question, entry.field.name, entry.plain, roi.currency),
            source_told(entry.field, entry.source, roi.currency),
            ends.get(entry.field.name, ""),
            needs_told(roi, needs[entry.field.name]),
        )
        for entry in entries
        if entry.plain is not None and entry.field.name in needs and not (entry.field.name in SILENT and not entry.plain)
    ]

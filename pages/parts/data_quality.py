"""What is wrong with the data, how badly, and which answers it touches."""

from typing import Literal

import polars as pl
import streamlit as st

from journey.charts.words import count, percent, several
from journey.ingest.checks import Finding
from journey.ingest.holdings import Holdings
from journey.ingest.quality import Quality, measure_quality
from pages.parts.frame import Page, counted, download_table, literal
from pages.parts.workspace import answer

# severity -> (badge colour, icon, word): the word and the icon say it too, never the colour alone
GRAVITY: dict[str, tuple[Literal["red", "orange", "gray"], str, str]] = {
    "high": ("red", ":material/error:", "High"),
    "medium": ("orange", ":material/warning:", "Medium"),
    "low": ("gray", ":material/info:", "Low"),
}


def show_quality(page: Page, held: Holdings) -> None:
    """One card per finding, the gravest first."""
    with st.spinner("Checking every event"):
        quality = answer(page.con, page.version, measure_quality)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(literal(quality_sentence(quality)), anchor=False, width="stretch")
        if quality.findings:
            download_table("quality", findings_frame(quality))
    for at, finding in enumerate(quality.findings):
        _show(finding, at)
    if held.events:
        counted(page, quality.evidence, "quality_counted")


def quality_sentence(quality: Quality) -> str:
    """How many findings there are and how many of them are grave."""
    if not quality.evidence.data_until:
        return "There are no events to check yet."
    if not quality.findings:
        return "Every check passed: nothing was found."
    grave = sum(finding.severity == "high" for finding in quality.findings)
    gravest = f"{count(grave)} of them high" if grave else "none of them high"
    return f"{several(len(quality.findings), 'finding')}, {gravest}"


def _show(finding: Finding, at: int) -> None:
    colour, icon, word = GRAVITY[finding.severity]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.badge(word, icon=icon, color=colour, width=92)
        with st.container(gap="xxsmall", width="stretch"):
            st.markdown(literal(finding.what))
            st.caption(literal(_told(finding)))
        if finding.examples:
            with st.popover("Examples", icon=":material/visibility:", type="tertiary"):
                examples = pl.DataFrame(list(finding.examples), infer_schema_length=None)
                st.dataframe(examples, hide_index=True, key=f"finding_{at}", width=460)


def _told(finding: Finding) -> str:
    share = f" ({percent(finding.share)} of all)" if finding.share is not None else ""
    return f"{count(finding.count)} {finding.of}{share} · touches {', '.join(finding.touches)}"


def findings_frame(quality: Quality) -> pl.DataFrame:
    """One row per finding, the gravest first."""
    return pl.DataFrame(
        {
            "severity": [finding.severity for finding in quality.findings],
            "finding": [finding.what for finding in quality.findings],
            "count": [finding.count for finding in quality.findings],
            "of": [finding.of for finding in quality.findings],
            "share": [finding.share for finding in quality.findings],
            "touches": [", ".join(finding.touches) for finding in quality.findings],
        },
        schema_overrides={"share": pl.Float64},
    )

"""What a load is doing while it runs, and what became of every row when it is done."""

from collections.abc import Sequence

import streamlit as st

from journey.charts.words import count, several, span
from journey.ingest.ledger import LoadReceipt
from pages.parts import data_job
from pages.parts.data_job import Job
from pages.parts.frame import Page, literal

KEPT = "data_job"


def follow(job: Job | None) -> None:
    """Remember the load that this session started, so that its receipt is shown here; None: another one is running."""
    if job is None:
        st.session_state["data_turned_away"] = True
    else:
        st.session_state[KEPT] = job
        st.session_state.pop("data_turned_away", None)


def show_progress(page: Page) -> None:
    """The load under way, this session's or another's: rows, rows per second, time left."""
    if data_job.running() is None:
        return
    if st.session_state.pop("data_turned_away", False):
        st.caption("A load is already running; nothing was started twice.")
    _watch()


@st.fragment(run_every=0.4)
def _watch() -> None:
    job = data_job.running()
    if job is None:
        st.rerun(scope="app")
    status = st.status(literal(f"Loading {job.what}"), expanded=True)  # not as a context: leaving one would say that it is complete
    status.progress(_share(job), text=literal(_pace(job)))
    status.caption("It goes on when you leave this page. It is kept whole or not at all.")


def _share(job: Job) -> float:
    return min(1.0, job.done / job.total) if job.total else 0.0


def _pace(job: Job) -> str:
    """ "Reading rows · 412,000 of 1,000,000 rows · 820,000 rows a second · 1 s left"."""
    parts = [job.stage]
    unit = "days" if job.stage.endswith("days") else "rows"  # the simulated shop is drawn a day at a time
    if job.done:
        parts.append(f"{count(job.done)} of {count(job.total)} {unit}" if job.total else f"{count(job.done)} {unit}")
    if job.pace:
        parts.append(f"{count(job.pace)} {unit} a second")
        if job.total and job.total > job.done:
            parts.append(f"about {span((job.total - job.done) / job.pace)} left")
    else:
        parts.append(span(job.elapsed))
    return " · ".join(parts)


def show_receipt(page: Page) -> None:
    """What became of every row of the load that this session started; it stays until it is put away."""
    job: Job | None = st.session_state.get(KEPT)
    if job is None or job.running:
        return
    with st.container(border=True):
        if job.fault is not None:
            st.error(literal(job.fault), icon=":material/error:")
        else:
            _done(job)
        with st.container(horizontal=True, vertical_alignment="center"):
            if job.fault is None:
                st.page_link("overview.py", label="Go to the overview", icon=":material/home:")
            st.button("Put this away", key="receipt_away", type="tertiary", icon=":material/close:", on_click=_put_away)


def _put_away() -> None:
    st.session_state.pop(KEPT, None)


def _done(job: Job) -> None:
    receipts = job.result if isinstance(job.result, list | tuple) else [job.result]
    nothing_new = all(receipt.already_loaded for receipt in receipts)
    head = f"Nothing new in {job.what}" if nothing_new else f"Loaded {job.what} in {span(job.elapsed)}"
    st.subheader(literal(head), anchor=False)
    _figures(receipts[0])
    with st.container(gap="xxsmall"):
        for receipt in receipts[1:]:
            st.caption(literal(in_words(receipt)))
        for told in told_about(receipts):
            st.caption(literal(told))


def _figures(receipt: LoadReceipt) -> None:
    """received = stored + duplicates + quarantined, in figures."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for sign, label, rows in equation(receipt):
            if sign:
                st.markdown(f"**{sign}**", width="content")
            st.metric(label, count(rows), width="content")


def in_words(receipt: LoadReceipt) -> str:
    """The same in a line: "Customers: 11,703 rows received = 11,703 stored + 0 duplicates + 0 in quarantine"."""
    terms = (f"{sign} {count(rows)} {label}".strip() for sign, label, rows in equation(receipt))
    return f"{receipt.kind.capitalize()}: {' '.join(terms)}"


def equation(receipt: LoadReceipt) -> tuple[tuple[str, str, int], ...]:
    """(sign before it, label, rows): the terms of received = stored + duplicates + quarantined."""
    return (
        ("", "rows received", receipt.received),
        ("=", "stored", receipt.stored),
        ("+", "duplicates", receipt.duplicates),
        ("+", "in quarantine", receipt.quarantined),
    )


def told_about(receipts: Sequence[LoadReceipt]) -> tuple[str, ...]:
    """Whose they are, how fast, and what deserves a look: plain sentences.  People are those of the whole workspace afterwards."""
    first, last = receipts[0], receipts[-1]
    people = f"{several(last.ids, 'id')} {'is' if last.ids == 1 else 'are'} {several(last.people, 'person', 'people')}."
    pace = f"{count(first.rows_per_second)} rows a second." if first.rows_per_second else ""
    quarantine = "Rows in quarantine can be read, and downloaded, under Quarantine." if any(one.quarantined for one in receipts) else ""
    flagged = [told for one in receipts for told in (*one.warnings, *one.flags)]
    return tuple(told for told in (f"{people} {pace}".strip(), quarantine, *flagged) if told)

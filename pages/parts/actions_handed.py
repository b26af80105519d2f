"""What was approved and waits to be handed over, as a file for the system that does it; and runs that can be taken back."""

from collections.abc import Sequence

import streamlit as st

from journey.actions.catalog import ActionCatalog
from journey.actions.delivery import FORMATS, Audience, Export, export, exports
from journey.actions.ledger import Entry, queue, withdraw
from journey.charts.actions_queue_said import by_run, left_out_told, run_told, withdrawn_told
from journey.charts.words import count, moment, several
from journey.errors import JourneyError
from pages.parts.actions_decided import at_now, deciding, show_done, tell
from pages.parts.actions_person import UNNAMED, person
from pages.parts.frame import Page
from pages.parts.text import literal

MOST = 5_000
MADE = "queue_export_made"
ALL = "all"
MIMES = {"csv": "text/csv", "json": "application/json"}


def show_approved(page: Page, catalog: ActionCatalog) -> None:
    """How many are approved, and the file of them."""
    entries = queue(page.con, "approved", MOST)
    made = exports(page.con)
    if not entries and not made:
        return
    with st.container(border=True, key="queue_approved"):
        with st.container(horizontal=True):
            st.subheader(f"{several(len(entries), 'proposal')} approved and not handed over yet", anchor=False)
        st.caption(
            "A file holds each with its customer, stage, scores, message, the hour to send it from and the key that makes it one. "
            "What is in a file is marked as exported and never exported again as new."
        )
        show_done("approved")
        if entries:
            _offer_export(page, entries)
        _download(page)
        if made:
            _made(page, [(one.key, f"{moment(one.made_at, page.scope.timezone)}, {several(one.customers, 'customer')}") for one in made])


def _offer_export(page: Page, entries: Sequence[Entry]) -> None:
    names = sorted({entry.proposal.action for entry in entries})
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        action = st.selectbox(
            "Of which action",
            [ALL, *names],
            key="export_action",
            format_func=lambda name: "All actions" if name == ALL else name,
            width=220,
        )
        kind = st.segmented_control("As", FORMATS, default=FORMATS[0], required=True, key="export_format", format_func=str.upper)
        n = sum(action in (ALL, entry.proposal.action) for entry in entries)
        st.button(
            f"**Export {count(n)}**",
            key="queue_export",
            icon=":material/file_export:",
            on_click=_export,
            args=(None if action == ALL else action, kind or FORMATS[0]),
        )


def _export(action: str | None, kind: str, key: str | None = None) -> None:
    """A callback: make the file, mark what is in it, and hold it for the download."""
    by = person()
    if not by:
        tell("approved", UNNAMED, good=False)
        return
    try:
        made = export(deciding(), Audience(action=action), kind, by=by, at=at_now(), key=key)
    except JourneyError as fault:
        tell("approved", str(fault), good=False)
        return
    st.session_state[MADE] = made
    tell("approved", left_out_told(made.customers, made.left_out), good=True)


def _download(page: Page) -> None:
    made: Export | None = st.session_state.get(MADE)
    if made is None or not made.customers:
        return
    st.download_button(
        f"Download {literal(made.name)}",
        made.content,
        file_name=made.name,
        mime=MIMES.get(made.name.rsplit(".", 1)[-1], "text/plain"),
        key="queue_download",
        icon=":material/download:",
        on_click="ignore",
    )


def _made(page: Page, made: Sequence[tuple[str, str]]) -> None:
    """Every file can be had again, the same list."""
    with st.popover("Earlier files", icon=":material/history:", type="tertiary"):
        told = dict(made)
        key = st.selectbox("File", list(told), format_func=told.__getitem__, key="export_again")
        kind = st.segmented_control("As", FORMATS, default=FORMATS[0], required=True, key="export_again_as", format_func=str.upper)
        st.button("Make it again", key="export_repeat", on_click=_export, args=(None, kind or FORMATS[0], key))


def show_runs(page: Page) -> None:
    """Take back what a run proposed and nobody handed over yet."""
    runs = by_run([entry for state in ("waiting", "held", "approved") for entry in queue(page.con, state, MOST)])
    if not runs:
        return
    with st.expander(f"Roll back a run ({several(len(runs), 'run')} with open proposals)", icon=":material/undo:", key="queue_runs"):
        st.caption("Everything of it that was not handed over is withdrawn; what was sent cannot be called back. The ledger keeps both.")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            run = st.selectbox("Run", list(runs), key="runs_run", format_func=lambda name: run_told(name, runs[name]), width=360)
            reason = st.text_input("Why", key="runs_why", max_chars=300, placeholder="What was wrong with it?", width=300)
            st.button(
                f"Withdraw {count(len(runs.get(run, ())))}",
                key="runs_withdraw",
                icon=":material/undo:",
                disabled=not (reason or "").strip(),
                on_click=_withdraw,
                args=(run, reason),
            )
        show_done("runs")


def _withdraw(run: str, reason: str) -> None:
    by = person()
    if not by:
        tell("runs", UNNAMED, good=False)
        return
    try:
        found = withdraw(deciding(), run=run, by=by, reason=reason)
    except JourneyError as fault:
        tell("runs", str(fault), good=False)
        return
    tell("queue", withdrawn_told(found, run, by))

"""Loading: choose files, see their first rows, accept or correct what each column means, load."""

import re
from pathlib import Path
from typing import Any

import streamlit as st

from journey.charts.words import several, short
from journey.errors import JourneyError, LoadError
from journey.ingest import Preview, load_consent, load_customers, load_events, preview_file
from journey.ingest.holdings import Holdings
from journey.ingest.start_over import SIMULATED, make_room
from journey.warehouse import Warehouse, setting
from pages.parts import data_job
from pages.parts.data_job import Job
from pages.parts.data_mapping import choose_mapping, missing_roles
from pages.parts.data_options import choose_options
from pages.parts.data_receipt import follow
from pages.parts.data_source import Upload, choose_source, hand_over, kept_uploads, turn
from pages.parts.frame import Page, literal
from pages.parts.workspace import warehouse

UNPACKED = re.compile(r"/\S*journey-\w+/[\w.]*\w")  # the loader's own copy of a file, unpacked or cut to its first rows
LOADERS = {"events": load_events, "customers": load_customers, "consent": load_consent}


def show_load(page: Page, held: Holdings) -> None:
    """One card: source, preview, mapping, button; the first of them that is missing ends it."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Load your own files", anchor=False, width="stretch")
            options = choose_options()
        kind, paths = choose_source(page)
        if not paths:
            st.caption("CSV, Parquet or JSON lines, plain or gzipped. Nothing leaves this machine.")
            return
        preview = _previewed(paths, kind, options)
        if preview is None:
            return
        _first_rows(paths, preview)
        plain = choose_mapping(preview, kind) | options
        _button(page, kind, paths, plain)


def _previewed(paths: list[Path], kind: str, options: dict[str, Any]) -> Preview | None:
    """The preview of the first file; None, and its sentence, where it cannot be read."""
    try:
        with st.spinner("Looking at the file"):
            told = paths[0].stat()
            return _kept_preview(str(paths[0]), told.st_mtime_ns, told.st_size, kind, tuple(sorted(options.items())))
    except FileNotFoundError:
        st.error(literal(f"The file {paths[0].name} is not there any more. Choose it again."), icon=":material/error:")
    except JourneyError as fault:
        st.error(literal(by_name(str(fault), paths)), icon=":material/error:")
        st.caption("If the encoding or the delimiter was told wrongly, name it under File options above.")
    return None


@st.cache_data(max_entries=16, ttl=3600, show_spinner=False)
def _kept_preview(path: str, modified: int, size: int, kind: str, options: tuple[tuple[str, Any], ...]) -> Preview:
    """Looking at a file reads all of it once; a choice on the form must not read it again."""
    return preview_file(path, mapping=dict(options), kind=kind)


def by_name(sentence: str, paths: list[Path]) -> str:
    """The sentence with files by their names: where an upload is kept aside says nothing to a person."""
    for path in paths:
        sentence = sentence.replace(str(path), path.name)
    return UNPACKED.sub(lambda _: paths[0].name, sentence)


def _first_rows(paths: list[Path], preview: Preview) -> None:
    """The file as it was told, and its first rows as they stand in it."""
    name = short(paths[0].name, 60) + (f" and {several(len(paths) - 1, 'more file')}" if len(paths) > 1 else "")
    written = preview.format + (f", {preview.encoding}" if preview.encoding else "")
    told = [name, written, several(len(preview.columns), "column"), f"the first {several(preview.rows.height, 'row')}"]
    st.caption(literal(" · ".join(told)))
    st.dataframe(preview.rows, hide_index=True, height="content" if preview.rows.height < 6 else 218, alt="The first rows of the file")


def _button(page: Page, kind: str, paths: list[Path], plain: dict[str, Any]) -> None:
    missing = missing_roles(plain, kind)
    busy = data_job.running() is not None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"**Load {several(len(paths), 'file')}**",
            icon=":material/upload:",
            key="load_files",
            on_click=_start,
            args=(turn(), kind, paths, plain),
            disabled=bool(missing) or busy,
        )
        if missing:
            st.caption(literal(f"Still to be named: {', '.join(missing)}."))
        elif setting(page.con, SIMULATED, False):
            st.caption("Your files take the place of the simulated shop.")


def _start(ticket: int, kind: str, paths: list[Path], plain: dict[str, Any]) -> None:
    """A click that comes twice has the ticket of a form that is gone: it starts nothing."""
    if ticket != turn():
        return
    what = paths[0].name if len(paths) == 1 else several(len(paths), "file")

    def work(con: Warehouse, job: Job) -> Any:
        try:
            make_room(con)
            return LOADERS[kind](con, [str(path) for path in paths], plain, progress=job.tell)
        except LoadError as fault:
            raise LoadError(by_name(str(fault), paths)) from fault

    uploads = list(kept_uploads().values())
    job = data_job.start(what, warehouse(), work, lambda: _discard(uploads))
    follow(job)
    if job is not None:
        hand_over()


def _discard(uploads: list[Upload]) -> None:
    for upload in uploads:
        upload.discard()

"""Which files are to be loaded: uploaded ones, kept aside in the workspace until they are loaded, or those that lie in its inbox."""

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from journey.charts.words import several
from pages.parts.frame import Page

KINDS = {"events": "Events", "customers": "Customers", "consent": "Consent"}
PLACES = {"upload": "Upload", "inbox": "From the inbox"}
ENDINGS = ("csv", "tsv", "txt", "parquet", "jsonl", "ndjson", "json")
ABANDONED_S = 24 * 3600
SAYS = {
    "events": "One row per event: a customer, what happened, when. Other columns become properties.",
    "customers": "One row per customer. Its columns become properties of the customer, for segments and breakdowns.",
    "consent": "One row per customer and purpose: allowed or not, since when. What is unknown counts as no.",
}


def choose_source(page: Page) -> tuple[str, list[Path]]:
    """-> (kind, the files chosen so far)."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        kind = _one_of("What the files hold", KINDS, "kind")
        place = _one_of("Where they are", PLACES, "from")
    st.caption(SAYS[kind])
    return kind, _uploaded(page) if place == "upload" else _from_inbox(page)


def _one_of(label: str, options: dict[str, str], key: str) -> str:
    first = next(iter(options))
    chosen = st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        default=first,
        required=True,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
    )
    return chosen if chosen in options else first


def _uploaded(page: Page) -> list[Path]:
    uploads = st.file_uploader(
        "Files to load",
        type=[*ENDINGS, "gz"],
        accept_multiple_files=True,
        key=f"upload_{turn()}",
        max_upload_size=2048,
        label_visibility="collapsed",
    )
    kept = kept_uploads()
    present = {upload.file_id for upload in uploads}
    for gone in [file_id for file_id in kept if file_id not in present]:
        kept.pop(gone).discard()
    for upload in uploads:
        if upload.file_id not in kept:
            kept[upload.file_id] = _keep(page, upload)
    return [kept[upload.file_id].path for upload in uploads]


@dataclass(frozen=True)
class Upload:
    """A copy of an uploaded file in a folder of its own, which is deleted with this object, at the session's end at the latest."""

    folder: tempfile.TemporaryDirectory[str]
    path: Path

    def discard(self) -> None:
        self.folder.cleanup()


def kept_uploads() -> dict[str, Upload]:
    """What this session has uploaded and not yet loaded, by the uploader's file id."""
    kept: dict[str, Upload] = st.session_state.setdefault("uploads_kept", {})
    return kept


def _keep(page: Page, upload: UploadedFile) -> Upload:
    """A folder for each upload, so that two files of one name stay two; the name is the person's, never a path."""
    room = uploads_folder(page)
    _sweep(room)
    name = Path(upload.name.replace("\\", "/").replace("\x00", "")).name or "upload"
    folder = tempfile.TemporaryDirectory(dir=room, ignore_cleanup_errors=True)
    path = Path(folder.name) / name[-100:]
    with path.open("wb") as out:
        shutil.copyfileobj(upload, out)
    upload.seek(0)
    return Upload(folder, path)


def uploads_folder(page: Page) -> Path:
    """Inside the workspace, so that what was uploaded never leaves the disk that it is to be kept on."""
    room = (page.con.folder or Path(tempfile.gettempdir()) / "journey") / "tmp" / "uploads"
    room.mkdir(parents=True, exist_ok=True)
    return room


def turn() -> int:
    """The number of the form: it rises when its files have gone off to be loaded."""
    return int(st.session_state.get("uploads_done", 0))


def hand_over() -> None:
    """The form starts anew: its uploads are the business of the load that took them, and are deleted when it ends."""
    st.session_state["uploads_kept"] = {}
    st.session_state["uploads_done"] = turn() + 1


def _sweep(room: Path) -> None:
    """Uploads that a process left behind when it was ended hard."""
    for folder in room.iterdir():
        if time.time() - folder.stat().st_mtime > ABANDONED_S:
            shutil.rmtree(folder, ignore_errors=True)


def _from_inbox(page: Page) -> list[Path]:
    if page.con.folder is None:
        st.caption("This workspace lives in memory and has no inbox. Upload files instead.")
        return []
    inbox = page.con.folder / "inbox"
    found = inbox_files(inbox)
    if not found:
        st.caption("The inbox is empty. Put files into the folder below, and they can be picked here without an upload.")
        st.code(str(inbox), language=None)
        return []
    picked = st.multiselect(
        "Files in the inbox",
        list(found),
        key=f"inbox_{turn()}",
        placeholder=f"Choose from {several(len(found), 'file')} in {inbox}",
        label_visibility="collapsed",
    )
    return [found[name] for name in picked if name in found]


def inbox_files(inbox: Path) -> dict[str, Path]:
    """Name below the inbox -> file, in order of name; only real files of a kind that can be read, never a link out of it."""
    wanted = tuple(f".{ending}" for ending in ENDINGS) + tuple(f".{ending}.gz" for ending in ENDINGS)
    files = [path for path in sorted(inbox.rglob("*")) if path.is_file() and path.name.lower().endswith(wanted)]
    return {str(path.relative_to(inbox)): path for path in files if path.resolve().is_relative_to(inbox.resolve())}

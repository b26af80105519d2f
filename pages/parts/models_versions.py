"""Every version that was trained, what became of it and why; putting one in use, and going back to the one before."""

from collections.abc import Callable
from typing import Any

import polars as pl
import streamlit as st

from journey.charts.words import moment
from journey.predict.store import ModelCard, Record, roll_back, score
from journey.predict.store.states import promote
from journey.warehouse import Warehouse
from pages.parts import data_job
from pages.parts.data_job import TRAINING, Job
from pages.parts.frame import Page, download_table
from pages.parts.models_job import begin, train_button
from pages.parts.text import literal

BY_HAND = "Put in use by hand."
RULE = "A new version is put in use only where it beats the one in use, and what is known without a model, on the same later customers."


def show_versions(page: Page, card: ModelCard) -> None:
    """The changes, newest first, and what can be done: train again, put in use, go back."""
    with st.container(border=True, key="models_versions"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader("Versions", anchor=False, width="stretch")
            train_button(page, [card.name], "Train now", "models_train_now")
            if card.challenger is not None:
                _promote(card, card.challenger)
            if card.used is not None and earlier_in_use(card):
                _roll_back(card, card.used)
        rows = pl.DataFrame(
            {
                "Version": [change.version for change in reversed(card.history)],
                "Became": [{"champion": "in use"}.get(change.state, change.state) for change in reversed(card.history)],
                "When": [moment(change.at, page.scope.timezone) for change in reversed(card.history)],
                "Why": [change.reason for change in reversed(card.history)],
            }
        )
        st.dataframe(
            rows,
            hide_index=True,
            height="content" if rows.height < 7 else 250,
            key="models_history",
            column_config={"Why": st.column_config.TextColumn(width="large")},
        )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(
                RULE,
                width="stretch",
            )
            download_table("versions", rows)


def earlier_in_use(card: ModelCard) -> bool:
    """Whether another version was in use before."""
    return len({change.version for change in card.history if change.state == "champion"}) > 1


def _promote(card: ModelCard, challenger: Record) -> None:
    with st.popover("Put in use", icon=":material/publish:", type="tertiary"):
        instead = f" in place of version {card.used.version}" if card.used else ""
        st.markdown(literal(f"Version {challenger.version} of {card.name} would rank customers{instead}, and everybody is scored anew."))
        st.caption(literal(f"It did not prove itself: {card.history[-1].reason}" if card.history else ""))
        name, version = card.name, challenger.version

        def work(con: Warehouse, job: Job) -> str:
            job.tell(f"{name}: scoring customers", 0, 1)
            promote(con, name, version, BY_HAND)
            score(con, [name], explain=True)
            return f"{name}: version {version} is in use. {BY_HAND}"

        _confirm(f"Put version {version} in use", "models_promote", name, work)


def _roll_back(card: ModelCard, used: Record) -> None:
    with st.popover("Roll back", icon=":material/undo:", type="tertiary"):
        st.markdown(
            literal(f"Version {used.version} of {card.name} would be retired, and the version in use before it ranks customers again.")
        )
        st.caption("Everybody is scored anew. Nothing is deleted; it can be put in use again.")
        name = card.name

        def work(con: Warehouse, job: Job) -> str:
            job.tell(f"{name}: scoring customers", 0, 1)
            change = roll_back(con, name)
            return f"{name}: version {change.version} is in use again. {change.reason}"

        _confirm(f"Go back from version {used.version}", "models_back", name, work)


def _confirm(label: str, key: str, name: str, work: Callable[[Warehouse, Job], Any]) -> None:
    st.button(
        f"**{literal(label)}**",
        key=key,
        icon=":material/check:",
        on_click=begin,
        args=([name], work),
        disabled=data_job.running(TRAINING) is not None,
    )

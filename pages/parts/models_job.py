"""Training from the page: in a thread of its own, told of while it runs, and what became of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from journey.charts.models_said import UNTRIED, state_of
from journey.charts.words import several, span
from journey.predict.store import ModelCard, Trained, train
from journey.warehouse import Warehouse
from pages.parts import data_job
from pages.parts.data_job import TRAINING, Job
from pages.parts.frame import Page
from pages.parts.text import literal
from pages.parts.workspace import warehouse

FOLLOWED, TURNED_AWAY = "training_job", "training_turned_away"
STEPS = 3  # that training tells of each prediction: learning, comparing, scoring


def offer_training(page: Page, cards: Sequence[ModelCard], lacks: Mapping[str, str]) -> None:
    """The one thing to do where nothing was ever trained, or where the log may have grown enough."""
    fresh = [card.name for card in cards if state_of(card) == UNTRIED and card.name not in lacks]
    if data_job.running(TRAINING) is not None or not fresh:
        return
    never = not any(card.tried for card in cards)
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="medium", key="models_offer"):
        with st.container(width="stretch", gap="xxsmall"):
            st.subheader("Train the models on this log" if never else "Train what is new", anchor=False)
            st.caption(
                "Each prediction learns from past dates and is tested on later customers. It is put in use only where it beats what is "
                "known without a model; where the log holds too little, it says what is missing. It takes about ten seconds each."
            )
        train_button(page, fresh, f"Train {several(len(fresh), 'prediction')}", "models_train_all", main=True)


def train_button(page: Page, names: Sequence[str], label: str, key: str, main: bool = False) -> None:
    st.button(
        f"**{label}**" if main else label,
        key=key,
        icon=":material/model_training:",
        type="secondary" if main else "tertiary",
        on_click=begin,
        args=(list(names), _training(list(names))),
        disabled=data_job.running(TRAINING) is not None,
    )


def _training(names: Sequence[str]) -> Callable[[Warehouse, Job], Any]:
    def work(con: Warehouse, job: Job) -> tuple[Trained, ...]:
        told: list[Trained] = []
        for place, name in enumerate(names):
            steps = iter(range(STEPS))

            def tell(who: str, doing: str, place: int = place, steps: Any = steps) -> None:
                job.tell(f"{who}: {doing}", place * STEPS + next(steps, STEPS - 1), len(names) * STEPS)

            told += train(con, [name], tell)
        return tuple(told)

    return work


def begin(names: Sequence[str], work: Callable[[Warehouse, Job], Any]) -> None:
    """A callback: start the job and follow it; what pages keep is made anew when it ends."""
    what = names[0] if len(names) == 1 else several(len(names), "prediction")
    job = data_job.start(what, warehouse(), work, st.cache_data.clear, TRAINING)
    if job is None:
        st.session_state[TURNED_AWAY] = True
    else:
        st.session_state[FOLLOWED] = job


def show_training(page: Page) -> None:
    """The training under way, this session's or another's; or what became of the one that this session began."""
    if data_job.running(TRAINING) is not None:
        if st.session_state.pop(TURNED_AWAY, False):
            st.caption("A training is already running; nothing was started twice.")
        _watch()
        return
    job: Job | None = st.session_state.get(FOLLOWED)
    if job is None or job.running:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="medium", key="models_done"):
        with st.container(width="stretch", gap="xxsmall"):
            if job.fault is not None:
                st.error(literal(job.fault), icon=":material/error:")
            else:
                st.subheader(literal(f"Done in {span(job.elapsed)}: {job.what}"), anchor=False)
                for line in outcome_told(job.result):
                    st.caption(literal(line))
        st.button("Put this away", key="models_done_away", type="tertiary", icon=":material/close:", on_click=_put_away)


def outcome_told(result: Any) -> list[str]:
    """A line for each prediction that was trained, or the sentence of another change."""
    if isinstance(result, str):
        return [result]
    return [one.sentence for one in result or ()]


def _put_away() -> None:
    st.session_state.pop(FOLLOWED, None)


@st.fragment(run_every=0.5)
def _watch() -> None:
    job = data_job.running(TRAINING)
    if job is None:
        st.rerun(scope="app")
    status = st.status(literal(f"Training {job.what}"), expanded=True)  # not as a context: leaving one would say that it is complete
    status.progress(min(1.0, job.done / job.total) if job.total else 0.0, text=literal(f"{job.stage} · {span(job.elapsed)}"))
    status.caption("It goes on when you leave this page; the models in use stay in use until a better one is proved.")

"""How often statements about the next stage and the next event were right: each in brief, tried when it is asked for."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from journey.charts.following import accuracy_figure, describe_accuracy
from journey.charts.following_said import accuracy_caption, accuracy_sentence
from journey.charts.stages_accuracy import describe_methods, methods_figure
from journey.charts.stages_accuracy_said import accuracy_caption as stages_caption
from journey.charts.stages_accuracy_said import accuracy_sentence as stages_sentence
from journey.predict.following import Accuracy, AccuracyQuestion, Followed, measure_next_accuracy
from journey.stages.accuracy import StageAccuracy, StageAccuracyQuestion, measure_stage_accuracy
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, measured
from pages.parts.text import literal
from pages.parts.workspace import derived

TRY_STAGES, TRY_EVENTS = "try_stages", "try_events"


def show_elsewhere(page: Page) -> None:
    """Two compact cards; each is tried by a switch, since it takes some seconds, and links to its page."""
    left, right = st.columns(2)
    with left:
        _card(
            page,
            ("The stage some weeks later", TRY_STAGES, "journey_map.py", "Journey map", ":material/route:"),
            "The rules' own moves, a learned classifier and “stays where it is”, told on past dates and held to what came.",
            _stages,
        )
    with right:
        _card(
            page,
            ("The next event", TRY_EVENTS, "paths.py", "Paths", ":material/account_tree:"),
            "What came last, the commonest, the same again and boosted trees, told on later moments and held to what came.",
            _events,
        )


def _card(page: Page, named: tuple[str, str, str, str, str], told: str, show: Callable[[Page], None]) -> None:
    title, key, script, label, icon = named
    with st.container(border=True, height="stretch", key=f"models_{key}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(title, anchor=False, width="stretch")
            st.page_link(script, label=label, icon=icon)
        if st.toggle("Try it on past dates", key=key, bind="query-params"):
            show(page)
        else:
            st.caption(told)


def _stages(page: Page) -> None:
    with st.spinner("Learning from past windows, and trying each method on what came after …", show_time=True):
        found: StageAccuracy = measured(page, measure_stage_accuracy, StageAccuracyQuestion())
    st.markdown(literal(stages_sentence(found)))
    if found.used is not None:
        draw(derived(methods_figure, found), "models_stages", alt=describe_methods(found.methods))
        st.caption(literal(stages_caption(found, page.scope.timezone)))
    counted(page, found.evidence, "counted_models_stages", _asked(page, {"ask": "stage_accuracy"}))


def _events(page: Page) -> None:
    with st.spinner("Learning from the earlier moments, and trying each method on the later …", show_time=True):
        found: Accuracy = measured(page, measure_next_accuracy, AccuracyQuestion(Followed()))
    st.markdown(literal(accuracy_sentence(found)))
    if found.scores:
        draw(derived(accuracy_figure, found), "models_events", alt=describe_accuracy(found))
        st.caption(literal(accuracy_caption(found, page.scope.timezone)))
    counted(page, found.evidence, "counted_models_events", _asked(page, {"ask": "next_accuracy", "of": "event"}))


def _asked(page: Page, question: dict[str, Any]) -> dict[str, Any]:
    return question if page.scope.timezone == "UTC" else question | {"scope": {"timezone": page.scope.timezone}}

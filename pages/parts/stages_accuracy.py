"""How often statements about the following stage were right: tried on past dates, when a person asks for it."""

from typing import Any

import polars as pl
import streamlit as st

from journey.charts.stages_accuracy import describe_methods, describe_reliability, methods_figure, reliability_figure
from journey.charts.stages_accuracy_said import METHOD_NAMES, accuracy_caption, accuracy_sentence, calibration_sentence, most_frequent
from journey.charts.words import count, date
from journey.rules.staged import StageRule
from journey.scope import Scope
from journey.stages.accuracy import StageAccuracy, StageAccuracyQuestion, measure_stage_accuracy, stage_accuracy_customers
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_table, measured
from pages.parts.people import show_people
from pages.parts.text import literal
from pages.parts.workspace import answer, derived

TRY, HORIZON, STAGE, ERROR = "stage_try", "stage_horizon", "stage_told", "stage_error"
HORIZONS = {"14d": 14, "28d": 28, "60d": 60}
DAY = 86_400_000


def show_accuracy(page: Page, rules: tuple[StageRule, ...]) -> None:
    """A card that begins with a switch: learning and trying takes some seconds, so it is not done unasked."""
    with st.container(border=True, key="stage_accuracy"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("How often the following stage was told right", anchor=False, width="stretch")
            horizon = st.segmented_control(
                "How much later",
                list(HORIZONS),
                default="28d",
                format_func=_days,
                key=HORIZON,
                bind="query-params",
                label_visibility="collapsed",
            )
            tried = st.toggle("Try it on past dates", key=TRY, bind="query-params")
        if not tried:
            st.caption("Each method says where customers will be, learns only from what was over by then, and is held to what came.")
            return
        scope = Scope(None, page.scope.stop, page.scope.timezone, page.scope.segment)
        question = StageAccuracyQuestion(horizon=HORIZONS.get(horizon or "28d", 28) * DAY, rules=rules)
        with st.spinner("Learning from past windows, and trying each method on what came after…"):
            found: StageAccuracy = measured(page, measure_stage_accuracy, question, scope)
        st.markdown(literal(accuracy_sentence(found)))
        if found.used is None:
            return
        st.caption(literal(accuracy_caption(found, page.scope.timezone)))
        mark = _shown(found, page.scope.timezone)
    if mark is not None:
        people = answer(page.con, page.version, stage_accuracy_customers, question, scope, mark)
        title = f"Told {mark['told']}, came to be {mark['true']}"
        plain: dict[str, Any] = {"horizon": question.horizon / 1000, "scope": scope.as_plain()}
        show_people(page, people, title, {"stage_accuracy": plain, **mark}, title[:80])
    counted(page, found.evidence, "counted_stage_accuracy")


def _shown(found: StageAccuracy, timezone: str) -> dict[str, Any] | None:
    left, right = st.columns([3, 2])
    method = found.of(found.used or "") or found.methods[0]
    with left:
        draw(derived(methods_figure, found), "stage_methods", alt=describe_methods(found.methods), min_width=480)
        mark = _choose_error(found, timezone)
    with right:
        if st.session_state.get(STAGE) not in found.stages:
            st.session_state.pop(STAGE, None)
        index = None if STAGE in st.session_state else most_frequent(found)
        stage = st.selectbox("Stage", found.stages, index=index or 0, key=STAGE, bind="query-params", label_visibility="collapsed")
        stage = stage or found.stages[0]
        calibration = next(one for one in method.calibration if one.stage == stage)
        st.caption(literal(calibration_sentence(method, stage)))
        draw(derived(reliability_figure, calibration), "stage_reliability", alt=describe_reliability(calibration))
    return mark


def _choose_error(found: StageAccuracy, timezone: str) -> dict[str, Any] | None:
    """The errors of the method in use at the last date, the most frequent first: who they are."""
    last = found.dates[-1]
    cells = sorted((cell for cell in last.cells if cell.method == found.used and cell.true != cell.told), key=lambda cell: -cell.customers)
    names = {f"Told {cell.told}, came to be {cell.true}: {count(cell.customers)}": cell for cell in cells}
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.session_state.get(ERROR) not in names:
            st.session_state.pop(ERROR, None)
        chosen = st.selectbox(
            "Errors",
            list(names),
            index=None,
            placeholder=f"Errors as of {date(last.as_of - 1, timezone)}: see who",
            key=ERROR,
            bind="query-params",
            label_visibility="collapsed",
            icon=":material/group:",
            width=380,
        )
        download_table("stage_accuracy", _table(found))
    if chosen not in names:
        return None
    cell = names[chosen]
    return {"as_of": last.as_plain()["as_of"], "method": cell.method, "true": cell.true, "told": cell.told}


def _table(found: StageAccuracy) -> pl.DataFrame:
    rows = [
        (METHOD_NAMES[one.name], *(getattr(one, name).value for name in ("accuracy", "macro_f1", "log_loss", "cost")), one.ece)
        for one in found.methods
    ]
    return pl.DataFrame(rows, schema=["method", "accuracy", "macro_f1", "log_loss", "cost", "ece"], orient="row")


def _days(key: str) -> str:
    return f"{HORIZONS[key]} days"

"""The proof of one model on later customers: its measures beside the baselines, whether chances hold, date after date."""

from typing import Any

import streamlit as st

from journey.charts.models import (
    baselines_figure,
    describe_baselines,
    describe_reliability,
    describe_stability,
    lift_told,
    reliability_figure,
    stability_figure,
)
from journey.charts.models_said import held_told, measures_table, stability_told
from journey.charts.words import between, count, date, decimal, delta, percent
from journey.predict.measures import Measured
from journey.predict.store import ModelCard
from journey.predict.store.again import asked_again, proof_evidence
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_table
from pages.parts.notes import Axis, noted, offer_to_hide
from pages.parts.text import literal
from pages.parts.workspace import answer, derived

OFF: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off"}


def show_measures(page: Page, card: ModelCard) -> None:
    """Five numbers, each with its interval or its baseline."""
    metrics = card.metrics
    if metrics is None:
        return
    recency = card.baselines["recency"]
    top = count(metrics.capacity)
    with st.grid(5, min_column_width=150, key="models_measures"):
        _number(f"Right among the first {top}", percent(metrics["precision_at_capacity"], 0), _span(metrics.found["precision_at_capacity"]))
        _number(
            "Came true for all",
            percent(metrics["base_rate"], 0),
            _span(metrics.found["base_rate"]),
            "The base rate: what choosing by chance would find.",
        )
        _number(
            f"Lift at {top}",
            lift_told(metrics),
            _times(metrics.found["lift_at_capacity"]),
            "How many times the base rate the first of the list hold.",
        )
        _number(
            "Pairs in the right order",
            percent(metrics["auc"], 0),
            f"recency alone {percent(recency['auc'], 0)}",
            "AUC: how often one for whom it came was given the higher chance.",
        )
        _number(
            "Chances off by",
            f"{decimal((metrics['ece'] or 0) * 100)} pts",
            _points(metrics.found["ece"]),
            "ECE: how far the share that came lies from the chance given, on average.",
        )


def _number(label: str, value: str, beside: str, help_text: str | None = None) -> None:
    st.metric(label, literal(value), delta(beside), help=help_text, border=True, height="stretch", **OFF)


def _span(found: Measured) -> str:
    return between(percent(found.interval[0], 0), percent(found.interval[1], 0)) if found.interval else found.why or "no interval"


def _times(found: Measured) -> str:
    return between(f"{decimal(found.interval[0])}×", f"{decimal(found.interval[1])}×") if found.interval else found.why or "no interval"


def _points(found: Measured) -> str:
    return (
        between(decimal(found.interval[0] * 100), f"{decimal(found.interval[1] * 100)} pts")
        if found.interval
        else found.why or "no interval"
    )


def show_proof(page: Page, card: ModelCard) -> None:
    """Three pictures, the table of every measure, and how it was counted."""
    record = card.shown
    if record is None or card.metrics is None:
        return
    left, middle, right = st.columns(3)
    with left, _card("Beside what is known without a model", "models_baselines"):
        st.caption("Filled: the model; hollow: how long they were quiet, alone; upright: the same chance for all.")
        draw(
            derived(baselines_figure, card.metrics, card.baselines),
            "models_baselines_chart",
            alt=describe_baselines(card.metrics, card.baselines),
        )
    with middle, _card("Does 30% mean 30%?", "models_reliability"):
        st.caption(literal(held_told(card)))
        draw(derived(reliability_figure, card.reliability), "models_reliability_chart", alt=describe_reliability(card.reliability))
    with right, _card("The same, date after date", "models_stability"):
        st.caption(literal(stability_told(card)))
        _stability(page, card)
    with st.expander("Every measure beside the baselines", icon=":material/table_rows:", key="models_table", on_change="rerun") as box:
        if box.open:
            table = measures_table(card)
            st.dataframe(
                table,
                hide_index=True,
                height="content",
                key="models_table_rows",
                column_config={"Measure": st.column_config.TextColumn(width="large")},
            )
            tested = f"{count(card.metrics.n)} customers as of {date(record.proof.as_of, page.scope.timezone)}"
            st.caption(literal(f"{tested}; it came true for {count(card.metrics.came)}."))
            download_table("measures", table)
    counted(page, answer(page.con, page.version, evidence_of, card.name, record.version), "counted_proof", asked_again(record))


def _stability(page: Page, card: ModelCard) -> None:
    """Test after test, on the days of the tests."""
    days, zone = tuple(one.as_of for one in card.stability), page.scope.timezone
    axis = Axis(min(days), max(days) + 1, tuple(sorted(days)), looks=True, width=330) if days else Axis(0, 0)
    picture = noted(page, "models_stability_chart", axis, stability_figure, card.stability, zone)
    draw(picture.figure, picture.name, alt=describe_stability(card.stability, zone) + picture.told)
    offer_to_hide(picture)


def evidence_of(con: Any, name: str, version: int) -> Any:
    """By name and version, which say the same as the record itself."""
    from journey.predict.store import kept_record

    return proof_evidence(con, kept_record(con, name, version))


def _card(title: str, key: str) -> Any:
    box = st.container(border=True, height="stretch", key=key)
    with box, st.container(horizontal=True):
        st.subheader(title, anchor=False)
    return box

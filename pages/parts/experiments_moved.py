"""Why a metric moved: the period against the one before, split into who came and how each group does, and what was tried then."""

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from journey.charts.experiments_moved import bars_of, describe_mix, mix_figure, mixed_rows, moved_sentence
from journey.charts.overview import moved_figure
from journey.charts.overview_words import compared_words, part_words, value_words
from journey.charts.words import several
from journey.metrics import Named, held_by, lacking, read_metrics
from journey.metrics.overview import split_properties
from journey.metrics.why import MovedQuestion, Why, measure_moved
from journey.warehouse import Warehouse
from pages.parts.charts import draw
from pages.parts.experiments_moved_behind import show_behind, show_ran
from pages.parts.frame import Page, counted, download_table, measured, say
from pages.parts.overview_kpis import question_of
from pages.parts.text import literal
from pages.parts.workspace import answer as answered
from pages.parts.workspace import derived, one_of

METRIC, BY, PARTS = "moved_metric", "moved_by", "moved_parts"
MIX, FACTORS = "Mix and rate", "By factor"


def show_moved(page: Page, answer: DeltaGenerator) -> None:
    choices = answered(page.con, page.version, ratios)
    if not choices:
        with answer:
            say("No metric of this log is a ratio, so none can be split into mix and rate.", f"{page.segment_label} · {page.period_label}")
        st.caption("A metric such as conversion or value per customer is needed: see metrics.toml, or map the revenue on the page Data.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        named = _choose_metric(choices)
        by = _choose_property(page)
    if page.before is None:
        _nothing_before(page, named, answer)
        return
    found: Why = measured(page, measure_moved, MovedQuestion(question_of(page, named, by)))
    with answer:
        told = (
            f"{page.period_label}{compared_words(found.metric)} · {several(found.evidence.population, 'customer')} · {page.segment_label}"
        )
        say(moved_sentence(named, found.metric, found.moved, found.why, found.judged, by), told)
    _card(found, named, by)
    _table(page, found, named, by)
    show_ran(page)
    counted(page, found.evidence, "moved_counted", _asked(page, named, by))


def ratios(con: Warehouse) -> tuple[Named, ...]:
    """The metrics of the catalog that are one number over another, and that the log holds."""
    held = held_by(con)
    return tuple(named for named in read_metrics(con) if named.shape.over is not None and lacking(named.shape, held) is None)


def _choose_metric(choices: tuple[Named, ...]) -> Named:
    names = [named.name for named in choices]
    if st.session_state.get(METRIC) not in (None, *names):
        st.session_state.pop(METRIC)
    chosen = st.selectbox(
        "Metric",
        names,
        key=METRIC,
        bind="query-params",
        persist_state="session",
        label_visibility="collapsed",
        icon=":material/monitoring:",
        width=240,
    )
    return choices[names.index(chosen)] if chosen in names else choices[0]


def _choose_property(page: Page) -> str | None:
    options = list(answered(page.con, page.version, split_properties))
    if not options:
        return None
    if st.session_state.get(BY) not in (None, *options):
        st.session_state.pop(BY)
    chosen = st.selectbox(
        "Divided by",
        options,
        key=BY,
        bind="query-params",
        persist_state="session",
        label_visibility="collapsed",
        icon=":material/category:",
        width=200,
    )
    return chosen if chosen in options else options[0]


def _nothing_before(page: Page, named: Named, answer: DeltaGenerator) -> None:
    why = page.no_comparison or "nothing is compared"
    with answer:
        say(f"{named.name} is looked at alone: {why}.", f"{page.period_label} · {page.segment_label}")
    with st.container(border=True, key="moved_nothing"):
        st.markdown("Choose a period shorter than the data, and what to compare it with, at the head of the page.")
    show_ran(page)


def _card(found: Why, named: Named, by: str | None) -> None:
    """The bars: mix and each group's rate, or each factor of the metric; with a sentence where there is nothing to draw."""
    moved, metric = found.moved, found.metric
    with st.container(border=True, key="moved_card"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader("What moved it", anchor=False, width="stretch")
            kinds = [MIX, FACTORS] if moved and moved.mixed and by else [FACTORS]
            kind = kinds[0]
            if len(kinds) > 1:
                kind = st.segmented_control(
                    "Parts", kinds, default=MIX, required=True, key=PARTS, bind="query-params", label_visibility="collapsed"
                )
        if moved is None or not found.judged:
            st.caption(literal(found.why or "There is nothing to explain."))
            return
        before, now = (value_words(named, x, metric.currency) for x in (moved.before, moved.value))
        st.caption(literal(f"Parts of the change from {before} to {now}; they sum to it. Whiskers: 95%. Grey: not told from noise."))
        if kind == MIX and moved.mixed is not None and by is not None:
            around = metric.change.interval if metric.change else None
            bars = one_of(bars_of(moved.mixed, named, by, metric.currency, around))
            draw(derived(mix_figure, bars, named, metric.currency), "moved_mix", alt=describe_mix(bars, named, metric.currency))
        else:
            said = ", ".join(part_words(part, moved) for part in moved.parts)
            draw(derived(moved_figure, moved, named, metric.currency), "moved_factors", alt=f"Bars from zero: {said}.", still=True)
        st.caption("It says where the change lies, not what caused it: only an experiment tells that.")


def _table(page: Page, found: Why, named: Named, by: str | None) -> None:
    """Each group in both spans, and who is in it."""
    mixed = found.moved.mixed if found.moved else None
    if mixed is None or by is None:
        return
    with st.container(border=True, key="moved_table"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(literal(f"By {by}, before and now"), anchor=False, width="stretch")
            download_table("moved", lambda: pl.DataFrame([_flat(row) for row in mixed.as_plain("before", "now")["groups"]]))
        rows = mixed_rows(mixed, named, by, found.metric.currency)
        st.dataframe(pl.DataFrame(rows), hide_index=True, height="content", key="moved_groups")
        show_behind(page, found, named, by)


def _flat(row: dict[str, object]) -> dict[str, object]:
    """One row of the download: what lies within is named by both."""
    flat: dict[str, object] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            flat |= {f"{key}_{inner}": held for inner, held in value.items()}
        elif isinstance(value, list | tuple) or key.endswith("_interval"):
            low, high = value if isinstance(value, list | tuple) else (None, None)
            flat |= {f"{key}_low": low, f"{key}_high": high}
        else:
            flat[key] = value
    return flat


def _asked(page: Page, named: Named, by: str | None) -> dict[str, object]:
    against = question_of(page, named, by).compare
    return {"ask": "moved", "metric": named.name, "breakdown": by, "compare": against, "edges": "cut", "scope": page.scope.as_plain()}

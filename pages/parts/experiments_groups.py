"""The primary metric in each group of units, judged together: the more groups are looked at, the more has to be seen."""

import polars as pl
import streamlit as st

from journey.charts.experiments_groups import describe_groups, groups_figure, groups_sentence, name_of
from journey.charts.experiments_said import FINDINGS, difference_told, interval_told, p_told, unjudged, value_told
from journey.experiments.result import Group, Reading
from journey.metrics.overview import split_properties
from pages.parts.charts import draw
from pages.parts.experiments_checks import OF_GROUPS
from pages.parts.experiments_source import LOG, SUMS, Source
from pages.parts.frame import Page, download_table
from pages.parts.text import literal
from pages.parts.workspace import answer, derived

BY = "experiment_by"
MOST_VALUES = 12


def choose_by(page: Page, source: Source) -> str | None:
    """What is held of the choice; the widget itself stands in the card below."""
    options = _options(page, source)
    if st.session_state.get(BY) not in (None, *options):
        st.session_state.pop(BY)
    if BY not in st.session_state and (named := st.query_params.get(BY)) in options:
        return named
    held = st.session_state.get(BY)
    return held if held in options else None


def _options(page: Page, source: Source) -> list[str]:
    if source.kind == SUMS:
        return []
    if source.kind == LOG:
        return list(answer(page.con, page.version, split_properties))
    frame, used = source.plain["table"], {source.plain.get("variant"), source.plain.get("unit")}
    used |= {metric["column"] for metric in source.plain["metrics"]}
    return [name for name in frame.columns if name not in used and 2 <= frame[name].head(5_000).n_unique() <= MOST_VALUES]


def show_groups(page: Page, reading: Reading, source: Source, currency: str | None) -> None:
    options = _options(page, source)
    if not options:
        return
    with st.container(border=True, key="experiment_groups"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader("For whom", anchor=False, width="stretch")
            by = st.selectbox(
                "By",
                options,
                index=None,
                key=BY,
                bind="query-params",
                placeholder="Divide by a property",
                label_visibility="collapsed",
                icon=":material/category:",
                width=220,
            )
        if by is None:
            st.caption("Divide the units by something known of them. Groups are judged together, so that one of many cannot win by chance.")
            return
        _groups(reading, by, currency)


def _groups(reading: Reading, by: str, currency: str | None) -> None:
    found = [group for group in reading.groups if group.metric.role == "primary"] or list(reading.groups)
    arms = list(dict.fromkeys(group.arm for group in found))
    if not found:
        st.caption(f"Nobody carries {literal(by)} in this experiment.")
        return
    for arm in arms:
        shown = tuple(group for group in found if group.arm == arm)[:MOST_VALUES]
        metric = shown[0].metric
        whole = next((one.compared.difference for one in reading.estimates if one.arm == arm and one.metric.name == metric.name), None)
        why_not = unjudged(reading)
        told = f"It is not judged {why_not}." if why_not else groups_sentence(shown, by)
        of = f"{metric.name}, {arm}: " if len(arms) > 1 else f"{metric.name}: "
        st.markdown(f"**{literal(of)}** {literal(told)}")
        st.caption("Dotted: all together. q: Benjamini-Hochberg over the groups; below .05 a group is filled.")
        figure = derived(groups_figure, shown, whole, currency, mute=bool(why_not))
        draw(figure, f"experiment_groups_{arms.index(arm)}", alt=describe_groups(shown, currency), min_width=430)
    for one in reading.findings:
        if one.check in OF_GROUPS:
            st.caption(f":material/{FINDINGS.get(one.state, 'info')}: {literal(one.sentence)}")
    frame = pl.DataFrame([_row(group, currency) for group in found], infer_schema_length=None)
    with st.expander("As a table", icon=":material/table_rows:", key="experiment_groups_fold"):
        st.dataframe(frame, hide_index=True, height="content" if frame.height < 12 else 420, key="experiment_groups_table")
        download_table("experiment_groups", lambda: pl.DataFrame([_fact(group) for group in found], infer_schema_length=None))


def _row(group: Group, currency: str | None) -> dict[str, object]:
    found, metric = group.compared, group.metric
    return {
        "Group": name_of(group),
        "Variant": group.arm,
        "Units": found.n,
        "Value": value_told(metric, found.estimate, currency),
        "Units of control": found.control_n,
        "Control": value_told(metric, found.control_estimate, currency),
        "Difference": difference_told(metric, found.difference, currency),
        "Interval": interval_told(metric, found.interval, currency),
        "q": "" if group.q is None else p_told(group.q),
    }


def _fact(group: Group) -> dict[str, object]:
    found = group.compared
    low, high = found.interval or (None, None)
    return {
        "group": group.value,
        "metric": group.metric.name,
        "variant": group.arm,
        "n": found.n,
        "control_n": found.control_n,
        "estimate": found.estimate,
        "control_estimate": found.control_estimate,
        "difference": found.difference,
        "low": low,
        "high": high,
        "q": group.q,
    }

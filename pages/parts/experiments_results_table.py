"""All numbers of a reading in a table, and unrounded as a file."""

import polars as pl
import streamlit as st

from journey.charts.experiments_said import difference_told as told
from journey.charts.experiments_said import interval_told, p_told, value_told
from journey.charts.words import change, percent
from journey.experiments.result import Estimate, Reading
from pages.parts.frame import download_table


def show_numbers(reading: Reading, currency: str | None) -> None:
    if not reading.estimates:
        return
    with st.container(border=True, key="experiment_numbers"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("All numbers", anchor=False, width="stretch")
            download_table("experiment", lambda: facts(reading))
        rows = pl.DataFrame([_row(one, reading, currency) for one in reading.estimates], infer_schema_length=None)
        empty = [name for name in rows.columns if rows[name].dtype == pl.String and (rows[name] == "").all()]
        counts = {name: st.column_config.NumberColumn(format="localized") for name in ("Units", "Units of control")}
        st.dataframe(rows.drop(empty), hide_index=True, height="content", column_config=counts, key="experiment_numbers_table")
        st.caption(
            "The relative change is of the adjusted values, its interval on the log scale. p adjusted: Holm over the metrics that are no "
            "guardrails. Always valid: holds however often one looks; at one look: does not."
        )


def _row(one: Estimate, reading: Reading, currency: str | None) -> dict[str, object]:
    metric, found = one.metric, one.compared
    relative = "" if found.relative_interval is None else " to ".join(change(end) for end in found.relative_interval)
    return {
        "Metric": metric.name,
        "Role": metric.role,
        "Variant": one.arm,
        "Value": value_told(metric, found.estimate, currency),
        "Control": value_told(metric, found.control_estimate, currency),
        "Difference": told(metric, found.difference, currency),
        "Interval": interval_told(metric, found.interval, currency),
        "Relative": change(found.relative) if found.relative is not None else "",
        "Relative interval": relative,
        "p": "" if found.p is None else p_told(found.p),
        "p adjusted": "" if found.p_adjusted is None else p_told(found.p_adjusted),
        "Guardrail": found.held or "",
        "Units": found.n,
        "Units of control": found.control_n,
        "Always valid": interval_told(metric, found.always_valid_interval, currency),
        "At one look": interval_told(metric, found.fixed_interval, currency),
        "Chance to be better": "" if found.p_better is None else percent(found.p_better),
        "Expected loss": "" if found.expected_loss is None else told(metric, found.expected_loss, currency).lstrip("+"),
        "Variance taken away": "" if found.variance_reduction is None else percent(found.variance_reduction),
        "Why not": found.why,
    }


def facts(reading: Reading) -> pl.DataFrame:
    """The numbers unrounded: intervals as two columns."""
    rows = []
    for one in reading.estimates:
        row: dict[str, object] = {"experiment": reading.name, "reading": reading.reading, "confidence": reading.confidence}
        for key, value in one.as_plain().items():
            if key.endswith("interval"):
                row[f"{key}_low"], row[f"{key}_high"] = value or (None, None)
            else:
                row[key] = value
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)

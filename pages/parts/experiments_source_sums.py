"""An experiment that somebody else has added up: units and conversions, or mean and standard deviation, of each variant."""

import math
from collections.abc import Hashable
from typing import Any

import polars as pl
import streamlit as st

from pages.parts.frame import Page

SHARES, MEANS = "Shares", "Means"
OF = "sums_of"
EMPTY = pl.DataFrame({"Variant": ["Control", "Treatment"], "Units": [None, None], "Conversions": [None, None]}).cast(
    {"Units": pl.Int64, "Conversions": pl.Int64}
)
EMPTY_MEANS = pl.DataFrame(
    {"Variant": ["Control", "Treatment"], "Units": [None, None], "Mean": [None, None], "Standard deviation": [None, None]}
).cast({"Units": pl.Int64, "Mean": pl.Float64, "Standard deviation": pl.Float64})


def sums_source(page: Page) -> tuple[str, dict[str, Any], Hashable] | None:
    """(name, question, what equal sums have in common); None while a number is missing."""
    with st.container(border=True, key="experiment_sums"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader("Sums of each variant", anchor=False, width="stretch")
            of = st.segmented_control(
                "What is compared",
                [SHARES, MEANS],
                default=SHARES,
                required=True,
                key=OF,
                bind="query-params",
                label_visibility="collapsed",
            )
        st.caption("The first row is control. Type over the cells; a row more for each further variant. Nothing of it is stored.")
        typed = _edited(of == MEANS)
    arms = [arm for row in typed.iter_rows(named=True) if (arm := _arm(row)) is not None]
    if len(arms) < 2:
        st.caption(f":material/edit: {len(arms)} of 2 variants needed have a name and all their numbers.")
        return None
    plain = {"arms": arms, "control": arms[0]["name"]}
    return "Sums", plain, tuple(tuple(arm.items()) for arm in arms)


def _edited(means: bool) -> pl.DataFrame:
    whole = st.column_config.NumberColumn(min_value=0, step=1)
    numbers = {"Mean": st.column_config.NumberColumn(), "Standard deviation": st.column_config.NumberColumn(min_value=0.0)}
    typed: pl.DataFrame = st.data_editor(
        EMPTY_MEANS if means else EMPTY,
        key="sums_means" if means else "sums_shares",
        num_rows="dynamic",
        hide_index=True,
        width="stretch" if means else 520,
        column_config={
            "Variant": st.column_config.TextColumn(required=True, max_chars=60),
            "Units": whole,
            **(numbers if means else {"Conversions": whole}),
        },
    )
    return typed


def _arm(row: dict[str, Any]) -> dict[str, Any] | None:
    """One variant as the question takes it, None while a cell of it is empty.  Whether the numbers can be is asked of it there."""
    if any(value is None or value == "" or (isinstance(value, float) and math.isnan(value)) for value in row.values()):
        return None
    arm = {"name": str(row["Variant"]).strip(), "n": int(row["Units"])}
    if "Conversions" in row:
        return arm | {"conversions": int(row["Conversions"])}
    return arm | {"mean": float(row["Mean"]), "variance": float(row["Standard deviation"]) ** 2}

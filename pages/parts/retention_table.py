"""The cells of a heatmap as a table, for whom rows of figures are easier to read."""

import polars as pl
import streamlit as st

SHARES = {"share": "Share", "low": "95% from", "high": "to"}


def show_table(frame: pl.DataFrame, key: str = "retention_table") -> None:
    """Behind one line, drawn once it is opened; columns of SHARES are percents."""
    with st.expander("The same as a table", icon=":material/table_rows:", key=key, on_change="rerun") as box:
        if not box.open:
            return
        columns = {name: st.column_config.NumberColumn(label, format="percent") for name, label in SHARES.items() if name in frame.columns}
        st.dataframe(frame, hide_index=True, height=min(320, 38 + 35 * frame.height), key=f"{key}_rows", column_config=columns)

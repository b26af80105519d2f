"""The cells of a heatmap as a table, for whom rows of figures are easier to read."""

import polars as pl
import streamlit as st

SHARES = {"share": "Share", "low": "95% from", "high": "to", "kept": "kept", "kept from": "kept, 95% from", "kept to": "to"}


def show_table(frame: pl.DataFrame, key: str = "retention_table", title: str = "The same as a table") -> None:
    """Behind one line, drawn once it is opened; columns of SHARES are percents."""
    with st.expander(title, icon=":material/table_rows:", key=key, on_change="rerun") as box:
        if not box.open:
            return
        columns = {name: st.column_config.NumberColumn(label, format="percent") for name, label in SHARES.items() if name in frame.columns}
        st.dataframe(frame, hide_index=True, height="content" if frame.height < 9 else 320, key=f"{key}_rows", column_config=columns)

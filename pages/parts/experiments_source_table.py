"""An experiment in a table of its units, brought along as a file: which column says what.  Nothing of it is stored."""

import tempfile
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from journey.charts.words import several
from journey.errors import QuestionError
from journey.ingest.reading import opened
from journey.tables import numbers
from pages.parts.frame import Page
from pages.parts.text import literal

UPLOAD, HELD = "experiment_table", "experiment_table_held"
ENDINGS = ("csv", "tsv", "parquet", "jsonl", "gz")
MOST_MB, MOST_VARIANTS = 200, 12
VARIANTS = ("variant", "variation", "arm", "group", "treatment", "segment", "bucket", "experiment_group", "ab_group")
UNITS = ("unit", "customer", "customer_id", "user", "user_id", "id", "visitor")
KINDS = {"share": "Share (yes or no)", "mean": "Mean per unit", "ratio": "Ratio of two sums"}
ROLES = {"primary": "Primary", "secondary": "Secondary", "guardrail": "Guardrail"}
DIRECTIONS = {"up": "More is better", "down": "Less is better"}


def table_source(page: Page) -> tuple[str, dict[str, Any], Hashable] | None:
    """(name, question, what equal questions of this file have in common); None while nothing is chosen."""
    with st.container(border=True, key="experiment_table_card"):
        with st.container(horizontal=True):
            st.subheader("A table of units", anchor=False)
        st.caption("One row per unit: a column that says which variant, and one per number that is compared. Nothing of it is stored.")
        upload = st.file_uploader("Table of units", type=list(ENDINGS), key=UPLOAD, max_upload_size=MOST_MB, label_visibility="collapsed")
        if upload is None:
            st.session_state.pop(HELD, None)
            return None
        frame = _frame(upload)
        st.caption(literal(f"{upload.name}: {several(frame.height, 'row')} of {several(frame.width, 'column')}."))
        chosen = _choose_columns(frame)
    if chosen is None:
        return None
    return upload.name, {"table": frame, **chosen}, (upload.file_id, repr(chosen))


def _frame(upload: UploadedFile) -> pl.DataFrame:
    """The rows as the parser of loads reads them, held as long as this file is chosen."""
    held = st.session_state.get(HELD)
    if held is not None and held[0] == upload.file_id:
        return held[1]
    with tempfile.TemporaryDirectory(prefix="journey-table-") as folder, st.spinner("Reading the table …"):
        name = Path(upload.name.replace("\\", "/").replace("\x00", "")).name or "table.csv"
        path = Path(folder) / name
        path.write_bytes(upload.getbuffer())
        with opened(str(path), {}, None, name) as read:
            parts = [rows for _, rows in read.batches()]
    if not parts:
        raise QuestionError(f"The file {name} holds no row.")
    frame = pl.concat(parts, how="vertical_relaxed")
    st.session_state[HELD] = (upload.file_id, frame)
    return frame


def _choose_columns(frame: pl.DataFrame) -> dict[str, Any] | None:
    """What the question says of the columns."""
    few = {name: values for name in frame.columns if (values := _values(frame[name])) is not None}
    if not few:
        st.caption(f"No column has 2 to {MOST_VARIANTS} different values, so none can say which variant a row was in.")
        return None
    with st.grid(3, min_column_width=170):
        variant = st.selectbox("Which variant", list(few), index=_usual(list(few), VARIANTS), key="table_variant")
        values = few[variant or next(iter(few))]
        control = st.selectbox("Control", values, index=_usual_control(values), key="table_control")
        unit = st.selectbox(
            "Unit",
            [None, *frame.columns],
            index=_usual_unit(frame),
            format_func=lambda name: "Each row is one" if name is None else name,
            key="table_unit",
        )
    columns = [name for name in frame.columns if name not in (variant, unit) and numbers(frame[name].head(1_000)) is not None]
    metrics = _choose_metrics(frame, columns, str(variant))
    if metrics is None:
        return None
    return {"variant": variant, "control": control, "metrics": metrics, **({} if unit is None else {"unit": unit})}


def _values(column: pl.Series) -> list[Any] | None:
    """The values of a column that may tell variants apart, as texts; None of any other."""
    if column.dtype.is_nested() or column.dtype.is_float() or column.head(2_000).n_unique() > MOST_VARIANTS + 1:
        return None
    values = sorted(map(str, column.drop_nulls().unique().to_list()))
    return values if 2 <= len(values) <= MOST_VARIANTS else None


def _usual(names: Sequence[str], known: Sequence[str]) -> int:
    """The place of the first name that is known for it, else 0."""
    lower = [name.lower() for name in names]
    return next((lower.index(name) for name in known if name in lower), 0)


def _usual_control(values: Sequence[str]) -> int:
    signs = ("control", "no", "none", "off", "a", "0", "false", "baseline")
    lower = [value.lower() for value in values]
    return next((place for sign in signs for place, value in enumerate(lower) if value == sign or value.startswith(f"{sign} ")), 0)


def _usual_unit(frame: pl.DataFrame) -> int:
    """A column known for it, where no value of it stands twice: counted from 1, as 0 is each row."""
    place = next((place for place, name in enumerate(frame.columns) if name.lower() in UNITS), None)
    return 0 if place is None else place + 1


def _choose_metrics(frame: pl.DataFrame, columns: Sequence[str], variant: str) -> list[dict[str, Any]] | None:
    """The metrics in a small table: kind, role, direction, and what they are divided by or known from before."""
    after = [name for name in columns if frame.columns.index(name) > frame.columns.index(variant)]
    picked = st.multiselect("Numbers compared", columns, default=(after or list(columns))[:4], key="table_metrics", max_selections=12)
    if not picked:
        st.caption("Choose at least one number that is compared.")
        return None
    rows = pl.DataFrame([_usual_row(frame, name, first=name == picked[0]) for name in picked], infer_schema_length=None)
    with st.expander("What each of them is", icon=":material/tune:", key="table_kinds"):
        typed: pl.DataFrame = st.data_editor(
            rows,
            key=f"table_kinds_{hash(tuple(picked))}",
            hide_index=True,
            disabled=["Column"],
            column_config={
                "Kind": st.column_config.SelectboxColumn(options=list(KINDS.values()), required=True),
                "Role": st.column_config.SelectboxColumn(options=list(ROLES.values()), required=True),
                "Good": st.column_config.SelectboxColumn(options=list(DIRECTIONS.values()), required=True),
                "Divided by": st.column_config.SelectboxColumn(options=list(columns), help="Of a ratio: the column it is divided by."),
                "Known before": st.column_config.SelectboxColumn(options=list(columns), help="Lowers the variance (CUPED)."),
                "Margin": st.column_config.NumberColumn(min_value=0.0, help="Of a guardrail: the harm still tolerated, in its unit."),
                "Cut above": st.column_config.NumberColumn(min_value=0.5, max_value=0.9999, help="Winsorise at this quantile, 0.99 say."),
            },
        )
    return [_metric(row) for row in typed.iter_rows(named=True)]


def _usual_row(frame: pl.DataFrame, name: str, first: bool) -> dict[str, Any]:
    held = numbers(frame[name].head(20_000))
    yes_no = held is not None and set(held[held == held]) <= {0.0, 1.0}
    return {
        "Column": name,
        "Kind": KINDS["share" if yes_no else "mean"],
        "Role": ROLES["primary" if first else "secondary"],
        "Good": DIRECTIONS["up"],
        **dict.fromkeys(("Divided by", "Known before")),
        **dict.fromkeys(("Margin", "Cut above")),
    }


def _metric(row: dict[str, Any]) -> dict[str, Any]:
    """One metric as the question takes it; what was left empty is left out."""
    keys = {told: key for names in (KINDS, ROLES, DIRECTIONS) for key, told in names.items()}
    more = {"denominator": row["Divided by"], "covariate": row["Known before"], "margin": row["Margin"], "winsorise": row["Cut above"]}
    plain = {
        "name": row["Column"],
        "column": row["Column"],
        "kind": keys[row["Kind"]],
        "role": keys[row["Role"]],
        "good": keys[row["Good"]],
    }
    return plain | {key: value for key, value in more.items() if value is not None and value != ""}

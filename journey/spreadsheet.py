"""Tables that a spreadsheet may open without running anything in them."""

import polars as pl

STARTS = "=+-@\t\r"


def escape_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts that a spreadsheet would run as a formula get a leading apostrophe; so do the names of columns.

    Source: OWASP, "CSV Injection": = + - @, tab and carriage return at the start of a cell.
    """
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    runs = {name: pl.col(name).str.contains(r"^[=+\-@\t\r]") for name in texts}
    frame = frame.with_columns(pl.when(runs[name]).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name) for name in texts)
    return frame.rename({name: "'" + name for name in frame.columns if name[:1] in STARTS})

"""JSON lines: one object a line; nested objects become columns with dotted names."""

import json
from collections.abc import Sequence

import duckdb

from journey.errors import LoadError
from journey.ingest.parse import WIDEST_LINE, BadRow, parser, refuse_duplicate_names
from journey.ingest.sources import PlainFile
from journey.warehouse import literal, quote

# nesting beyond 128 stops the parser: a line that opens a hundred times before it closes once is put aside unread
OBJECT = (
    "coalesce(case when regexp_matches(text, '([\\[{][^\\]}]*){100}') then false"
    " when json_valid(text) then json_type(text) = 'OBJECT' end, false)"
)
DEEPEST = 3  # objects in objects; below that a value stays JSON text
# A character that no JSON text may hold raw: each line arrives as one value.
LINES = """
    select
        row_number() over () as line,
        text
    from read_csv({path}, auto_detect = false, header = false, columns = {{'text': 'varchar'}}, delim = '\x01', quote = '', escape = '',
        max_line_size = {widest}, store_rejects = true, rejects_limit = 0, null_padding = false)
"""


def _lines(file: PlainFile) -> str:
    return LINES.format(path=literal(str(file.path)), widest=WIDEST_LINE)


def jsonl_columns(files: Sequence[PlainFile]) -> list[str]:
    """Dotted names of every value that any line of any file holds, in order of appearance."""
    names: dict[str, None] = {}
    con = parser()
    for file in files:
        try:
            shapes = con.sql(f"select json_structure(text)::varchar from ({_lines(file)}) where {OBJECT} group by 1").fetchall()
        except duckdb.Error as fault:
            raise LoadError(f"The file {file.source.path} cannot be read as JSON lines: {str(fault).splitlines()[0]}") from fault
        for (shape,) in shapes:
            names.update(dict.fromkeys(_flat(json.loads(shape))))
    con.close()
    if not names:
        raise LoadError(f"The file {files[0].source.path} holds no line that is a JSON object.")
    refuse_duplicate_names(list(names), f"The file {files[0].source.path}")
    return list(names)


def _flat(shape: object, depth: int = 0) -> list[str]:
    if not isinstance(shape, dict):
        return []
    names = []
    for key, inner in shape.items():
        deeper = _flat(inner, depth + 1) if depth < DEEPEST and isinstance(inner, dict) and inner else []
        names += [f"{key}.{name}" for name in deeper] if deeper else [key]
    return names


def jsonl_relation(file: PlainFile, columns: Sequence[str]) -> str:
    """Each object as a row of texts."""
    read = ", ".join(f"json_extract_string(text, {literal(_path(name))}) as {quote(name)}" for name in columns)
    return f"(select {read} from ({_lines(file)}) where {OBJECT})"


def jsonl_rejects(con: duckdb.DuckDBPyConnection, file: PlainFile) -> list[BadRow]:
    """The lines that are no JSON object; blank lines are none at all."""
    bad = con.sql(f"select line, text from ({_lines(file)}) where not {OBJECT} and trim(coalesce(text, '')) <> ''").fetchall()
    rows = [BadRow(line, "The line is not a JSON object.", text[:10_000]) for line, text in bad]
    unread = con.execute("select line, any_value(csv_line) from reject_errors group by line").fetchall()
    return rows + [
        BadRow(line, "The line holds control characters or is longer than 16 MB.", (text or "")[:10_000]) for line, text in unread
    ]


def _path(name: str) -> str:
    """A JSON path: every key quoted, so that a key may hold anything but a quote."""
    return "$" + "".join('."' + key.replace('"', '\\"') + '"' for key in name.split("."))

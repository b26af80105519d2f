"""Tables that a question brings along: a file, rows as plain data, or a frame; and their columns as numbers."""

from journey.tables.columns import Design, design, equals, numbers
from journey.tables.table import Table, check_table, read_table

__all__ = ["Design", "Table", "check_table", "design", "equals", "numbers", "read_table"]

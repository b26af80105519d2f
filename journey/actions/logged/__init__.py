"""Decisions that were logged, as arrays: those of a table that somebody brings, and those of a campaign in the log."""

from journey.actions.logged.columns import Design, design, equals, numbers
from journey.actions.logged.table import Table, read_table

__all__ = ["Design", "Table", "design", "equals", "numbers", "read_table"]

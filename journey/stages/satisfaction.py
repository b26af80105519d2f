"""What customers said of us: the property of an event that holds answers to a survey, where the log has one."""

import re

import polars as pl

from journey.rules.match import NUMBERS, Property, known_properties
from journey.warehouse import Warehouse, ask_sql, quote

# The clearest name first.
NAMES = [re.compile(pattern, re.IGNORECASE) for pattern in (r"csat", r"satisf", r"\bnps\b|nps_?score", r"rating|stars?\b")]


def survey_property(con: Warehouse) -> Property | None:
    """The event's property of numbers whose name says satisfaction most clearly."""
    numbers = [prop for prop in known_properties(con) if prop.of == "event" and prop.type in NUMBERS]
    return next((prop for pattern in NAMES for prop in numbers if pattern.search(prop.name)), None)


def latest_answers(con: Warehouse, prop: Property, moment: int) -> pl.DataFrame:
    """customer, answer: each customer's latest before the moment."""
    sql = (
        f"select e.customer, cast(arg_max(e.{quote(prop.column)}, row(e.ts, e.seq)) as double) as answer\nfrom events e\n"
        f"where e.{quote(prop.column)} is not null and e.ts < $moment\ngroup by e.customer"
    )
    return ask_sql(con, sql, {"moment": moment})


def asked_for(con: Warehouse, moment: int) -> tuple[str, float, float] | None:
    """(the property's name, the lowest and the highest answer before the moment); None where nobody answered."""
    prop = survey_property(con)
    if prop is None:
        return None
    column = f"e.{quote(prop.column)}"
    sql = f"select cast(min({column}) as double) as low, cast(max({column}) as double) as high\nfrom events e\nwhere e.ts < $moment"
    low, high = ask_sql(con, sql, {"moment": moment}).row(0)
    return None if low is None else (prop.name, low, high)
